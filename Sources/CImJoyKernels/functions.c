// exp, log, sin, cos, tanh and pow. At most 2 units in the last place from the true value (tried against wider arithmetic in
// the tests).
//
// The polynomials are Chebyshev fits made for these intervals with 50 digits. Reductions use constants in pieces whose products with
// a small whole number are exact, so that they are right with and without fused multiply-add.
#include "vectors.h"
#include <math.h>

#pragma clang fp contract(fast)

#define AS(T, N, v) ((VEC(T, N))(v))
#define NUMBER(T, N, v) ((VEC(T, N))(T)(v))

// Adding and taking away 1.5 * 2^52 (2^23) rounds to a whole number, in every instruction set.
#define ROUND32(v) (((v) + 0x1.8p23f) - 0x1.8p23f)
#define ROUND64(v) (((v) + 0x1.8p52) - 0x1.8p52)

// 2^n for whole n from -1022 to 1023, and for floats from -126 to 127.
#define POWER32(n) AS(f32, 16, (CONVERT(n, i32, 16) + 127) << 23)
#define POWER64(n) AS(f64, 8, (CONVERT(n, i64, 8) + 1023) << 52)

// e^x = 2^n e^r. The power is applied in two halves, so that the ends of the range round only once.
#define EXP32_CORE(t, n) ({                                                                                                   \
    VEC(f32, 16) r = ((t) - (n)*0x1.62e0p-1f) - (n)*0x1.0bfbe8p-15f;                                                          \
    VEC(f32, 16) q = r * 0x1.6d110ap-10f + 0x1.120b6ep-7f;                                                                    \
    q = q * r + 0x1.55551ap-5f;                                                                                               \
    q = q * r + 0x1.5554dcp-3f;                                                                                               \
    q = q * r + 0.5f;                                                                                                         \
    q * (r * r) + r + 1.0f;                                                                                                   \
})
#define EXP32(x) ({                                                                                                           \
    VEC(f32, 16) t = __builtin_elementwise_min(__builtin_elementwise_max((x), NUMBER(f32, 16, -110)), NUMBER(f32, 16, 100));  \
    VEC(f32, 16) n = ROUND32(t * 0x1.715476p0f), half = ROUND32(n * 0.5f);                                                    \
    EXP32_CORE(t, n) * POWER32(half) * POWER32(n - half);                                                                     \
})
#define EXP64_CORE(t, n) ({                                                                                                   \
    VEC(f64, 8) r = ((t) - (n)*0x1.62e42feep-1) - (n)*0x1.a39ef35793c76p-33;                                                  \
    VEC(f64, 8) q = r * 0x1.1f730349868cep-29 + 0x1.af4de97ca4194p-26;                                                        \
    q = q * r + 0x1.27e4db646b17ep-22;                                                                                        \
    q = q * r + 0x1.71de0231960ebp-19;                                                                                        \
    q = q * r + 0x1.a01a01a6d889cp-16;                                                                                        \
    q = q * r + 0x1.a01a01abe7fe1p-13;                                                                                        \
    q = q * r + 0x1.6c16c16c162d4p-10;                                                                                        \
    q = q * r + 0x1.11111111100dcp-7;                                                                                         \
    q = q * r + 0x1.5555555555556p-5;                                                                                         \
    q = q * r + 0x1.5555555555557p-3;                                                                                         \
    q = q * r + 0.5;                                                                                                          \
    q * (r * r) + r + 1.0;                                                                                                    \
})
#define EXP64(x) ({                                                                                                           \
    VEC(f64, 8) t = __builtin_elementwise_min(__builtin_elementwise_max((x), NUMBER(f64, 8, -760)), NUMBER(f64, 8, 720));     \
    VEC(f64, 8) n = ROUND64(t * 0x1.71547652b82fep0), half = ROUND64(n * 0.5);                                                \
    EXP64_CORE(t, n) * POWER64(half) * POWER64(n - half);                                                                     \
})
// Nearly always no result of a vector is near the ends of the range; then n is added to the exponent at once. It lies in the low bits
// of what rounded it.
UNARY_KERNEL(exp_f32, f32, f32, 16, 0, ({
    VEC(f32, 16) shifted = x * 0x1.715476p0f + 0x1.8p23f, n = shifted - 0x1.8p23f;
    VEC(f32, 16) v = AS(f32, 16, AS(i32, 16, EXP32_CORE(x, n)) + (AS(i32, 16, shifted) << 23));
    if (__builtin_reduce_and(AS(i32, 16, __builtin_elementwise_abs(x) <= 87.0f)) == 0) v = (x != x) ? x : EXP32(x);
    v;
}))
UNARY_KERNEL(exp_f64, f64, f64, 8, 0, ({
    VEC(f64, 8) shifted = x * 0x1.71547652b82fep0 + 0x1.8p52, n = shifted - 0x1.8p52;
    VEC(f64, 8) v = AS(f64, 8, AS(i64, 8, EXP64_CORE(x, n)) + (AS(i64, 8, shifted) << 52));
    if (__builtin_reduce_and(AS(i64, 8, __builtin_elementwise_abs(x) <= 708.0)) == 0) v = (x != x) ? x : EXP64(x);
    v;
}))

