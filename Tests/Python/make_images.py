"""Writes images with tifffile, Pillow and a small PNG encoder into a folder, each with the array it stands for.

usage: make_images.py FOLDER

For every NAME.EXT there is NAME.expected.npy; index.json lists file, axes and, where it matters, pixel size,
channel names, page count and compression.
"""
import itertools
import json
import os
import struct
import sys
import warnings
import zlib

import numpy
import tifffile
from PIL import Image

warnings.filterwarnings('ignore')
folder = sys.argv[1]
index = []
random = numpy.random.default_rng(7)


def noise(shape, dtype):
    dtype = numpy.dtype(dtype)
    if dtype == bool:
        return random.integers(0, 2, shape).astype(bool)
    if dtype.kind == 'c':
        return (random.standard_normal(shape) + 1j * random.standard_normal(shape)).astype(dtype)
    if dtype.kind == 'f':
        return random.standard_normal(shape).astype(dtype)
    info = numpy.iinfo(dtype)
    return random.integers(info.min, info.max, shape, dtype=dtype, endpoint=True)


def keep(file, array, axes, **facts):
    name = file.rsplit('.', 1)[0]
    array = numpy.ascontiguousarray(array)
    numpy.save(os.path.join(folder, name + '.expected.npy'), array.astype(array.dtype.newbyteorder('=')))
    index.append({'file': file, 'axes': axes, **facts})


def tiff(name, array, facts=None, **options):
    file = name + '.tif'
    path = os.path.join(folder, file)
    tifffile.imwrite(path, array, **options)
    with tifffile.TiffFile(path) as tif:
        series = tif.series[0]
        keep(file, series.asarray(), series.axes, pages=len(tif.pages), **(facts or {}))


dtypes = 'uint8 uint16 uint32 uint64 int8 int16 int32 int64 float16 float32 float64'.split()
packings = ['none', 'lzw', 'zlib', 'packbits', 'zstd']
names = {'zlib': 'deflate'}
for dtype, packing, order, tile in itertools.product(dtypes, packings, '<>', (None, (16, 32))):
    label = f'{dtype}-{packing}-{"le" if order == "<" else "be"}-{"tiles" if tile else "strips"}'
    tiff(label, noise((37, 41), dtype), {'compression': names.get(packing, packing)}, byteorder=order, tile=tile,
         compression=None if packing == 'none' else packing, rowsperstrip=None if tile else 5)
    if packing in ('lzw', 'zlib', 'zstd') and dtype != 'uint64' and dtype != 'int64':
        ramp = numpy.cumsum(numpy.ones((37, 41)), axis=1).astype(dtype)
        tiff(label + '-predictor', ramp, byteorder=order, tile=tile, compression=packing, predictor=True,
             rowsperstrip=None if tile else 5)
for dtype, order, tile in itertools.product(('complex64', 'complex128', 'bool'), '<>', (None, (16, 16))):
    if dtype == 'bool' and tile:
        continue
    tiff(f'{dtype}-{order == "<"}-{tile is None}', noise((19, 21), dtype), byteorder=order, tile=tile)

for order, tile, packing in itertools.product('<>', (None, (16, 16)), (None, 'lzw')):
    label = f'{"le" if order == "<" else "be"}-{"tiles" if tile else "strips"}-{packing}'
    common = {'byteorder': order, 'tile': tile, 'compression': packing}
    for dtype in ('uint8', 'uint16'):
        tiff(f'rgb-{dtype}-{label}', noise((18, 23, 3), dtype), photometric='rgb', **common)
        tiff(f'rgba-{dtype}-{label}', noise((18, 23, 4), dtype), photometric='rgb', **common)
        tiff(f'planar-{dtype}-{label}', noise((3, 18, 23), dtype), photometric='rgb', planarconfig='separate', **common)
        tiff(f'rgb-stack-{dtype}-{label}', noise((4, 18, 23, 3), dtype), photometric='rgb', **common)
        tiff(f'planar-stack-{dtype}-{label}', noise((2, 3, 18, 23), dtype), photometric='rgb',
             planarconfig='separate', **common)
    tiff(f'stack-{label}', noise((3, 18, 23), 'uint16'), **common)
    tiff(f'stack-axes-{label}', noise((2, 3, 18, 23), 'uint16'), metadata={'axes': 'TZYX'}, **common)
    tiff(f'stack-4d-{label}', noise((2, 3, 18, 23), 'uint16'), **common)
    tiff(f'plain-pages-{label}', noise((5, 18, 23), 'float32'), metadata=None, **common)
    tiff(f'plain-page-{label}', noise((1, 18, 23), 'float32'), metadata=None, **common)
    tiff(f'plain-many-{label}', noise((12, 8, 8), 'uint8'), metadata=None, **common)
