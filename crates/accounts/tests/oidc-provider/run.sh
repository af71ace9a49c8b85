#!/usr/bin/env bash
# Signs in with the npm package `oidc-provider`, a certified OpenID provider, on this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../../.."
for tool in node npm; do
    command -v "$tool" >/dev/null || {
        echo "run.sh needs $tool: install Node.js 20 or newer" >&2
        exit 1
    }
done
if [ ! -e "$here/node_modules/.package-lock.json" ] ||
    [ "$here/package-lock.json" -nt "$here/node_modules/.package-lock.json" ]; then
    (cd "$here" && npm ci --silent --ignore-scripts)
fi
work=$(mktemp -d)
provider=
# Ends the one process that was started here.
stop() {
    if [ -n "$provider" ]; then kill "$provider" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT
for userinfo in no yes; do
    USERINFO=$userinfo node "$here/provider.mjs" >"$work/address" 2>"$work/log" &
    provider=$!
    for _ in $(seq 300); do
        if [ -s "$work/address" ]; then break; fi
        kill -0 "$provider" 2>/dev/null || break
        sleep 0.1
    done
    if [ ! -s "$work/address" ]; then
        echo "the provider did not start:" >&2
        cat "$work/log" >&2
        exit 1
    fi
    WCC_TEST_PROVIDER=$(cat "$work/address") WCC_TEST_USERINFO=$userinfo \
        cargo test --quiet --workspace --locked --test openid_provider -- --ignored
    kill "$provider"
    wait "$provider" 2>/dev/null || true
    provider=
done
