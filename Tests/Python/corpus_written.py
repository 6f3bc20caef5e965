"""Writes images with `imjoy image convert` and has others read them: tifffile, Bio-Formats, ImageJ; OME-XML is checked
against its schema.

usage: corpus_written.py IMJOY CACHE    (prints the table)

Each case is a file that tifffile made, with axes, pixel size and names of channels, converted by us. All must find the
same pixels, axes and sizes. The readers in Java run in one process: see Tests/Java/ImageReaders.java.
"""
import hashlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import numpy
import tifffile

import corpus_files

HERE = os.path.dirname(os.path.abspath(__file__))
IMAGEJ = '/usr/share/java/ij.jar'
NAMESPACE = '{http://www.openmicroscopy.org/Schemas/OME/2016-06}'
MICROMETRES = {'µm': 1, 'um': 1, 'micron': 1, 'nm': 1e-3, 'mm': 1e3, 'cm': 1e4, 'm': 1e6}
LENGTHS = {'T': 2, 'C': 3, 'Z': 4, 'Y': 33, 'X': 47, 'S': 3}
USUAL = (0.25, 0.5, 1.5)
# As Bio-Formats calls them.
TYPES = {'float32': 'float', 'float64': 'double'}


class Case:
    """What is written: element type, axes, the kind of file, options of the command line."""

    def __init__(self, kind, dtype, axes, *options, size=USUAL, channels=()):
        self.kind, self.dtype, self.axes, self.options = kind, dtype, axes, list(options)
        self.size, self.channels = size, list(channels)

    @property
    def name(self):
        more = [] if self.size == USUAL else [f'pixels of {self.size[0]} µm']
        more += ['names of channels'] if self.channels else []
        return ' '.join([self.kind, self.dtype, self.axes, *self.options, *more])

    def array(self):
        random = numpy.random.default_rng(len(self.name))
        shape = [LENGTHS[axis] for axis in self.axes]
        dtype = numpy.dtype(self.dtype)
        if dtype.kind in 'fc':
            return random.standard_normal(shape).astype(dtype)
        # Runs of equal values, so that packings have something to do.
        values = random.integers(0, 1 << 30, shape) >> random.integers(0, 30, shape)
        return (values % (numpy.iinfo(dtype).max + 1)).astype(dtype)

    @property
    def sizes(self):
        """Micrometres along X, Y and, where there is depth, Z."""
        return [*self.size[:2], self.size[2] if 'Z' in self.axes else None]


def cases():
    """About sixty: every type, order of axes, packing and byte order once, and not all of them with each other."""
    ome = 'ome.tif'
    every = [Case(ome, dtype, 'ZCYX') for dtype in
             ('uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64')]
    every += [Case(ome, 'uint16', axes) for axes in ('YX', 'CYX', 'ZYX', 'TYX', 'TCYX', 'CZYX', 'TZYX', 'TZCYX', 'TCZYX', 'ZTCYX')]
    every += [Case(ome, dtype, axes) for dtype in ('uint8', 'uint16') for axes in ('YXS', 'ZYXS', 'TYXS')]
    packings = [[], ['--compression', 'lzw'], ['--compression', 'deflate'], ['--compression', 'packbits'],
                ['--compression', 'lzw', '--predictor'], ['--compression', 'deflate', '--predictor']]
    layouts = [[], ['--tile', '16'], ['--bigtiff'], ['--byte-order', 'big']]
    every += [Case(ome, 'uint16', 'CYX', *packing, *layout) for packing, layout in itertools.product(packings, layouts)
              if packing or layout]
    every += [# Not with differences of floats, which Bio-Formats does not know.
              Case(ome, 'float32', 'ZYX', '--compression', 'deflate', '--byte-order', 'little'),
              Case(ome, 'uint8', 'YXS', '--compression', 'lzw', '--predictor', '--tile', '32'),
              Case(ome, 'uint16', 'ZCYX', size=(0.065, 0.065, 0.2), channels=['DAPI', 'GFP', 'Zellkörper <µ> & "mehr"']),
              Case(ome, 'uint8', 'CYX', size=(1234.5, 0.001, None), channels=['a', 'b', 'c'])]
    every += [Case('tif', dtype, axes) for dtype in ('uint8', 'uint16', 'float32')
              for axes in ('YX', 'ZYX', 'CYX', 'TZCYX', 'ZCYX')]
    every += [Case('tif', 'uint8', 'YXS'), Case('tif', 'uint16', 'ZCYX', '--compression', 'lzw'),
              Case('tif', 'uint16', 'ZYX', '--compression', 'deflate'), Case('tif', 'uint16', 'TZCYX', '--byte-order', 'big'),
              Case('tif', 'uint16', 'ZCYX', channels=['DAPI', 'GFP', 'third'])]
    return every