tiff('one-row', noise((1, 30), 'uint8'))
tiff('one-column', noise((30, 1), 'uint8'))
tiff('one-page', noise((1, 6, 7), 'uint8'))
tiff('shaped-unit-axes', noise((1, 2, 1, 6, 7), 'uint16'))
tiff('bigtiff', noise((3, 18, 23), 'uint16'), bigtiff=True)
tiff('bigtiff-be', noise((3, 18, 23), 'int32'), bigtiff=True, byteorder='>', compression='zlib')
tiff('miniswhite', noise((6, 7), 'uint8'), photometric='miniswhite')
tiff('palette', noise((6, 7), 'uint8'), photometric='palette', colormap=noise((3, 256), 'uint16'))
tiff('truncated-pages', noise((5, 6, 7), 'uint16'), metadata={'axes': 'ZYX'}, truncate=True)
tiff('cm', noise((6, 7), 'uint8'), {'pixelSize': [0.5, 0.25, None]}, resolution=(20000, 40000),
     resolutionunit='CENTIMETER', metadata=None)
tiff('screen', noise((6, 7), 'uint8'), {'pixelSize': None}, resolution=(72, 72), resolutionunit='INCH', metadata=None)
tiff('print', noise((6, 7), 'uint8'), {'pixelSize': None}, resolution=(300, 300), resolutionunit='INCH', metadata=None)

for shape, axes in [((4, 9, 8), 'ZYX'), ((3, 4, 9, 8), 'ZCYX'), ((2, 3, 4, 9, 8), 'TZCYX'), ((5, 9, 8), 'TYX'),
                    ((2, 9, 8), 'CYX'), ((3, 9, 8, 3), 'ZYXS')]:
    tiff(f'imagej-{axes}', noise(shape, 'uint8'), {'pixelSize': [0.1, 0.1, 0.3] if 'Z' in axes else [0.1, 0.1, None]},
         imagej=True, resolution=(10, 10),
         metadata={'axes': axes, 'unit': 'um', **({'spacing': 0.3} if 'Z' in axes else {})})
tiff('imagej-be', noise((3, 9, 8), 'float32'), imagej=True, byteorder='>', metadata={'axes': 'ZYX'})
tiff('imagej-nm', noise((9, 8), 'uint16'), {'pixelSize': [0.1, 0.1, None]}, imagej=True, resolution=(0.01, 0.01),
     metadata={'unit': 'nm'})
tiff('imagej-pixels', noise((9, 8), 'uint16'), {'pixelSize': None}, imagej=True, resolution=(1, 1),
     metadata={'unit': 'pixel'})

for shape, axes in [((4, 9, 8), 'ZYX'), ((3, 4, 9, 8), 'CZYX'), ((2, 3, 4, 9, 8), 'TCZYX'), ((2, 3, 9, 8), 'ZCYX'),
                    ((9, 8, 3), 'YXS'), ((2, 9, 8, 3), 'ZYXS')]:
    tiff(f'ome-{axes}', noise(shape, 'uint16'), {'pixelSize': [0.325, 0.325, 1.5 if 'Z' in axes else None]}, ome=True,
         metadata={'axes': axes, 'PhysicalSizeX': 325, 'PhysicalSizeXUnit': 'nm', 'PhysicalSizeY': 0.325,
                   'PhysicalSizeYUnit': '\u00b5m', **({'PhysicalSizeZ': 1.5} if 'Z' in axes else {})},
         **({'photometric': 'rgb'} if 'S' in axes else {}))
