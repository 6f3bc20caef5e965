#!/usr/bin/env python3
"""Checks that the Swift code in the given pages is code that compiles.

usage: check-quotes.py PAGE.md ...

Every line of a ```swift block must stand in one file of Examples/ (or a Package.swift), in the same order; indentation
does not count, and lines may be left out.
"""
import pathlib
import re
import sys

root = pathlib.Path(__file__).parent.parent
sources = {
    path: [line.strip() for line in path.read_text().splitlines()]
    for path in sorted(root.glob('Examples/**/*.swift'))
}


def is_quoted(block, source):
    remaining = iter(source)
    return all(line in remaining for line in block)


failed = False
for page in sys.argv[1:]:
    for match in re.finditer(r'^```swift\n(.*?)^```', pathlib.Path(page).read_text(), re.MULTILINE | re.DOTALL):
        block = [line.strip() for line in match[1].splitlines() if line.strip()]
        if not any(is_quoted(block, source) for source in sources.values()):
            print(f'{page}: no example contains this code:\n{match[1]}', file=sys.stderr)
            failed = True
sys.exit(failed)
