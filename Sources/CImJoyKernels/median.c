// The middle one of the elements in small windows: rows of 3 x 3, 5 x 5 and 3 x 3 x 3 neighbours.
//
// Each column of a window is put in order once for all windows that it is a part of. The networks of exchanges that then find the middle of
// the columns were made by leaving out of a sorting network whatever all columns of zeros and ones in order can do without.
#include "vectors.h"

// Two elements in order; equal ones and zeros of both signs change places or stay, but none is lost.
#define INTEGER_EXCHANGE(x, y)                                                                                                \
    {                                                                                                                         \
        __typeof__(x) low = __builtin_elementwise_min(x, y);                                                                  \
        y = __builtin_elementwise_max(x, y);                                                                                  \
        x = low;                                                                                                              \
    }
#define FLOAT_EXCHANGE(x, y)                                                                                                  \
    {                                                                                                                         \
        __typeof__(x) low = (x < y) ? x : y;                                                                                  \
        y = (x < y) ? y : x;                                                                                                  \
        x = low;                                                                                                              \
    }

// Columns that are in order stay in the nearest cache: so many bytes of each row.
#define BLOCK_BYTES 1024

#define SORT_3(EXCHANGE, a, b, c)                                                                                             \
    EXCHANGE(a, b)                                                                                                            \
    EXCHANGE(b, c)                                                                                                            \
    EXCHANGE(a, b)

#define COLUMNS_25(EXCHANGE)                                                                                                  \
    EXCHANGE(v[0], v[3])                                                                                                      \
    EXCHANGE(v[1], v[4])                                                                                                      \
    EXCHANGE(v[0], v[2])                                                                                                      \
    EXCHANGE(v[1], v[3])                                                                                                      \
    EXCHANGE(v[0], v[1])                                                                                                      \
    EXCHANGE(v[2], v[4])                                                                                                      \
    EXCHANGE(v[1], v[2])                                                                                                      \
    EXCHANGE(v[3], v[4])                                                                                                      \
    EXCHANGE(v[2], v[3])
// Three rows of each of three planes: in order along both axes.
#define COLUMNS_27(EXCHANGE)                                                                                                  \
    SORT_3(EXCHANGE, v[0], v[3], v[6])                                                                                        \
    SORT_3(EXCHANGE, v[1], v[4], v[7])                                                                                        \
    SORT_3(EXCHANGE, v[2], v[5], v[8])                                                                                        \
    SORT_3(EXCHANGE, v[0], v[1], v[2])                                                                                        \
    SORT_3(EXCHANGE, v[3], v[4], v[5])                                                                                        \
    SORT_3(EXCHANGE, v[6], v[7], v[8])

// Element k of row r of the columns that are in order is e[WIDTH * r + k].
#define INTEGER_ELEMENTS(a, b) INTEGER_EXCHANGE(e[a], e[b])
#define FLOAT_ELEMENTS(a, b) FLOAT_EXCHANGE(e[a], e[b])
#define MIDDLE_25(E)                                                                                                          \
    E(0, 4) E(0, 2) E(1, 3) E(2, 4) E(2, 3) E(1, 4) E(5, 9) E(5, 7) E(7, 9) E(5, 6) E(7, 8) E(6, 9) E(6, 7)                   \
    E(10, 14) E(10, 12) E(11, 13) E(12, 14) E(10, 11) E(12, 13) E(11, 14) E(11, 12) E(13, 14) E(15, 19) E(15, 17)             \
    E(16, 18) E(17, 19) E(15, 16) E(17, 18) E(16, 19) E(20, 24) E(21, 23) E(20, 21) E(22, 23) E(21, 24) E(21, 22)             \
    E(17, 9) E(21, 7) E(16, 8) E(12, 4) E(17, 11) E(21, 3) E(16, 13) E(20, 4) E(12, 20) E(3, 7) E(13, 8) E(15, 21)            \
    E(17, 16) E(12, 3) E(11, 13) E(20, 7) E(21, 20) E(16, 9) E(3, 4) E(16, 11) E(3, 20) E(7, 4) E(21, 16) E(12, 11)           \
    E(3, 13) E(16, 7) E(16, 3) E(11, 20) E(11, 3)
