"""Functions of one array, element by element."""
import numpy as np

from .registry import (
    BOOL, EQUAL, EVERY, FLOAT, INTEGER, NUMBER, REAL, SIGNED, UNSIGNED, Case, attempt, close, operation, ulps, wider)


@operation(
    'sqrt', 'cbrt', 'exp', 'exp2', 'expm1', 'log', 'log2', 'log10', 'log1p', 'sin', 'cos', 'tan', 'sinh', 'cosh', 'tanh',
    'arcsin', 'arccos', 'arctan', 'arcsinh', 'arccosh', 'arctanh')
def transcendental(draw, name):
    kind = 'unit' if name in ('arcsin', 'arccos', 'arctanh') and draw.chance(0.7) else draw.choice(['any', 'plain'])
    dtype = draw.dtype(REAL, BOOL) if draw.chance(0.3) else draw.dtype(FLOAT)
    a = draw.array(dtype, kind=kind)
    call = getattr(np, name)
    expected = call(a)
    return Case([a], expected, tolerance=ulps(call(wider(np.asarray(a).astype(expected.dtype)))))


@operation('degrees', 'radians')
def angles(draw, name):
    a = draw.array(draw.dtype(REAL))
    return Case([a], getattr(np, name)(a))


@operation('sinc')
def sinc(draw, name):
    a = draw.array(draw.dtype(FLOAT), kind='unit')
    expected = np.sinc(a)
    return Case([a], expected, tolerance=close(8 * np.finfo(a.dtype).eps, 4 * np.finfo(a.dtype).eps))


@operation('floor', 'ceil', 'trunc')
def whole(draw, name):
    a = draw.array(draw.dtype(REAL, FLOAT, BOOL))
    return Case([a], getattr(np, name)(a))


@operation('round')
def rounded(draw, name):
    a = draw.array(draw.dtype(NUMBER, FLOAT), kind=draw.choice(['plain', 'finite']))
    decimals = draw.integer(-2, 3) if a.dtype.kind == 'f' else draw.integer(0, 2)
    return Case([a], np.round(a, decimals), {'decimals': decimals})


@operation('negative', 'absolute', 'sign', 'square')
def simple(draw, name):
    a = draw.array(draw.dtype(REAL))
    return Case([a], getattr(np, name)(a), tolerance=EQUAL)


@operation('reciprocal')
def reciprocal(draw, name):
    # The reciprocal of the integer 0 is whatever the processor makes of it.
    a = draw.array(draw.dtype(SIGNED, UNSIGNED, FLOAT), kind=draw.choice(['positive', 'positive', 'any']))
    if a.dtype.kind in 'iu':
        a[a == 0] = 1
    return Case([a], np.reciprocal(a))


@operation('invert', 'bitwise_count')
def bits(draw, name):
    a = draw.array(draw.dtype(INTEGER, BOOL))
    return Case([a], getattr(np, name)(a))


@operation('isnan', 'isinf', 'isfinite', 'logical_not')
def questions(draw, name):
    a = draw.array(draw.dtype(EVERY, FLOAT))
    return Case([a], getattr(np, name)(a))


@operation('signbit')
def signs(draw, name):
    a = draw.array(draw.dtype(REAL))
    if a.dtype.kind == 'f':
        a[np.isnan(a)] = 1
    return Case([a], np.signbit(a))


@operation('isposinf', 'isneginf')
def infinities(draw, name):
    a = draw.array(draw.dtype(FLOAT))
    return Case([a], getattr(np, name)(a))


@operation('spacing')
def spacing(draw, name):
    # NumPy's own spacing of halves has no sign, and goes down at negative powers of two.
    a = draw.array(draw.dtype([np.float32, np.float64]))
    a[a == 0] = 0
    return Case([a], np.spacing(a))


@operation('frexp', 'modf')
def parts(draw, name):
    a = draw.array(draw.dtype(FLOAT))
    if name == 'frexp':
        a[~np.isfinite(a)] = 3
    return Case([a], getattr(np, name)(a))


@operation('ldexp')
def ldexp(draw, name):
    a, b = draw.broadcastable(2)
    a, b = draw.array(draw.dtype(FLOAT), a), draw.array('int32', b, 'small')
    return Case([a, b], attempt(lambda: np.ldexp(a, b)))


@operation('nan_to_num')
def nan_to_num(draw, name):
    a = draw.array(draw.dtype(EVERY, FLOAT))
    return Case([a], np.nan_to_num(a))
