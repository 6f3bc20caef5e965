// The innermost loops of ImJoyCore, for every x86-64 level from SSE2 to AVX-512. See Documentation/Decisions/0009-c-kernels.md.
//
// A kernel works on one run of elements, knows no shapes, takes no memory and keeps no state. It is found by operation and
// element type. Half precision is widened to single precision by the caller, run by run; where an operation has no meaning for a
// type, the finder returns NULL.
//
// A target may be one of the operands. Other overlaps are not allowed. Pointers need no alignment beyond the element's.
#ifndef CIMJOY_KERNELS_H
#define CIMJOY_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Element types, numbered as the cases of `DType`.
typedef enum imjoy_type {
    IMJOY_BOOL,
    IMJOY_INT8,
    IMJOY_INT16,
    IMJOY_INT32,
    IMJOY_INT64,
    IMJOY_UINT8,
    IMJOY_UINT16,
    IMJOY_UINT32,
    IMJOY_UINT64,
    IMJOY_FLOAT16,
    IMJOY_FLOAT32,
    IMJOY_FLOAT64,
    IMJOY_COMPLEX64,
    IMJOY_COMPLEX128,
} imjoy_type;

/// Which operand of a binary kernel is a single element instead of a run.
typedef enum imjoy_form {
    IMJOY_BOTH_RUNS,
    IMJOY_RIGHT_SINGLE,
    IMJOY_LEFT_SINGLE,
} imjoy_form;

typedef void (*imjoy_binary_kernel)(const void *a, const void *b, void *target, size_t count);
typedef void (*imjoy_unary_kernel)(const void *a, void *target, size_t count);

/// Operations whose result has the type of the operands. Integers wrap; NaN wins in minimum and maximum; division by zero
/// gives zero for integers; a shift by the width or more leaves nothing but the sign.
typedef enum imjoy_operation {
    IMJOY_ADD,
    IMJOY_SUBTRACT,
    IMJOY_MULTIPLY,
    IMJOY_DIVIDE,
    IMJOY_MINIMUM,
    IMJOY_MAXIMUM,
    IMJOY_FLOOR_DIVIDE,
    IMJOY_FLOOR_REMAINDER,
    IMJOY_TRUNCATED_REMAINDER,
    IMJOY_BIT_AND,
    IMJOY_BIT_OR,
    IMJOY_BIT_XOR,
    IMJOY_SHIFT_LEFT,
    IMJOY_SHIFT_RIGHT,
    /// Of integers: what does not fit becomes the nearest number that does.
    IMJOY_ADD_CLAMPED,
    IMJOY_SUBTRACT_CLAMPED,
} imjoy_operation;

/// Comparisons; the target holds bytes of 0 and 1.
typedef enum imjoy_comparison {
    IMJOY_LESS,
    IMJOY_LESS_EQUAL,
    IMJOY_GREATER,
    IMJOY_GREATER_EQUAL,
    IMJOY_EQUAL,
    IMJOY_NOT_EQUAL,
} imjoy_comparison;

/// Functions of one element whose result has its type.
typedef enum imjoy_function {
    IMJOY_NEGATE,
    IMJOY_MAGNITUDE,
    IMJOY_SQUARE,
    IMJOY_SIGN,
    IMJOY_BIT_NOT,
    IMJOY_SQRT,
    IMJOY_RECIPROCAL,
    IMJOY_FLOOR,
    IMJOY_CEIL,
    IMJOY_ROUND_EVEN,
    IMJOY_TRUNC,
} imjoy_function;

imjoy_binary_kernel _Nullable imjoy_find_operation(imjoy_operation operation, imjoy_type type, imjoy_form form);
/// The same with results that go past the caches, for the four operations on floats; the target must not be an operand.
/// Not ordered with other stores until `imjoy_stream_end`.
imjoy_binary_kernel _Nullable imjoy_find_streamed_operation(imjoy_operation operation, imjoy_type type, imjoy_form form);
/// `target[i] = a[i] * b[i] + c[i]`, rounded twice; past the caches when `streams`. Only for single and double precision; false for
/// other types.
bool imjoy_multiply_add(
    imjoy_type type, const void *a, const void *b, const void *c, void *target, size_t count, bool streams);
imjoy_binary_kernel _Nullable imjoy_find_comparison(imjoy_comparison comparison, imjoy_type type, imjoy_form form);
imjoy_unary_kernel _Nullable imjoy_find_function(imjoy_function function, imjoy_type type);

