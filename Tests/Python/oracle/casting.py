"""Conversions between dtypes, as `astype` does them."""
import numpy as np

from .registry import BOOL, COMPLEX, EVERY, FLOAT, INTEGER, REAL, Case, operation


@operation('astype')
def astype(draw, name):
    source = draw.dtype()
    target = draw.dtype(COMPLEX, BOOL) if source.kind == 'c' else draw.dtype()
    a = draw.array(source)
    if source.kind == 'f' and target.kind in 'iu':
        # What a float beyond the range becomes is up to the processor, so there is nothing to compare with.
        info = np.iinfo(target)
        fits = (np.trunc(a.astype(np.longdouble)) >= info.min) & (np.trunc(a.astype(np.longdouble)) <= info.max)
        a[~fits] = draw.integer(0, 100)
    return Case([a], a.astype(target), {'dtype': target.name})


@operation('copy', 'ascontiguousarray')
def copies(draw, name):
    a = draw.array()
    return Case([a], a.copy())


@operation('assign')
def assign(draw, name):
    """`a[...] = b`, broadcast and cast."""
    a = draw.array(draw.dtype(REAL))
    shape = tuple(1 if draw.chance(0.3) else length for length in a.shape)
    b = draw.array(a.dtype, shape)
    expected = a.copy()
    expected[...] = b
    return Case([a, b], expected)
