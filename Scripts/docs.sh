#!/usr/bin/env bash
# Builds the documentation of the libraries; a warning is an error. usage: docs.sh [FOLDER]    (.build-docs by default)
# The toolchain's docc does it alone, so no package has to resolve a plugin.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-.build-docs}
export IMJOY_STRICT=1

swift build
graphs=$(swift package dump-symbol-graph --minimum-access-level public --skip-synthesized-members \
    | sed -n 's/^Files written to //p' | tail -n 1)
[[ -d $graphs ]] || { echo "docs: swift package dump-symbol-graph named no folder" >&2; exit 1; }

for module in ImJoyCore ImJoyRPC ImJoyWebSocket ImJoyTLS ImJoyHost; do
    echo "documentation of $module"
    own=.build-docs/graphs/$module
    rm -rf "$own" "$folder/$module.doccarchive"
    mkdir -p "$own" "$folder"
    cp "$graphs/$module".symbols.json "$graphs/$module"@*.symbols.json "$own" 2> /dev/null || true
    docc convert "Sources/$module/$module.docc" --additional-symbol-graph-dir "$own" --warnings-as-errors \
        --fallback-display-name "$module" --fallback-bundle-identifier "imjoy.$module" \
        --transform-for-static-hosting --output-dir "$folder/$module.doccarchive"
done
echo "written to $folder"
