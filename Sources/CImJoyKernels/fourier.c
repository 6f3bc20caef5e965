// The passes of Fourier transforms, and the ways of lines into and out of the memory that they work in.
//
// Several lines are transformed side by side, real and imaginary parts apart: element k of line l is at k * lanes + l.
#include "vectors.h"

#pragma clang fp contract(fast)

// A run of `step` numbers, by vectors and then one by one; BODY is written for both.
#define ALONG_STEP(T, N, BODY)                                                                                                \
    {                                                                                                                         \
        size_t q = 0;                                                                                                         \
        for (; q + N <= step; q += N) { BODY(VEC(T, N), VECTOR_AT(T, N), VECTOR_TO(T, N)) }                                   \
        for (; q < step; q++) { BODY(T, NUMBER_AT, NUMBER_TO) }                                                               \
    }
#define VECTOR_AT(T, N) JOIN(VECTOR_AT_, T)
#define VECTOR_TO(T, N) JOIN(VECTOR_TO_, T)
#define VECTOR_AT_f32(p) LOAD(f32, 16, p)
#define VECTOR_AT_f64(p) LOAD(f64, 8, p)
#define VECTOR_TO_f32(p, v) STORE(f32, 16, p, v)
#define VECTOR_TO_f64(p, v) STORE(f64, 8, p, v)
#define NUMBER_AT(p) (*(p))
#define NUMBER_TO(p, v) (*(p) = (v))
#define TURNED(TO, k, re, im, c, s)                                                                                           \
    TO(y + (k)*step + q, (re) * (c) - (im) * (s));                                                                            \
    TO(v + (k)*step + q, (re) * (s) + (im) * (c));

#define BODY_2(V, AT, TO)                                                                                                     \
    V a = AT(x + q), b = AT(u + q), d = AT(x + far + q), e = AT(u + far + q), g = a - d, h = b - e;                           \
    TO(y + q, a + d);                                                                                                         \
    TO(v + q, b + e);                                                                                                         \
    TURNED(TO, 1, g, h, c[0], s[0])

// The sine of a third of a turn.
#define BODY_3(V, AT, TO)                                                                                                     \
    V a = AT(x + q), b = AT(u + q), d = AT(x + far + q), e = AT(u + far + q);                                                 \
    V f = AT(x + 2 * far + q), g = AT(u + 2 * far + q), sum_re = d + f, sum_im = e + g;                                       \
    V turn_re = third * (e - g), turn_im = third * (f - d), base_re = a - half * sum_re, base_im = b - half * sum_im;         \
    V p_re = base_re + turn_re, p_im = base_im + turn_im, m_re = base_re - turn_re, m_im = base_im - turn_im;                 \
    TO(y + q, a + sum_re);                                                                                                    \
    TO(v + q, b + sum_im);                                                                                                    \
    TURNED(TO, 1, p_re, p_im, c[0], s[0])                                                                                     \
    TURNED(TO, 2, m_re, m_im, c[1], s[1])

#define BODY_4(V, AT, TO)                                                                                                     \
    V a_re = AT(x + q), a_im = AT(u + q), b_re = AT(x + far + q), b_im = AT(u + far + q);                                     \
    V d_re = AT(x + 2 * far + q), d_im = AT(u + 2 * far + q), e_re = AT(x + 3 * far + q), e_im = AT(u + 3 * far + q);         \
    V even_re = a_re + d_re, even_im = a_im + d_im, gap_re = a_re - d_re, gap_im = a_im - d_im;                               \
    V odd_re = b_re + e_re, odd_im = b_im + e_im, turn_re = b_im - e_im, turn_im = e_re - b_re;                               \
    V p_re = gap_re + turn_re, p_im = gap_im + turn_im, r_re = even_re - odd_re, r_im = even_im - odd_im;                     \
    V m_re = gap_re - turn_re, m_im = gap_im - turn_im;                                                                       \
    TO(y + q, even_re + odd_re);                                                                                              \
    TO(v + q, even_im + odd_im);                                                                                              \
    TURNED(TO, 1, p_re, p_im, c[0], s[0])                                                                                     \
    TURNED(TO, 2, r_re, r_im, c[1], s[1])                                                                                     \
    TURNED(TO, 3, m_re, m_im, c[2], s[2])

