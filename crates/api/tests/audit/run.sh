#!/usr/bin/env bash
# Starts a server and checks it with the tools in package.json.
#   run.sh             the example server of this crate, with made-up data
#   run.sh COMMAND...  another server; it must print its address as http://HOST:PORT
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../../.."
. tests/npm.sh
needs node npm
install_packages "$here"
work=$(mktemp -d)
server=
# Ends the one process that was started here.
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT
target=${CARGO_TARGET_DIR:-target}
# The workspace as the tests have built it.
cargo build --quiet --workspace --locked --example serve --example schema
if [ $# -eq 0 ]; then set -- "$target/debug/examples/serve" 127.0.0.1:0; fi
"$@" >"$work/log" 2>&1 &
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
"$target/debug/examples/schema" plain >"$work/plain.graphql"
"$target/debug/examples/schema" federation >"$work/federation.graphql"
node "$here/run.mjs" "$url/graphql" "$work/plain.graphql" "$work/federation.graphql"
node "$here/subscriptions.mjs" "$url/graphql"