// x = 2^e m with m from sqrt(1/2) to sqrt(2) and f = m - 1, for normal x; `lift` is added to e.
#define SPLIT32(x, lift)                                                                                                      \
    VEC(i32, 16) bits = AS(i32, 16, x) - 0x3f3504f3;                                                                          \
    VEC(f32, 16) e = CONVERT((bits >> 23) + (lift), f32, 16);                                                                 \
    VEC(f32, 16) f = AS(f32, 16, (bits & 0x7fffff) + 0x3f3504f3) - 1.0f;
#define SPLIT64(x, lift)                                                                                                      \
    VEC(i64, 8) bits = AS(i64, 8, x) - 0x3fe6a09e667f3bcd;                                                                    \
    VEC(f64, 8) e = CONVERT(CONVERT(bits >> 52, i32, 8), f64, 8) + (lift);                                                    \
    VEC(f64, 8) f = AS(f64, 8, (bits & 0xfffffffffffff) + 0x3fe6a09e667f3bcd) - 1.0;
// What a logarithm is outside the positive finite numbers.
#define LOG_ENDS(T, N, I, x, value) ({                                                                                        \
    VEC(T, N) outside = (x) + (x);                                                                                            \
    outside = ((x) < (T)0) ? NUMBER(T, N, NAN) : outside;                                                                     \
    outside = ((x) == (T)0) ? NUMBER(T, N, -INFINITY) : outside;                                                              \
    (((x) > (T)0) & ((x) < (T)INFINITY)) ? (value) : outside;                                                                 \
})
#define LOG32(x, lift) ({                                                                                                     \
    SPLIT32(x, lift)                                                                                                          \
    VEC(f32, 16) square = f * f;                                                                                              \
    VEC(f32, 16) p = f * 0x1.1d8ea6p-4f - 0x1.d635bcp-4f;                                                                     \
    p = p * f + 0x1.dea282p-4f;                                                                                               \
    p = p * f - 0x1.fcf4c6p-4f;                                                                                               \
    p = p * f + 0x1.23d21ap-3f;                                                                                               \
    p = p * f - 0x1.555b4ap-3f;                                                                                               \
    p = p * f + 0x1.999d5ap-3f;                                                                                               \
    p = p * f - 0x1.fffffcp-3f;                                                                                               \
    p = p * f + 0x1.555554p-2f;                                                                                               \
    VEC(f32, 16) low = (p * f * square + e * 0x1.0bfbe8p-15f) - 0.5f * square;                                                \
    (low + f) + e * 0x1.62e0p-1f;                                                                                             \
})
#define LOG64(x, lift) ({                                                                                                     \
    SPLIT64(x, lift)                                                                                                          \
    VEC(f64, 8) s = f / (f + 2.0), z = s * s, half = 0.5 * f * f;                                                             \
    VEC(f64, 8) p = z * 0x1.0c06cf14c641bp-3 + 0x1.0fbe478772696p-3;                                                          \
    p = p * z + 0x1.3b1c38474d3eep-3;                                                                                         \
    p = p * z + 0x1.745cf8f6c9119p-3;                                                                                         \
    p = p * z + 0x1.c71c72017a15cp-3;                                                                                         \
    p = p * z + 0x1.2492492476ba1p-2;                                                                                         \
    p = p * z + 0x1.9999999999a38p-2;                                                                                         \
    p = p * z + 0x1.5555555555555p-1;                                                                                         \
    VEC(f64, 8) low = (s * (half + p * z) + e * 0x1.a39ef35793c76p-33) - half;                                                \
    (low + f) + e * 0x1.62e42feep-1;                                                                                          \
})
// Nearly always all numbers of a vector are positive, normal and finite. Those below the normal ones are raised first.
UNARY_KERNEL(log_f32, f32, f32, 16, 1, ({
    VEC(f32, 16) v = LOG32(x, 0);
    if (__builtin_reduce_and(AS(i32, 16, AS(u32, 16, x) - 0x800000u < 0x7f000000u)) == 0) {
        VEC(i32, 16) tiny = x < 0x1p-126f;
        VEC(f32, 16) raised = tiny ? x * 0x1p25f : x;
        v = LOG_ENDS(f32, 16, i32, x, LOG32(raised, tiny & -25));
    }
    v;
}))
UNARY_KERNEL(log_f64, f64, f64, 8, 1, ({
    VEC(f64, 8) v = LOG64(x, 0.0);
    if (__builtin_reduce_and(AS(i64, 8, AS(u64, 8, x) - 0x10000000000000u < 0x7fe0000000000000u)) == 0) {
        VEC(i64, 8) tiny = x < 0x1p-1022;
        VEC(f64, 8) raised = tiny ? x * 0x1p54 : x;
        v = LOG_ENDS(f64, 8, i64, x, LOG64(raised, (tiny ? NUMBER(f64, 8, -54) : NUMBER(f64, 8, 0))));
    }
    v;
}))

