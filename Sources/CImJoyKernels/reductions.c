// Sums, extremes and counts of one run.
#include "vectors.h"

#pragma clang fp contract(off)

// The lanes of a vector, joined in halves.
#define FOLD16(v) ({                                                                                                          \
    __auto_type half = (v).lo + (v).hi;                                                                                       \
    __auto_type quarter = half.lo + half.hi;                                                                                  \
    __auto_type eighth = quarter.lo + quarter.hi;                                                                             \
    eighth.x + eighth.y;                                                                                                      \
})
#define FOLD8(v) ({                                                                                                           \
    __auto_type half = (v).lo + (v).hi;                                                                                       \
    __auto_type quarter = half.lo + half.hi;                                                                                  \
    quarter.x + quarter.y;                                                                                                    \
})

// LOADED gives the vector of elements at index i; TAIL adds those that are left.
#define SUM(NAME, S, T, N, PARAMETERS, TERM)                                                                                  \
    CLONES static T NAME PARAMETERS {                                                                                                \
        VEC(T, N) p = (T)0, q = (T)0, r = (T)0, s = (T)0;                                                                     \
        size_t i = 0;                                                                                                         \
        for (; i + 4 * N <= count; i += 4 * N) {                                                                              \
            p += TERM(LOAD(S, N, a + i));                                                                                     \
            q += TERM(LOAD(S, N, a + i + N));                                                                                 \
            r += TERM(LOAD(S, N, a + i + 2 * N));                                                                             \
            s += TERM(LOAD(S, N, a + i + 3 * N));                                                                             \
        }                                                                                                                     \
        for (; i + N <= count; i += N) p += TERM(LOAD(S, N, a + i));                                                          \
        VEC(T, N) sum = (p + q) + (r + s);                                                                                    \
        T total = JOIN(FOLD, N)(sum);                                                                                         \
        for (; i < count; i++) {                                                                                              \
            VEC(S, N) last = a[i];                                                                                            \
            total += TERM(last).x;                                                                                            \
        }                                                                                                                     \
        return total;                                                                                                         \
    }
#define SAME(v) (v)
#define WIDER(v) CONVERT(v, f64, 8)
SUM(sum_f32, f32, f32, 16, (const f32 *a, size_t count), SAME)
SUM(sum_f64, f64, f64, 8, (const f64 *a, size_t count), SAME)
SUM(sum_f32_as_f64, f32, f64, 8, (const f32 *a, size_t count), WIDER)
#define SQUARED(v) ({                                                                                                         \
    VEC(f64, 8) distance = (v)-centre;                                                                                        \
    distance *distance;                                                                                                       \
})
#define SQUARED_WIDER(v) SQUARED(CONVERT(v, f64, 8))
SUM(squares_f32, f32, f64, 8, (const f32 *a, size_t count, f64 centre), SQUARED_WIDER)
SUM(squares_f64, f64, f64, 8, (const f64 *a, size_t count, f64 centre), SQUARED)

// Halves of halves, down to blocks in which each lane adds sixteen numbers, as NumPy's do: the error grows with the logarithm.
#define PAIRWISE(NAME, S, T, BLOCK, LANE_BLOCK, PARAMETERS, ...)                                                              \
    static T NAME PARAMETERS {                                                                                                \
        if (count <= LANE_BLOCK) return BLOCK(a, count __VA_ARGS__);                                                          \
        size_t half = count / 2 / 64 * 64;                                                                                    \
        return NAME(a, half __VA_ARGS__) + NAME(a + half, count - half __VA_ARGS__);                                          \
    }
PAIRWISE(pairwise_f32, f32, f32, sum_f32, 1024, (const float *a, size_t count))
PAIRWISE(pairwise_f64, f64, f64, sum_f64, 512, (const double *a, size_t count))
PAIRWISE(pairwise_f32_as_f64, f32, f64, sum_f32_as_f64, 512, (const float *a, size_t count))
PAIRWISE(distances_f32, f32, f64, squares_f32, 512, (const float *a, size_t count, double centre), , centre)
PAIRWISE(distances_f64, f64, f64, squares_f64, 512, (const double *a, size_t count, double centre), , centre)

