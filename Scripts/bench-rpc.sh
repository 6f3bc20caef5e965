#!/usr/bin/env bash
# Measures ImJoyRPC and ImJoyWebSocket beside hypha-rpc with its server, and msgpack.
set -euo pipefail
cd "$(dirname "$0")/.."
export IMJOY_ONLY=websocket
swift build --package-path Benchmarks --scratch-path .build-bench-rpc -c release --product rpc-bench
.venv/bin/python3 Benchmarks/compare_rpc.py .build-bench-rpc/release/rpc-bench .venv/hypha/bin/python3