// Sine and cosine after taking away n quarter turns. Single precision is reduced in double precision. What is too large for that,
// infinite or not a number is rare and left to the C library, element by element.
#define REDUCED32(v, n) ((v) - (n)*0x1.921fb544p0) - (n)*0x1.0b4611a626331p-34
#define SINE32(x, TURN) ({                                                                                                    \
    VEC(f64, 8) first = CONVERT((x).lo, f64, 8), second = CONVERT((x).hi, f64, 8);                                            \
    VEC(f64, 8) n1 = ROUND64(first * 0x1.45f306dc9c883p-1), n2 = ROUND64(second * 0x1.45f306dc9c883p-1);                      \
    VEC(f32, 16) r;                                                                                                           \
    r.lo = CONVERT(REDUCED32(first, n1), f32, 8);                                                                             \
    r.hi = CONVERT(REDUCED32(second, n2), f32, 8);                                                                            \
    VEC(i32, 16) turn;                                                                                                        \
    turn.lo = CONVERT(n1, i32, 8);                                                                                            \
    turn.hi = CONVERT(n2, i32, 8);                                                                                            \
    turn += TURN;                                                                                                             \
    VEC(f32, 16) z = r * r;                                                                                                   \
    VEC(f32, 16) s = z * 0x1.6dbcfcp-19f - 0x1.a013a4p-13f;                                                                   \
    s = s * z + 0x1.11110ep-7f;                                                                                               \
    s = s * z - 0x1.555556p-3f;                                                                                               \
    s = s * (z * r) + r;                                                                                                      \
    VEC(f32, 16) c = 0x1.a015c2p-16f - z * 0x1.25239ap-22f;                                                                   \
    c = c * z - 0x1.6c16c0p-10f;                                                                                              \
    c = c * z + 0x1.555556p-5f;                                                                                               \
    c = c * (z * z) - 0.5f * z + 1.0f;                                                                                        \
    VEC(f32, 16) v = (AS(i32, 16, (turn & 1) != 0)) ? c : s;                                                                  \
    AS(f32, 16, AS(i32, 16, v) ^ ((turn & 2) << 30));                                                                         \
})
#define SINE64(x, TURN) ({                                                                                                    \
    VEC(f64, 8) n = ROUND64((x)*0x1.45f306dc9c883p-1);                                                                        \
    VEC(f64, 8) t = (x)-n * 0x1.921fb544p0;                                                                                   \
    VEC(f64, 8) w = n * 0x1.0b4611a6p-34;                                                                                     \
    VEC(f64, 8) r = t - w;                                                                                                    \
    VEC(f64, 8) rest = ((t - r) - w) - n * 0x1.3198a2e037073p-69;                                                             \
    VEC(i64, 8) turn = CONVERT(CONVERT(n, i32, 8), i64, 8) + TURN;                                                            \
    VEC(f64, 8) z = r * r;                                                                                                    \
    VEC(f64, 8) s = 0x1.61217d9252c03p-33 - z * 0x1.ab16f5caa198ap-41;                                                        \
    s = s * z - 0x1.ae645410e937bp-26;                                                                                        \
    s = s * z + 0x1.71de3a545f836p-19;                                                                                        \
    s = s * z - 0x1.a01a01a01992fp-13;                                                                                        \
    s = s * z + 0x1.1111111111110p-7;                                                                                         \
    s = s * z - 0x1.5555555555555p-3;                                                                                         \
    s = (s * (z * r) + rest) + r;                                                                                             \
    VEC(f64, 8) c = z * 0x1.ab779550c8d9bp-45 - 0x1.9394b8bd50ae1p-37;                                                        \
    c = c * z + 0x1.1eed8deac3dfep-29;                                                                                        \
    c = c * z - 0x1.27e4fb77125c5p-22;                                                                                        \
    c = c * z + 0x1.a01a01a019d06p-16;                                                                                        \
    c = c * z - 0x1.6c16c16c16c16p-10;                                                                                        \
    c = c * z + 0x1.5555555555555p-5;                                                                                         \
    VEC(f64, 8) half = 0.5 * z, one = 1.0 - half;                                                                             \
    c = one + (((1.0 - one) - half) + (c * (z * z) - r * rest));                                                              \
    VEC(f64, 8) v = (AS(i64, 8, (turn & 1) != 0)) ? c : s;                                                                    \
    AS(f64, 8, AS(i64, 8, v) ^ ((turn & 2) << 62));                                                                           \
})

