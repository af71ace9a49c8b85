#!/usr/bin/env bash
# Builds the fuzz targets with the stable toolchain, as `cargo fuzz build --sanitizer none` does, so that nothing
# need be installed. `--no-default-features` leaves out the targets of the ledger and the plugins.
#
#   bash build.sh [--no-default-features]        prints the folder of the programs
set -euo pipefail
cd "$(dirname "$0")"
host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-sanitizer-coverage-level=4 -sanitizer-coverage-inline-8bit-counters -sanitizer-coverage-pc-table -sanitizer-coverage-trace-compares"
flags="-Cpasses=sancov-module --cfg fuzzing -Cdebug-assertions"
for option in $coverage; do
    flags="$flags -Cllvm-args=$option"
done
# A passes-only option of the compiler that is unstable without this.
RUSTC_BOOTSTRAP=1 RUSTFLAGS="$flags" "${CARGO:-cargo}" build --release --locked --bins --target "$host" "$@" >&2
echo "$PWD/target/$host/release"
