// Labels: lines of a mask as bits, the runs of set bits, and which runs of two lines touch.
#include "vectors.h"

// Bit b of word w is true when element 64 w + b of the line is.
CLONES void imjoy_mask_bits(const uint8_t *mask, size_t count, uint64_t *words) {
    size_t index = 0;
    for (; index + 64 <= count; index += 64) {
        u64 word = 0;
        for (int byte = 0; byte < 8; byte++) {
            u64 eight;
            __builtin_memcpy(&eight, mask + index + 8 * byte, 8);
            // Every byte is 0 or 1; the product moves one bit of each to the top byte.
            word |= (eight * 0x0102040810204080ull >> 56) << (8 * byte);
        }
        words[index / 64] = word;
    }
    if (index < count) {
        u64 word = 0;
        for (size_t bit = 0; index + bit < count; bit++) word |= (u64)(mask[index + bit] & 1) << bit;
        words[index / 64] = word;
    }
}

// Where runs begin: at set bits behind clear ones, or at every set bit when neighbours of a line are not joined.
#define RUN_STARTS(word, before, joined) ((joined) ? (word) & ~((word) << 1 | (before) >> 63) : (word))

CLONES size_t imjoy_run_ranks(const uint64_t *words, size_t count, bool joined, uint32_t first, uint32_t *ranks) {
    u64 before = 0;
    size_t sum = first;
    for (size_t index = 0; index < count; index++) {
        const u64 word = words[index];
        ranks[index] = (u32)sum;
        sum += (size_t)__builtin_popcountll(RUN_STARTS(word, before, joined));
        before = word;
    }
    return sum - first;
}

#define ROOT(place)                                                                                                                       \
    while (parents[place] != place) {                                                                                                     \
        parents[place] = parents[parents[place]];                                                                                         \
        place = parents[place];                                                                                                           \
    }

// Joins the runs that bit `a` of this line and bit `b` of the other one are in; the smaller number stays.
#define JOIN_RUNS(own_rank, other_rank)                                                                                                        \
    do {                                                                                                                                  \
        u32 one = (own_rank), two = (other_rank);                                                                                         \
        ROOT(one)                                                                                                                         \
        ROOT(two)                                                                                                                         \
        if (one < two) parents[two] = one;                                                                                                \
        else parents[one] = two;                                                                                                          \
    } while (0)

#define UP_TO(bit) (~(u64)0 >> (63 - (bit)))

CLONES void imjoy_join_lines(
    const uint64_t *own, const uint32_t *own_ranks, const uint64_t *other, const uint32_t *other_ranks, size_t count, bool joined,
    int neighbours, uint32_t *parents) {
    u64 own_before = 0, other_before = 0;
    for (size_t index = 0; index < count; index++) {
        const u64 a = own[index], b = other[index];
        const u64 a_next = index + 1 < count ? own[index + 1] : 0, b_next = index + 1 < count ? other[index + 1] : 0;
        const u64 starts = RUN_STARTS(a, own_before, joined), other_starts = RUN_STARTS(b, other_before, joined);
        const u64 b_left = b << 1 | other_before >> 63, b_right = b >> 1 | b_next << 63;
        const u64 a_left = a << 1 | own_before >> 63, a_right = a >> 1 | a_next << 63;
        if (a != 0) {
            const u32 own_first = own_ranks[index] - 1, other_first = other_ranks[index] - 1;
            if (neighbours & 2) {
                // Where the lines go side by side for a while, one contact is enough.
                u64 contacts = a & b;
                if (joined) contacts &= ~(a_left & b_left);
                for (; contacts != 0; contacts &= contacts - 1) {
                    const u64 up_to = UP_TO(__builtin_ctzll(contacts));
                    JOIN_RUNS(own_first + (u32)__builtin_popcountll(starts & up_to), other_first + (u32)__builtin_popcountll(other_starts & up_to));
                }
            }
            if (neighbours & 1) {
                // The element one before in the other line.
                u64 contacts = a & b_left;
                if (joined) contacts &= neighbours & 2 ? ~b & ~a_left : ~(a_left & (b_left << 1 | (other_before >> 62 & 1)));
                for (; contacts != 0; contacts &= contacts - 1) {
                    const u64 up_to = UP_TO(__builtin_ctzll(contacts));
                    JOIN_RUNS(own_first + (u32)__builtin_popcountll(starts & up_to), other_first + (u32)__builtin_popcountll(other_starts & up_to >> 1));
                }
            }
            if (neighbours & 4) {
                // The element one behind in the other line; it may begin the run there.
                u64 contacts = a & b_right;
                if (joined) contacts &= neighbours & 2 ? ~b & ~a_right : ~(a_left & b);
                for (; contacts != 0; contacts &= contacts - 1) {
                    const int bit = __builtin_ctzll(contacts);
                    const u64 up_to = UP_TO(bit);
                    // A contact is there, so the run of the element behind either is that of this one or begins with it.
                    const u32 begins = joined ? (u32)(~b >> bit & 1) : 1;
                    JOIN_RUNS(own_first + (u32)__builtin_popcountll(starts & up_to),
                         other_first + (u32)__builtin_popcountll(other_starts & up_to) + begins);
                }
            }
        }
        own_before = a;
        other_before = b;
    }
}

