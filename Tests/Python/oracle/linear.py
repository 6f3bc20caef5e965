"""Matrices: products, equations and decompositions.

Vectors of decompositions have signs (or phases) of their own, so those are compared by what they are made for: the
matrix that the parts give back, and the distance of their products from the identity.
"""
import numpy as np

from .registry import COMPLEX, INTEGER, NUMBER, REFUSED, Case, attempt, close, operation

PRECISE = ['float32', 'float64', 'complex64', 'complex128']
NORMS = {
    'frobenius': 'fro', 'nuclear': 'nuc', 'spectral': 2, 'smallestSingularValue': -2, 'columnSum': 1,
    'smallestColumnSum': -1, 'rowSum': np.inf, 'smallestRowSum': -np.inf,
}


def allowed(dtype, factor=1.0, size=1.0):
    """Errors of a few hundred roundings of numbers of a size."""
    eps = float(np.finfo(dtype).eps)
    return close(200 * factor * eps, 200 * factor * eps * max(float(size), 1e-30))


def matrices(draw, rows, columns, dtype=None, batch=None):
    dtype = np.dtype(draw.choice(PRECISE)) if dtype is None else np.dtype(dtype)
    batch = draw.choice([(), (), (), (2,), (3,), (2, 2), (0,)]) if batch is None else batch
    return draw.array(dtype, tuple(batch) + (rows, columns), 'plain')


def conditioned(draw, size, dtype=None, batch=None):
    """Square matrices far from singular."""
    a = matrices(draw, size, size, dtype, batch)
    return draw.lay_out((a + 60 * np.eye(size)).astype(a.dtype))


def largest(*arrays):
    return max([float(np.abs(a).max()) for a in arrays if a.size], default=1.0)


@operation('matmul')
def matmul(draw, name):
    dtype = draw.dtype(NUMBER)
    m, k, n = (draw.integer(0 if draw.chance(0.1) else 1, draw.choice([5, 5, 40])) for _ in range(3))
    shapes = draw.choice([((m, k), (k, n)), ((k,), (k, n)), ((m, k), (k,)), ((k,), (k,)), ((2, m, k), (k, n)),
                          ((2, 1, m, k), (3, k, n)), ((m, k + 1), (k, n))])
    a, b = (draw.array(dtype, shape, 'small') for shape in shapes)
    return Case([a, b], attempt(lambda: a @ b), tolerance=close(1e-3 if dtype == np.float16 else 1e-6))


@operation('inner', 'kron', 'tensordot', 'cross')
def products(draw, name):
    dtype = draw.dtype(NUMBER)
    tolerance = close(0.01 if dtype == np.float16 else 1e-5)
    if name == 'cross':
        a, b = (draw.array(dtype, shape, 'small') for shape in draw.choice(
            [((3,), (3,)), ((4, 3), (3,)), ((2, 1, 3), (4, 3)), ((3,), (2, 3))]))
        return Case([a, b], attempt(lambda: np.cross(a, b)), tolerance=tolerance)
    if name == 'kron':
        a, b = (draw.array(dtype, draw.shape(draw.integer(0, 3), 3), 'small') for _ in range(2))
        return Case([a, b], attempt(lambda: np.kron(a, b)), tolerance=tolerance)
    if name == 'inner':
        k = draw.integer(1, 6)
        shapes = [tuple(draw.shape(draw.integer(0, 2), 4)) + (k,) for _ in range(2)]
        if draw.chance(0.05):
            shapes[1] = shapes[1][:-1] + (k + 1,)
        a, b = (draw.array(dtype, shape, 'small') for shape in shapes)
        return Case([a, b], attempt(lambda: np.inner(a, b)), tolerance=tolerance)
    rank = draw.integer(0, 3)
    common = tuple(draw.integer(1, 4) for _ in range(rank))
    a = draw.array(dtype, tuple(draw.shape(draw.integer(0, 2), 3, 1)) + common, 'small')
    b = draw.array(dtype, common + tuple(draw.shape(draw.integer(0, 2), 3, 1)), 'small')
    axes = [list(range(a.ndim - rank, a.ndim)), list(range(rank))]
    if draw.chance(0.5) and rank > 1:
        order = draw.rng.permutation(rank).tolist()
        axes = [[axes[0][i] for i in order], [axes[1][i] - b.ndim for i in order]]
    return Case([a, b], attempt(lambda: np.tensordot(a, b, axes)), {'a': axes[0], 'b': axes[1]}, tolerance)


