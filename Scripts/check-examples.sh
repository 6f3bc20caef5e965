#!/usr/bin/env bash
# Runs the examples that are programs and looks at what they print.
set -euo pipefail
cd "$(dirname "$0")/.."
export IMJOY_HOME=$PWD/.build-imjoy-home IMJOY_PYTHON=$PWD/.venv/bin/python3 IMJOY_UV=$PWD/.venv/bin/uv

# usage: expect EXAMPLE TEXT [FOLDER]    (TEXT: what its output must contain; FOLDER: where it runs)
expect() {
    local output program=$PWD/.build/debug/$1
    output=$(cd "${3:-.}" && "$program" < /dev/null)
    printf '%s\n%s\n\n' "--- $1" "$output"
    [[ $output == *"$2"* ]] || { echo "check-examples: $1 did not print \`$2\`" >&2; exit 1; }
}

swift build
# The articles about files write some.
articles=$(mktemp -d)
trap 'rm -rf "$articles"' EXIT
expect array-tour 'A spot of 9 pixels around row 2.0, column 3.0'
expect array-guide 'Every article holds.' "$articles"
rm -rf "$articles"
expect array-mathematics 'Strongest at 12.0 Hz'
expect array-selection 'The most frequent label is 3'
expect plugin-tour 'blur.imjoy.html:5:21: error: a comma is missing'
expect plugin-tour 'Released as 0.2.0'
expect image-tour 'brightest slice: [ 100 1000  100]'
expect cell-segmentation '64 nuclei in [232, 232]'
# The micrograph is there after `make demo`.
if [[ -s demo-output/img2d.tif && -s demo-output/mask2d.tif ]]; then
    .build/debug/cell-segmentation demo-output/img2d.tif demo-output/mask2d.tif demo-output/swift.png | tee /dev/stderr \
        | grep -q '^123 nuclei in ' || { echo 'check-examples: not the 123 nuclei that the plugin finds' >&2; exit 1; }
fi
expect rpc-service 'pixels above 128: 2'
expect rpc-service 'the plugin counted 2'
expect rpc-service 'the worker is done'
# Servers serve until they are stopped.
servers=()
scratch=$(mktemp -d)
trap 'kill "${servers[@]}"; rm -rf "$scratch"' EXIT
(cd "$scratch" && exec "$OLDPWD/.build/debug/hub-server") & servers+=($!)
for _ in {1..600}; do [[ -S $scratch/hub.sock ]] && break; sleep 0.1; done
expect hub-client 'bright pixels: 2' "$scratch"
expect websocket-service '2 + 3 = 5'
openssl req -x509 -nodes -newkey rsa:2048 -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout "$scratch/hub.key" -out "$scratch/hub.pem" 2> /dev/null && cp "$scratch/hub.pem" "$scratch/authority.pem"
expect secure-hub '3 * 3 = 9, over TLS' "$scratch"
expect embedded-host 'Hello, Swift!'
expect plugin-chain '5 spots after 3 rounds of smoothing'

# usage: announced FILE    (the last word of the first line that a server writes there)
announced() {
    for _ in {1..1200}; do
        [[ -s $1 ]] && { awk '{ print $NF; exit }' "$1"; return; }
        sleep 0.1
    done
    echo "check-examples: ${1##*/} has not started within 120 s" >&2
    exit 1
}
.build/debug/imjoy hub --port 0 > "$scratch/hub" & servers+=($!)
address=$(announced "$scratch/hub")
.build/debug/imjoy serve-service --quiet Examples/plugin-service/Inverter.imjoy.html --server "$address" \
    > "$scratch/service" & servers+=($!)
printf '%s\n' "--- plugin-service, $(announced "$scratch/service")"
.build/debug/imjoy call "$address" Inverter invert --file Tests/ImJoyCoreTests/Fixtures/images/grey.png \
    --output "$scratch/inverted.png"
# The picture is from 0 to 11.
.build/debug/imjoy image info "$scratch/inverted.png" | tee /dev/stderr | grep -Eq '^min: +244$' \
    || { echo 'check-examples: the inverted picture is not inverted' >&2; exit 1; }