/// Conversions. `wraps` says what integers do that do not fit: their low bits remain, or they are clamped. Floats are cut off
/// towards zero, and clamped or wrapped too; infinity is clamped, and NaN becomes zero. Complex numbers become complex or bool.
imjoy_unary_kernel _Nullable imjoy_find_cast(imjoy_type source, imjoy_type target, bool wraps);

/// `target[i]` is `a[i] * scale + offset` in single precision, rounded to the nearest whole number (halves to even) and clamped; NaN
/// becomes zero. For integers of up to 16 bits and single precision to integers of up to 16 bits; false for other types.
bool imjoy_scaled_cast(
    const void *a, imjoy_type source, void *target, imjoy_type result, size_t count, float scale, float offset);

/// Sums (`IMJOY_ADD`) or products (`IMJOY_MULTIPLY`) up to and with each element of `rows` rows that lie one after another. Only for
/// 64-bit integers, which wrap, and for single and double precision; false for other types. The target may be the source.
bool imjoy_cumulate(
    imjoy_operation operation, imjoy_type type, const void *a, void *target, size_t rows, size_t length);

/// `target[i] = mask[i] ? a[i] : b[i]` for elements of 1, 2, 4, 8 or 16 bytes; steps are in elements and may be 0.
void imjoy_select(
    const uint8_t *mask, const void *a, ptrdiff_t a_step, const void *b, ptrdiff_t b_step, void *target, size_t count,
    size_t size);

/// Gathers elements of 1, 2, 4, 8 or 16 bytes that lie `step` elements apart, or scatters them so.
void imjoy_gather(const void *source, ptrdiff_t step, void *target, size_t count, size_t size);
void imjoy_scatter(const void *source, void *target, ptrdiff_t step, size_t count, size_t size);

/// `target[i] = source[places[i]]` for elements of 1, 2, 4, 8 or 16 bytes; negative places count from the end of the `length` elements.
/// Returns `count`, or the number of the first place that is outside; then not all of the target is written.
size_t imjoy_take(const void *source, size_t length, const int64_t *places, void *target, size_t count, size_t size);

/// Copies `count` elements of a row to other places in it, one after another.
void imjoy_repeat(void *row, const ptrdiff_t *from, const ptrdiff_t *to, size_t count, size_t size);

/// The sums of `count` columns over `rows` rows, 64 at most, that lie `row_step` elements apart. Only for
/// single and double precision; false for other types.
bool imjoy_sum_rows(
    imjoy_type type, const void *a, ptrdiff_t row_step, size_t rows, size_t count, void *target);

/// Copies past the caches: for targets larger than they are. Not ordered with other stores until `imjoy_stream_end`.
void imjoy_stream_copy(void *target, const void *source, size_t bytes);
void imjoy_stream_end(void);

/// Copies the elements of `source` that `mask` selects, one after another, and returns their number. Up to 64 bytes behind
/// the last one may be written, never behind `count` elements.
size_t imjoy_compress(const uint8_t *mask, const void *source, void *target, size_t count, size_t size);
/// The number of bytes that are not zero.
size_t imjoy_count_true(const uint8_t *mask, size_t count);

/// Copies a block of `rows` x `columns` elements of 1, 2, 4, 8 or 16 bytes, turned over: row steps are in elements.
void imjoy_transpose(
    const void *source, ptrdiff_t source_step, void *target, ptrdiff_t target_step, size_t rows, size_t columns, size_t size);

/// Reverses the bytes of each element of 2, 4 or 8 bytes.
void imjoy_swap_bytes(const void *source, void *target, size_t count, size_t size);

/// What a run becomes.
typedef enum imjoy_fold {
    /// Floats are added pairwise; integers wrap in 64 bits.
    IMJOY_FOLD_SUM,
    IMJOY_FOLD_PRODUCT,
    /// NaN when there is one.
    IMJOY_FOLD_MINIMUM,
    IMJOY_FOLD_MAXIMUM,
    /// The sum of squared distances from the double that `parameter` points to, in double precision.
    IMJOY_FOLD_SQUARED_DISTANCES,
} imjoy_fold;

/// Folds a run that is not empty into one element.
typedef void (*imjoy_fold_kernel)(const void *a, size_t count, const void *_Nullable parameter, void *result);

/// Sums and products give `float64`, 64-bit integers for integers, or the float or complex type itself; extremes the type itself.
imjoy_fold_kernel _Nullable imjoy_find_fold(imjoy_fold fold, imjoy_type type, imjoy_type result);

