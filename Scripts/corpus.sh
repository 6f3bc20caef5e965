#!/usr/bin/env bash
# Reads images that other projects publish and compares with tifffile and Pillow; writes the table in
# Documentation/Formats.md. Fails on wrong pixels, a crash, more than a second or a gigabyte for one file.
# The packages are fetched once, into .build-corpus (IMJOY_CORPUS names another folder).
set -euo pipefail
cd "$(dirname "$0")/.."
swift build -c release --product imjoy
exec .venv/bin/python3 Tests/Python/corpus.py .build/release/imjoy "${IMJOY_CORPUS:-.build-corpus}" Documentation/Formats.md "$@"
