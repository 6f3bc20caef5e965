"""Sums, extremes, spreads and percentiles, over all axes and along some."""
import warnings

import numpy as np

from .registry import BOOL, COMPLEX, EQUAL, EVERY, FLOAT, INTEGER, NUMBER, REAL, REFUSED, Case, attempt, close, operation

warnings.simplefilter('ignore')


def quiet(call):
    """Refuses as NumPy does; warnings about empty slices are no refusals."""
    with np.errstate(all='ignore'):
        return attempt(call)


def near(dtype, count=1):
    """What rounding in another order may change, for elements of ordinary size."""
    dtype = np.dtype(dtype)
    if dtype.kind not in 'fc':
        return close(1e-12, 1e-12) if dtype.kind == 'f' else EQUAL
    eps = float(np.finfo(dtype).eps)
    return close(8 * eps, 40 * eps * max(count, 1))


def folding(draw, dtypes, kind='plain', shortest=0):
    dtype = draw.dtype(dtypes)
    shape = draw.shape(shortest=shortest)
    a = draw.array(dtype, shape, kind)
    axes = draw.axes(len(shape))
    return a, axes, draw.chance(0.4)


@operation('sum', 'prod', 'mean')
def totals(draw, name):
    a, axes, keeps = folding(draw, EVERY, 'small' if name == 'prod' else 'plain')
    if name == 'prod' and a.dtype.kind in 'fc':
        a = draw.array(a.dtype, a.shape, 'unit')
    expected = quiet(lambda: getattr(np, name)(a, axis=axes, keepdims=keeps))
    tolerance = near(a.dtype, a.size) if a.dtype.kind in 'fc' else close(1e-12, 1e-12)
    return Case([a], expected, {'axis': axes, 'keepdims': keeps}, tolerance)


@operation('var', 'std')
def spreads(draw, name):
    a, axes, keeps = folding(draw, NUMBER)
    lost = draw.choice([0, 0, 1, 2])
    wide = a.astype(np.complex128 if a.dtype.kind == 'c' else np.float64)
    result = quiet(lambda: getattr(np, name)(a, axis=axes, keepdims=keeps, ddof=lost)).dtype
    # In double precision, as we compute; NumPy's own float16 is far from it.
    expected = quiet(lambda: getattr(np, name)(wide, axis=axes, keepdims=keeps, ddof=lost)).astype(result)
    eps = float(np.finfo(result).eps)
    return Case(
        [a], expected, {'axis': axes, 'keepdims': keeps, 'ddof': lost},
        close(16 * eps, 2e-3 if result == np.float16 else 1e-5 if result == np.float32 else 1e-11))


@operation('min', 'max')
def extremes(draw, name):
    a, axes, keeps = folding(draw, EVERY, draw.choice(['any', 'small']))
    return Case([a], quiet(lambda: getattr(np, name)(a, axis=axes, keepdims=keeps)),
                {'axis': axes, 'keepdims': keeps}, EQUAL)


@operation('argmin', 'argmax')
def places(draw, name):
    dtype = draw.dtype(EVERY)
    shape = draw.shape()
    a = draw.array(dtype, shape, draw.choice(['any', 'small']))
    axis = None if not shape or draw.chance(0.3) else draw.axis(len(shape))
    keeps = axis is not None and draw.chance(0.4)
    return Case([a], quiet(lambda: getattr(np, name)(a, axis=axis, keepdims=keeps)),
                {'axis': axis, 'keepdims': keeps})


@operation('any', 'all', 'count_nonzero')
def answers(draw, name):
    a, axes, keeps = folding(draw, EVERY, 'small')
    expected = quiet(lambda: getattr(np, name)(a, axis=axes, keepdims=keeps))
    return Case([a], expected, {'axis': axes, 'keepdims': keeps})


@operation('ptp')
def ranges(draw, name):
    a, axes, keeps = folding(draw, NUMBER, 'plain')
    return Case([a], quiet(lambda: np.ptp(a, axis=axes, keepdims=keeps)), {'axis': axes, 'keepdims': keeps}, EQUAL)


@operation('average')
def averages(draw, name):
    dtype = draw.dtype(REAL)
    shape = draw.shape(rank=draw.integer(1, 3), shortest=1)
    a = draw.array(dtype, shape, 'small').astype(np.float64)
    axes = draw.axes(len(shape)) or tuple(range(len(shape)))
    wshape = shape if draw.chance(0.4) else tuple(shape[axis] for axis in axes)
    weights = draw.array('float64', wshape, 'unit')
    weights = np.abs(weights) + 0.1
    expected = quiet(lambda: np.average(a, axis=axes, weights=weights))
    return Case([a, weights], expected, {'axis': axes}, close(1e-11, 1e-11))


@operation('cumsum', 'cumprod')
def accumulations(draw, name):
    dtype = draw.dtype(EVERY)
    shape = draw.shape()
    kind = 'plain' if name == 'cumsum' else 'unit' if dtype.kind in 'fc' else 'small'
    a = draw.array(dtype, shape, kind)
    axis = None if not shape or draw.chance(0.3) else draw.axis(len(shape))
    expected = quiet(lambda: getattr(np, name)(a, axis=axis))
    tolerance = near(a.dtype, a.size) if dtype.kind in 'fc' else EQUAL
    return Case([a], expected, {'axis': axis}, tolerance)


