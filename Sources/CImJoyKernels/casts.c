// Conversions between element types.
#include "vectors.h"
#include <math.h>

#define AS(T, N, v) ((VEC(T, N))(v))

// Between integers by their low bits; N lanes of the wider type fill 64 bytes. The source's sign matters, the target's does not.
#define WRAP(S, T, N) UNARY_KERNEL(wrap_##S##_##T, S, T, N, 0, CONVERT(x, T, N))
#define WRAPS(S)                                                                                                              \
    WRAP(S, u8, 16)                                                                                                           \
    WRAP(S, u16, 16)                                                                                                          \
    WRAP(S, u32, 16)                                                                                                          \
    WRAP(S, u64, 8)
WRAPS(i8)
WRAPS(i16)
WRAPS(i32)
WRAPS(i64)
WRAPS(u8)
WRAPS(u16)
WRAPS(u32)
WRAPS(u64)

// Between integers with clamping, where the target cannot hold all of the source. LOW and HIGH are values of the source type.
#define CLAMP(S, T, N, LOW, HIGH)                                                                                             \
    UNARY_KERNEL(                                                                                                             \
        clamp_##S##_##T, S, T, N, 0,                                                                                          \
        CONVERT(__builtin_elementwise_min(__builtin_elementwise_max(x, AS(S, N, (S)(LOW))), AS(S, N, (S)(HIGH))), T, N))
CLAMP(i8, u8, 64, 0, INT8_MAX)
CLAMP(i8, u16, 32, 0, INT8_MAX)
CLAMP(i8, u32, 16, 0, INT8_MAX)
CLAMP(i8, u64, 8, 0, INT8_MAX)
CLAMP(i16, i8, 32, INT8_MIN, INT8_MAX)
CLAMP(i16, u8, 32, 0, UINT8_MAX)
CLAMP(i16, u16, 32, 0, INT16_MAX)
CLAMP(i16, u32, 16, 0, INT16_MAX)
CLAMP(i16, u64, 8, 0, INT16_MAX)
CLAMP(i32, i8, 16, INT8_MIN, INT8_MAX)
CLAMP(i32, i16, 16, INT16_MIN, INT16_MAX)
CLAMP(i32, u8, 16, 0, UINT8_MAX)
CLAMP(i32, u16, 16, 0, UINT16_MAX)
CLAMP(i32, u32, 16, 0, INT32_MAX)
CLAMP(i32, u64, 8, 0, INT32_MAX)
CLAMP(i64, i8, 8, INT8_MIN, INT8_MAX)
CLAMP(i64, i16, 8, INT16_MIN, INT16_MAX)
CLAMP(i64, i32, 8, INT32_MIN, INT32_MAX)
CLAMP(i64, u8, 8, 0, UINT8_MAX)
CLAMP(i64, u16, 8, 0, UINT16_MAX)
CLAMP(i64, u32, 8, 0, UINT32_MAX)
CLAMP(i64, u64, 8, 0, INT64_MAX)
CLAMP(u8, i8, 64, 0, INT8_MAX)
CLAMP(u16, i8, 32, 0, INT8_MAX)
CLAMP(u16, u8, 32, 0, UINT8_MAX)
CLAMP(u16, i16, 32, 0, INT16_MAX)
CLAMP(u32, i8, 16, 0, INT8_MAX)
CLAMP(u32, i16, 16, 0, INT16_MAX)
CLAMP(u32, u8, 16, 0, UINT8_MAX)
CLAMP(u32, u16, 16, 0, UINT16_MAX)
CLAMP(u32, i32, 16, 0, INT32_MAX)
CLAMP(u64, i8, 8, 0, INT8_MAX)
CLAMP(u64, i16, 8, 0, INT16_MAX)
CLAMP(u64, u8, 8, 0, UINT8_MAX)
CLAMP(u64, u16, 8, 0, UINT16_MAX)
CLAMP(u64, i32, 8, 0, INT32_MAX)
CLAMP(u64, u32, 8, 0, UINT32_MAX)
CLAMP(u64, i64, 8, 0, INT64_MAX)

