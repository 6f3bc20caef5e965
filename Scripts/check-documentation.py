#!/usr/bin/env python3
"""Checks that every public symbol is documented, and lists those that are not.

usage: check-documentation.py GRAPH.symbols.json ...    (the symbol graphs that Scripts/docs.sh makes)

A witness of a protocol's requirement may do without words of its own: the compiler puts the requirement's comment into
the graph. So may what the compiler writes itself, and the members that RawRepresentable asks for.
"""
import collections
import json
import pathlib
import sys

# What RawRepresentable and OptionSet ask of a type, and operators whose meaning is their protocol's.
conventional = {'rawValue', 'init(rawValue:)', '==(_:_:)', '<(_:_:)', 'hash(into:)', 'description'}


def undocumented(graph):
    # A member that fulfils a requirement of another module's protocol, which may be without a comment there.
    witnesses = {
        relation['source']
        for relation in graph['relationships']
        if 'sourceOrigin' in relation
        and not relation['sourceOrigin']['identifier'].startswith('s:' + mangled(graph['module']['name']))
    }
    for symbol in graph['symbols']:
        if symbol['accessLevel'] not in ('public', 'open') or symbol['kind']['identifier'] == 'swift.extension':
            continue
        identifier = symbol['identifier']['precise']
        is_synthesized = '::SYNTHESIZED::' in identifier or 'location' not in symbol
        is_conventional = symbol['names']['title'].split('.')[-1] in conventional
        if is_synthesized or is_conventional or identifier in witnesses or has_text(symbol):
            continue
        yield symbol


def mangled(module):
    return f'{len(module)}{module}'


def has_text(symbol):
    lines = symbol.get('docComment', {}).get('lines', [])
    return any(line['text'].strip() for line in lines)


def main(paths):
    if not paths:
        sys.exit('check-documentation: name symbol graphs; Scripts/docs.sh makes them in .build-docs/graphs')
    root = pathlib.Path(__file__).resolve().parent.parent
    counts, missing = collections.Counter(), []
    for path in paths:
        graph = json.loads(pathlib.Path(path).read_text())
        module = graph['module']['name']
        counts[module] += len(graph['symbols'])
        for symbol in undocumented(graph):
            location = symbol['location']
            file = pathlib.Path(location['uri'].removeprefix('file://'))
            file = file.relative_to(root) if file.is_relative_to(root) else file
            missing.append((str(file), location['position']['line'] + 1, '.'.join(symbol['pathComponents'])))
    for file, line, name in sorted(set(missing)):
        print(f'{file}:{line}: `{name}` is public and has no documentation comment', file=sys.stderr)
    if missing:
        sys.exit(f'check-documentation: {len(set(missing))} public symbols lack a comment')
    print('every public symbol is documented: ' + ', '.join(f'{count} in {name}' for name, count in counts.items()))


main(sys.argv[1:])
