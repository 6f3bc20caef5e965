"""Arrays of different dtypes, and Python's own numbers beside arrays: what `AnyNDArray` does."""
import numpy as np

from .registry import (
    BOOL, COMPLEX, EQUAL, EVERY, EXACT, FLOAT, INTEGER, REAL, REFUSED, SIGNED, UNSIGNED, Case, attempt, close, operation,
    ulps, wider)


def second(draw, shape, kind, numbers):
    """An array, or a number without a dtype and the parameters that name it."""
    if not draw.chance(0.3):
        return draw.array(draw.dtype(numbers), shape, kind), {}
    kinds = ['int', 'float', 'bool'] + (['complex'] if numbers is EVERY else [])
    weak = draw.choice(kinds)
    value = {
        'int': lambda: draw.choice([0, 1, 2, 3, 7, -1, -5, 100, 200, 300, -200, 70000, -2**31, 2**40, 2**62]),
        'float': lambda: draw.choice([0.5, -1.25, 3.0, 1e-3, 7.7]),
        'bool': lambda: draw.chance(0.5),
        'complex': lambda: complex(draw.integer(-3, 3), 0.5),
    }[weak]()
    written = [value.real, value.imag] if weak == 'complex' else value
    return value, {'weak': weak, 'value': written}


def mixed(draw, call, numbers=EVERY, kind='any', tolerance=lambda result: EXACT, first=None):
    a_shape, b_shape = draw.broadcastable(2)
    a = draw.array(draw.dtype(first or numbers), a_shape, kind)
    b, params = second(draw, b_shape, kind, numbers)
    inputs = [a] if params else [a, b]
    if params and params['weak'] != 'complex' and draw.chance(0.3):
        # Which side the number stands on makes no difference to the types.
        params['reversed'] = True
        a, b = b, a
    expected = attempt(lambda: call(a, b))
    return Case(inputs, expected, params, EXACT if expected is REFUSED else tolerance(expected)), a, b


def rounded_product(result):
    return close(4 * np.finfo(result.dtype).eps) if result.dtype.kind == 'c' else EXACT


@operation('mixed_add', 'mixed_subtract')
def sums(draw, name):
    return mixed(draw, getattr(np, name[6:]))[0]


@operation('mixed_multiply', 'mixed_true_divide')
def products(draw, name):
    call = getattr(np, name[6:])
    case = mixed(draw, call, REAL + BOOL)[0]
    if draw.chance(0.7):
        return case
    return mixed(draw, call, EVERY, 'plain', lambda result: rounded_product(result))[0]


@operation('mixed_floor_divide', 'mixed_remainder', 'mixed_fmod')
def divisions(draw, name):
    return mixed(draw, getattr(np, name[6:]), draw.choice([REAL + BOOL, INTEGER, FLOAT]))[0]


@operation('mixed_divmod')
def divmods(draw, name):
    return mixed(draw, np.divmod, REAL)[0]


@operation('mixed_power')
def power(draw, name):
    if draw.chance(0.5):
        case, a, b = mixed(draw, np.power, INTEGER + BOOL, 'small')
    else:
        case, a, b = mixed(draw, np.power, FLOAT, draw.choice(['plain', 'any', 'small']))
    if case.expected is not REFUSED and case.expected[0].dtype.kind == 'f':
        dtype = case.expected[0].dtype
        case.tolerance = ulps(np.power(wider(np.asarray(a).astype(dtype)), wider(np.asarray(b).astype(dtype))))
    return case


@operation('mixed_maximum', 'mixed_minimum', 'mixed_fmax', 'mixed_fmin')
def extremes(draw, name):
    return mixed(draw, getattr(np, name[6:]), REAL + BOOL, tolerance=lambda result: EQUAL)[0]


@operation('mixed_hypot', 'mixed_arctan2')
def geometry(draw, name):
    call = getattr(np, name[6:])
    case, a, b = mixed(draw, call, REAL + BOOL)
    if case.expected is not REFUSED:
        dtype = case.expected[0].dtype
        case.tolerance = ulps(call(wider(np.asarray(a).astype(dtype)), wider(np.asarray(b).astype(dtype))))
    return case


@operation('mixed_logaddexp', 'mixed_logaddexp2')
def log_sums(draw, name):
    # Where the terms cancel the result is near zero, and its error that of the terms.
    return mixed(
        draw, getattr(np, name[6:]), FLOAT, 'plain',
        lambda result: close(4 * np.finfo(result.dtype).eps, 8 * np.finfo(result.dtype).eps))[0]


@operation('mixed_copysign', 'mixed_nextafter', 'mixed_heaviside')
def neighbours(draw, name):
    return mixed(draw, getattr(np, name[6:]), REAL)[0]


@operation('mixed_gcd', 'mixed_lcm')
def divisors(draw, name):
    return mixed(draw, getattr(np, name[6:]), INTEGER)[0]


@operation('mixed_bitwise_and', 'mixed_bitwise_or', 'mixed_bitwise_xor')
def bits(draw, name):
    return mixed(draw, getattr(np, name[6:]), draw.choice([INTEGER, INTEGER + BOOL, EVERY]))[0]


@operation('mixed_left_shift', 'mixed_right_shift')
def shifts(draw, name):
    return mixed(draw, getattr(np, name[6:]), INTEGER + BOOL, draw.choice(['any', 'small']))[0]


@operation('mixed_logical_and', 'mixed_logical_or', 'mixed_logical_xor')
def logic(draw, name):
    return mixed(draw, getattr(np, name[6:]), EVERY, 'small')[0]


@operation('mixed_equal', 'mixed_not_equal')
def equality(draw, name):
    return mixed(draw, getattr(np, name[6:]), EVERY, draw.choice(['any', 'small']))[0]


@operation('mixed_less', 'mixed_less_equal', 'mixed_greater', 'mixed_greater_equal')
def order(draw, name):
    return mixed(draw, getattr(np, name[6:]), draw.choice([REAL + BOOL, INTEGER]), draw.choice(['any', 'small']))[0]


@operation('mixed_where')
def where(draw, name):
    mask = draw.array(draw.dtype(), draw.shape(rank=1), 'small')
    shape = mask.shape if draw.chance(0.5) else (3,) + mask.shape
    a, b = draw.array(draw.dtype(), shape), draw.array(draw.dtype(), mask.shape)
    return Case([mask, a, b], np.where(mask, a, b))


@operation('mixed_clip')
def clip(draw, name):
    shape = draw.shape()
    dtype = draw.dtype(REAL)
    a, lower, upper = draw.array(dtype, shape), draw.array(draw.dtype(REAL), shape), draw.array(dtype, shape[1:])
    return Case([a, lower, upper], attempt(lambda: np.clip(a, lower, upper)), tolerance=EQUAL)


@operation('mixed_isclose')
def isclose(draw, name):
    dtype = draw.dtype(FLOAT, INTEGER, COMPLEX)
    a = draw.array(dtype)
    factor = 1 + draw.choice([0, 1e-7, 3e-6, 1e-3]) if dtype.kind in 'fc' else 1
    b = draw.lay_out((a * dtype.type(factor)).astype(dtype))
    nan = draw.chance(0.5)
    return Case([a, b], np.isclose(a, b, equal_nan=nan), {'nan': nan})
