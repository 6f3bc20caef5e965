#!/usr/bin/env bash
# Line coverage of ImJoyCore and ImJoyRPC by their tests, by folder. Fails when a module is below 90 %.
# usage: coverage.sh [--keep] [FILE…]    (FILE: a part of a path, such as Image/ or TIFFReader: its lines that no test reaches)
# --keep reports on the tests that ran last time. IMJOY_ONLY=core leaves ImJoyRPC out.
set -euo pipefail
cd "$(dirname "$0")/.."
export IMJOY_ONLY=${IMJOY_ONLY:-rpc} IMJOY_STRICT=1 SWIFT_BACKTRACE=enable=no
scratch=.build-coverage-$IMJOY_ONLY
modules=ImJoyCore
[[ $IMJOY_ONLY == core ]] || modules+=" ImJoyRPC"

if [[ ${1:-} == --keep ]]; then
    shift
else
    swift build --build-tests --enable-code-coverage --scratch-path "$scratch"
    rm -rf "$scratch"/debug/codecov
    # In one run: each run begins the profile anew.
    swift test --disable-xctest --skip-build --enable-code-coverage --scratch-path "$scratch" \
        --filter "^(${modules// /Tests|}Tests)\\." 2>&1 | grep -avE '^[◇✔] ' | tail -n 30
fi

profile=$scratch/debug/codecov/default.profdata
[[ -s $profile ]] || { echo "coverage: there is no $profile; run without --keep" >&2; exit 2; }
binary=$(find -L "$scratch/debug" -maxdepth 1 -name '*.xctest' -type f | head -n 1)
cov=$(dirname "$(readlink -f "$(command -v swift)")")/llvm-cov
"$cov" export -format=lcov -instr-profile "$profile" "$binary" > "$scratch/coverage.lcov"
.venv/bin/python3 - "$scratch/coverage.lcov" "$modules" "$@" <<'PYTHON'
import collections, os, sys

report, modules, wanted = sys.argv[1], sys.argv[2].split(), sys.argv[3:]
lines = {}
for row in open(report):
    if row.startswith('SF:'):
        current = lines.setdefault(os.path.relpath(row[3:].strip()), {})
    elif row.startswith('DA:'):
        number, count = row[3:].split(',')[:2]
        current[int(number)] = max(current.get(int(number), 0), int(count))

folders = collections.defaultdict(lambda: [0, 0])
for path, counts in sorted(lines.items()):
    parts = path.split('/')
    if parts[0] != 'Sources' or parts[1] not in modules:
        continue
    reached = sum(count > 0 for count in counts.values())
    for name in {parts[1], '/'.join(parts[1:-1])}:
        folders[name][0] += reached
        folders[name][1] += len(counts)
    missing = [number for number, count in sorted(counts.items()) if count == 0]
    if missing and any(part in path for part in wanted):
        print(f'{path}: {100 * reached / len(counts):.1f} %')
        text = open(path).read().split('\n')
        for number in missing:
            print(f'{number:6}  {text[number - 1]}')
for name, (reached, total) in sorted(folders.items()):
    print(f'{100 * reached / total:6.1f} %  {reached:6} of {total:6} lines  {name}')
low = [name for name in modules if folders[name][0] < 0.9 * folders[name][1]]
if low:
    sys.exit(f'coverage: below 90 %: {", ".join(low)}')
PYTHON
