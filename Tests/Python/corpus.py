"""Compares `imjoy image info` with tifffile and Pillow on images that other projects publish, and what we write with
what others read in it (corpus_written.py).

usage: corpus.py IMJOY CACHE PAGE [PART…]    (PART: only files whose path has it; the page is then left alone)

Every file must give the same shape, type, pixels, axes and pixel size, or be refused by both. What differs on purpose stands in
corpus_exceptions.py with its reason; anything else ends the program with status 1, as does a crash, more than a second
of processor time or more than a gigabyte of memory for one file.
"""
import collections
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy

import corpus_files
from corpus_exceptions import EXCEPTIONS
import corpus_written
from corpus_peers import Peers, kind

SECONDS = 1.0
MEGABYTES = 1024
# Beyond this it hangs, however busy the machine is.
PATIENCE = 60


def run(program, *arguments):
    """Exit status, standard output, last line of standard error, processor seconds and megabytes of a program."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([program, *arguments], stdout=output, stderr=errors, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                process.kill()
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        lines = errors.read().decode(errors='replace').strip().split('\n')
        return (process.returncode, output.read(), lines[-1], usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Outcome:
    """What our program says about one file."""

    def __init__(self, imjoy, path):
        status, output, error, self.seconds, self.megabytes = run(imjoy, 'image', 'info', '--json', path)
        self.info = json.loads(output) if status == 0 else None
        self.error = error.removeprefix('error: ').replace(path + ', ', '').replace(path + ': ', '')
        self.problems = []
        if status not in (0, 2):
            self.problems.append(f'ended with status {status}: {error}')
        if self.seconds > SECONDS:
            self.problems.append(f'took {self.seconds:.1f} s of processor time')
        if self.megabytes > MEGABYTES:
            self.problems.append(f'took {self.megabytes:.0f} MB')

    def pixels(self, imjoy, path):
        with tempfile.TemporaryDirectory() as folder:
            target = os.path.join(folder, 'pixels.npy')
            status, _, error, _, _ = run(imjoy, 'image', 'convert', path, target)
            if status:
                raise RuntimeError(f'convert failed: {error}')
            return numpy.load(target)


def same(info, array):
    return (info['shape'] == list(array.shape) and info['dtype'] == str(array.dtype)
            and info['sha256'] == hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest())


def other_facts(info, facts, rule):
    """Where axes and pixel size are not those of the peer."""
    problems = []
    if info['axes'] != facts['axes'] and 'axes' not in rule:
        problems.append(f'axes {info["axes"]}, not {facts["axes"]}')
    ours = [(info['pixelSize'] or {}).get(axis) for axis in 'xyz']
    # Resolutions are fractions of single-precision numbers.
    if 'pixelSize' not in rule and any((a is None) != (b is None) or a and abs(a / b - 1) > 1e-5
                                       for a, b in zip(ours, facts['pixelSize'])):
        problems.append(f'pixel size {ours}, not {facts["pixelSize"]}')
    return problems


def difference(ours, theirs):
    """The largest and the mean difference of two arrays, as text; None when they cannot be compared."""
    if ours.shape != theirs.shape or ours.dtype.kind == 'b' or theirs.dtype.kind == 'b':
        return None
    with numpy.errstate(all='ignore'):
        distance = numpy.abs(ours.astype('f8') - theirs.astype('f8'))
    return float(distance.max()), float(distance.mean())


def judge(imjoy, path, name, peers):
    """The result for the table and what is wrong with it, if anything."""
    outcome = Outcome(imjoy, path)
    rule = EXCEPTIONS.get(name) or {}
    twin = rule.get('twin')
    peer, theirs, refusal, facts = peers.read(path.removesuffix(name) + twin if twin else path, rule.get('oracle'))
    peer = twin or peer
    problems = outcome.problems
    info = outcome.info
    if info is None and theirs is None:
        result = f'both refuse; ours: {outcome.error}'
    elif info is None:
        result = f'not read: {outcome.error}'
        if 'refused' not in rule:
            problems.append(f'refused, but {peer} gives {theirs.dtype} {theirs.shape}: {outcome.error}')
        else:
            result += f' ({rule["refused"]})'
    elif theirs is None:
        result = 'read; no other reader here to compare with'
        if 'alone' in rule:
            result = f'read, not compared: {rule["alone"]}'
        else:
            problems.append(f'read as {info["dtype"]} {info["shape"]}, but {peer} refuses: {refusal}')
    elif same(info, theirs):
        if facts and not twin:
            problems += [f'{problem} ({peer})' for problem in other_facts(info, facts, rule)]
        reason = rule.get('why') or rule.get('axes') or rule.get('pixelSize') or refusal
        result = 'equal' if reason is None and not rule else f'equal to {peer} ({reason})'
    else:
        result = f'{info["dtype"]} {info["shape"]}'
        ours = outcome.pixels(imjoy, path)
        distance = difference(ours, theirs)
        allowed = rule.get('tolerance')
        if allowed and distance and ours.dtype == theirs.dtype and distance[0] <= allowed[0] and distance[1] <= allowed[1]:
            result = f'differs from {peer} by at most {distance[0]:g}, {distance[1]:.2g} on average: {allowed[2]}'
        else:
            problems.append(f'{info["dtype"]} {info["shape"]}, but {peer} gives {theirs.dtype} {theirs.shape}, '
                            f'largest and mean difference {distance}')
    return result, problems, outcome


def main():
    imjoy, cache, page, *parts = sys.argv[1:]
    imjoy = os.path.abspath(imjoy)
    files = corpus_files.collect(cache)
    peers = Peers()
    rows, bad, slowest, largest = [], [], (0, ''), (0, '')
    tally = collections.Counter()
    for package, name, path in files:
        if parts and not any(part in name for part in parts):
            continue
        result, problems, outcome = judge(imjoy, path, name, peers)
        for problem in problems:
            bad.append(f'{name}: {problem}')
            print(bad[-1], flush=True)
        slowest = max(slowest, (outcome.seconds, name))
        largest = max(largest, (outcome.megabytes, name))
        tally[result.split(':')[0].split(' (')[0].split(' by ')[0]] += 1
        rows.append((package, name, peers.describe(path), result if not problems else 'WRONG: ' + '; '.join(problems), kind(path)))
    peers.close()
    for outcome, count in sorted(tally.items()):
        print(f'{count:5}  {outcome}')
    print(f'slowest: {slowest[0]:.2f} s for {slowest[1]}; largest: {largest[0]:.0f} MB for {largest[1]}')
    unused = [name for name in EXCEPTIONS if name not in {row[1] for row in rows}]
    if unused and not parts:
        bad += [f'{name}: an exception without a file' for name in unused]
    if not parts:
        written, failures = corpus_written.check(imjoy, cache)
        for failure in failures:
            print(failure, flush=True)
        print(f'{len(written)} written and read by others, {len(failures)} wrong')
        bad += failures
        corpus_files.write_table(page, rows, written)
    print(f'{len(rows) - len({line.split(":")[0] for line in bad} & {row[1] for row in rows})} of {len(rows)} files as they should be')
    sys.exit(bool(bad))


if __name__ == '__main__':
    main()
