#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's own loop, from the runtime that -sanitize=fuzzer links. It never returns.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *bytes, size_t count));