// Integers in two stages: blocks in a type that just holds them, and the blocks in 64 bits that wrap.
#define INTEGER_SUM(T, B, BLOCK)                                                                                              \
    CLONES static i64 sum_##T(const T *a, size_t count) {                                                                     \
        u64 total = 0;                                                                                                        \
        for (size_t i = 0; i < count; i += BLOCK) {                                                                           \
            size_t end = count - i < BLOCK ? count : i + BLOCK;                                                               \
            B block = 0;                                                                                                      \
            _Pragma("clang loop vectorize_width(16) interleave_count(4)") for (size_t j = i; j < end; j++) block += a[j];     \
            total += (u64)(i64)block;                                                                                         \
        }                                                                                                                     \
        return (i64)total;                                                                                                    \
    }
INTEGER_SUM(i8, i32, 65536)
INTEGER_SUM(u8, u32, 65536)
INTEGER_SUM(i16, i32, 32768)
INTEGER_SUM(u16, u32, 32768)
INTEGER_SUM(i32, i64, 65536)
INTEGER_SUM(u32, i64, 65536)
INTEGER_SUM(i64, u64, 65536)
INTEGER_SUM(u64, u64, 65536)

// The smallest or largest of a run, which is not empty. NaN is lost in the comparisons and counted beside them; where there is one, it
// is the result.
#define EXTREME(NAME, T, N, PICK, REDUCE, IS_ODD)                                                                             \
    CLONES static T NAME(const T *a, size_t n) {                                                                              \
        VEC(T, N) p = a[0], q = p, r = p, s = p;                                                                              \
        JOIN(IS_ODD, _START)(T, N)                                                                                            \
        size_t i = 0;                                                                                                         \
        for (; i + 4 * N <= n; i += 4 * N) {                                                                                  \
            VEC(T, N) w = LOAD(T, N, a + i), x = LOAD(T, N, a + i + N);                                                       \
            VEC(T, N) y = LOAD(T, N, a + i + 2 * N), z = LOAD(T, N, a + i + 3 * N);                                           \
            p = PICK(p, w);                                                                                                   \
            q = PICK(q, x);                                                                                                   \
            r = PICK(r, y);                                                                                                   \
            s = PICK(s, z);                                                                                                   \
            IS_ODD(w, x)                                                                                                      \
            IS_ODD(y, z)                                                                                                      \
        }                                                                                                                     \
        for (; i + N <= n; i += N) {                                                                                          \
            VEC(T, N) w = LOAD(T, N, a + i);                                                                                  \
            p = PICK(p, w);                                                                                                   \
            IS_ODD(w, w)                                                                                                      \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            VEC(T, N) w = a[0];                                                                                               \
            LOAD_TAIL(T, N, w, a + i, n - i);                                                                                 \
            q = PICK(q, w);                                                                                                   \
            IS_ODD(w, w)                                                                                                      \
        }                                                                                                                     \
        JOIN(IS_ODD, _END)                                                                                                    \
        p = PICK(PICK(p, q), PICK(r, s));                                                                                     \
        return REDUCE(p);                                                                                                     \
    }
#define FLOAT_LESS(p, x) (((x) < (p)) ? (x) : (p))
#define FLOAT_GREATER(p, x) (((x) > (p)) ? (x) : (p))
#define NO_NAN(x, y)
#define NO_NAN_START(T, N)
#define NO_NAN_END
// Counted in whole numbers as wide as the floats.
#define NAN_32(x, y) odd |= (VEC(i32, 16))(((x) != (x)) | ((y) != (y)));
#define NAN_32_START(T, N) VEC(i32, 16) odd = (i32)0;
#define NAN_32_END                                                                                                            \
    if (__builtin_reduce_or(odd)) return __builtin_nanf("");
#define NAN_64(x, y) odd |= (VEC(i64, 8))(((x) != (x)) | ((y) != (y)));
#define NAN_64_START(T, N) VEC(i64, 8) odd = (i64)0;
#define NAN_64_END                                                                                                            \
    if (__builtin_reduce_or(odd)) return __builtin_nan("");
