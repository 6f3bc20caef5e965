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
