// Copies of every kind: by steps, by masks, turned over, past the caches.
#include "vectors.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef struct {
    u64 low, high;
} b128;

#define BY_SIZE(size, DO)                                                                                                     \
    switch (size) {                                                                                                           \
    case 1: DO(u8) break;                                                                                                     \
    case 2: DO(u16) break;                                                                                                    \
    case 4: DO(u32) break;                                                                                                    \
    case 8: DO(u64) break;                                                                                                    \
    case 16: DO(b128) break;                                                                                                  \
    default: break;                                                                                                           \
    }

#define SELECT(T, N, I)                                                                                                       \
    CLONES static void select_##T(                                                                                            \
        const u8 *mask, const T *a, ptrdiff_t a_step, const T *b, ptrdiff_t b_step, T *r, size_t n) {                         \
        size_t i = 0;                                                                                                         \
        if (a_step == 1 && b_step == 1) {                                                                                     \
            for (; i + N <= n; i += N) {                                                                                      \
                VEC(I, N) m = CONVERT(LOAD(u8, N, mask + i), I, N) != (I)0;                                                   \
                VEC(T, N) x = LOAD(T, N, a + i), y = LOAD(T, N, b + i);                                                       \
                STORE(T, N, r + i, m ? x : y);                                                                                \
            }                                                                                                                 \
        } else if (a_step == 1 && b_step == 0) {                                                                              \
            VEC(T, N) y = *b;                                                                                                 \
            for (; i + N <= n; i += N) {                                                                                      \
                VEC(I, N) m = CONVERT(LOAD(u8, N, mask + i), I, N) != (I)0;                                                   \
                VEC(T, N) x = LOAD(T, N, a + i);                                                                              \
                STORE(T, N, r + i, m ? x : y);                                                                                \
            }                                                                                                                 \
        }                                                                                                                     \
        for (; i < n; i++) {                                                                                                  \
            T x = a[(ptrdiff_t)i * a_step], y = b[(ptrdiff_t)i * b_step];                                                     \
            r[i] = mask[i] ? x : y;                                                                                           \
        }                                                                                                                     \
    }
SELECT(u16, 32, i16)
SELECT(u32, 16, i32)
SELECT(u64, 8, i64)

CLONES static void select_u8(
    const u8 *mask, const u8 *a, ptrdiff_t a_step, const u8 *b, ptrdiff_t b_step, u8 *r, size_t n) {
    for (size_t i = 0; i < n; i++) {
        u8 x = a[(ptrdiff_t)i * a_step], y = b[(ptrdiff_t)i * b_step];
        r[i] = mask[i] ? x : y;
    }
}

static void select_b128(
    const u8 *mask, const b128 *a, ptrdiff_t a_step, const b128 *b, ptrdiff_t b_step, b128 *r, size_t n) {
    for (size_t i = 0; i < n; i++) r[i] = mask[i] ? a[(ptrdiff_t)i * a_step] : b[(ptrdiff_t)i * b_step];
}

void imjoy_select(
    const uint8_t *mask, const void *a, ptrdiff_t a_step, const void *b, ptrdiff_t b_step, void *target, size_t count,
    size_t size) {
#define DO(T) select_##T(mask, a, a_step, b, b_step, target, count);
    BY_SIZE(size, DO)
#undef DO
}

// Rows read backwards, and every second element: by whole vectors.
#define STEPS(T)                                                                                                              \
    CLONES static void gather_backwards_##T(const T *from, T *to, size_t count) {                                             \
        size_t i = 0;                                                                                                         \
        for (; i + 16 <= count; i += 16) {                                                                                    \
            VEC(T, 16) x = LOAD(T, 16, from - i - 15);                                                                        \
            STORE(T, 16, to + i, __builtin_shufflevector(x, x, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));        \
        }                                                                                                                     \
        for (; i < count; i++) to[i] = from[-(ptrdiff_t)i];                                                                   \
    }                                                                                                                         \
    CLONES static void gather_pairs_##T(const T *from, T *to, size_t count) {                                                 \
        size_t i = 0;                                                                                                         \
        for (; i + 16 < count; i += 16) STORE(T, 16, to + i, LOAD(T, 32, from + 2 * i).even);                                 \
        for (; i < count; i++) to[i] = from[2 * i];                                                                           \
    }
STEPS(u8)
STEPS(u16)
STEPS(u32)
STEPS(u64)
static void gather_backwards_b128(const b128 *from, b128 *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = from[-(ptrdiff_t)i];
}
static void gather_pairs_b128(const b128 *from, b128 *to, size_t count) {
    for (size_t i = 0; i < count; i++) to[i] = from[2 * i];
}

