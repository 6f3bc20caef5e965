// The inner loops of what makes images clearer: sharpening, edges, rolling balls, noise removal and grey from colours.
#include "vectors.h"

// Results are the same on every processor.
#pragma clang fp contract(off)

#define FLOATS(X) X(f32, 16) X(f64, 8)
#define DISPATCH(type, NAME, ...)                                                                                             \
    do {                                                                                                                      \
        if ((type) == IMJOY_FLOAT32) NAME##_f32(__VA_ARGS__);                                                                 \
        else NAME##_f64(__VA_ARGS__);                                                                                         \
    } while (0)

// What is left of a line that is no whole vector.
#define READ(T, N, name, p, left)                                                                                             \
    VEC(T, N) name = (T)0;                                                                                                    \
    if ((left) < N) LOAD_TAIL(T, N, name, p, left);                                                                           \
    else name = LOAD(T, N, p)
#define WRITE(T, N, p, v, left)                                                                                               \
    do {                                                                                                                      \
        if ((left) < N) STORE_TAIL(T, N, p, v, left);                                                                         \
        else STORE(T, N, p, v);                                                                                               \
    } while (0)

#define SHARPEN(T, N)                                                                                                         \
    CLONES static void sharpen_##T(                                                                                           \
        const T *source, const T *smooth, T amount, bool clips, T lower, T upper, T *target, size_t count) {                  \
        for (size_t at = 0; at < count; at += N) {                                                                            \
            size_t left = count - at;                                                                                         \
            READ(T, N, x, source + at, left);                                                                                 \
            READ(T, N, y, smooth + at, left);                                                                                 \
            VEC(T, N) sharp = x + (x - y) * amount;                                                                           \
            if (clips) {                                                                                                      \
                sharp = sharp < lower ? (VEC(T, N))lower : sharp;                                                             \
                sharp = sharp > upper ? (VEC(T, N))upper : sharp;                                                             \
            }                                                                                                                 \
            WRITE(T, N, target + at, sharp, left);                                                                            \
        }                                                                                                                     \
    }
FLOATS(SHARPEN)

void imjoy_sharpen(
    imjoy_type type, const void *source, const void *smooth, double amount, bool clips, double lower, double upper, void *target,
    size_t count) {
    if (type == IMJOY_FLOAT32)
        sharpen_f32(source, smooth, (f32)amount, clips, (f32)lower, (f32)upper, target, count);
    else sharpen_f64(source, smooth, amount, clips, lower, upper, target, count);
}

// Both slopes of a 3 x 3 neighbourhood in one go; the three rows begin one element before the first result.
#define EDGES(T, N)                                                                                                           \
    CLONES static void edges_##T(                                                                                             \
        const T *a, const T *b, const T *c, T side, T middle, T scale, T *target, size_t count) {                             \
        for (size_t at = 0; at < count; at += N) {                                                                            \
            size_t left = count - at;                                                                                         \
            READ(T, N, a0, a + at, left);                                                                                     \
            READ(T, N, a1, a + at + 1, left);                                                                                 \
            READ(T, N, a2, a + at + 2, left);                                                                                 \
            READ(T, N, b0, b + at, left);                                                                                     \
            READ(T, N, b2, b + at + 2, left);                                                                                 \
            READ(T, N, c0, c + at, left);                                                                                     \
            READ(T, N, c1, c + at + 1, left);                                                                                 \
            READ(T, N, c2, c + at + 2, left);                                                                                 \
            VEC(T, N) across = ((c0 - a0) + (c2 - a2)) * side + (c1 - a1) * middle;                                           \
            VEC(T, N) along = ((a2 - a0) + (c2 - c0)) * side + (b2 - b0) * middle;                                            \
            VEC(T, N) length = __builtin_elementwise_sqrt(across * across + along * along) * scale;                           \
            WRITE(T, N, target + at, length, left);                                                                           \
        }                                                                                                                     \
    }
FLOATS(EDGES)

void imjoy_edge_magnitude(
    imjoy_type type, const void *above, const void *row, const void *below, double side, double middle, double scale, void *target,
    size_t count) {
    if (type == IMJOY_FLOAT32) edges_f32(above, row, below, (f32)side, (f32)middle, (f32)scale, target, count);
    else edges_f64(above, row, below, side, middle, scale, target, count);
}

