"""Fourier, cosine and sine transforms, beside numpy.fft and scipy.fft."""
import numpy as np
import scipy.fft

from .registry import Case, close, operation

PRECISE = ['float32', 'float64', 'complex64', 'complex128']
NORMS = ['backward', 'ortho', 'forward']
LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 20, 23, 25, 27, 30, 31, 32, 37, 41, 43, 47, 48, 49,
           53, 60, 64, 77, 81, 86, 97, 100, 101, 120, 121, 125, 128, 134, 143, 169, 202, 211, 240, 243, 256]


def allowed(dtype, wanted):
    """The error of a transform goes with its largest element and the logarithm of its length."""
    eps = float(np.finfo(dtype).eps)
    size = float(np.abs(wanted).max()) if wanted.size else 1.0
    return close(8 * eps, 8 * eps * size)


def lines(draw, dtype, longest=None):
    """An array with one axis of any of the lengths, and that axis."""
    length = draw.choice(LENGTHS if longest is None else [n for n in LENGTHS if n <= longest])
    rank = draw.choice([1, 1, 2, 2, 3])
    shape = [draw.integer(1, 4) for _ in range(rank)]
    axis = draw.integer(0, rank - 1)
    shape[axis] = length
    if draw.chance(0.1):
        shape[0 if axis else -1] = draw.choice([18, 33]) if rank > 1 else length
    return draw.array(dtype, tuple(shape), 'plain'), axis - (rank if draw.chance(0.5) else 0)


def cut(draw, length):
    return None if draw.chance(0.6) else draw.integer(1, 2 * length)


@operation('fft', 'ifft')
def one(draw, name):
    a, axis = lines(draw, draw.choice(PRECISE))
    n, norm = cut(draw, a.shape[axis]), draw.choice(NORMS)
    wanted = getattr(scipy.fft, name)(a, n, axis, norm)
    return Case([a], wanted, {'n': n, 'axis': axis, 'norm': norm}, allowed(wanted.dtype, wanted))


@operation('rfft', 'ihfft')
def real(draw, name):
    a, axis = lines(draw, draw.choice(['float32', 'float64']))
    n, norm = cut(draw, a.shape[axis]), draw.choice(NORMS)
    wanted = getattr(scipy.fft, name)(a, n, axis, norm)
    return Case([a], wanted, {'n': n, 'axis': axis, 'norm': norm}, allowed(wanted.dtype, wanted))


@operation('irfft', 'hfft')
def back(draw, name):
    a, axis = lines(draw, draw.choice(['complex64', 'complex128']))
    n, norm = cut(draw, a.shape[axis]), draw.choice(NORMS)
    if n is None and a.shape[axis] == 1:
        n = 1
    wanted = getattr(scipy.fft, name)(a, n, axis, norm)
    return Case([a], wanted, {'n': n, 'axis': axis, 'norm': norm}, allowed(wanted.dtype, wanted))


@operation('fftn', 'ifftn', 'rfftn', 'irfftn')
def several(draw, name):
    dtype = draw.choice(['float32', 'float64'] if name == 'rfftn' else PRECISE)
    rank = draw.integer(1, 3)
    a = draw.array(dtype, tuple(draw.choice([2, 3, 4, 5, 6, 8, 9]) for _ in range(rank)), 'plain')
    axes = draw.axes(rank)
    shape = None if draw.chance(0.5) else [draw.integer(1, 10) for _ in range(rank if axes is None else len(axes))]
    norm = draw.choice(NORMS)
    if name == 'irfftn' and not np.iscomplexobj(a):
        a = draw.lay_out((a + 0j).astype(np.complex64 if a.dtype == np.float32 else np.complex128))
    wanted = getattr(scipy.fft, name)(a, shape, axes, norm)
    return Case([a], wanted, {'s': shape, 'axis': axes, 'norm': norm}, allowed(wanted.dtype, wanted))


@operation('dct', 'idct', 'dst', 'idst')
def trigonometric(draw, name):
    a, axis = lines(draw, draw.choice(['float32', 'float64']))
    kind = draw.integer(1, 4)
    n, norm = cut(draw, a.shape[axis]), draw.choice(NORMS)
    if kind == 1 and name.endswith('ct') and (n or a.shape[axis]) < 2:
        n = 2
    wanted = getattr(scipy.fft, name)(a, kind, n, axis, norm)
    return Case([a], wanted, {'type': kind, 'n': n, 'axis': axis, 'norm': norm}, allowed(wanted.dtype, wanted))


@operation('dctn', 'idctn', 'dstn', 'idstn')
def trigonometric_of_several(draw, name):
    rank = draw.integer(1, 3)
    a = draw.array(draw.choice(['float32', 'float64']), tuple(draw.integer(2, 9) for _ in range(rank)), 'plain')
    kind, norm, axes = draw.integer(1, 4), draw.choice(NORMS), draw.axes(rank)
    wanted = getattr(scipy.fft, name)(a, kind, None, axes, norm)
    return Case([a], wanted, {'type': kind, 'axis': axes, 'norm': norm}, allowed(wanted.dtype, wanted))


@operation('fftshift', 'ifftshift')
def shifted(draw, name):
    a = draw.array()
    axes = draw.axes(a.ndim)
    wanted = getattr(np.fft, name)(a, axes) if a.ndim else a
    return Case([a], wanted, {'axis': axes})


@operation('fftfreq', 'rfftfreq', 'next_fast_len')
def around(draw, name):
    n, spacing = draw.integer(1, 5000), float(draw.rng.uniform(0.01, 10))
    if name == 'next_fast_len':
        return Case([], np.asarray(scipy.fft.next_fast_len(n, True), np.int64), {'n': n})
    return Case([], getattr(np.fft, name)(n, spacing), {'n': n, 'd': spacing}, close(4e-16))
