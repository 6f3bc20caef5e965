#!/usr/bin/env bash
# What a user of ImJoyCore waits for: the first release build, which should stay below 120 s on two processors, and every start.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$PWD/.build-time
export IMJOY_ONLY=core
unset IMJOY_STRICT
# What is fetched is not part of the time.
swift package --package-path Tests/LinkageTest --scratch-path "$scratch" resolve > /dev/null
rm -rf "$scratch"/release "$scratch"/*-linux-gnu "$scratch"/release.yaml
TIMEFORMAT='builds from clean in release in %R s, with %U + %S s of processor time'
time swift build -c release --package-path Tests/LinkageTest --scratch-path "$scratch" > /dev/null
.venv/bin/python3 - "$scratch/release/LinkageTest" <<'PYTHON'
import os, subprocess, sys, time

times = []
for _ in range(10):
    start = time.perf_counter()
    subprocess.run([sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
    times.append(time.perf_counter() - start)
print(f'starts and ends in {min(times) * 1000:.0f} ms; {os.path.getsize(sys.argv[1]) / 1e6:.1f} MB')
PYTHON