// Cosines and sines of one and two fifths of a turn.
#define BODY_5(V, AT, TO)                                                                                                     \
    V a_re = AT(x + q), a_im = AT(u + q);                                                                                     \
    V b_re = AT(x + far + q), b_im = AT(u + far + q), d_re = AT(x + 2 * far + q), d_im = AT(u + 2 * far + q);                 \
    V e_re = AT(x + 3 * far + q), e_im = AT(u + 3 * far + q), f_re = AT(x + 4 * far + q), f_im = AT(u + 4 * far + q);         \
    V sum1_re = b_re + f_re, sum1_im = b_im + f_im, gap1_re = b_re - f_re, gap1_im = b_im - f_im;                             \
    V sum2_re = d_re + e_re, sum2_im = d_im + e_im, gap2_re = d_re - e_re, gap2_im = d_im - e_im;                             \
    V base1_re = a_re + u1 * sum1_re + u2 * sum2_re, base1_im = a_im + u1 * sum1_im + u2 * sum2_im;                           \
    V base2_re = a_re + u2 * sum1_re + u1 * sum2_re, base2_im = a_im + u2 * sum1_im + u1 * sum2_im;                           \
    V turn1_re = v1 * gap1_im + v2 * gap2_im, turn1_im = -(v1 * gap1_re + v2 * gap2_re);                                      \
    V turn2_re = v2 * gap1_im - v1 * gap2_im, turn2_im = v1 * gap2_re - v2 * gap1_re;                                         \
    V p_re = base1_re + turn1_re, p_im = base1_im + turn1_im, r_re = base2_re + turn2_re, r_im = base2_im + turn2_im;         \
    V t_re = base2_re - turn2_re, t_im = base2_im - turn2_im, m_re = base1_re - turn1_re, m_im = base1_im - turn1_im;         \
    TO(y + q, a_re + sum1_re + sum2_re);                                                                                      \
    TO(v + q, a_im + sum1_im + sum2_im);                                                                                      \
    TURNED(TO, 1, p_re, p_im, c[0], s[0])                                                                                     \
    TURNED(TO, 2, r_re, r_im, c[1], s[1])                                                                                     \
    TURNED(TO, 3, t_re, t_im, c[2], s[2])                                                                                     \
    TURNED(TO, 4, m_re, m_im, c[3], s[3])

