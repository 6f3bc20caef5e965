// Arithmetic whose result has the type of its operands.
#include "vectors.h"

// Results must not depend on whether the processor has fused multiply-add.
#pragma clang fp contract(off)

#define AS(T, N, v) ((VEC(T, N))(v))

#define WIDTH(T) (sizeof(T) * 8)
#define ZEROS(T, N) ((VEC(T, N))(T)0)

// Signed numbers wrap as unsigned ones do, so they share these.
#define WRAPPING_OPERATIONS(U, N)                                                                                             \
    BINARY_KERNEL(add_##U, U, U, N, 0, x + y)                                                                                 \
    BINARY_KERNEL(subtract_##U, U, U, N, 0, x - y)                                                                            \
    BINARY_KERNEL(multiply_##U, U, U, N, 0, x *y)                                                                             \
    BINARY_KERNEL(shift_left_##U, U, U, N, 0, (y < (U)WIDTH(U)) ? (x << (y & (U)(WIDTH(U) - 1))) : ZEROS(U, N))               \
    UNARY_KERNEL(negate_##U, U, U, N, 0, ZEROS(U, N) - x)                                                                     \
    UNARY_KERNEL(square_##U, U, U, N, 0, x *x)
WRAPPING_OPERATIONS(u8, 64)
WRAPPING_OPERATIONS(u16, 32)
WRAPPING_OPERATIONS(u32, 16)
WRAPPING_OPERATIONS(u64, 8)

// Bits do not care for the width of their element, but a single operand must be repeated in it.
#define BIT_OPERATIONS(U, N)                                                                                                  \
    BINARY_KERNEL(and_##U, U, U, N, 0, x &y)                                                                                  \
    BINARY_KERNEL(or_##U, U, U, N, 0, x | y)                                                                                  \
    BINARY_KERNEL(xor_##U, U, U, N, 0, x ^ y)                                                                                 \
    UNARY_KERNEL(not_##U, U, U, N, 0, ~x)
BIT_OPERATIONS(u8, 64)
BIT_OPERATIONS(u16, 32)
BIT_OPERATIONS(u32, 16)
BIT_OPERATIONS(u64, 8)

#define EXTREMES(CODE, T, N, U)                                                                                               \
    BINARY_KERNEL(minimum_##T, T, T, N, 0, __builtin_elementwise_min(x, y))                                                   \
    BINARY_KERNEL(maximum_##T, T, T, N, 0, __builtin_elementwise_max(x, y))
INTEGER_TYPES(EXTREMES)

#define CLAMPED_SUMS(CODE, T, N, U)                                                                                           \
    BINARY_KERNEL(add_clamped_##T, T, T, N, 0, __builtin_elementwise_add_sat(x, y))                                           \
    BINARY_KERNEL(subtract_clamped_##T, T, T, N, 0, __builtin_elementwise_sub_sat(x, y))
INTEGER_TYPES(CLAMPED_SUMS)

#define SIGNED_OPERATIONS(T, N, U)                                                                                            \
    BINARY_KERNEL(                                                                                                            \
        shift_right_##T, T, T, N, 0, x >> ((AS(U, N, y) < (U)WIDTH(T)) ? y : (VEC(T, N))(T)(WIDTH(T) - 1)))                   \
    UNARY_KERNEL(magnitude_##T, T, U, N, 0, (x < (T)0) ? ZEROS(U, N) - AS(U, N, x) : AS(U, N, x))                             \
    UNARY_KERNEL(sign_##T, T, T, N, 0, AS(T, N, x < (T)0) - AS(T, N, x > (T)0))
SIGNED_OPERATIONS(i8, 64, u8)
SIGNED_OPERATIONS(i16, 32, u16)
SIGNED_OPERATIONS(i32, 16, u32)
SIGNED_OPERATIONS(i64, 8, u64)

#define UNSIGNED_OPERATIONS(T, N)                                                                                             \
    BINARY_KERNEL(shift_right_##T, T, T, N, 0, (y < (T)WIDTH(T)) ? (x >> (y & (T)(WIDTH(T) - 1))) : ZEROS(T, N))              \
    UNARY_KERNEL(magnitude_##T, T, T, N, 0, x)                                                                                \
    UNARY_KERNEL(sign_##T, T, T, N, 0, (x > (T)0) ? (VEC(T, N))(T)1 : ZEROS(T, N))
UNSIGNED_OPERATIONS(u8, 64)
UNSIGNED_OPERATIONS(u16, 32)
UNSIGNED_OPERATIONS(u32, 16)
UNSIGNED_OPERATIONS(u64, 8)

// Quotients of small integers through floats: a quotient that is no whole number is further from the next one than the
// float type rounds, so cutting it off is exact. (16 bits need 33 bits of precision at most; 32 bits need 65, but the distance of
// a / b to a whole number above it is at least 1 / b of it, which 53 bits tell apart.)
//
// `q` is the quotient rounded towards zero; the remainder follows from it in wrapping arithmetic. A divisor of zero is replaced by one and the result
// by zero. The smallest number by -1 wraps around to itself, because the float quotient is converted by way of a wider integer.
#define DIVISION(T, N, U, F, W)                                                                                               \
    BINARY_KERNEL(                                                                                                            \
        floor_divide_##T, T, T, N, 1, ({                                                                                      \
            VEC(T, N) d = (y == (T)0) ? (VEC(T, N))(T)1 : y;                                                                  \
            VEC(U, N) q = AS(U, N, CONVERT(CONVERT(CONVERT(x, F, N) / CONVERT(d, F, N), W, N), T, N));                        \
            VEC(U, N) rest = AS(U, N, x) - q * AS(U, N, d);                                                                   \
            VEC(T, N) off = AS(T, N, (rest != (U)0) & ((x < (T)0) ^ (d < (T)0)));                                                       \
            VEC(T, N) result = AS(T, N, q + AS(U, N, off));                                                                   \
            (y == (T)0) ? ZEROS(T, N) : result;                                                                               \
        }))                                                                                                                   \
    BINARY_KERNEL(                                                                                                            \
        floor_remainder_##T, T, T, N, 1, ({                                                                                   \
            VEC(T, N) d = (y == (T)0) ? (VEC(T, N))(T)1 : y;                                                                  \
            VEC(U, N) q = AS(U, N, CONVERT(CONVERT(CONVERT(x, F, N) / CONVERT(d, F, N), W, N), T, N));                        \
            VEC(U, N) rest = AS(U, N, x) - q * AS(U, N, d);                                                                   \
            VEC(T, N) off = AS(T, N, (rest != (U)0) & ((x < (T)0) ^ (d < (T)0)));                                                       \
            AS(T, N, rest + (AS(U, N, off) & AS(U, N, d)));                                                                   \
        }))                                                                                                                   \
    BINARY_KERNEL(                                                                                                            \
        truncated_remainder_##T, T, T, N, 1, ({                                                                               \
            VEC(T, N) d = (y == (T)0) ? (VEC(T, N))(T)1 : y;                                                                  \
            VEC(U, N) q = AS(U, N, CONVERT(CONVERT(CONVERT(x, F, N) / CONVERT(d, F, N), W, N), T, N));                        \
            AS(T, N, AS(U, N, x) - q * AS(U, N, d));                                                                          \
        }))
DIVISION(i8, 16, u8, f32, i32)
DIVISION(i16, 16, u16, f32, i32)
DIVISION(i32, 8, u32, f64, i64)

#define UNSIGNED_DIVISION(T, N, F, W)                                                                                         \
    BINARY_KERNEL(                                                                                                            \
        floor_divide_##T, T, T, N, 1, ({                                                                                      \
            VEC(T, N) d = (y == (T)0) ? (VEC(T, N))(T)1 : y;                                                                  \
            VEC(T, N) q = CONVERT(CONVERT(CONVERT(x, F, N) / CONVERT(d, F, N), W, N), T, N);                                  \
            (y == (T)0) ? ZEROS(T, N) : q;                                                                                    \
        }))                                                                                                                   \
    BINARY_KERNEL(                                                                                                            \
        floor_remainder_##T, T, T, N, 1, ({                                                                                   \
            VEC(T, N) d = (y == (T)0) ? (VEC(T, N))(T)1 : y;                                                                  \
            x - CONVERT(CONVERT(CONVERT(x, F, N) / CONVERT(d, F, N), W, N), T, N) * d;                                        \
        }))
UNSIGNED_DIVISION(u8, 16, f32, i32)
UNSIGNED_DIVISION(u16, 16, f32, i32)
UNSIGNED_DIVISION(u32, 8, f64, i64)

#define FLOAT_OPERATIONS(CODE, T, N, I)                                                                                       \
    BINARY_KERNEL(add_##T, T, T, N, 0, x + y)                                                                                 \
    BINARY_KERNEL(subtract_##T, T, T, N, 0, x - y)                                                                            \
    BINARY_KERNEL(multiply_##T, T, T, N, 0, x *y)                                                                             \
    BINARY_KERNEL(divide_##T, T, T, N, 1, x / y)                                                                              \
    BINARY_KERNEL(minimum_##T, T, T, N, 0, ((x < y) | (x != x)) ? x : y)                                                      \
    BINARY_KERNEL(maximum_##T, T, T, N, 0, ((x > y) | (x != x)) ? x : y)                                                      \
    UNARY_KERNEL(negate_##T, T, T, N, 0, -x)                                                                                  \
    UNARY_KERNEL(square_##T, T, T, N, 0, x *x)                                                                                \
    UNARY_KERNEL(magnitude_##T, T, T, N, 0, __builtin_elementwise_abs(x))                                                     \
    UNARY_KERNEL(reciprocal_##T, T, T, N, 1, (T)1 / x)                                                                        \
    UNARY_KERNEL(                                                                                                             \
        sign_##T, T, T, N, 0,                                                                                                 \
        (x > (T)0) ? (VEC(T, N))(T)1 : ((x < (T)0) ? (VEC(T, N))(T) - 1 : ((x == (T)0) ? ZEROS(T, N) : x)))                    \
    UNARY_KERNEL(sqrt_##T, T, T, N, 0, __builtin_elementwise_sqrt(x))                                                         \
    UNARY_KERNEL(floor_##T, T, T, N, 0, __builtin_elementwise_floor(x))                                                       \
    UNARY_KERNEL(ceil_##T, T, T, N, 0, __builtin_elementwise_ceil(x))                                                         \
    UNARY_KERNEL(round_even_##T, T, T, N, 0, __builtin_elementwise_roundeven(x))                                              \
    UNARY_KERNEL(trunc_##T, T, T, N, 0, __builtin_elementwise_trunc(x))
FLOAT_TYPES(FLOAT_OPERATIONS)

// Complex numbers lie as pairs; sums and differences are those of twice as many floats.
#define COMPLEX_PRODUCT(NAME, T, A_STEP, B_STEP)                                                                              \
    CLONES static void NAME(const void *pa, const void *pb, void *pr, size_t n) {                                             \
        const T *a = pa, *b = pb;                                                                                             \
        T *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            T p = a[A_STEP * i], q = a[A_STEP * i + 1], s = b[B_STEP * i], t = b[B_STEP * i + 1];                             \
            r[2 * i] = p * s - q * t;                                                                                         \
            r[2 * i + 1] = p * t + q * s;                                                                                     \
        }                                                                                                                     \
    }
COMPLEX_PRODUCT(multiply_c64_rr, f32, 2, 2)
COMPLEX_PRODUCT(multiply_c64_rs, f32, 2, 0)
COMPLEX_PRODUCT(multiply_c64_sr, f32, 0, 2)
COMPLEX_PRODUCT(multiply_c128_rr, f64, 2, 2)
COMPLEX_PRODUCT(multiply_c128_rs, f64, 2, 0)
COMPLEX_PRODUCT(multiply_c128_sr, f64, 0, 2)


#define COMPLEX_SUM(NAME, T, FLAT, OP)                                                                                        \
    static void NAME##_rr(const void *a, const void *b, void *r, size_t n) { FLAT(a, b, r, 2 * n); }                          \
    CLONES static void NAME##_rs(const void *pa, const void *pb, void *pr, size_t n) {                                        \
        const T *a = pa, *b = pb;                                                                                             \
        T *r = pr, s = b[0], t = b[1];                                                                                        \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            r[2 * i] = a[2 * i] OP s;                                                                                         \
            r[2 * i + 1] = a[2 * i + 1] OP t;                                                                                 \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void NAME##_sr(const void *pa, const void *pb, void *pr, size_t n) {                                        \
        const T *a = pa, *b = pb;                                                                                             \
        T *r = pr, p = a[0], q = a[1];                                                                                        \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            r[2 * i] = p OP b[2 * i];                                                                                         \
            r[2 * i + 1] = q OP b[2 * i + 1];                                                                                 \
        }                                                                                                                     \
    }
COMPLEX_SUM(add_c64, f32, add_f32_rr, +)
COMPLEX_SUM(add_c128, f64, add_f64_rr, +)
COMPLEX_SUM(subtract_c64, f32, subtract_f32_rr, -)
COMPLEX_SUM(subtract_c128, f64, subtract_f64_rr, -)

#define COMPLEX_CASES(T)                                                                                                      \
    switch (operation) {                                                                                                      \
    case IMJOY_ADD: return FORMS(add_##T, form);                                                                              \
    case IMJOY_SUBTRACT: return FORMS(subtract_##T, form);                                                                    \
    case IMJOY_MULTIPLY: return FORMS(multiply_##T, form);                                                                    \
    case IMJOY_DIVIDE: return imjoy_find_complex_quotient(type, form);                                                        \
    default: return NULL;                                                                                                     \
    }

#define INTEGER_CASES(T, U)                                                                                                      \
    switch (operation) {                                                                                                      \
    case IMJOY_ADD: return FORMS(add_##U, form);                                                                              \
    case IMJOY_SUBTRACT: return FORMS(subtract_##U, form);                                                                    \
    case IMJOY_MULTIPLY: return FORMS(multiply_##U, form);                                                                    \
    case IMJOY_MINIMUM: return FORMS(minimum_##T, form);                                                                      \
    case IMJOY_MAXIMUM: return FORMS(maximum_##T, form);                                                                      \
    case IMJOY_BIT_AND: return FORMS(and_##U, form);                                                                          \
    case IMJOY_BIT_OR: return FORMS(or_##U, form);                                                                            \
    case IMJOY_BIT_XOR: return FORMS(xor_##U, form);                                                                          \
    case IMJOY_SHIFT_LEFT: return FORMS(shift_left_##U, form);                                                                \
    case IMJOY_SHIFT_RIGHT: return FORMS(shift_right_##T, form);                                                              \
    case IMJOY_ADD_CLAMPED: return FORMS(add_clamped_##T, form);                                                              \
    case IMJOY_SUBTRACT_CLAMPED: return FORMS(subtract_clamped_##T, form);                                                    \
        DIVISION_CASES_##T default : return imjoy_find_scalar_division(operation, type, form);                                                                             \
    }
#define DIVISION_CASES(T, remainder)                                                                                          \
    case IMJOY_FLOOR_DIVIDE: return FORMS(floor_divide_##T, form);                                                            \
    case IMJOY_FLOOR_REMAINDER: return FORMS(floor_remainder_##T, form);                                                      \
    case IMJOY_TRUNCATED_REMAINDER: return FORMS(remainder##_##T, form);
#define DIVISION_CASES_i8 DIVISION_CASES(i8, truncated_remainder)
#define DIVISION_CASES_i16 DIVISION_CASES(i16, truncated_remainder)
#define DIVISION_CASES_i32 DIVISION_CASES(i32, truncated_remainder)
#define DIVISION_CASES_u8 DIVISION_CASES(u8, floor_remainder)
#define DIVISION_CASES_u16 DIVISION_CASES(u16, floor_remainder)
#define DIVISION_CASES_u32 DIVISION_CASES(u32, floor_remainder)
// 64 bits have no float that holds their quotients.
#define DIVISION_CASES_i64
#define DIVISION_CASES_u64
#define FLOAT_CASES(T)                                                                                                        \
    switch (operation) {                                                                                                      \
    case IMJOY_ADD: return FORMS(add_##T, form);                                                                              \
    case IMJOY_SUBTRACT: return FORMS(subtract_##T, form);                                                                    \
    case IMJOY_MULTIPLY: return FORMS(multiply_##T, form);                                                                    \
    case IMJOY_DIVIDE: return FORMS(divide_##T, form);                                                                        \
    case IMJOY_MINIMUM: return FORMS(minimum_##T, form);                                                                      \
    case IMJOY_MAXIMUM: return FORMS(maximum_##T, form);                                                                      \
    default: return imjoy_find_scalar_division(operation, type, form);                                                        \
    }

imjoy_binary_kernel imjoy_find_operation(imjoy_operation operation, imjoy_type type, imjoy_form form) {
    switch (type) {
#define INTEGER_CASE(CODE, T, N, U)                                                                                           \
    case CODE: INTEGER_CASES(T, U)
        INTEGER_TYPES(INTEGER_CASE)
#define FLOAT_CASE(CODE, T, N, I)                                                                                             \
    case CODE: FLOAT_CASES(T)
        FLOAT_TYPES(FLOAT_CASE)
    case IMJOY_COMPLEX64: COMPLEX_CASES(c64)
    case IMJOY_COMPLEX128: COMPLEX_CASES(c128)
    case IMJOY_BOOL:
    case IMJOY_FLOAT16: break;
    }
    return NULL;
}

imjoy_unary_kernel imjoy_find_function(imjoy_function function, imjoy_type type) {
    switch (type) {
#define INTEGER_FUNCTIONS(CODE, T, N, U)                                                                                      \
    case CODE:                                                                                                                \
        switch (function) {                                                                                                   \
        case IMJOY_NEGATE: return negate_##U;                                                                                 \
        case IMJOY_MAGNITUDE: return magnitude_##T;                                                                           \
        case IMJOY_SQUARE: return square_##U;                                                                                 \
        case IMJOY_SIGN: return sign_##T;                                                                                     \
        case IMJOY_BIT_NOT: return not_##U;                                                                                   \
        default: return NULL;                                                                                                 \
        }
        INTEGER_TYPES(INTEGER_FUNCTIONS)
#define FLOAT_FUNCTIONS(CODE, T, N, I)                                                                                        \
    case CODE:                                                                                                                \
        switch (function) {                                                                                                   \
        case IMJOY_NEGATE: return negate_##T;                                                                                 \
        case IMJOY_MAGNITUDE: return magnitude_##T;                                                                           \
        case IMJOY_SQUARE: return square_##T;                                                                                 \
        case IMJOY_SIGN: return sign_##T;                                                                                     \
        case IMJOY_SQRT: return sqrt_##T;                                                                                     \
        case IMJOY_RECIPROCAL: return reciprocal_##T;                                                                         \
        case IMJOY_FLOOR: return floor_##T;                                                                                   \
        case IMJOY_CEIL: return ceil_##T;                                                                                     \
        case IMJOY_ROUND_EVEN: return round_even_##T;                                                                         \
        case IMJOY_TRUNC: return trunc_##T;                                                                                   \
        case IMJOY_BIT_NOT: return NULL;                                                                                      \
        }
        FLOAT_TYPES(FLOAT_FUNCTIONS)
    case IMJOY_COMPLEX64:
    case IMJOY_COMPLEX128: return imjoy_find_complex_function(function, type);
    default: return NULL;
    }
    return NULL;
}

#define CLIP(CODE, T, N, I)                                                                                                   \
    CLONES static void clip_##T(const void *pa, const void *bounds, void *pr, size_t n) {                                     \
        const T *a = pa;                                                                                                      \
        T *r = pr;                                                                                                            \
        VEC(T, N) low = ((const T *)bounds)[0], high = ((const T *)bounds)[1];                                                \
        size_t i = 0;                                                                                                         \
        UNROLL for (; i + N <= n; i += N) {                                                                                   \
            VEC(T, N) x = LOAD(T, N, a + i);                                                                                  \
            x = x < low ? low : x;                                                                                            \
            STORE(T, N, r + i, x > high ? high : x);                                                                          \
        }                                                                                                                     \
        for (; i < n; i++) {                                                                                                  \
            T x = a[i] < low.x ? low.x : a[i];                                                                                \
            r[i] = x > high.x ? high.x : x;                                                                                   \
        }                                                                                                                     \
    }
INTEGER_TYPES(CLIP)
FLOAT_TYPES(CLIP)

imjoy_binary_kernel imjoy_find_clip(imjoy_type type) {
    switch (type) {
#define CLIP_CASE(CODE, T, N, I)                                                                                              \
    case CODE: return clip_##T;
        INTEGER_TYPES(CLIP_CASE)
        FLOAT_TYPES(CLIP_CASE)
    default: return NULL;
    }
}