// Integers to floats: rounded to nearest by the processor's conversion.
#define TO_FLOAT(S, T, N) UNARY_KERNEL(to_##T##_##S, S, T, N, 0, CONVERT(x, T, N))
// What single precision rounds is beyond half precision.
#define TO_HALF(S) UNARY_KERNEL(to_f16_##S, S, f16, 16, 0, CONVERT(CONVERT(x, f32, 16), f16, 16))
#define TO_FLOATS(S) TO_HALF(S) TO_FLOAT(S, f32, 16) TO_FLOAT(S, f64, 8)
TO_FLOATS(i8)
TO_FLOATS(i16)
TO_FLOATS(i32)
TO_FLOATS(i64)
TO_FLOATS(u8)
TO_FLOATS(u16)
TO_FLOATS(u32)
TO_FLOATS(u64)

// Floats to integers: by way of W, the integer as wide as the float, after all that does not fit was replaced by zero. HIGH is the
// first float that is too large, LOW the first that fits when its fraction is cut off; both are exact.
#define FROM_FLOAT(S, T, N, W, LOW, HIGH, LEAST, MOST)                                                                        \
    UNARY_KERNEL(from_##S##_##T, S, T, N, 0, WHOLE(x, S, T, N, W, LOW, HIGH, LEAST, MOST))
#define WHOLE(v, S, T, N, W, LOW, HIGH, LEAST, MOST) ({                                                                       \
    VEC(S, N) number = v;                                                                                                     \
    VEC(W, N) fits = AS(W, N, (number > (S)(LOW)) & (number < (S)(HIGH)));                                                    \
    VEC(W, N) whole = CONVERT(AS(S, N, AS(W, N, number) & fits), W, N);                                                       \
    VEC(W, N) ends = AS(W, N, number >= (S)(HIGH)) & (W)(MOST);                                                               \
    ends |= AS(W, N, number <= (S)(LOW)) & (W)(LEAST);                                                                        \
    CONVERT((whole & fits) | ends, T, N);                                                                                     \
})
FROM_FLOAT(f32, i8, 16, i32, -129, 128, INT8_MIN, INT8_MAX)
FROM_FLOAT(f32, i16, 16, i32, -32769, 32768, INT16_MIN, INT16_MAX)
FROM_FLOAT(f32, u8, 16, i32, -1, 256, 0, UINT8_MAX)
FROM_FLOAT(f32, u16, 16, i32, -1, 65536, 0, UINT16_MAX)
// The number before -2^31 is not a float near it, so the bound is the one that fits itself.
FROM_FLOAT(f32, i32, 16, i32, -0x1.000002p31, 0x1p31, INT32_MIN, INT32_MAX)
FROM_FLOAT(f64, i8, 8, i64, -129, 128, INT8_MIN, INT8_MAX)
FROM_FLOAT(f64, i16, 8, i64, -32769, 32768, INT16_MIN, INT16_MAX)
FROM_FLOAT(f64, i32, 8, i64, -2147483649.0, 2147483648.0, INT32_MIN, INT32_MAX)
FROM_FLOAT(f64, i64, 8, i64, -0x1.0000000000001p63, 0x1p63, INT64_MIN, INT64_MAX)
FROM_FLOAT(f64, u8, 8, i64, -1, 256, 0, UINT8_MAX)
FROM_FLOAT(f64, u16, 8, i64, -1, 65536, 0, UINT16_MAX)
FROM_FLOAT(f64, u32, 8, i64, -1, 4294967296.0, 0, UINT32_MAX)
FROM_FLOAT(f64, u64, 8, u64, -1, 0x1p64, 0, UINT64_MAX)
// What 32 bits cannot hold goes by way of double precision, which holds every float.
#define FROM_WIDENED(T, W, LOW, HIGH, LEAST, MOST)                                                                            \
    UNARY_KERNEL(from_f32_##T, f32, T, 8, 0, WHOLE(CONVERT(x, f64, 8), f64, T, 8, W, LOW, HIGH, LEAST, MOST))
FROM_WIDENED(i64, i64, -0x1.0000000000001p63, 0x1p63, INT64_MIN, INT64_MAX)
FROM_WIDENED(u32, i64, -1, 4294967296.0, 0, UINT32_MAX)
FROM_WIDENED(u64, u64, -1, 0x1p64, 0, UINT64_MAX)

// The low 64 bits of the whole number that remains when the fraction is cut off. Beyond 64 bits a double is a multiple of a power of
// two, and its low bits are the remainder.
static u64 low_bits(f64 x) {
    if (x > -0x1p63 && x < 0x1p63) return (u64)(i64)x;
    f64 rest = fmod(trunc(x), 0x1p64);
    u64 magnitude = (u64)fabs(rest);
    return rest < 0 ? 0 - magnitude : magnitude;
}
#define LOW_BITS(S, T, LEAST, MOST)                                                                                           \
    static void wrap_##S##_##T(const void *pa, void *pr, size_t n) {                                                          \
        const S *a = pa;                                                                                                      \
        T *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            f64 x = a[i];                                                                                                     \
            r[i] = x != x ? 0 : isinf(x) ? (x < 0 ? LEAST : MOST) : (T)low_bits(x);                                           \
        }                                                                                                                     \
    }
