"""Writes the small images of Tests/ImJoyCoreTests/Fixtures/images, each with a note beside it.

usage: make_fixtures.py FOLDER
"""
import io
import os
import struct
import sys

import imagecodecs
import numpy
import PIL
import tifffile
from PIL import Image

folder = sys.argv[1]
random = numpy.random.default_rng(3)
made_by = (f'numpy {numpy.__version__}, tifffile {tifffile.__version__}, imagecodecs {imagecodecs.__version__}, '
           f'Pillow {PIL.__version__}')


def note(file, text):
    with open(os.path.join(folder, file + '.txt'), 'w') as handle:
        handle.write(f'{text}\nMade by Tests/Python/make_fixtures.py with {made_by}.\n')


def tiff(file, array, text, **options):
    tifffile.imwrite(os.path.join(folder, file), array, **options)
    note(file, f'{text}: {array.dtype}, shape {array.shape}, tifffile.imwrite options {options}.')


ramp = numpy.add.outer(numpy.arange(6), numpy.arange(7)).astype('uint16')
stack = numpy.stack([ramp, ramp * 2, ramp + 100])
color = random.integers(0, 256, (6, 7, 3)).astype('uint8')
tiff('strips.tif', ramp, 'Strips of two rows', rowsperstrip=2, metadata=None)
tiff('lzw-predictor.tif', ramp, 'LZW with differences, big-endian', compression='lzw', predictor=True, byteorder='>',
     metadata=None)
tiff('deflate-tiles.tif', ramp, 'Deflate in one tile', compression='zlib', tile=(16, 16), metadata=None)
tiff('packbits-planar.tif', numpy.moveaxis(color, -1, 0).copy(), 'PackBits, a plane for each colour',
     compression='packbits', photometric='rgb', planarconfig='separate', metadata=None)
tiff('zstd-float.tif', ramp.astype('float32'), 'Zstandard, floating-point predictor', compression='zstd', predictor=True,
     metadata=None)
tiff('bigtiff.tif', stack, 'BigTIFF', bigtiff=True, photometric='minisblack')
tiff('imagej.tif', stack, 'ImageJ stack', imagej=True, resolution=(10, 10),
     metadata={'axes': 'ZYX', 'unit': 'um', 'spacing': 0.5})
tiff('ome.tif', stack, 'OME-TIFF', ome=True, photometric='minisblack',
     metadata={'axes': 'CYX', 'PhysicalSizeX': 0.2, 'Channel': {'Name': ['red', 'green', 'blue']}})
tiff('jpeg.tif', color, 'JPEG in YCbCr', compression='jpeg', photometric='ycbcr', metadata=None, tile=(16, 16))
tiff('lzma.tif', stack, 'LZMA', compression='lzma', predictor=True, metadata=None)
tiff('webp.tif', color, 'WebP without loss', compression='webp', compressionargs={'level': -1}, photometric='rgb',
     metadata=None)
bars = Image.fromarray((numpy.add.outer(numpy.arange(9), numpy.arange(21)) % 5 < 2))
for name, options in (('group3', {'tiffinfo': {292: 1}}), ('group4', {})):
    bars.save(os.path.join(folder, f'{name}.tif'), compression=name, **options)
    note(f'{name}.tif', f'Fax {name}, two values, shape (9, 21): Image.save options {options}.')
# No writer makes the old form any more: a whole JPEG file in a strip.
smooth = numpy.add.outer(numpy.arange(16), numpy.arange(24)) * 6
smooth = numpy.stack([smooth, 255 - smooth, smooth // 2], 2).astype('uint8')
jpeg = io.BytesIO()
Image.fromarray(smooth).save(jpeg, 'jpeg', quality=95)
jpeg = jpeg.getvalue()
tags = [(256, 24), (257, 16), (258, 8), (259, 6), (262, 6), (273, 152), (277, 3), (278, 16), (279, len(jpeg)), (513, 152),
        (514, len(jpeg))]
data = struct.pack('<2sHIH', b'II', 42, 8, len(tags))
data += b''.join(struct.pack('<HHII', tag, 4, 1, value) for tag, value in tags) + struct.pack('<I', 0)
with open(os.path.join(folder, 'old-jpeg.tif'), 'wb') as file:
    file.write(data.ljust(152, b'\0') + jpeg)
note('old-jpeg.tif', 'Old-style JPEG in YCbCr: ramps, uint8, shape (16, 24, 3); the JPEG by Image.save, the tags by hand.')
for mode, array in (('grey', ramp.astype('uint8')), ('rgb', color)):
    Image.fromarray(array).save(os.path.join(folder, f'{mode}.png'))
    note(f'{mode}.png', f'{mode} picture: uint8, shape {array.shape}, Image.save.')
Image.fromarray(color).quantize(4).save(os.path.join(folder, 'palette.png'))
note('palette.png', 'Palette of 4 colours: Image.quantize(4).save.')
exif = Image.Exif()
exif[274], exif[305] = 6, 'Fixture 1.0'
for name, array, mode, options in (
        ('grey-restarts', smooth[..., 0], 'L', {'restart_marker_blocks': 2, 'dpi': (25400, 25400)}),
        ('turned', smooth, 'RGB', {'exif': exif, 'comment': 'ramps'}),
        ('progressive', smooth, 'RGB', {'progressive': True, 'subsampling': '4:4:4'}),
        ('cmyk', numpy.concatenate([smooth, smooth[..., :1] // 2], 2), 'CMYK', {})):
    Image.fromarray(array, mode).save(os.path.join(folder, f'{name}.jpg'), quality=50, optimize=True, **options)
    options = {key: 'orientation 6, software Fixture 1.0' if key == 'exif' else value for key, value in options.items()}
    note(f'{name}.jpg', f'Ramps in {mode}: uint8, shape {array.shape}, Image.save options {options}, quality 50.')
numpy.save(os.path.join(folder, 'fortran.npy'), numpy.asfortranarray(ramp.astype('>f4')))
note('fortran.npy', 'Column-major, big-endian float32, shape (6, 7): numpy.save.')
numpy.savez_compressed(os.path.join(folder, 'two.npz'), a=ramp, b=ramp.astype('float32'))
note('two.npz', 'Two arrays: numpy.savez_compressed.')
