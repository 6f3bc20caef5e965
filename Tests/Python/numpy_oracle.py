#!/usr/bin/env python3
"""Asks NumPy for the answers that the suite NumPyPropertyTests compares with.

usage: numpy_oracle.py FOLDER GROUP SEED FIRST COUNT [OPERATION …]

Writes COUNT cases of one group, from number FIRST on, to FOLDER/cases.jsonl (one case a line) and FOLDER/cases.bin (the
memory of their arrays, gaps and all). Case N of a group depends on the seed and N only, so one case can be made again.

To add an operation:

1. Here, in oracle/GROUP.py (a new file is a new group), write a function that draws inputs and asks NumPy:

       @operation('add', 'subtract')
       def sums(draw, name):
           a, b = draw.pair()                    # broadcastable, of any dtypes, anywhere in memory
           return Case([a, b], getattr(np, name)(a, b))

   `Draw` in oracle/registry.py has the helpers for shapes, axes, dtypes and layouts; `draw.rng` is a NumPy generator
   for everything else. A `Case` takes inputs, the expected array (or a tuple of arrays, or REFUSED for a call that must
   throw), `params` (anything JSON can hold) and a `tolerance` (exact unless you say otherwise).

2. In Tests/ImJoyCoreTests/NumPy/PropertyOperations+GROUP.swift, give the operation's name an entry that calls our code.
   A new group is also named in `PropertyOperations.groups`.

3. `IMJOY_TEST_OPERATIONS=add,subtract swift test --filter NumPyPropertyTests` tries just these. IMJOY_TEST_SEED is the
   seed, IMJOY_TEST_CASE the number of a single case.
"""
import ctypes
import importlib
import json
import pathlib
import sys

import numpy as np

from oracle import registry


class Writer:
    """Puts the memory of arrays into one file and their descriptions into the cases."""

    def __init__(self, file):
        self.file = file
        self.place = 0

    def write(self, array):
        array = np.asarray(array)
        low, high = np.lib.array_utils.byte_bounds(array) if array.size else (0, 0)
        memory = ctypes.string_at(low, high - low) if array.size else b''
        start = self.place
        padding = -len(memory) % 64
        self.file.write(memory + bytes(padding))
        self.place += len(memory) + padding
        size = array.dtype.itemsize
        assert array.dtype.isnative and all(stride % size == 0 for stride in array.strides)
        return {
            'dtype': array.dtype.name, 'shape': array.shape,
            'strides': [stride // size for stride in array.strides],
            'offset': (array.ctypes.data - low) // size if array.size else 0,
            'at': start, 'bytes': len(memory),
        }

    def describe(self, case):
        described = {
            'inputs': [self.write(array) for array in case.inputs],
            'params': case.params,
            'tolerance': case.tolerance.description,
        }
        if case.expected is registry.REFUSED:
            described['refused'] = True
        else:
            described['expected'] = [self.write(array) for array in case.expected]
            described['truth'] = [[self.write(part) for part in parts] for parts in case.tolerance.truth]
        return described


def main(folder, group, seed, first, count, *names):
    importlib.import_module(f'oracle.{group}')
    operations = {name: make for name, make in registry.operations.items() if not names or name in names}
    if not operations:
        sys.exit(f'{group} has no operation {" ".join(names)}')
    order = sorted(operations)
    folder = pathlib.Path(folder)
    with open(folder / 'cases.bin', 'wb') as memory, open(folder / 'cases.jsonl', 'w') as lines:
        writer = Writer(memory)
        for number in range(int(first), int(first) + int(count)):
            name = order[number % len(order)]
            draw = registry.Draw(np.random.default_rng([int(seed), number]))
            with np.errstate(all='ignore'):
                case = operations[name](draw, name)
            described = {'number': number, 'operation': name} | writer.describe(case)
            lines.write(json.dumps(described, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