#define ALL_LOW_BITS(S)                                                                                                       \
    LOW_BITS(S, i8, INT8_MIN, INT8_MAX)                                                                                       \
    LOW_BITS(S, i16, INT16_MIN, INT16_MAX)                                                                                    \
    LOW_BITS(S, i32, INT32_MIN, INT32_MAX)                                                                                    \
    LOW_BITS(S, i64, INT64_MIN, INT64_MAX)                                                                                    \
    LOW_BITS(S, u8, 0, UINT8_MAX)                                                                                             \
    LOW_BITS(S, u16, 0, UINT16_MAX)                                                                                           \
    LOW_BITS(S, u32, 0, UINT32_MAX)                                                                                           \
    LOW_BITS(S, u64, 0, UINT64_MAX)
ALL_LOW_BITS(f32)
ALL_LOW_BITS(f64)

UNARY_KERNEL(f32_f64, f32, f64, 8, 0, CONVERT(x, f64, 8))
UNARY_KERNEL(f64_f32, f64, f32, 8, 0, CONVERT(x, f32, 8))
UNARY_KERNEL(f16_f32, f16, f32, 16, 0, CONVERT(x, f32, 16))
UNARY_KERNEL(f32_f16, f32, f16, 16, 0, CONVERT(x, f16, 16))
static void f64_f16(const void *pa, void *pr, size_t n) {
    const f64 *a = pa;
    f16 *r = pr;
    for (size_t i = 0; i < n; i++) r[i] = (f16)a[i];
}

// Complex numbers lie as pairs.
#define TO_COMPLEX(S, C, T)                                                                                                   \
    CLONES static void S##_##C(const void *pa, void *pr, size_t n) {                                                          \
        const S *a = pa;                                                                                                      \
        T *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            r[2 * i] = (T)a[i];                                                                                               \
            r[2 * i + 1] = 0;                                                                                                 \
        }                                                                                                                     \
    }
#define TO_COMPLEXES(S) TO_COMPLEX(S, c64, f32) TO_COMPLEX(S, c128, f64)
TO_COMPLEXES(i8)
TO_COMPLEXES(i16)
TO_COMPLEXES(i32)
TO_COMPLEXES(i64)
TO_COMPLEXES(u8)
TO_COMPLEXES(u16)
TO_COMPLEXES(u32)
TO_COMPLEXES(u64)
TO_COMPLEXES(f32)
TO_COMPLEXES(f64)
static void c64_c128(const void *a, void *target, size_t count) { f32_f64(a, target, 2 * count); }
static void c128_c64(const void *a, void *target, size_t count) { f64_f32(a, target, 2 * count); }
#define COMPLEX_TO_BOOL(C, T)                                                                                                 \
    static void bool_##C(const void *pa, void *pr, size_t n) {                                                                \
        const T *a = pa;                                                                                                      \
        u8 *r = pr;                                                                                                           \
        for (size_t i = 0; i < n; i++) r[i] = (a[2 * i] != 0) | (a[2 * i + 1] != 0);                                          \
    }
COMPLEX_TO_BOOL(c64, f32)
COMPLEX_TO_BOOL(c128, f64)

