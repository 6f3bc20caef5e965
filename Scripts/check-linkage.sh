#!/usr/bin/env bash
# ImJoyCore stays light: a program that imports only it needs neither NIO nor Foundation nor ICU, and opens OpenBLAS
# only when it multiplies matrices.
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=$PWD/.build-linkage

# A debug build needs the same libraries as a release build, and is there in seconds.
# A dependency that only upper layers have would be built by nothing here, so they are left out, as a user may do.
export IMJOY_ONLY=core
unset IMJOY_STRICT
swift build --package-path Tests/LinkageTest --scratch-path "$scratch"
program=$scratch/debug/LinkageTest

output=$("$program")
[[ $output == '[11. 22. 33.] Linkage' ]] || { echo "check-linkage: the program printed: $output" >&2; exit 1; }

libraries=$(ldd "$program" | awk '{ print $1 }')
modules=$(ls "$scratch/debug/Modules")
symbols=$(nm --undefined-only "$program")
# Mangled names begin with the length of the module's name.
if grep -Ei 'Foundation|ICU|openblas|lapack|NIO' <<< "$libraries" \
    || grep -E '^(NIO|_NIO|Foundation|Logging|Crypto)' <<< "$modules" \
    || grep -E '\$s(10Foundation|20FoundationEssentials|7NIOCore)|cblas_' <<< "$symbols"; then
    echo 'check-linkage: ImJoyCore must not need these' >&2
    exit 1
fi

echo "libraries: $(tr '\n' ' ' <<< "$libraries")"

# What a user of ImJoyCore waits for: the first release build, and every start. Figures to look at, not to fail on.
rm -rf "$scratch-release"
TIMEFORMAT='builds from clean in release in %R s, with %U + %S s of processor time'
time swift build -c release --package-path Tests/LinkageTest --scratch-path "$scratch-release" > /dev/null
.venv/bin/python3 - "$scratch-release/release/LinkageTest" <<'PYTHON'
import os, subprocess, sys, time

times = []
for _ in range(10):
    start = time.perf_counter()
    subprocess.run([sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
    times.append(time.perf_counter() - start)
print(f'starts and ends in {min(times) * 1000:.0f} ms; {os.path.getsize(sys.argv[1]) / 1e6:.1f} MB')
PYTHON
