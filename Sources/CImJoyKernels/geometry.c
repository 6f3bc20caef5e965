// Rows of resampled arrays.
#include "vectors.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Coordinates and sums must come out as in the Swift code and in SciPy, which fuse no products.
#pragma clang fp contract(off)

#define GATHER(T, N)                                                                                                          \
    CLONES static void gather_2_##T(const T *row, const int32_t *places, const T *weights, T *restrict target, size_t count) {         \
        for (size_t i = 0; i < count; i++)                                                                                    \
            target[i] = row[places[i]] * weights[i] + row[places[count + i]] * weights[count + i];                            \
    }                                                                                                                         \
    CLONES static void gather_4_##T(const T *row, const int32_t *places, const T *weights, T *restrict target, size_t count) {         \
        for (size_t i = 0; i < count; i++)                                                                                    \
            target[i] = row[places[i]] * weights[i] + row[places[count + i]] * weights[count + i] +                           \
                        row[places[2 * count + i]] * weights[2 * count + i] + row[places[3 * count + i]] * weights[3 * count + i]; \
    }                                                                                                                         \
    CLONES static void gather_##T(                                                                                            \
        const T *row, const int32_t *places, const T *weights, size_t taps, T *restrict target, size_t count) {                        \
        for (size_t i = 0; i < count; i++) target[i] = row[places[i]] * weights[i];                                           \
        for (size_t tap = 1; tap < taps; tap++) {                                                                             \
            const int32_t *place = places + tap * count;                                                                      \
            const T *weight = weights + tap * count;                                                                          \
            for (size_t i = 0; i < count; i++) target[i] += row[place[i]] * weight[i];                                        \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void mean_pairs_##T(const T *row, T *restrict target, size_t count) {                                                \
        for (size_t i = 0; i < count; i++) target[i] = row[2 * i] * (T)0.5 + row[2 * i + 1] * (T)0.5;                         \
    }                                                                                                                         \
    CLONES static void mean_quads_##T(const T *upper, const T *lower, T *restrict target, size_t count) {                     \
        const T half = (T)0.5;                                                                                                \
        for (size_t i = 0; i < count; i++)                                                                                    \
            target[i] = (upper[2 * i] * half + upper[2 * i + 1] * half) * half +                                              \
                        (lower[2 * i] * half + lower[2 * i + 1] * half) * half;                                               \
    }                                                                                                                         \
    CLONES static void add_half_##T(T *row, size_t count) {                                                                   \
        for (size_t i = 0; i < count; i++) row[i] += row[i] > 0 ? (T)0.5 : (T)-0.5;                                           \
    }
GATHER(f32, 16)
GATHER(f64, 8)

void imjoy_weighted_gather(
    imjoy_type type, const void *row, const int32_t *places, const void *weights, size_t taps, void *target, size_t count) {
    if (type == IMJOY_FLOAT32) {
        if (taps == 2) gather_2_f32(row, places, weights, target, count);
        else if (taps == 4) gather_4_f32(row, places, weights, target, count);
        else gather_f32(row, places, weights, taps, target, count);
    } else {
        if (taps == 2) gather_2_f64(row, places, weights, target, count);
        else if (taps == 4) gather_4_f64(row, places, weights, target, count);
        else gather_f64(row, places, weights, taps, target, count);
    }
}

void imjoy_mean_pairs(imjoy_type type, const void *row, void *target, size_t count) {
    if (type == IMJOY_FLOAT32) mean_pairs_f32(row, target, count);
    else mean_pairs_f64(row, target, count);
}

void imjoy_mean_quads(imjoy_type type, const void *upper, const void *lower, void *target, size_t count) {
    if (type == IMJOY_FLOAT32) mean_quads_f32(upper, lower, target, count);
    else mean_quads_f64(upper, lower, target, count);
}

void imjoy_add_half(imjoy_type type, void *row, size_t count) {
    if (type == IMJOY_FLOAT32) add_half_f32(row, count);
    else add_half_f64(row, count);
}

// Eight places that lie near each other are found in one vector.
#if defined(__x86_64__)
__attribute__((target("avx512f,avx512vl"))) static void gather_pairs_avx512(
    const double *row, const int32_t *first, const int32_t *second, double *left, double *right, size_t count) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const __m256i start = _mm256_set1_epi32(first[i]), last = _mm256_set1_epi32(7);
        const __m256i a = _mm256_sub_epi32(_mm256_loadu_si256((const void *)(first + i)), start);
        const __m256i b = _mm256_sub_epi32(_mm256_loadu_si256((const void *)(second + i)), start);
        if (_mm256_cmpgt_epu32_mask(_mm256_or_si256(a, b), last) == 0) {
            const __m512d near = _mm512_loadu_pd(row + first[i]);
            _mm512_storeu_pd(left + i, _mm512_permutexvar_pd(_mm512_cvtepu32_epi64(a), near));
            _mm512_storeu_pd(right + i, _mm512_permutexvar_pd(_mm512_cvtepu32_epi64(b), near));
        } else {
            for (size_t k = i; k < i + 8; k++) {
                left[k] = row[first[k]];
                right[k] = row[second[k]];
            }
        }
    }
    for (; i < count; i++) {
        left[i] = row[first[i]];
        right[i] = row[second[i]];
    }
}
#endif