#define MIDDLE_27(E)                                                                                                          \
    E(0, 1) E(1, 2) E(3, 5) E(3, 4) E(7, 8) E(9, 11) E(9, 10) E(12, 14) E(12, 13) E(15, 16) E(16, 17) E(18, 20)               \
    E(18, 19) E(19, 20) E(21, 23) E(21, 22) E(22, 23) E(24, 26) E(24, 25) E(12, 6) E(19, 21) E(20, 18) E(19, 4)               \
    E(14, 2) E(5, 7) E(16, 22) E(11, 10) E(13, 8) E(15, 6) E(4, 21) E(24, 18) E(12, 5) E(19, 16) E(20, 11)                    \
    E(14, 13) E(15, 7) E(24, 10) E(2, 8) E(5, 6) E(16, 21) E(5, 15) E(16, 4) E(11, 24) E(13, 2) E(7, 6) E(22, 21)             \
    E(19, 14) E(5, 11) E(16, 13) E(15, 24) E(4, 2) E(7, 10) E(22, 8) E(14, 4) E(11, 7) E(13, 22) E(24, 6) E(2, 21)            \
    E(14, 16) E(11, 15) E(13, 4) E(24, 7) E(2, 22) E(10, 6) E(11, 13) E(15, 4) E(24, 2) E(14, 24) E(16, 7)                    \
    E(13, 10) E(13, 24) E(4, 7) E(4, 24)

// NaN has no rank: the result is NaN wherever there is one in the window. `ROWS` rows of windows that are `WIDTH` elements wide.
#define SPREAD_NAN(T, N, ROWS, WIDTH)                                                                                         \
    for (size_t i = 0; i < length; i++)                                                                                       \
        for (size_t row = 0; row < (ROWS); row++)                                                                             \
            for (size_t k = 0; k < (WIDTH); k++) {                                                                            \
                T x = rows[row][start + i + k * step];                                                                        \
                if (x != x) target[start + i] = x;                                                                            \
            }

// Columns of three are put in order more quickly than they are stored and loaded again. The greatest of the least, the middle of the middle
// and the least of the greatest surround the middle of all.
#define GET_WHOLE(T, N, p, left) LOAD(T, N, p)
#define GET_PART(T, N, p, left) ({                                                                                            \
    VEC(T, N) some = (T)0;                                                                                                    \
    LOAD_TAIL(T, N, some, p, left);                                                                                           \
    some;                                                                                                                     \
})
#define MEDIAN_9_STEP(T, N, GET, left, EXCHANGE, IS_FLOAT)                                                                    \
    VEC(T, N) e[9];                                                                                                           \
    for (size_t row = 0; row < 3; row++)                                                                                      \
        for (size_t k = 0; k < 3; k++) e[3 * row + k] = GET(T, N, rows[row] + at + k * step, left);                           \
    if (IS_FLOAT) {                                                                                                           \
        for (size_t k = 0; k < 9; k += 3) found |= e[k] != e[k];                                                              \
    }                                                                                                                         \
    for (size_t k = 0; k < 3; k++) { SORT_3(EXCHANGE, e[k], e[k + 3], e[k + 6]) }                                             \
    EXCHANGE(e[0], e[1])                                                                                                      \
    EXCHANGE(e[1], e[2])                                                                                                      \
    SORT_3(EXCHANGE, e[3], e[4], e[5])                                                                                        \
    EXCHANGE(e[7], e[8])                                                                                                      \
    EXCHANGE(e[6], e[7])                                                                                                      \
    SORT_3(EXCHANGE, e[2], e[4], e[6])
#define MEDIAN_9(T, N, EXCHANGE, IS_FLOAT)                                                                                    \
    CLONES static void median_9_##T(const T *const *given, size_t step, T *target, size_t count) {                            \
        const T *const rows[] = {given[0], given[1], given[2]};                                                               \
        enum { LENGTH = 4 * BLOCK_BYTES / sizeof(T) };                                                                        \
        for (size_t start = 0; start < count; start += LENGTH) {                                                              \
            const size_t length = count - start < LENGTH ? count - start : LENGTH, end = start + length;                      \
            size_t at = start;                                                                                                \
            __typeof__((VEC(T, N))(T)0 != (VEC(T, N))(T)0) found = {0};                                                       \
            for (; at + N <= end; at += N) {                                                                                  \
                MEDIAN_9_STEP(T, N, GET_WHOLE, 0, EXCHANGE, IS_FLOAT)                                                         \
                STORE(T, N, target + at, e[4]);                                                                               \
            }                                                                                                                 \
            if (at < end) {                                                                                                   \
                MEDIAN_9_STEP(T, N, GET_PART, end - at, EXCHANGE, IS_FLOAT)                                                   \
                STORE_TAIL(T, N, target + at, e[4], end - at);                                                                \
            }                                                                                                                 \
            for (size_t row = 0; row < 3; row++)                                                                              \
                for (size_t k = end; k < end + 2 * step; k++) found[0] |= rows[row][k] != rows[row][k];                       \
            if (IS_FLOAT && __builtin_reduce_or(found) != 0) SPREAD_NAN(T, N, 3, 3)                                           \
        }                                                                                                                     \
    }

