#!/usr/bin/env bash
# Counts the nuclei in a real micrograph with the plugin in Examples/cell-counting; writes demo-output/.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=demo-output
image=$folder/img2d.tif
reference=$folder/mask2d.tif

# The image and its reference labels are part of this package; always the same file of it, whatever machine this is.
fetch_image() {
    [[ -s $image && -s $reference ]] && return
    echo "Fetching the micrograph (stardist 0.9.2 from PyPI, 3 MB) …"
    mkdir -p "$folder"
    .venv/bin/python3 -m pip download --quiet --disable-pip-version-check --retries 5 --no-deps --dest "$folder/download" \
        --only-binary :all: --python-version 3.11 --platform manylinux_2_28_x86_64 stardist==0.9.2
    .venv/bin/python3 - "$folder" <<'PYTHON'
import glob, os, sys, zipfile

folder = sys.argv[1]
[wheel] = glob.glob(os.path.join(folder, 'download', 'stardist-0.9.2-*.whl'))
with zipfile.ZipFile(wheel) as archive:
    for name in ('img2d.tif', 'mask2d.tif'):
        path = os.path.join(folder, name)
        with open(path + '.part', 'wb') as file:
            file.write(archive.read('stardist/data/images/' + name))
        os.replace(path + '.part', path)
PYTHON
    rm -r "$folder/download"
}

# How many objects a label image holds; the picture of their outlines is written too.
count_labels() {
    "$imjoy" image overlay --json "$image" "$1" "$2" | .venv/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["labels"])'
}

fetch_image
swift build -c release --product imjoy
imjoy=.build/release/imjoy

IMJOY_UV=$PWD/.venv/bin/uv IMJOY_PYTHON=$PWD/.venv/bin/python3 "$imjoy" run \
    Examples/cell-counting/CellCounting.imjoy.html --input "$image" --output "$folder/labels.tif" < /dev/null

found=$(count_labels "$folder/labels.tif" "$folder/overlay.png")
expected=$(count_labels "$reference" "$folder/reference.png")
echo
echo "The plugin found $found nuclei; the reference labels of the same image have $expected."
echo "By Swift alone, without Python (Examples/cell-segmentation):"
swift build -c release --product cell-segmentation
# What follows shows operators, which is more than the demo is about.
.build/release/cell-segmentation "$image" "$reference" "$folder/swift.png" | sed -n 1,4p
echo
echo "$folder/labels.tif    the label image"
echo "$folder/overlay.png   the outlines drawn over the micrograph (those of the reference: reference.png)"