tiff('ome-channels', noise((2, 9, 8), 'uint8'), {'channels': ['DAPI & "co"', 'GFP <1>']}, ome=True,
     metadata={'axes': 'CYX', 'Channel': {'Name': ['DAPI & "co"', 'GFP <1>']}})

path = os.path.join(folder, 'unequal.tif')
unequal = noise((2, 9, 8), 'uint16')
with tifffile.TiffWriter(path) as writer:
    writer.write(unequal[0], metadata=None)
    writer.write(noise((3, 3), 'uint8'), metadata=None)
    writer.write(unequal[1], metadata=None)
keep('unequal.tif', tifffile.imread(path), 'IYX', pages=3)
path = os.path.join(folder, 'two-series.tif')
with tifffile.TiffWriter(path) as writer:
    writer.write(unequal)
    writer.write(noise((3, 3), 'uint8'))
keep('two-series.tif', tifffile.imread(path), 'QYX', pages=3)


def raw_tiff(name, rows, width, height, bits, axes='YX', order='<', expected=None, **more):
    """A TIFF of one strip whose bytes are given, because no writer makes such samples; tifffile says what they mean
    when nothing is expected."""
    tags = {256: width, 257: height, 258: bits, 259: 1, 262: 1, 273: 0, 277: 1, 278: height, 279: len(rows)}
    tags.update({int(tag[1:]): value for tag, value in more.items()})
    data = struct.pack(order + '2sHIH', b'II' if order == '<' else b'MM', 42, 8, len(tags))
    end = 8 + 2 + 12 * len(tags) + 4
    values = b''
    for tag, value in sorted(tags.items()):
        if isinstance(value, tuple):
            packed = struct.pack(f'{order}{len(value)}H', *value)
            place = packed.ljust(4, b'\0') if len(packed) <= 4 else struct.pack(order + 'I', end + len(values))
            values += packed if len(packed) > 4 else b''
            data += struct.pack(order + 'HHI', tag, 3, len(value)) + place
        else:
            data += struct.pack(order + 'HHII', tag, 4, 1, end + SPACE if tag == 273 else value)
    data += struct.pack(order + 'I', 0) + values.ljust(SPACE, b'\0') + rows
    path = os.path.join(folder, name + '.tif')
    with open(path, 'wb') as file:
        file.write(data)
    if more.get('_259') == 34676:
        # tifffile does not know this packing.
        keep(name + '.tif', expected, axes)
        return
    found = tifffile.imread(path)
    # tifffile 2026.3.3 turns big-endian numbers of 24 bits around, so that they have 32.
    if expected is not None and bits != 24 and not numpy.array_equal(found, expected):
        sys.exit(f'{name}: tifffile reads something else than was written')
    keep(name + '.tif', found if expected is None else expected.astype(found.dtype), axes)


# Room for values that do not fit into a tag.
SPACE = 64


