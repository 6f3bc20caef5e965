// Sorting of whole numbers by vectors of 64 bytes: quicksort (Hoare 1961) that packs what is smaller and what is not with AVX-512's
// compress, and networks of comparisons (Batcher 1968) for what is short. Equal keys are alike, so their order does not matter.
#include "vectors.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#define INLINE512 static inline __attribute__((always_inline, target("avx512f,avx512bw,avx512vl,avx512dq")))

#define UNROLL_FULLY _Pragma("clang loop unroll(full)")
#define LEAST(a, b) __builtin_elementwise_min(a, b)
#define MOST(a, b) __builtin_elementwise_max(a, b)

// Compares each lane with the one whose number differs in the bits M. The lower of two gets the smaller.
#define EXCHANGED16(v, M)                                                                                                     \
    __builtin_shufflevector(v, v, 0 ^ M, 1 ^ M, 2 ^ M, 3 ^ M, 4 ^ M, 5 ^ M, 6 ^ M, 7 ^ M, 8 ^ M, 9 ^ M, 10 ^ M, 11 ^ M,       \
        12 ^ M, 13 ^ M, 14 ^ M, 15 ^ M)
#define EXCHANGED8(v, M) __builtin_shufflevector(v, v, 0 ^ M, 1 ^ M, 2 ^ M, 3 ^ M, 4 ^ M, 5 ^ M, 6 ^ M, 7 ^ M)
#define FROM(LANE, TOP, N) ((LANE) & (TOP) ? (LANE) + N : (LANE))
#define BLENDED16(a, b, TOP)                                                                                                  \
    __builtin_shufflevector(a, b, FROM(0, TOP, 16), FROM(1, TOP, 16), FROM(2, TOP, 16), FROM(3, TOP, 16), FROM(4, TOP, 16),   \
        FROM(5, TOP, 16), FROM(6, TOP, 16), FROM(7, TOP, 16), FROM(8, TOP, 16), FROM(9, TOP, 16), FROM(10, TOP, 16),          \
        FROM(11, TOP, 16), FROM(12, TOP, 16), FROM(13, TOP, 16), FROM(14, TOP, 16), FROM(15, TOP, 16))
#define BLENDED8(a, b, TOP)                                                                                                   \
    __builtin_shufflevector(a, b, FROM(0, TOP, 8), FROM(1, TOP, 8), FROM(2, TOP, 8), FROM(3, TOP, 8), FROM(4, TOP, 8),        \
        FROM(5, TOP, 8), FROM(6, TOP, 8), FROM(7, TOP, 8))
// M: bits in which the numbers of two partners differ; TOP: the highest of them.
#define STEP(v, N, M, TOP)                                                                                                    \
    do {                                                                                                                      \
        __typeof__(v) other_ = EXCHANGED##N(v, M);                                                                            \
        v = BLENDED##N(LEAST(v, other_), MOST(v, other_), TOP);                                                               \
    } while (0)

#define LANES_SORTED8(v) STEP(v, 8, 1, 1); STEP(v, 8, 3, 2); STEP(v, 8, 1, 1); STEP(v, 8, 7, 4); STEP(v, 8, 2, 2); STEP(v, 8, 1, 1)
#define LANES_SORTED16(v)                                                                                                     \
    STEP(v, 16, 1, 1); STEP(v, 16, 3, 2); STEP(v, 16, 1, 1); STEP(v, 16, 7, 4); STEP(v, 16, 2, 2); STEP(v, 16, 1, 1);         \
    STEP(v, 16, 15, 8); STEP(v, 16, 4, 4); STEP(v, 16, 2, 2); STEP(v, 16, 1, 1)
#define LANES_MERGED8(v) STEP(v, 8, 4, 4); STEP(v, 8, 2, 2); STEP(v, 8, 1, 1)
#define LANES_MERGED16(v) STEP(v, 16, 8, 8); STEP(v, 16, 4, 4); STEP(v, 16, 2, 2); STEP(v, 16, 1, 1)

