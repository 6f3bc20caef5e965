# Sourced by the scripts that consist of phases: runs each, prints how long it took, and all of that again at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# After a crash the backtracer would keep the pipes of a log open for ever.
export SWIFT_BACKTRACE=enable=no
# Our own warnings are errors in these builds; both `make test` and `make check` say so, to share them.
export IMJOY_STRICT=1
logs=.build-logs
mkdir -p "$logs"
summary=()

# usage: phase NAME COMMAND…    (ends the script when the command fails)
phase() {
    local name=$1 start=$SECONDS log="$logs/$1.log"
    shift
    printf '\n== %s\n' "$name"
    # Not in an `if`: a condition would switch `set -e` off inside the function that is run.
    set +e
    (
        set -e
        "$@"
    ) 2>&1 | tee "$log"
    local status=${PIPESTATUS[0]}
    set -e
    if ((status)); then
        printf '\n%s failed after %d s; its output: %s\n' "$name" $((SECONDS - start)) "$log" >&2
        exit 1
    fi
    # The last line about tests, when there is one, is worth repeating.
    local verdict
    verdict=$(grep -a 'Test run with' "$log" | tail -n 1 || true)
    summary+=("$(printf '%-12s %5d s  %s' "$name" $((SECONDS - start)) "$verdict")")
}

print_summary() {
    printf '\n'
    printf '%s\n' "${summary[@]}"
    printf '%-12s %5d s\n' total "$SECONDS"
}