#define INTEGER_EXTREMES(CODE, T, N, U)                                                                                       \
    EXTREME(least_##T, T, N, __builtin_elementwise_min, __builtin_reduce_min, NO_NAN)                                         \
    EXTREME(most_##T, T, N, __builtin_elementwise_max, __builtin_reduce_max, NO_NAN)
INTEGER_TYPES(INTEGER_EXTREMES)
EXTREME(least_f32, f32, 16, FLOAT_LESS, __builtin_reduce_min, NAN_32)
EXTREME(most_f32, f32, 16, FLOAT_GREATER, __builtin_reduce_max, NAN_32)
EXTREME(least_f64, f64, 8, FLOAT_LESS, __builtin_reduce_min, NAN_64)
EXTREME(most_f64, f64, 8, FLOAT_GREATER, __builtin_reduce_max, NAN_64)

// Both at once, while the elements are in registers; true when there is a NaN, and then they are anything.
#define EXTREMES(T, N, LESS, GREATER, REDUCE_LEAST, REDUCE_MOST, IS_ODD)                                                      \
    CLONES static bool extremes_##T(const T *a, size_t n, T *least, T *most) {                                            \
        VEC(T, N) p = a[0], q = p, r = p, s = p;                                                                              \
        JOIN(IS_ODD, _START)(T, N)                                                                                            \
        size_t i = 0;                                                                                                         \
        for (; i + 2 * N <= n; i += 2 * N) {                                                                                  \
            VEC(T, N) x = LOAD(T, N, a + i), y = LOAD(T, N, a + i + N);                                                       \
            p = LESS(p, x);                                                                                                   \
            q = LESS(q, y);                                                                                                   \
            r = GREATER(r, x);                                                                                                \
            s = GREATER(s, y);                                                                                                \
            IS_ODD(x, y)                                                                                                      \
        }                                                                                                                     \
        for (; i < n; i += N) {                                                                                               \
            VEC(T, N) x = a[0];                                                                                               \
            size_t left = n - i < N ? n - i : N;                                                                              \
            LOAD_TAIL(T, N, x, a + i, left);                                                                                  \
            p = LESS(p, x);                                                                                                   \
            r = GREATER(r, x);                                                                                                \
            IS_ODD(x, x)                                                                                                      \
        }                                                                                                                     \
        p = LESS(p, q);                                                                                                       \
        r = GREATER(r, s);                                                                                                    \
        *least = REDUCE_LEAST(p);                                                                                             \
        *most = REDUCE_MOST(r);                                                                                               \
        return JOIN(IS_ODD, _FOUND);                                                                                          \
    }
#define NO_NAN_FOUND false
#define NAN_32_FOUND (__builtin_reduce_or(odd) != 0)
#define NAN_64_FOUND (__builtin_reduce_or(odd) != 0)
#define INTEGER_BOTH(CODE, T, N, U)                                                                                           \
    EXTREMES(T, N, __builtin_elementwise_min, __builtin_elementwise_max, __builtin_reduce_min, __builtin_reduce_max, NO_NAN)
INTEGER_TYPES(INTEGER_BOTH)
EXTREMES(f32, 16, FLOAT_LESS, FLOAT_GREATER, __builtin_reduce_min, __builtin_reduce_max, NAN_32)
EXTREMES(f64, 8, FLOAT_LESS, FLOAT_GREATER, __builtin_reduce_min, __builtin_reduce_max, NAN_64)

bool imjoy_find_extremes(const void *a, imjoy_type type, size_t count, void *least, void *most, bool *has_nan) {
    switch (type) {
#define EXTREMES_CASE(CODE, T, N, U)                                                                                          \
    case CODE: *has_nan = extremes_##T(a, count, least, most); return true;
        INTEGER_TYPES(EXTREMES_CASE)
        FLOAT_TYPES(EXTREMES_CASE)
    default: return false;
    }
}

// Block by block: the extreme of a block is cheap, and its place is looked for only when it beats all before it.
#define PLACE(T)                                                                                                              \
    static size_t place_##T(const T *a, size_t n, bool largest) {                                                             \
        size_t best_block = 0;                                                                                                \
        T best = a[0];                                                                                                        \
        if (best != best) return 0;                                                                                           \
        for (size_t i = 0; i < n; i += 4096) {                                                                                \
            size_t length = n - i < 4096 ? n - i : 4096;                                                                      \
            T found = largest ? most_##T(a + i, length) : least_##T(a + i, length);                                           \
            if (found != found) {                                                                                             \
                while (a[i] == a[i]) i++;                                                                                     \
                return i;                                                                                                     \
            }                                                                                                                 \
            if (largest ? found > best : found < best) {                                                                      \
                best = found;                                                                                                 \
                best_block = i;                                                                                               \
            }                                                                                                                 \
        }                                                                                                                     \
        return best_block + find_##T(a + best_block, n - best_block, best);                                                   \
    }