def packed_rows(array, bits):
    """Samples of `bits` bits, the highest bit first, rows padded to bytes."""
    rows = b''
    for row in array:
        text = ''.join(format(int(value), f'0{bits}b') for value in row)
        text += '0' * (-len(text) % 8)
        rows += int(text, 2).to_bytes(len(text) // 8, 'big')
    return rows


for bits, order in itertools.product([*range(1, 8), *range(9, 16), *range(17, 32)], '<>'):
    array = random.integers(0, 1 << bits, (7, 19))
    raw_tiff(f'bits{bits}-{"le" if order == "<" else "be"}', packed_rows(array, bits), 19, 7, bits, order=order,
             expected=array)
for order in '<>':
    label = 'le' if order == '<' else 'be'
    raw_tiff(f'float24-{label}', bytes(random.integers(0, 256, 7 * 19 * 3, 'u1')), 19, 7, 24, order=order, _339=3)
    for bits in (32, 64):
        raw_tiff(f'complex-integer{bits}-{label}', bytes(random.integers(0, 256, 7 * 19 * bits // 8, 'u1')), 19, 7, bits,
                 order=order, _339=5)
    raw_tiff(f'ycbcr-{label}', bytes(noise((7, 19, 3), 'u1').reshape(-1)), 19, 7, (8, 8, 8), 'YXS', order=order, _262=6,
             _277=3, _530=(1, 1))
    # Luminances with their colours: logarithm, u and v in one word of 32 bits, its bytes in rows of their own.
    words = random.integers(0, 1 << 32, (7, 19), dtype='u4') & 0x7fffffff | 0x100000
    exponent = (words >> 16).astype('f8')
    y = numpy.exp(numpy.log(2) / 256 * (exponent + 0.5) - numpy.log(2) * 64)
    u, v = ((words >> 8 & 0xff) + 0.5) / 410, ((words & 0xff) + 0.5) / 410
    scale = 1 / (6 * u - 16 * v + 12)
    cx, cy = 9 * u * scale, 4 * v * scale
    xyz = numpy.stack([cx / cy * y, y, (1 - cx - cy) / cy * y], 2).astype('f4')
    packed = b''.join(bytes([19]) + bytes((row >> shift & 0xff).astype('u1')) for row in words for shift in (24, 16, 8, 0))
    raw_tiff(f'logluv-{label}', packed, 19, 7, (16, 16, 16), 'YXS', order=order, expected=xyz, _259=34676, _262=32845,
             _277=3, _339=(2, 2, 2))
    raw_tiff(f'fill-order-{label}', bytes(noise((7, 19), 'u1').reshape(-1)), 19, 7, 8, order=order, _266=2)
    for code, kind in ((1, 'u8'), (2, 'i8')):
        # Any bytes are differences of something.
        differences = zlib.compress(bytes(noise((7, 19), 'u8').view('u1').reshape(-1)))
        raw_tiff(f'predictor-{kind}-{label}', differences, 19, 7, 64, order=order, _259=8, _317=2, _339=code)
# Other packings, and both ways to lay out colours.
for order, tile in itertools.product('<>', (None, (16, 16))):
    label = f'{"le" if order == "<" else "be"}-{"tiles" if tile else "strips"}'
    common = {'byteorder': order, 'tile': tile, 'metadata': None}
    for dtype in ('uint16', 'float32'):
        color = noise((18, 23, 3), dtype)
        tiff(f'predictor-rgb-{dtype}-{label}', color, compression='lzw', predictor=True, photometric='rgb', **common)
        tiff(f'predictor-planar-{dtype}-{label}', numpy.moveaxis(color, -1, 0), compression='zstd', predictor=True,
             photometric='rgb', planarconfig='separate', **common)
    tiff(f'lzma-{label}', noise((18, 23), 'uint16'), compression='lzma', predictor=True, **common)
    tiff(f'webp-{label}', noise((18, 23, 3), 'uint8'), compression='webp', compressionargs={'level': -1},
         photometric='rgb', **common)
    tiff(f'jpeg-{label}', noise((18, 23), 'uint8'), compression='jpeg', **common)
    tiff(f'jpeg-rgb-{label}', noise((18, 23, 3), 'uint8'), compression='jpeg', photometric='rgb', **common)
    tiff(f'jpeg-ycbcr-{label}', noise((18, 23, 3), 'uint8'), compression='jpeg', photometric='ycbcr', **common)
    tiff(f'jpeg-planar-{label}', noise((3, 18, 23), 'uint8'), compression='jpeg', photometric='rgb',
         planarconfig='separate', **common)
tiff('lerc', noise((18, 23), 'float32'), compression='lerc', metadata=None)
# An order of ImageJ's axes that is not the usual one; planes of a page that are channels.
for order in ('czt', 'zct', 'tzc', 'ctz', 'ztc', 'tcz'):
    axes = {'c': 2, 'z': 3, 't': 4}
    description = 'ImageJ=1.11a\nimages=24\nchannels=2\nslices=3\nframes=4\nhyperstack=true\norder=' + order + '\n'
    tiff(f'imagej-order-{order}', noise((24, 9, 8), 'uint8'), metadata=None, description=description, software='ImageJ')
tiff('imagej-planes', noise((3, 9, 8), 'uint8'), metadata=None, photometric='rgb', planarconfig='separate',
     description='ImageJ=1.11a\nimages=3\nchannels=3\n')
# A reduced copy of the first page in a directory below it, and a second page with another fill order.
path = os.path.join(folder, 'pyramid.tif')
with tifffile.TiffWriter(path) as writer:
    writer.write(noise((32, 48), 'uint8'), tile=(16, 16), subifds=1, metadata=None)
    writer.write(noise((16, 24), 'uint8'), tile=(16, 16), subfiletype=1, metadata=None)
keep('pyramid.tif', tifffile.imread(path), 'YX', pages=1)


def png(name, samples, depth, color, expected, interlaced=False, palette=None, transparency=None, per_metre=None):
    """Encodes samples of shape (rows, columns, channels), as they are stored."""
    def packed(part):
        rows = b''
        for row in part:
            values = row.reshape(-1)
            if depth == 16:
                line = values.astype('>u2').tobytes()
            elif depth == 8:
                line = values.astype('u1').tobytes()
            else:
                text = ''.join(format(int(value), f'0{depth}b') for value in values)
                text += '0' * (-len(text) % 8)
                line = int(text, 2).to_bytes(len(text) // 8, 'big')
            rows += b'\0' + line
        return rows

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))

    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        raw = b''.join(packed(samples[y::dy, x::dx]) for y, x, dy, dx in passes if samples[y::dy, x::dx].size)
    else:
        raw = packed(samples)
    height, width = samples.shape[:2]
    data = b'\x89PNG\r\n\x1a\n'
    data += chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, depth, color, 0, 0, int(interlaced)))
    if per_metre:
        data += chunk(b'pHYs', struct.pack('>IIB', *per_metre, 1))
    if palette is not None:
        data += chunk(b'PLTE', palette.astype('u1').tobytes())
    if transparency is not None:
        data += chunk(b'tRNS', transparency)
    data += chunk(b'IDAT', zlib.compress(raw)) + chunk(b'IEND', b'')
    with open(os.path.join(folder, name + '.png'), 'wb') as file:
        file.write(data)
    facts = {}
    if per_metre:
        facts['pixelSize'] = [1e6 / per_metre[0], 1e6 / per_metre[1], None] if per_metre[0] > 100000 else None
    keep(name + '.png', expected, 'YX' if expected.ndim == 2 else 'YXS', **facts)


