#!/usr/bin/env bash
# Prepares this machine: checks Swift, installs missing Debian packages, makes the Python environment .venv.
# usage: setup.sh STAMP    (the file to write when all is there)
set -euo pipefail
cd "$(dirname "$0")/.."
source Scripts/packages.sh
stamp=${1:?usage: setup.sh STAMP}
requirements=Tests/Python/requirements.txt

packages=(
    binutils ca-certificates git libblosc1 libc6-dev libdeflate-dev libjpeg-dev libopenblas-dev libpng-dev
    libstdc++-12-dev libtiff-dev libyaml-dev libzstd-dev make openssl pkg-config python3 python3-pip python3-venv
    zlib1g-dev
)

check_swift() {
    local install='install it from https://www.swift.org/install/linux/ and put it on the PATH'
    command -v swift > /dev/null || fail "there is no swift program: Swift 6.3 is needed" "$install"
    local version
    version=$(swift --version 2> /dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
    [[ -n $version ]] || fail "\`swift --version\` does not say a version: Swift 6.3 is needed" "$install"
    local major=${version%%.*} minor=${version#*.}
    if (( major < 6 || (major == 6 && minor < 3) )); then
        fail "Swift 6.3 is needed, but $(command -v swift) is $version" "$install"
    fi
}

prepare_packages() {
    if command -v dpkg-query > /dev/null; then
        install_packages "${packages[@]}"
    else
        pkg-config --exists libdeflate libjpeg libtiff-4 libpng libzstd yaml-0.1 zlib \
            || fail "this is no Debian system: install what these Debian packages hold: ${packages[*]}"
    fi
}

# The first Python that is new enough for the requirements and can make environments.
find_python() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then
            command -v "$python"
            return
        fi
    done
    fail "Python 3.11 or newer with the venv module is needed, but python3 is $(python3 --version 2>&1 || true)"
}

make_environment() {
    local python
    python=$(find_python)
    # Python, requirements and place: what the environment depends on.
    local key
    key=$({ "$python" --version; pwd; cat "$requirements"; } | sha256sum)
    [[ -x .venv/bin/python3 && $(cat .venv/requirements.sha256 2> /dev/null) == "$key" ]] && return
    echo "setup: making .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
    .venv/bin/python3 -m pip install --quiet --disable-pip-version-check --retries 5 --requirement "$requirements"
    echo "$key" > .venv/requirements.sha256
}

check_swift
prepare_packages
make_environment
touch "$stamp"