/// The smallest and the largest element of a run that is not empty, and whether there is a NaN, which is neither. Not for bool, half
/// precision and complex numbers; false for those.
bool imjoy_find_extremes(const void *a, imjoy_type type, size_t count, void *least, void *most, bool *has_nan);

/// The index of the first smallest or largest element, or of the first NaN; `count` must not be 0. False for half precision and
/// complex numbers, with nothing done.
bool imjoy_find_extreme(const void *a, imjoy_type type, size_t count, bool largest, size_t *index);

/// Adds the numbers of bytes or 16-bit elements that fall on each value: `counts` has 256 or 65536 places.
void imjoy_histogram_8(const uint8_t *a, size_t count, uint64_t *counts);
void imjoy_histogram_16(const uint16_t *a, size_t count, uint64_t *counts);

/// How many integers lie in each of `bins` bins that are 2^shift wide, the first of them from `first` on; the last includes its upper
/// end. `counts` has 2 * bins zeros, and a bin's count is the sum of numbers i and bins + i. For at most 32 bits; false for others.
bool imjoy_histogram_shifted(
    const void *a, imjoy_type type, size_t count, int64_t first, unsigned shift, size_t bins, int64_t *counts);

/// `places[i] = place` and `best[i] = row[i]` where a row beats the best so far, or is the first NaN. False as above.
bool imjoy_update_places(
    const void *row, imjoy_type type, size_t count, bool largest, void *best, int64_t *places, int64_t place);

/// Moves what lies outside two bounds to the nearer one: `bounds` holds the lower and the upper. NaN stays.
imjoy_binary_kernel _Nullable imjoy_find_clip(imjoy_type type);

/// Functions of one float that are right to 2 units in the last place. The last ones call the C library for each element.
typedef enum imjoy_transcendental {
    IMJOY_EXP,
    IMJOY_LOG,
    IMJOY_SIN,
    IMJOY_COS,
    IMJOY_TANH,
    IMJOY_DEGREES,
    IMJOY_RADIANS,
    IMJOY_CBRT,
    IMJOY_EXP2,
    IMJOY_EXPM1,
    IMJOY_LOG2,
    IMJOY_LOG10,
    IMJOY_LOG1P,
    IMJOY_TAN,
    IMJOY_SINH,
    IMJOY_COSH,
    IMJOY_ASIN,
    IMJOY_ACOS,
    IMJOY_ATAN,
    IMJOY_ASINH,
    IMJOY_ACOSH,
    IMJOY_ATANH,
    IMJOY_SINC,
} imjoy_transcendental;
imjoy_unary_kernel _Nullable imjoy_find_transcendental(imjoy_transcendental function, imjoy_type type);

/// Operations on two floats, named as in C and NumPy.
typedef enum imjoy_float_operation {
    IMJOY_POWER,
    IMJOY_HYPOT,
    IMJOY_ATAN2,
    IMJOY_LOGADDEXP,
    IMJOY_LOGADDEXP2,
    IMJOY_COPYSIGN,
    IMJOY_HEAVISIDE,
    IMJOY_FMIN,
    IMJOY_FMAX,
    IMJOY_NEXTAFTER,
} imjoy_float_operation;
imjoy_binary_kernel _Nullable imjoy_find_float_operation(
    imjoy_float_operation operation, imjoy_type type, imjoy_form form);

/// A matrix anywhere in memory; steps are in elements.
typedef struct imjoy_matrix {
    const void *start;
    size_t rows, columns;
    ptrdiff_t row_step, column_step;
} imjoy_matrix;

/// The product of a matrix and a vector that lies in one piece. Only for single and double precision and matrices whose rows lie in one
/// piece; false for others.
bool imjoy_matvec(imjoy_type type, const imjoy_matrix *a, const void *b, void *target);

/// The product of two matrices, in row-major order; integers wrap. Not for half precision.
void imjoy_matmul(imjoy_type type, const imjoy_matrix *a, const imjoy_matrix *b, void *target);

/// `target[i]` becomes the sum over all rows of `rows[k][i] * weights[k]`. `symmetry` is 1 for an odd number of weights that are the same
/// on both sides of the middle, -1 when those on one side are the negative ones of the other, else 0. Only for single and double
/// precision.
void imjoy_weighted_sum(
    imjoy_type type, const void *_Nonnull const *_Nonnull rows, const void *weights, size_t taps, int symmetry, void *target,
    size_t count);

