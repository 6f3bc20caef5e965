#pragma once
#include <stddef.h>

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
/// openblas_get_config: version and build options as text.
typedef char *(*imjoy_get_config)(void);
/// openblas_get_corename: the processor whose kernels are in use.
typedef char *(*imjoy_get_corename)(void);

// LAPACK by its Fortran names (dgesv_ and so on). Every argument goes by address, matrices are column by column, and
// the length of each text argument follows at the end. Matrices, vectors and real numbers are untyped here, since the
// four element types (s, d, c, z) differ in nothing else; where they do, there is a type of its own for complex numbers.

/// ?getrf: LU factors with the rows that were swapped.
typedef void (*imjoy_getrf)(const int *m, const int *n, void *a, const int *lda, int *pivots, int *info);
/// ?getrs: solves A X = B, or its transpose, with the factors of ?getrf; B becomes X.
typedef void (*imjoy_getrs)(const char *transposition, const int *n, const int *columns, const void *a, const int *lda,
                            const int *pivots, void *b, const int *ldb, int *info, size_t length);
/// ?getri: the inverse from the factors of ?getrf.
typedef void (*imjoy_getri)(const int *n, void *a, const int *lda, const int *pivots, void *work, const int *size, int *info);
/// ?potrf: the Cholesky factor in one triangle.
typedef void (*imjoy_potrf)(const char *triangle, const int *n, void *a, const int *lda, int *info, size_t);
/// ?geqrf: R above the diagonal, reflectors below it.
typedef void (*imjoy_geqrf)(const int *m, const int *n, void *a, const int *lda, void *tau, void *work,
                            const int *work_size, int *info);
/// ?geqrt: the same, with the factors of blocks of `block` columns.
typedef void (*imjoy_geqrt)(const int *m, const int *n, const int *block, void *a, const int *lda, void *t,
                            const int *ldt, void *work, int *info);
/// ?gemqrt: the product of Q, as ?geqrt leaves it, or its transpose, with C.
typedef void (*imjoy_gemqrt)(const char *side, const char *transposition, const int *m, const int *n, const int *k,
                             const int *block, const void *v, const int *ldv, const void *t, const int *ldt, void *c,
                             const int *ldc, void *work, int *info, size_t, size_t);
/// ?orgqr, ?ungqr: Q from the reflectors.
typedef void (*imjoy_orgqr)(const int *m, const int *n, const int *k, void *a, const int *lda, const void *tau,
                            void *work, const int *work_size, int *info);
/// ?gesdd: the singular value decomposition, by divide and conquer.
typedef void (*imjoy_gesdd)(const char *job, const int *m, const int *n, void *a, const int *lda, void *s, void *u,
                            const int *ldu, void *vt, const int *ldvt, void *work, const int *work_size,
                            int *integer_work, int *info, size_t);
typedef void (*imjoy_complex_gesdd)(const char *job, const int *m, const int *n, void *a, const int *lda, void *s,
                                    void *u, const int *ldu, void *vt, const int *ldvt, void *work,
                                    const int *work_size, void *real_work, int *integer_work, int *info, size_t);
/// ?syevd, ?heevd: eigenvalues and eigenvectors of symmetric and Hermitian matrices.
typedef void (*imjoy_syevd)(const char *job, const char *triangle, const int *n, void *a, const int *lda, void *w,
                            void *work, const int *work_size, int *integer_work, const int *integer_work_size,
                            int *info, size_t, size_t);
typedef void (*imjoy_heevd)(const char *job, const char *triangle, const int *n, void *a, const int *lda, void *w,
                            void *work, const int *work_size, void *real_work, const int *real_work_size,
                            int *integer_work, const int *integer_work_size, int *info, size_t, size_t);
/// ?geev: eigenvalues and eigenvectors of any square matrix; real ones give real and imaginary parts apart.
typedef void (*imjoy_geev)(const char *left, const char *right, const int *n, void *a, const int *lda, void *real,
                           void *imaginary, void *vl, const int *ldvl, void *vr, const int *ldvr, void *work,
                           const int *work_size, int *info, size_t, size_t);
typedef void (*imjoy_complex_geev)(const char *left, const char *right, const int *n, void *a, const int *lda, void *w,
                                   void *vl, const int *ldvl, void *vr, const int *ldvr, void *work,
                                   const int *work_size, void *real_work, int *info, size_t, size_t);
/// ?gelsd: least squares of any rank, by singular values.
typedef void (*imjoy_gelsd)(const int *m, const int *n, const int *columns, void *a, const int *lda, void *b,
                            const int *ldb, void *s, const void *threshold, int *rank, void *work,
                            const int *work_size, int *integer_work, int *info);
typedef void (*imjoy_complex_gelsd)(const int *m, const int *n, const int *columns, void *a, const int *lda, void *b,
                                    const int *ldb, void *s, const void *threshold, int *rank, void *work,
                                    const int *work_size, void *real_work, int *integer_work, int *info);
