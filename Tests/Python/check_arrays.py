"""Array files both ways: makes .npy and .npz files for our reader, and checks those that our writer made.

usage: check_arrays.py make FOLDER     writes files of every dtype, order and version, and index.json
       check_arrays.py check FOLDER    compares NAME.npy and NAME.npz with the arrays that index.json tells of

An array is told of by its dtype, its shape and the bytes of its elements, row-major and little-endian, in hexadecimal.
"""
import io
import json
import pathlib
import sys
import zipfile

import numpy as np

DTYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64',
          'float16', 'float32', 'float64', 'complex64', 'complex128']
SHAPES = [(), (0,), (5,), (2, 3), (3, 1, 4), (2, 0, 3)]


def describe(array):
    plain = np.ascontiguousarray(array).astype(array.dtype.newbyteorder('<'))
    return {'dtype': array.dtype.name, 'shape': array.shape, 'bytes': plain.tobytes().hex()}


def sample(dtype, shape, rng):
    values = rng.integers(0, 2 if dtype == 'bool' else 100, size=shape)
    array = np.asarray(values).astype(dtype)
    return array + array * dtype.type(1j) if dtype.kind == 'c' else array


def make(folder):
    rng = np.random.default_rng(1)
    index = []
    for name in DTYPES:
        for number, shape in enumerate(SHAPES):
            for order in 'CF':
                for swap in [False, True]:
                    array = np.array(sample(np.dtype(name), shape, rng), order=order)
                    if swap:
                        array = array.astype(array.dtype.newbyteorder('>'))
                    file = f'{name}-{number}-{order}{"-big" if swap else ""}.npy'
                    version = [(1, 0), (2, 0), (3, 0)][len(index) % 3]
                    with open(folder / file, 'wb') as stream:
                        np.lib.format.write_array(stream, array, version)
                    index.append({'file': file} | describe(array))
    for packed, save in [(False, np.savez), (True, np.savez_compressed)]:
        arrays = {f'{name}_ü': np.array(sample(np.dtype(name), (4, 5), rng), order='F') for name in DTYPES}
        file = f'packed-{packed}.npz'
        save(folder / file, **arrays)
        for name, array in arrays.items():
            index.append({'file': file, 'name': name} | describe(array))
    # What must be refused, each with the word that its error is to hold.
    refused = {
        'object.npy': (np.array([{}, None]), 'Python objects'), 'text.npy': (np.array(['ab', 'c']), 'text'),
        'dates.npy': (np.array(['2020-01-01'], 'M8[D]'), 'dates'),
        'records.npy': (np.zeros(3, [('x', 'f4'), ('y', 'i4')]), 'records'),
        'raw.npy': (np.zeros(3, 'V8'), 'raw records'), 'long.npy': (np.zeros(3, np.longdouble), 'f16'),
    }
    for file, (array, word) in refused.items():
        np.save(folder / file, array, allow_pickle=True)
        index.append({'file': file, 'refused': word})
    pickled = io.BytesIO()
    np.save(pickled, np.array([1, 'x', None], object), allow_pickle=True)
    with zipfile.ZipFile(folder / 'object.npz', 'w') as archive:
        archive.writestr('o.npy', pickled.getvalue())
    index.append({'file': 'object.npz', 'name': 'o', 'refused': 'Python objects'})
    (folder / 'index.json').write_text(json.dumps(index))


def check(folder):
    checked = 0
    for entry in json.loads((folder / 'index.json').read_text()):
        path = folder / entry['file']
        if path.suffix == '.npz':
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None, path
                for info in archive.infolist():
                    assert info.compress_type == entry['method'], (path, info)
            with np.load(path, allow_pickle=False) as archive:
                assert archive.files == entry['names'], (path, archive.files)
                array = archive[entry['name']]
        else:
            array = np.load(path, allow_pickle=False)
            with open(path, 'rb') as stream:
                assert np.lib.format.read_magic(stream) == (1, 0), path
                shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
                assert stream.tell() % 64 == 0, path
            assert fortran == entry['fortran'], path
            assert dtype.byteorder in ('|', '>' if entry['big'] else '=<', '=' if not entry['big'] else '>'), path
            assert dtype.itemsize == 1 or (dtype.newbyteorder('=') != dtype) == entry['big'], path
        found = describe(array)
        for key in found:
            assert json.loads(json.dumps(found[key])) == entry[key], (path, key, found[key], entry[key])
        checked += 1
    print(checked)


{'make': make, 'check': check}[sys.argv[1]](pathlib.Path(sys.argv[2]))
