# Sourced by the scripts that prepare this machine: installs Debian packages.

fail() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

is_installed() { [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2> /dev/null) == installed ]]; }

# usage: install_packages PACKAGE…    (those that are missing; with sudo when not root)
install_packages() {
    local missing=() package
    for package; do is_installed "$package" || missing+=("$package"); done
    (( ${#missing[@]} )) || return 0
    echo "setup: installing ${missing[*]}"
    local as_root=()
    if (( EUID != 0 )); then
        command -v sudo > /dev/null || fail "there is no sudo: as root, run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get -o Acquire::Retries=3 -qq update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -o Acquire::Retries=3 -qq install --yes --no-install-recommends "${missing[@]}" < /dev/null
}