void imjoy_gather(const void *source, ptrdiff_t step, void *target, size_t count, size_t size) {
#define DO(T)                                                                                                                 \
    {                                                                                                                         \
        const T *from = source;                                                                                               \
        T *to = target;                                                                                                       \
        if (step == 1) {                                                                                                      \
            memmove(to, from, count * sizeof(T));                                                                             \
        } else if (step == -1) {                                                                                              \
            gather_backwards_##T(from, to, count);                                                                            \
        } else if (step == 2) {                                                                                               \
            gather_pairs_##T(from, to, count);                                                                                \
        } else {                                                                                                              \
            for (size_t i = 0; i < count; i++) to[i] = from[(ptrdiff_t)i * step];                                             \
        }                                                                                                                     \
    }
    BY_SIZE(size, DO)
#undef DO
}

void imjoy_scatter(const void *source, void *target, ptrdiff_t step, size_t count, size_t size) {
#define DO(T)                                                                                                                 \
    {                                                                                                                         \
        const T *from = source;                                                                                               \
        T *to = target;                                                                                                       \
        if (step == 1) {                                                                                                      \
            memmove(to, from, count * sizeof(T));                                                                             \
        } else {                                                                                                              \
            for (size_t i = 0; i < count; i++) to[(ptrdiff_t)i * step] = from[i];                                             \
        }                                                                                                                     \
    }
    BY_SIZE(size, DO)
#undef DO
}

void imjoy_repeat(void *row, const ptrdiff_t *from, const ptrdiff_t *to, size_t count, size_t size) {
#define DO(T)                                                                                                                 \
    {                                                                                                                         \
        T *elements = row;                                                                                                    \
        for (size_t i = 0; i < count; i++) elements[to[i]] = elements[from[i]];                                               \
    }
    BY_SIZE(size, DO)
#undef DO
}

// Where the elements are near, four places at a time are looked at and read. Beyond the nearer caches the processor looks ahead by
// itself, and does so the farther the less there is between one read and the next. Returns how many were taken before a place that
// is outside.
#define PLACE(i) (places[i] + (places[i] >> 63 & length))
#define IS_OUTSIDE(place) ((u64)(place) >= (u64)length)
#define TAKE(T)                                                                                                               \
    static size_t take_##T(const T *from, i64 length, const i64 *places, T *to, size_t count, bool is_far) {                  \
        size_t i = 0;                                                                                                         \
        for (; is_far && i < count; i++) {                                                                                    \
            i64 place = PLACE(i);                                                                                             \
            if (IS_OUTSIDE(place)) return i;                                                                                  \
            to[i] = from[place];                                                                                              \
        }                                                                                                                     \
        for (; i + 4 <= count; i += 4) {                                                                                      \
            i64 p = PLACE(i), q = PLACE(i + 1), r = PLACE(i + 2), s = PLACE(i + 3);                                           \
            if (IS_OUTSIDE(p) | IS_OUTSIDE(q) | IS_OUTSIDE(r) | IS_OUTSIDE(s)) break;                                         \
            to[i] = from[p], to[i + 1] = from[q], to[i + 2] = from[r], to[i + 3] = from[s];                                   \
        }                                                                                                                     \
        for (; i < count && !IS_OUTSIDE(PLACE(i)); i++) to[i] = from[PLACE(i)];                                               \
        return i;                                                                                                             \
    }
TAKE(u8)
TAKE(u16)
TAKE(u32)
TAKE(u64)
TAKE(b128)

size_t imjoy_take(
    const void *source, size_t length, const int64_t *places, void *target, size_t count, size_t size) {
    bool is_far = length * size > 512 * 1024;
#define DO(T) return take_##T(source, (i64)length, places, target, count, is_far);
    BY_SIZE(size, DO)
#undef DO
    return count;
}

CLONES void imjoy_stream_copy(void *target, const void *source, size_t bytes) {
    char *to = target;
    const char *from = source;
    // Stores past the caches want whole lines.
    size_t head = (64 - ((uintptr_t)to & 63)) & 63;
    if (head > bytes) head = bytes;
    memcpy(to, from, head);
    to += head;
    from += head;
    bytes -= head;
    size_t i = 0;
    for (; i + 64 <= bytes; i += 64) __builtin_nontemporal_store(LOAD(u64, 8, from + i), (VEC(u64, 8) *)(to + i));
    memcpy(to + i, from + i, bytes - i);
}

