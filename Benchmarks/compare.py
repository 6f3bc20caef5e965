#!/usr/bin/env python3
"""Runs array-bench and its peers in turns, checks that they do the same work, and prints how they compare, worst first.

usage: compare.py PROGRAM [--rows arrays|images] [--threads 1,2] [--case GLOB] [--size s,m,l]

Writes results/latest.json, a list of {case, size, threads, ours_s, best_peer, best_peer_s, floor_s}, and beside it
results/latest-machine.json with the machine and the versions. All times are medians in seconds.
"""
import argparse
import fnmatch
import itertools
import json
import math
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
PEERS = HERE / 'peers' / 'array_bench.py'
# These reuse memory or do only a part of the work.
NOT_THE_SAME = {'out', '4', 'approx5', 'antialias', 'catmull', 'ift', 'mean_only', 'label_and_stats', 'bincount_area_mean',
                'f32'}
# What files are called; those that write them tell the file's size in place of a checksum.
FILES = ('tiff_', 'npy_', 'npz_', 'png_')
WRITTEN = ('tiff_write_', 'npy_save', 'npz_compressed_save', 'png_write_')


def rows(command):
    """The JSON lines that a program prints; the first is about the run."""
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    lines = [json.loads(line) for line in output.splitlines()]
    return lines[0]['meta'], lines[1:]


def agree(a, b, case):
    if a is None or b is None:
        return True
    if isinstance(a, list):
        return len(a) == len(b) and all(agree(*pair, case) for pair in zip(a, b))
    if 'sum' not in a:
        return a.keys() == b.keys() and all(agree(a[name], b[name], case) for name in a)
    if 'crc' in a and 'crc' in b:
        return a['crc'] == b['crc']
    near = (1e-10 if case.endswith(('f64', 'c128')) else 1e-5) * max(a['abs'], b['abs'], 1e-30)
    return all(abs(a[name] - b[name]) <= near for name in ('sum', 'wsum'))


def gains_of_threads(results):
    """What two threads gain where one takes more than 2 ms, least first."""
    times = {(r['case'], r['size'], r['threads']): r['ours_s'] for r in results}
    pairs = [((case, size), one, times.get((case, size, 2))) for (case, size, threads), one in times.items()
             if threads == 1 and one > 2e-3]
    return sorted((pair for pair in pairs if pair[2]), key=lambda pair: pair[1] / pair[2])


