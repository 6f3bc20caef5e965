#!/usr/bin/env bash
# Prepares tests with clients in JavaScript: Chromium from Debian, the Python environment .venv/browser that drives it,
# and in its folder javascript/ the real clients of Hypha, which its server brings along, and of ImJoy, out of a wheel.
# usage: setup-browser.sh STAMP    (in the folder of the environment; the file to write when all is there)
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/packages.sh
stamp=${1:?usage: setup-browser.sh STAMP}
folder=$(dirname "$stamp")

# usage: expect_digest NAME SHA256    (of a file in javascript/)
expect_digest() {
    echo "$2  $folder/javascript/$1" | sha256sum --quiet --check || fail "$1 is another one than expected"
}

if command -v dpkg-query > /dev/null; then
    install_packages chromium fonts-dejavu-core
else
    command -v chromium > /dev/null || fail "this is no Debian system: install Chromium"
fi
Scripts/setup-environment.sh "$folder" Tests/Python/browser-requirements.txt
mkdir "$folder/javascript"
cp .venv/hypha/lib/python3*/site-packages/hypha/static_files/hypha-rpc-websocket.mjs "$folder/javascript"
expect_digest hypha-rpc-websocket.mjs 9b6a190b7538d1c7c1b8d5d72edbe6b0b60f4203f13eea26cfbc6af894063e25
unpacked=$(mktemp -d)
.venv/bin/python3 -m pip download --quiet --disable-pip-version-check --retries 5 --no-deps --only-binary :all: \
    --dest "$unpacked" imjoy-jupyterlab-extension==0.2.6
.venv/bin/python3 -m zipfile --extract "$unpacked"/*.whl "$unpacked"
cp "$unpacked"/*.data/data/share/jupyter/labextensions/*/static/vendors-*_imjoy-core_dist_imjoy-rpc_js.*.js \
    "$folder/javascript/imjoy-rpc.js"
rm -r "$unpacked"
expect_digest imjoy-rpc.js 677556ff95bc2fc1f6e9dc8925b605129af82d6fdd63471634a1751476346fbc
touch "$stamp"