// To bool: everything but zero.
#define TO_BOOL(T, N, I) UNARY_KERNEL(bool_##T, T, u8, N, 0, CONVERT(AS(I, N, x != (T)0), u8, N) & (u8)1)
TO_BOOL(u8, 64, i8)
TO_BOOL(u16, 32, i16)
TO_BOOL(u32, 16, i32)
TO_BOOL(u64, 8, i64)
TO_BOOL(f32, 16, i32)
TO_BOOL(f64, 8, i64)

// Numbers times a scale plus an offset, in single precision and without a fused step in between, then rounded to the nearest whole
// number, halves to even, and clamped. NaN becomes zero.
//
// Clamped numbers are small enough for this: adding 1.5 * 2^23 rounds them, and leaves them in the low bits.
#define SCALED(v, T, N) ({                                                                                                    \
    VEC(f32, N) number = v * scale + offset;                                                                                  \
    if (has_negative) number = (number == number) ? number : ZERO;                                                            \
    number = (number > low) ? number : low;                                                                                   \
    number = (number < high) ? number : high;                                                                                 \
    CONVERT(AS(i32, N, number + 0x1.8p23f), T, N);                                                                            \
})
#define SCALED_CAST(S, T, LOW, HIGH)                                                                                          \
    CLONES static void scaled_##S##_##T(const S *a, T *r, size_t n, f32 scale, f32 offset) {                                  \
        _Pragma("clang fp contract(off)");                                                                                    \
        const bool has_negative = (LOW) < 0;                                                                                  \
        const VEC(f32, 16) low = (f32)(LOW), high = (f32)(HIGH), ZERO = 0.0f;                                                 \
        size_t i = 0;                                                                                                         \
        UNROLL for (; i + 16 <= n; i += 16) {                                                                                 \
            STORE(T, 16, r + i, SCALED(CONVERT(LOAD(S, 16, a + i), f32, 16), T, 16));                                         \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            VEC(S, 16) x = (S)0;                                                                                              \
            LOAD_TAIL(S, 16, x, a + i, n - i);                                                                                \
            VEC(T, 16) result = SCALED(CONVERT(x, f32, 16), T, 16);                                                           \
            STORE_TAIL(T, 16, r + i, result, n - i);                                                                          \
        }                                                                                                                     \
    }
#define SCALED_CASTS(S)                                                                                                       \
    SCALED_CAST(S, u8, 0, UINT8_MAX)                                                                                          \
    SCALED_CAST(S, i8, INT8_MIN, INT8_MAX)                                                                                    \
    SCALED_CAST(S, u16, 0, UINT16_MAX)                                                                                        \
    SCALED_CAST(S, i16, INT16_MIN, INT16_MAX)
SCALED_CASTS(u8)
SCALED_CASTS(i8)
SCALED_CASTS(u16)
SCALED_CASTS(i16)
SCALED_CASTS(f32)

bool imjoy_scaled_cast(
    const void *a, imjoy_type source, void *target, imjoy_type result, size_t count, float scale, float offset) {
#define SCALED_CASES(CODE, S)                                                                                                 \
    case CODE:                                                                                                                \
        switch (result) {                                                                                                     \
        case IMJOY_UINT8: scaled_##S##_u8(a, target, count, scale, offset); return true;                                      \
        case IMJOY_INT8: scaled_##S##_i8(a, target, count, scale, offset); return true;                                       \
        case IMJOY_UINT16: scaled_##S##_u16(a, target, count, scale, offset); return true;                                    \
        case IMJOY_INT16: scaled_##S##_i16(a, target, count, scale, offset); return true;                                     \
        default: return false;                                                                                                \
        }
    switch (source) {
        SCALED_CASES(IMJOY_UINT8, u8)
        SCALED_CASES(IMJOY_INT8, i8)
        SCALED_CASES(IMJOY_UINT16, u16)
        SCALED_CASES(IMJOY_INT16, i16)
        SCALED_CASES(IMJOY_FLOAT32, f32)
    default: return false;
    }
}