/// `target[i]` becomes the sum over all rows, at least one, of `rows[k][i]`, divided by `divisor`. Only for single and double precision.
void imjoy_mean_of_rows(
    imjoy_type type, const void *_Nonnull const *_Nonnull rows, size_t taps, double divisor, void *target, size_t count);

/// Solves a x = b for at most eight unknowns; `b`, whose rows of `columns` numbers lie one after the other, becomes x. Zero, or the step
/// (from 1) at which there was no pivot. Only for single and double precision.
size_t imjoy_solve_small(imjoy_type type, const imjoy_matrix *a, void *b, size_t columns);

// Rows of resampled arrays. Only for single and double precision.

/// `target[i]` becomes the sum over all taps t of `row[places[t * count + i]] * weights[t * count + i]`.
void imjoy_weighted_gather(
    imjoy_type type, const void *row, const int32_t *places, const void *weights, size_t taps, void *target, size_t count);

/// `left[i]` and `right[i]` become the elements of the row at `first[i]` and `second[i]`. Seven elements behind the last of them are
/// readable.
void imjoy_gather_pairs(
    const double *row, const int32_t *first, const int32_t *second, double *left, double *right, size_t count);

/// Weighted sums of the left and right neighbours in two rows: `down` are the weights of the rows, `left` and `right` those of the columns.
void imjoy_blend_rows(
    const double *upper_left, const double *upper_right, const double *lower_left, const double *lower_right,
    const double *down, const double *left, const double *right, double *target, size_t count);

/// The same of bytes with weights that are not negative and add up to 1 or less along each axis, rounded to bytes.
void imjoy_blend_rows_8(
    const double *upper_left, const double *upper_right, const double *lower_left, const double *lower_right,
    const double *down, const double *left, const double *right, uint8_t *target, size_t count);

/// The means of neighbouring pairs: `target[i]` is that of `row[2 * i]` and `row[2 * i + 1]`.
void imjoy_mean_pairs(imjoy_type type, const void *row, void *target, size_t count);

/// The same of two rows, and the means of both.
void imjoy_mean_quads(imjoy_type type, const void *upper, const void *lower, void *target, size_t count);

/// Moves numbers by a half away from zero, so that they are rounded when they are cut off.
void imjoy_add_half(imjoy_type type, void *row, size_t count);

/// The index of the first number that is all but in the middle of two whole ones; `count` when there is none.
size_t imjoy_find_half(imjoy_type type, const void *row, size_t count);

/// Values of a plane whose rows of `width` elements lie one after another, on straight lines between its elements, at the points
/// (y + k * down, x + k * right) for k from `first` on. Each lies inside, and before the last row and column; the plane has fewer
/// elements than 32 bits count.
void imjoy_affine_row(
    const float *source, size_t width, double y, double down, double x, double right, size_t first, float *target,
    size_t count);

/// `target[i]` becomes the smallest or largest of `rows[k][i]` over all `height` rows, at least one; NaN wins. The target overlaps no
/// row. False for bool, half precision and complex numbers, with nothing done.
bool imjoy_extreme_of_rows(
    imjoy_type type, bool largest, const void *_Nonnull const *_Nonnull rows, size_t height, void *target, size_t count);

// Labels. A line of a mask is words of 64 bits; its runs are numbered from the first line on.

/// Bit b of word w becomes whether element 64 w + b is true; the last word is filled with zeros.
void imjoy_mask_bits(const uint8_t *mask, size_t count, uint64_t *words);

/// How many runs begin before each word, from `first` on, and in the whole line. A run is a row of set bits, or each bit when neighbours
/// are not `joined`.
size_t imjoy_run_ranks(const uint64_t *words, size_t count, bool joined, uint32_t first, uint32_t *ranks);

/// Joins the runs of two lines that touch: `neighbours` says whether a bit touches the one before (1), beside (2) and behind (4) it in the
/// other line. `parents` leads from each run to one with a smaller number that it belongs to, or to itself.
void imjoy_join_lines(
    const uint64_t *own, const uint32_t *own_ranks, const uint64_t *other, const uint32_t *other_ranks, size_t count, bool joined,
    int neighbours, uint32_t *parents);

/// Writes the label of its run for each set bit and 0 for the others, for `count` elements. That of run r is `labels[r + 1]`.
void imjoy_write_labels(
    const uint64_t *words, const uint32_t *ranks, const int32_t *labels, size_t count, bool joined, int32_t *target);

