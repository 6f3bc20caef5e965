// Loops over what has no vector instruction: calls of the C library, quotients of 64-bit integers, complex quotients.
#include "vectors.h"
#include <math.h>

#pragma clang fp contract(off)

// EXPR computes a result of type R from the elements x and y of type T.
#define BINARY_LOOP(NAME, T, R, EXPR)                                                                                         \
    static void NAME##_rr(const void *pa, const void *pb, void *pr, size_t n) {                                               \
        const T *a = pa, *b = pb;                                                                                             \
        R *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            T x = a[i], y = b[i];                                                                                             \
            r[i] = EXPR;                                                                                                      \
        }                                                                                                                     \
    }                                                                                                                         \
    static void NAME##_rs(const void *pa, const void *pb, void *pr, size_t n) {                                               \
        const T *a = pa, y = *(const T *)pb;                                                                                  \
        R *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            T x = a[i];                                                                                                       \
            r[i] = EXPR;                                                                                                      \
        }                                                                                                                     \
    }                                                                                                                         \
    static void NAME##_sr(const void *pa, const void *pb, void *pr, size_t n) {                                               \
        const T *b = pb, x = *(const T *)pa;                                                                                  \
        R *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            T y = b[i];                                                                                                       \
            r[i] = EXPR;                                                                                                      \
        }                                                                                                                     \
    }

#define UNARY_LOOP(NAME, T, R, EXPR)                                                                                          \
    static void NAME(const void *pa, void *pr, size_t n) {                                                                    \
        const T *a = pa;                                                                                                      \
        R *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            T x = a[i];                                                                                                       \
            r[i] = EXPR;                                                                                                      \
        }                                                                                                                     \
    }

// MARK: - Quotients

// A divisor of zero gives zero. By -1 the smallest number wraps around to itself, which the processor's division does not.
BINARY_LOOP(floor_divide_i64, i64, i64, y == 0 ? 0 : y == -1 ? (i64)(0 - (u64)x) : x / y - (x % y != 0 && (x < 0) != (y < 0)))
BINARY_LOOP(
    floor_remainder_i64, i64, i64,
    y == 0 || y == -1 ? 0 : x % y + (x % y != 0 && (x < 0) != (y < 0) ? y : 0))
BINARY_LOOP(truncated_remainder_i64, i64, i64, y == 0 || y == -1 ? 0 : x % y)
BINARY_LOOP(floor_divide_u64, u64, u64, y == 0 ? 0 : x / y)
BINARY_LOOP(floor_remainder_u64, u64, u64, y == 0 ? 0 : x % y)

