#!/usr/bin/env bash
# Makes a Python environment of its own for programs that .venv is not for: Hypha's real server, what drives a browser, and
# the peers of the benchmarks.
# usage: setup-environment.sh FOLDER REQUIREMENTS
set -euo pipefail
cd "$(dirname "$0")/.."
(( $# == 2 )) || { echo 'usage: setup-environment.sh FOLDER REQUIREMENTS' >&2; exit 64; }
echo "setup: making $1"
rm -rf "$1"
.venv/bin/python3 -m venv "$1"
.venv/bin/uv pip install --quiet --python "$1/bin/python3" --requirement "$2"
