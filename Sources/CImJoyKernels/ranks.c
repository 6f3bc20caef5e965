// Elements of one rank in windows of any size: one by one, or for bytes from the counts of each value in the columns of a strip.
#include "vectors.h"

// Finds the element of a rank by parting what is left of the neighbours, again and again, around one of them. NaN spreads.
#define SELECT(T, IS_FLOAT)                                                                                                   \
    CLONES static void select_##T(                                                                                            \
        const T *const *rows, size_t neighbours, size_t place, T *restrict scratch, T *target, size_t count) {                \
        for (size_t i = 0; i < count; i++) {                                                                                  \
            T undefined = 0;                                                                                                  \
            for (size_t k = 0; k < neighbours; k++) {                                                                         \
                scratch[k] = rows[k][i];                                                                                      \
                if (IS_FLOAT && scratch[k] != scratch[k]) undefined = scratch[k];                                             \
            }                                                                                                                 \
            if (IS_FLOAT && undefined != undefined) {                                                                         \
                target[i] = undefined;                                                                                        \
                continue;                                                                                                     \
            }                                                                                                                 \
            size_t low = 0, high = neighbours - 1;                                                                            \
            while (low < high) {                                                                                              \
                T a = scratch[low], b = scratch[low + (high - low) / 2], c = scratch[high];                                   \
                T pivot = a < b ? (b < c ? b : (a < c ? c : a)) : (a < c ? a : (b < c ? c : b));                              \
                size_t left = low, right = high;                                                                              \
                while (1) {                                                                                                   \
                    while (scratch[left] < pivot) left++;                                                                     \
                    while (pivot < scratch[right]) right--;                                                                   \
                    if (left >= right) break;                                                                                 \
                    T swapped = scratch[left];                                                                                \
                    scratch[left++] = scratch[right];                                                                         \
                    scratch[right--] = swapped;                                                                               \
                }                                                                                                             \
                /* Up to `right` all are at most the pivot, behind it at least. */                                            \
                if (left > right + 1) left = right + 1;                                                                       \
                if (place <= right && right < high) high = right;                                                             \
                else if (place > right) low = right + 1;                                                                      \
                else high--; /* The pivot is the greatest, and is last. */                                                    \
            }                                                                                                                 \
            target[i] = scratch[place];                                                                                       \
        }                                                                                                                     \
    }
#define SELECT_INTEGER(TYPE, T, N, U) SELECT(T, 0)
#define SELECT_FLOAT(TYPE, T, N, I) SELECT(T, 1)
INTEGER_TYPES(SELECT_INTEGER)
FLOAT_TYPES(SELECT_FLOAT)

bool imjoy_select_rank(
    imjoy_type type, const void *const *rows, size_t neighbours, size_t place, void *scratch, void *target, size_t count) {
#define CASE(TYPE, T, N, U)                                                                                                   \
    case TYPE: select_##T((const T *const *)rows, neighbours, place, scratch, target, count); return true;
    switch (type) {
        INTEGER_TYPES(CASE)
        FLOAT_TYPES(CASE)
    default: return false;
    }
#undef CASE
}

// Words are counted one by one, by their first 8, 12 and 16 bits, as the window goes along the line. `at` is the sixteenth, and below how
// many elements it begins.
static inline void count_word(u16 *counts, u16 word, u16 change, u32 at, size_t *below) {
    counts[word] += change;
    counts[65536 + (word >> 4)] += change;
    counts[65536 + 4096 + (word >> 8)] += change;
    if ((u32)(word >> 8) < at) *below += (size_t)(i16)change;
}

void imjoy_slide_rank_16(
    const void *const *rows, size_t height, size_t width, size_t step, size_t place, bool is_signed, uint16_t *counts,
    void *target, size_t count) {
    const u16 *const *lines = (const u16 *const *)rows, bias = is_signed ? 0x8000 : 0;
    u16 *results = target;
    const u16 *middles = counts + 65536, *tops = middles + 4096;
    for (size_t phase = 0; phase < step && phase < count; phase++) {
        u32 top = 0;
        size_t below = 0, last = phase;
        for (size_t row = 0; row < height; row++)
            for (size_t k = 0; k < width; k++) count_word(counts, lines[row][phase + k * step] ^ bias, 1, top, &below);
        for (size_t i = phase; i < count; i += step) {
            if (i != phase)
                for (size_t row = 0; row < height; row++) {
                    count_word(counts, lines[row][i - step] ^ bias, (u16)-1, top, &below);
                    count_word(counts, lines[row][i + (width - 1) * step] ^ bias, 1, top, &below);
                }
            while (below > place) below -= tops[--top];
            while (below + tops[top] <= place) below += tops[top++];
            size_t sum = below;
            u32 middle = top << 4;
            while (sum + middles[middle] <= place) sum += middles[middle++];
            u32 word = middle << 4;
            while (sum + counts[word] <= place) sum += counts[word++];
            results[i] = (u16)word ^ bias;
            last = i;
        }
        for (size_t row = 0; row < height; row++)
            for (size_t k = 0; k < width; k++) count_word(counts, lines[row][last + k * step] ^ bias, (u16)-1, top, &below);
    }
}

