"""What moves elements: indexing and assignment, joining, repeating, padding, turning."""
import numpy as np

from .registry import COMPLEX, EQUAL, EVERY, INTEGER, NUMBER, REAL, Case, attempt, close, operation


def selectors(draw, shape):
    """Random selectors for an array of `shape`, as Python uses them and as they travel, and the arrays among them."""
    items, described, arrays = [], [], []
    left = list(shape)
    advanced = draw.chance(0.6)
    common = tuple(draw.integer(1, 3) for _ in range(draw.integer(0, 2)))
    while left:
        length = left[0]
        kind = draw.choice(['int', 'slice', 'slice', 'none', 'array', 'array', 'mask', 'stop'])
        if kind == 'stop':
            break
        if kind == 'none':
            items.append(None)
            described.append('None')
            if draw.chance(0.5):
                continue
            kind = 'slice'
        if kind in ('array', 'mask') and not advanced:
            kind = 'slice'
        if kind in ('int', 'array') and length == 0:
            kind = 'slice'
        # Where nothing is picked NumPy does not look whether a mask fits; we do.
        if kind == 'mask' and 0 in shape:
            kind = 'slice'
        if kind == 'int':
            index = draw.integer(-length, length - 1 if draw.chance(0.98) else length)
            items.append(index)
            described.append(str(index))
        elif kind == 'slice':
            bound = lambda: None if draw.chance(0.4) else draw.integer(-length - 2, length + 2)
            start, stop, step = bound(), bound(), draw.choice([None, 1, 2, 3, -1, -2])
            items.append(slice(start, stop, step))
            described.append(':'.join('' if value is None else str(value) for value in (start, stop, step)))
        elif kind == 'array':
            shape_ = tuple(1 if draw.chance(0.2) else n for n in common)
            shape_ = shape_[draw.integer(0, len(shape_)):] if draw.chance(0.2) else shape_
            high = length - 1 if draw.chance(0.98) else length
            dtype = draw.dtype(['int64', 'int32', 'int8'])
            index = draw.lay_out(draw.rng.integers(-length, high + 1, size=shape_).astype(dtype))
            items.append(index)
            described.append(f'array {len(arrays)}')
            arrays.append(index)
        else:
            # The masks of one selection must have equally many true places, or one.
            count = draw.integer(1, min(2, len(left)))
            want = int(np.prod(common[-1:], dtype=int)) if common else 1
            mask = np.zeros(int(np.prod(left[:count], dtype=int)), bool)
            mask[draw.rng.permutation(mask.size)[:want]] = True
            mask = draw.lay_out(mask.reshape(left[:count]))
            items.append(mask)
            described.append(f'array {len(arrays)}')
            arrays.append(mask)
            left = left[count - 1:]
        left = left[1:]
    if draw.chance(0.2):
        place = draw.integer(0, len(items))
        items.insert(place, Ellipsis)
        described.insert(place, '...')
    return tuple(items), described, arrays


@operation('getitem')
def read(draw, name):
    a = draw.array(draw.dtype(), draw.shape())
    items, described, arrays = selectors(draw, a.shape)
    return Case([a, *arrays], attempt(lambda: a[items].copy()), {'index': described})


@operation('setitem')
def write(draw, name):
    a = draw.array(draw.dtype(), draw.shape())
    items, described, arrays = selectors(draw, a.shape)
    part = attempt(lambda: np.array(a[items]))
    shape = part.shape if isinstance(part, np.ndarray) else ()
    shape = tuple(1 if draw.chance(0.2) else n for n in shape)
    shape = shape[draw.integer(0, len(shape)):] if draw.chance(0.3) else shape
    values = draw.array(a.dtype, shape)

    def assigned():
        # NumPy goes through its operands as they lie in memory, which shows where an index occurs twice: row by row, as we do.
        def by_rows(item):
            return np.array(item, order='C') if isinstance(item, np.ndarray) else item
        result = a.copy()
        result[tuple(map(by_rows, items)) if isinstance(items, tuple) else by_rows(items)] = by_rows(values)
        return result
    return Case([a, values, *arrays], attempt(assigned), {'index': described})


@operation('add.at')
def scattered(draw, name):
    a = draw.array(draw.dtype(INTEGER), draw.shape(rank=draw.integer(1, 3)))
    items, described, arrays = selectors(draw, a.shape)
    value = draw.array(a.dtype, ())

    def added():
        result = a.copy()
        np.add.at(result, items, value)
        return result
    return Case([a, value, *arrays], attempt(added), {'index': described})


