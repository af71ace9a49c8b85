#!/usr/bin/env bash
# Sets everything up on a machine with Rust: builds wcc and the regional plugins, pins each plugin by its SHA-256,
# assures South of Tyne and Wear through the Once North East plugin, and serves all cases over GraphQL.
#
#   bash examples/start.sh                      build, assure, serve on 127.0.0.1:8080
#   bash examples/start.sh --listen HOST:PORT   the same on another address
#   bash examples/start.sh --no-serve           build and assure alone
set -euo pipefail
cd "$(dirname "$0")/.."

serve=yes
arguments=()
while [ $# -gt 0 ]; do
    case "$1" in
        --no-serve) serve=no ;;
        -h | --help) sed -n '2,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

cargo build --release --locked -p wcc -p once-north-east -p west-midlands

target=${CARGO_TARGET_DIR:-target}/release
case "$(uname -s)" in
    Darwin) prefix=lib suffix=dylib ;;
    MINGW* | MSYS*) prefix='' suffix=dll ;;
    *) prefix=lib suffix=so ;;
esac

# The plugins of this machine's build: read on top of configs/wcc.toml, not committed.
local=configs/local.toml
{
    echo "# Written by examples/start.sh: the plugins as built here."
    for plugin in once_north_east west_midlands; do
        "$target/wcc" plugin add "$target/$prefix$plugin.$suffix"
    done
} >"$local.new"
mv "$local.new" "$local"

"$target/wcc" assure examples/south-of-tyne-and-wear

if [ "$serve" = yes ]; then
    exec "$target/wcc" serve \
        examples/south-of-tyne-and-wear examples/south-staffordshire examples/north-east examples/england \
        ${arguments[@]+"${arguments[@]}"}
fi
