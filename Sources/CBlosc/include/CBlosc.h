#pragma once
#include <stddef.h>

// The types of the functions that are looked up in libblosc (1.x) at run time. Nothing here is linked: the library is
// opened when the first chunk that Blosc packed is met.

/// blosc_compress_ctx: the packed size, 0 when the target is too small, below 0 for errors.
typedef int (*imjoy_blosc_compress)(int level, int shuffle, size_t type_size, size_t count, const void *source,
                                    void *target, size_t room, const char *compressor, size_t block_size,
                                    int threads);
/// blosc_decompress_ctx: the unpacked size, 0 or less for errors.
typedef int (*imjoy_blosc_decompress)(const void *source, void *target, size_t room, int threads);
/// blosc_cbuffer_validate: 0 when the header fits the number of packed bytes; the unpacked size by address.
typedef int (*imjoy_blosc_validate)(const void *source, size_t count, size_t *unpacked);

/// BLOSC_MAX_OVERHEAD: how much longer than its contents a packed block can be.
enum { IMJOY_BLOSC_OVERHEAD = 16 };
