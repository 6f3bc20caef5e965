// Comparisons: bytes of 0 and 1.
#include "vectors.h"

// A comparison gives lanes of all ones, as wide as what was compared.
#define TRUTH(I, N, mask) (CONVERT((VEC(I, N))(mask), u8, N) & (u8)1)

#define EQUALITIES(T, N, I)                                                                                                   \
    BINARY_KERNEL(equal_##T, T, u8, N, 0, TRUTH(I, N, x == y))                                                                \
    BINARY_KERNEL(not_equal_##T, T, u8, N, 0, TRUTH(I, N, x != y))
#define ORDERS(T, N, I)                                                                                                       \
    BINARY_KERNEL(less_##T, T, u8, N, 0, TRUTH(I, N, x < y))                                                                  \
    BINARY_KERNEL(less_equal_##T, T, u8, N, 0, TRUTH(I, N, x <= y))

// Integers of one width are equal whatever their sign is.
EQUALITIES(u8, 64, i8)
EQUALITIES(u16, 32, i16)
EQUALITIES(u32, 16, i32)
EQUALITIES(u64, 8, i64)
EQUALITIES(f32, 16, i32)
EQUALITIES(f64, 8, i64)

ORDERS(i8, 64, i8)
ORDERS(i16, 32, i16)
ORDERS(i32, 16, i32)
ORDERS(i64, 8, i64)
ORDERS(u8, 64, i8)
ORDERS(u16, 32, i16)
ORDERS(u32, 16, i32)
ORDERS(u64, 8, i64)
ORDERS(f32, 16, i32)
ORDERS(f64, 8, i64)

static imjoy_binary_kernel find_equality(imjoy_comparison comparison, imjoy_type type, imjoy_form form) {
#define EQUALITY(T) (comparison == IMJOY_EQUAL ? FORMS(equal_##T, form) : FORMS(not_equal_##T, form))
    switch (type) {
    case IMJOY_BOOL:
    case IMJOY_INT8:
    case IMJOY_UINT8: return EQUALITY(u8);
    case IMJOY_INT16:
    case IMJOY_UINT16: return EQUALITY(u16);
    case IMJOY_INT32:
    case IMJOY_UINT32: return EQUALITY(u32);
    case IMJOY_INT64:
    case IMJOY_UINT64: return EQUALITY(u64);
    case IMJOY_FLOAT32: return EQUALITY(f32);
    case IMJOY_FLOAT64: return EQUALITY(f64);
    case IMJOY_COMPLEX64:
    case IMJOY_COMPLEX128: return imjoy_find_complex_equality(comparison, type, form);
    case IMJOY_FLOAT16: break;
    }
    return NULL;
}

imjoy_binary_kernel imjoy_find_comparison(imjoy_comparison comparison, imjoy_type type, imjoy_form form) {
    if (comparison == IMJOY_EQUAL || comparison == IMJOY_NOT_EQUAL) return find_equality(comparison, type, form);
    // `a > b` is `b < a`, which the caller asks for with the operands exchanged.
    if (comparison == IMJOY_GREATER || comparison == IMJOY_GREATER_EQUAL) return NULL;
#define ORDER(T) (comparison == IMJOY_LESS ? FORMS(less_##T, form) : FORMS(less_equal_##T, form))
    switch (type) {
#define INTEGER_ORDER(CODE, T, N, U)                                                                                          \
    case CODE: return ORDER(T);
        INTEGER_TYPES(INTEGER_ORDER)
#define FLOAT_ORDER(CODE, T, N, I)                                                                                            \
    case CODE: return ORDER(T);
        FLOAT_TYPES(FLOAT_ORDER)
    default: return NULL;
    }
}