void imjoy_gather_pairs(
    const double *row, const int32_t *first, const int32_t *second, double *left, double *right, size_t count) {
#if defined(__x86_64__)
    if (imjoy_kernel_level() == 4) return gather_pairs_avx512(row, first, second, left, right, count);
#endif
    for (size_t i = 0; i < count; i++) {
        left[i] = row[first[i]];
        right[i] = row[second[i]];
    }
}

// Added up in the order that SciPy does, so that halves of whole numbers are rounded alike.
#define BLEND(at)                                                                                                             \
    (((LOAD(f64, 8, upper_left + (at)) * above * LOAD(f64, 8, left + (at)) +                                                  \
       LOAD(f64, 8, upper_right + (at)) * above * LOAD(f64, 8, right + (at))) +                                               \
      LOAD(f64, 8, lower_left + (at)) * below * LOAD(f64, 8, left + (at))) +                                                  \
     LOAD(f64, 8, lower_right + (at)) * below * LOAD(f64, 8, right + (at)))
#define BLEND_ONE(at)                                                                                                         \
    (((upper_left[at] * above * left[at] + upper_right[at] * above * right[at]) + lower_left[at] * below * left[at]) +        \
     lower_right[at] * below * right[at])
CLONES void imjoy_blend_rows(
    const double *upper_left, const double *upper_right, const double *lower_left, const double *lower_right,
    const double *down, const double *left, const double *right, double *target, size_t count) {
    const f64 above = down[0], below = down[1];
    size_t i = 0;
    for (; i + 8 <= count; i += 8) STORE(f64, 8, target + i, BLEND(i));
    for (; i < count; i++) target[i] = BLEND_ONE(i);
}

// Sums of weights may be a little more than one, but never enough to reach the next byte but one.
CLONES void imjoy_blend_rows_8(
    const double *upper_left, const double *upper_right, const double *lower_left, const double *lower_right,
    const double *down, const double *left, const double *right, uint8_t *target, size_t count) {
    const f64 above = down[0], below = down[1];
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        VEC(i32, 8) whole = CONVERT(BLEND(i) + 0.5, i32, 8);
        STORE(u8, 8, target + i, CONVERT(whole < 255 ? whole : 255, u8, 8));
    }
    for (; i < count; i++) {
        i32 whole = (i32)(BLEND_ONE(i) + 0.5);
        target[i] = (u8)(whole < 255 ? whole : 255);
    }
}

// The distance to the nearest whole number is found by adding and taking off a number whose last digit is one.
#define FIND_HALF(T, LARGE, NEAR)                                                                                             \
    CLONES static size_t find_half_##T(const T *row, size_t count) {                                                          \
        size_t i = 0;                                                                                                         \
        for (; i + 64 <= count; i += 64) {                                                                                    \
            int found = 0;                                                                                                    \
            for (size_t k = i; k < i + 64; k++) {                                                                             \
                T whole = (row[k] + LARGE) - LARGE, distance = row[k] - whole;                                                \
                found |= distance > (T)NEAR || distance < (T)-NEAR;                                                           \
            }                                                                                                                 \
            if (found) break;                                                                                                 \
        }                                                                                                                     \
        for (; i < count; i++) {                                                                                              \
            T whole = (row[i] + LARGE) - LARGE, distance = row[i] - whole;                                                    \
            if (distance > (T)NEAR || distance < (T)-NEAR) break;                                                             \
        }                                                                                                                     \
        return i;                                                                                                             \
    }
FIND_HALF(f32, 12582912.0f, 0.49)
FIND_HALF(f64, 6755399441055744.0, 0.499999)

size_t imjoy_find_half(imjoy_type type, const void *row, size_t count) {
    return type == IMJOY_FLOAT32 ? find_half_f32(row, count) : find_half_f64(row, count);
}

// Coordinates are computed in double precision, straight lines between elements in single precision. A block's places come first,
// so that both loops become vectors.
#define AFFINE_BLOCK 32
CLONES void imjoy_affine_row(
    const float *source, size_t width, double y, double down, double x, double right, size_t first, float *restrict target,
    size_t count) {
    for (size_t at = 0; at < count; at += AFFINE_BLOCK) {
        int32_t places[AFFINE_BLOCK];
        f32 below[AFFINE_BLOCK], beside[AFFINE_BLOCK];
        size_t length = count - at < AFFINE_BLOCK ? count - at : AFFINE_BLOCK;
        // The last block is computed in full at the places of its last element, and not stored in full.
        int32_t start = (int32_t)(first + at), last = (int32_t)(length - 1);
        for (int32_t i = 0; i < AFFINE_BLOCK; i++) {
            f64 column = (f64)(start + (i < last ? i : last));
            f64 v = y + column * down, u = x + column * right;
            int32_t row = (int32_t)v, element = (int32_t)u;
            below[i] = (f32)(v - (f64)row);
            beside[i] = (f32)(u - (f64)element);
            places[i] = row * (int32_t)width + element;
        }
        f32 values[AFFINE_BLOCK];
        const f32 *next = source + width;
        for (int32_t i = 0; i < AFFINE_BLOCK; i++) {
            f32 a = source[places[i]], b = source[places[i] + 1], c = next[places[i]], d = next[places[i] + 1];
            // Not a + (b - a) t, which makes NaN of two infinities.
            f32 top = a * (1 - beside[i]) + b * beside[i], bottom = c * (1 - beside[i]) + d * beside[i];
            values[i] = top * (1 - below[i]) + bottom * below[i];
        }
        memcpy(target + at, values, length * sizeof(f32));
    }
}