// The target becomes the smallest of itself and every element of the line plus what belongs to its place. With `mirrored`, tap k also
// stands for the one as far from the other end of `span` places.
#define BALL_STEP(T, N, STEPS)                                                                                                \
    {                                                                                                                         \
        VEC(T, N) least[STEPS];                                                                                               \
        for (size_t step = 0; step < (STEPS); step++) least[step] = LOAD(T, N, target + at + step * N);                       \
        for (size_t tap = 0; tap < taps; tap++) {                                                                             \
            const T *near = line + at + tap, *far = line + at + (mirrored ? span - 1 - tap : tap);                            \
            T rise = rises[tap];                                                                                              \
            for (size_t step = 0; step < (STEPS); step++) {                                                                   \
                VEC(T, N) x = LOAD(T, N, near + step * N), y = LOAD(T, N, far + step * N);                                    \
                x = (x < y ? x : y) + rise;                                                                                   \
                least[step] = x < least[step] ? x : least[step];                                                              \
            }                                                                                                                 \
        }                                                                                                                     \
        for (size_t step = 0; step < (STEPS); step++) STORE(T, N, target + at + step * N, least[step]);                       \
    }
#define BALL(T, N)                                                                                                            \
    CLONES static void ball_##T(                                                                                              \
        const T *line, const T *rises, size_t taps, size_t span, bool mirrored, T *target, size_t count) {                    \
        size_t at = 0;                                                                                                        \
        for (; at + 4 * N <= count; at += 4 * N) BALL_STEP(T, N, 4)                                                           \
        for (; at + N <= count; at += N) BALL_STEP(T, N, 1)                                                                   \
        for (; at < count; at++)                                                                                              \
            for (size_t tap = 0; tap < taps; tap++) {                                                                         \
                T x = line[at + tap], y = line[at + (mirrored ? span - 1 - tap : tap)];                                       \
                x = (x < y ? x : y) + rises[tap];                                                                             \
                target[at] = x < target[at] ? x : target[at];                                                                 \
            }                                                                                                                 \
    }
FLOATS(BALL)

void imjoy_ball_minimum(
    imjoy_type type, const void *line, const void *rises, size_t taps, size_t span, bool mirrored, void *target, size_t count) {
    DISPATCH(type, ball, line, rises, taps, span, mirrored, target, count);
}

// One neighbour for a row of pixels: its weight comes from a table by the distance of the colours.
#define BILATERAL(T, N)                                                                                                       \
    CLONES static void bilateral_##T(                                                                                         \
        const T *const *centres, const T *const *neighbours, size_t channels, T nearness, T bins_per_unit, const T *table,    \
        i32 last, T *const *sums, T *weights, size_t count) {                                                                 \
        for (size_t i = 0; i < count; i++) {                                                                                  \
            T distance = 0;                                                                                                   \
            if (channels == 1) {                                                                                              \
                distance = centres[0][i] - neighbours[0][i];                                                                  \
                distance = distance < 0 ? -distance : distance;                                                               \
            } else {                                                                                                          \
                for (size_t channel = 0; channel < channels; channel++) {                                                     \
                    T step = centres[channel][i] - neighbours[channel][i];                                                    \
                    distance += step * step;                                                                                  \
                }                                                                                                             \
                distance = __builtin_elementwise_sqrt(distance);                                                              \
            }                                                                                                                 \
            T place = distance * bins_per_unit;                                                                               \
            i32 bin = place < (T)last ? (i32)place : last;                                                                    \
            T weight = nearness * table[bin];                                                                                 \
            for (size_t channel = 0; channel < channels; channel++) sums[channel][i] += neighbours[channel][i] * weight;      \
            weights[i] += weight;                                                                                             \
        }                                                                                                                     \
    }
FLOATS(BILATERAL)

