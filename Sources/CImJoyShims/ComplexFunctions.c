#include "CImJoyShims.h"
#include <complex.h>
#include <math.h>

typedef double complex number;

static number make(double x, double y) { return __builtin_complex(x, y); }

static number exp2_(number z) {
    // A real factor is not multiplied as a complex number, which would turn infinities into NaN.
    return cexp(make(creal(z) * M_LN2, cimag(z) * M_LN2));
}

static number expm1_(number z) {
    double x = creal(z), y = cimag(z), half = sin(y / 2);
    // exp(x) cos(y) - 1 without the difference of two numbers near 1.
    return make(expm1(x) * cos(y) - 2 * half * half, exp(x) * sin(y));
}

static number log2_(number z) {
    number w = clog(z);
    return make(creal(w) * M_LOG2E, cimag(w) * M_LOG2E);
}

static number log10_(number z) {
    number w = clog(z);
    return make(creal(w) * M_LOG10E, cimag(w) * M_LOG10E);
}

static number log1p_(number z) {
    double x = creal(z), y = cimag(z), angle = atan2(y, x + 1);
    // The length minus one is small where the logarithm is.
    if (fabs(x) < 0.5 && fabs(y) < 0.5) return make(0.5 * log1p(x * (2 + x) + y * y), angle);
    return make(log(hypot(x + 1, y)), angle);
}

static number (*const functions[])(number) = {
    [imjoy_complex_sqrt] = csqrt,   [imjoy_complex_exp] = cexp,     [imjoy_complex_exp2] = exp2_,
    [imjoy_complex_expm1] = expm1_, [imjoy_complex_log] = clog,     [imjoy_complex_log2] = log2_,
    [imjoy_complex_log10] = log10_, [imjoy_complex_log1p] = log1p_, [imjoy_complex_sin] = csin,
    [imjoy_complex_cos] = ccos,     [imjoy_complex_tan] = ctan,     [imjoy_complex_sinh] = csinh,
    [imjoy_complex_cosh] = ccosh,   [imjoy_complex_tanh] = ctanh,   [imjoy_complex_asin] = casin,
    [imjoy_complex_acos] = cacos,   [imjoy_complex_atan] = catan,   [imjoy_complex_asinh] = casinh,
    [imjoy_complex_acosh] = cacosh, [imjoy_complex_atanh] = catanh,
};

void imjoy_complex_apply(enum imjoy_complex_function function, double *numbers, long count) {
    for (long i = 0; i < count; i++) {
        number w = functions[function](make(numbers[2 * i], numbers[2 * i + 1]));
        numbers[2 * i] = creal(w);
        numbers[2 * i + 1] = cimag(w);
    }
}

static number power(number z, number exponent) {
    double x = creal(exponent), y = cimag(exponent);
    if (x == 0 && y == 0) return 1;
    // A zero has positive powers only.
    if (creal(z) == 0 && cimag(z) == 0) return x > 0 ? 0 : make(NAN, NAN);
    if (y == 0 && x == 1) return z;
    if (y == 0 && x == 2) return make(creal(z) * creal(z) - cimag(z) * cimag(z), 2 * creal(z) * cimag(z));
    return cpow(z, exponent);
}

void imjoy_complex_power(double *numbers, const double *exponents, long count) {
    for (long i = 0; i < count; i++) {
        number w = power(
            make(numbers[2 * i], numbers[2 * i + 1]), make(exponents[2 * i], exponents[2 * i + 1]));
        numbers[2 * i] = creal(w);
        numbers[2 * i + 1] = cimag(w);
    }
}