@operation('take', 'take_along_axis', 'compress')
def taking(draw, name):
    shape = draw.shape(rank=draw.integer(1, 4), shortest=1)
    a = draw.array(draw.dtype(), shape)
    axis = draw.axis(len(shape))
    length = shape[axis]
    if name == 'compress':
        mask = draw.array('bool', (draw.integer(0, length),))
        return Case([a, mask], attempt(lambda: np.compress(mask, a, axis=axis)), {'axis': axis})
    if name == 'take':
        mode = draw.choice(['raise', 'wrap', 'clip'])
        reach = 0 if mode == 'raise' else 3
        indices = draw.lay_out(draw.rng.integers(-length - reach, length + reach, size=draw.shape(longest=3)))
        return Case([a, indices], attempt(lambda: np.take(a, indices, axis=axis, mode=mode)),
                    {'axis': axis, 'mode': mode})
    other = list(1 if draw.chance(0.2) else n for n in shape)
    other[axis] = draw.integer(0, 4)
    indices = draw.lay_out(draw.rng.integers(-length, length, size=other))
    return Case([a, indices], attempt(lambda: np.take_along_axis(a, indices, axis=axis)), {'axis': axis})


@operation('put')
def putting(draw, name):
    a = draw.array(draw.dtype(), draw.shape(shortest=1))
    mode = draw.choice(['raise', 'wrap', 'clip'])
    reach = 0 if mode == 'raise' else 3
    indices = draw.rng.integers(-a.size - reach, a.size + reach, size=draw.integer(0, 6))
    values = draw.array(a.dtype, (draw.integer(1, 4),))

    def put():
        result = a.copy()
        np.put(result, indices, values, mode=mode)
        return result
    return Case([a, indices, values], attempt(put), {'mode': mode})


@operation('nonzero', 'argwhere', 'flatnonzero')
def finding(draw, name):
    a = draw.array(draw.dtype(), draw.shape(rank=draw.integer(1, 4)), 'small')
    return Case([a], attempt(lambda: getattr(np, name)(a)))


@operation('unravel_index', 'ravel_multi_index')
def numbering(draw, name):
    shape = draw.shape(rank=draw.integer(1, 4), shortest=1)
    count = int(np.prod(shape))
    flat = draw.rng.integers(0, count + (1 if draw.chance(0.05) else 0), size=draw.shape(longest=4))
    if name == 'unravel_index':
        return Case([flat], attempt(lambda: np.unravel_index(flat, shape)), {'shape': shape})
    mode = draw.choice(['raise', 'wrap', 'clip'])
    reach = 0 if mode == 'raise' and draw.chance(0.9) else 2
    indices = [draw.rng.integers(-reach, n + reach, size=(3,)) for n in shape]
    return Case(indices, attempt(lambda: np.asarray(np.ravel_multi_index(tuple(indices), shape, mode=mode))),
                {'shape': shape, 'mode': mode})


@operation('diagonal', 'tril', 'triu', 'diag')
def diagonals(draw, name):
    if name == 'diag':
        a, k = draw.array(draw.dtype(), (draw.integer(0, 5),)), draw.integer(-3, 3)
        return Case([a], np.diag(a, k), {'k': k})
    a = draw.array(draw.dtype(), draw.shape(rank=draw.integer(2, 4)))
    k = draw.integer(-4, 4)
    if name == 'diagonal':
        axes = [int(axis) for axis in draw.rng.permutation(a.ndim)[:2]]
        return Case([a], a.diagonal(k, *axes).copy(), {'k': k, 'axes': axes})
    return Case([a], getattr(np, name)(a, k), {'k': k})


@operation('concatenate', 'stack', 'vstack', 'hstack', 'dstack', 'column_stack')
def joining(draw, name):
    rank = draw.integer(1, 2 if name == 'column_stack' else 4)
    shape = draw.shape(rank=rank, longest=4)
    count = draw.integer(1, 4)
    axis = draw.axis(rank + (name == 'stack'))
    arrays = []
    varies = {'concatenate': axis, 'vstack': 0, 'hstack': 0 if rank == 1 else 1, 'dstack': 2, 'column_stack': 1}
    for _ in range(count):
        lengths = list(shape)
        place = varies.get(name)
        if place is not None and -rank <= place < rank and not (name == 'vstack' and rank == 1):
            lengths[place] = draw.integer(0, 3)
        if draw.chance(0.02):
            lengths[0] += 1
        arrays.append(draw.array(draw.dtype(), lengths))
    function = getattr(np, name)
    call = (lambda: function(arrays, axis=axis)) if name in ('concatenate', 'stack') else (lambda: function(arrays))
    return Case(arrays, attempt(call), {'axis': axis})


