#!/usr/bin/env bash
# Every import says who can see it: `internal import X`, `package import X` or `public import X`. Examples read as a
# user's program does and are left out.
set -euo pipefail
cd "$(dirname "$0")/.."
# What stands in a text of several lines is another language's.
if git ls-files --cached --others --exclude-standard -- \
    'Sources/*.swift' 'Tests/*.swift' 'Benchmarks/*.swift' 'Fuzzing/*.swift' ':!*Package.swift' \
    | xargs awk '
        FNR == 1 { inText = 0 }
        !inText && /^[ \t]*(@[A-Za-z]+(\([^)]*\))?[ \t]+)*import[ \t]/ { print FILENAME ":" FNR ": " $0; found = 1 }
        { if (gsub(/"""/, "&") % 2) inText = !inText }
        END { exit !found }'; then
    echo 'check-imports: write `internal`, `package` or `public` in front of these imports' >&2
    exit 1
fi
