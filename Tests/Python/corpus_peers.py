"""The readers that corpus.py compares with, in a process of their own: a damaged file may end or stop it."""
import json
import os
import select
import subprocess
import sys
import tempfile

import numpy

import corpus_files


NAMES = {'tifffile': 'tifffile', 'pillow': 'Pillow', 'png': 'Pillow', 'jpeg': 'Pillow', 'imagecodecs': 'imagecodecs',
         'logluv': 'a decoder in NumPy'}


class Peers:
    """Asks the other process; starts it again after it was lost."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.process = None

    def ask(self, path, how):
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, __file__, self.folder.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.process.stdin.write(json.dumps([path, how]) + '\n')
        self.process.stdin.flush()
        ready, _, _ = select.select([self.process.stdout], [], [], 120)
        line = self.process.stdout.readline() if ready else ''
        if line:
            return json.loads(line)
        self.close()
        return {'error': 'it crashed' if ready else 'it hung'}

    def read(self, path, oracle):
        """The peer's name, its array or None, why it refused, and what else it found: axes and pixel size."""
        refusal = None
        start = kind(path)
        order = [oracle] if oracle else ['tifffile', 'pillow'] if start == 'TIFF' else [start.lower()]
        for how in order:
            answer = self.ask(path, how)
            if 'array' in answer:
                return NAMES[how], numpy.load(answer['array']), refusal, answer.get('facts')
            refusal = refusal or answer['error']
        return NAMES[order[0]], None, refusal, None

    def describe(self, path):
        return self.ask(path, 'describe').get('text', 'damaged')

    def close(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


def kind(path):
    """PNG, JPEG or TIFF, by the first bytes, or by the name when they say nothing."""
    with open(path, 'rb') as file:
        start = file.read(8)
    if start.startswith(corpus_files.TIFF_STARTS):
        return 'TIFF'
    ending = os.path.splitext(path)[1].lower()
    if start == corpus_files.PNG_START or ending == '.png':
        return 'PNG'
    return 'JPEG' if start.startswith(corpus_files.JPEG_START) or ending in ('.jpg', '.jpeg') else 'TIFF'


def read_tifffile(path):
    import tifffile
    with tifffile.TiffFile(path) as file:
        array = file.asarray()
        if array.size == 0:
            raise ValueError('there are no pages')
        return array, {'axes': file.series[0].axes, 'pixelSize': corpus_files.tiff_pixel_size(file)}


def read_jpeg(path):
    from PIL import Image
    with Image.open(path) as image:
        if image.format not in ('JPEG', 'MPO'):
            raise ValueError(f'it is {image.format}')
        array = numpy.asarray(image)
        # Only from 1200 dots per inch up is a resolution about what was looked at.
        unit = {1: 25400, 2: 10000}.get(image.info.get('jfif_unit'), 0)
        sizes = [unit / each if each and 0 < unit / each < 25400 / 1200 * 0.999 else None
                 for each in image.info.get('jfif_density', (0, 0))]
        return array, {'axes': 'YX' if array.ndim == 2 else 'YXS', 'pixelSize': [*sizes, None]}


def read_pillow(path):
    """The first page as Pillow decodes it, with the libtiff that it brings; only what it does not convert."""
    from PIL import Image
    with Image.open(path) as image:
        if image.mode not in ('1', 'L', 'LA', 'RGB', 'RGBA', 'CMYK', 'I;16', 'I', 'F'):
            raise ValueError(f'mode {image.mode}')
        return numpy.asarray(image)


def read_png(path):
    """Colours of palettes looked up, transparent colours as alpha, all bits: as PNG readers agree."""
    from PIL import Image
    with open(path, 'rb') as file:
        start = file.read(26)
    depth, color = start[24], start[25]
    if depth == 16:
        # Pillow keeps only 8 of the bits of colours.
        import imagecodecs
        with open(path, 'rb') as file:
            return imagecodecs.png_decode(file.read())
    with Image.open(path) as image:
        image.load()
        has_alpha = 'transparency' in image.info or color & 4
        if color == 0 and not has_alpha:
            return numpy.asarray(image if depth == 1 else image.convert('L'))
        return numpy.asarray(image.convert(('RGB' if color & 2 else 'L') + ('A' if has_alpha else '')))


def read_imagecodecs(path):
    import imagecodecs
    with open(path, 'rb') as file:
        return imagecodecs.imread(file.read())


def read_logluv(path):
    """SGI's 32-bit LogLuv as CIE XYZ, by the formulas of Ward's paper: nobody else here decodes it."""
    import tifffile
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        height, width = page.shape[:2]
        rows = []
        for offset, count in zip(page.dataoffsets, page.databytecounts):
            file.filehandle.seek(offset)
            data = file.filehandle.read(count)
            place = 0
            while place < len(data) and len(rows) < height:
                # The bytes of a row from the highest to the lowest, each packed in runs.
                planes = numpy.zeros((4, width), 'u4')
                for plane in planes:
                    column = 0
                    while column < width:
                        code = data[place]
                        if code >= 128:
                            length = code - 126
                            plane[column:column + length] = data[place + 1]
                            place += 2
                        else:
                            length = code
                            plane[column:column + length] = list(data[place + 1:place + 1 + length])
                            place += 1 + length
                        column += length
                rows.append(planes[0] << 24 | planes[1] << 16 | planes[2] << 8 | planes[3])
    word = numpy.stack(rows).astype('i8')
    exponent = word >> 16 & 0x7fff
    y = numpy.where(exponent == 0, 0, 2.0 ** ((exponent + 0.5) / 256 - 64)) * numpy.where(word >> 31, -1, 1)
    u = ((word >> 8 & 0xff) + 0.5) / 410
    v = ((word & 0xff) + 0.5) / 410
    s = 1 / (6 * u - 16 * v + 12)
    cx, cy = 9 * u * s, 4 * v * s
    return numpy.stack([cx / cy * y, y, (1 - cx - cy) / cy * y], 2).astype('f4')


def describe(path):
    """What kind of image it is, in the words of its header."""
    if kind(path) == 'JPEG':
        return describe_jpeg(path)
    if kind(path) == 'PNG':
        with open(path, 'rb') as file:
            start = file.read(29)
        color = {0: 'grey', 2: 'RGB', 3: 'palette', 4: 'grey and alpha', 6: 'RGB and alpha'}.get(start[25], '?')
        return f'{start[24]}-bit {color}' + (', interlaced' if start[28] else '')
    import tifffile
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]

        def name(value):
            return getattr(value, 'name', str(value)).lower()
        bits = page.bitspersample
        format_ = {1: '', 2: ' signed', 3: ' float', 4: '', 5: ' complex integer', 6: ' complex'}.get(int(page.sampleformat), '')
        text = f'{bits}-bit{format_} {name(page.photometric)}'
        if page.samplesperpixel > 1:
            text += f' x {page.samplesperpixel}' + (' planar' if int(page.planarconfig) == 2 else '')
        text += f', {name(page.compression)}'
        if int(page.predictor) != 1:
            text += f' + predictor {int(page.predictor)}'
        text += ', tiles' if page.is_tiled else ''
        text += ', big-endian' if file.byteorder == '>' else ''
        text += ', BigTIFF' if file.is_bigtiff else ''
        pages = len(file.pages)
        return text + (f', {pages} pages' if pages > 1 else '')


def describe_jpeg(path):
    from PIL import Image
    with Image.open(path) as image:
        return f'{image.mode}' + (', progressive' if image.info.get('progressive') else '')


def serve(folder):
    import logging
    import resource
    import warnings
    from PIL import Image, ImageFile
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    logging.disable(logging.CRITICAL)
    warnings.filterwarnings('ignore')
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    readers = {'tifffile': read_tifffile, 'pillow': read_pillow, 'png': read_png, 'jpeg': read_jpeg, 'imagecodecs': read_imagecodecs,
               'logluv': read_logluv}
    for line in sys.stdin:
        path, how = json.loads(line)
        try:
            if how == 'describe':
                answer = {'text': describe(path)}
            else:
                target = os.path.join(folder, 'array.npy')
                array, facts = readers[how](path), None
                if isinstance(array, tuple):
                    array, facts = array
                # Pillow's truth values are bytes of 0 and 255.
                numpy.save(target, array.view('u1') != 0 if array.dtype == bool else array)
                answer = {'array': target, 'facts': facts}
        except BaseException as error:
            answer = {'error': ' '.join(f'{type(error).__name__}: {error}'.split())[:120]}
        print(json.dumps(answer), flush=True)


if __name__ == '__main__':
    serve(sys.argv[1])