void imjoy_stream_end(void) {
#if defined(__x86_64__)
    _mm_sfence();
#else
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

CLONES size_t imjoy_count_true(const uint8_t *mask, size_t count) {
    size_t total = 0, i = 0;
    while (i + 64 <= count) {
        // At most 255 rounds before a byte would overflow.
        VEC(u8, 64) sums = (u8)0;
        size_t end = count - i > 255 * 64 ? i + 255 * 64 : count;
        for (; i + 64 <= end; i += 64) sums -= (VEC(u8, 64))(LOAD(u8, 64, mask + i) != (u8)0);
        for (int lane = 0; lane < 64; lane++) total += sums[lane];
    }
    for (; i < count; i++) total += mask[i] != 0;
    return total;
}

// Without a branch: every element is written, and the place moves on only behind the selected ones, so one element behind the last
// of them may be written.
#define COMPRESS(T)                                                                                                           \
    static size_t compress_##T(const u8 *mask, const T *from, T *to, size_t count) {                                          \
        size_t kept = 0;                                                                                                      \
        for (size_t i = 0; i < count; i++) {                                                                                  \
            to[kept] = from[i];                                                                                               \
            kept += mask[i] != 0;                                                                                             \
        }                                                                                                                     \
        return kept;                                                                                                          \
    }
COMPRESS(u8)
COMPRESS(u16)
COMPRESS(u32)
COMPRESS(u64)
COMPRESS(b128)

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512vl"))) static size_t compress_u32_avx512(
    const u8 *mask, const u32 *from, u32 *to, size_t count) {
    size_t kept = 0, i = 0;
    for (; i + 16 <= count; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(mask + i));
        __mmask16 selected = _mm_test_epi8_mask(bytes, bytes);
        __m512i packed = _mm512_maskz_compress_epi32(selected, _mm512_loadu_si512(from + i));
        _mm512_storeu_si512(to + kept, packed);
        kept += (size_t)__builtin_popcount(selected);
    }
    return kept + compress_u32(mask + i, from + i, to + kept, count - i);
}

__attribute__((target("avx512f,avx512bw,avx512vl"))) static size_t compress_u64_avx512(
    const u8 *mask, const u64 *from, u64 *to, size_t count) {
    size_t kept = 0, i = 0;
    for (; i + 8 <= count; i += 8) {
        __m128i bytes = _mm_loadl_epi64((const __m128i *)(mask + i));
        __mmask8 selected = (__mmask8)_mm_test_epi8_mask(bytes, bytes);
        _mm512_storeu_si512(to + kept, _mm512_maskz_compress_epi64(selected, _mm512_loadu_si512(from + i)));
        kept += (size_t)__builtin_popcount(selected);
    }
    return kept + compress_u64(mask + i, from + i, to + kept, count - i);
}
#endif

size_t imjoy_compress(const uint8_t *mask, const void *source, void *target, size_t count, size_t size) {
#if defined(__x86_64__)
    if ((size == 4 || size == 8) && imjoy_kernel_level() == 4) {
        return size == 4 ? compress_u32_avx512(mask, source, target, count) : compress_u64_avx512(mask, source, target, count);
    }
#endif
#define DO(T) return compress_##T(mask, source, target, count);
    BY_SIZE(size, DO)
#undef DO
    return 0;
}

