// Sums of rows, each times a weight: what filters along an axis are made of.
#include "vectors.h"

// Results are the same on every processor: with fused products those of whole numbers would be cut off at other places.
#pragma clang fp contract(off)

// Weights that are the same on both sides of the middle are multiplied once, with the sum or the difference of their two neighbours, so
// that the slope of a constant is exactly zero. STEPS vectors of sums stay in registers while all rows are read.
#define WEIGHTED_STEP(T, N, STEPS, LEFT, GET, PUT)                                                                            \
    {                                                                                                                         \
        VEC(T, N) sums[STEPS];                                                                                                \
        for (size_t step = 0; step < (STEPS); step++)                                                                         \
            sums[step] = symmetry ? GET(T, N, rows[middle] + at + step * N, LEFT) * weights[middle] : (VEC(T, N))(T)0;        \
        for (size_t row = 0; row < (symmetry ? middle : taps); row++) {                                                       \
            const T *a = rows[row] + at, *b = rows[taps - 1 - row] + at, weight = weights[row];                               \
            for (size_t step = 0; step < (STEPS); step++) {                                                                   \
                VEC(T, N) x = GET(T, N, a + step * N, LEFT);                                                                  \
                if (symmetry > 0) x += GET(T, N, b + step * N, LEFT);                                                         \
                else if (symmetry < 0) x -= GET(T, N, b + step * N, LEFT);                                                    \
                sums[step] += x * weight;                                                                                     \
            }                                                                                                                 \
        }                                                                                                                     \
        for (size_t step = 0; step < (STEPS); step++) PUT(T, N, target + at + step * N, sums[step], LEFT);                    \
    }
#define GET_ALL(T, N, p, left) LOAD(T, N, p)
#define PUT_ALL(T, N, p, v, left) STORE(T, N, p, v)
#define GET_SOME(T, N, p, left) ({                                                                                            \
    VEC(T, N) some = (T)0;                                                                                                    \
    LOAD_TAIL(T, N, some, p, left);                                                                                           \
    some;                                                                                                                     \
})
#define PUT_SOME(T, N, p, v, left) STORE_TAIL(T, N, p, v, left)
#define WEIGHTED(T, N)                                                                                                        \
    CLONES static void weighted_##T(                                                                                          \
        const T *const *rows, const T *weights, size_t taps, int symmetry, T *target, size_t count) {                         \
        size_t at = 0, middle = taps / 2;                                                                                     \
        for (; at + 4 * N <= count; at += 4 * N) WEIGHTED_STEP(T, N, 4, 0, GET_ALL, PUT_ALL)                                  \
        for (; at + N <= count; at += N) WEIGHTED_STEP(T, N, 1, 0, GET_ALL, PUT_ALL)                                          \
        if (at < count) WEIGHTED_STEP(T, N, 1, count - at, GET_SOME, PUT_SOME)                                                \
    }
WEIGHTED(f32, 16)
WEIGHTED(f64, 8)

void imjoy_weighted_sum(
    imjoy_type type, const void *const *rows, const void *weights, size_t taps, int symmetry, void *target, size_t count) {
    if (type == IMJOY_FLOAT32) weighted_f32((const f32 *const *)rows, weights, taps, symmetry, target, count);
    else weighted_f64((const f64 *const *)rows, weights, taps, symmetry, target, count);
}

// Four vectors of sums stay in registers while all rows are read.
#define SUM_STEP(T, N, STEPS, LEFT, GET, PUT)                                                                                 \
    {                                                                                                                         \
        VEC(T, N) sums[STEPS];                                                                                                \
        for (size_t step = 0; step < (STEPS); step++) sums[step] = GET(T, N, rows[0] + at + step * N, LEFT);                  \
        for (size_t row = 1; row < taps; row++) {                                                                             \
            const T *a = rows[row] + at;                                                                                      \
            for (size_t step = 0; step < (STEPS); step++) sums[step] += GET(T, N, a + step * N, LEFT);                        \
        }                                                                                                                     \
        if (divisor != 1)                                                                                                     \
            for (size_t step = 0; step < (STEPS); step++) sums[step] /= divisor;                                              \
        for (size_t step = 0; step < (STEPS); step++) PUT(T, N, target + at + step * N, sums[step], LEFT);                    \
    }
#define SUM_ROWS(T, N)                                                                                                        \
    CLONES static void mean_of_rows_##T(const T *const *rows, size_t taps, T divisor, T *target, size_t count) {                  \
        size_t at = 0;                                                                                                        \
        for (; at + 4 * N <= count; at += 4 * N) SUM_STEP(T, N, 4, 0, GET_ALL, PUT_ALL)                                       \
        for (; at + N <= count; at += N) SUM_STEP(T, N, 1, 0, GET_ALL, PUT_ALL)                                               \
        if (at < count) SUM_STEP(T, N, 1, count - at, GET_SOME, PUT_SOME)                                                     \
    }
SUM_ROWS(f32, 16)
SUM_ROWS(f64, 8)

void imjoy_mean_of_rows(imjoy_type type, const void *const *rows, size_t taps, double divisor, void *target, size_t count) {
    if (type == IMJOY_FLOAT32) mean_of_rows_f32((const f32 *const *)rows, taps, (f32)divisor, target, count);
    else mean_of_rows_f64((const f64 *const *)rows, taps, divisor, target, count);
}
