// Products of matrices: of integers, for which there is no library, and of small ones, for which a call of it costs too much.
#include "vectors.h"

#pragma clang fp contract(off)

// Columns of a row of sums that stay in the nearest cache.
enum { COLUMNS_AT_ONCE = 1024 };

#define PLUS(T, x, y) ((T)((x) + (y)))
#define TIMES(T, x, y) ((T)((x) * (y)))

// Rows of b are added up four at a time, each times one number of a: the inner loop runs along memory, and becomes vectors where b
// has its rows in one piece. STEP is that of its columns, known to be 1 in the first of two calls.
#define ADD_ROWS(T, ADD, MULTIPLY, STEP)                                                                                      \
    for (; k + 4 <= inner; k += 4) {                                                                                          \
        const T *f = factors + (ptrdiff_t)k * a->column_step, *x = start + (ptrdiff_t)k * b->row_step;                        \
        const T p = f[0], q = f[a->column_step], r = f[2 * a->column_step], s = f[3 * a->column_step];                        \
        const T *y = x + b->row_step, *z = y + b->row_step, *w = z + b->row_step;                                             \
        for (size_t j = 0; j < width; j++) {                                                                                  \
            ptrdiff_t at = (ptrdiff_t)j * (STEP);                                                                             \
            T xp = MULTIPLY(T, x[at], p), yq = MULTIPLY(T, y[at], q), zr = MULTIPLY(T, z[at], r), ws = MULTIPLY(T, w[at], s); \
            T low = ADD(T, xp, yq), high = ADD(T, zr, ws), term = ADD(T, low, high);                                          \
            sums[j] = ADD(T, sums[j], term);                                                                                  \
        }                                                                                                                     \
    }                                                                                                                         \
    for (; k < inner; k++) {                                                                                                  \
        const T p = factors[(ptrdiff_t)k * a->column_step], *x = start + (ptrdiff_t)k * b->row_step;                          \
        for (size_t j = 0; j < width; j++) {                                                                                  \
            T term = MULTIPLY(T, x[(ptrdiff_t)j * (STEP)], p);                                                                \
            sums[j] = ADD(T, sums[j], term);                                                                                  \
        }                                                                                                                     \
    }

#define MATMUL(T, ADD, MULTIPLY)                                                                                              \
    CLONES static void matmul_##T(const imjoy_matrix *a, const imjoy_matrix *b, void *target) {                               \
        size_t inner = a->columns, columns = b->columns;                                                                      \
        for (size_t first = 0; first < columns; first += COLUMNS_AT_ONCE) {                                                   \
            size_t width = columns - first < COLUMNS_AT_ONCE ? columns - first : COLUMNS_AT_ONCE;                             \
            const T *start = (const T *)b->start + (ptrdiff_t)first * b->column_step;                                         \
            for (size_t row = 0; row < a->rows; row++) {                                                                      \
                T *restrict sums = (T *)target + row * columns + first;                                                       \
                const T *factors = (const T *)a->start + (ptrdiff_t)row * a->row_step;                                        \
                size_t k = 0;                                                                                                 \
                memset(sums, 0, width * sizeof(T));                                                                           \
                if (b->column_step == 1) {                                                                                    \
                    ADD_ROWS(T, ADD, MULTIPLY, 1)                                                                             \
                } else {                                                                                                      \
                    ADD_ROWS(T, ADD, MULTIPLY, b->column_step)                                                                \
                }                                                                                                             \
            }                                                                                                                 \
        }                                                                                                                     \
    }
MATMUL(u8, PLUS, TIMES)
MATMUL(u16, PLUS, TIMES)
MATMUL(u32, PLUS, TIMES)
MATMUL(u64, PLUS, TIMES)
MATMUL(f32, PLUS, TIMES)
MATMUL(f64, PLUS, TIMES)
MATMUL(c64, COMPLEX_PLUS, COMPLEX_TIMES)
MATMUL(c128, COMPLEX_PLUS, COMPLEX_TIMES)

void imjoy_matmul(imjoy_type type, const imjoy_matrix *a, const imjoy_matrix *b, void *target) {
    switch (type) {
    // Signed numbers wrap as unsigned ones do.
    case IMJOY_BOOL:
    case IMJOY_INT8:
    case IMJOY_UINT8: matmul_u8(a, b, target); break;
    case IMJOY_INT16:
    case IMJOY_UINT16: matmul_u16(a, b, target); break;
    case IMJOY_INT32:
    case IMJOY_UINT32: matmul_u32(a, b, target); break;
    case IMJOY_INT64:
    case IMJOY_UINT64: matmul_u64(a, b, target); break;
    case IMJOY_FLOAT32: matmul_f32(a, b, target); break;
    case IMJOY_FLOAT64: matmul_f64(a, b, target); break;
    case IMJOY_COMPLEX64: matmul_c64(a, b, target); break;
    case IMJOY_COMPLEX128: matmul_c128(a, b, target); break;
    case IMJOY_FLOAT16: break;
    }
}