@operation('minimum.accumulate', 'maximum.accumulate')
def running(draw, name):
    dtype = draw.dtype(REAL)
    shape = draw.shape(rank=draw.integer(1, 4))
    a = draw.array(dtype, shape)
    axis = draw.axis(len(shape))
    ufunc = np.minimum if name.startswith('min') else np.maximum
    return Case([a], quiet(lambda: ufunc.accumulate(a, axis=axis)), {'axis': axis}, EQUAL)


@operation('diff')
def differences(draw, name):
    dtype = draw.dtype(EVERY)
    shape = draw.shape(rank=draw.integer(1, 4))
    a = draw.array(dtype, shape, 'plain')
    axis, n = draw.axis(len(shape)), draw.integer(0, 3)
    return Case([a], quiet(lambda: np.diff(a, n=n, axis=axis)), {'axis': axis, 'n': n}, near(dtype))


@operation('gradient')
def slopes(draw, name):
    shape = draw.shape(rank=draw.integer(1, 3), shortest=3)
    a = draw.array('float64', shape, 'plain')
    axis, order = draw.axis(len(shape)), draw.choice([1, 2])
    if draw.chance(0.5):
        x = np.cumsum(np.abs(draw.values('float64', shape[axis], 'unit')) + 0.1)
        return Case([a, x], quiet(lambda: np.gradient(a, x, axis=axis, edge_order=order)),
                    {'axis': axis, 'order': order}, close(1e-8, 1e-8))
    step = float(draw.choice([1.0, 0.5, 3.0]))
    return Case([a], quiet(lambda: np.gradient(a, step, axis=axis, edge_order=order)),
                {'axis': axis, 'order': order, 'step': step}, close(1e-10, 1e-10))


METHODS = ['inverted_cdf', 'averaged_inverted_cdf', 'closest_observation', 'interpolated_inverted_cdf', 'hazen',
           'weibull', 'linear', 'median_unbiased', 'normal_unbiased', 'lower', 'higher', 'midpoint', 'nearest']


def scattered(draw, dtype, shape, nan):
    """Elements of ordinary size with ties, and NaN where the dtype has it."""
    a = draw.array(dtype, shape, draw.choice(['plain', 'small']))
    if np.dtype(dtype).kind == 'f' and nan:
        a = a.copy()
        a[draw.rng.random(shape) < nan] = np.nan
    return a


def foldable(a, axes):
    """The axes, or the first of them: of an array without elements NumPy's medians take no more than one."""
    return axes[:1] if a.size == 0 and isinstance(axes, (list, tuple)) else axes


@operation('percentile', 'nanpercentile')
def percentiles(draw, name):
    dtype = draw.dtype(['float64'] if draw.chance(0.5) else ['uint8', 'int32', 'uint16', 'int64'])
    if name == 'nanpercentile':
        dtype = np.dtype('float64')
    # Of nothing, NumPy's nanpercentile gives a mean without an axis for the percentiles.
    shape = draw.shape(shortest=1 if name == 'nanpercentile' else 0)
    a = scattered(draw, dtype, shape, draw.choice([0, 0.1, 0.4]) if name == 'nanpercentile' else draw.choice([0, 0, 0.05]))
    axes = foldable(a, draw.axes(len(shape)))
    keeps = draw.chance(0.3)
    method = draw.choice(METHODS)
    q = [float(value) for value in draw.rng.choice([0, 100, 50, 25, 10, 99, 37.5, 66.6, 5], draw.integer(1, 4))]
    expected = quiet(lambda: getattr(np, name)(a, q, axis=axes, keepdims=keeps, method=method))
    return Case([a], expected, {'axis': axes, 'keepdims': keeps, 'method': method, 'q': q}, close(1e-12, 1e-12))


@operation('median')
def medians(draw, name):
    dtype = draw.dtype(EVERY)
    shape = draw.shape()
    a = scattered(draw, dtype, shape, draw.choice([0, 0, 0.05]))
    axes, keeps = foldable(a, draw.axes(len(shape))), draw.chance(0.3)
    return Case([a], quiet(lambda: np.median(a, axis=axes, keepdims=keeps)), {'axis': axes, 'keepdims': keeps},
                near(dtype) if dtype.kind in 'fc' else close(1e-12, 1e-12))


