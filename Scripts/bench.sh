#!/usr/bin/env bash
# Measures ImJoyCore beside its peers; arguments go to Benchmarks/compare.py, such as --case 'sum*' --threads 2.
set -euo pipefail
cd "$(dirname "$0")/.."
make --silent .venv/peers/setup.stamp
export IMJOY_ONLY=core
swift build --package-path Benchmarks --scratch-path .build-bench -c release --product array-bench
.venv/peers/bin/python3 Benchmarks/compare.py .build-bench/release/array-bench "$@"