def make_source(case, path, array):
    """The input of the conversion."""
    metadata = {'axes': case.axes, 'PhysicalSizeX': case.size[0], 'PhysicalSizeXUnit': 'µm', 'PhysicalSizeY': case.size[1],
                'PhysicalSizeYUnit': 'µm'}
    if case.sizes[2]:
        metadata |= {'PhysicalSizeZ': case.size[2], 'PhysicalSizeZUnit': 'µm'}
    if case.channels:
        metadata['Channel'] = {'Name': case.channels}
    tifffile.imwrite(path, array, ome=True, metadata=metadata, photometric='rgb' if 'S' in case.axes else 'minisblack')


def full(array, axes):
    """The same with all axes in the order T, Z, C, Y, X, S."""
    for axis in 'TZCYXS':
        if axis not in axes:
            array, axes = array[..., None], axes + axis
    return numpy.ascontiguousarray(numpy.transpose(array, [axes.index(axis) for axis in 'TZCYXS']))


def near(found, wanted):
    # libtiff keeps resolutions in single precision.
    return len(found) == len(wanted) and all(
        (a is None) == (b is None) and (b is None or abs(a / b - 1) < 1e-5) for a, b in zip(found, wanted))


def check_tifffile(case, path, array):
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        found = series.asarray()
        problems = [] if series.axes == case.axes else [f'axes {series.axes}']
        if found.dtype != array.dtype or found.shape != array.shape or not numpy.array_equal(found, array):
            problems.append(f'{found.dtype} {found.shape}, or other pixels')
        if ('--byte-order' in case.options) and file.byteorder != {'big': '>', 'little': '<'}[case.options[-1]]:
            problems.append(f'byte order {file.byteorder}')
        if case.kind == 'ome.tif':
            if not file.is_ome:
                return problems + ['it is no OME-TIFF']
            pixels = xml.etree.ElementTree.fromstring(file.ome_metadata).find(f'.//{NAMESPACE}Pixels')
            sizes = [pixels.get(f'PhysicalSize{axis}') for axis in 'XYZ']
            units = [MICROMETRES[pixels.get(f'PhysicalSize{axis}Unit', 'µm')] for axis in 'XYZ']
            sizes = [size and float(size) * unit for size, unit in zip(sizes, units)]
            names = [channel.get('Name') for channel in pixels.findall(f'{NAMESPACE}Channel')]
            if case.channels and names != case.channels:
                problems.append(f'channels {names}')
        else:
            sizes = corpus_files.tiff_pixel_size(file)
        if not near(sizes, case.sizes):
            problems.append(f'pixel size {sizes}')
        return problems


def check_answer(case, answer, array):
    """What a reader in Java said."""
    if 'error' in answer:
        return [answer['error'][:200]]
    wanted = full(array, case.axes)
    problems = []
    if answer['sizes'] != list(wanted.shape):
        problems.append(f'T, Z, C, Y, X, S are {answer["sizes"]}, not {list(wanted.shape)}')
    if answer['type'] != TYPES.get(case.dtype, case.dtype):
        problems.append(f'type {answer["type"]}')
    if not problems and answer['sha256'] != hashlib.sha256(wanted.astype(wanted.dtype.newbyteorder('<')).tobytes()).hexdigest():
        problems.append('other pixels')
    if 'calibration' in answer:
        unit = MICROMETRES.get(answer['unit'], None)
        sizes = [length * unit for length in answer['calibration']] if unit else [None] * 3
        sizes[2] = sizes[2] if case.sizes[2] else None
    else:
        sizes = answer['pixelSize']
        if case.channels and answer['channels'] != case.channels and case.kind == 'ome.tif':
            problems.append(f'channels {answer["channels"]}')
    if not near(sizes, case.sizes):
        problems.append(f'pixel size {sizes}, not {case.sizes}')
    return problems


