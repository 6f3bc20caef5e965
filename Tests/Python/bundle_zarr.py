"""Writes folders with Zarr arrays and groups as single files, for the fuzzers: see ZarrTarget.swift.

usage: bundle_zarr.py FIXTURES FOLDER    (each NAME.zarr in FIXTURES becomes FOLDER/NAME.bundle)

For each file a line KEY LENGTH, then its bytes; metadata first.
"""
import os
import sys

source, target = sys.argv[1:]
os.makedirs(target, exist_ok=True)
for name in sorted(os.listdir(source)):
    top = os.path.join(source, name)
    if not os.path.isdir(top):
        continue
    keys = [os.path.relpath(os.path.join(folder, file), top) for folder, _, files in os.walk(top) for file in files]
    # Metadata has names; chunks have numbers.
    keys.sort(key=lambda key: (os.path.basename(key)[0].isdigit(), key))
    with open(os.path.join(target, name.removesuffix('.zarr') + '.bundle'), 'wb') as bundle:
        for key in keys:
            with open(os.path.join(top, key), 'rb') as file:
                data = file.read()
            bundle.write(f'{key} {len(data)}\n'.encode() + data)