// The first place of a number that is there.
#define FIND(T, N, I)                                                                                                         \
    CLONES static size_t find_##T(const T *a, size_t n, T number) {                                                           \
        size_t i = 0;                                                                                                         \
        VEC(T, N) all = number;                                                                                               \
        while (i + N <= n && __builtin_reduce_or((VEC(I, N))(LOAD(T, N, a + i) == all)) == 0) i += N;                         \
        while (a[i] != number) i++;                                                                                           \
        return i;                                                                                                             \
    }
FIND(i8, 64, i8)
FIND(i16, 32, i16)
FIND(i32, 16, i32)
FIND(i64, 8, i64)
FIND(u8, 64, i8)
FIND(u16, 32, i16)
FIND(u32, 16, i32)
FIND(u64, 8, i64)
FIND(f32, 16, i32)
FIND(f64, 8, i64)
#define INTEGER_PLACE(CODE, T, N, U) PLACE(T)
INTEGER_TYPES(INTEGER_PLACE)
FLOAT_TYPES(INTEGER_PLACE)

bool imjoy_find_extreme(const void *a, imjoy_type type, size_t count, bool largest, size_t *index) {
    switch (type) {
#define PLACE_CASE(CODE, T, N, U)                                                                                             \
    case CODE: *index = place_##T(a, count, largest); return true;
        INTEGER_TYPES(PLACE_CASE)
        FLOAT_TYPES(PLACE_CASE)
    case IMJOY_BOOL: *index = place_u8(a, count, largest); return true;
    default: return false;
    }
}

#define UPDATE(T)                                                                                                             \
    CLONES static void update_##T(const T *row, size_t n, bool largest, T *best, i64 *places, i64 place) {                    \
        if (largest) {                                                                                                        \
            for (size_t i = 0; i < n; i++) {                                                                                  \
                bool wins = (row[i] > best[i]) | ((row[i] != row[i]) & (best[i] == best[i]));                                 \
                best[i] = wins ? row[i] : best[i];                                                                            \
                places[i] = wins ? place : places[i];                                                                         \
            }                                                                                                                 \
        } else {                                                                                                              \
            for (size_t i = 0; i < n; i++) {                                                                                  \
                bool wins = (row[i] < best[i]) | ((row[i] != row[i]) & (best[i] == best[i]));                                 \
                best[i] = wins ? row[i] : best[i];                                                                            \
                places[i] = wins ? place : places[i];                                                                         \
            }                                                                                                                 \
        }                                                                                                                     \
    }
#define NUMBER_UPDATE(CODE, T, N, U) UPDATE(T)
INTEGER_TYPES(NUMBER_UPDATE)
FLOAT_TYPES(NUMBER_UPDATE)

bool imjoy_update_places(
    const void *row, imjoy_type type, size_t count, bool largest, void *best, int64_t *places, int64_t place) {
    switch (type) {
#define UPDATE_CASE(CODE, T, N, U)                                                                                            \
    case CODE: update_##T(row, count, largest, best, places, place); return true;
        INTEGER_TYPES(UPDATE_CASE)
        FLOAT_TYPES(UPDATE_CASE)
    case IMJOY_BOOL: update_u8(row, count, largest, best, places, place); return true;
    default: return false;
    }
}

// Folds of everything else: eight chains that do not wait for each other, halves of halves above a block. CONVERTED gives a T from x.
#define CHAINS(NAME, S, T, CONVERTED, OP)                                                                                     \
    static T NAME(const S *a, size_t count) {                                                                                 \
        if (count > 1024) {                                                                                                   \
            size_t half = count / 2 / 64 * 64;                                                                                \
            T first = NAME(a, half), second = NAME(a + half, count - half);                                                   \
            return OP(first, second);                                                                                         \
        }                                                                                                                     \
        T chains[8];                                                                                                          \
        size_t width = count < 8 ? count : 8, i = width;                                                                      \
        for (size_t k = 0; k < width; k++) {                                                                                  \
            S x = a[k];                                                                                                       \
            chains[k] = CONVERTED;                                                                                            \
        }                                                                                                                     \
        for (; i + 8 <= count; i += 8) {                                                                                      \
            for (size_t k = 0; k < 8; k++) {                                                                                  \
                S x = a[i + k];                                                                                               \
                T y = CONVERTED;                                                                                              \
                chains[k] = OP(chains[k], y);                                                                                 \
            }                                                                                                                 \
        }                                                                                                                     \
        for (size_t k = 0; i + k < count; k++) {                                                                              \
            S x = a[i + k];                                                                                                   \
            T y = CONVERTED;                                                                                                  \
            chains[k] = OP(chains[k], y);                                                                                     \
        }                                                                                                                     \
        for (; width > 1; width = (width + 1) / 2) {                                                                          \
            for (size_t k = 0; k < width / 2; k++) chains[k] = OP(chains[k], chains[width - 1 - k]);                          \
        }                                                                                                                     \
        return chains[0];                                                                                                     \
    }
