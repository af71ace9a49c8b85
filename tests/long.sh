#!/usr/bin/env bash
# Runs the long versions of the tests: random commands against the model, writers and databases that are
# killed, two servers at once, every page in a browser, and every fuzz target. Takes hours; the figures are printed as it goes.
#
#   bash tests/long.sh                 all of it
#   bash tests/long.sh model kills     only these: model, kills, servers, pages, fuzz
#
# COMMANDS (100,000), KILLS (1,000), WRITES (100,000) and RUNS (1,000,000) set how long each is.
set -euo pipefail
cd "$(dirname "$0")/.."

commands=${COMMANDS:-100000} kills=${KILLS:-1000} writes=${WRITES:-100000} runs=${RUNS:-1000000}

long() { cargo test --release --locked "$@" -- --nocapture; }

run_model() {
    MODEL_COMMANDS=$commands MODEL_RACES=1000 MODEL_KILLS=$((kills / 10)) long -p wcc-server --test model
}

run_kills() {
    KILLS=$kills STOPS=$((kills / 10)) long -p wcc-ledger --test kills
}

run_servers() {
    WRITES=$writes CANCELLED=$((writes / 10)) long -p wcc-ledger --test servers
}

# Largest inputs, by target: what a run costs is the size of its input (docs/fuzzing.md).
run_fuzz() {
    command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked
    cd fuzz
    ./seeds.sh
    export RUSTC_BOOTSTRAP=1
    cargo fuzz build --sanitizer none
    local target length
    for target in $(cargo fuzz list); do
        case $target in
        survey | bodies | indicator_files | case_tables | entries | answer | manifest) length=800 ;;
        *) length=2000 ;;
        esac
        echo "fuzz target $target: $runs runs"
        cargo fuzz run --sanitizer none "$target" -- -runs="$runs" -max_len="$length" -print_final_stats=1 2>&1 |
            grep -E '^(stat::number_of_executed_units|Done|==|SUMMARY)|panicked at|Test unit written'
    done
    cd ..
}

# Every page at two widths and in print; the W3C checker needs Java.
run_pages() {
    bash tests/pages/run.sh --all
}

for part in "${@:-model kills servers pages fuzz}"; do
    for each in $part; do
        case $each in
        model | kills | servers | pages | fuzz) "run_$each" ;;
        *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
        esac
    done
done
