"""Complex numbers: their parts, and functions of them."""
import numpy as np

from .registry import COMPLEX, EQUAL, FLOAT, NUMBER, Case, attempt, close, operation, ulps, wider


def whole(dtype, units):
    """So many units in the last place of the number as a whole: its parts may cancel."""
    eps = np.finfo(dtype).eps
    return close(units * eps, units * eps * 1e-3)


@operation('real', 'imag', 'conjugate')
def parts(draw, name):
    a = draw.array(draw.dtype(NUMBER, COMPLEX, COMPLEX, COMPLEX))
    return Case([a], getattr(np, name)(a))


@operation('complex_absolute')
def magnitude(draw, name):
    a = draw.array(draw.dtype(COMPLEX))
    exact = a.astype(np.clongdouble if a.dtype == np.complex128 else np.complex128)
    return Case([a], np.abs(a), tolerance=ulps(np.abs(exact)))


@operation('angle')
def angle(draw, name):
    a = draw.array(draw.dtype(COMPLEX, FLOAT))
    if a.dtype.kind == 'c':
        return Case([a], np.angle(a), tolerance=ulps(np.arctan2(wider(a.imag), wider(a.real))))
    return Case([a], np.angle(a), tolerance=whole(a.dtype, 2))


@operation('complex_sign')
def sign(draw, name):
    a = draw.array(draw.dtype(COMPLEX), kind='plain')
    return Case([a], np.sign(a), tolerance=whole(a.dtype, 4))


@operation('complex_multiply', 'complex_true_divide')
def arithmetic(draw, name):
    dtype = draw.dtype(COMPLEX)
    a, b = (draw.array(dtype, shape, 'plain') for shape in draw.broadcastable(2))
    return Case([a, b], attempt(lambda: getattr(np, name[8:])(a, b)), tolerance=whole(dtype, 8))


@operation('complex_power')
def power(draw, name):
    dtype = draw.dtype(COMPLEX)
    a, b = (draw.array(dtype, shape, kind) for shape, kind in zip(draw.broadcastable(2), ['plain', 'unit']))
    return Case([a, b], attempt(lambda: np.power(a, b)), tolerance=whole(dtype, 32))


@operation(
    'complex_sqrt', 'complex_exp', 'complex_exp2', 'complex_expm1', 'complex_log', 'complex_log2', 'complex_log10',
    'complex_log1p', 'complex_sin', 'complex_cos', 'complex_tan', 'complex_sinh', 'complex_cosh', 'complex_tanh',
    'complex_arcsin', 'complex_arccos', 'complex_arctan', 'complex_arcsinh', 'complex_arccosh', 'complex_arctanh')
def functions(draw, name):
    a = draw.array(draw.dtype(COMPLEX), kind=draw.choice(['plain', 'unit']))
    # NumPy's log1p loses digits near zero, where the length of the number plus one is near 1.
    eps = np.finfo(a.dtype).eps
    tolerance = close(32 * eps, 4 * eps) if name == 'complex_log1p' else whole(a.dtype, 32)
    return Case([a], getattr(np, name[8:])(a), tolerance=tolerance)


@operation('complex_special')
def special(draw, name):
    """Infinities, NaN and signed zeros, where C's Annex G says what comes out."""
    function = draw.choice(['sqrt', 'log', 'sinh', 'cosh', 'tanh', 'arcsinh', 'arctanh'])
    values = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan])
    a = np.empty(draw.integer(1, 9), 'complex128')
    a.real, a.imag = draw.rng.choice(values, a.shape), draw.rng.choice(values, a.shape)
    return Case([a], getattr(np, function)(a), {'function': function}, close(1e-14, 1e-14))
