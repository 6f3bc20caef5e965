"""Polynomials, convolutions and correlations of one axis."""
import numpy as np

from .registry import COMPLEX, INTEGER, Case, close, operation


def factors(draw, longest=6):
    values = draw.values('float64', draw.integer(1, longest), 'small')
    values[0] = values[0] or 1.0
    return values


@operation('convolve', 'correlate')
def convolutions(draw, name):
    dtype = draw.dtype(INTEGER, ['float32', 'float64'], COMPLEX)
    sizes = (draw.choice([1, 2, 5, 17, 300, 700]), draw.choice([1, 2, 6, 13, 257, 300]))
    a, b = (draw.array(dtype, (size,), 'small') for size in sizes)
    mode = draw.choice(['full', 'same', 'valid'])
    wanted = getattr(np, name)(a, b, mode).astype(dtype)
    return Case([a, b], wanted, {'mode': mode}, close(1e-5, 5e-3 if dtype.itemsize <= 8 else 1e-9))


@operation('polyval', 'polyder', 'polyint')
def values(draw, name):
    p = factors(draw)
    if name == 'polyval':
        x = draw.array('float64', kind='unit')
        return Case([p, x], np.polyval(p, x), tolerance=close(1e-13, 1e-12))
    order = draw.integer(0, 4) if name == 'polyder' else 1
    wanted = np.polyder(p, order) if name == 'polyder' else np.polyint(p)
    wanted = np.trim_zeros(np.atleast_1d(wanted), 'f')
    return Case([p], wanted if wanted.size else np.zeros(1), {'order': order}, close(1e-15))


@operation('polyadd', 'polysub', 'polymul', 'polydiv')
def pairs(draw, name):
    a, b = factors(draw), factors(draw, 4)
    wanted = getattr(np, name)(a, b)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)

    def trimmed(p):
        p = np.trim_zeros(np.where(np.abs(p) < 1e-9, 0.0, p), 'f')
        return p if p.size else np.zeros(1)
    if name == 'polydiv':
        # What is left of a division that comes out even is a matter of rounding: the product says as much.
        return Case([a, b], (trimmed(a),), tolerance=close(1e-9, 1e-9))
    return Case([a, b], tuple(trimmed(p) for p in wanted), tolerance=close(1e-12, 1e-12))


@operation('roots')
def roots(draw, name):
    zeros = np.sort(draw.rng.permutation(np.arange(-6, 7))[:draw.integer(0, 5)]).astype(float)
    p = np.atleast_1d(np.poly(zeros)).astype(float)
    return Case([p], zeros.astype(complex), tolerance=close(1e-8, 1e-8))


@operation('polyfit')
def fits(draw, name):
    degree = draw.integer(0, 4)
    count = degree + draw.integer(4, 12)
    x = np.linspace(-2, 3, count) + draw.rng.normal(scale=0.02, size=count)
    y = draw.rng.normal(size=count)
    w = draw.rng.uniform(0.5, 2, size=count) if draw.chance(0.5) else None
    p, cov = np.polyfit(x, y, degree, w=w, cov=True)
    unscaled = np.polyfit(x, y, degree, w=w, cov='unscaled')[1]
    residual = np.polyfit(x, y, degree, w=w, full=True)[1]
    inputs = [x, y] + ([] if w is None else [w])
    return Case(inputs, (p, cov, unscaled, residual[0]), {'degree': degree}, close(1e-9, 1e-9))
