// The smallest or greatest of the elements in the same column of many rows: what erosions and dilations are made of.
#include "vectors.h"

// STEPS vectors of extremes stay in registers while all rows are read. NaN wins, as in the elementwise minimum and maximum.
#define INTEGER_MINIMUM(x, y) __builtin_elementwise_min(x, y)
#define INTEGER_MAXIMUM(x, y) __builtin_elementwise_max(x, y)
#define FLOAT_MINIMUM(x, y) (((x < y) | (x != x)) ? x : y)
#define FLOAT_MAXIMUM(x, y) (((x > y) | (x != x)) ? x : y)
#define EXTREME_STEP(T, N, STEPS, BETTER)                                                                                     \
    for (; at + (STEPS) * N <= count; at += (STEPS) * N) {                                                                    \
        VEC(T, N) best[STEPS];                                                                                                \
        for (size_t step = 0; step < (STEPS); step++) best[step] = LOAD(T, N, rows[0] + at + step * N);                       \
        for (size_t row = 1; row < height; row++)                                                                             \
            for (size_t step = 0; step < (STEPS); step++) {                                                                   \
                VEC(T, N) x = best[step], y = LOAD(T, N, rows[row] + at + step * N);                                          \
                best[step] = BETTER(x, y);                                                                                    \
            }                                                                                                                 \
        for (size_t step = 0; step < (STEPS); step++) STORE(T, N, target + at + step * N, best[step]);                        \
    }
#define EXTREME(NAME, T, N, BETTER)                                                                                           \
    CLONES static void NAME##_##T(const T *const *rows, size_t height, T *target, size_t count) {                             \
        size_t at = 0;                                                                                                        \
        EXTREME_STEP(T, N, 4, BETTER)                                                                                         \
        EXTREME_STEP(T, N, 1, BETTER)                                                                                         \
        if (at < count) {                                                                                                     \
            VEC(T, N) x = (T)0, y = (T)0;                                                                                     \
            LOAD_TAIL(T, N, x, rows[0] + at, count - at);                                                                     \
            for (size_t row = 1; row < height; row++) {                                                                       \
                LOAD_TAIL(T, N, y, rows[row] + at, count - at);                                                               \
                x = BETTER(x, y);                                                                                             \
            }                                                                                                                 \
            STORE_TAIL(T, N, target + at, x, count - at);                                                                     \
        }                                                                                                                     \
    }
#define INTEGER_EXTREMES(CODE, T, N, U) EXTREME(least, T, N, INTEGER_MINIMUM) EXTREME(greatest, T, N, INTEGER_MAXIMUM)
#define FLOAT_EXTREMES(CODE, T, N, U) EXTREME(least, T, N, FLOAT_MINIMUM) EXTREME(greatest, T, N, FLOAT_MAXIMUM)
INTEGER_TYPES(INTEGER_EXTREMES)
FLOAT_TYPES(FLOAT_EXTREMES)

#define EXTREME_CASE(CODE, T, N, U)                                                                                           \
    case CODE:                                                                                                                \
        (largest ? greatest_##T : least_##T)((const T *const *)rows, height, target, count);                                  \
        return true;

bool imjoy_extreme_of_rows(
    imjoy_type type, bool largest, const void *const *rows, size_t height, void *target, size_t count) {
    switch (type) {
        INTEGER_TYPES(EXTREME_CASE)
        FLOAT_TYPES(EXTREME_CASE)
    default: return false;
    }
}
