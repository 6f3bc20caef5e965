// Arithmetic whose results go past the caches, for results that no cache can hold: without the read of memory that is about to be
// overwritten anyway.
#include "vectors.h"

#pragma clang fp contract(off)

// Stores past the caches want whole lines, so what comes before the first of the target and behind its last is written as usual.
#define STREAMED(NAME, T, N, LOAD_X, LOAD_Y, PART_X, PART_Y, EXPR)                                                            \
    CLONES static void NAME(const void *pa, const void *pb, void *pr, size_t n) {                                             \
        const T *a = pa, *b = pb;                                                                                             \
        T *r = pr;                                                                                                            \
        size_t head = ((64 - ((uintptr_t)pr & 63)) & 63) / sizeof(T);                                                         \
        size_t i = head < n ? head : n;                                                                                       \
        if (i > 0) {                                                                                                          \
            VEC(T, N) x = (T)1, y = (T)1;                                                                                     \
            PART_X(T, N, x, a, 0, i) PART_Y(T, N, y, b, 0, i) VEC(T, N) result = EXPR;                                        \
            STORE_TAIL(T, N, r, result, i);                                                                                   \
        }                                                                                                                     \
        for (; i + N <= n; i += N) {                                                                                          \
            VEC(T, N) x = LOAD_X(T, N, a, i), y = LOAD_Y(T, N, b, i);                                                         \
            __builtin_nontemporal_store((VEC(T, N))(EXPR), (VEC(T, N) *)(r + i));                                             \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            VEC(T, N) x = (T)1, y = (T)1;                                                                                     \
            PART_X(T, N, x, a, i, n - i) PART_Y(T, N, y, b, i, n - i) VEC(T, N) result = EXPR;                                \
            STORE_TAIL(T, N, r + i, result, n - i);                                                                           \
        }                                                                                                                     \
    }
#define RUN(T, N, p, i) LOAD(T, N, (p) + (i))
#define ONE(T, N, p, i) ((VEC(T, N))(p)[0])
#define PART_OF_RUN(T, N, v, p, i, count) LOAD_TAIL(T, N, v, (p) + (i), count);
#define PART_OF_ONE(T, N, v, p, i, count) v = (VEC(T, N))(p)[0];
#define STREAMED_FORMS(NAME, T, N, EXPR)                                                                                      \
    STREAMED(NAME##_rr, T, N, RUN, RUN, PART_OF_RUN, PART_OF_RUN, EXPR)                                                       \
    STREAMED(NAME##_rs, T, N, RUN, ONE, PART_OF_RUN, PART_OF_ONE, EXPR)                                                       \
    STREAMED(NAME##_sr, T, N, ONE, RUN, PART_OF_ONE, PART_OF_RUN, EXPR)
#define STREAMED_OPERATIONS(CODE, T, N, I)                                                                                    \
    STREAMED_FORMS(streamed_add_##T, T, N, x + y)                                                                             \
    STREAMED_FORMS(streamed_subtract_##T, T, N, x - y)                                                                        \
    STREAMED_FORMS(streamed_multiply_##T, T, N, x *y)                                                                         \
    STREAMED_FORMS(streamed_divide_##T, T, N, x / y)
FLOAT_TYPES(STREAMED_OPERATIONS)

imjoy_binary_kernel imjoy_find_streamed_operation(imjoy_operation operation, imjoy_type type, imjoy_form form) {
#define STREAMED_CASES(CODE, T, N, I)                                                                                         \
    case CODE:                                                                                                                \
        switch (operation) {                                                                                                  \
        case IMJOY_ADD: return FORMS(streamed_add_##T, form);                                                                 \
        case IMJOY_SUBTRACT: return FORMS(streamed_subtract_##T, form);                                                       \
        case IMJOY_MULTIPLY: return FORMS(streamed_multiply_##T, form);                                                       \
        case IMJOY_DIVIDE: return FORMS(streamed_divide_##T, form);                                                           \
        default: return NULL;                                                                                                 \
        }
    switch (type) {
        FLOAT_TYPES(STREAMED_CASES)
    default: return NULL;
    }
}

// a * b + c with both roundings, one pass.
#define MULTIPLY_ADD(T, N)                                                                                                    \
    CLONES static void multiply_add_##T(const T *a, const T *b, const T *c, T *r, size_t n, bool streams) {                   \
        size_t i = 0;                                                                                                         \
        if (streams) {                                                                                                        \
            for (; i < n && ((uintptr_t)(r + i) & 63) != 0; i++) r[i] = a[i] * b[i] + c[i];                                   \
            for (; i + N <= n; i += N) {                                                                                      \
                VEC(T, N) x = LOAD(T, N, a + i) * LOAD(T, N, b + i) + LOAD(T, N, c + i);                                      \
                __builtin_nontemporal_store(x, (VEC(T, N) *)(r + i));                                                         \
            }                                                                                                                 \
        }                                                                                                                     \
        UNROLL for (; i + N <= n; i += N) {                                                                                   \
            STORE(T, N, r + i, LOAD(T, N, a + i) * LOAD(T, N, b + i) + LOAD(T, N, c + i));                                    \
        }                                                                                                                     \
        for (; i < n; i++) r[i] = a[i] * b[i] + c[i];                                                                         \
    }
MULTIPLY_ADD(f32, 16)
MULTIPLY_ADD(f64, 8)

bool imjoy_multiply_add(
    imjoy_type type, const void *a, const void *b, const void *c, void *target, size_t count, bool streams) {
    switch (type) {
    case IMJOY_FLOAT32: multiply_add_f32(a, b, c, target, count, streams); return true;
    case IMJOY_FLOAT64: multiply_add_f64(a, b, c, target, count, streams); return true;
    default: return false;
    }
}
