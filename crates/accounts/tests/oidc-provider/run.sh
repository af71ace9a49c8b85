#!/usr/bin/env bash
# Signs in with the npm package `oidc-provider`, a certified OpenID provider, on this machine: the crate by itself, and a
# browser through the pages that are served.
#   WCC=FILE run.sh    serves the pages with this program, instead of one that is built first
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../../.."
. tests/npm.sh
needs node npm
install_packages "$here"
work=$(mktemp -d)
provider=
server=
# Ends the processes that were started here.
stop() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    if [ -n "$provider" ]; then kill "$provider" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT
# Starts the provider; its address is in the file `address`.
start_provider() {
    : >"$work/address"
    node "$here/provider.mjs" >"$work/address" 2>"$work/log" &
    provider=$!
    for _ in $(seq 300); do
        if [ -s "$work/address" ]; then return; fi
        kill -0 "$provider" 2>/dev/null || break
        sleep 0.1
    done
    echo "the provider did not start:" >&2
    cat "$work/log" >&2
    exit 1
}
stop_provider() {
    kill "$provider"
    wait "$provider" 2>/dev/null || true
    provider=
}
for userinfo in no yes; do
    export USERINFO=$userinfo
    start_provider
    WCC_TEST_PROVIDER=$(cat "$work/address") WCC_TEST_USERINFO=$userinfo \
        cargo test --quiet --workspace --locked --test openid_provider -- --ignored
    stop_provider
done

wcc=${WCC:-}
if [ -z "$wcc" ]; then
    cargo build --quiet --locked -p wcc
    wcc=${CARGO_TARGET_DIR:-target}/debug/wcc
fi
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
export USERINFO=no REDIRECT=http://127.0.0.1:$port/sign-in/openid
start_provider
printf %s 'a secret: of the client' >"$work/secret"
chmod 600 "$work/secret"
cat >"$work/settings.toml" <<END
[paths]
data = "$work/data"
frameworks = "$PWD/configs/frameworks"
organisations = "$PWD/configs/organisations"
[tokens]
pause_seconds = 1
[accounts]
public_address = "http://127.0.0.1:$port"
[openid]
issuer = "$(cat "$work/address")"
title = "the provider of the tests"
client = "wcc"
secret_file = "$work/secret"
roles = ["ada-chairs => chair;body=Q30"]
END
"$wcc" --config "$work/settings.toml" ledger load examples/south-of-tyne-and-wear >/dev/null
echo 'correct horse battery staple' | "$wcc" --config "$work/settings.toml" account add an.administrator \
    --person 'An Administrator' --role administrator >/dev/null
"$wcc" --config "$work/settings.toml" serve --listen "127.0.0.1:$port" ledger: >"$work/served" 2>"$work/server.log" &
server=$!
for _ in $(seq 300); do
    if grep -q http "$work/served"; then break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
node "$here/pages.mjs" "http://127.0.0.1:$port" "$(cat "$work/address")" || {
    cat "$work/server.log" >&2
    exit 1
}