// Eight by eight in registers for 4-byte elements; the others element by element in blocks that stay in the nearest cache.
#define MIX(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
CLONES static void transpose_u32_block(const u32 *from, ptrdiff_t from_step, u32 *to, ptrdiff_t to_step) {
    VEC(u32, 8) a = LOAD(u32, 8, from), b = LOAD(u32, 8, from + from_step);
    VEC(u32, 8) c = LOAD(u32, 8, from + 2 * from_step), d = LOAD(u32, 8, from + 3 * from_step);
    VEC(u32, 8) e = LOAD(u32, 8, from + 4 * from_step), f = LOAD(u32, 8, from + 5 * from_step);
    VEC(u32, 8) g = LOAD(u32, 8, from + 6 * from_step), h = LOAD(u32, 8, from + 7 * from_step);
#define LOW32(x, y) MIX(x, y, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH32(x, y) MIX(x, y, 2, 10, 3, 11, 6, 14, 7, 15)
    VEC(u32, 8) ab = LOW32(a, b), AB = HIGH32(a, b), cd = LOW32(c, d), CD = HIGH32(c, d);
    VEC(u32, 8) ef = LOW32(e, f), EF = HIGH32(e, f), gh = LOW32(g, h), GH = HIGH32(g, h);
#define LOW64(x, y) MIX(x, y, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH64(x, y) MIX(x, y, 2, 3, 10, 11, 6, 7, 14, 15)
    VEC(u32, 8) p = LOW64(ab, cd), q = HIGH64(ab, cd), r = LOW64(AB, CD), s = HIGH64(AB, CD);
    VEC(u32, 8) t = LOW64(ef, gh), u = HIGH64(ef, gh), v = LOW64(EF, GH), w = HIGH64(EF, GH);
#define LOW128(x, y) MIX(x, y, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH128(x, y) MIX(x, y, 4, 5, 6, 7, 12, 13, 14, 15)
    STORE(u32, 8, to, LOW128(p, t));
    STORE(u32, 8, to + to_step, LOW128(q, u));
    STORE(u32, 8, to + 2 * to_step, LOW128(r, v));
    STORE(u32, 8, to + 3 * to_step, LOW128(s, w));
    STORE(u32, 8, to + 4 * to_step, HIGH128(p, t));
    STORE(u32, 8, to + 5 * to_step, HIGH128(q, u));
    STORE(u32, 8, to + 6 * to_step, HIGH128(r, v));
    STORE(u32, 8, to + 7 * to_step, HIGH128(s, w));
}

// The perfect shuffle, as often as it takes, turns a square over: rows i and i + half become rows 2i and 2i + 1, their elements in
// turns.
#define WEAVE16_LOW(x, y) MIX(x, y, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define WEAVE16_HIGH(x, y) MIX(x, y, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#define WEAVE8_LOW(x, y) MIX(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define WEAVE8_HIGH(x, y) MIX(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define WEAVE(T, N, ROUNDS)                                                                                                   \
    CLONES static void transpose_##T##_block(const T *from, ptrdiff_t from_step, T *to, ptrdiff_t to_step) {                  \
        VEC(T, N) rows[N], woven[N];                                                                                          \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < N; i++) rows[i] = LOAD(T, N, from + i * from_step);            \
        _Pragma("clang loop unroll(full)") for (int round = 0; round < ROUNDS; round++) {                                     \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < N / 2; i++) {                                              \
                woven[2 * i] = WEAVE##N##_LOW(rows[i], rows[i + N / 2]);                                                      \
                woven[2 * i + 1] = WEAVE##N##_HIGH(rows[i], rows[i + N / 2]);                                                 \
            }                                                                                                                 \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < N; i++) rows[i] = woven[i];                                \
        }                                                                                                                     \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < N; i++) STORE(T, N, to + i * to_step, rows[i]);                \
    }
WEAVE(u8, 16, 4)
WEAVE(u16, 8, 3)

static void transpose_u64_block(const u64 *from, ptrdiff_t from_step, u64 *to, ptrdiff_t to_step) {
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) to[j * to_step + i] = from[i * from_step + j];
    }
}

static void transpose_b128_block(const b128 *from, ptrdiff_t from_step, b128 *to, ptrdiff_t to_step) {
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++) to[j * to_step + i] = from[i * from_step + j];
    }
}

// Squares as wide as a line of the cache are turned beside the arrays, so that each line is read and written once, however many
// lines of the arrays share a place in the cache.
#define TURN_SQUARE(T, BLOCK, SIDE)                                                                                           \
    static void turn_square_##T(const T *from, ptrdiff_t from_step, T *to, ptrdiff_t to_step) {                               \
        T square[SIDE * SIDE] __attribute__((aligned(64))), turned[SIDE * SIDE] __attribute__((aligned(64)));                 \
        for (int i = 0; i < SIDE; i++) memcpy(square + i * SIDE, from + i * from_step, SIDE * sizeof(T));                     \
        for (int i = 0; i < SIDE; i += BLOCK) {                                                                               \
            for (int j = 0; j < SIDE; j += BLOCK) {                                                                           \
                transpose_##T##_block(square + i * SIDE + j, SIDE, turned + j * SIDE + i, SIDE);                              \
            }                                                                                                                 \
        }                                                                                                                     \
        for (int i = 0; i < SIDE; i++) memcpy(to + i * to_step, turned + i * SIDE, SIDE * sizeof(T));                         \
    }