@operation('trace', 'matrix_power', 'multi_dot', 'vdot')
def folded(draw, name):
    dtype = draw.dtype(NUMBER)
    size = draw.integer(1, 5)
    tolerance = close(0.02 if dtype == np.float16 else 1e-4)
    if name == 'trace':
        a = draw.array(dtype, draw.choice([(size, 4), (2, size, 3), (size, 2, 3)]), 'small')
        axes = (0, 1) if a.ndim == 2 else draw.choice([(0, 1), (-2, -1), (2, 0)])
        offset = draw.integer(-4, 4)
        wanted = np.asarray(np.trace(a, offset, *axes))
        return Case([a], wanted, {'offset': offset, 'axes': axes}, tolerance)
    if name == 'matrix_power':
        exponent = draw.integer(0, 6)
        a = draw.array(dtype, draw.choice([(), (2,)]) + (size, size), 'small')
        if dtype == np.float16:
            a = a.astype(np.float32)
        return Case([a], np.linalg.matrix_power(a, exponent), {'exponent': exponent}, tolerance)
    if name == 'vdot':
        dtype = draw.dtype(PRECISE)
        a, b = (draw.array(dtype, (2, size), 'small') for _ in range(2))
        return Case([a, b], np.asarray(np.vdot(a, b)), tolerance=tolerance)
    sides = [draw.integer(1, 6) for _ in range(draw.integer(3, 6))]
    shapes = list(zip(sides, sides[1:]))
    if draw.chance(0.3):
        shapes[0] = shapes[0][1:]
    if draw.chance(0.3):
        shapes[-1] = shapes[-1][:1]
    arrays = [draw.array('float64', shape, 'small') for shape in shapes]
    return Case(arrays, np.asarray(np.linalg.multi_dot(arrays)), tolerance=close(1e-10, 1e-8))


@operation('einsum')
def einsum(draw, name):
    """Random subscripts over few letters, so that repeated, shared and summed ones all occur."""
    dtype = draw.dtype(INTEGER, PRECISE)
    letters = 'ijklm'
    lengths = {letter: draw.integer(1, 4) for letter in letters}
    terms, shapes = [], []
    ellipsis = draw.chance(0.25)
    extra = draw.choice([(2,), (2, 3)])
    for _ in range(draw.choice([1, 2, 2, 2, 3])):
        term = ''.join(draw.choice(letters) for _ in range(draw.integer(0, 3)))
        shape = tuple(lengths[letter] for letter in term)
        if ellipsis:
            front = extra[draw.integer(0, len(extra)):]
            place = draw.integer(0, len(term))
            term, shape = term[:place] + '...' + term[place:], shape[:place] + front + shape[place:]
        terms.append(term)
        shapes.append(shape)
    text = ','.join(terms)
    if draw.chance(0.7):
        used = sorted(set(text) - set(',.'))
        picked = [letter for letter in draw.rng.permutation(used).tolist() if draw.chance(0.6)] if used else []
        out = ''.join(picked)
        place = draw.integer(0, len(out))
        text += '->' + (out[:place] + '...' + out[place:] if ellipsis else out)
    arrays = [draw.array(dtype, shape, 'small') for shape in shapes]
    return Case(arrays, attempt(lambda: np.einsum(text, *arrays)), {'subscripts': text}, close(1e-4, 1e-4))


@operation('solve', 'inv')
def equations(draw, name):
    size = draw.integer(0 if draw.chance(0.05) else 1, 8)
    a = conditioned(draw, size)
    if draw.chance(0.05) and size > 1 and a.size:
        a = a.copy()
        a[..., 1, :] = 2 * a[..., 0, :]
        expected = REFUSED if np.all(np.linalg.det(a) == 0) else None
        a[..., 1, :] = 0
        a[..., 0, :] = 0
        return Case([a] if name == 'inv' else [a, np.ones(size, a.dtype)], REFUSED)
    if name == 'inv':
        return Case([a], np.linalg.inv(a), tolerance=allowed(a.dtype, 10))
    b = draw.array(a.dtype, draw.choice([(size,), (size, 3), a.shape[:-2] + (size, 2)]), 'plain')
    wanted = np.linalg.solve(a, b)
    return Case([a, b], wanted, tolerance=allowed(a.dtype, 10, largest(wanted)))


