"""Makes the Zarr folders in Tests/ImJoyCoreTests/Fixtures/zarr: images by ome-zarr-py, arrays by zarr-python.

usage: make_zarr_fixtures.py FOLDER    (needs ome-zarr 0.18.0 beside what requirements.txt has)

Beside each NAME there is NAME.txt that says how it was made, and NAME.expected.bin with the elements of its first level.
"""
import importlib.metadata
import os
import shutil
import sys

import numcodecs
import numpy
import ome_zarr.format
import ome_zarr.writer
import zarr
from zarr.codecs import BloscCodec, BytesCodec, Crc32cCodec, ShardingCodec, TransposeCodec

folder = sys.argv[1]
made_by = 'Made by Tests/Python/make_zarr_fixtures.py with ' + ', '.join(
    f'{name} {importlib.metadata.version(name)}' for name in ('zarr', 'numcodecs', 'ome-zarr', 'numpy')) + '.\n'
os.makedirs(folder, exist_ok=True)


def keep(name, values, what):
    values = numpy.ascontiguousarray(values)
    with open(os.path.join(folder, name + '.expected.bin'), 'wb') as file:
        file.write(values.astype(values.dtype.newbyteorder('<')).tobytes())
    with open(os.path.join(folder, name + '.txt'), 'w') as file:
        file.write(f'{what}: {values.dtype.name}, shape {values.shape}.\n{made_by}')


def place(name):
    path = os.path.join(folder, name)
    shutil.rmtree(path, ignore_errors=True)
    return path


def ramp(shape, dtype):
    return (numpy.arange(numpy.prod(shape)).reshape(shape) * 7 % 251).astype(dtype)


def image(name, version):
    values = ramp((2, 3, 12, 10), 'uint16')
    group = zarr.open_group(place(name), mode='w', zarr_format=2 if version.version == '0.4' else 3)
    axes = [{'name': 'c', 'type': 'channel'}] + [
        {'name': axis, 'type': 'space', 'unit': 'nanometer'} for axis in 'zyx']
    scales = [[{'type': 'scale', 'scale': [1.0, 2000.0, 325.0 * 2 ** level, 325.0 * 2 ** level]}] for level in range(2)]
    ome_zarr.writer.write_multiscale(
        [values, values[:, :, ::2, ::2]], group, axes=axes, fmt=version, coordinate_transformations=scales, name='ramp',
        storage_options={'chunks': (1, 1, 8, 10)})
    labels = {'channels': [{'label': label, 'color': 'FF0000', 'window': {'min': 0, 'max': 9, 'start': 0, 'end': 9}}
                           for label in ('DAPI', 'GFP')]}
    if version.version == '0.4':
        group.attrs['omero'] = labels
    else:
        group.attrs['ome'] = {**group.attrs['ome'], 'omero': labels}
    keep(name, values, f'OME-Zarr {version.version} with two levels and names of channels')


image('ome-0.4.zarr', ome_zarr.format.FormatV04())
image('ome-0.5.zarr', ome_zarr.format.FormatV05())

values = ramp((7, 9, 5), '>f4')
array = zarr.create_array(
    place('fortran-blosc.zarr'), shape=values.shape, chunks=(3, 4, 5), dtype='>f4', zarr_format=2, order='F',
    compressors=numcodecs.Blosc('lz4', 5, 2), filters=[numcodecs.Shuffle(4)], fill_value=float('nan'))
array[...] = values
keep('fortran-blosc.zarr', values, 'Column-major big-endian floats, shuffled, in Blosc')

values = ramp((9, 10), 'int32')
array = zarr.create(
    store=place('sharded.zarr'), shape=values.shape, chunks=(8, 8), dtype='int32', zarr_format=3, fill_value=-1,
    dimension_names=['y', 'x'], codecs=[ShardingCodec(
        chunk_shape=(4, 2), codecs=[TransposeCodec(order=(1, 0)), BytesCodec(endian='big'), BloscCodec(cname='zstd')],
        index_codecs=[BytesCodec(), Crc32cCodec()], index_location='start')])
array[...] = values
keep('sharded.zarr', values, 'Shards with the table at their start')