for interlaced in (False, True):
    label = '-interlaced' if interlaced else ''
    bits = random.integers(0, 2, (11, 13, 1))
    png('png-grey1' + label, bits, 1, 0, bits[..., 0].astype(bool), interlaced)
    for depth in (2, 4):
        grey = random.integers(0, 1 << depth, (11, 13, 1))
        png(f'png-grey{depth}' + label, grey, depth, 0,
            (grey[..., 0] * (255 // ((1 << depth) - 1))).astype('uint8'), interlaced)
    for depth, dtype in ((8, 'uint8'), (16, 'uint16')):
        for color, channels in ((0, 1), (4, 2), (2, 3), (6, 4)):
            picture = noise((11, 13, channels), dtype)
            png(f'png-{color}-{depth}' + label, picture, depth, color,
                picture[..., 0] if channels == 1 else picture, interlaced)
    for depth in (1, 2, 4, 8):
        palette = noise((1 << depth, 3), 'uint8')
        indices = random.integers(0, 1 << depth, (11, 13, 1))
        png(f'png-palette{depth}' + label, indices, depth, 3, palette[indices[..., 0]], interlaced, palette)
palette = noise((4, 3), 'uint8')
indices = random.integers(0, 4, (11, 13, 1))
alpha = numpy.array([0, 128, 255, 255], 'uint8')
png('png-palette-alpha', indices, 2, 3, numpy.concatenate([palette, alpha[:, None]], 1)[indices[..., 0]],
    palette=palette, transparency=alpha[:2].tobytes())
grey = random.integers(0, 4, (11, 13, 1)).astype('uint8')
png('png-grey-transparent', grey, 8, 0, numpy.concatenate([grey, numpy.where(grey == 2, 0, 255).astype('uint8')], 2),
    transparency=struct.pack('>H', 2))
png('png-micrometres', grey, 8, 0, grey[..., 0], per_metre=(2000000, 4000000))
png('png-screen', grey, 8, 0, grey[..., 0], per_metre=(2835, 2835))
for mode, dtype, shape in (('L', 'uint8', (9, 8)), ('RGB', 'uint8', (9, 8, 3)), ('RGBA', 'uint8', (9, 8, 4)),
                           ('LA', 'uint8', (9, 8, 2)), ('I;16', 'uint16', (9, 8)), ('1', 'bool', (9, 8))):
    picture = noise(shape, dtype)
    file = f'pillow-{mode.replace(";", "")}.png'
    Image.fromarray(picture).save(os.path.join(folder, file))
    keep(file, numpy.asarray(Image.open(os.path.join(folder, file))), 'YX' if picture.ndim == 2 else 'YXS')

# Smooth pictures: pixels must be equal to the last bit, which noise would show no better.
ramps = numpy.add.outer(numpy.arange(37) * 5, numpy.arange(53) * 2)
picture = numpy.stack([ramps % 256, 255 - ramps % 256, ramps // 2 % 256, ramps // 3], 2).astype('uint8')
picture[8:20, 8:30] = noise((12, 22, 4), 'uint8')


def jpeg(name, array, mode, facts=None, **options):
    file = f'jpeg-{name}.jpg'
    Image.fromarray(array, mode).save(os.path.join(folder, file), **options)
    with Image.open(os.path.join(folder, file)) as image:
        keep(file, numpy.asarray(image), 'YX' if array.ndim == 2 else 'YXS', compression='jpeg', **{'pixelSize': None, **(facts or {})})


for quality, progressive in itertools.product((30, 90, 100), (False, True)):
    label = f'{quality}{"-progressive" if progressive else ""}'
    jpeg(f'grey-{label}', picture[..., 0], 'L', quality=quality, progressive=progressive)
    for subsampling in ('4:4:4', '4:2:2', '4:2:0', '4:1:1'):
        jpeg(f'rgb-{subsampling.replace(":", "")}-{label}', picture[..., :3], 'RGB', quality=quality,
             progressive=progressive, subsampling=subsampling)
jpeg('cmyk', picture, 'CMYK', quality=90)
jpeg('cmyk-progressive', picture, 'CMYK', quality=80, progressive=True)
jpeg('rgb-kept', picture[..., :3], 'RGB', keep_rgb=True)
jpeg('restarts', picture[..., :3], 'RGB', restart_marker_blocks=2)
jpeg('restart-rows', picture[..., :3], 'RGB', restart_marker_rows=1, progressive=True)
jpeg('optimized', picture[..., :3], 'RGB', optimize=True, comment='a comment')
jpeg('micrometres', picture[..., 0], 'L', {'pixelSize': [1, 0.5, None]}, dpi=(25400, 50800))
jpeg('screen', picture[..., 0], 'L', dpi=(72, 72))

for dtype, order, layout in itertools.product(dtypes + ['bool', 'complex64', 'complex128'], '<>', 'CF'):
    array = numpy.array(noise((3, 4, 5), dtype), order=layout)
    file = f'npy-{dtype}-{"le" if order == "<" else "be"}-{layout}.npy'
    numpy.save(os.path.join(folder, file), array.astype(array.dtype.newbyteorder(order)))
    keep(file, array, 'QYX')
for version in ((1, 0), (2, 0), (3, 0)):
    array = noise((7,), 'int16')
    file = f'npy-version{version[0]}.npy'
    with open(os.path.join(folder, file), 'wb') as handle:
        numpy.lib.format.write_array(handle, array, version)
    keep(file, array, 'X')

with open(os.path.join(folder, 'index.json'), 'w') as file:
    json.dump(index, file)
print(len(index))