@operation('array_split', 'split')
def splitting(draw, name):
    a = draw.array(draw.dtype(), draw.shape(rank=draw.integer(1, 3), longest=6))
    axis = draw.axis(a.ndim)
    if draw.chance(0.5):
        parts = draw.integer(1, 5)
    else:
        parts = [draw.integer(-7, 8) for _ in range(draw.integer(0, 3))]
    expected = attempt(lambda: [part.copy() for part in getattr(np, name)(a, parts, axis=axis)])
    return Case([a], expected, {'parts': parts, 'axis': axis})


@operation('tile', 'repeat', 'resize')
def repeating(draw, name):
    a = draw.array(draw.dtype(), draw.shape(longest=4))
    if name == 'tile':
        counts = [draw.integer(0, 3) for _ in range(draw.integer(0, 4))]
        return Case([a], np.tile(a, counts), {'counts': counts})
    if name == 'resize':
        shape = list(draw.shape(longest=4))
        return Case([a], np.resize(a, shape), {'shape': shape})
    if a.ndim == 0:
        a = draw.array(a.dtype, (3,))
    axis = draw.axis(a.ndim)
    length = a.shape[axis] if draw.chance(0.6) else 1
    counts = [draw.integer(0, 3) for _ in range(length + (1 if draw.chance(0.02) else 0))]
    return Case([a], attempt(lambda: np.repeat(a, counts, axis=axis)), {'counts': counts, 'axis': axis})


@operation('roll', 'rot90', 'flip', 'moveaxis', 'swapaxes')
def turning(draw, name):
    a = draw.array(draw.dtype(), draw.shape(rank=draw.integer(2, 4)))
    if name == 'roll':
        shift, axis = draw.integer(-9, 9), None if draw.chance(0.3) else draw.axis(a.ndim)
        return Case([a], np.roll(a, shift, axis=axis), {'shift': shift, 'axis': axis})
    if name == 'rot90':
        k, axes = draw.integer(-5, 5), [int(axis) for axis in draw.rng.permutation(a.ndim)[:2]]
        return Case([a], np.rot90(a, k, axes).copy(), {'k': k, 'axes': axes})
    if name == 'flip':
        axes = draw.axes(a.ndim)
        return Case([a], np.flip(a, axes).copy(), {'axis': axes})
    if name == 'swapaxes':
        axes = [draw.axis(a.ndim), draw.axis(a.ndim)]
        return Case([a], np.swapaxes(a, *axes).copy(), {'axes': axes})
    count = draw.integer(1, a.ndim)
    sources = [int(axis) for axis in draw.rng.permutation(a.ndim)[:count]]
    places = [int(axis) - (a.ndim if draw.chance(0.3) else 0) for axis in draw.rng.permutation(a.ndim)[:count]]
    return Case([a], np.moveaxis(a, sources, places).copy(), {'from': sources, 'to': places})


@operation('insert', 'delete', 'trim_zeros', 'sliding_window_view')
def editing(draw, name):
    a = draw.array(draw.dtype(), draw.shape(rank=draw.integer(1, 3), longest=6, shortest=1), 'small')
    axis = draw.axis(a.ndim)
    length = a.shape[axis]
    if name == 'trim_zeros':
        a = np.where(draw.rng.random(a.shape) < 0.7, a.dtype.type(0), a)
        trim = draw.choice(['fb', 'f', 'b'])
        return Case([a], np.trim_zeros(a, trim).copy(), {'trim': trim})
    if name == 'sliding_window_view':
        axes = [int(axis) for axis in draw.rng.permutation(a.ndim)[:draw.integer(1, a.ndim)]]
        lengths = [draw.integer(1, a.shape[axis]) for axis in axes]
        return Case([a], np.lib.stride_tricks.sliding_window_view(a, lengths, axes).copy(),
                    {'axes': axes, 'lengths': lengths})
    if name == 'delete':
        places = [draw.integer(-length, length - 1) for _ in range(draw.integer(0, 4))]
        return Case([a], attempt(lambda: np.delete(a, places, axis=axis)), {'places': places, 'axis': axis})
    places = [draw.integer(-length, length) for _ in range(draw.integer(2, 4))]
    shape = list(a.shape)
    shape[axis] = len(places)
    values = draw.array(a.dtype, shape, 'small')
    return Case([a, values], attempt(lambda: np.insert(a, places, values, axis=axis)),
                {'places': places, 'axis': axis})