#define PLUS(x, y) ((x) + (y))
#define TIMES(x, y) ((x) * (y))
#define C64_PLUS(p, q) COMPLEX_PLUS(c64, p, q)
#define C64_TIMES(p, q) COMPLEX_TIMES(c64, p, q)
#define C128_PLUS(p, q) COMPLEX_PLUS(c128, p, q)
#define C128_TIMES(p, q) COMPLEX_TIMES(c128, p, q)
CHAINS(plus_c64, c64, c64, x, C64_PLUS)
CHAINS(plus_c128, c128, c128, x, C128_PLUS)
CHAINS(times_c64, c64, c64, x, C64_TIMES)
CHAINS(times_c128, c128, c128, x, C128_TIMES)
CHAINS(plus_i64_as_f64, i64, f64, (f64)x, PLUS)
CHAINS(plus_u64_as_f64, u64, f64, (f64)x, PLUS)
CHAINS(times_f32, f32, f32, x, TIMES)
CHAINS(times_f64, f64, f64, x, TIMES)
CHAINS(times_f32_as_f64, f32, f64, (f64)x, TIMES)

// Eight rows at a time, in pairs of pairs.
#define SUM_ROWS(T, N)                                                                                                        \
    CLONES static void sum_rows_##T(const T *a, ptrdiff_t step, size_t rows, size_t count, T *r) {                             \
        bool adds = false;                                                                                                    \
        for (size_t row = 0; row < rows; row += 8, a += 8 * step, adds = true) {                                              \
            size_t left = rows - row;                                                                                         \
            for (size_t i = 0; i < count; i += N) {                                                                           \
                size_t width = count - i < N ? count - i : N;                                                                 \
                VEC(T, N) x[8], sum = (T)0;                                                                                   \
                if (left >= 8 && width == N) {                                                                                \
                    _Pragma("clang loop unroll(full)") for (int k = 0; k < 8; k++) x[k] = LOAD(T, N, a + k * step + (ptrdiff_t)i); \
                    sum = ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));                                  \
                    STORE(T, N, r + i, adds ? LOAD(T, N, r + i) + sum : sum);                                                 \
                    continue;                                                                                                 \
                }                                                                                                             \
                for (size_t k = 0; k < left && k < 8; k++) {                                                                  \
                    VEC(T, N) y = (T)0;                                                                                       \
                    LOAD_TAIL(T, N, y, a + (ptrdiff_t)k * step + (ptrdiff_t)i, width);                                        \
                    sum = k == 0 ? y : sum + y;                                                                               \
                }                                                                                                             \
                if (adds) {                                                                                                   \
                    VEC(T, N) y = (T)0;                                                                                       \
                    LOAD_TAIL(T, N, y, r + i, width);                                                                         \
                    sum = y + sum;                                                                                            \
                }                                                                                                             \
                STORE_TAIL(T, N, r + i, sum, width);                                                                          \
            }                                                                                                                 \
        }                                                                                                                     \
    }
SUM_ROWS(f32, 16)
SUM_ROWS(f64, 8)

bool imjoy_sum_rows(
    imjoy_type type, const void *a, ptrdiff_t row_step, size_t rows, size_t count, void *target) {
    switch (type) {
    case IMJOY_FLOAT32: sum_rows_f32(a, row_step, rows, count, target); return true;
    case IMJOY_FLOAT64: sum_rows_f64(a, row_step, rows, count, target); return true;
    default: return false;
    }
}

#define FOLD(NAME, T, R, VALUE)                                                                                               \
    static void NAME(const void *pa, size_t n, const void *parameter, void *result) {                                         \
        const T *a = pa;                                                                                                      \
        (void)parameter;                                                                                                      \
        *(R *)result = VALUE;                                                                                                 \
    }