#define PERIODIC(NAME, T, N, I, LIMIT, FORMULA, LIBRARY)                                                                      \
    CLONES static void NAME(const void *pa, void *pr, size_t n) {                                                             \
        const T *a = pa;                                                                                                      \
        T *r = pr;                                                                                                            \
        for (size_t i = 0; i < n; i += N) {                                                                                   \
            size_t left = n - i < N ? n - i : N;                                                                              \
            VEC(T, N) x = (T)0;                                                                                               \
            if (left == N) x = LOAD(T, N, a + i);                                                                             \
            else LOAD_TAIL(T, N, x, a + i, left);                                                                             \
            VEC(I, N) fits = AS(I, N, __builtin_elementwise_abs(x) <= (T)(LIMIT));                                            \
            VEC(T, N) inside = AS(T, N, AS(I, N, x) & fits);                                                                  \
            VEC(T, N) value = FORMULA;                                                                                        \
            if (__builtin_reduce_and(fits) == 0) {                                                                            \
                for (size_t lane = 0; lane < left; lane++) {                                                                  \
                    if (!fits[lane]) value[lane] = LIBRARY(x[lane]);                                                          \
                }                                                                                                             \
            }                                                                                                                 \
            if (left == N) STORE(T, N, r + i, value);                                                                         \
            else STORE_TAIL(T, N, r + i, value, left);                                                                        \
        }                                                                                                                     \
    }
PERIODIC(sin_f32, f32, 16, i32, 0x1p20, (inside == 0.0f) ? inside : SINE32(inside, 0), sinf)
PERIODIC(cos_f32, f32, 16, i32, 0x1p20, SINE32(inside, 1), cosf)
PERIODIC(sin_f64, f64, 8, i64, 0x1p19, (inside == 0.0) ? inside : SINE64(inside, 0), sin)
PERIODIC(cos_f64, f64, 8, i64, 0x1p19, SINE64(inside, 1), cos)

