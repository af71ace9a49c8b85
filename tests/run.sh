#!/usr/bin/env bash
# Runs the tests: first all of cargo's, then the public test suites against a running server.
# Installs what they need if it can (tests/setup.sh).
#
#   bash tests/run.sh             all of it
#   bash tests/run.sh --no-node   without the public GraphQL suites, the pages in a browser, the OpenID provider and the mail server, which need Node.js
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    '') node=yes ;;
    --no-node) node=no ;;
    *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

bash tests/setup.sh "$@"

# What is kept for the next compilation takes half as much disk again, and a whole run seldom uses it.
export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}

cargo test --workspace --locked --no-fail-fast
# The program that prints PDFs, a workspace of its own.
cargo test --manifest-path pdf/Cargo.toml --locked --no-fail-fast

if [ "$node" = yes ]; then
    bash crates/api/tests/audit/run.sh
    # The program that the tests above have built.
    WCC=${CARGO_TARGET_DIR:-target}/debug/wcc bash tests/pages/run.sh
    bash crates/accounts/tests/oidc-provider/run.sh
    bash crates/mail/tests/smtp-server/run.sh
fi
