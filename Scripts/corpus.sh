#!/usr/bin/env bash
# Reads images that other projects publish and compares with tifffile and Pillow; writes images and has tifffile,
# Bio-Formats and ImageJ read them; writes the tables in Documentation/Formats.md. Fails on wrong pixels, axes or sizes, on
# OME-XML against its schema, on a crash, and on more than a second or a gigabyte for one file.
# The packages are fetched once, into .build-corpus (IMJOY_CORPUS names another folder).
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/packages.sh
command -v dpkg-query > /dev/null || fail 'the other readers come from Debian packages, and this is no Debian system'
# Java, ImageJ, and what checks XML against a schema.
install_packages default-jdk-headless libij-java libxml2-utils
swift build -c release --product imjoy
exec .venv/bin/python3 Tests/Python/corpus.py .build/release/imjoy "${IMJOY_CORPUS:-.build-corpus}" Documentation/Formats.md "$@"