def processor():
    with open('/proc/cpuinfo') as file:
        return next((line.split(':')[1].strip() for line in file if line.startswith('model name')), 'unknown')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('program')
    parser.add_argument('--threads', default='1')
    parser.add_argument('--case', default='*')
    parser.add_argument('--rows', default='arrays', choices=['arrays', 'images'])
    parser.add_argument('--size', default='s,m')
    options = parser.parse_args()

    listing = subprocess.run([options.program, '--list', options.rows], check=True, stdout=subprocess.PIPE, text=True).stdout
    cases = [line.split()[0] for line in listing.splitlines()]
    results, wrong, left_out, ours_meta, peers_meta = [], [], [], {}, {}
    wanted = [name for name in cases if fnmatch.fnmatch(name, options.case)]
    for case, threads in itertools.product(wanted, map(int, options.threads.split(','))):
        ours, peers = [], []
        # Files are read as the peers have made them, who use a name for several sizes.
        for size in options.size.split(',') if case.startswith(FILES) else [options.size]:
            arguments = ['--case', case, '--size', size, '--threads', str(threads)]
            with tempfile.TemporaryDirectory() as folder:
                if case.startswith(FILES):
                    arguments += ['--workdir', folder]
                peers_meta, these = rows([sys.executable, PEERS] + arguments)
                peers += these
                ours_meta, these = rows([options.program] + arguments)
                ours += these
        is_written = case.startswith(WRITTEN)
        for row in ours:
            same = [p for p in peers if p['size'] == row['size'] and p.get('variant') not in NOT_THE_SAME]
            # NumPy comes first and says what is right; a peer that is less exact has no part in the comparison.
            right = same[0] if same else {}
            if 'error' in right or not is_written and not agree(row['check'], right.get('check'), case):
                wrong.append(f'{case} {row["size"]}: {row["check"]} here, {right.get("error") or right["check"]} '
                             f'by {right["lib"]}')
            exact = [p for p in same if 'error' not in p and (is_written or agree(right.get('check'), p.get('check'), case))]
            left_out += [f'{case} {row["size"]}: {p["lib"]}: {p.get("error", "another result than NumPy")}'
                         for p in same[1:] if p not in exact]
            best = min((p for p in exact if 'median_s' in p), key=lambda p: p['median_s'], default=None)
            result = {
                'case': case, 'size': row['size'], 'threads': threads, 'ours_s': row['median_s'],
                'best_peer': best and ':'.join(filter(None, (best['lib'], best.get('variant')))),
                'best_peer_s': best and best['median_s'], 'floor_s': row['floor_s'],
            }
            if is_written:
                result['ours_bytes'] = int(row['check']['sum'])
                result['peers_bytes'] = {p['lib']: int(p['check']['sum']) for p in exact if p.get('check')}
                result['peers_s'] = {p['lib']: p['median_s'] for p in exact if 'median_s' in p}
            results.append(result)
            if sys.stderr.isatty():
                print(f'\r\033[K{case} {row["size"]} {threads}', end='', file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print('\r\033[K', end='', file=sys.stderr)
    print(f'{"case":22} size threads {"ours ms":>9} {"best peer ms":>13}  {"":17} {"peer/ours":>9} {"ours/floor":>10}')
    for result in sorted((r for r in results if r['best_peer']), key=lambda r: r['best_peer_s'] / r['ours_s']):
        print(f'{result["case"]:22} {result["size"]:4} {result["threads"]:7} {result["ours_s"] * 1e3:9.4f} '
              f'{result["best_peer_s"] * 1e3:13.4f}  {result["best_peer"]:17} '
              f'{result["best_peer_s"] / result["ours_s"]:9.2f} {result["ours_s"] / result["floor_s"]:10.1f}')

    written = [r for r in results if r.get('peers_bytes')]
    if written:
        print(f'\n{"case":22} size threads {"our bytes":>10}  bytes of the peers, and how often they take our time')
        for r in written:
            sizes = ', '.join(f'{lib} {count} ({r["peers_s"].get(lib, math.nan) / r["ours_s"]:.2f})'
                              for lib, count in sorted(r['peers_bytes'].items()))
            print(f'{r["case"]:22} {r["size"]:4} {r["threads"]:7} {r["ours_bytes"]:10}  {sizes}')

    gains = gains_of_threads(results)
    if gains:
        print(f'\n{"case":22} size {"1 thread ms":>12} {"2 threads ms":>12} {"gain":>5}')
        for (case, size), one, two in gains:
            print(f'{case:22} {size:4} {one * 1e3:12.3f} {two * 1e3:12.3f} {one / two:5.2f}')

    folder = HERE / 'results'
    folder.mkdir(exist_ok=True)
    machine = {
        'processor': processor(), 'cores': len(os.sched_getaffinity(0)), 'system': platform.platform(),
        'swift': subprocess.run(['swift', '--version'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                text=True).stdout.strip().splitlines()[0],
        'ours': ours_meta, 'peers': peers_meta,
    }
    (folder / 'latest.json').write_text(json.dumps(results, indent=1) + '\n')
    (folder / 'latest-machine.json').write_text(json.dumps(machine, indent=1) + '\n')
    print(f'written to {os.path.relpath(folder)}/latest.json')
    for line in left_out:
        print(f'left out: {line}')
    for line in wrong:
        print(f'another result than the peer\'s: {line}', file=sys.stderr)
    sys.exit(bool(wrong))


main()