static void copy_8(const void *a, void *target, size_t count) { memmove(target, a, count); }
static void copy_16(const void *a, void *target, size_t count) { memmove(target, a, 2 * count); }
static void copy_32(const void *a, void *target, size_t count) { memmove(target, a, 4 * count); }
static void copy_64(const void *a, void *target, size_t count) { memmove(target, a, 8 * count); }
static void copy_128(const void *a, void *target, size_t count) { memmove(target, a, 16 * count); }

static imjoy_unary_kernel find_copy(imjoy_type type) {
    switch (type) {
    case IMJOY_BOOL:
    case IMJOY_INT8:
    case IMJOY_UINT8: return copy_8;
    case IMJOY_INT16:
    case IMJOY_UINT16:
    case IMJOY_FLOAT16: return copy_16;
    case IMJOY_INT32:
    case IMJOY_UINT32:
    case IMJOY_FLOAT32: return copy_32;
    case IMJOY_INT64:
    case IMJOY_UINT64:
    case IMJOY_FLOAT64:
    case IMJOY_COMPLEX64: return copy_64;
    case IMJOY_COMPLEX128: return copy_128;
    }
    return NULL;
}

static imjoy_unary_kernel find_to_bool(imjoy_type source) {
    switch (source) {
    case IMJOY_BOOL: return copy_8;
    case IMJOY_INT8:
    case IMJOY_UINT8: return bool_u8;
    case IMJOY_INT16:
    case IMJOY_UINT16: return bool_u16;
    case IMJOY_INT32:
    case IMJOY_UINT32: return bool_u32;
    case IMJOY_INT64:
    case IMJOY_UINT64: return bool_u64;
    case IMJOY_FLOAT32: return bool_f32;
    case IMJOY_FLOAT64: return bool_f64;
    case IMJOY_COMPLEX64: return bool_c64;
    case IMJOY_COMPLEX128: return bool_c128;
    case IMJOY_FLOAT16: break;
    }
    return NULL;
}

#define WRAP_CASES(S)                                                                                                         \
    switch (target) {                                                                                                         \
    case IMJOY_INT8:                                                                                                          \
    case IMJOY_UINT8: return wrap_##S##_u8;                                                                                   \
    case IMJOY_INT16:                                                                                                         \
    case IMJOY_UINT16: return wrap_##S##_u16;                                                                                 \
    case IMJOY_INT32:                                                                                                         \
    case IMJOY_UINT32: return wrap_##S##_u32;                                                                                 \
    case IMJOY_INT64:                                                                                                         \
    case IMJOY_UINT64: return wrap_##S##_u64;                                                                                 \
    case IMJOY_FLOAT16: return to_f16_##S;                                                                                    \
    case IMJOY_FLOAT32: return to_f32_##S;                                                                                    \
    case IMJOY_FLOAT64: return to_f64_##S;                                                                                    \
    case IMJOY_COMPLEX64: return S##_c64;                                                                                     \
    case IMJOY_COMPLEX128: return S##_c128;                                                                                   \
    default: return NULL;                                                                                                     \
    }

static imjoy_unary_kernel find_wrap(imjoy_type source, imjoy_type target) {
    switch (source) {
    case IMJOY_INT8: WRAP_CASES(i8)
    case IMJOY_INT16: WRAP_CASES(i16)
    case IMJOY_INT32: WRAP_CASES(i32)
    case IMJOY_INT64: WRAP_CASES(i64)
    case IMJOY_BOOL:
    case IMJOY_UINT8: WRAP_CASES(u8)
    case IMJOY_UINT16: WRAP_CASES(u16)
    case IMJOY_UINT32: WRAP_CASES(u32)
    case IMJOY_UINT64: WRAP_CASES(u64)
    default: return NULL;
    }
}