@operation('pad')
def padding(draw, name):
    mode = draw.choice(['constant', 'edge', 'linear_ramp', 'maximum', 'mean', 'median', 'minimum', 'reflect',
                        'symmetric', 'wrap'])
    computed = mode in ('linear_ramp', 'maximum', 'mean', 'median', 'minimum')
    odd = mode in ('reflect', 'symmetric') and draw.chance(0.4)
    dtype = draw.dtype(['float64', 'int32', 'int64', 'uint8', 'int16'] if computed or odd else EVERY)
    a = draw.array(dtype, draw.shape(rank=draw.integer(1, 3), longest=5), 'plain')
    widths = [[draw.integer(0, 7), draw.integer(0, 7)] for _ in range(a.ndim)]
    params = {'mode': mode, 'widths': widths}
    extra = {}
    if mode == 'constant' and draw.chance(0.7):
        low = 0 if dtype.kind in 'ub' else -9
        values = [[draw.integer(low, 9), draw.integer(low, 9)] for _ in range(a.ndim)]
        extra['constant_values'] = params['values'] = values
    if mode == 'linear_ramp':
        extra['end_values'] = params['end'] = draw.integer(0, 9)
    if computed and mode != 'linear_ramp' and draw.chance(0.5):
        extra['stat_length'] = params['length'] = draw.integer(1, 7)
    if odd:
        extra['reflect_type'] = 'odd'
        params['odd'] = True
    expected = attempt(lambda: np.pad(a, widths, mode=mode, **extra))
    tolerance = close(1e-12, 1e-10) if dtype.kind in 'fc' and (computed or odd) else EQUAL
    return Case([a], expected, params, tolerance)


@operation('meshgrid')
def grids(draw, name):
    dtype = draw.dtype()
    arrays = [draw.array(dtype, (draw.integer(0, 4),)) for _ in range(draw.integer(1, 3))]
    indexing = draw.choice(['xy', 'ij'])
    return Case(arrays, np.meshgrid(*arrays, indexing=indexing), {'indexing': indexing})


@operation('choose')
def choosing(draw, name):
    shapes = draw.broadcastable(3)
    mode = draw.choice(['raise', 'wrap', 'clip'])
    reach = 0 if mode == 'raise' else 3
    indices = draw.rng.integers(-reach, 2 + reach, size=shapes[0])
    dtype = draw.dtype()
    choices = [draw.array(dtype, shape) for shape in shapes[1:]]
    return Case([indices, *choices], attempt(lambda: np.choose(indices, choices, mode=mode)), {'mode': mode})


@operation('put_along_axis', 'fill_diagonal')
def placing(draw, name):
    if name == 'fill_diagonal':
        shape = draw.shape(rank=2, shortest=1) if draw.chance(0.7) else (draw.integer(1, 3),) * 3
        a, values = draw.array(draw.dtype(), shape), None
        values = draw.array(a.dtype, (draw.integer(1, 4),))

        def filled():
            result = a.copy()
            np.fill_diagonal(result, values)
            return result
        return Case([a, values], attempt(filled))
    shape = draw.shape(rank=draw.integer(1, 3), shortest=1)
    a = draw.array(draw.dtype(), shape)
    axis = draw.axis(len(shape))
    other = list(shape)
    other[axis] = draw.integer(1, 3)
    indices = draw.rng.integers(-shape[axis], shape[axis], size=other)
    values = draw.array(a.dtype, [1 if draw.chance(0.3) else n for n in other])

    def put():
        result = a.copy()
        np.put_along_axis(result, indices, values, axis)
        return result
    return Case([a, indices, values], attempt(put), {'axis': axis})


@operation('squeeze', 'expand_dims', 'append', 'roll_axes', 'block')
def fitting(draw, name):
    a = draw.array(draw.dtype(), draw.shape(rank=draw.integer(2, 4), longest=3))
    if name == 'squeeze':
        axes = [axis for axis in range(a.ndim) if a.shape[axis] == 1 or draw.chance(0.05)]
        return Case([a], attempt(lambda: np.squeeze(a, tuple(axes)).copy()), {'axes': axes})
    if name == 'expand_dims':
        axes = [int(axis) for axis in draw.rng.permutation(a.ndim + 2)[:2]]
        return Case([a], np.expand_dims(a, axes).copy(), {'axes': axes})
    if name == 'roll_axes':
        axes = [draw.axis(a.ndim) for _ in range(draw.integer(1, 3))]
        shifts = [draw.integer(-5, 5) for _ in axes]
        return Case([a], np.roll(a, shifts, axes), {'axes': axes, 'shifts': shifts})
    if name == 'append':
        b = draw.array(a.dtype, a.shape)
        axis = draw.axis(a.ndim)
        return Case([a, b], np.append(a, b, axis), {'axis': axis})
    rows, columns = [draw.integer(1, 3) for _ in range(2)], [draw.integer(1, 3) for _ in range(2)]
    parts = [draw.array(a.dtype, (row, column)) for row in rows for column in columns]
    return Case(parts, np.block([parts[:2], parts[2:]]))
