#pragma once
// Calls that Swift's Glibc module does not show because they need _GNU_SOURCE or are variadic.

/// A new anonymous memory file that may be sealed, or -1 with errno set.
int imjoy_memfd_create(const char *name);
/// Forbids writing, growing, shrinking and further seals for good; -1 with errno set when a writable mapping exists.
int imjoy_memfd_seal(int descriptor);

/// 1 when the processor and the system have the AVX-512 instructions that OpenBLAS's SkylakeX kernels use.
int imjoy_has_avx512(void);