/// `target[i]` becomes the least of `source[i + k * step] + k * k` over all k; `count` is a multiple of 16. The source is readable for
/// `limit` steps before and behind. False, with the target half written, when neighbours further away would have to be asked.
bool imjoy_spread_squares(const float *source, size_t count, size_t step, size_t limit, float *target);

/// Square roots in double precision.
void imjoy_roots_of_squares(const float *squares, double *target, size_t count);

/// Adds how often each byte is there to 256 `counts`; `tables` is room for two times 65536 numbers.
void imjoy_count_byte_pairs(const uint8_t *a, size_t count, uint32_t *tables, uint64_t *counts);

// Enhancement: loops over rows in single or double precision, `type` is `IMJOY_FLOAT32` or `IMJOY_FLOAT64`.

/// Every element plus its difference from a smoother one, times `amount`; between two bounds if it clips.
void imjoy_sharpen(
    imjoy_type type, const void *source, const void *smooth, double amount, bool clips, double lower, double upper, void *target,
    size_t count);

/// How steep the middle of three rows is, from 3 x 3 neighbours with the weights `side`, `middle`, `side` across each slope. The rows begin
/// one element before the first result and end one behind the last.
void imjoy_edge_magnitude(
    imjoy_type type, const void *above, const void *row, const void *below, double side, double middle, double scale, void *target,
    size_t count);

/// The least of each element of the target and of `taps` elements of the line, the first of them in the same place, each plus its rise.
/// With `mirrored`, rises are also those of the places counted from the end of `span`.
void imjoy_ball_minimum(
    imjoy_type type, const void *line, const void *rises, size_t taps, size_t span, bool mirrored, void *target, size_t count);

/// Adds one neighbour of a row of pixels to their sums, weighted by `nearness` and a table for the distance of the colours.
void imjoy_bilateral_row(
    imjoy_type type, const void *_Nonnull const *_Nonnull centres, const void *_Nonnull const *_Nonnull neighbours, size_t channels,
    double nearness, double bins_per_unit, const void *table, int32_t last, void *_Nonnull const *_Nonnull sums, void *weights,
    size_t count);

/// About exp(-x) of the sums of `taps` neighbouring distances, times `scale`; zero beyond 5.
void imjoy_patch_weights(const double *distances, size_t taps, double scale, double *weights, size_t count);

/// The source plus the divergence of the dual arrays; returns the sum of the squares of the latter.
double imjoy_variation_diverge(
    imjoy_type type, const void *source, const void *_Nonnull const *_Nonnull duals, const size_t *steps, size_t axes, void *target,
    size_t count);

/// Moves the dual arrays against the slopes of the image and back into the unit ball; returns the sum of the slopes. If the row `ends`, its
/// last element has no next one along the last axis.
double imjoy_variation_project(
    imjoy_type type, const void *image, const void *_Nonnull const *_Nonnull nexts, void *_Nonnull const *_Nonnull duals,
    size_t axes, double step, double weight, bool ends, size_t count);

/// Red, green and blue bytes to grey, with weights of 15 bits behind the point.
void imjoy_gray_8(const uint8_t *colours, uint8_t *target, size_t count);

/// Sorts natural numbers of 4 or 8 bytes; false, and nothing is done, where the processor has no vectors for that. `scratch` is as long.
/// What is still not sorted after `tries` halvings is sorted by a heap, so that no input takes long.
bool imjoy_sort_keys(void *keys, void *scratch, size_t count, size_t size, int tries);

/// What TIFF's predictor 2 stores of a row: each number less the one `step` places before; numbers of 1, 2, 4 or 8 bytes.
void imjoy_differences(const void *source, void *target, size_t count, size_t step, size_t size);

/// The row that `imjoy_differences` was given, in place. With a step of 3, the count is a multiple of it.
void imjoy_undo_differences(void *row, size_t count, size_t step, size_t size);

/// What predictor 3 stores of a row of floats of 2, 4 or 8 bytes: the differences of their bytes, all highest bytes first. `scratch` and
/// `target` take as many bytes as the row has.
void imjoy_float_planes(const void *source, void *scratch, void *target, size_t count, size_t step, size_t size);

/// The floats that `imjoy_float_planes` was given; `row` is spoilt.
void imjoy_undo_float_planes(void *row, void *target, size_t count, size_t step, size_t size);

// Windows of neighbours.

