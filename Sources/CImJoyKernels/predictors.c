// Differences between neighbours in a row, as TIFF's predictors 2 and 3 store them, and their sums.
#include "vectors.h"

// A running sum in log2(lanes) steps: each adds the vector moved up by 1, 2, 4… lanes; then comes the last sum of the vector before.
#define UP1_4(z, v) __builtin_shufflevector(z, v, 0, 4, 5, 6)
#define UP2_4(z, v) __builtin_shufflevector(z, v, 0, 0, 4, 5)
#define LAST_4(v) __builtin_shufflevector(v, v, 3, 3, 3, 3)
#define UP1_8(z, v) __builtin_shufflevector(z, v, 0, 8, 9, 10, 11, 12, 13, 14)
#define UP2_8(z, v) __builtin_shufflevector(z, v, 0, 0, 8, 9, 10, 11, 12, 13)
#define UP4_8(z, v) __builtin_shufflevector(z, v, 0, 0, 0, 0, 8, 9, 10, 11)
#define LAST_8(v) __builtin_shufflevector(v, v, 7, 7, 7, 7, 7, 7, 7, 7)
#define UP1_16(z, v) __builtin_shufflevector(z, v, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)
#define UP2_16(z, v) __builtin_shufflevector(z, v, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29)
#define UP4_16(z, v) __builtin_shufflevector(z, v, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27)
#define UP8_16(z, v) __builtin_shufflevector(z, v, 0, 0, 0, 0, 0, 0, 0, 0, 16, 17, 18, 19, 20, 21, 22, 23)
#define LAST_16(v) __builtin_shufflevector(v, v, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15)
#define SUMS_4(z, v) (v += UP1_4(z, v), v += UP2_4(z, v))
#define SUMS_8(z, v) (v += UP1_8(z, v), v += UP2_8(z, v), v += UP4_8(z, v))
#define SUMS_16(z, v) (v += UP1_16(z, v), v += UP2_16(z, v), v += UP4_16(z, v), v += UP8_16(z, v))

#define RUNNING(T, N)                                                                                                         \
    CLONES static void running_##T(T *row, size_t count) {                                                                    \
        VEC(T, N) zero = (T)0, carry = (T)0;                                                                                  \
        size_t i = 0;                                                                                                         \
        for (; i + N <= count; i += N) {                                                                                      \
            VEC(T, N) v = LOAD(T, N, row + i);                                                                                \
            SUMS_##N(zero, v);                                                                                                \
            v += carry;                                                                                                       \
            STORE(T, N, row + i, v);                                                                                          \
            carry = LAST_##N(v);                                                                                              \
        }                                                                                                                     \
        T sum = carry[0];                                                                                                     \
        for (; i < count; i++) row[i] = sum += row[i];                                                                        \
    }
RUNNING(u8, 16)
RUNNING(u16, 8)
RUNNING(u32, 4)

static void running_u64(u64 *row, size_t count) {
    u64 sum = 0;
    for (size_t i = 0; i < count; i++) row[i] = sum += row[i];
}

#define STEPPED(T)                                                                                                            \
    static void stepped_##T(T *row, size_t count, size_t step) {                                                              \
        if (step == 1) {                                                                                                      \
            running_##T(row, count);                                                                                          \
        } else if (step == 3) {                                                                                               \
            T a = 0, b = 0, c = 0;                                                                                            \
            for (size_t i = 0; i + 3 <= count; i += 3) {                                                                      \
                row[i] = a += row[i];                                                                                         \
                row[i + 1] = b += row[i + 1];                                                                                 \
                row[i + 2] = c += row[i + 2];                                                                                 \
            }                                                                                                                 \
        } else {                                                                                                              \
            for (size_t i = step; i < count; i++) row[i] += row[i - step];                                                    \
        }                                                                                                                     \
    }
STEPPED(u8)
STEPPED(u16)
STEPPED(u32)
STEPPED(u64)

#define DIFFERENCES(T)                                                                                                        \
    CLONES static void differences_##T(const T *restrict source, T *restrict target, size_t count, size_t step) {             \
        for (size_t i = 0; i < step && i < count; i++) target[i] = source[i];                                                 \
        for (size_t i = step; i < count; i++) target[i] = source[i] - source[i - step];                                       \
    }
DIFFERENCES(u8)
DIFFERENCES(u16)
DIFFERENCES(u32)
DIFFERENCES(u64)

void imjoy_differences(const void *source, void *target, size_t count, size_t step, size_t size) {
    if (size == 1) differences_u8(source, target, count, step);
    else if (size == 2) differences_u16(source, target, count, step);
    else if (size == 4) differences_u32(source, target, count, step);
    else differences_u64(source, target, count, step);
}

void imjoy_undo_differences(void *row, size_t count, size_t step, size_t size) {
    if (size == 1) stepped_u8(row, count, step);
    else if (size == 2) stepped_u16(row, count, step);
    else if (size == 4) stepped_u32(row, count, step);
    else stepped_u64(row, count, step);
}

// All highest bytes of a row, then all second bytes, and so on.
#define PLANES(T)                                                                                                             \
    CLONES static void apart_##T(const T *restrict source, u8 *restrict planes, size_t count) {                               \
        for (size_t k = 0; k < sizeof(T); k++) {                                                                              \
            u8 *restrict plane = planes + k * count;                                                                          \
            unsigned shift = 8 * (unsigned)(sizeof(T) - 1 - k);                                                               \
            for (size_t i = 0; i < count; i++) plane[i] = (u8)(source[i] >> shift);                                           \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void together_##T(const u8 *restrict planes, T *restrict target, size_t count) {                            \
        for (size_t i = 0; i < count; i++) {                                                                                  \
            T value = 0;                                                                                                      \
            for (size_t k = 0; k < sizeof(T); k++)                                                                            \
                value |= (T)((T)planes[k * count + i] << 8 * (sizeof(T) - 1 - k));                                            \
            target[i] = value;                                                                                                \
        }                                                                                                                     \
    }
PLANES(u16)
PLANES(u32)
PLANES(u64)

void imjoy_float_planes(const void *source, void *scratch, void *target, size_t count, size_t step, size_t size) {
    if (size == 2) apart_u16(source, scratch, count);
    else if (size == 4) apart_u32(source, scratch, count);
    else apart_u64(source, scratch, count);
    differences_u8(scratch, target, count * size, step);
}

void imjoy_undo_float_planes(void *row, void *target, size_t count, size_t step, size_t size) {
    stepped_u8(row, count * size, step);
    if (size == 2) together_u16(row, target, count);
    else if (size == 4) together_u32(row, target, count);
    else together_u64(row, target, count);
}