#define PAIR(S, T) ((S) * 16 + (T))
// The pairs where something can be lost.
static imjoy_unary_kernel find_clamp(imjoy_type source, imjoy_type target) {
    switch (PAIR(source, target)) {
    case PAIR(IMJOY_INT8, IMJOY_UINT8): return clamp_i8_u8;
    case PAIR(IMJOY_INT8, IMJOY_UINT16): return clamp_i8_u16;
    case PAIR(IMJOY_INT8, IMJOY_UINT32): return clamp_i8_u32;
    case PAIR(IMJOY_INT8, IMJOY_UINT64): return clamp_i8_u64;
    case PAIR(IMJOY_INT16, IMJOY_INT8): return clamp_i16_i8;
    case PAIR(IMJOY_INT16, IMJOY_UINT8): return clamp_i16_u8;
    case PAIR(IMJOY_INT16, IMJOY_UINT16): return clamp_i16_u16;
    case PAIR(IMJOY_INT16, IMJOY_UINT32): return clamp_i16_u32;
    case PAIR(IMJOY_INT16, IMJOY_UINT64): return clamp_i16_u64;
    case PAIR(IMJOY_INT32, IMJOY_INT8): return clamp_i32_i8;
    case PAIR(IMJOY_INT32, IMJOY_INT16): return clamp_i32_i16;
    case PAIR(IMJOY_INT32, IMJOY_UINT8): return clamp_i32_u8;
    case PAIR(IMJOY_INT32, IMJOY_UINT16): return clamp_i32_u16;
    case PAIR(IMJOY_INT32, IMJOY_UINT32): return clamp_i32_u32;
    case PAIR(IMJOY_INT32, IMJOY_UINT64): return clamp_i32_u64;
    case PAIR(IMJOY_INT64, IMJOY_INT8): return clamp_i64_i8;
    case PAIR(IMJOY_INT64, IMJOY_INT16): return clamp_i64_i16;
    case PAIR(IMJOY_INT64, IMJOY_INT32): return clamp_i64_i32;
    case PAIR(IMJOY_INT64, IMJOY_UINT8): return clamp_i64_u8;
    case PAIR(IMJOY_INT64, IMJOY_UINT16): return clamp_i64_u16;
    case PAIR(IMJOY_INT64, IMJOY_UINT32): return clamp_i64_u32;
    case PAIR(IMJOY_INT64, IMJOY_UINT64): return clamp_i64_u64;
    case PAIR(IMJOY_UINT8, IMJOY_INT8): return clamp_u8_i8;
    case PAIR(IMJOY_UINT16, IMJOY_INT8): return clamp_u16_i8;
    case PAIR(IMJOY_UINT16, IMJOY_UINT8): return clamp_u16_u8;
    case PAIR(IMJOY_UINT16, IMJOY_INT16): return clamp_u16_i16;
    case PAIR(IMJOY_UINT32, IMJOY_INT8): return clamp_u32_i8;
    case PAIR(IMJOY_UINT32, IMJOY_INT16): return clamp_u32_i16;
    case PAIR(IMJOY_UINT32, IMJOY_UINT8): return clamp_u32_u8;
    case PAIR(IMJOY_UINT32, IMJOY_UINT16): return clamp_u32_u16;
    case PAIR(IMJOY_UINT32, IMJOY_INT32): return clamp_u32_i32;
    case PAIR(IMJOY_UINT64, IMJOY_INT8): return clamp_u64_i8;
    case PAIR(IMJOY_UINT64, IMJOY_INT16): return clamp_u64_i16;
    case PAIR(IMJOY_UINT64, IMJOY_UINT8): return clamp_u64_u8;
    case PAIR(IMJOY_UINT64, IMJOY_UINT16): return clamp_u64_u16;
    case PAIR(IMJOY_UINT64, IMJOY_INT32): return clamp_u64_i32;
    case PAIR(IMJOY_UINT64, IMJOY_UINT32): return clamp_u64_u32;
    case PAIR(IMJOY_UINT64, IMJOY_INT64): return clamp_u64_i64;
    default: return NULL;
    }
}