/// `target[i]` becomes the middle one of 9 or 25 `neighbours`, which are the elements `rows[k][i + j * step]` of 3 or 5 rows, or of 27,
/// which are 3 of each of 9 rows; NaN where there is one. False for other numbers of neighbours, steps above 4, and for bool, half
/// precision and complex numbers, with nothing done.
bool imjoy_median_of_box(
    imjoy_type type, const void *_Nonnull const *_Nonnull rows, size_t neighbours, size_t step, void *target, size_t count);

/// `target[i]` becomes the element with `place` smaller ones among `rows[k][i]` over all neighbours, NaN where there is one. `scratch` has
/// room for as many elements as there are neighbours. False for bool, half precision and complex numbers, with nothing done.
bool imjoy_select_rank(
    imjoy_type type, const void *_Nonnull const *_Nonnull rows, size_t neighbours, size_t place, void *scratch, void *target,
    size_t count);

/// The same for boxes of `height` rows of 16-bit integers, of less than 65536 neighbours: `width` of each row from `rows[k][i]` on, `step`
/// elements apart. `counts` are 65536 + 4096 + 256 zeros, and are again when this returns.
void imjoy_slide_rank_16(
    const void *_Nonnull const *_Nonnull rows, size_t height, size_t width, size_t step, size_t place, bool is_signed,
    uint16_t *counts, void *target, size_t count);

/// The most columns of a strip whose bytes are counted.
#define IMJOY_STRIP_COLUMNS 1024

/// Counts the bytes of a row that enters a window and of one that leaves it: `below` are 15 rows of how many bytes of each column are below
/// 16, 32 … 240, `each` 256 rows of how many have each value; the first `columns` of their `stride` are counted. All numbers have 16 bits
/// if they are `wide`, else 8. The rows of bytes are readable up to `stride`, which is a multiple of 64.
void imjoy_count_bytes(
    bool wide, const uint8_t *entering, const uint8_t *_Nullable leaving, void *below, void *each, size_t stride,
    size_t columns);

/// The byte with `place` smaller ones in the windows that begin in the first `count` columns and are `width` columns wide, `step` columns
/// apart. `first` is 0, or what the row before left there. `count` is a multiple of 64 and at most `IMJOY_STRIP_COLUMNS`, as `stride` is;
/// both tables are readable for `stride` numbers behind their ends.
void imjoy_rank_bytes(
    bool wide, const void *below, const void *each, size_t stride, size_t width, size_t step, size_t place, size_t *first,
    uint8_t *target, size_t count);

/// The processor level that the loader chose: 4 (AVX-512), 3 (AVX2) or 1.
int imjoy_kernel_level(void);

// Fourier transforms in single or double precision: `type` is `IMJOY_FLOAT32` or `IMJOY_FLOAT64`. Lines are transformed side by side,
// real and imaginary parts apart: element k of line l is at k * lanes + l.

/// One pass of Stockham's transforms, for the radices 2 to 5; false for others. `step` numbers are treated alike; the factors are
/// those of the outputs 1, 2… of each group.
bool imjoy_fft_pass(
    imjoy_type type, int radix, const void *re, const void *im, void *target_re, void *target_im, size_t step, size_t groups,
    const void *cosines, const void *sines);

/// Lines out of an array, whose lines lie `lane` numbers apart and their elements `step`: complex ones, or real ones where `im` is
/// NULL.
void imjoy_fft_load(
    imjoy_type type, const void *source, ptrdiff_t lane, ptrdiff_t step, size_t count, size_t lanes, void *re,
    void *_Nullable im);

/// Lines back into an array, times `scale`.
void imjoy_fft_store(
    imjoy_type type, const void *re, const void *_Nullable im, void *target, ptrdiff_t lane, ptrdiff_t step, size_t count,
    size_t lanes, double scale);

/// The `half_length + 1` first numbers of the transforms of real lines, from that of their even and odd numbers as real and imaginary
/// parts; `cosines` and `sines` are those of each part of a turn.
void imjoy_fft_real_spectrum(
    imjoy_type type, const void *re, const void *im, void *target_re, void *target_im, size_t half_length, size_t lanes,
    const void *cosines, const void *sines);

/// Element k of every line times the k-th factor; the target may be the source.
void imjoy_fft_multiply(
    imjoy_type type, const void *re, const void *im, void *target_re, void *target_im, size_t count, size_t lanes,
    const void *cosines, const void *sines);

#pragma clang assume_nonnull end

#endif