@operation('nansum', 'nanprod', 'nanmean', 'nanvar', 'nanstd', 'nanmin', 'nanmax', 'nanmedian')
def without_nan(draw, name):
    dtype = draw.dtype(['float32', 'float64'])
    shape = draw.shape()
    a = draw.array(dtype, shape, 'unit' if name == 'nanprod' else 'plain').copy()
    a[draw.rng.random(shape) < draw.choice([0.1, 0.5])] = np.nan
    axes, keeps = draw.axes(len(shape)), draw.chance(0.3)
    extra = {'ddof': draw.choice([0, 1])} if name in ('nanvar', 'nanstd') else {}
    expected = quiet(lambda: getattr(np, name)(a, axis=axes, keepdims=keeps, **extra))
    if expected is not REFUSED and name in ('nanvar', 'nanstd', 'nanmean'):
        expected = quiet(lambda: getattr(np, name)(a.astype('float64'), axis=axes, keepdims=keeps, **extra)).astype(dtype)
    eps = float(np.finfo(dtype).eps)
    return Case([a], expected, {'axis': axes, 'keepdims': keeps} | extra, close(64 * eps, 500 * eps))


@operation('nanargmin', 'nanargmax')
def places_without_nan(draw, name):
    shape = draw.shape(rank=draw.integer(1, 3), shortest=1)
    a = draw.array('float64', shape, 'small').copy()
    a[draw.rng.random(shape) < 0.3] = np.nan
    axis = draw.axis(len(shape))
    return Case([a], quiet(lambda: getattr(np, name)(a, axis=axis)), {'axis': axis})


@operation('nancumsum', 'nancumprod')
def running_without_nan(draw, name):
    shape = draw.shape(rank=draw.integer(1, 3))
    a = draw.array('float64', shape, 'unit').copy()
    a[draw.rng.random(shape) < 0.3] = np.nan
    axis = draw.axis(len(shape))
    return Case([a], quiet(lambda: getattr(np, name)(a, axis=axis)), {'axis': axis}, close(1e-11, 1e-11))


@operation('histogram')
def histograms(draw, name):
    a = draw.array(draw.dtype(['float64', 'int32', 'uint8']), draw.shape(), 'plain')
    style = draw.choice(['counts', 'weights', 'density'])
    weights = np.abs(draw.array('float64', a.shape, 'unit')) if style == 'weights' else None
    bounds = None if draw.chance(0.5) else tuple(sorted(float(x) for x in draw.values('float64', 2, 'plain')))
    bins = draw.integer(1, 12)
    expected = quiet(lambda: np.histogram(a, bins=bins, range=bounds, weights=weights, density=style == 'density'))
    return Case([a] if weights is None else [a, weights], expected,
                {'bins': bins, 'range': bounds, 'style': style}, close(1e-10, 1e-12))


@operation('histogram_auto')
def rules(draw, name):
    a = draw.array(draw.dtype(['float64', 'int32']), (draw.integer(3, 200),), 'plain')
    rule = draw.choice(['auto', 'fd', 'scott', 'rice', 'sturges', 'doane', 'sqrt'])
    return Case([a], quiet(lambda: np.histogram(a, bins=rule)), {'rule': rule}, close(1e-10, 1e-10))


@operation('histogram_edges')
def edges(draw, name):
    a = draw.array(draw.dtype(['float64', 'int32', 'uint8']), draw.shape(), 'small')
    edges = np.sort(draw.values('int64', draw.integer(2, 8), 'small'))
    return Case([a, edges], quiet(lambda: np.histogram(a, bins=edges)[0]))


@operation('histogramdd')
def grids(draw, name):
    count, rank = draw.integer(1, 60), draw.integer(1, 3)
    points = [draw.array('float64', (count,), draw.choice(['plain', 'small'])) for _ in range(rank)]
    bins = [draw.integer(1, 5) for _ in range(rank)]
    bounds = None if draw.chance(0.5) else [(-8.0, 8.0)] * rank
    sums, edges = np.histogramdd(points, bins=bins, range=bounds)
    return Case(points, (sums, *edges), {'bins': bins, 'range': bounds}, close(1e-12, 1e-12))


@operation('bincount')
def counts(draw, name):
    a = np.abs(draw.array('int64', (draw.integer(0, 50),), 'small'))
    least = draw.integer(0, 12)
    # Weights of nothing are integers to NumPy.
    if len(a) and draw.chance(0.4):
        weights = draw.array('float64', a.shape, 'unit')
        return Case([a, weights], quiet(lambda: np.bincount(a, weights, least)), {'least': least}, close(1e-12, 1e-12))
    if draw.chance(0.1):
        a = a - 3
    return Case([a], quiet(lambda: np.bincount(a, minlength=least)), {'least': least})


@operation('cov', 'corrcoef')
def tables(draw, name):
    shape = (draw.integer(2, 5), draw.integer(2, 30)) if draw.chance(0.8) else (draw.integer(2, 30),)
    a = draw.array('float64', shape, 'plain')
    return Case([a], quiet(lambda: getattr(np, name)(a)), {}, close(1e-9, 1e-9))


@operation('interp')
def lines(draw, name):
    points = np.sort(draw.values('float64', draw.integer(1, 12), 'plain'))
    values = draw.values('float64', len(points), 'plain')
    a = draw.array('float64', draw.shape(), 'plain')
    a = np.where(draw.rng.random(a.shape) < 0.2, draw.rng.choice(points, a.shape), a)
    return Case([a, points, values], quiet(lambda: np.interp(a, points, values)), {}, close(1e-10, 1e-10))