static imjoy_unary_kernel find_from_float(imjoy_type source, imjoy_type target) {
    switch (PAIR(source, target)) {
    case PAIR(IMJOY_FLOAT32, IMJOY_INT8): return from_f32_i8;
    case PAIR(IMJOY_FLOAT32, IMJOY_INT16): return from_f32_i16;
    case PAIR(IMJOY_FLOAT32, IMJOY_INT32): return from_f32_i32;
    case PAIR(IMJOY_FLOAT32, IMJOY_UINT8): return from_f32_u8;
    case PAIR(IMJOY_FLOAT32, IMJOY_INT64): return from_f32_i64;
    case PAIR(IMJOY_FLOAT32, IMJOY_UINT16): return from_f32_u16;
    case PAIR(IMJOY_FLOAT32, IMJOY_UINT32): return from_f32_u32;
    case PAIR(IMJOY_FLOAT32, IMJOY_UINT64): return from_f32_u64;
    case PAIR(IMJOY_FLOAT64, IMJOY_INT8): return from_f64_i8;
    case PAIR(IMJOY_FLOAT64, IMJOY_INT16): return from_f64_i16;
    case PAIR(IMJOY_FLOAT64, IMJOY_INT32): return from_f64_i32;
    case PAIR(IMJOY_FLOAT64, IMJOY_INT64): return from_f64_i64;
    case PAIR(IMJOY_FLOAT64, IMJOY_UINT8): return from_f64_u8;
    case PAIR(IMJOY_FLOAT64, IMJOY_UINT16): return from_f64_u16;
    case PAIR(IMJOY_FLOAT64, IMJOY_UINT32): return from_f64_u32;
    case PAIR(IMJOY_FLOAT64, IMJOY_UINT64): return from_f64_u64;
    case PAIR(IMJOY_FLOAT32, IMJOY_FLOAT64): return f32_f64;
    case PAIR(IMJOY_FLOAT64, IMJOY_FLOAT32): return f64_f32;
    case PAIR(IMJOY_FLOAT16, IMJOY_FLOAT32): return f16_f32;
    case PAIR(IMJOY_FLOAT32, IMJOY_FLOAT16): return f32_f16;
    case PAIR(IMJOY_FLOAT64, IMJOY_FLOAT16): return f64_f16;
    case PAIR(IMJOY_FLOAT32, IMJOY_COMPLEX64): return f32_c64;
    case PAIR(IMJOY_FLOAT32, IMJOY_COMPLEX128): return f32_c128;
    case PAIR(IMJOY_FLOAT64, IMJOY_COMPLEX64): return f64_c64;
    case PAIR(IMJOY_FLOAT64, IMJOY_COMPLEX128): return f64_c128;
    case PAIR(IMJOY_COMPLEX64, IMJOY_COMPLEX128): return c64_c128;
    case PAIR(IMJOY_COMPLEX128, IMJOY_COMPLEX64): return c128_c64;
    default: return NULL;
    }
}

#define LOW_BITS_CASES(S)                                                                                                     \
    switch (target) {                                                                                                         \
    case IMJOY_INT8: return wrap_##S##_i8;                                                                                    \
    case IMJOY_INT16: return wrap_##S##_i16;                                                                                  \
    case IMJOY_INT32: return wrap_##S##_i32;                                                                                  \
    case IMJOY_INT64: return wrap_##S##_i64;                                                                                  \
    case IMJOY_UINT8: return wrap_##S##_u8;                                                                                   \
    case IMJOY_UINT16: return wrap_##S##_u16;                                                                                 \
    case IMJOY_UINT32: return wrap_##S##_u32;                                                                                 \
    case IMJOY_UINT64: return wrap_##S##_u64;                                                                                 \
    default: return NULL;                                                                                                     \
    }

static imjoy_unary_kernel find_low_bits(imjoy_type source, imjoy_type target) {
    switch (source) {
    case IMJOY_FLOAT32: LOW_BITS_CASES(f32)
    case IMJOY_FLOAT64: LOW_BITS_CASES(f64)
    default: return NULL;
    }
}

static bool is_float(imjoy_type type) { return type >= IMJOY_FLOAT16; }

imjoy_unary_kernel imjoy_find_cast(imjoy_type source, imjoy_type target, bool wraps) {
    if (source == target) return find_copy(source);
    if (target == IMJOY_BOOL) return find_to_bool(source);
    if (is_float(source)) return wraps && !is_float(target) ? find_low_bits(source, target) : find_from_float(source, target);
    imjoy_unary_kernel clamp = wraps || is_float(target) ? NULL : find_clamp(source, target);
    return clamp != NULL ? clamp : find_wrap(source, target);
}
