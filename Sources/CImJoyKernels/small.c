// Equations of at most eight unknowns: calling a library takes longer than solving them.
#include "vectors.h"
#include <math.h>

#pragma clang fp contract(off)

enum { MOST_UNKNOWNS = 8 };

// Gaussian elimination, each time with the largest pivot of its column, or with NaN, which then spreads; and then the unknowns from the
// last to the first.
#define SOLVE_SMALL(T, MAGNITUDE)                                                                                             \
    static size_t solve_small_##T(const imjoy_matrix *a, T *restrict b, size_t columns) {                                     \
        T rows[MOST_UNKNOWNS][MOST_UNKNOWNS];                                                                                 \
        size_t n = a->rows;                                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                                                      \
            const T *row = (const T *)a->start + (ptrdiff_t)i * a->row_step;                                                  \
            for (size_t j = 0; j < n; j++) rows[i][j] = row[(ptrdiff_t)j * a->column_step];                                   \
        }                                                                                                                     \
        for (size_t k = 0; k < n; k++) {                                                                                      \
            size_t largest = k;                                                                                               \
            for (size_t i = k + 1; i < n; i++) {                                                                              \
                bool is_number = rows[largest][k] == rows[largest][k];                                                        \
                if (is_number && !(MAGNITUDE(rows[i][k]) <= MAGNITUDE(rows[largest][k]))) largest = i;                        \
            }                                                                                                                 \
            if (rows[largest][k] == 0) return k + 1;                                                                          \
            if (largest != k) {                                                                                               \
                for (size_t j = k; j < n; j++) {                                                                              \
                    T kept = rows[k][j];                                                                                      \
                    rows[k][j] = rows[largest][j], rows[largest][j] = kept;                                                   \
                }                                                                                                             \
                for (size_t j = 0; j < columns; j++) {                                                                        \
                    T kept = b[k * columns + j];                                                                              \
                    b[k * columns + j] = b[largest * columns + j], b[largest * columns + j] = kept;                           \
                }                                                                                                             \
            }                                                                                                                 \
            const T *pivots = b + k * columns;                                                                                \
            for (size_t i = k + 1; i < n; i++) {                                                                              \
                T factor = rows[i][k] / rows[k][k], *side = b + i * columns;                                                  \
                for (size_t j = k + 1; j < n; j++) rows[i][j] -= factor * rows[k][j];                                         \
                for (size_t j = 0; j < columns; j++) side[j] -= factor * pivots[j];                                           \
            }                                                                                                                 \
        }                                                                                                                     \
        for (size_t k = n; k-- > 0;) {                                                                                        \
            T *found = b + k * columns, pivot = rows[k][k];                                                                   \
            for (size_t j = 0; j < columns; j++) found[j] /= pivot;                                                           \
            for (size_t i = 0; i < k; i++) {                                                                                  \
                T factor = rows[i][k], *side = b + i * columns;                                                               \
                for (size_t j = 0; j < columns; j++) side[j] -= factor * found[j];                                            \
            }                                                                                                                 \
        }                                                                                                                     \
        return 0;                                                                                                             \
    }
SOLVE_SMALL(f32, fabsf)
SOLVE_SMALL(f64, fabs)

size_t imjoy_solve_small(imjoy_type type, const imjoy_matrix *a, void *b, size_t columns) {
    return type == IMJOY_FLOAT32 ? solve_small_f32(a, b, columns) : solve_small_f64(a, b, columns);
}