#define PASS(T, N, RADIX)                                                                                                     \
    CLONES static void pass_##RADIX##_##T(                                                                                    \
        const T *x, const T *u, T *y, T *v, size_t step, size_t groups, const T *c, const T *s) {                             \
        const size_t far = groups * step;                                                                                     \
        const T half = (T)0.5, third = (T)0.866025403784438646763723170752936183L;                                            \
        const T u1 = (T)0.309016994374947424102293417182819059L, u2 = (T)-0.809016994374947424102293417182819059L;            \
        const T v1 = (T)0.951056516295153572116439333379382143L, v2 = (T)0.587785252292473129168705954639072769L;             \
        (void)half, (void)third, (void)u1, (void)u2, (void)v1, (void)v2;                                                      \
        for (size_t group = 0; group < groups; group++) {                                                                     \
            ALONG_STEP(T, N, BODY_##RADIX)                                                                                    \
            x += step;                                                                                                        \
            u += step;                                                                                                        \
            y += RADIX * step;                                                                                                \
            v += RADIX * step;                                                                                                \
            c += RADIX - 1;                                                                                                   \
            s += RADIX - 1;                                                                                                   \
        }                                                                                                                     \
    }
#define PASSES(T, N) PASS(T, N, 2) PASS(T, N, 3) PASS(T, N, 4) PASS(T, N, 5)
PASSES(f32, 16)
PASSES(f64, 8)

bool imjoy_fft_pass(
    imjoy_type type, int radix, const void *re, const void *im, void *target_re, void *target_im, size_t step, size_t groups,
    const void *cosines, const void *sines) {
#define PASS_CASES(T)                                                                                                         \
    switch (radix) {                                                                                                          \
    case 2: pass_2_##T(re, im, target_re, target_im, step, groups, cosines, sines); return true;                              \
    case 3: pass_3_##T(re, im, target_re, target_im, step, groups, cosines, sines); return true;                              \
    case 4: pass_4_##T(re, im, target_re, target_im, step, groups, cosines, sines); return true;                              \
    case 5: pass_5_##T(re, im, target_re, target_im, step, groups, cosines, sines); return true;                              \
    default: return false;                                                                                                    \
    }
    if (type == IMJOY_FLOAT32) PASS_CASES(f32)
    if (type == IMJOY_FLOAT64) PASS_CASES(f64)
    return false;
}

// Even and odd numbers of pairs apart, and together again.
#define PAIRS(T, N, H, ...)                                                                                                   \
    CLONES static void apart_##T(const T *from, T *re, T *im, size_t count) {                                                 \
        size_t i = 0;                                                                                                         \
        for (; i + H <= count; i += H) {                                                                                      \
            VEC(T, N) pairs = LOAD(T, N, from + 2 * i);                                                                       \
            STORE(T, H, re + i, pairs.even);                                                                                  \
            STORE(T, H, im + i, pairs.odd);                                                                                   \
        }                                                                                                                     \
        for (; i < count; i++) {                                                                                              \
            re[i] = from[2 * i];                                                                                              \
            im[i] = from[2 * i + 1];                                                                                          \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void together_##T(const T *re, const T *im, T *to, size_t count, T scale) {                                 \
        size_t i = 0;                                                                                                         \
        for (; i + H <= count; i += H) {                                                                                      \
            VEC(T, H) a = LOAD(T, H, re + i) * scale, b = LOAD(T, H, im + i) * scale;                                         \
            STORE(T, N, to + 2 * i, __builtin_shufflevector(a, b, __VA_ARGS__));                                              \
        }                                                                                                                     \
        for (; i < count; i++) {                                                                                              \
            to[2 * i] = re[i] * scale;                                                                                        \
            to[2 * i + 1] = im[i] * scale;                                                                                    \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void scaled_##T(const T *from, T *to, size_t count, T scale) {                                              \
        for (size_t i = 0; i < count; i++) to[i] = from[i] * scale;                                                           \
    }                                                                                                                         \
    CLONES static void rows_apart_##T(const T *rows, T *re, T *im, size_t count, size_t lanes) {                              \
        for (; count > 0; count--, rows += 2 * lanes, re += lanes, im += lanes) {                                             \
            size_t l = 0;                                                                                                     \
            for (; l + H <= lanes; l += H) {                                                                                  \
                STORE(T, H, re + l, LOAD(T, H, rows + l));                                                                    \
                STORE(T, H, im + l, LOAD(T, H, rows + lanes + l));                                                            \
            }                                                                                                                 \
            for (; l < lanes; l++) {                                                                                          \
                re[l] = rows[l];                                                                                              \
                im[l] = rows[lanes + l];                                                                                      \
            }                                                                                                                 \
        }                                                                                                                     \
    }                                                                                                                         \
    CLONES static void rows_together_##T(const T *re, const T *im, T *rows, size_t count, size_t lanes, T scale) {            \
        for (; count > 0; count--, rows += 2 * lanes, re += lanes, im += lanes) {                                             \
            size_t l = 0;                                                                                                     \
            for (; l + H <= lanes; l += H) {                                                                                  \
                STORE(T, H, rows + l, LOAD(T, H, re + l) * scale);                                                            \
                STORE(T, H, rows + lanes + l, LOAD(T, H, im + l) * scale);                                                    \
            }                                                                                                                 \
            for (; l < lanes; l++) {                                                                                          \
                rows[l] = re[l] * scale;                                                                                      \
                rows[lanes + l] = im[l] * scale;                                                                              \
            }                                                                                                                 \
        }                                                                                                                     \
    }
