"""The streams of numpy.random.default_rng, bit for bit.

Each case is a generator and several calls of it, so that what one call leaves behind (half a word) meets the next.
"""
import numpy as np

from .registry import INTEGER, Case, close, operation, EXACT

STEPS = ['random', 'random32', 'uniform', 'normal', 'standard_normal32', 'exponential', 'standard_exponential32',
         'integers', 'bools', 'permutation', 'shuffle', 'choice', 'advance']
LOGARITHMIC = ['gamma', 'poisson', 'binomial']


def bound(draw, dtype):
    info = np.iinfo(dtype)
    if draw.chance(0.2):
        return int(info.min), int(info.max)
    if draw.chance(0.3):
        low = int(draw.rng.integers(info.min, info.max, dtype=dtype, endpoint=True))
        high = int(draw.rng.integers(low, info.max, dtype=dtype, endpoint=True))
        return low, high
    low = draw.integer(0 if dtype.kind == 'u' else -10, 10)
    return low, low + draw.choice([0, 1, 5, 99])


def step(draw, rng, kind):
    """One call: its result, and what Swift has to know to make it."""
    count = draw.choice([1, 3, 40, 333])
    if kind in ('random', 'random32', 'standard_normal32', 'standard_exponential32'):
        name, dtype = kind.removesuffix('32'), np.float32 if kind.endswith('32') else np.float64
        return getattr(rng, name)(count, dtype=dtype), {'count': count}
    if kind == 'uniform':
        low, high = sorted(draw.rng.normal(size=2).tolist())
        return rng.uniform(low, high, count), {'count': count, 'low': low, 'high': high}
    if kind == 'normal':
        mean, scale = float(draw.rng.normal()), abs(float(draw.rng.normal()))
        return rng.normal(mean, scale, count), {'count': count, 'mean': mean, 'scale': scale}
    if kind == 'exponential':
        scale = abs(float(draw.rng.normal()))
        return rng.exponential(scale, count), {'count': count, 'scale': scale}
    if kind == 'integers':
        dtype = draw.dtype(INTEGER)
        low, high = bound(draw, dtype)
        wanted = rng.integers(low, high, count, dtype=dtype, endpoint=True)
        return wanted, {'count': count, 'low': str(low), 'high': str(high), 'dtype': dtype.name}
    if kind == 'bools':
        return rng.integers(0, 2, count, dtype=bool), {'count': count}
    if kind == 'permutation':
        return rng.permutation(count), {'count': count}
    if kind == 'shuffle':
        array = np.arange(4 * count, dtype=np.int64).reshape(2, count, 2)
        rng.shuffle(array, axis=1)
        return array, {'count': count}
    if kind == 'choice':
        population = draw.choice([count, count + 1, 2 * count, 400, 10_050])
        replace, shuffle = draw.chance(0.4), draw.chance(0.6)
        p = None
        if draw.chance(0.4):
            p = draw.rng.random(population) * (draw.rng.random(population) < 0.9)
            p[0] += 0.5
            p = (p / p.sum())
        count = min(count, population if p is None else int((p > 0).sum()))
        wanted = rng.choice(population, count, replace, p, shuffle=shuffle)
        return wanted, {'count': count, 'population': population, 'replace': replace, 'shuffle': shuffle,
                        'p': None if p is None else p.tolist()}
    if kind == 'advance':
        distance = int(draw.rng.integers(2**63)) * draw.choice([1, 2**40])
        rng.bit_generator.advance(distance)
        return rng.random(2), {'distance': str(distance)}
    if kind == 'gamma':
        shape, scale = draw.choice([0.0, 0.3, 1.0, 2.5, 40.0]), abs(float(draw.rng.normal()))
        return rng.gamma(shape, scale, count), {'count': count, 'shape': shape, 'scale': scale}
    if kind == 'poisson':
        mean = draw.choice([0.0, 0.7, 5.5, 9.99, 10.0, 31.4, 1e4, 1e9])
        return rng.poisson(mean, count), {'count': count, 'mean': mean}
    trials = draw.choice([0, 1, 7, 40, 100, 1000, 10**6, 10**12])
    probability = draw.choice([0.0, 1.0, 0.1, 0.5, 0.9, float(draw.rng.random())])
    return rng.binomial(trials, probability, count), {'count': count, 'trials': trials, 'p': probability}


@operation('stream', 'stream_of_counts')
def stream(draw, name):
    entropy = draw.choice([0, 1, 7, 2**32 - 1, 2**32, 2**64 - 1, int(draw.rng.integers(2**63))])
    sequence = np.random.SeedSequence(entropy)
    children = draw.choice([0, 0, 1, 3])
    if children:
        sequence = sequence.spawn(children)[-1].spawn(2)[draw.integer(0, 1)]
    kinds = STEPS if name == 'stream' else LOGARITHMIC
    jumps = draw.choice([0, 0, 1, 5])
    bits = np.random.PCG64(sequence)
    rng = np.random.Generator(bits.jumped(jumps) if jumps else bits)
    wanted, steps = [], []
    for _ in range(draw.integer(1, 6)):
        kind = draw.choice(kinds)
        result, parameters = step(draw, rng, kind)
        wanted.append(result)
        steps.append({'kind': kind} | parameters)
    child = -1 if not children else int(sequence.spawn_key[-1])
    return Case([], tuple(wanted), {'seed': str(entropy), 'children': children, 'child': child, 'jumps': jumps,
                                    'steps': steps}, EXACT if name == 'stream' else close(1e-15))