void imjoy_bilateral_row(
    imjoy_type type, const void *const *centres, const void *const *neighbours, size_t channels, double nearness,
    double bins_per_unit, const void *table, int32_t last, void *const *sums, void *weights, size_t count) {
    if (type == IMJOY_FLOAT32)
        bilateral_f32(
            (const f32 *const *)centres, (const f32 *const *)neighbours, channels, (f32)nearness, (f32)bins_per_unit, table, last,
            (f32 *const *)sums, weights, count);
    else
        bilateral_f64(
            (const f64 *const *)centres, (const f64 *const *)neighbours, channels, nearness, bins_per_unit, table, last,
            (f64 *const *)sums, weights, count);
}

// Weights of patches by their distances, which are sums of `taps` neighbours. The exponential is the straight line between powers of two
// that writes the logarithm into the exponent bits (Schraudolph, "A fast, compact approximation of the exponential function", 1999).
CLONES void imjoy_patch_weights(const double *distances, size_t taps, double scale, double *weights, size_t count) {
    for (size_t at = 0; at < count; at += 8) {
        size_t left = count - at;
        VEC(f64, 8) sum = (f64)0;
        for (size_t tap = 0; tap < taps; tap++) {
            READ(f64, 8, x, distances + at + tap, left);
            sum += x;
        }
        sum = (sum > 0 ? sum : (VEC(f64, 8))(f64)0) * scale;
        VEC(i64, 8) isFar = sum > 5;
        VEC(f64, 8) exponent = (isFar ? (VEC(f64, 8))(f64)5 : sum) * (-1048576 / 0.69314718055994530942);
        VEC(i64, 8) bits = CONVERT(CONVERT(exponent, i32, 8) + (1072693248 - 60801), i64, 8) << 32;
        VEC(f64, 8) weight = (VEC(f64, 8))(isFar ? (VEC(i64, 8))(i64)0 : bits);
        WRITE(f64, 8, weights + at, weight, left);
    }
}

// One step of Chambolle's projection. The dual arrays begin with as many zeros as neighbours along their axis are apart, so that the
// element before the first is zero.
#define READ_NEXT(T, N, name)                                                                                                 \
    VEC(T, N) name = (T)0;                                                                                                    \
    if (left <= N && ends && axis == axes - 1) {                                                                              \
        LOAD_TAIL(T, N, name, nexts[axis] + at, left - 1);                                                                    \
        name[left - 1] = x[left - 1];                                                                                         \
    } else if (left < N) LOAD_TAIL(T, N, name, nexts[axis] + at, left);                                                       \
    else name = LOAD(T, N, nexts[axis] + at)
#define VARIATION(T, N)                                                                                                       \
    CLONES static f64 diverge_##T(                                                                                            \
        const T *source, const T *const *duals, const size_t *steps, size_t axes, T *target, size_t count) {                  \
        f64 sum = 0;                                                                                                          \
        for (size_t at = 0; at < count; at += N) {                                                                            \
            size_t left = count - at;                                                                                         \
            READ(T, N, x, source + at, left);                                                                                 \
            VEC(T, N) change = (T)0;                                                                                          \
            for (size_t axis = 0; axis < axes; axis++) {                                                                      \
                READ(T, N, here, duals[axis] + at, left);                                                                     \
                READ(T, N, before, duals[axis] + at - steps[axis], left);                                                     \
                change += before - here;                                                                                      \
            }                                                                                                                 \
            sum += (f64)TOTAL_##T(change * change);                                                            \
            VEC(T, N) result = x + change;                                                                                    \
            WRITE(T, N, target + at, result, left);                                                                           \
        }                                                                                                                     \
        return sum;                                                                                                           \
    }                                                                                                                         \
    CLONES static f64 project_##T(                                                                                            \
        const T *image, const T *const *nexts, T *const *duals, size_t axes, T step, T weight, bool ends, size_t count) {     \
        f64 sum = 0;                                                                                                          \
        for (size_t at = 0; at < count; at += N) {                                                                            \
            size_t left = count - at;                                                                                         \
            READ(T, N, x, image + at, left);                                                                                  \
            VEC(T, N) squares = (T)0;                                                                                         \
            for (size_t axis = 0; axis < axes; axis++) {                                                                      \
                READ_NEXT(T, N, next);                                                                                        \
                squares += (next - x) * (next - x);                                                                           \
            }                                                                                                                 \
            VEC(T, N) slope = __builtin_elementwise_sqrt(squares);                                                            \
            sum += (f64)TOTAL_##T(slope);                                                                      \
            VEC(T, N) divisor = slope * (step / weight) + 1;                                                                  \
            for (size_t axis = 0; axis < axes; axis++) {                                                                      \
                READ_NEXT(T, N, next);                                                                                        \
                READ(T, N, dual, duals[axis] + at, left);                                                                     \
                VEC(T, N) result = (dual - (next - x) * step) / divisor;                                                      \
                WRITE(T, N, duals[axis] + at, result, left);                                                                  \
            }                                                                                                                 \
        }                                                                                                                     \
        return sum;                                                                                                           \
    }
