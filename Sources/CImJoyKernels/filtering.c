// Sums of rows, each times a weight: what filters along an axis are made of.
#include "vectors.h"

#pragma clang fp contract(fast)

#define NUMBER(T, N, v) ((VEC(T, N))(T)(v))

// STEPS vectors of sums at a time stay in registers while all rows are read.
#define WEIGHTED_STEP(T, N, STEPS)                                                                                            \
    for (; at + (STEPS)*N <= count; at += (STEPS)*N) {                                                                        \
        VEC(T, N) sums[STEPS];                                                                                                \
        for (size_t step = 0; step < (STEPS); step++) sums[step] = NUMBER(T, N, 0);                                           \
        for (size_t row = 0; row < taps; row++) {                                                                             \
            const T *values = rows[row] + at;                                                                                 \
            for (size_t step = 0; step < (STEPS); step++) sums[step] += LOAD(T, N, values + step * N) * weights[row];         \
        }                                                                                                                     \
        for (size_t step = 0; step < (STEPS); step++) STORE(T, N, target + at + step * N, sums[step]);                        \
    }
#define WEIGHTED(T, N)                                                                                                        \
    CLONES static void weighted_##T(                                                                                          \
        const T *const *rows, const T *weights, size_t taps, T *target, size_t count) {                                       \
        size_t at = 0;                                                                                                        \
        WEIGHTED_STEP(T, N, 4)                                                                                                \
        WEIGHTED_STEP(T, N, 1)                                                                                                \
        for (; at < count; at++) {                                                                                            \
            T sum = 0;                                                                                                        \
            for (size_t row = 0; row < taps; row++) sum += rows[row][at] * weights[row];                                      \
            target[at] = sum;                                                                                                 \
        }                                                                                                                     \
    }
WEIGHTED(f32, 16)
WEIGHTED(f64, 8)

void imjoy_weighted_sum(
    imjoy_type type, const void *const *rows, const void *weights, size_t taps, void *target, size_t count) {
    if (type == IMJOY_FLOAT32) weighted_f32((const f32 *const *)rows, weights, taps, target, count);
    else weighted_f64((const f64 *const *)rows, weights, taps, target, count);
}
