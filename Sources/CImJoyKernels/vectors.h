// What the kernels are written in: vectors of 64 bytes, which the AVX-512 clone keeps in one register and the others split.
#ifndef IMJOY_VECTORS_H
#define IMJOY_VECTORS_H

#include "CImJoyKernels.h"
#include <string.h>

// One function, compiled three times; the loader picks. The thread sanitizer starts too late for the picking.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IMJOY_NO_CLONES 1
#endif
#endif
#if defined(__x86_64__) && defined(__linux__) && !defined(IMJOY_NO_CLONES)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif

typedef _Float16 f16;
typedef float f32;
typedef double f64;
typedef int8_t i8;
typedef int16_t i16;
typedef int32_t i32;
typedef int64_t i64;
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

// Complex numbers, one at a time.
typedef struct { f32 x, y; } c64;
typedef struct { f64 x, y; } c128;
#define COMPLEX_PLUS(C, p, q) ((C){(p).x + (q).x, (p).y + (q).y})
#define COMPLEX_TIMES(C, p, q) ((C){(p).x * (q).x - (p).y * (q).y, (p).x * (q).y + (p).y * (q).x})

// Vectors of a type by lanes, and the same for any address.
#define VECTOR(T, N)                                                                                                          \
    typedef T T##x##N __attribute__((ext_vector_type(N)));                                                                    \
    typedef T T##x##N##_any __attribute__((ext_vector_type(N), aligned(sizeof(T)), may_alias));
#define VECTORS(T) VECTOR(T, 4) VECTOR(T, 8) VECTOR(T, 16) VECTOR(T, 32) VECTOR(T, 64)
VECTORS(i8)
VECTORS(i16)
VECTORS(i32)
VECTORS(i64)
VECTORS(u8)
VECTORS(u16)
VECTORS(u32)
VECTORS(u64)
VECTORS(f16)
VECTORS(f32)
VECTORS(f64)

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define VEC(T, N) JOIN(JOIN(T, x), N)
#define ANY(T, N) JOIN(VEC(T, N), _any)

#define LOAD(T, N, p) ((VEC(T, N))(*(const ANY(T, N) *)(p)))
#define STORE(T, N, p, v) (*(ANY(T, N) *)(p) = (v))
#define CONVERT(v, T, N) __builtin_convertvector(v, VEC(T, N))

// A vector's worth or less at the end: the same instructions on a padded copy, so that lanes and tail give the same bits.
#define LOAD_TAIL(T, N, v, p, left) memcpy(&(v), p, (left) * sizeof(T))
#define STORE_TAIL(T, N, p, v, left) memcpy(p, &(v), (left) * sizeof(T))

#define UNROLL _Pragma("clang loop unroll_count(2)")

