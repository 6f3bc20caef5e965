#pragma once
// Calls that Swift's Glibc module does not show because they need _GNU_SOURCE or are variadic.

/// A new anonymous memory file that may be sealed, or -1 with errno set.
int imjoy_memfd_create(const char *name);
/// Forbids writing, growing, shrinking and further seals for good; -1 with errno set when a writable mapping exists.
int imjoy_memfd_seal(int descriptor);

/// How many processors this process may run on, at least 1.
int imjoy_processor_count(void);

/// 1 when the processor and the system have the AVX-512 instructions that OpenBLAS's SkylakeX kernels use.
int imjoy_has_avx512(void);

/// The complex functions of C, which Swift cannot call by name: it has no type for their arguments.
enum imjoy_complex_function {
    imjoy_complex_sqrt,
    imjoy_complex_exp,
    imjoy_complex_exp2,
    imjoy_complex_expm1,
    imjoy_complex_log,
    imjoy_complex_log2,
    imjoy_complex_log10,
    imjoy_complex_log1p,
    imjoy_complex_sin,
    imjoy_complex_cos,
    imjoy_complex_tan,
    imjoy_complex_sinh,
    imjoy_complex_cosh,
    imjoy_complex_tanh,
    imjoy_complex_asin,
    imjoy_complex_acos,
    imjoy_complex_atan,
    imjoy_complex_asinh,
    imjoy_complex_acosh,
    imjoy_complex_atanh,
};

/// Replaces `count` complex numbers, each a real and an imaginary part, by the function's values.
void imjoy_complex_apply(enum imjoy_complex_function function, double *numbers, long count);
/// Replaces `count` complex numbers by themselves to the power of those of `exponents`.
void imjoy_complex_power(double *numbers, const double *exponents, long count);
