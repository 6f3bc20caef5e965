#!/usr/bin/env python3
"""Runs rpc-bench and the peers that a user would pick instead, one after the other, and prints how they compare.

usage: compare_rpc.py PROGRAM HYPHA_PYTHON    (HYPHA_PYTHON: a Python that has Hypha's server)

Peers are the real hypha-rpc clients, two processes and Hypha's real server between them without compression and without
its limit of messages, and the C module of msgpack. Peers always go through their server, as ours do in the cases through
the hub; the others show what a direct link, which hypha-rpc does not have, is worth. Writes results/rpc.json, a list of {case, ours, peer, unit}, where
peer is null when there is none.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

import msgpack

HERE = pathlib.Path(__file__).parent
FASTER_IS_LESS = {'µs'}


def lines(command):
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def free_port():
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


def hypha(python):
    """The real clients through the real server."""
    port = free_port()
    server = subprocess.Popen(
        [python, HERE / 'peers' / 'run_hypha_server.py', '--port', str(port), '--rate', '1e9', '--burst', '1000000000'],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        while line := server.stdout.readline():
            if line.startswith('READY'):
                break
        else:
            raise SystemExit('the server of Hypha has not started')
        # Whatever else it says must not fill the pipe.
        threading.Thread(target=server.stdout.read, daemon=True).start()
        rows = lines([python, HERE / 'peers' / 'hypha_echo_bench.py', '--url', f'http://127.0.0.1:{port}', '--null',
                      '--two-processes', '--no-compression', '--sizes', '64', '--array-calls', '5'])
    finally:
        server.kill()
        server.wait()
    small = {row['concurrency']: row for row in rows if row['bench'] == 'small'}
    array = next(row for row in rows if row['bench'] == 'array')
    return {'null call': small[1]['p50_ms'] * 1000, 'calls at once': small[64]['calls_per_s'],
            '64 MiB echo': 64 / array['seconds']}


def decode(path):
    data = path.read_bytes()
    times = []
    for _ in range(200):
        start = time.perf_counter()
        msgpack.unpackb(data)
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2] * 1e6


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, python = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        ours = lines([program, folder])
        peers = {'decode mapping of 10000': decode(pathlib.Path(folder) / 'mapping.msgpack'), **hypha(python)}
    results = []
    print(f'{"case":34} {"ours":>12} {"peer":>12}          {"times as good":>13}')
    for row in ours:
        peer = peers.get(row['case'], peers.get(row['case'].split(',')[0]))
        if peer is None:
            print(f'{row["case"]:34} {row["ours"]:12.1f} {"":12} {row["unit"]}')
            results.append({'case': row['case'], 'ours': row['ours'], 'peer': None, 'unit': row['unit']})
            continue
        ratio = peer / row['ours'] if row['unit'] in FASTER_IS_LESS else row['ours'] / peer
        print(f'{row["case"]:34} {row["ours"]:12.1f} {peer:12.1f} {row["unit"]:8} {ratio:13.1f}')
        results.append({'case': row['case'], 'ours': row['ours'], 'peer': peer, 'unit': row['unit']})
    folder = HERE / 'results'
    folder.mkdir(exist_ok=True)
    (folder / 'rpc.json').write_text(json.dumps(results, indent=1, ensure_ascii=False) + '\n')
    print(f'written to {os.path.relpath(folder)}/rpc.json')


main()
