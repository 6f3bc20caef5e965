#!/usr/bin/env bash
# The golden vectors alone, in release. IMJOY_VECTORS names another folder of them (a relative one: from the repository).
set -euo pipefail
cd "$(dirname "$0")/.."
# Vectors concern the lower layers only. `-enable-testing` would make every other release build start anew, so these builds
# have a folder of their own, shared with the release phase of `make test`.
export SWIFT_BACKTRACE=enable=no IMJOY_ONLY=rpc IMJOY_STRICT=1
if [[ -n ${IMJOY_VECTORS:-} ]]; then
    [[ -d $IMJOY_VECTORS ]] || { echo "vectors: IMJOY_VECTORS names no folder: $IMJOY_VECTORS" >&2; exit 2; }
    IMJOY_VECTORS=$(cd "$IMJOY_VECTORS" && pwd)
    export IMJOY_VECTORS
fi
mkdir -p .build-logs
log=.build-logs/vectors.log

status=0
swift test -c release --scratch-path .build-optimized -Xswiftc -enable-testing --disable-xctest \
    --filter 'VectorTests|TranscriptTests|HyphaFrameTests|HyphaReplayTests' 2>&1 | tee "$log" || status=$?

# Each group has printed `GROUP: N passed, M failed`, maybe with more after it.
echo
grep -aE '^[A-Za-z0-9/_.-]+: [0-9]+ passed, [0-9]+ failed' "$log" | sort | awk '
    { print; passed += $2; failed += $4 }
    END {
        printf "%d passed, %d failed\n", passed, failed
        if (passed + failed == 0) { print "vectors: no group was run" > "/dev/stderr"; exit 1 }
        exit failed > 0
    }' || status=1
exit $status