@operation('det', 'slogdet')
def determinants(draw, name):
    size = draw.integer(0 if draw.chance(0.1) else 1, 6)
    a = conditioned(draw, size) if draw.chance(0.8) else np.zeros((size, size), draw.choice(PRECISE))
    wanted = np.linalg.det(a) if name == 'det' else tuple(np.linalg.slogdet(a))
    if name == 'det':
        return Case([a], np.asarray(wanted).astype(a.dtype), tolerance=allowed(a.dtype, 10))
    real = np.empty(0, a.dtype).real.dtype
    return Case([a], (np.asarray(wanted[0]).astype(a.dtype), np.asarray(wanted[1]).astype(real)),
                tolerance=allowed(a.dtype, 10))


@operation('svdvals', 'svd', 'pinv', 'qr')
def decomposed(draw, name):
    m, n = draw.integer(1, 7), draw.integer(1, 7)
    a = matrices(draw, m, n)
    if name == 'svdvals':
        return Case([a], np.linalg.svd(a, compute_uv=False), tolerance=allowed(a.dtype, 1, largest(a)))
    if name == 'pinv':
        # Far from the cut-off, where a rounding error decides.
        a = draw.lay_out((a + 60 * np.eye(m, n)).astype(a.dtype))
        return Case([a], np.linalg.pinv(a, rtol=None), tolerance=allowed(a.dtype, 10))
    full = draw.chance(0.5)
    short = min(m, n)
    width, height = (m, n) if full else (short, short)
    batch = a.shape[:-2]

    def eye(size):
        return np.broadcast_to(np.eye(size, dtype=a.dtype), batch + (size, size))
    if name == 'svd':
        expected = (a, np.linalg.svd(a, compute_uv=False), eye(width), eye(height))
    else:
        expected = (a, np.abs(np.linalg.qr(a, 'complete' if full else 'reduced')[1]), eye(width))
    return Case([a], tuple(np.ascontiguousarray(part) for part in expected), {'full': full},
                allowed(a.dtype, 2, largest(a)))


@operation('eigvals', 'eig', 'eigvalsh', 'eigh')
def eigenvalues(draw, name):
    size = draw.integer(1, 6)
    a = matrices(draw, size, size)
    tolerance = allowed(a.dtype, 20, largest(a))
    if name in ('eigvals', 'eig'):
        # Symmetric and far apart, so that the values are as exact as the matrix and have an order.
        a = a + np.conj(np.swapaxes(a, -1, -2)) + np.diag(100 * np.arange(size)).astype(a.dtype)
        a = draw.lay_out(a.astype(a.dtype))
        wanted = np.sort_complex(np.linalg.eigvals(a)) if a.size else np.linalg.eigvals(a)
        kind = np.complex64 if a.dtype.itemsize == 4 or a.dtype == np.complex64 else np.complex128
        parts = (np.sort(wanted.real, -1).astype(kind),) if name == 'eigvals' else (
            np.ascontiguousarray(a).astype(kind), )
        return Case([a], parts, tolerance=allowed(a.dtype, 60, largest(a)))
    triangle = draw.choice('LU')
    half = np.tril(a) if triangle == 'L' else np.triu(a)
    diagonal = np.real(a) * np.eye(size, dtype=np.real(a).dtype)
    off = half * (1 - np.eye(size, dtype=half.dtype))
    whole = (off + np.conj(np.swapaxes(off, -1, -2)) + diagonal).astype(a.dtype)
    if name == 'eigvalsh':
        return Case([a], np.linalg.eigvalsh(a, triangle), {'triangle': triangle}, tolerance)
    identity = np.ascontiguousarray(np.broadcast_to(np.eye(size, dtype=a.dtype), a.shape))
    return Case([a], (whole, np.linalg.eigvalsh(a, triangle), identity), {'triangle': triangle}, tolerance)


