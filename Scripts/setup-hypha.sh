#!/usr/bin/env bash
# Makes the Python environment .venv/hypha with Hypha's real server, which wants other versions of what the tests use.
# usage: setup-hypha.sh STAMP    (in the folder of the environment; the file to write when all is there)
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=${1:?usage: setup-hypha.sh STAMP}
folder=$(dirname "$stamp")
echo "setup: making $folder"
rm -rf "$folder"
.venv/bin/python3 -m venv "$folder"
.venv/bin/uv pip install --quiet --python "$folder/bin/python3" --requirement Tests/Python/hypha-requirements.txt
touch "$stamp"