// The halves of a square of vectors off the diagonal change places: lanes and vectors whose numbers have the bit B or not.
#define UPPER(LANE, B, N) ((LANE) & (B) ? N + ((LANE) ^ (B)) : (LANE))
#define LOWER(LANE, B, N) ((LANE) & (B) ? N + (LANE) : (LANE) ^ (B))
#define UPPER16(a, b, B)                                                                                                      \
    __builtin_shufflevector(a, b, UPPER(0, B, 16), UPPER(1, B, 16), UPPER(2, B, 16), UPPER(3, B, 16), UPPER(4, B, 16), UPPER(5, B,\
        16), UPPER(6, B, 16), UPPER(7, B, 16), UPPER(8, B, 16), UPPER(9, B, 16), UPPER(10, B, 16), UPPER(11, B,               \
        16), UPPER(12, B, 16), UPPER(13, B, 16), UPPER(14, B, 16), UPPER(15, B, 16))
#define LOWER16(a, b, B)                                                                                                      \
    __builtin_shufflevector(a, b, LOWER(0, B, 16), LOWER(1, B, 16), LOWER(2, B, 16), LOWER(3, B, 16), LOWER(4, B, 16), LOWER(5, B,\
        16), LOWER(6, B, 16), LOWER(7, B, 16), LOWER(8, B, 16), LOWER(9, B, 16), LOWER(10, B, 16), LOWER(11, B,               \
        16), LOWER(12, B, 16), LOWER(13, B, 16), LOWER(14, B, 16), LOWER(15, B, 16))
#define UPPER8(a, b, B)                                                                                                       \
    __builtin_shufflevector(a, b, UPPER(0, B, 8), UPPER(1, B, 8), UPPER(2, B, 8), UPPER(3, B, 8), UPPER(4, B, 8), UPPER(5, B, 8),\
        UPPER(6, B, 8), UPPER(7, B, 8))
#define LOWER8(a, b, B)                                                                                                       \
    __builtin_shufflevector(a, b, LOWER(0, B, 8), LOWER(1, B, 8), LOWER(2, B, 8), LOWER(3, B, 8), LOWER(4, B, 8), LOWER(5, B, 8),\
        LOWER(6, B, 8), LOWER(7, B, 8))
#define TURN(v, N, B)                                                                                                         \
    UNROLL_FULLY for (int i = 0; i < N; i++) {                                                                                \
        if (i & B) continue;                                                                                                  \
        __typeof__(v[0]) a = v[i], b = v[i | B];                                                                              \
        v[i] = UPPER##N(a, b, B);                                                                                             \
        v[i | B] = LOWER##N(a, b, B);                                                                                         \
    }
#define TURNED8(v) TURN(v, 8, 4) TURN(v, 8, 2) TURN(v, 8, 1)
#define TURNED16(v) TURN(v, 16, 8) TURN(v, 16, 4) TURN(v, 16, 2) TURN(v, 16, 1)

#define SHORT_NETWORK(T, COUNT)                                                                                               \
    AVX512 __attribute__((noinline)) static void short_##T##_##COUNT(const T *keys, T *target, size_t left) {                 \
        short_##T##_of(keys, target, left, COUNT);                                                                            \
    }