// tanh x = 1 - 2 / (e^2x + 1), and a polynomial near zero, where that would cancel. -0 stays -0 by its sign.
UNARY_KERNEL(tanh_f32, f32, f32, 16, 0, ({
    VEC(f32, 16) y = __builtin_elementwise_abs(x), z = y * y;
    VEC(f32, 16) p = z * 0x1.2c7d78p-9f - 0x1.1168b4p-7f;
    p = p * z + 0x1.64a940p-6f;
    p = p * z - 0x1.ba08c2p-5f;
    p = p * z + 0x1.1110eap-3f;
    p = p * z - 0x1.555556p-2f;
    VEC(f32, 16) small = p * (z * y) + y;
    VEC(f32, 16) large = 1.0f - 2.0f / (EXP32(y + y) + 1.0f);
    VEC(f32, 16) v = (y < 0.625f) ? small : large;
    v = AS(f32, 16, AS(i32, 16, v) | (AS(i32, 16, x) & (i32)0x80000000));
    (x != x) ? x : v;
}))
UNARY_KERNEL(tanh_f64, f64, f64, 8, 0, ({
    VEC(f64, 8) y = __builtin_elementwise_abs(x), z = y * y;
    VEC(f64, 8) p = z * 0x1.b324134ba5eb6p-18 - 0x1.05b72f52995c9p-15;
    p = p * z + 0x1.844375ceb8cc4p-14;
    p = p * z - 0x1.f242fe2566072p-13;
    p = p * z + 0x1.3526dfb7d51b5p-11;
    p = p * z - 0x1.7d9f6e2122829p-10;
    p = p * z + 0x1.d6d39ad329565p-9;
    p = p * z - 0x1.226e34738a3aap-7;
    p = p * z + 0x1.664f487e08907p-6;
    p = p * z - 0x1.ba1ba1ba0f0cbp-5;
    p = p * z + 0x1.11111111110a8p-3;
    p = p * z - 0x1.5555555555555p-2;
    VEC(f64, 8) small = p * (z * y) + y;
    VEC(f64, 8) large = 1.0 - 2.0 / (EXP64(y + y) + 1.0);
    VEC(f64, 8) v = (y < 0.625) ? small : large;
    v = AS(f64, 8, AS(i64, 8, v) | (AS(i64, 8, x) & (i64)0x8000000000000000));
    (x != x) ? x : v;
}))