// Tiles of 64 x 64 elements are turned square by square, so that their pages stay known to the processor. Where no lines share
// places, blocks of small elements are turned without the copy beside. On the side with the longer steps a line is finished before
// the next.
#define TURN_AT(T, i, j)                                                                                                      \
    (by_squares ? turn_square_##T : transpose_##T##_block)(                                                                   \
        from + (ptrdiff_t)(i) * from_step + (ptrdiff_t)(j), from_step, to + (ptrdiff_t)(j) * to_step + (ptrdiff_t)(i), to_step)
#define TRANSPOSE(T, BLOCK, SIDE)                                                                                             \
    TURN_SQUARE(T, BLOCK, SIDE)                                                                                               \
    static void transpose_##T(                                                                                                \
        const T *from, ptrdiff_t from_step, T *to, ptrdiff_t to_step, size_t rows, size_t columns) {                          \
        bool shares_places = (from_step * (ptrdiff_t)sizeof(T)) % 512 == 0 || (to_step * (ptrdiff_t)sizeof(T)) % 512 == 0;    \
        bool by_squares = sizeof(T) > 4 || (sizeof(T) < 4 && shares_places);                                                  \
        bool is_by_rows = (to_step < 0 ? -to_step : to_step) < (from_step < 0 ? -from_step : from_step);                      \
        size_t side = by_squares ? SIDE : BLOCK, whole_rows = rows - rows % side, whole_columns = columns - columns % side;   \
        for (size_t top = 0; top < whole_rows; top += 64) {                                                                   \
            size_t bottom = top + 64 < whole_rows ? top + 64 : whole_rows;                                                    \
            for (size_t left = 0; left < whole_columns; left += 64) {                                                         \
                size_t right = left + 64 < whole_columns ? left + 64 : whole_columns;                                         \
                if (is_by_rows) {                                                                                             \
                    for (size_t i = top; i < bottom; i += side) {                                                             \
                        for (size_t j = left; j < right; j += side) TURN_AT(T, i, j);                                         \
                    }                                                                                                         \
                } else {                                                                                                      \
                    for (size_t j = left; j < right; j += side) {                                                             \
                        for (size_t i = top; i < bottom; i += side) TURN_AT(T, i, j);                                         \
                    }                                                                                                         \
                }                                                                                                             \
            }                                                                                                                 \
        }                                                                                                                     \
        for (size_t i = 0; i < rows; i++) {                                                                                   \
            for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++) {                                           \
                to[(ptrdiff_t)j * to_step + (ptrdiff_t)i] = from[(ptrdiff_t)i * from_step + (ptrdiff_t)j];                    \
            }                                                                                                                 \
        }                                                                                                                     \
    }
TRANSPOSE(u8, 16, 64)
TRANSPOSE(u16, 8, 32)
TRANSPOSE(u32, 8, 16)
TRANSPOSE(u64, 4, 8)
TRANSPOSE(b128, 2, 4)

void imjoy_transpose(
    const void *source, ptrdiff_t source_step, void *target, ptrdiff_t target_step, size_t rows, size_t columns, size_t size) {
#define DO(T) transpose_##T(source, source_step, target, target_step, rows, columns);
    BY_SIZE(size, DO)
#undef DO
}

CLONES static void swap_16(const u16 *a, u16 *r, size_t n) {
    for (size_t i = 0; i < n; i++) r[i] = __builtin_bswap16(a[i]);
}
CLONES static void swap_32(const u32 *a, u32 *r, size_t n) {
    for (size_t i = 0; i < n; i++) r[i] = __builtin_bswap32(a[i]);
}
CLONES static void swap_64(const u64 *a, u64 *r, size_t n) {
    for (size_t i = 0; i < n; i++) r[i] = __builtin_bswap64(a[i]);
}

void imjoy_swap_bytes(const void *source, void *target, size_t count, size_t size) {
    switch (size) {
    case 2: swap_16(source, target, count); break;
    case 4: swap_32(source, target, count); break;
    case 8: swap_64(source, target, count); break;
    default: break;
    }
}

int imjoy_kernel_level(void) {
#if defined(__x86_64__) && !defined(IMJOY_NO_CLONES)
    static int level;
    int known = __atomic_load_n(&level, __ATOMIC_RELAXED);
    if (known != 0) return known;
    __builtin_cpu_init();
    known = __builtin_cpu_supports("x86-64-v4") ? 4 : __builtin_cpu_supports("x86-64-v3") ? 3 : 1;
    __atomic_store_n(&level, known, __ATOMIC_RELAXED);
    return known;
#else
    return 1;
#endif
}
