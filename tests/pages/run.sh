#!/usr/bin/env bash
# Looks at the pages in Chromium: axe, html-validate, the width of the screen.
#   run.sh          one page of each kind, at one width
#   run.sh --all    every page, at 320 and 1,280 pixels and in print, with the W3C checker too (needs Java)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
for tool in node npm; do
    command -v "$tool" >/dev/null || {
        echo "run.sh needs $tool: install Node.js 20 or newer" >&2
        exit 1
    }
done
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "run.sh needs Chromium (Debian: apt-get install chromium)" >&2
    exit 1
}
if [ ! -e "$here/node_modules/.package-lock.json" ] ||
    [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
    (cd "$here" && npm ci --silent --ignore-scripts)
fi
work=$(mktemp -d)
server=
# Ends the one process that was started here.
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT
target=${CARGO_TARGET_DIR:-target}
cargo build --quiet --locked -p wcc
sed 's#^data = .*#data = "'"$work"'/data"#' configs/wcc.toml |
    sed "s#^frameworks = .*#frameworks = \"$PWD/configs/frameworks\"#; s#^organisations = .*#organisations = \"$PWD/configs/organisations\"#" >"$work/wcc.toml"
"$target/debug/wcc" --config "$work/wcc.toml" serve --listen 127.0.0.1:0 \
    examples/south-of-tyne-and-wear examples/south-staffordshire examples/another-regime >"$work/log" 2>&1 &
server=$!
url=
for _ in $(seq 600); do
    url=$(grep -om1 'http://[0-9.]*:[0-9]*' "$work/log" || true)
    if [ -n "$url" ]; then break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
if [ -z "$url" ]; then
    echo "the server did not start:" >&2
    cat "$work/log" >&2
    exit 1
fi
BROWSER=$browser node "$here/check.mjs" "$url" "$@"