#define TOTAL_f64(v)                                                                                           \
    ({                                                                                                                        \
        VEC(f64, 8) all = (v);                                                                                                \
        VEC(f64, 4) half = all.lo + all.hi;                                                                                   \
        (half.x + half.z) + (half.y + half.w);                                                                                \
    })
#define TOTAL_f32(v)                                                                                           \
    ({                                                                                                                        \
        VEC(f32, 16) all = (v);                                                                                               \
        VEC(f32, 8) half = all.lo + all.hi;                                                                                   \
        VEC(f32, 4) quarter = half.lo + half.hi;                                                                              \
        (quarter.x + quarter.z) + (quarter.y + quarter.w);                                                                    \
    })
FLOATS(VARIATION)

double imjoy_variation_diverge(
    imjoy_type type, const void *source, const void *const *duals, const size_t *steps, size_t axes, void *target, size_t count) {
    return type == IMJOY_FLOAT32 ? diverge_f32(source, (const f32 *const *)duals, steps, axes, target, count)
                                 : diverge_f64(source, (const f64 *const *)duals, steps, axes, target, count);
}

double imjoy_variation_project(
    imjoy_type type, const void *image, const void *const *nexts, void *const *duals, size_t axes, double step, double weight,
    bool ends, size_t count) {
    return type == IMJOY_FLOAT32
        ? project_f32(image, (const f32 *const *)nexts, (f32 *const *)duals, axes, (f32)step, (f32)weight, ends, count)
        : project_f64(image, (const f64 *const *)nexts, (f64 *const *)duals, axes, step, weight, ends, count);
}

// Every third byte of three vectors.
#define THIRDS(first)                                                                                                         \
    __builtin_shufflevector(                                                                                                  \
        __builtin_shufflevector(                                                                                              \
            x, y, first, first + 3, first + 6, first + 9, first + 12, first + 15 < 32 ? first + 15 : 0,                       \
            first + 18 < 32 ? first + 18 : 0, first + 21 < 32 ? first + 21 : 0, first + 24 < 32 ? first + 24 : 0,             \
            first + 27 < 32 ? first + 27 : 0, first + 30 < 32 ? first + 30 : 0, 0, 0, 0, 0, 0),                               \
        z, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, first + 30 < 32 ? 10 : first + 14, first + 17, first + 20, first + 23, first + 26,   \
        first + 29)
CLONES void imjoy_gray_8(const uint8_t *colours, uint8_t *target, size_t count) {
    size_t at = 0;
    for (; at + 16 <= count; at += 16) {
        VEC(u8, 16) x = LOAD(u8, 16, colours + 3 * at), y = LOAD(u8, 16, colours + 3 * at + 16);
        VEC(u8, 16) z = LOAD(u8, 16, colours + 3 * at + 32);
        VEC(i32, 16) red = CONVERT(THIRDS(0), i32, 16), green = CONVERT(THIRDS(1), i32, 16);
        VEC(i32, 16) blue = CONVERT(THIRDS(2), i32, 16);
        VEC(i32, 16) gray = (red * 9798 + green * 19235 + blue * 3735 + 16384) >> 15;
        STORE(u8, 16, target + at, CONVERT(gray, u8, 16));
    }
    for (; at < count; at++)
        target[at] = (u8)((colours[3 * at] * 9798 + colours[3 * at + 1] * 19235 + colours[3 * at + 2] * 3735 + 16384) >> 15);
}
