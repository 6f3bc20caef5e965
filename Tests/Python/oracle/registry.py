"""What the operations of the oracle are made of; numpy_oracle.py says how to add one."""
import dataclasses

import numpy as np

BOOL = ['bool']
SIGNED = ['int8', 'int16', 'int32', 'int64']
UNSIGNED = ['uint8', 'uint16', 'uint32', 'uint64']
INTEGER = SIGNED + UNSIGNED
FLOAT = ['float16', 'float32', 'float64']
COMPLEX = ['complex64', 'complex128']
REAL = INTEGER + FLOAT
NUMBER = REAL + COMPLEX
EVERY = BOOL + NUMBER

REFUSED = object()
"""The expected answer of a call that must throw."""

operations = {}


def operation(*names):
    """Registers a function of a `Draw` and the operation's name that returns a `Case`."""
    def register(make):
        for name in names:
            assert name not in operations, name
            operations[name] = make
        return make
    return register


class Tolerance:
    def __init__(self, truth=(), **description):
        self.description = description
        self.truth = truth


EXACT = Tolerance(kind='exact')
"""The same bits, the sign of zero included; one NaN is as good as another."""

EQUAL = Tolerance(kind='equal')
"""Equal numbers; zero has no sign."""


def close(relative, absolute=0.0):
    """abs(ours - expected) <= absolute + relative * abs(expected), for a complex number taken as a whole."""
    return Tolerance(kind='close', relative=float(relative), absolute=float(absolute))


def ulps(*truths, limit=2, numpy=5):
    """At most `limit` units in the last place from the truth, and `numpy` units from what NumPy computes.

    A truth is one array per result, computed in a wider type. Longdoubles travel as a sum of two doubles.
    """
    parts = []
    for truth in truths:
        truth = np.asarray(truth)
        high = truth.astype(np.float64)
        low = np.where(np.isfinite(high), truth - np.where(np.isfinite(high), high, 0), 0).astype(np.float64)
        parts.append([np.ascontiguousarray(high).reshape(truth.shape), np.ascontiguousarray(low).reshape(truth.shape)])
    return Tolerance(parts, kind='ulps', limit=limit, numpy=numpy)


def wider(array):
    """An array in the type in which the truth about its functions is computed."""
    return array.astype(np.longdouble if array.dtype == np.float64 else np.float64)


@dataclasses.dataclass
class Case:
    inputs: list
    expected: object
    params: dict = dataclasses.field(default_factory=dict)
    tolerance: Tolerance = EXACT

    def __post_init__(self):
        if self.expected is not REFUSED and not isinstance(self.expected, (tuple, list)):
            self.expected = (self.expected,)


def attempt(call):
    """What `call` returns, or REFUSED when NumPy refuses it."""
    try:
        return call()
    except (TypeError, ValueError, OverflowError, IndexError):
        return REFUSED


