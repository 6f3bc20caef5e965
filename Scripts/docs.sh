#!/usr/bin/env bash
# Builds the documentation of the libraries; a warning is an error. usage: docs.sh [FOLDER]    (.build-docs by default)
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-.build-docs}
graphs=.build-docs/graphs
rm -rf "$graphs"
mkdir -p "$graphs" "$folder"