// EXPR computes a vector of N results of type R from the vectors x and y of N elements of type T. PAD is a harmless element.
#define BINARY_KERNEL(NAME, T, R, N, PAD, EXPR)                                                                               \
    CLONES static void NAME##_rr(const void *pa, const void *pb, void *pr, size_t n) {                                        \
        const T *a = pa, *b = pb;                                                                                             \
        R *r = pr;                                                                                                            \
        size_t i = 0;                                                                                                         \
        UNROLL for (; i + N <= n; i += N) {                                                                                   \
            VEC(T, N) x = LOAD(T, N, a + i), y = LOAD(T, N, b + i);                                                           \
            STORE(R, N, r + i, EXPR);                                                                                         \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            VEC(T, N) x = (T)PAD, y = (T)PAD;                                                                                 \
            LOAD_TAIL(T, N, x, a + i, n - i);                                                                                 \
            LOAD_TAIL(T, N, y, b + i, n - i);                                                                                 \
            VEC(R, N) result = EXPR;                                                                                          \
            STORE_TAIL(R, N, r + i, result, n - i);                                                                           \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void NAME##_rs(const void *pa, const void *pb, void *pr, size_t n) {                                        \
        const T *a = pa;                                                                                                      \
        R *r = pr;                                                                                                            \
        VEC(T, N) y = *(const T *)pb;                                                                                         \
        size_t i = 0;                                                                                                         \
        UNROLL for (; i + N <= n; i += N) {                                                                                   \
            VEC(T, N) x = LOAD(T, N, a + i);                                                                                  \
            STORE(R, N, r + i, EXPR);                                                                                         \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            VEC(T, N) x = (T)PAD;                                                                                             \
            LOAD_TAIL(T, N, x, a + i, n - i);                                                                                 \
            VEC(R, N) result = EXPR;                                                                                          \
            STORE_TAIL(R, N, r + i, result, n - i);                                                                           \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void NAME##_sr(const void *pa, const void *pb, void *pr, size_t n) {                                        \
        const T *b = pb;                                                                                                      \
        R *r = pr;                                                                                                            \
        VEC(T, N) x = *(const T *)pa;                                                                                         \
        size_t i = 0;                                                                                                         \
        UNROLL for (; i + N <= n; i += N) {                                                                                   \
            VEC(T, N) y = LOAD(T, N, b + i);                                                                                  \
            STORE(R, N, r + i, EXPR);                                                                                         \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            VEC(T, N) y = (T)PAD;                                                                                             \
            LOAD_TAIL(T, N, y, b + i, n - i);                                                                                 \
            VEC(R, N) result = EXPR;                                                                                          \
            STORE_TAIL(R, N, r + i, result, n - i);                                                                           \
        }                                                                                                                     \
    }

#define UNARY_KERNEL(NAME, T, R, N, PAD, EXPR)                                                                                \
    CLONES static void NAME(const void *pa, void *pr, size_t n) {                                                             \
        const T *a = pa;                                                                                                      \
        R *r = pr;                                                                                                            \
        size_t i = 0;                                                                                                         \
        UNROLL for (; i + N <= n; i += N) {                                                                                   \
            VEC(T, N) x = LOAD(T, N, a + i);                                                                                  \
            STORE(R, N, r + i, EXPR);                                                                                         \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            VEC(T, N) x = (T)PAD;                                                                                             \
            LOAD_TAIL(T, N, x, a + i, n - i);                                                                                 \
            VEC(R, N) result = EXPR;                                                                                          \
            STORE_TAIL(R, N, r + i, result, n - i);                                                                           \
        }                                                                                                                     \
    }

#define FORMS(NAME, form)                                                                                                     \
    ((form) == IMJOY_BOTH_RUNS ? NAME##_rr : (form) == IMJOY_RIGHT_SINGLE ? NAME##_rs : NAME##_sr)

// X(type constant, C type, lanes, unsigned twin)
#define INTEGER_TYPES(X)                                                                                                      \
    X(IMJOY_INT8, i8, 64, u8)                                                                                                 \
    X(IMJOY_INT16, i16, 32, u16)                                                                                              \
    X(IMJOY_INT32, i32, 16, u32)                                                                                              \
    X(IMJOY_INT64, i64, 8, u64)                                                                                               \
    X(IMJOY_UINT8, u8, 64, u8)                                                                                                \
    X(IMJOY_UINT16, u16, 32, u16)                                                                                             \
    X(IMJOY_UINT32, u32, 16, u32)                                                                                             \
    X(IMJOY_UINT64, u64, 8, u64)

// X(type constant, C type, lanes, signed integer of the same width). Half precision is computed in single precision, run by run,
// by the caller: one rounding more changes no sum, product, quotient or root.
#define FLOAT_TYPES(X)                                                                                                        \
    X(IMJOY_FLOAT32, f32, 16, i32)                                                                                            \
    X(IMJOY_FLOAT64, f64, 8, i64)

// What one file finds in another.
imjoy_binary_kernel _Nullable imjoy_find_scalar_division(imjoy_operation operation, imjoy_type type, imjoy_form form);
imjoy_binary_kernel _Nonnull imjoy_find_complex_quotient(imjoy_type type, imjoy_form form);
imjoy_binary_kernel _Nonnull imjoy_find_complex_equality(imjoy_comparison comparison, imjoy_type type, imjoy_form form);
imjoy_unary_kernel _Nullable imjoy_find_complex_function(imjoy_function function, imjoy_type type);
imjoy_unary_kernel _Nullable imjoy_find_library_function(imjoy_transcendental function, imjoy_type type);
imjoy_binary_kernel _Nonnull imjoy_find_power_float32(imjoy_form form);

#endif