#define SORTING(T, N, MASK, COMPRESS, BELOW, NOT_ABOVE)                                                       \
    /* As many vectors as each has lanes: lane by lane along the vectors (merges of odd and even places), then turned. */     \
    INLINE512 void square_##T(VEC(T, N) * v) {                                                                                \
        UNROLL_FULLY for (int run = 1; run < N; run *= 2) {                                                                   \
            UNROLL_FULLY for (int gap = run; gap > 0; gap /= 2) {                                                             \
                UNROLL_FULLY for (int i = 0; i + gap < N; i++) {                                                              \
                    int inside = i >= gap % run && (i - gap % run) % (2 * gap) < gap && i / (2 * run) == (i + gap) / (2 * run);\
                    if (!inside) continue;                                                                                    \
                    VEC(T, N) a = v[i], b = v[i + gap];                                                                       \
                    v[i] = LEAST(a, b);                                                                                       \
                    v[i + gap] = MOST(a, b);                                                                                  \
                }                                                                                                             \
            }                                                                                                                 \
        }                                                                                                                     \
        TURNED##N(v)                                                                                                          \
    }                                                                                                                         \
    /* Sorts COUNT vectors, each for itself first, then runs of one, two, four. */                                            \
    INLINE512 void network_##T(VEC(T, N) * v, const int count) {                                                              \
        if (count >= N) {                                                                                                     \
            UNROLL_FULLY for (int i = 0; i < count; i += N) square_##T(v + i);                                                \
        } else {                                                                                                              \
            UNROLL_FULLY for (int i = 0; i < count; i++) { LANES_SORTED##N(v[i]); }                                           \
        }                                                                                                                     \
        UNROLL_FULLY for (int run = 1; run < count; run *= 2) {                                         \
            UNROLL_FULLY for (int start = 0; start < count; start += 2 * run) {                         \
                VEC(T, N) high[8];                                                                                            \
                UNROLL_FULLY for (int i = 0; i < run; i++) {                                            \
                    VEC(T, N) a = v[start + i], b = EXCHANGED##N(v[start + 2 * run - 1 - i], (N - 1));                        \
                    v[start + i] = LEAST(a, b);                                                                               \
                    high[i] = MOST(a, b);                                                                                     \
                }                                                                                                             \
                UNROLL_FULLY for (int i = 0; i < run; i++) v[start + run + i] = high[i];                \
                UNROLL_FULLY for (int gap = run / 2; gap > 0; gap /= 2) {                               \
                    UNROLL_FULLY for (int i = 0; i < 2 * run; i++) {                                    \
                        if (i & gap) continue;                                                                                \
                        VEC(T, N) a = v[start + i], b = v[start + i + gap];                                                   \
                        v[start + i] = LEAST(a, b);                                                                           \
                        v[start + i + gap] = MOST(a, b);                                                                      \
                    }                                                                                                         \
                }                                                                                                             \
                UNROLL_FULLY for (int i = 0; i < 2 * run; i++) { LANES_MERGED##N(v[start + i]); }       \
            }                                                                                                                 \
        }                                                                                                                     \
    }                                                                                                                         \
    /* Up to COUNT vectors' worth of keys; what is missing is filled up with the largest key there is. */                     \
    INLINE512 void short_##T##_of(const T *keys, T *target, size_t left, const int count) {                                   \
        VEC(T, N) v[16];                                                                                                      \
        UNROLL_FULLY for (int i = 0; i < count; i++) {                                                  \
            size_t rest = left > (size_t)i * N ? left - (size_t)i * N : 0;                                                    \
            MASK valid = rest >= N ? (MASK)~(MASK)0 : (MASK)(((MASK)1 << rest) - 1);                                          \
            v[i] = MASKED_LOAD_##T(valid, keys + i * N);                                                                      \
        }                                                                                                                     \
        network_##T(v, count);                                                                                                \
        UNROLL_FULLY for (int i = 0; i < count; i++) {                                                  \
            size_t rest = left > (size_t)i * N ? left - (size_t)i * N : 0;                                                    \
            MASK valid = rest >= N ? (MASK)~(MASK)0 : (MASK)(((MASK)1 << rest) - 1);                                          \
            MASKED_STORE_##T(target + i * N, valid, v[i]);                                                                      \
        }                                                                                                                     \
    }                                                                                                                         \
    SHORT_NETWORK(T, 1)                                                                                                       \
    SHORT_NETWORK(T, 2)                                                                                                       \
    SHORT_NETWORK(T, 4)                                                                                                       \
    SHORT_NETWORK(T, 8)                                                                                                       \
    SHORT_NETWORK(T, 16)                                                                                                      \
                                                                                                                              \
    /* Writes the keys below `pivot` (or not above it) to `front` and the others to `back`; returns how many are in front. */ \
    /* Each of the two may be where the keys are: whole vectors are written only over what was read already. */               \
    INLINE512 size_t parted_##T(const T *keys, size_t count, T *front, T *back, T pivot, const int with_equal) {              \
        VEC(T, N) limit = (VEC(T, N))pivot;                                                                                   \
        size_t low = 0, high = 0, i = 0;                                                                                      \
        for (; i + 4 * N <= count; i += 4 * N) {                                                                              \
            VEC(T, N) v[4];                                                                                                   \
            for (int k = 0; k < 4; k++) v[k] = LOAD(T, N, keys + i + k * N);                                                  \
            for (int k = 0; k < 4; k++) {                                                                                     \
                MASK first = with_equal ? NOT_ABOVE((__m512i)v[k], (__m512i)limit) : BELOW((__m512i)v[k], (__m512i)limit);    \
                _mm512_storeu_si512(front + low, COMPRESS(first, (__m512i)v[k]));                                             \
                _mm512_storeu_si512(back + high, COMPRESS((MASK)~first, (__m512i)v[k]));                                      \
                size_t taken = (size_t)__builtin_popcount(first);                                                             \
                low += taken;                                                                                                 \
                high += N - taken;                                                                                            \
            }                                                                                                                 \
        }                                                                                                                     \
        for (; i < count; i += N) {                                                                                           \
            MASK valid = count - i >= N ? (MASK)~(MASK)0 : (MASK)(((MASK)1 << (count - i)) - 1);                              \
            VEC(T, N) v = MASKED_LOAD_##T(valid, keys + i);                                                                   \
            MASK first = with_equal ? NOT_ABOVE((__m512i)v, (__m512i)limit) : BELOW((__m512i)v, (__m512i)limit);              \
            first &= valid;                                                                                                   \
            size_t taken = (size_t)__builtin_popcount(first), left = (size_t)__builtin_popcount(valid) - taken;               \
            MASKED_STORE_##T(front + low, (MASK)(((u32)1 << taken) - 1), COMPRESS(first, (__m512i)v));                        \
            MASKED_STORE_##T(back + high, (MASK)(((u32)1 << left) - 1), COMPRESS((MASK)(valid & ~first), (__m512i)v));        \
            low += taken;                                                                                                     \
            high += left;                                                                                                     \
        }                                                                                                                     \
        return low;                                                                                                           \
    }                                                                                                                         \
    AVX512 __attribute__((noinline)) static size_t below_##T(const T *keys, size_t count, T *front, T *back, T pivot) {       \
        return parted_##T(keys, count, front, back, pivot, 0);                                                                \
    }                                                                                                                         \
    AVX512 __attribute__((noinline)) static size_t not_above_##T(const T *keys, size_t count, T *front, T *back, T pivot) {   \
        return parted_##T(keys, count, front, back, pivot, 1);                                                                \
    }                                                                                                                         \
    /* Bad pivots cost tries; when none is left, a heap sorts what there is. */                                               \
    static void sink_##T(T *keys, size_t place, size_t count) {                                                               \
        T key = keys[place];                                                                                                  \
        for (size_t child; (child = 2 * place + 1) < count; place = child) {                                                  \
            if (child + 1 < count && keys[child] < keys[child + 1]) child++;                                                  \
            if (keys[child] <= key) break;                                                                                    \
            keys[place] = keys[child];                                                                                        \
        }                                                                                                                     \
        keys[place] = key;                                                                                                    \
    }                                                                                                                         \
    static void heap_##T(T *keys, size_t count) {                                                                             \
        for (size_t i = count / 2; i-- > 0;) sink_##T(keys, i, count);                                                        \
        for (size_t last = count; last-- > 1;) {                                                                              \
            T key = keys[last];                                                                                               \
            keys[last] = keys[0];                                                                                             \
            keys[0] = key;                                                                                                    \
            sink_##T(keys, 0, last);                                                                                          \
        }                                                                                                                     \
    }                                                                                                                         \
                                                                                                                              \
    /* Sorts `keys` into `target`. `other` has room for as many, and is where the keys are unless those are in `target`. */   \
    AVX512 static void quick_##T(T *keys, size_t count, T *target, T *other, int tries) {                                     \
        while (count > 16 * N) {                                                                                              \
            if (tries-- <= 0) {                                                                                                \
                if (keys != target) memcpy(target, keys, count * sizeof(T));                                                  \
                heap_##T(target, count);                                                                                      \
                return;                                                                                                       \
            }                                                                                                                 \
            T pivot;                                                                                                          \
            if (count < 64 * N) {                                                                                             \
                T sample[N];                                                                                                  \
                for (size_t i = 0; i < N; i++) sample[i] = keys[(count - 1) / (N - 1) * i];                                   \
                short_##T##_1(sample, sample, N);                                                                             \
                pivot = sample[N / 2];                                                                                        \
            } else {                                                                                                          \
                T sample[4 * N];                                                                                              \
                for (size_t i = 0; i < 4 * N; i++) sample[i] = keys[(count - 1) / (4 * N - 1) * i];                           \
                short_##T##_4(sample, sample, 4 * N);                                                                         \
                pivot = sample[2 * N];                                                                                        \
            }                                                                                                                 \
            size_t low = below_##T(keys, count, target, other, pivot), high = count - low;                                    \
            keys = other;                                                                                                     \
            if (low == 0) {                                                                                                   \
                /* The pivot is the smallest key: those like it go to their places, and none of them is looked at again. */   \
                low = not_above_##T(keys, count, target, other, pivot);                                                       \
                high = count - low;                                                                                           \
            } else if (low < high) {                                                                                          \
                quick_##T(target, low, target, other + high, tries);                                                          \
            } else {                                                                                                          \
                quick_##T(keys, high, target + low, other, tries);                                                            \
                count = low;                                                                                                  \
                keys = target;                                                                                                \
                other += high;                                                                                                \
                continue;                                                                                                     \
            }                                                                                                                 \
            target += low;                                                                                                    \
            count = high;                                                                                                     \
        }                                                                                                                     \
        if (count <= N) short_##T##_1(keys, target, count);                                                                   \
        else if (count <= 2 * N) short_##T##_2(keys, target, count);                                                          \
        else if (count <= 4 * N) short_##T##_4(keys, target, count);                                                          \
        else if (count <= 8 * N) short_##T##_8(keys, target, count);                                                          \
        else short_##T##_16(keys, target, count);                                                                             \
    }

