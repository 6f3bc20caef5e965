"""Writes Zarr arrays with zarr-python for our readers, and reads with it what we wrote.

usage: check_zarr.py write FOLDER    (arrays NAME, NAME.expected.bin with their elements, and index.json)
       check_zarr.py check FOLDER    (index.json, NAME and NAME.expected.bin are there; prints differences)
"""
import json
import os
import random
import sys

import numcodecs
import numpy
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, GzipCodec, ShardingCodec, TransposeCodec, ZstdCodec

mode, folder = sys.argv[1:]
dtypes = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'float16', 'float32',
          'float64', 'complex64', 'complex128']
chooser = random.Random(18)
numbers = numpy.random.default_rng(18)


def elements(shape, dtype):
    """Random bits, with the first part left at the fill value so that chunks are missing."""
    dtype = numpy.dtype(dtype)
    if dtype.kind == 'b':
        values = numbers.integers(0, 2, shape).astype(bool)
    elif dtype.kind in 'fc':
        values = (numbers.normal(size=shape) * 100).astype(dtype)
        if values.size:
            values.flat[-1] = numpy.nan
    else:
        limits = numpy.iinfo(dtype)
        values = numbers.integers(limits.min, limits.max, shape, dtype=dtype.newbyteorder('='), endpoint=True)
    return values.astype(dtype)


def fill(dtype):
    kind = numpy.dtype(dtype).kind
    return {'b': True, 'f': chooser.choice([float('nan'), float('-inf'), 0.5]), 'c': 1.5 - 2j,
            'i': -3, 'u': numpy.iinfo(dtype).max if kind == 'u' else 0}[kind]


def shapes():
    return chooser.choice([((7, 9, 5), (3, 4, 5)), ((13,), (4,)), ((8, 6), (8, 3)), ((2, 3, 4, 5), (1, 2, 4, 3)),
                           ((), ()), ((3, 0, 2), (2, 2, 2))])


def save(name, array, values, index):
    values = numpy.asarray(values)
    if values.ndim:
        # One chunk's worth stays unwritten.
        some = tuple(slice(min(length // 2, length), None) for length in values.shape)
        array[some] = values[some]
    else:
        array[...] = values
    found = numpy.ascontiguousarray(array[...]).reshape(values.shape)
    found = found.astype(found.dtype.newbyteorder('='))
    with open(os.path.join(folder, name + '.expected.bin'), 'wb') as file:
        file.write(found.tobytes())
    index.append({'file': name, 'dtype': found.dtype.name, 'shape': list(found.shape)})


def write_v2(index):
    for number, (dtype, order) in enumerate([(d, o) for d in dtypes for o in '<>'] * 2):
        shape, chunks = shapes()
        dtype = numpy.dtype(dtype).newbyteorder(order)
        compressor = chooser.choice([
            None, numcodecs.Zlib(3), numcodecs.GZip(1), numcodecs.Zstd(2), numcodecs.Zstd(1, checksum=True),
            *[numcodecs.Blosc(name, 5, shuffle) for name in ('lz4', 'lz4hc', 'blosclz', 'zstd', 'zlib')
              for shuffle in (0, 1, 2)]])
        filters = chooser.choice([None, None, [numcodecs.Shuffle(max(dtype.itemsize, 1))], 'delta'])
        if filters == 'delta':
            filters = [numcodecs.Delta(dtype.str)] if dtype.kind in 'iu' else None
        name = f'v2-{number}'
        array = zarr.create_array(
            os.path.join(folder, name), shape=shape, chunks=chunks, dtype=dtype, zarr_format=2, filters=filters,
            compressors=compressor, fill_value=chooser.choice([None, fill(dtype)]), order=chooser.choice('CF'),
            chunk_key_encoding={'name': 'v2', 'separator': chooser.choice('./')})
        save(name, array, elements(shape, dtype), index)


def write_v3(index):
    for number, dtype in enumerate(dtypes * 4):
        shape, chunks = shapes()
        endian = chooser.choice(['little', 'big']) if numpy.dtype(dtype).itemsize > 1 else None
        packing = chooser.choice([
            [], [GzipCodec(level=4)], [ZstdCodec(level=3, checksum=True)], [ZstdCodec()], [Crc32cCodec()],
            [ZstdCodec(), Crc32cCodec()],
            *[[BloscCodec(cname=name, clevel=4, shuffle=shuffle)] for name in ('lz4', 'zstd', 'blosclz', 'zlib')
              for shuffle in ('noshuffle', 'shuffle', 'bitshuffle')]])
        codecs = [BytesCodec(endian=endian), *packing]
        if chooser.random() < 0.4 and len(shape) > 1:
            codecs.insert(0, TransposeCodec(order=tuple(chooser.sample(range(len(shape)), len(shape)))))
        if number >= 2 * len(dtypes) and shape:
            inner = chunks
            chunks = tuple(length * chooser.choice([1, 2, 3]) for length in inner)
            location = chooser.choice(['start', 'end'])
            index_codecs = chooser.choice([[BytesCodec(), Crc32cCodec()], [BytesCodec(endian='big')]])
            codecs = [ShardingCodec(chunk_shape=inner, codecs=codecs, index_codecs=index_codecs, index_location=location)]
            if chooser.random() < 0.2:
                codecs.append(GzipCodec())
        name = f'v3-{number}'
        array = zarr.create(
            store=os.path.join(folder, name), shape=shape, chunks=chunks, dtype=dtype, zarr_format=3, codecs=codecs,
            fill_value=fill(dtype), attributes={'number': number},
            chunk_key_encoding=chooser.choice([('default', '/'), ('default', '.'), ('v2', '.'), ('v2', '/')]))
        save(name, array, elements(shape, dtype), index)


def check():
    with open(os.path.join(folder, 'index.json')) as file:
        index = json.load(file)
    for entry in index:
        name = entry['file']
        wanted = numpy.fromfile(os.path.join(folder, name + '.expected.bin'), entry['dtype']).reshape(entry['shape'])
        array = zarr.open(os.path.join(folder, name), mode='r')
        if isinstance(array, zarr.Group):
            ome = array.attrs['ome'] if entry['version'] == '0.5' else array.attrs['multiscales'][0]
            if ome['version'] != entry['version']:
                print(f"{name}: version {ome['version']}, not {entry['version']}")
            array = array['0']
        found = numpy.asarray(array[...])
        if found.dtype.newbyteorder('=') != wanted.dtype or found.shape != wanted.shape:
            print(f'{name}: {found.dtype} {found.shape}, not {wanted.dtype} {wanted.shape}')
        elif not numpy.array_equal(found, wanted, equal_nan=wanted.dtype.kind in 'fc'):
            print(f'{name}: elements differ')
    print(f'checked {len(index)}')


if mode == 'write':
    index = []
    write_v2(index)
    write_v3(index)
    with open(os.path.join(folder, 'index.json'), 'w') as file:
        json.dump(index, file)
    print(f'wrote {len(index)}')
else:
    check()