PAIRS(f32, 16, 8, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
PAIRS(f64, 8, 4, 0, 4, 1, 5, 2, 6, 3, 7)

// Elements of a line that are turned over at once, by way of a tile that stays in the nearest cache.
enum { TILE_ELEMENTS = 32, TILE_LANES = 32 };

// Complex lines: along each other in memory (lane 2), or each in one piece (step 2), or in any way.
#define COMPLEX_LINES(T)                                                                                                      \
    static void load_complex_##T(                                                                                             \
        const T *from, ptrdiff_t lane, ptrdiff_t step, size_t count, size_t lanes, T *re, T *im) {                            \
        T tile[2 * TILE_ELEMENTS * TILE_LANES];                                                                               \
        if (step == 2 && lanes > 1 && lanes <= TILE_LANES) {                                                                  \
            for (size_t first = 0; first < count; first += TILE_ELEMENTS) {                                                   \
                size_t length = count - first < TILE_ELEMENTS ? count - first : TILE_ELEMENTS;                                \
                imjoy_transpose(                                                                                              \
                    from + 2 * first, lane, tile, (ptrdiff_t)lanes, lanes, 2 * length, sizeof(T));                            \
                rows_apart_##T(tile, re + first * lanes, im + first * lanes, length, lanes);                                  \
            }                                                                                                                 \
            return;                                                                                                           \
        }                                                                                                                     \
        if (step == 2 && lanes == 1) return apart_##T(from, re, im, count);                                                   \
        for (size_t k = 0; k < count; k++, from += step, re += lanes, im += lanes) {                                          \
            if (lane == 2) {                                                                                                  \
                apart_##T(from, re, im, lanes);                                                                               \
                continue;                                                                                                     \
            }                                                                                                                 \
            for (size_t l = 0; l < lanes; l++) {                                                                              \
                re[l] = from[(ptrdiff_t)l * lane];                                                                            \
                im[l] = from[(ptrdiff_t)l * lane + 1];                                                                        \
            }                                                                                                                 \
        }                                                                                                                     \
    }                                                                                                                         \
    static void store_complex_##T(                                                                                            \
        const T *re, const T *im, T *to, ptrdiff_t lane, ptrdiff_t step, size_t count, size_t lanes, T scale) {               \
        T tile[2 * TILE_ELEMENTS * TILE_LANES];                                                                               \
        if (step == 2 && lanes > 1 && lanes <= TILE_LANES) {                                                                  \
            for (size_t first = 0; first < count; first += TILE_ELEMENTS) {                                                   \
                size_t length = count - first < TILE_ELEMENTS ? count - first : TILE_ELEMENTS;                                \
                rows_together_##T(re + first * lanes, im + first * lanes, tile, length, lanes, scale);                        \
                imjoy_transpose(                                                                                              \
                    tile, (ptrdiff_t)lanes, to + 2 * first, lane, 2 * length, lanes, sizeof(T));                              \
            }                                                                                                                 \
            return;                                                                                                           \
        }                                                                                                                     \
        if (step == 2 && lanes == 1) return together_##T(re, im, to, count, scale);                                           \
        for (size_t k = 0; k < count; k++, to += step, re += lanes, im += lanes) {                                            \
            if (lane == 2) {                                                                                                  \
                together_##T(re, im, to, lanes, scale);                                                                       \
                continue;                                                                                                     \
            }                                                                                                                 \
            for (size_t l = 0; l < lanes; l++) {                                                                              \
                to[(ptrdiff_t)l * lane] = re[l] * scale;                                                                      \
                to[(ptrdiff_t)l * lane + 1] = im[l] * scale;                                                                  \
            }                                                                                                                 \
        }                                                                                                                     \
    }                                                                                                                         \
    static void load_real_##T(const T *from, ptrdiff_t lane, ptrdiff_t step, size_t count, size_t lanes, T *line) {           \
        if (step == 1) return imjoy_transpose(from, lane, line, (ptrdiff_t)lanes, lanes, count, sizeof(T));                   \
        for (size_t k = 0; k < count; k++, from += step, line += lanes) {                                                     \
            for (size_t l = 0; l < lanes; l++) line[l] = from[(ptrdiff_t)l * lane];                                           \
        }                                                                                                                     \
    }                                                                                                                         \
    static void store_real_##T(                                                                                               \
        const T *line, T *to, ptrdiff_t lane, ptrdiff_t step, size_t count, size_t lanes, T scale) {                          \
        T tile[TILE_ELEMENTS * TILE_LANES];                                                                                   \
        if (step == 1 && lanes <= TILE_LANES) {                                                                               \
            for (size_t first = 0; first < count; first += TILE_ELEMENTS) {                                                   \
                size_t length = count - first < TILE_ELEMENTS ? count - first : TILE_ELEMENTS;                                \
                scaled_##T(line + first * lanes, tile, length * lanes, scale);                                                \
                imjoy_transpose(tile, (ptrdiff_t)lanes, to + first, lane, length, lanes, sizeof(T));                          \
            }                                                                                                                 \
            return;                                                                                                           \
        }                                                                                                                     \
        for (size_t k = 0; k < count; k++, to += step, line += lanes) {                                                       \
            for (size_t l = 0; l < lanes; l++) to[(ptrdiff_t)l * lane] = line[l] * scale;                                     \
        }                                                                                                                     \
    }
COMPLEX_LINES(f32)
COMPLEX_LINES(f64)

