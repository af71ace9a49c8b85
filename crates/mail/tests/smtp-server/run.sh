#!/usr/bin/env bash
# Sends mail to the npm package `smtp-server` on this machine.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../../../.."
. tests/npm.sh
needs node npm openssl
install_packages "$here"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The mail server shows this certificate, and the tests trust no other.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -addext basicConstraints=critical,CA:FALSE -addext subjectAltName=DNS:localhost \
    -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
KEY=$work/key.pem CERT=$work/cert.pem SSL_CERT_FILE=$work/cert.pem \
    cargo test --quiet --workspace --locked --test smtp --test mail -- --include-ignored