// For each column of a strip there is a number of elements below 16, 32 … 240, and one of elements of each value; the numbers of all
// columns lie side by side. S is the type of the numbers, N how many are in a vector.
#define COUNT_BYTES(S, N)                                                                                                     \
    CLONES static void count_bytes_##S(                                                                                       \
        const u8 *entering, const u8 *leaving, S *restrict below, S *restrict each, size_t stride, size_t columns) {          \
        for (size_t x = 0; x < stride; x += N) {                                                                              \
            VEC(S, N) in = CONVERT(LOAD(u8, N, entering + x), S, N);                                                          \
            VEC(S, N) out = (S)255;                                                                                           \
            if (leaving) out = CONVERT(LOAD(u8, N, leaving + x), S, N);                                                       \
            for (size_t k = 0; k < 15; k++) {                                                                                 \
                const S limit = (S)(16 * (k + 1));                                                                            \
                S *place = below + k * stride + x;                                                                            \
                STORE(S, N, place, LOAD(S, N, place) - (VEC(S, N))(in < limit) + (VEC(S, N))(out < limit));                   \
            }                                                                                                                 \
        }                                                                                                                     \
        for (size_t x = 0; x < columns; x++) each[entering[x] * stride + x]++;                                                \
        if (leaving)                                                                                                          \
            for (size_t x = 0; x < columns; x++) each[leaving[x] * stride + x]--;                                             \
    }
COUNT_BYTES(u8, 64)
COUNT_BYTES(u16, 32)

// The sums of `width` columns, `step` of them apart, from each of a block on; of wide windows eight at a time are added up first.
#define BOX_SUMS(S, N, SOURCE)                                                                                                \
    {                                                                                                                         \
        const S *source = SOURCE;                                                                                             \
        size_t done = 0;                                                                                                      \
        for (size_t v = 0; v < BLOCK / N; v++) sums[v] = (VEC(S, N))(S)0;                                                     \
        if (width >= 24) {                                                                                                    \
            for (size_t x = 0; x < reach; x += N) {                                                                           \
                VEC(S, N) sum = LOAD(S, N, source + x);                                                                       \
                for (size_t k = 1; k < 8; k++) sum += LOAD(S, N, source + x + k * step);                                      \
                STORE(S, N, eights + x, sum);                                                                                 \
            }                                                                                                                 \
            for (; done + 8 <= width; done += 8)                                                                              \
                for (size_t v = 0; v < BLOCK / N; v++) sums[v] += LOAD(S, N, eights + v * N + done * step);                   \
        }                                                                                                                     \
        for (; done + 4 <= width; done += 4)                                                                                  \
            for (size_t v = 0; v < BLOCK / N; v++)                                                                            \
                sums[v] += (LOAD(S, N, source + v * N + done * step) + LOAD(S, N, source + v * N + (done + 1) * step)) +      \
                           (LOAD(S, N, source + v * N + (done + 2) * step) + LOAD(S, N, source + v * N + (done + 3) * step)); \
        if (width & 2)                                                                                                        \
            for (size_t v = 0; v < BLOCK / N; v++)                                                                            \
                sums[v] += LOAD(S, N, source + v * N + done * step) + LOAD(S, N, source + v * N + (done + 1) * step);         \
        if (width & 1)                                                                                                        \
            for (size_t v = 0; v < BLOCK / N; v++) sums[v] += LOAD(S, N, source + v * N + (width - 1) * step);                \
    }
#define EACH(action) for (size_t v = 0; v < VECTORS_OF_BLOCK; v++) action;