#define MASKED_LOAD_u32(valid, p) ((VEC(u32, 16))_mm512_mask_loadu_epi32(_mm512_set1_epi32(-1), valid, p))
#define MASKED_LOAD_u64(valid, p) ((VEC(u64, 8))_mm512_mask_loadu_epi64(_mm512_set1_epi64(-1), valid, p))
#define MASKED_STORE_u32(p, valid, v) _mm512_mask_storeu_epi32(p, valid, (__m512i)(v))
#define MASKED_STORE_u64(p, valid, v) _mm512_mask_storeu_epi64(p, valid, (__m512i)(v))

SORTING(u32, 16, __mmask16, _mm512_maskz_compress_epi32, _mm512_cmplt_epu32_mask, _mm512_cmple_epu32_mask)
SORTING(u64, 8, __mmask8, _mm512_maskz_compress_epi64, _mm512_cmplt_epu64_mask, _mm512_cmple_epu64_mask)
#endif

bool imjoy_sort_keys(void *keys, void *scratch, size_t count, size_t size, int tries) {
#if defined(__x86_64__)
    if (imjoy_kernel_level() == 4 && (size == 4 || size == 8)) {
        if (size == 4) quick_u32(keys, count, keys, scratch, tries);
        else quick_u64(keys, count, keys, scratch, tries);
        return true;
    }
#endif
    (void)keys, (void)scratch, (void)count, (void)size, (void)tries;
    return false;
}
