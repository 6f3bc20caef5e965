"""Writes the small pyramids of Tests/ImJoyCoreTests/Fixtures/images, each with a note beside it.

usage: make_pyramids.py FOLDER
"""
import os
import sys

import numpy
import tifffile

folder = sys.argv[1]
made_by = f'numpy {numpy.__version__}, tifffile {tifffile.__version__}'


def note(file, text):
    with open(os.path.join(folder, file + '.txt'), 'w') as handle:
        handle.write(f'{text}\nMade by Tests/Python/make_pyramids.py with {made_by}.\n')


# Every pixel says where it is: channel * 10000 + row * 100 + column.
rows, columns = numpy.mgrid[0:20, 0:26]
plane = (rows * 100 + columns).astype('uint16')
channels = numpy.stack([plane, plane + 10000])
options = {'tile': (16, 16), 'compression': 'zlib'}

with tifffile.TiffWriter(os.path.join(folder, 'pyramid.ome.tif')) as tif:
    tif.write(channels, subifds=2, photometric='minisblack', **options,
              metadata={'axes': 'CYX', 'PhysicalSizeX': 0.5, 'PhysicalSizeY': 0.5, 'Channel': {'Name': ['one', 'two']}})
    for step in (2, 4):
        tif.write(channels[:, ::step, ::step], subfiletype=1, photometric='minisblack', **options)
note('pyramid.ome.tif', 'OME-TIFF, CYX, two reduced copies (every 2nd, every 4th pixel) in SubIFDs of each page.')

with tifffile.TiffWriter(os.path.join(folder, 'pyramid-pages.tif')) as tif:
    tif.write(plane, photometric='minisblack', metadata=None, **options)
    # A thumbnail of another shape, then the copies.
    tif.write(plane[:7, :26], photometric='minisblack', metadata=None, subfiletype=9)
    for step in (2, 4):
        tif.write(plane[::step, ::step], subfiletype=1, photometric='minisblack', metadata=None, **options)
note('pyramid-pages.tif', 'A page, one of something else, and two reduced copies as pages behind it.')

labels = ['DAPI', 'GFP'] * 3
stack = numpy.arange(3 * 2 * 3 * 4).reshape(3, 2, 3, 4).astype('uint16')
tifffile.imwrite(os.path.join(folder, 'imagej-labels.tif'), stack, imagej=True, byteorder='>', resolution=(10, 10),
                 metadata={'axes': 'ZCYX', 'unit': 'um', 'finterval': 0.25, 'min': 1.0, 'max': 200.0,
                           'Labels': labels, 'Info': 'cells\nin \u00b5m'})
note('imagej-labels.tif', 'ImageJ hyperstack with a label for each plane (the channel), notes, display range, big-endian.')

tifffile.imwrite(os.path.join(folder, 'lerc.tif'), plane[:10, :12].astype('float32') / 4, compression='lerc',
                 metadata=None)
note('lerc.tif', 'LERC without loss, float32, shape (10, 12): the pixel of row r and column c is (100 r + c) / 4.')
