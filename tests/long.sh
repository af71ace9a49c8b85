#!/usr/bin/env bash
# Runs the long versions of the tests: random commands against the model, writers and databases that are
# killed, two servers at once, every page in a browser, panel reports that are printed as PDFs, and every fuzz
# target. Takes hours; the figures are printed as it goes.
#
#   bash tests/long.sh                 all of it
#   bash tests/long.sh model kills     only these: model, kills, servers, pages, pdf, fuzz
#
# COMMANDS (100,000), KILLS (1,000), WRITES (100,000), PDF_REPORTS (200) and RUNS (1,000,000) set how long each
# is; TARGETS names the fuzz targets to run. `pdf` needs chromium and pdftotext.
set -euo pipefail
cd "$(dirname "$0")/.."

commands=${COMMANDS:-100000} kills=${KILLS:-1000} writes=${WRITES:-100000} runs=${RUNS:-1000000}

long() { cargo test --release --locked "$@" -- --nocapture; }

run_model() {
    MODEL_COMMANDS=$commands MODEL_SHARED_COMMANDS=$commands MODEL_RACES=1000 MODEL_KILLS=$((kills / 10)) long -p wcc-server --test model
}

run_kills() {
    KILLS=$kills STOPS=$((kills / 10)) long -p wcc-ledger --test kills
}

run_servers() {
    WRITES=$writes CANCELLED=$((writes / 10)) long -p wcc-ledger --test servers
}

# Largest inputs, by target: what a run costs is the size of its input (docs/fuzzing.md).
largest_input() {
    case $1 in
    survey | bodies | indicator_files | case_tables | entries | answer | manifest) echo 800 ;;
    *) echo 1500 ;;
    esac
}

# A line at every power of two of runs, and a figure at the end. A fault ends its target, not the others.
run_fuzz() {
    local programs target log targets=${TARGETS:-} failed=""
    bash fuzz/seeds.sh
    programs=$(bash fuzz/build.sh)
    cd fuzz
    if [ -z "$targets" ]; then
        targets=$(sed -n 's/^name = "\(.*\)"$/\1/p' Cargo.toml | grep -v '^wcc-fuzz$')
    fi
    for target in $targets; do
        mkdir -p "corpus/$target" "artifacts/$target"
        log="artifacts/$target/log"
        echo "fuzz target $target: $runs runs"
        if "$programs/$target" "corpus/$target" -runs="$runs" -max_len="$(largest_input "$target")" \
            -rss_limit_mb=1024 -artifact_prefix="artifacts/$target/" -print_final_stats=1 2>&1 |
            tee "$log" | sed -un '/pulse/p; /panicked at/p; /SUMMARY/p; /Test unit written/p'; then
            echo "$target: $(final_figures "$log"), no fault"
        else
            echo "$target: $(final_figures "$log"), A FAULT: fuzz/$log"
            failed="$failed $target"
        fi
    done
    cd ..
    if [ -n "$failed" ]; then
        echo "faults in:$failed" >&2
        return 1
    fi
}

final_figures() {
    sed -n 's/^stat::number_of_executed_units: *//p' "$1" | tr '\n' ' '
    sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/runs in \1 s/p; s/^stat::peak_rss_mb: *\(.*\)/, \1 MB/p' "$1" | tr -d '\n'
}

# Pages of each kind at two widths and in print; the W3C checker needs Java. PAGES=--every takes every page.
run_pages() {
    bash tests/pages/run.sh "${PAGES:---all}"
}

# Reports as a browser prints them and pdftotext reads them.
run_pdf() {
    cargo test --release --locked -p wcc-panel-report --test generated -- \
        --ignored --exact generated_reports_are_read_from_pdfs --nocapture
}

for part in "${@:-model kills servers pages pdf fuzz}"; do
    for each in $part; do
        case $each in
        model | kills | servers | pages | pdf | fuzz) "run_$each" ;;
        *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
        esac
    done
done
