#!/usr/bin/env bash
# All tests. usage: test.sh [PHASE…]    (debug, release, examples, address, thread, fuzz; all of them when none is named)
# IMJOY_TEST_LONG=1 makes the random tests longer and adds the phase baseline.
source "$(dirname "$0")/phases.sh"
export IMJOY_TEST_PYTHON=$PWD/.venv/bin/python3 IMJOY_UV=$PWD/.venv/bin/uv
if [[ -n ${IMJOY_TEST_LONG:-} ]]; then
    export IMJOY_FUZZ_ROUNDS=${IMJOY_FUZZ_ROUNDS:-20000} IMJOY_CALL_ROUNDS=${IMJOY_CALL_ROUNDS:-5000}
    export IMJOY_FAULT_HISTORIES=${IMJOY_FAULT_HISTORIES:-10000}
fi

swift_test() { swift test --disable-xctest "$@"; }

# usage: each_target "TARGET…" [OPTION…]
# One target after the other: tests that compute for seconds would keep those waiting that judge how prompt an end is.
each_target() {
    local targets=$1 target
    shift
    swift build --build-tests "$@"
    for target in $targets; do swift_test --skip-build --filter "^$target\\." "$@"; done
}

debug() { each_target "ImJoyCoreTests ImJoyRPCTests ImJoyWebSocketTests ImJoyTLSTests ImJoyHostTests ImJoyCommandTests"; }

# The lower layers again as users get them: the optimizer has its own mistakes, and large inputs are fast enough there.
release() {
    export IMJOY_ONLY=rpc
    each_target "ImJoyCoreTests ImJoyRPCTests" -c release --scratch-path .build-optimized -Xswiftc -enable-testing
}

examples() { Scripts/check-examples.sh; }

# The arrays, the image formats and the parsers: memory errors. Not leaks: Swift keeps flags in references, so what only a
# global enum holds looks lost to the detector.
address() {
    # Its frames are several times as large, and a parser may go as deep as its limit allows.
    ulimit -S -s 65536
    ASAN_OPTIONS=detect_leaks=0 IMJOY_ONLY=core IMJOY_SANITIZE=address swift_test --sanitize=address --scratch-path .build-asan
}

# The connections, the host, and arrays in several tasks: data races.
thread() {
    export IMJOY_ONLY=host IMJOY_SANITIZE=thread TSAN_OPTIONS="suppressions=$PWD/Tests/thread-sanitizer.txt"
    # Simulated histories run on one thread; a few show that the rest of the code is used as it should be.
    export IMJOY_FAULT_HISTORIES=20
    local options=(--sanitize=thread --scratch-path .build-tsan)
    swift build --build-tests "${options[@]}"
    local tests
    for tests in '^ImJoyRPCTests\.|SharedArrayTests' '^ImJoyWebSocketTests\.' '^ImJoyHostTests\.'; do
        # Other programs as peers use the same code as our own, and take minutes.
        swift_test --skip-build "${options[@]}" --filter "$tests" --skip "With Hypha's programs|A plugin in a browser"
    done
}

# The arrays with kernels for any processor of the architecture, as on one without AVX.
baseline() {
    IMJOY_ONLY=core swift_test --scratch-path .build-baseline -Xcc -DIMJOY_NO_CLONES=1
}

# Parsers under random mutations of good input.
fuzz() { Scripts/fuzz.sh; }

(( $# )) || set -- debug release examples address thread fuzz ${IMJOY_TEST_LONG:+baseline}
for name; do phase "$name" "$name"; done
print_summary
