#pragma once
// The types of the functions that are looked up in libopenblas at run time. Nothing here is linked: the library is
// opened when it is first needed, after its kernels have been chosen.

/// Values of CBLAS_ORDER and CBLAS_TRANSPOSE.
enum { IMJOY_ROW_MAJOR = 101, IMJOY_NO_TRANSPOSE = 111, IMJOY_TRANSPOSE = 112 };

/// cblas_sgemm: C = alpha * op(A) * op(B) + beta * C.
typedef void (*imjoy_sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                            const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
/// cblas_dgemm.
typedef void (*imjoy_dgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha,
                            const double *a, int lda, const double *b, int ldb, double beta, double *c, int ldc);
/// cblas_cgemm and cblas_zgemm: complex numbers, the factors by address.
typedef void (*imjoy_complex_gemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, const void *alpha,
                                   const void *a, int lda, const void *b, int ldb, const void *beta, void *c, int ldc);

/// openblas_set_num_threads and openblas_get_num_threads.
typedef void (*imjoy_set_threads)(int count);
typedef int (*imjoy_get_threads)(void);
/// openblas_get_config: version and build options as text.
typedef char *(*imjoy_get_config)(void);
/// openblas_get_corename: the processor whose kernels are in use.
typedef char *(*imjoy_get_corename)(void);
