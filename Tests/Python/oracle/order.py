"""Sorting, searching and sets."""
import numpy as np

from .registry import BOOL, COMPLEX, EQUAL, EVERY, INTEGER, NUMBER, REAL, Case, attempt, operation


def elements(draw, dtype, shape):
    return draw.array(dtype, shape, draw.choice(['any', 'small', 'small']))


@operation('sort', 'argsort')
def sorting(draw, name):
    a = elements(draw, draw.dtype(), draw.shape(rank=draw.integer(1, 4)))
    axis = draw.axis(a.ndim)
    return Case([a], getattr(np, name)(a, axis=axis, kind='stable'), {'axis': axis}, EQUAL)


@operation('partition')
def selecting(draw, name):
    """Only the elements at the chosen places are compared: the others may be in any order."""
    a = elements(draw, draw.dtype(), draw.shape(rank=draw.integer(1, 3), shortest=1))
    axis = draw.axis(a.ndim)
    places = [draw.integer(0, a.shape[axis] - 1) for _ in range(draw.integer(1, 3))]
    return Case([a], np.take(np.sort(a, axis=axis), places, axis=axis), {'axis': axis, 'places': places}, EQUAL)


@operation('lexsort')
def by_keys(draw, name):
    shape = draw.shape(rank=draw.integer(1, 3))
    keys = [draw.array(draw.dtype(), shape, 'small') for _ in range(draw.integer(1, 3))]
    axis = draw.axis(len(shape))
    return Case(keys, attempt(lambda: np.lexsort(keys, axis=axis)), {'axis': axis})


@operation('searchsorted')
def searching(draw, name):
    dtype = draw.dtype()
    a = elements(draw, dtype, (draw.integer(0, 30),))
    values = elements(draw, dtype, draw.shape())
    side = draw.choice(['left', 'right'])
    if draw.chance(0.3):
        sorter = np.argsort(a, kind='stable')
        return Case([a, values, sorter], np.asarray(np.searchsorted(a, values, side, sorter)), {'side': side})
    a = np.sort(a)
    return Case([a, values], np.asarray(np.searchsorted(a, values, side)), {'side': side})


@operation('digitize')
def bins(draw, name):
    dtype = draw.dtype(REAL)
    a = elements(draw, dtype, draw.shape())
    edges = np.sort(draw.values(dtype, draw.integer(1, 10), 'small'))
    if draw.chance(0.4):
        edges = edges[::-1].copy()
    right = draw.chance(0.5)
    return Case([a, edges], attempt(lambda: np.asarray(np.digitize(a, edges, right=right))), {'right': right})


@operation('unique')
def unique(draw, name):
    a = elements(draw, draw.dtype(BOOL, REAL), draw.shape())
    values, index, inverse, counts = np.unique(a, return_index=True, return_inverse=True, return_counts=True)
    return Case([a], (values, index, inverse, counts), {}, EQUAL)


@operation('unique_axis')
def unique_parts(draw, name):
    shape = draw.shape(rank=draw.integer(1, 3), longest=6)
    a = np.sign(draw.array(draw.dtype(INTEGER), shape, 'small'))
    axis = draw.axis(a.ndim)
    if a.size == 0:
        a = np.zeros([max(n, 1) for n in shape], a.dtype)
    return Case([a], np.unique(a, axis=axis), {'axis': axis})


@operation('union1d', 'intersect1d', 'setdiff1d', 'setxor1d', 'isin')
def sets(draw, name):
    a, b = (elements(draw, draw.dtype(BOOL, REAL), draw.shape()) for _ in range(2))
    if draw.chance(0.5):
        b = draw.array(a.dtype, b.shape, 'small')
    # Promoted first, as ours are: NumPy compares 64-bit integers of both signs exactly.
    common = np.promote_types(a.dtype, b.dtype)
    x, y = a.astype(common), b.astype(common)
    return Case([a, b], getattr(np, name)(x, y), {}, EQUAL)