// NumPy's rules: the remainder is exact, the quotient follows from it, and a quotient that rounding left just below a whole
// number is brought back to it.
#define FLOAT_DIVISION(T, SUFFIX)                                                                                             \
    static T floor_quotient_##T(T x, T y) {                                                                                   \
        if (y == 0) return x / y;                                                                                             \
        T rest = fmod##SUFFIX(x, y), quotient = (x - rest) / y;                                                               \
        if (rest != 0 && (rest < 0) != (y < 0)) quotient -= 1;                                                                \
        if (quotient == 0) return copysign##SUFFIX(0, x / y);                                                                 \
        T whole = floor##SUFFIX(quotient);                                                                                    \
        return quotient - whole > (T)0.5 ? whole + 1 : whole;                                                                 \
    }                                                                                                                         \
    static T floor_rest_##T(T x, T y) {                                                                                       \
        T rest = fmod##SUFFIX(x, y);                                                                                          \
        if (rest == 0) return copysign##SUFFIX(0, y);                                                                         \
        return (rest < 0) != (y < 0) ? rest + y : rest;                                                                       \
    }                                                                                                                         \
    BINARY_LOOP(floor_divide_##T, T, T, floor_quotient_##T(x, y))                                                             \
    BINARY_LOOP(floor_remainder_##T, T, T, floor_rest_##T(x, y))                                                              \
    BINARY_LOOP(truncated_remainder_##T, T, T, fmod##SUFFIX(x, y))
FLOAT_DIVISION(f32, f)
FLOAT_DIVISION(f64, )

#define QUOTIENTS(T)                                                                                                          \
    switch (operation) {                                                                                                      \
    case IMJOY_FLOOR_DIVIDE: return FORMS(floor_divide_##T, form);                                                            \
    case IMJOY_FLOOR_REMAINDER: return FORMS(floor_remainder_##T, form);                                                      \
    case IMJOY_TRUNCATED_REMAINDER: return FORMS(truncated_remainder_##T, form);                                              \
    default: return NULL;                                                                                                     \
    }
#define truncated_remainder_u64_rr floor_remainder_u64_rr
#define truncated_remainder_u64_rs floor_remainder_u64_rs
#define truncated_remainder_u64_sr floor_remainder_u64_sr

imjoy_binary_kernel imjoy_find_scalar_division(imjoy_operation operation, imjoy_type type, imjoy_form form) {
    switch (type) {
    case IMJOY_INT64: QUOTIENTS(i64)
    case IMJOY_UINT64: QUOTIENTS(u64)
    case IMJOY_FLOAT32: QUOTIENTS(f32)
    case IMJOY_FLOAT64: QUOTIENTS(f64)
    default: return NULL;
    }
}

// MARK: - Complex numbers

// Quotients as Smith has them (CACM 5, 1962), and NumPy: the larger part of the divisor is divided out first, so that no square
// overflows.
#define COMPLEX_FUNCTIONS(C, T, SUFFIX)                                                                                       \
    static C quotient_##C(C a, C b) {                                                                                         \
        T width = fabs##SUFFIX(b.x), height = fabs##SUFFIX(b.y);                                                              \
        if (width >= height) {                                                                                                \
            if (width == 0 && height == 0) return (C){a.x / width, a.y / width};                                              \
            T ratio = b.y / b.x, scale = 1 / (b.x + b.y * ratio);                                                             \
            return (C){(a.x + a.y * ratio) * scale, (a.y - a.x * ratio) * scale};                                             \
        }                                                                                                                     \
        T ratio = b.x / b.y, scale = 1 / (b.y + b.x * ratio);                                                                 \
        return (C){(a.x * ratio + a.y) * scale, (a.y * ratio - a.x) * scale};                                                 \
    }                                                                                                                         \
    BINARY_LOOP(divide_##C, C, C, quotient_##C(x, y))                                                                         \
    BINARY_LOOP(equal_##C, C, u8, (x.x == y.x) & (x.y == y.y))                                                                \
    BINARY_LOOP(not_equal_##C, C, u8, (x.x != y.x) | (x.y != y.y))                                                            \
    UNARY_LOOP(negate_##C, C, C, ((C){-x.x, -x.y}))                                                                           \
    UNARY_LOOP(square_##C, C, C, COMPLEX_TIMES(C, x, x))
COMPLEX_FUNCTIONS(c64, f32, f)
COMPLEX_FUNCTIONS(c128, f64, )

imjoy_binary_kernel imjoy_find_complex_quotient(imjoy_type type, imjoy_form form) {
    return type == IMJOY_COMPLEX64 ? FORMS(divide_c64, form) : FORMS(divide_c128, form);
}

imjoy_binary_kernel imjoy_find_complex_equality(imjoy_comparison comparison, imjoy_type type, imjoy_form form) {
    if (type == IMJOY_COMPLEX64) {
        return comparison == IMJOY_EQUAL ? FORMS(equal_c64, form) : FORMS(not_equal_c64, form);
    }
    return comparison == IMJOY_EQUAL ? FORMS(equal_c128, form) : FORMS(not_equal_c128, form);
}

imjoy_unary_kernel imjoy_find_complex_function(imjoy_function function, imjoy_type type) {
    switch (function) {
    case IMJOY_NEGATE: return type == IMJOY_COMPLEX64 ? negate_c64 : negate_c128;
    case IMJOY_SQUARE: return type == IMJOY_COMPLEX64 ? square_c64 : square_c128;
    default: return NULL;
    }
}

// MARK: - The C library

// The library may be off by several units; a step of Newton's method with an exact residue mends that.
static f64 cube_root(f64 x) {
    f64 root = cbrt(x);
    if (!isfinite(root) || root == 0 || !isnormal(x)) return root;
    f64 square = root * root, residue = fma(square, root, -x) + fma(root, root, -square) * root;
    return root - residue / (3 * square);
}

// In double precision, whatever the type is: one function, and nothing to say about the last place of a float.
#define LIBRARY_FUNCTIONS(X)                                                                                                  \
    X(IMJOY_CBRT, cbrt, cube_root(x))                                                                                             \
    X(IMJOY_EXP2, exp2, exp2(x))                                                                                              \
    X(IMJOY_EXPM1, expm1, expm1(x))                                                                                           \
    X(IMJOY_LOG2, log2, log2(x))                                                                                              \
    X(IMJOY_LOG10, log10, log10(x))                                                                                           \
    X(IMJOY_LOG1P, log1p, log1p(x))                                                                                           \
    X(IMJOY_TAN, tan, tan(x))                                                                                                 \
    X(IMJOY_SINH, sinh, sinh(x))                                                                                              \
    X(IMJOY_COSH, cosh, cosh(x))                                                                                              \
    X(IMJOY_ASIN, asin, asin(x))                                                                                              \
    X(IMJOY_ACOS, acos, acos(x))                                                                                              \
    X(IMJOY_ATAN, atan, atan(x))                                                                                              \
    X(IMJOY_ASINH, asinh, asinh(x))                                                                                           \
    X(IMJOY_ACOSH, acosh, acosh(x))                                                                                           \
    X(IMJOY_ATANH, atanh, atanh(x))                                                                                           \
    X(IMJOY_SINC, sinc, x == 0 ? 1 : sin(M_PI * x) / (M_PI * x))
#define LIBRARY_FUNCTION(CODE, NAME, EXPR)                                                                                    \
    static f64 call_##NAME(f64 x) { return EXPR; }                                                                            \
    UNARY_LOOP(NAME##_f32, f32, f32, (f32)call_##NAME(x))                                                                     \
    UNARY_LOOP(NAME##_f64, f64, f64, call_##NAME(x))
LIBRARY_FUNCTIONS(LIBRARY_FUNCTION)

imjoy_unary_kernel imjoy_find_library_function(imjoy_transcendental function, imjoy_type type) {
    bool is_single = type == IMJOY_FLOAT32;
    switch (function) {
#define LIBRARY_FUNCTION_CASE(CODE, NAME, EXPR)                                                                               \
    case CODE: return is_single ? NAME##_f32 : NAME##_f64;
        LIBRARY_FUNCTIONS(LIBRARY_FUNCTION_CASE)
    default: return NULL;
    }
}

// Equal infinities have no difference.
static f64 log_add_exp(f64 x, f64 y) {
    if (x == y) return x + M_LN2;
    f64 largest = x > y || x != x ? x : y, smallest = x < y || x != x ? x : y;
    return largest + log1p(exp(smallest - largest));
}

static f64 log_add_exp2(f64 x, f64 y) {
    if (x == y) return x + 1;
    f64 largest = x > y || x != x ? x : y, smallest = x < y || x != x ? x : y;
    return largest + log1p(exp2(smallest - largest)) / M_LN2;
}

#define FLOAT_PAIRS(T, SUFFIX)                                                                                                \
    BINARY_LOOP(hypot_##T, T, T, hypot##SUFFIX(x, y))                                                                         \
    BINARY_LOOP(atan2_##T, T, T, atan2##SUFFIX(x, y))                                                                         \
    BINARY_LOOP(log_add_exp_##T, T, T, (T)log_add_exp(x, y))                                                                  \
    BINARY_LOOP(log_add_exp2_##T, T, T, (T)log_add_exp2(x, y))                                                                \
    BINARY_LOOP(copysign_##T, T, T, copysign##SUFFIX(x, y))                                                                   \
    BINARY_LOOP(heaviside_##T, T, T, x > 0 ? 1 : x < 0 ? 0 : x == 0 ? y : x)                                                  \
    BINARY_LOOP(fmin_##T, T, T, x <= y || y != y ? x : y)                                                                     \
    BINARY_LOOP(fmax_##T, T, T, x >= y || y != y ? x : y)                                                                     \
    BINARY_LOOP(nextafter_##T, T, T, nextafter##SUFFIX(x, y))
FLOAT_PAIRS(f32, f)
FLOAT_PAIRS(f64, )
// Half precision has neighbours of its own. Of two zeros NumPy gives the first, unlike C.
static f16 next_half(f16 x, f16 y) {
    if (x != x || y != y) return x + y;
    if (x == y) return x;
    u16 bits;
    memcpy(&bits, &x, sizeof bits);
    if (x == 0) bits = y < 0 ? 0x8001 : 0x0001;
    else bits += (x < y) == (x > 0) ? 1 : -1;
    memcpy(&x, &bits, sizeof bits);
    return x;
}
BINARY_LOOP(nextafter_f16, f16, f16, next_half(x, y))

BINARY_LOOP(power_f64, f64, f64, pow(x, y))

#define FLOAT_PAIR_CASES(T)                                                                                                   \
    switch (operation) {                                                                                                      \
    case IMJOY_HYPOT: return FORMS(hypot_##T, form);                                                                          \
    case IMJOY_ATAN2: return FORMS(atan2_##T, form);                                                                          \
    case IMJOY_LOGADDEXP: return FORMS(log_add_exp_##T, form);                                                                \
    case IMJOY_LOGADDEXP2: return FORMS(log_add_exp2_##T, form);                                                              \
    case IMJOY_COPYSIGN: return FORMS(copysign_##T, form);                                                                    \
    case IMJOY_HEAVISIDE: return FORMS(heaviside_##T, form);                                                                  \
    case IMJOY_FMIN: return FORMS(fmin_##T, form);                                                                            \
    case IMJOY_FMAX: return FORMS(fmax_##T, form);                                                                            \
    case IMJOY_NEXTAFTER: return FORMS(nextafter_##T, form);                                                                  \
    case IMJOY_POWER: break;                                                                                                  \
    }

// Where the exponent is one number, NumPy takes squares and roots for what they are. That is quicker than pow, and differs from it for the
// roots of -0 and minus infinity.
#define SINGLE_POWER(T, SUFFIX, OTHERS)                                                                                       \
    static void power_##T##_single(const void *pa, const void *pb, void *pr, size_t n) {                                      \
        const T *a = pa, exponent = *(const T *)pb;                                                                           \
        T *r = pr;                                                                                                            \
        if (exponent == (T)0.5) {                                                                                             \
            for (size_t i = 0; i < n; i++) r[i] = sqrt##SUFFIX(a[i]);                                                         \
        } else if (exponent == 2) {                                                                                           \
            for (size_t i = 0; i < n; i++) r[i] = a[i] * a[i];                                                                \
        } else {                                                                                                              \
            OTHERS(pa, pb, pr, n);                                                                                            \
        }                                                                                                                     \
    }
SINGLE_POWER(f32, f, imjoy_find_power_float32(IMJOY_RIGHT_SINGLE))
SINGLE_POWER(f64, , power_f64_rs)

imjoy_binary_kernel imjoy_find_float_operation(imjoy_float_operation operation, imjoy_type type, imjoy_form form) {
    if (type == IMJOY_FLOAT32) {
        if (operation == IMJOY_POWER) return form == IMJOY_RIGHT_SINGLE ? power_f32_single : imjoy_find_power_float32(form);
        FLOAT_PAIR_CASES(f32)
    } else if (type == IMJOY_FLOAT64) {
        if (operation == IMJOY_POWER) return form == IMJOY_RIGHT_SINGLE ? power_f64_single : FORMS(power_f64, form);
        FLOAT_PAIR_CASES(f64)
    } else if (type == IMJOY_FLOAT16 && operation == IMJOY_NEXTAFTER) {
        return FORMS(nextafter_f16, form);
    }
    return NULL;
}