class Draw:
    """Random inputs of one case."""

    def __init__(self, rng):
        self.rng = rng

    def chance(self, probability):
        return self.rng.random() < probability

    def choice(self, options):
        return options[int(self.rng.integers(len(options)))]

    def integer(self, low, high):
        """A whole number from `low` to `high`, both included."""
        return int(self.rng.integers(low, high + 1))

    def dtype(self, *among):
        """A dtype of the given lists; of any kind when there are none."""
        return np.dtype(self.choice(sum(among, []) or EVERY))

    # Shapes

    def shape(self, rank=None, longest=5, shortest=0):
        """Up to five axes, mostly fewer; some empty, some of length 1."""
        if rank is None:
            rank = self.choice([0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5])
        if rank > 3:
            longest = min(longest, 3)
        lengths = self.rng.integers(max(shortest, 1), longest + 1, size=rank)
        if shortest == 0 and rank and self.chance(0.06):
            lengths[self.integer(0, rank - 1)] = 0
        if rank == 1 and self.chance(0.3):
            lengths[0] = self.integer(max(shortest, 1), 150)
        return tuple(int(length) for length in lengths)

    def broadcastable(self, count):
        """`count` shapes that can be broadcast together, and now and then (one in fifty) cannot."""
        common = self.shape()
        shapes = []
        for _ in range(count):
            shape = [1 if self.chance(0.2) else length for length in common]
            if self.chance(0.25):
                shape = shape[self.integer(0, len(shape)):]
            shapes.append(tuple(shape) if not self.chance(0.4) else common)
        if self.chance(0.02):
            shapes[-1] = self.shape()
        return shapes

    def axis(self, rank):
        """An axis, counted from either end."""
        return self.integer(-rank, rank - 1)

    def axes(self, rank):
        """None for all of them, or some axes, each once."""
        if rank == 0 or self.chance(0.25):
            return None
        count = self.integer(1, rank)
        return tuple(int(axis) - (rank if self.chance(0.3) else 0) for axis in self.rng.permutation(rank)[:count])

    # Elements

    def values(self, dtype, count, kind='any'):
        """`count` elements, one after another.

        Kinds: `any` (extremes, NaN, infinities and signed zeros among them), `finite`, `small` (whole numbers from -8
        to 8, where the dtype has them), `positive` (finite and above zero), `unit` (floats from -1 to 1), and `plain`
        (finite, of ordinary size, for sums whose rounding errors are to stay small).
        """
        dtype = np.dtype(dtype)
        rng = self.rng
        if dtype.kind == 'c':
            part = np.dtype('float32' if dtype.itemsize == 8 else 'float64')
            return (self.values(part, count, kind) + 1j * self.values(part, count, kind)).astype(dtype)
        if dtype.kind == 'b':
            return rng.random(count) < 0.5
        if kind == 'small':
            return rng.integers(0 if dtype.kind == 'u' else -8, 9, size=count).astype(dtype)
        if dtype.kind in 'iu':
            info = np.iinfo(dtype)
            full = rng.integers(info.min, info.max, size=count, dtype=dtype, endpoint=True)
            small = rng.integers(0 if dtype.kind == 'u' else -10, 11, size=count).astype(dtype)
            values = np.where(rng.random(count) < 0.5, full, small)
            if kind == 'plain':
                return small
            extremes = np.array([info.min, info.max, 0, 1], dtype)
            values = np.where(rng.random(count) < 0.1, rng.choice(extremes, count), values)
            if kind == 'positive':
                values = np.where(values > 0, values, dtype.type(1))
            return values
        if kind == 'unit':
            return rng.uniform(-1, 1, count).astype(dtype)
        plain = rng.normal(scale=10, size=count)
        if kind == 'plain':
            return plain.astype(dtype)
        info = np.finfo(dtype)
        largest = 0.9 * np.log2(float(info.max))
        values = np.where(
            rng.random(count) < 0.7, plain,
            np.copysign(np.exp2(rng.uniform(-largest, largest, count)), rng.normal(size=count)))
        values = np.where(rng.random(count) < 0.15, np.rint(plain), values).astype(dtype)
        if kind == 'positive':
            return np.where(values != 0, np.abs(values), dtype.type(1))
        odd = [0.0, -0.0, 1.0, -1.0, 0.5, -2.5, float(info.max), float(info.tiny), float(info.smallest_subnormal)]
        if kind == 'any':
            odd += [np.nan, np.inf, -np.inf]
        return np.where(rng.random(count) < 0.12, rng.choice(np.array(odd).astype(dtype), count), values)

    def lay_out(self, array):
        """The same elements anywhere in memory: axes in any order and direction, with gaps, from any start."""
        array = np.asarray(array)
        if array.ndim == 0 or self.chance(0.3):
            return array.copy()
        rank = array.ndim
        order = self.rng.permutation(rank)
        steps = [self.choice([1, 1, 2, -1, -1, -2, 3]) for _ in range(rank)]
        lengths = [array.shape[axis] * abs(step) for axis, step in zip(order, steps)]
        start = self.integer(0, 3)
        memory = self.values(array.dtype, start + int(np.prod(lengths, dtype=int)) + 2, 'finite')
        block = memory[start:start + int(np.prod(lengths, dtype=int))].reshape(lengths)
        view = block[tuple(slice(None, None, step) for step in steps)].transpose(np.argsort(order))
        view[...] = array
        return view

    def array(self, dtype=None, shape=None, kind='any'):
        """An array of any dtype and shape, anywhere in memory."""
        dtype = np.dtype(dtype) if dtype is not None else self.dtype()
        shape = self.shape() if shape is None else shape
        count = int(np.prod(shape, dtype=int))
        return self.lay_out(self.values(dtype, count, kind).reshape(shape))

    def pair(self, *dtypes, kind='any', same=False):
        """Two arrays that can be broadcast together, with dtypes of the given lists; one and the same when asked for."""
        first = self.dtype(*dtypes)
        second = first if same else self.dtype(*dtypes)
        a, b = self.broadcastable(2)
        return self.array(first, a, kind), self.array(second, b, kind)
