#!/usr/bin/env bash
# Every import says who can see it: `internal import X`, `package import X` or `public import X`. Examples read as a
# user's program does and are left out.
set -euo pipefail
cd "$(dirname "$0")/.."
if git ls-files --cached --others --exclude-standard -- 'Sources/*.swift' 'Tests/*.swift' 'Benchmarks/*.swift' \
    ':!*Package.swift' | xargs grep -nE '^[[:space:]]*(@[A-Za-z]+(\([^)]*\))?[[:space:]]+)*import[[:space:]]'; then
    echo 'check-imports: write `internal`, `package` or `public` in front of these imports' >&2
    exit 1
fi
