"""Compares images that we wrote with the array beside each, through tifffile, Pillow and numpy.

usage: check_images.py FOLDER

For every NAME.tif, NAME.png and NAME.npy in the folder there is NAME.expected.bin with the elements in this machine's
order, and index.json gives dtype, shape and, for TIFF, axes and facts to find in the file.
"""
import json
import os
import sys

import numpy
import tifffile
from PIL import Image

folder = sys.argv[1]
problems = []


def check(name, what, found, wanted):
    if found != wanted:
        problems.append(f'{name}: {what} is {found}, not {wanted}')


with open(os.path.join(folder, 'index.json')) as file:
    index = json.load(file)
for entry in index:
    name = entry['file']
    path = os.path.join(folder, name)
    wanted = numpy.fromfile(os.path.join(folder, name + '.expected.bin'), entry['dtype']).reshape(entry['shape'])
    if name.endswith('.tif'):
        with tifffile.TiffFile(path) as tif:
            page = tif.pages[0]
            found = tif.series[0].asarray()
            check(name, 'axes', tif.series[0].axes, entry['axes'])
            check(name, 'byte order', tif.byteorder, '<' if entry['byteOrder'] == 'little' else '>')
            check(name, 'BigTIFF', tif.is_bigtiff, entry['isBigTIFF'])
            check(name, 'compression', page.compression.name.lower(), entry['compression'])
            check(name, 'tiles', page.is_tiled, entry['isTiled'])
            check(name, 'predictor', int(page.predictor), entry['predictor'])
            check(name, 'imagej', tif.is_imagej, entry['isImageJ'])
            if 'xResolution' in entry:
                numerator, denominator = page.tags['XResolution'].value
                # libtiff keeps resolutions in single precision.
                if abs(numerator / denominator / entry['xResolution'] - 1) > 1e-7:
                    problems.append(f"{name}: resolution {numerator}/{denominator}, not {entry['xResolution']}")
            if tif.is_imagej and 'spacing' in entry:
                check(name, 'unit', tif.imagej_metadata['unit'], '\\u00B5m')
                check(name, 'spacing', tif.imagej_metadata.get('spacing'), entry['spacing'])
            levels = tif.series[0].levels
            check(name, 'levels', len(levels), entry['levels'])
            for number, level in enumerate(levels[1:]):
                # Halves rounded up; the mean of four pixels, halves upwards, the last row and column for themselves.
                above = levels[number].asarray().astype('uint32')
                above = numpy.pad(above, [(0, 0), (0, above.shape[1] % 2), (0, above.shape[2] % 2)], mode='edge')
                mean = (above[:, ::2, ::2] + above[:, ::2, 1::2] + above[:, 1::2, ::2] + above[:, 1::2, 1::2] + 2) // 4
                if not numpy.array_equal(mean, level.asarray()):
                    problems.append(f'{name}: level {number + 1} differs')
            if 'ome' in entry:
                check(name, 'OME', tif.is_ome, True)
                image = tifffile.xml2dict(tif.ome_metadata)['OME']['Image']
                if name.startswith('ome'):
                    check(name, 'description', image['Description'], 'two\nlines & <tags>')
                channel = image['Pixels']['Channel']
                channels = [one.get('Name') for one in (channel if isinstance(channel, list) else [channel])]
                check(name, 'channels', [str(one) for one in channels if one], entry['ome']['channels'])
                check(name, 'size', image['Pixels']['PhysicalSizeX'], 0.325)
                check(name, 'unit of size', image['Pixels']['PhysicalSizeXUnit'], '\u00b5m')
            if 'labels' in entry:
                metadata = tif.imagej_metadata
                count = len(entry['labels'])
                if count:
                    check(name, 'labels', metadata['Labels'], entry['labels'] * (len(tif.pages) // count))
                check(name, 'info', metadata['Info'], entry['info'])
                for key, value in entry['settings'].items():
                    check(name, key, metadata[key], float(value))
    elif name.endswith('.png'):
        # Pillow reduces colours of 16 bits to 8, so those are left to libpng's own round trip.
        found = numpy.asarray(Image.open(path))
    else:
        found = numpy.load(path)
    check(name, 'dtype', found.dtype.newbyteorder('='), wanted.dtype)
    check(name, 'shape', found.shape, wanted.shape)
    if found.shape == wanted.shape and not numpy.array_equal(found, wanted, equal_nan=wanted.dtype.kind in 'fc'):
        problems.append(f'{name}: pixels differ')

for problem in problems:
    print(problem)
print(f'checked {len(index)}')
