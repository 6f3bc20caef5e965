#!/usr/bin/env bash
# Makes a Python environment of its own for programs that want other versions than .venv has: Hypha's real server for tests,
# and the peers of the benchmarks.
# usage: setup-environment.sh STAMP REQUIREMENTS    (STAMP in the folder of the environment; written when all is there)
set -euo pipefail
cd "$(dirname "$0")/.."
(( $# == 2 )) || { echo 'usage: setup-environment.sh STAMP REQUIREMENTS' >&2; exit 64; }
folder=$(dirname "$1")
echo "setup: making $folder"
rm -rf "$folder"
.venv/bin/python3 -m venv "$folder"
.venv/bin/uv pip install --quiet --python "$folder/bin/python3" --requirement "$2"
touch "$1"