// Powers of floats in double precision: 2^(y log2 x) for positive finite x and finite y. The rest has rules of its own, which the
// C library knows. t is the exponent, from x = 2^e m with m around 1, log2 m = s p(s^2), s = (m - 1) / (m + 1).
#define POWER_EXPONENT(x, y) ({                                                                                               \
    VEC(f64, 8) b = CONVERT(x, f64, 8);                                                                                       \
    VEC(i64, 8) bits = AS(i64, 8, b) - 0x3fe6a09e667f3bcd;                                                                    \
    VEC(f64, 8) e = CONVERT(CONVERT(bits >> 52, i32, 8), f64, 8);                                                             \
    VEC(f64, 8) m = AS(f64, 8, (bits & 0xfffffffffffff) + 0x3fe6a09e667f3bcd);                                                \
    VEC(f64, 8) s = (m - 1.0) / (m + 1.0), z = s * s;                                                                         \
    VEC(f64, 8) p = z * 0x1.5ce39e0f72792p-2 + 0x1.a58dceca72ce8p-2;                                                          \
    p = p * z + 0x1.27777f461993ep-1;                                                                                         \
    p = p * z + 0x1.ec709d13c0821p-1;                                                                                         \
    p = p * z + 0x1.71547652bed13p+1;                                                                                         \
    CONVERT(y, f64, 8) * (s * p + e);                                                                                         \
})
// 2^t for |t| < 1000; the exponents of doubles are wide enough for what no float can hold.
#define POWER_OF_TWO(t) ({                                                                                                    \
    VEC(f64, 8) shifted = (t) + 0x1.8p52, r = (t) - (shifted - 0x1.8p52);                                                     \
    VEC(f64, 8) q = r * 0x1.443fffc90db59p-13 + 0x1.5f48c04f62e50p-10;                                                        \
    q = q * r + 0x1.3b2a1b7152befp-7;                                                                                         \
    q = q * r + 0x1.c6aecc669b6ddp-5;                                                                                         \
    q = q * r + 0x1.ebfbe045f4d3cp-3;                                                                                         \
    q = q * r + 0x1.62e430d034702p-1;                                                                                         \
    q = q * r + 1.0;                                                                                                          \
    CONVERT(AS(f64, 8, AS(i64, 8, q) + (AS(i64, 8, shifted) << 52)), f32, 8);                                                 \
})
// One vector of results from x and y, of which the first `left` lanes count. No logarithm of a float is beyond 150, so that up to y = 6
// no exponent can be too large.
#define POWER_STEP(left) ({                                                                                                   \
    VEC(f64, 8) t = POWER_EXPONENT(x, y);                                                                                     \
    VEC(i32, 8) is_positive = (x > 0.0f) & (x < INFINITY);                                                                    \
    VEC(f32, 8) value;                                                                                                        \
    if (__builtin_reduce_and(is_positive & (__builtin_elementwise_abs(y) <= 6.0f)) != 0) value = POWER_OF_TWO(t);             \
    else {                                                                                                                    \
        VEC(i32, 8) plain = is_positive & (__builtin_elementwise_abs(y) < INFINITY);                                          \
        t = __builtin_elementwise_min(__builtin_elementwise_max(t, NUMBER(f64, 8, -200)), NUMBER(f64, 8, 200));               \
        value = POWER_OF_TWO(t);                                                                                              \
        for (size_t lane = 0; lane < (left); lane++) {                                                                        \
            if (!plain[lane]) value[lane] = powf(x[lane], y[lane]);                                                           \
        }                                                                                                                     \
    }                                                                                                                         \
    value;                                                                                                                    \
})
#define POWER(NAME, X_IS_SINGLE, Y_IS_SINGLE)                                                                                 \
    CLONES static void NAME(const void *pa, const void *pb, void *pr, size_t n) {                                             \
        const f32 *a = pa, *b = pb;                                                                                           \
        f32 *r = pr;                                                                                                          \
        VEC(f32, 8) x = X_IS_SINGLE ? a[0] : 1.0f, y = Y_IS_SINGLE ? b[0] : 1.0f;                                             \
        size_t i = 0;                                                                                                         \
        for (; i + 8 <= n; i += 8) {                                                                                          \
            if (!X_IS_SINGLE) x = LOAD(f32, 8, a + i);                                                                        \
            if (!Y_IS_SINGLE) y = LOAD(f32, 8, b + i);                                                                        \
            STORE(f32, 8, r + i, POWER_STEP(8));                                                                              \
        }                                                                                                                     \
        if (i < n) {                                                                                                          \
            if (!X_IS_SINGLE) LOAD_TAIL(f32, 8, x, a + i, n - i);                                                             \
            if (!Y_IS_SINGLE) LOAD_TAIL(f32, 8, y, b + i, n - i);                                                             \
            VEC(f32, 8) last = POWER_STEP(n - i);                                                                             \
            STORE_TAIL(f32, 8, r + i, last, n - i);                                                                           \
        }                                                                                                                     \
    }
POWER(power_f32_rr, 0, 0)
POWER(power_f32_rs, 0, 1)
POWER(power_f32_sr, 1, 0)

UNARY_KERNEL(degrees_f32, f32, f32, 16, 0, x *(180 / (f32)M_PI))
UNARY_KERNEL(degrees_f64, f64, f64, 8, 0, x *(180 / M_PI))
UNARY_KERNEL(radians_f32, f32, f32, 16, 0, x *((f32)M_PI / 180))
UNARY_KERNEL(radians_f64, f64, f64, 8, 0, x *(M_PI / 180))

imjoy_unary_kernel imjoy_find_transcendental(imjoy_transcendental function, imjoy_type type) {
    if (type != IMJOY_FLOAT32 && type != IMJOY_FLOAT64) return NULL;
    bool is_single = type == IMJOY_FLOAT32;
    switch (function) {
    case IMJOY_EXP: return is_single ? exp_f32 : exp_f64;
    case IMJOY_LOG: return is_single ? log_f32 : log_f64;
    case IMJOY_SIN: return is_single ? sin_f32 : sin_f64;
    case IMJOY_COS: return is_single ? cos_f32 : cos_f64;
    case IMJOY_TANH: return is_single ? tanh_f32 : tanh_f64;
    case IMJOY_DEGREES: return is_single ? degrees_f32 : degrees_f64;
    case IMJOY_RADIANS: return is_single ? radians_f32 : radians_f64;
    default: return imjoy_find_library_function(function, type);
    }
}

imjoy_binary_kernel imjoy_find_power_float32(imjoy_form form) { return FORMS(power_f32, form); }
