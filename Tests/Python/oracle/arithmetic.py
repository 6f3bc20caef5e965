"""Operations on two arrays, element by element: what the operators do."""
import numpy as np

from .registry import BOOL, EVERY, FLOAT, INTEGER, NUMBER, REAL, Case, EQUAL, attempt, close, operation


@operation('add', 'subtract', 'multiply')
def typed(draw, name):
    """Of one dtype, which is what `NDArray` has."""
    dtype = draw.dtype(NUMBER)
    a, b = (draw.array(dtype, shape) for shape in draw.broadcastable(2))
    # A fused multiply-add, where NumPy has one, rounds the parts of a complex product once less.
    if dtype.kind == 'c' and name == 'multiply':
        a, b = draw.array(dtype, a.shape, 'plain'), draw.array(dtype, b.shape, 'plain')
        return Case([a, b], attempt(lambda: np.multiply(a, b)), tolerance=close(4 * np.finfo(dtype).eps))
    return Case([a, b], attempt(lambda: getattr(np, name)(a, b)))


@operation('less', 'less_equal', 'greater', 'greater_equal')
def ordered(draw, name):
    dtype = draw.dtype(REAL)
    a, b = (draw.array(dtype, shape) for shape in draw.broadcastable(2))
    return Case([a, b], attempt(lambda: getattr(np, name)(a, b)))


@operation('equal', 'not_equal')
def equal(draw, name):
    dtype = draw.dtype()
    a, b = (draw.array(dtype, shape, draw.choice(['any', 'small'])) for shape in draw.broadcastable(2))
    return Case([a, b], attempt(lambda: getattr(np, name)(a, b)))


@operation('where')
def where(draw, name):
    dtype = draw.dtype()
    shapes = draw.broadcastable(3)
    mask = draw.array('bool', shapes[0])
    a, b = draw.array(dtype, shapes[1]), draw.array(dtype, shapes[2])
    return Case([mask, a, b], attempt(lambda: np.where(mask, a, b)))
