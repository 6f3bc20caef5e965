#!/usr/bin/env bash
# Makes the Python environment .venv/peers with what a user would pick instead of us, for benchmarks alone.
# usage: setup-peers.sh STAMP    (in the folder of the environment; the file to write when all is there)
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=${1:?usage: setup-peers.sh STAMP}
folder=$(dirname "$stamp")
echo "setup: making $folder"
rm -rf "$folder"
.venv/bin/python3 -m venv "$folder"
.venv/bin/uv pip install --quiet --python "$folder/bin/python3" --requirement Benchmarks/peers/requirements.txt
touch "$stamp"