#define MEDIAN(T, N, KIND, ROWS, WIDTH, PLACE, EXCHANGE, ELEMENTS, IS_FLOAT)                                                  \
    CLONES static void median_##KIND##_##T(const T *const *given, size_t step, T *target, size_t count) {                     \
        const T *rows[ROWS];                                                                                                  \
        for (size_t row = 0; row < (ROWS); row++) rows[row] = given[row];                                                     \
        enum { LENGTH = BLOCK_BYTES / sizeof(T) };                                                                            \
        _Alignas(64) T sorted[ROWS][LENGTH + 2 * N + 16];                                                                     \
        for (size_t start = 0; start < count; start += LENGTH) {                                                              \
            const size_t length = count - start < LENGTH ? count - start : LENGTH, wide = length + ((WIDTH) - 1) * step;      \
            int undefined = 0;                                                                                                \
            for (size_t at = 0; at < wide; at += N) {                                                                         \
                VEC(T, N) v[ROWS];                                                                                            \
                if (at + N <= wide) {                                                                                         \
                    for (size_t row = 0; row < (ROWS); row++) v[row] = LOAD(T, N, rows[row] + start + at);                    \
                } else {                                                                                                      \
                    for (size_t row = 0; row < (ROWS); row++) {                                                               \
                        v[row] = (T)0;                                                                                        \
                        LOAD_TAIL(T, N, v[row], rows[row] + start + at, wide - at);                                           \
                    }                                                                                                         \
                }                                                                                                             \
                if (IS_FLOAT) {                                                                                               \
                    __typeof__(v[0] != v[0]) found = v[0] != v[0];                                                            \
                    for (size_t row = 1; row < (ROWS); row++) found |= v[row] != v[row];                                      \
                    undefined |= __builtin_reduce_or(found) != 0;                                                             \
                }                                                                                                             \
                COLUMNS_##KIND(EXCHANGE)                                                                                      \
                for (size_t row = 0; row < (ROWS); row++) STORE(T, N, sorted[row] + at, v[row]);                              \
            }                                                                                                                 \
            for (size_t at = 0; at < length; at += N) {                                                                       \
                VEC(T, N) e[(ROWS) * (WIDTH)];                                                                                \
                for (size_t row = 0; row < (ROWS); row++)                                                                     \
                    for (size_t k = 0; k < (WIDTH); k++) e[(WIDTH) * row + k] = LOAD(T, N, sorted[row] + at + k * step);      \
                MIDDLE_##KIND(ELEMENTS)                                                                                       \
                if (at + N <= length) STORE(T, N, target + start + at, e[PLACE]);                                             \
                else STORE_TAIL(T, N, target + start + at, e[PLACE], length - at);                                            \
            }                                                                                                                 \
            if (undefined) SPREAD_NAN(T, N, ROWS, WIDTH)                                                                      \
        }                                                                                                                     \
    }

#define MEDIANS(T, N, EXCHANGE, ELEMENTS, IS_FLOAT)                                                                           \
    MEDIAN_9(T, N, EXCHANGE, IS_FLOAT)                                                                                        \
    MEDIAN(T, N, 25, 5, 5, 3, EXCHANGE, ELEMENTS, IS_FLOAT)                                                                   \
    MEDIAN(T, N, 27, 9, 3, 4, EXCHANGE, ELEMENTS, IS_FLOAT)
#define INTEGER_MEDIANS(TYPE, T, N, U) MEDIANS(T, N, INTEGER_EXCHANGE, INTEGER_ELEMENTS, 0)
#define FLOAT_MEDIANS(TYPE, T, N, I) MEDIANS(T, N, FLOAT_EXCHANGE, FLOAT_ELEMENTS, 1)
INTEGER_TYPES(INTEGER_MEDIANS)
FLOAT_TYPES(FLOAT_MEDIANS)

bool imjoy_median_of_box(imjoy_type type, const void *const *rows, size_t neighbours, size_t step, void *target, size_t count) {
    if (step > 4) return false;
#define CASE(TYPE, T, N, U)                                                                                                   \
    case TYPE:                                                                                                                \
        if (neighbours == 9) median_9_##T((const T *const *)rows, step, target, count);                                       \
        else if (neighbours == 25) median_25_##T((const T *const *)rows, step, target, count);                                \
        else if (neighbours == 27) median_27_##T((const T *const *)rows, step, target, count);                                \
        else return false;                                                                                                    \
        return true;
    switch (type) {
        INTEGER_TYPES(CASE)
        FLOAT_TYPES(CASE)
    default:
        return false;
    }
#undef CASE
}