#define INTEGER_FOLDS(CODE, T, N, U)                                                                                          \
    CHAINS(times_##T, T, u64, (u64)x, TIMES)                                                                                  \
    CHAINS(times_##T##_as_f64, T, f64, (f64)x, TIMES)                                                                         \
    FOLD(fold_sum_##T, T, i64, sum_##T(a, n))                                                                                 \
    FOLD(fold_product_##T, T, u64, times_##T(a, n))                                                                           \
    FOLD(fold_product_##T##_f64, T, f64, times_##T##_as_f64(a, n))                                                            \
    static f64 distances_##T(const T *a, size_t n, f64 centre) {                                                              \
        if (n > 1024) {                                                                                                       \
            size_t half = n / 2 / 64 * 64;                                                                                    \
            return distances_##T(a, half, centre) + distances_##T(a + half, n - half, centre);                                \
        }                                                                                                                     \
        f64 wide[1024];                                                                                                       \
        for (size_t i = 0; i < n; i++) wide[i] = (f64)a[i];                                                                   \
        return squares_f64(wide, n, centre);                                                                                  \
    }
INTEGER_TYPES(INTEGER_FOLDS)
// Exact for up to 32 bits: no memory holds enough of them to reach the 64th bit.
FOLD(fold_sum_i8_f64, i8, f64, (f64)sum_i8(a, n))
FOLD(fold_sum_i16_f64, i16, f64, (f64)sum_i16(a, n))
FOLD(fold_sum_i32_f64, i32, f64, (f64)sum_i32(a, n))
FOLD(fold_sum_i64_f64, i64, f64, plus_i64_as_f64(a, n))
FOLD(fold_sum_u8_f64, u8, f64, (f64)sum_u8(a, n))
FOLD(fold_sum_u16_f64, u16, f64, (f64)sum_u16(a, n))
FOLD(fold_sum_u32_f64, u32, f64, (f64)sum_u32(a, n))
FOLD(fold_sum_u64_f64, u64, f64, plus_u64_as_f64(a, n))
FOLD(fold_sum_f32, f32, f32, pairwise_f32(a, n))
FOLD(fold_sum_f32_f64, f32, f64, pairwise_f32_as_f64(a, n))
FOLD(fold_sum_f64_f64, f64, f64, pairwise_f64(a, n))
FOLD(fold_sum_c64, c64, c64, plus_c64(a, n))
FOLD(fold_sum_c128, c128, c128, plus_c128(a, n))
FOLD(fold_product_f32, f32, f32, times_f32(a, n))
FOLD(fold_product_f32_f64, f32, f64, times_f32_as_f64(a, n))
FOLD(fold_product_f64_f64, f64, f64, times_f64(a, n))
FOLD(fold_product_c64, c64, c64, times_c64(a, n))
FOLD(fold_product_c128, c128, c128, times_c128(a, n))

#define REAL_FOLDS(CODE, T, N, U)                                                                                             \
    static void fold_distances_##T(const void *pa, size_t n, const void *parameter, void *result) {                           \
        *(f64 *)result = distances_##T(pa, n, *(const f64 *)parameter);                                                       \
    }                                                                                                                         \
    static void fold_minimum_##T(const void *pa, size_t n, const void *parameter, void *result) {                             \
        (void)parameter;                                                                                                      \
        *(T *)result = least_##T(pa, n);                                                                                      \
    }                                                                                                                         \
    static void fold_maximum_##T(const void *pa, size_t n, const void *parameter, void *result) {                             \
        (void)parameter;                                                                                                      \
        *(T *)result = most_##T(pa, n);                                                                                       \
    }
INTEGER_TYPES(REAL_FOLDS)
FLOAT_TYPES(REAL_FOLDS)

imjoy_fold_kernel imjoy_find_fold(imjoy_fold fold, imjoy_type type, imjoy_type result) {
    bool is_wide = result == IMJOY_FLOAT64;
    switch (type) {
#define INTEGER_FOLD_CASE(CODE, T, N, U)                                                                                      \
    case CODE:                                                                                                                \
        switch (fold) {                                                                                                       \
        case IMJOY_FOLD_SUM: return is_wide ? fold_sum_##T##_f64 : fold_sum_##T;                                              \
        case IMJOY_FOLD_PRODUCT: return is_wide ? fold_product_##T##_f64 : fold_product_##T;                                  \
        case IMJOY_FOLD_MINIMUM: return fold_minimum_##T;                                                                     \
        case IMJOY_FOLD_MAXIMUM: return fold_maximum_##T;                                                                     \
        case IMJOY_FOLD_SQUARED_DISTANCES: return fold_distances_##T;                                                         \
        }                                                                                                                     \
        break;
        INTEGER_TYPES(INTEGER_FOLD_CASE)
    case IMJOY_FLOAT32:
        switch (fold) {
        case IMJOY_FOLD_SUM: return is_wide ? fold_sum_f32_f64 : fold_sum_f32;
        case IMJOY_FOLD_PRODUCT: return is_wide ? fold_product_f32_f64 : fold_product_f32;
        case IMJOY_FOLD_MINIMUM: return fold_minimum_f32;
        case IMJOY_FOLD_MAXIMUM: return fold_maximum_f32;
        case IMJOY_FOLD_SQUARED_DISTANCES: return fold_distances_f32;
        }
        break;
    case IMJOY_FLOAT64:
        switch (fold) {
        case IMJOY_FOLD_SUM: return fold_sum_f64_f64;
        case IMJOY_FOLD_PRODUCT: return fold_product_f64_f64;
        case IMJOY_FOLD_MINIMUM: return fold_minimum_f64;
        case IMJOY_FOLD_MAXIMUM: return fold_maximum_f64;
        case IMJOY_FOLD_SQUARED_DISTANCES: return fold_distances_f64;
        }
        break;
    case IMJOY_COMPLEX64:
        if (fold == IMJOY_FOLD_SUM) return fold_sum_c64;
        if (fold == IMJOY_FOLD_PRODUCT) return fold_product_c64;
        break;
    case IMJOY_COMPLEX128:
        if (fold == IMJOY_FOLD_SUM) return fold_sum_c128;
        if (fold == IMJOY_FOLD_PRODUCT) return fold_product_c128;
        break;
    case IMJOY_BOOL:
    case IMJOY_FLOAT16: break;
    }
    return NULL;
}

// Several tables, because a place that was just written cannot be read at once, and neighbours are often alike.
void imjoy_histogram_8(const uint8_t *a, size_t count, uint64_t *counts) {
    for (size_t first = 0; first < count; first += UINT32_MAX) {
        size_t end = count - first > UINT32_MAX ? first + UINT32_MAX : count;
        u32 tables[4][256] = {{0}};
        size_t i = first;
        for (; i + 8 <= end; i += 8) {
            u64 eight;
            memcpy(&eight, a + i, 8);
            tables[0][(u8)eight]++;
            tables[1][(u8)(eight >> 8)]++;
            tables[2][(u8)(eight >> 16)]++;
            tables[3][(u8)(eight >> 24)]++;
            tables[0][(u8)(eight >> 32)]++;
            tables[1][(u8)(eight >> 40)]++;
            tables[2][(u8)(eight >> 48)]++;
            tables[3][(u8)(eight >> 56)]++;
        }
        for (; i < end; i++) tables[0][a[i]]++;
        for (int value = 0; value < 256; value++) {
            counts[value] += (u64)tables[0][value] + tables[1][value] + tables[2][value] + tables[3][value];
        }
    }
}

void imjoy_histogram_16(const uint16_t *a, size_t count, uint64_t *counts) {
    for (size_t i = 0; i < count; i++) counts[a[i]]++;
}

bool imjoy_histogram_shifted(
    const void *a, imjoy_type type, size_t count, int64_t first, unsigned shift, size_t bins, int64_t *counts) {
    u64 end = (u64)bins << shift;
    // Two tables in turns, so that equal neighbours do not wait for each other. What is below the first bin wraps around to above the last.
#define DO(T)                                                                                                                 \
    {                                                                                                                         \
        const T *values = a;                                                                                                  \
        for (size_t i = 0; i < count; i++) {                                                                                  \
            u64 distance = (u64)((i64)values[i] - first), bin = distance >> shift;                                            \
            if (distance <= end) counts[(i & 1 ? bins : 0) + bin - (bin == bins)]++;                                          \
        }                                                                                                                     \
        return true;                                                                                                          \
    }
    switch (type) {
    case IMJOY_INT8: DO(i8)
    case IMJOY_UINT8: DO(u8)
    case IMJOY_INT16: DO(i16)
    case IMJOY_UINT16: DO(u16)
    case IMJOY_INT32: DO(i32)
    case IMJOY_UINT32: DO(u32)
    default: return false;
    }
#undef DO
}
