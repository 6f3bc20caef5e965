#!/usr/bin/env bash
# Feeds parsers with mutated inputs. usage: fuzz.sh [TARGET…]    (all of them when none is named)
# IMJOY_FUZZ_SECONDS: how long each target runs (6). IMJOY_FUZZ_SEED: another start of the random numbers (1).
# IMJOY_FUZZ_MUTATED: how many inputs each format of images meets before, the same ones every time (2500).
# See Fuzzing/README.md.
set -euo pipefail
cd "$(dirname "$0")/.."
targets=(hypha jpeg json messagepack npy pipeframe plugin png reference tiff v1 websocket yaml zarr)
# Formats whose files come from anywhere.
mutated=(jpeg npy png tiff zarr)
seconds=${IMJOY_FUZZ_SECONDS:-6}
count=${IMJOY_FUZZ_MUTATED:-2500}
scratch=$PWD/.build-fuzz

# The files that mutations start from, one a line.
seeds() {
    local images=Tests/ImJoyCoreTests/Fixtures/images vectors=Tests/Vectors
    case $1 in
        npy) find $images $vectors/ndarray/files -name '*.np[yz]' ;;
        plugin) find Tests/ImJoyCoreTests/Fixtures/plugins -name '*.html' -o -name '*.md' ;;
        json | yaml | reference) find "Fuzzing/Seeds/$1" -type f ;;
        jpeg) find $images -name '*.jpg' ;;
        png) find $images -name '*.png' ;;
        zarr)
            .venv/bin/python3 Tests/Python/bundle_zarr.py Tests/ImJoyCoreTests/Fixtures/zarr "$scratch/bundles" >&2
            find "$scratch/bundles" -name '*.bundle'
            ;;
        tiff) find $images $vectors/ndarray/files -name '*.tif' ;;
        hypha | messagepack | v1 | pipeframe | websocket) find "Fuzzing/Seeds/$1" -type f ;;
        *) echo "fuzz: there is no target $1; there are ${targets[*]}" >&2; return 64 ;;
    esac
}

# The longest input that is tried; what is shorter is tried more often.
longest_input() {
    case $1 in
        tiff) echo 16384 ;;
        *) echo 8192 ;;
    esac
}

# usage: mutate TARGET    (inputs that are the same every time, each within a second and all within 512 MB)
mutate() {
    local target=$1 found=Fuzzing/FailCases/$1 input="$scratch/$1.input" files
    mapfile -t files < <(seeds "$target" | LC_ALL=C sort)
    if ! IMJOY_FUZZ_TARGET=$target IMJOY_FUZZ_MUTATED=$count ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=32 \
        SWIFT_DETERMINISTIC_HASHING=1 "$scratch/debug/fuzz" "$input" "${files[@]}" > "$scratch/$target.log" 2>&1; then
        mkdir -p "$found"
        cp "$input" "$found/mutated-$(sha256sum < "$input" | cut -c 1-16)"
        tail -n 60 "$scratch/$target.log"
        echo "fuzz: $target failed on a mutated input; it is in $found, the report in $scratch/$target.log" >&2
        return 1
    fi
    tail -n 1 "$scratch/$target.log"
}

fuzz() {
    local target=$1 file
    local seeds=$scratch/seeds/$target corpus=$scratch/corpus/$target found=Fuzzing/FailCases/$target
    rm -rf "$seeds"
    mkdir -p "$seeds" "$corpus" "$found"
    # Their paths are part of their names here: two folders may have files of one name.
    seeds "$target" | while read -r file; do cp "$file" "$seeds/${file//\//-}"; done
    printf '\n-- %s, %d s\n' "$target" "$seconds"
    if [[ " ${mutated[*]} " == *" $target "* ]]; then mutate "$target"; fi
    # Swift keeps flags in references, which the leak detector does not understand.
    local status=0
    IMJOY_FUZZ_TARGET=$target ASAN_OPTIONS=detect_leaks=0:quarantine_size_mb=32 SWIFT_DETERMINISTIC_HASHING=1 \
        "$scratch/debug/fuzz" "$corpus" "$seeds" "$found" \
        -max_total_time="$seconds" -seed="${IMJOY_FUZZ_SEED:-1}" -max_len="$(longest_input "$target")" \
        -timeout=5 -rss_limit_mb=1024 -detect_leaks=0 -artifact_prefix="$found/" -print_final_stats=1 \
        > "$scratch/$target.log" 2>&1 || status=$?
    rmdir --ignore-fail-on-non-empty "$found"
    if ((status)); then
        tail -n 60 "$scratch/$target.log"
        echo "fuzz: $target failed; the input is in $found, the report in $scratch/$target.log" >&2
        return 1
    fi
    awk '
        /stat::number_of_executed_units/ { runs = $2 }
        /stat::peak_rss_mb/ { memory = $2 }
        /cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") places = $(i + 1) }
        END {
            if (!runs) { print "fuzz: nothing was run" > "/dev/stderr"; exit 1 }
            printf "%d inputs, %d places in the code reached, %d MB\n", runs, places, memory
        }' "$scratch/$target.log"
}

# After a crash the backtracer would keep the pipe open for ever.
export SWIFT_BACKTRACE=enable=no
# Warnings are judged elsewhere, and a package that depends on ours does not see them.
unset IMJOY_STRICT
(( $# )) || set -- "${targets[@]}"
for target; do seeds "$target" > /dev/null; done
IMJOY_FUZZ=1 IMJOY_ONLY=websocket IMJOY_SANITIZE=address swift build --package-path Fuzzing --scratch-path "$scratch" --product fuzz \
    -Xswiftc -sanitize=fuzzer,address -Xcc -fsanitize=fuzzer-no-link,address
for target; do fuzz "$target"; done
