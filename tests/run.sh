#!/usr/bin/env bash
# Passes the tests: everything that cargo runs, then the public suites that are pointed at the running server.
#
#   bash tests/run.sh             all of it (needs Node.js and npm for the public suites)
#   bash tests/run.sh --no-node   what needs Rust alone
set -euo pipefail
cd "$(dirname "$0")/.."

node=yes
[ "${1:-}" = --no-node ] && node=no

cargo test --workspace --locked --no-fail-fast

if [ "$node" = yes ]; then
    if ! command -v npm >/dev/null 2>&1; then
        echo "Node.js and npm are needed for the GraphQL suites (or pass --no-node)" >&2
        exit 1
    fi
    bash crates/api/tests/audit/run.sh
fi