class JavaReaders:
    """Compiles the readers and asks them about many files at once."""

    def __init__(self, cache):
        jar = corpus_files.bioformats(cache)
        classes = os.path.join(os.path.abspath(cache), 'java')
        self.path = os.pathsep.join([classes, IMAGEJ, jar])
        source = os.path.join(HERE, '..', 'Java', 'ImageReaders.java')
        subprocess.run(['javac', '-proc:none', '-d', classes, '-cp', self.path, source], check=True)

    def ask(self, questions):
        text = ''.join(f'{reader}\t{path}\n' for reader, path in questions)
        process = subprocess.run(
            ['java', '-Xmx1g', '-Djava.awt.headless=true', '-cp', self.path, 'ImageReaders'], input=text, text=True,
            stdout=subprocess.PIPE, check=True, timeout=300)
        answers = [json.loads(line) for line in process.stdout.splitlines()]
        if len(answers) != len(questions):
            sys.exit(f'corpus: {len(questions)} files were asked for, {len(answers)} answers came')
        return dict(zip(questions, answers))


def check_schema(cache, folder, texts):
    """What xmllint says against each of some descriptions, by name."""
    schema = corpus_files.ome_schema(cache)
    problems = {}
    for number, (name, text) in enumerate(texts.items()):
        path = os.path.join(folder, f'{number}.xml')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        process = subprocess.run(['xmllint', '--nonet', '--noout', '--schema', schema, path], text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if process.returncode:
            problems[name] = process.stdout.split('\n')[0].split(': ', 2)[-1][:300]
    return problems


def check(imjoy, cache):
    """(name, what tifffile, Bio-Formats, ImageJ and the schema say) for each case, and what is wrong."""
    readers = JavaReaders(cache)
    with tempfile.TemporaryDirectory() as folder:
        written, questions, texts = [], [], {}
        for number, case in enumerate(cases()):
            source, target = os.path.join(folder, f'{number}-source.ome.tif'), os.path.join(folder, f'{number}.{case.kind}')
            array = case.array()
            make_source(case, source, array)
            process = subprocess.run([imjoy, 'image', 'convert', source, target, *case.options], text=True,
                                     stderr=subprocess.PIPE)
            if process.returncode:
                written.append((case, None, array, {'tifffile': [process.stderr.strip()]}))
                continue
            verdicts = {}
            try:
                verdicts['tifffile'] = check_tifffile(case, target, array)
                if case.kind == 'ome.tif':
                    with tifffile.TiffFile(target) as file:
                        texts[case.name] = file.ome_metadata or ''
            except Exception as error:
                verdicts['tifffile'] = [f'{type(error).__name__}: {error}']
            questions.append(('bioformats', target))
            if case.kind == 'tif':
                questions.append(('imagej', target))
            written.append((case, target, array, verdicts))
        answers = readers.ask(questions)
        invalid = check_schema(cache, folder, texts)
        rows, bad = [], []
        for case, target, array, verdicts in written:
            for reader in ('bioformats', 'imagej'):
                if (reader, target) in answers:
                    verdicts[reader] = check_answer(case, answers[reader, target], array)
            if case.name in texts:
                verdicts['schema'] = [invalid[case.name]] if case.name in invalid else []
            rows.append((case.name, {reader: '; '.join(problems) or 'equal' for reader, problems in verdicts.items()}))
            bad += [f'{case.name}: {reader}: {problem}' for reader, problems in verdicts.items() for problem in problems]
        return rows, bad


if __name__ == '__main__':
    table, failures = check(os.path.abspath(sys.argv[1]), sys.argv[2])
    print(''.join(corpus_files.written_table(table)))
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f'{len(table)} written, {len(failures)} wrong')
    sys.exit(bool(failures))
