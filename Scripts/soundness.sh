#!/usr/bin/env bash
# Everything that can be judged without running tests. usage: soundness.sh [PHASE…]    (all of them when none is named)
source "$(dirname "$0")/phases.sh"

format() { swift format lint --strict --parallel --recursive Sources Tests Examples Benchmarks Fuzzing Package.swift; }

imports() { Scripts/check-imports.sh; }

# Warnings are errors (IMJOY_STRICT), and every target names what it imports.
build() { swift build --build-tests --explicit-target-dependency-import-check error; }

docs() { Scripts/docs.sh; }

quotes() { Scripts/check-quotes.py README.md Sources/*/*.docc/*.md; }

linkage() { Scripts/check-linkage.sh; }

api() {
    local tag
    tag=$(git describe --tags --abbrev=0 2> /dev/null) || { echo 'skipped: there is no tag to compare with yet'; return; }
    swift package diagnose-api-breaking-changes "$tag"
}

(( $# )) || set -- format imports build docs quotes linkage api
for name; do phase "$name" "$name"; done
print_summary