void imjoy_fft_load(
    imjoy_type type, const void *source, ptrdiff_t lane, ptrdiff_t step, size_t count, size_t lanes, void *re, void *im) {
    if (type == IMJOY_FLOAT32) {
        if (im) load_complex_f32(source, lane, step, count, lanes, re, im);
        else load_real_f32(source, lane, step, count, lanes, re);
    } else {
        if (im) load_complex_f64(source, lane, step, count, lanes, re, im);
        else load_real_f64(source, lane, step, count, lanes, re);
    }
}

void imjoy_fft_store(
    imjoy_type type, const void *re, const void *im, void *target, ptrdiff_t lane, ptrdiff_t step, size_t count, size_t lanes,
    double scale) {
    if (type == IMJOY_FLOAT32) {
        if (im) store_complex_f32(re, im, target, lane, step, count, lanes, (f32)scale);
        else store_real_f32(re, target, lane, step, count, lanes, (f32)scale);
    } else {
        if (im) store_complex_f64(re, im, target, lane, step, count, lanes, scale);
        else store_real_f64(re, target, lane, step, count, lanes, scale);
    }
}

// The transforms of the even and the odd numbers of real lines, which went through one complex transform, taken apart by their
// symmetries and put together to that of the lines.
#define BODY_HALVES(V, AT, TO)                                                                                                \
    V a_re = AT(x + q), a_im = AT(u + q), b_re = AT(x + back + q), b_im = AT(u + back + q);                                   \
    V even_re = a_re + b_re, even_im = a_im - b_im, odd_re = a_im + b_im, odd_im = b_re - a_re;                               \
    TO(y + q, half *(even_re + (odd_re * cosine - odd_im * sine)));                                                           \
    TO(v + q, half *(even_im + (odd_re * sine + odd_im * cosine)));
#define SPECTRUM(T, N)                                                                                                        \
    CLONES static void spectrum_##T(                                                                                          \
        const T *re, const T *im, T *y, T *v, size_t half_length, size_t step, const T *cosines, const T *sines) {            \
        const T half = (T)0.5;                                                                                                \
        for (size_t k = 0; k <= half_length; k++, y += step, v += step) {                                                     \
            size_t low = k == half_length ? 0 : k, high = k == 0 ? 0 : half_length - k;                                       \
            const T *x = re + low * step, *u = im + low * step, cosine = cosines[k], sine = sines[k];                         \
            const ptrdiff_t back = ((ptrdiff_t)high - (ptrdiff_t)low) * (ptrdiff_t)step;                                      \
            ALONG_STEP(T, N, BODY_HALVES)                                                                                     \
        }                                                                                                                     \
    }
SPECTRUM(f32, 16)
SPECTRUM(f64, 8)

void imjoy_fft_real_spectrum(
    imjoy_type type, const void *re, const void *im, void *target_re, void *target_im, size_t half_length, size_t lanes,
    const void *cosines, const void *sines) {
    if (type == IMJOY_FLOAT32) spectrum_f32(re, im, target_re, target_im, half_length, lanes, cosines, sines);
    else spectrum_f64(re, im, target_re, target_im, half_length, lanes, cosines, sines);
}

// Lines times one number for each element.
#define BODY_PRODUCT(V, AT, TO)                                                                                               \
    V a = AT(x + q), b = AT(u + q);                                                                                           \
    TO(y + q, a *c - b * s);                                                                                                  \
    TO(v + q, a *s + b * c);
#define PRODUCT(T, N)                                                                                                         \
    CLONES static void product_##T(                                                                                           \
        const T *x, const T *u, T *y, T *v, size_t count, size_t step, const T *cosines, const T *sines) {                    \
        for (size_t k = 0; k < count; k++, x += step, u += step, y += step, v += step) {                                      \
            const T c = cosines[k], s = sines[k];                                                                             \
            ALONG_STEP(T, N, BODY_PRODUCT)                                                                                    \
        }                                                                                                                     \
    }
PRODUCT(f32, 16)
PRODUCT(f64, 8)

void imjoy_fft_multiply(
    imjoy_type type, const void *re, const void *im, void *target_re, void *target_im, size_t count, size_t lanes,
    const void *cosines, const void *sines) {
    if (type == IMJOY_FLOAT32) product_f32(re, im, target_re, target_im, count, lanes, cosines, sines);
    else product_f64(re, im, target_re, target_im, count, lanes, cosines, sines);
}