@operation('cholesky')
def cholesky(draw, name):
    size = draw.integer(1, 6)
    a = matrices(draw, size, size)
    a = a @ np.conj(np.swapaxes(a, -1, -2)) + 10 * np.eye(size, dtype=a.dtype)
    upper = draw.chance(0.5)
    if draw.chance(0.05) and a.size:
        a = (a - 2 * largest(a) * np.eye(size)).astype(a.dtype)
        return Case([a], REFUSED, {'upper': upper})
    a = draw.lay_out(a)
    return Case([a], np.linalg.cholesky(a, upper=upper), {'upper': upper}, allowed(a.dtype, 5, largest(a)))


@operation('lstsq')
def least_squares(draw, name):
    m, n = draw.integer(1, 8), draw.integer(1, 6)
    a = draw.lay_out((matrices(draw, m, n, batch=()) + 60 * np.eye(m, n)))
    a = a.astype(np.dtype(draw.choice(PRECISE if np.iscomplexobj(a) is False else COMPLEX)))
    if draw.chance(0.2) and n > 1:
        a = a.copy()
        a[:, 1] = a[:, 0]
    b = draw.array(a.dtype, draw.choice([(m,), (m, 2)]), 'plain')
    x, residuals, rank, s = np.linalg.lstsq(a, b, rcond=1e-5)
    return Case([a, b], (x, residuals.astype(np.real(a).dtype), np.asarray(rank, np.int64), s), {},
                allowed(a.dtype, 50, largest(a, b)))


@operation('matrix_rank', 'cond', 'matrix_norm', 'vector_norm')
def measured(draw, name):
    if name == 'vector_norm':
        a = draw.array(draw.choice(PRECISE), draw.shape(shortest=1), 'plain')
        order = draw.choice([2, 1, 0, 3, -1, 0.5, np.inf, -np.inf])
        axes = draw.axes(a.ndim)
        keep = draw.chance(0.5)
        wanted = np.linalg.vector_norm(a, axis=axes, keepdims=keep, ord=order)
        return Case([a], np.asarray(wanted).astype(np.real(a).dtype),
                    {'order': str(order), 'axis': axes, 'keepdims': keep}, allowed(a.dtype))
    m, n = draw.integer(1, 6), draw.integer(1, 6)
    if name == 'matrix_norm':
        a = matrices(draw, m, n)
        norm = draw.choice(sorted(NORMS))
        keep = draw.chance(0.5)
        axes = (-2, -1)
        if a.ndim == 3 and draw.chance(0.5) and 0 not in a.shape:
            axes = draw.choice([(0, 2), (2, 1), (1, 0)])
        wanted = attempt(lambda: np.linalg.norm(a, NORMS[norm], axis=axes, keepdims=keep))
        return Case([a], wanted, {'norm': norm, 'axes': axes, 'keepdims': keep}, allowed(a.dtype, 1, largest(a)))
    if name == 'cond':
        norm = draw.choice(sorted(NORMS))
        a = conditioned(draw, n, batch=draw.choice([(), (2,)]))
        wanted = np.linalg.cond(a, NORMS[norm])
        return Case([a], np.asarray(wanted).astype(np.real(a).dtype), {'norm': norm}, allowed(a.dtype, 20))
    a = draw.array(draw.choice(PRECISE), draw.choice([(), (2,)]) + (m, n), 'small')
    if draw.chance(0.3):
        a = a.copy()
        a[..., 0, :] = 0
    return Case([a], np.asarray(np.linalg.matrix_rank(a), np.int64))


@operation('linalg_of_integers')
def integers(draw, name):
    """Types that LAPACK does not know, through arrays of any type."""
    dtype = draw.dtype(INTEGER, ['bool'])
    a = draw.array(dtype, (3, 3), 'small' if dtype.kind != 'b' else 'any') | np.eye(3, dtype=dtype)
    b = draw.array(dtype, (3,), 'small' if dtype.kind != 'b' else 'any')
    a = draw.lay_out(a)
    values = np.linalg.svd(a.astype(float), compute_uv=False)
    if values[-1] < 0.1:
        return Case([np.eye(3, dtype=dtype), b], (b.astype(float), np.asarray(1.0), np.ones(3)),
                    tolerance=allowed(np.float64))
    return Case([a, b], (np.linalg.solve(a, b), np.asarray(np.linalg.det(a)), values),
                tolerance=allowed(np.float64, 100, 100))
