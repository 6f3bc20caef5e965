// Products of matrices: of integers, for which there is no library, and of small and narrow ones and vectors, for which it costs more
// than the product.
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
// As whole numbers they would be multiplied with a sign.
#define TIMES_16(T, x, y) ((T)((u32)(x) * (u32)(y)))
MATMUL(u16, PLUS, TIMES_16)
MATMUL(u32, PLUS, TIMES)
MATMUL(u64, PLUS, TIMES)
MATMUL(f32, PLUS, TIMES)
MATMUL(f64, PLUS, TIMES)
MATMUL(c64, COMPLEX_PLUS, COMPLEX_TIMES)
MATMUL(c128, COMPLEX_PLUS, COMPLEX_TIMES)

// Eight rows by two vectors of columns stay in registers while a block of the inner axis goes by. A block of b that does not lie in
// whole rows of two vectors is packed first.
enum { INNER_AT_ONCE = 128, ROWS_AT_ONCE = 8 };

#define TILE_ROWS(T, N, ROWS)                                                                                                 \
    for (; row + ROWS <= a->rows; row += ROWS) {                                                                              \
        VEC(T, N) sums[ROWS][2];                                                                                              \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) sums[i][0] = sums[i][1] = (VEC(T, N))(T)0;          \
        const T *factors = (const T *)a->start + (ptrdiff_t)row * a->row_step + (ptrdiff_t)done * a->column_step;             \
        const T *line = panel;                                                                                                \
        for (size_t k = 0; k < depth; k++) {                                                                                  \
            VEC(T, N) x = LOAD(T, N, line), y = LOAD(T, N, line + N);                                                         \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                               \
                VEC(T, N) factor = factors[(ptrdiff_t)i * a->row_step];                                                       \
                sums[i][0] += factor * x;                                                                                     \
                sums[i][1] += factor * y;                                                                                     \
            }                                                                                                                 \
            line += panel_step;                                                                                               \
            factors += a->column_step;                                                                                        \
        }                                                                                                                     \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                                   \
            T *place = target + (row + (size_t)i) * columns + first;                                                          \
            if (is_whole) {                                                                                                   \
                STORE(T, N, place, done > 0 ? LOAD(T, N, place) + sums[i][0] : sums[i][0]);                                   \
                STORE(T, N, place + N, done > 0 ? LOAD(T, N, place + N) + sums[i][1] : sums[i][1]);                           \
            } else {                                                                                                          \
                T ends[2 * N];                                                                                                \
                STORE(T, N, ends, sums[i][0]);                                                                                \
                STORE(T, N, ends + N, sums[i][1]);                                                                            \
                for (size_t j = 0; j < width; j++) place[j] = done > 0 ? (T)(place[j] + ends[j]) : ends[j];                   \
            }                                                                                                                 \
        }                                                                                                                     \
    }

#define TILED(T, N)                                                                                                           \
    CLONES static void tiled_##T(const imjoy_matrix *a, const imjoy_matrix *b, T *target) {                                   \
        _Pragma("clang fp contract(fast)");                                                                                   \
        size_t inner = a->columns, columns = b->columns;                                                                      \
        T packed[INNER_AT_ONCE * 2 * N];                                                                                      \
        /* Where b is read only once, it and a share the nearest cache. */                                                    \
        size_t at_once = columns <= 2 * N ? INNER_AT_ONCE / 2 : INNER_AT_ONCE;                                                \
        for (size_t first = 0; first < columns; first += 2 * N) {                                                             \
            size_t width = columns - first < 2 * N ? columns - first : 2 * N;                                                 \
            bool is_whole = width == 2 * N;                                                                                   \
            for (size_t done = 0; done < inner; done += at_once) {                                                            \
                size_t depth = inner - done < at_once ? inner - done : at_once;                                                 \
                const T *panel =                                                                                              \
                    (const T *)b->start + (ptrdiff_t)done * b->row_step + (ptrdiff_t)first * b->column_step;                  \
                ptrdiff_t panel_step = b->row_step;                                                                           \
                if (!is_whole || b->column_step != 1) {                                                                       \
                    for (size_t k = 0; k < depth; k++) {                                                                      \
                        for (size_t j = 0; j < width; j++) {                                                                  \
                            packed[k * 2 * N + j] = panel[(ptrdiff_t)k * panel_step + (ptrdiff_t)j * b->column_step];         \
                        }                                                                                                     \
                        memset(packed + k * 2 * N + width, 0, (2 * N - width) * sizeof(T));                                   \
                    }                                                                                                         \
                    panel = packed;                                                                                           \
                    panel_step = 2 * N;                                                                                       \
                }                                                                                                             \
                size_t row = 0;                                                                                               \
                TILE_ROWS(T, N, ROWS_AT_ONCE)                                                                                 \
                TILE_ROWS(T, N, 1)                                                                                            \
            }                                                                                                                 \
        }                                                                                                                     \
    }
TILED(u16, 32)
TILED(u32, 16)
TILED(u64, 8)
TILED(f32, 16)
TILED(f64, 8)

// Many products of matrices so small that everything around them would cost more.
#define TINY(T, ADD, MULTIPLY)                                                                                                \
    static void tiny_##T(const imjoy_matrix *a, const imjoy_matrix *b, T *target) {                                           \
        size_t inner = a->columns, columns = b->columns;                                                                      \
        for (size_t i = 0; i < a->rows; i++) {                                                                                \
            const T *x = (const T *)a->start + (ptrdiff_t)i * a->row_step;                                                    \
            for (size_t j = 0; j < columns; j++) {                                                                            \
                const T *y = (const T *)b->start + (ptrdiff_t)j * b->column_step;                                             \
                T sum = MULTIPLY(T, x[0], y[0]);                                                                              \
                for (size_t k = 1; k < inner; k++) {                                                                          \
                    T term = MULTIPLY(T, x[(ptrdiff_t)k * a->column_step], y[(ptrdiff_t)k * b->row_step]);                    \
                    sum = ADD(T, sum, term);                                                                                  \
                }                                                                                                             \
                target[i * columns + j] = sum;                                                                                \
            }                                                                                                                 \
        }                                                                                                                     \
    }