#define BLOCK 64
// FIXED is a width that is known when this is compiled, of columns beside each other, or 0.
#define RANK_BYTES(NAME, S, N, FIXED)                                                                                         \
    CLONES static void rank_bytes_##NAME(                                                                                     \
        const S *below, const S *each, size_t stride, size_t given_width, size_t given_step, size_t place, size_t *first,     \
        u8 *target) {                                                                                                         \
        const size_t width = (FIXED) > 0 ? (FIXED) : given_width, step = (FIXED) > 0 ? 1 : given_step;                        \
        enum { VECTORS_OF_BLOCK = BLOCK / N };                                                                                \
        _Alignas(64) S eights[2 * IMJOY_STRIP_COLUMNS];                                                                       \
        VEC(S, N) sums[VECTORS_OF_BLOCK], base[VECTORS_OF_BLOCK], part[VECTORS_OF_BLOCK], found[VECTORS_OF_BLOCK];            \
        const VEC(S, N) rank = (S)place;                                                                                      \
        const size_t reach = (BLOCK + (width - 1) * step + N - 1) / N * N;                                                    \
        /* The sixteenth of each result, and how many elements are below it; none was below the first one in the row before. */ \
        size_t lowest = *first, highest;                                                                                      \
        EACH(base[v] = (S)0)                                                                                                  \
        if (lowest > 0) {                                                                                                     \
            BOX_SUMS(S, N, below + (lowest - 1) * stride)                                                                     \
            VEC(S, N) every = ~(VEC(S, N)){0};                                                                                \
            EACH(every &= (VEC(S, N))(sums[v] <= rank))                                                                       \
            if (__builtin_reduce_and(every) == 0) lowest = 0;                                                                 \
            else EACH(base[v] = sums[v])                                                                                      \
        }                                                                                                                     \
        EACH(part[v] = (S)lowest)                                                                                             \
        for (highest = lowest; highest < 15; highest++) {                                                                     \
            BOX_SUMS(S, N, below + highest * stride)                                                                          \
            VEC(S, N) any = (S)0, every = ~(VEC(S, N)){0};                                                                    \
            for (size_t v = 0; v < VECTORS_OF_BLOCK; v++) {                                                                   \
                VEC(S, N) beyond = (VEC(S, N))(sums[v] <= rank);                                                              \
                part[v] -= beyond;                                                                                            \
                base[v] = (sums[v] & beyond) | (base[v] & ~beyond);                                                           \
                any |= beyond;                                                                                                \
                every &= beyond;                                                                                              \
            }                                                                                                                 \
            if (highest == lowest && __builtin_reduce_and(every) != 0) lowest++;                                              \
            if (__builtin_reduce_or(any) == 0) break;                                                                         \
        }                                                                                                                     \
        *first = lowest;                                                                                                      \
        EACH(found[v] = (S)0)                                                                                                 \
        for (size_t k = lowest; k <= highest; k++) {                                                                          \
            VEC(S, N) here[VECTORS_OF_BLOCK], low[VECTORS_OF_BLOCK], so_far[VECTORS_OF_BLOCK], any = (S)0;                    \
            for (size_t v = 0; v < VECTORS_OF_BLOCK; v++) {                                                                   \
                here[v] = (VEC(S, N))(part[v] == (S)k);                                                                       \
                low[v] = (S)(16 * k);                                                                                         \
                so_far[v] = base[v];                                                                                          \
                any |= here[v];                                                                                               \
            }                                                                                                                 \
            if (__builtin_reduce_or(any) == 0) continue;                                                                      \
            for (size_t value = 16 * k; value < 16 * k + 15; value++) {                                                       \
                BOX_SUMS(S, N, each + value * stride)                                                                         \
                any = (S)0;                                                                                                   \
                for (size_t v = 0; v < VECTORS_OF_BLOCK; v++) {                                                               \
                    so_far[v] += sums[v];                                                                                     \
                    VEC(S, N) beyond = (VEC(S, N))(so_far[v] <= rank);                                                        \
                    low[v] -= beyond;                                                                                         \
                    any |= beyond & here[v];                                                                                  \
                }                                                                                                             \
                if (__builtin_reduce_or(any) == 0) break;                                                                     \
            }                                                                                                                 \
            EACH(found[v] |= low[v] & here[v])                                                                                \
        }                                                                                                                     \
        EACH(STORE(u8, N, target + v * N, CONVERT(found[v], u8, N)))                                                          \
    }
RANK_BYTES(u8, u8, 64, 0)
RANK_BYTES(u16, u16, 32, 0)
#define FIXED_WIDTHS(X) X(7) X(9) X(11) X(13) X(15)
#define RANK_FIXED(WIDTH) RANK_BYTES(WIDTH, u8, 64, WIDTH)
FIXED_WIDTHS(RANK_FIXED)

void imjoy_count_bytes(
    bool wide, const uint8_t *entering, const uint8_t *leaving, void *below, void *each, size_t stride, size_t columns) {
    if (wide) count_bytes_u16(entering, leaving, below, each, stride, columns);
    else count_bytes_u8(entering, leaving, below, each, stride, columns);
}

void imjoy_rank_bytes(
    bool wide, const void *below, const void *each, size_t stride, size_t width, size_t step, size_t place, size_t *first,
    uint8_t *target, size_t count) {
#define ARGUMENTS(S) (const S *)below + x, (const S *)each + x, stride, width, step, place, first + x / BLOCK, target + x
#define CASE(WIDTH) case WIDTH: JOIN(rank_bytes_, WIDTH)(ARGUMENTS(u8)); continue;
    for (size_t x = 0; x < count; x += BLOCK) {
        switch (wide || step != 1 ? 0 : width) {
            FIXED_WIDTHS(CASE)
        default: break;
        }
        if (wide) rank_bytes_u16(ARGUMENTS(u16));
        else rank_bytes_u8(ARGUMENTS(u8));
    }
#undef CASE
#undef ARGUMENTS
}
