#!/usr/bin/env bash
# Writes the first inputs of the fuzz targets from the files of this repository into corpus/.
set -euo pipefail
cd "$(dirname "$0")"
root=..

# Files of a folder as one input: each begins with a line `%%% NAME`.
blocks() {
    local folder=$1 file
    for file in "$folder"/*.toml "$folder"/*.csv "$folder"/*.md; do
        [ -f "$file" ] || continue
        [ "$(basename "$file")" = README.md ] && continue
        printf '%%%%%% %s\n' "$(basename "$file")"
        cat "$file"
        printf '\n'
    done
}

# The parts of an archive as one input.
parts() {
    local name
    unzip -Z1 "$1" | while read -r name; do
        case $name in
        *.xml | *.rels)
            printf '%%%%%% %s\n' "$name"
            unzip -p "$1" "$(sed 's/\[/[[]/' <<<"$name")"
            printf '\n'
            ;;
        esac
    done
}

for target in framework bodies case_tables case_folder workbook report_text report_docx bundle entries; do
    mkdir -p "corpus/$target"
done
for file in "$root"/configs/frameworks/*.toml; do
    cp "$file" corpus/framework/
done
blocks "$root/configs/organisations" >corpus/bodies/shipped
for case in "$root"/examples/*/ "$root"/tests/cases/*/; do
    name=$(basename "$case")
    blocks "$case" >"corpus/case_folder/$name"
    blocks "$case" >"corpus/case_tables/$name"
    for cycle in "$case"*/; do
        [ -d "$cycle" ] && blocks "$cycle" >"corpus/case_tables/$name-$(basename "$cycle")"
    done
done
cp "$root"/crates/panel-report/tests/reports/*.txt corpus/report_text/
cp "$root"/crates/ledger/tests/recorded_bundles/* corpus/bundle/
cp "$root"/crates/ledger/tests/recorded/*.jsonl corpus/entries/
head -c 4000 "$root"/crates/ledger/tests/recorded/v2.jsonl >corpus/entries/short
# Documents and workbooks that are given as arguments: .docx, .xlsx, .ods, bundles.
for file in "$@"; do
    case $file in
    *.docx) parts "$file" >"corpus/report_docx/$(basename "$file")" ;;
    *.xlsx | *.ods) parts "$file" >"corpus/workbook/$(basename "$file")" ;;
    *) cp "$file" corpus/bundle/ ;;
    esac
done
find corpus -size 0 -delete
