#!/usr/bin/env bash
# Makes sure that this machine has everything the tests need, before anything is compiled. As root on Debian and Ubuntu
# it installs what is missing; elsewhere it prints one line that says what to install, and exits with 1.
#
#   bash tests/setup.sh             all of it
#   bash tests/setup.sh --no-node   without Node.js and Chromium, which only the public GraphQL suites, the pages, the OpenID
#                                   provider and the mail server need
set -euo pipefail

node=yes
[ "${1:-}" = --no-node ] && node=no

has() { command -v "$1" >/dev/null 2>&1; }

# The missing Debian packages.
missing() {
    has cc || echo gcc libc6-dev
    # The ledger's tests start a PostgreSQL of their own.
    has postgres || [ -x /usr/lib/postgresql/15/bin/postgres ] || echo postgresql-15
    if [ "$node" = yes ]; then
        { has node && has npm; } || echo nodejs npm
        # The pages are looked at in a browser.
        has chromium || has chromium-browser || has google-chrome || echo chromium
    fi
}

packages=$(missing | tr '\n' ' ')
if [ -n "$packages" ] && has apt-get && [ "$(id -u)" = 0 ]; then
    echo "installing what the tests need: $packages" >&2
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2
    packages=$(missing | tr '\n' ' ')
fi
if ! has cargo; then
    packages="Rust 1.94 or newer (rustup), $packages"
fi
if [ -n "$packages" ]; then
    echo "the tests need: ${packages% } (Debian package names); install them and run this again" >&2
    exit 1
fi

# What the build and the tests of a fresh clone take on the disk, in GiB: 6.2 were measured.
need=8
disk=${CARGO_TARGET_DIR:-.}
while [ ! -d "$disk" ]; do disk=$(dirname "$disk"); done
free=$(df -Pk "$disk" | awk 'NR == 2 { print int($4 / 1048576) }')
if [ ! -d "${CARGO_TARGET_DIR:-target}" ] && [ "$free" -lt "$need" ]; then
    echo "only $free GiB of disk are free for the build; a first build with all tests takes up to $need: it may stop with \"No space left on device\"" >&2
fi