CLONES void imjoy_write_labels(
    const uint64_t *words, const uint32_t *ranks, const int32_t *labels, size_t count, bool joined, int32_t *target) {
    u64 before = 0;
    for (size_t start = 0; start < count; start += 64) {
        const u64 word = words[start / 64];
        const size_t length = count - start < 64 ? count - start : 64;
        i32 *place = target + start;
        const u64 starts = RUN_STARTS(word, before, joined);
        before = word;
        // The number behind that of the run that went on into this word.
        u32 run = ranks[start / 64];
        if (word == 0) {
            for (size_t bit = 0; bit < length; bit++) place[bit] = 0;
        } else if (word == ~(u64)0 && (starts & ~(u64)1) == 0) {
            const i32 label = labels[run + (u32)(starts & 1)];
            for (size_t bit = 0; bit < length; bit++) place[bit] = label;
        } else {
            for (size_t bit = 0; bit < length; bit++) {
                run += (u32)(starts >> bit & 1);
                place[bit] = labels[run] & -(i32)(word >> bit & 1);
            }
        }
    }
}

// Pairs of neighbours are counted, half as many as bytes, in two tables in turns because a place that was just written cannot be read at
// once.
void imjoy_count_byte_pairs(const uint8_t *a, size_t count, uint32_t *tables, uint64_t *counts) {
    u32 *odd = tables + 65536;
    while (count > 0) {
        const size_t length = count < (size_t)1 << 31 ? count : (size_t)1 << 31;
        memset(tables, 0, 2 * 65536 * sizeof(u32));
        size_t i = 0;
        for (; i + 8 <= length; i += 8) {
            u64 eight;
            memcpy(&eight, a + i, 8);
            tables[(u16)eight]++;
            odd[(u16)(eight >> 16)]++;
            tables[(u16)(eight >> 32)]++;
            odd[eight >> 48]++;
        }
        for (; i < length; i++) counts[a[i]]++;
        for (size_t high = 0; high < 256; high++) {
            u64 sum = 0;
            for (size_t low = 0; low < 256; low++) {
                const u32 both = tables[256 * high + low] + odd[256 * high + low];
                sum += both;
                counts[low] += both;
            }
            counts[high] += sum;
        }
        a += length;
        count -= length;
    }
}

// Squares of distances along one more axis, from the nearest neighbours outwards, until none that is further away can be nearer. Vectors
// hold whole rows of columns, or parts of a line.
CLONES bool imjoy_spread_squares(const float *source, size_t count, size_t step, size_t limit, float *target) {
    for (size_t at = 0; at < count; at += 16) {
        const f32 *own = source + at;
        f32x16 best = LOAD(f32, 16, own);
        size_t k = 1;
        for (;; k++) {
            const f32 square = (f32)(k * k);
            if (__builtin_reduce_or(best > square) == 0) break;
            if (k > limit) return false;
            f32x16 before = LOAD(f32, 16, own - k * step), behind = LOAD(f32, 16, own + k * step);
            f32x16 nearer = (before < behind ? before : behind) + square;
            best = nearer < best ? nearer : best;
        }
        STORE(f32, 16, target + at, best);
    }
    return true;
}

CLONES void imjoy_roots_of_squares(const float *squares, double *target, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) STORE(f64, 8, target + i, __builtin_elementwise_sqrt(CONVERT(LOAD(f32, 8, squares + i), f64, 8)));
    if (i < count) {
        f32x8 some = (f32)0;
        LOAD_TAIL(f32, 8, some, squares + i, count - i);
        f64x8 roots = __builtin_elementwise_sqrt(CONVERT(some, f64, 8));
        STORE_TAIL(f64, 8, target + i, roots, count - i);
    }
}