TINY(f32, PLUS, TIMES)
TINY(f64, PLUS, TIMES)
static bool is_tiny(const imjoy_matrix *a, const imjoy_matrix *b) {
    return a->rows <= 4 && b->columns <= 4 && a->columns <= 4 && a->columns > 0;
}

// Matrices with fewer rows or columns than this do not fill the registers.
static bool fills_tiles(const imjoy_matrix *a, const imjoy_matrix *b) { return a->rows >= 4 && a->columns > 0 && b->columns >= 8; }
#define MATMUL_OR_TILES(T) (fills_tiles(a, b) ? tiled_##T(a, b, target) : matmul_##T(a, b, target))

// A matrix with its rows in one piece, times a vector: the products of four rows at once, so that the vector is read less often. The
// lanes of each row are its chains of sums, which are added up before they are long, as in a sum of many numbers.
enum { PRODUCTS_AT_ONCE = 8192 };
#define ROW_PRODUCTS(T, N, ROWS)                                                                                              \
    for (; row + ROWS <= rows; row += ROWS, a += ROWS * step) {                                                               \
        T totals[ROWS] = {0};                                                                                                 \
        for (size_t first = 0; first < columns; first += PRODUCTS_AT_ONCE) {                                                  \
            size_t end = columns - first < PRODUCTS_AT_ONCE ? columns : first + PRODUCTS_AT_ONCE, j = first;                  \
            VEC(T, N) sums[ROWS][2];                                                                                          \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) sums[i][0] = sums[i][1] = (VEC(T, N))(T)0;      \
            for (; j + 2 * N <= end; j += 2 * N) {                                                                            \
                VEC(T, N) x = LOAD(T, N, b + j), y = LOAD(T, N, b + j + N);                                                   \
                _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                           \
                    sums[i][0] += LOAD(T, N, a + i * step + (ptrdiff_t)j) * x;                                                \
                    sums[i][1] += LOAD(T, N, a + i * step + (ptrdiff_t)j + N) * y;                                            \
                }                                                                                                             \
            }                                                                                                                 \
            for (; j < end; j += N) {                                                                                         \
                size_t left = end - j < N ? end - j : N;                                                                      \
                VEC(T, N) x = (T)0;                                                                                           \
                LOAD_TAIL(T, N, x, b + j, left);                                                                              \
                _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                           \
                    VEC(T, N) y = (T)0;                                                                                       \
                    LOAD_TAIL(T, N, y, a + i * step + (ptrdiff_t)j, left);                                                    \
                    sums[i][0] += x * y;                                                                                      \
                }                                                                                                             \
            }                                                                                                                 \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < ROWS; i++) {                                               \
                VEC(T, N) sum = sums[i][0] + sums[i][1];                                                                      \
                T total = (T)0;                                                                                               \
                for (int lane = 0; lane < N / 2; lane++) total += sum[lane] + sum[lane + N / 2];                              \
                totals[i] += total;                                                                                           \
            }                                                                                                                 \
        }                                                                                                                     \
        memcpy(target + row, totals, sizeof(totals));                                                                         \
    }
#define MATVEC(T, N)                                                                                                          \
    CLONES static void matvec_##T(const T *a, ptrdiff_t step, const T *b, T *target, size_t rows, size_t columns) {           \
        _Pragma("clang fp contract(fast)");                                                                                   \
        size_t row = 0;                                                                                                       \
        ROW_PRODUCTS(T, N, 4)                                                                                                 \
        ROW_PRODUCTS(T, N, 1)                                                                                                 \
    }
MATVEC(f32, 16)
MATVEC(f64, 8)

bool imjoy_matvec(imjoy_type type, const imjoy_matrix *a, const void *b, void *target) {
    if (a->column_step != 1) return false;
    switch (type) {
    case IMJOY_FLOAT32: matvec_f32(a->start, a->row_step, b, target, a->rows, a->columns); return true;
    case IMJOY_FLOAT64: matvec_f64(a->start, a->row_step, b, target, a->rows, a->columns); return true;
    default: return false;
    }
}

void imjoy_matmul(imjoy_type type, const imjoy_matrix *a, const imjoy_matrix *b, void *target) {
    switch (type) {
    // Signed numbers wrap as unsigned ones do.
    case IMJOY_BOOL:
    case IMJOY_INT8:
    case IMJOY_UINT8: matmul_u8(a, b, target); break;
    case IMJOY_INT16:
    case IMJOY_UINT16: MATMUL_OR_TILES(u16); break;
    case IMJOY_INT32:
    case IMJOY_UINT32: MATMUL_OR_TILES(u32); break;
    case IMJOY_INT64:
    case IMJOY_UINT64: MATMUL_OR_TILES(u64); break;
    case IMJOY_FLOAT32: is_tiny(a, b) ? tiny_f32(a, b, target) : MATMUL_OR_TILES(f32); break;
    case IMJOY_FLOAT64: is_tiny(a, b) ? tiny_f64(a, b, target) : MATMUL_OR_TILES(f64); break;
    case IMJOY_COMPLEX64: matmul_c64(a, b, target); break;
    case IMJOY_COMPLEX128: matmul_c128(a, b, target); break;
    case IMJOY_FLOAT16: break;
    }
}
