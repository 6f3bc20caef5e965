// Sums and products up to and with each element of a row.
#include "vectors.h"

#pragma clang fp contract(off)

// A row is one long chain, in which each result waits for the one before it, as NumPy's do; four rows at once do not wait for each
// other.
#define CUMULATE_ROWS(T, OP, ROWS)                                                                                            \
    for (; rows >= ROWS; rows -= ROWS, a += ROWS * length, r += ROWS * length) {                                              \
        T chains[ROWS];                                                                                                       \
        for (int k = 0; k < ROWS; k++) chains[k] = r[k * length] = a[k * length];                                             \
        for (size_t i = 1; i < length; i++) {                                                                                 \
            _Pragma("clang loop unroll(full) vectorize(disable)") for (int k = 0; k < ROWS; k++) {                            \
                chains[k] = chains[k] OP a[k * length + i];                                                                   \
                r[k * length + i] = chains[k];                                                                                \
            }                                                                                                                 \
        }                                                                                                                     \
    }
#define CUMULATE(NAME, T, OP)                                                                                                 \
    static void NAME(const T *a, T *r, size_t rows, size_t length) {                                                          \
        CUMULATE_ROWS(T, OP, 4)                                                                                               \
        CUMULATE_ROWS(T, OP, 1)                                                                                               \
    }
CUMULATE(cumulative_sum_f32, f32, +)
CUMULATE(cumulative_sum_f64, f64, +)
CUMULATE(cumulative_sum_u64, u64, +)
CUMULATE(cumulative_product_f32, f32, *)
CUMULATE(cumulative_product_f64, f64, *)
CUMULATE(cumulative_product_u64, u64, *)

bool imjoy_cumulate(
    imjoy_operation operation, imjoy_type type, const void *a, void *target, size_t rows, size_t length) {
    if (length == 0) return true;
#define CUMULATE_CASES(NAME)                                                                                                  \
    switch (type) {                                                                                                           \
    case IMJOY_FLOAT32: NAME##_f32(a, target, rows, length); return true;                                                     \
    case IMJOY_FLOAT64: NAME##_f64(a, target, rows, length); return true;                                                     \
    case IMJOY_INT64:                                                                                                         \
    case IMJOY_UINT64: NAME##_u64(a, target, rows, length); return true;                                                      \
    default: return false;                                                                                                    \
    }
    if (operation == IMJOY_ADD) CUMULATE_CASES(cumulative_sum)
    if (operation == IMJOY_MULTIPLY) CUMULATE_CASES(cumulative_product)
    return false;
}
