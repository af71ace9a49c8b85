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

# Lines of a text as the document of a .docx.
document() {
    printf '%%%%%% word/document.xml\n<w:document xmlns:w="w"><w:body>'
    sed -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/.*/<w:p><w:r><w:t>&<\/w:t><\/w:r><\/w:p>/' "$1"
    printf '</w:body></w:document>\n'
}

# A sheet whose cells hold their own text. Rows are lines, cells are separated by `|`.
sheet() {
    local line cells cell row=0 column
    printf '%%%%%% xl/worksheets/sheet%s.xml\n<worksheet><sheetData>' "$1"
    while IFS= read -r line; do
        row=$((row + 1))
        column=0
        printf '<row r="%s">' "$row"
        IFS='|' read -ra cells <<<"$line"
        for cell in "${cells[@]}"; do
            printf '<c r="%s%s" t="inlineStr"><is><t>%s</t></is></c>' \
                "$(printf '%b' "\\x$(printf %x $((65 + column)))")" "$row" "$cell"
            column=$((column + 1))
        done
        printf '</row>'
    done
    printf '</sheetData></worksheet>\n'
}

# A workbook as small as one can be: About and the survey results.
small_workbook() {
    printf '%%%%%% xl/workbook.xml\n<workbook xmlns:r="r"><sheets><sheet name="About" sheetId="1" r:id="rId1"/><sheet name="Survey results" sheetId="2" r:id="rId2"/></sheets></workbook>\n'
    printf '%%%%%% xl/_rels/workbook.xml.rels\n<Relationships><Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="worksheet" Target="worksheets/sheet2.xml"/></Relationships>\n'
    printf '%s\n' 'Kind|survey' 'Cycle|case/2002' 'Body|harbour' 'Entry|7' 'Format|1' | sheet 1
    printf '%s\n' 'Survey|Measure|Question|Score|Wording|Source' 'staff|1a|Leads|4.2|agree|A survey' | sheet 2
}

for target in framework bodies case_tables case_folder indicator_files survey workbook report_text report_docx bundle entries; do
    mkdir -p "corpus/$target"
done
for file in "$root"/configs/frameworks/*.toml "$root"/crates/case/tests/frameworks/*.toml; do
    cp "$file" corpus/framework/
done
blocks "$root/configs/organisations" >corpus/bodies/shipped
for folder in "$root"/crates/case/tests/organisations/*/ "$root"/crates/case/tests/configs/organisations/; do
    blocks "$folder" >"corpus/bodies/$(basename "$folder")"
done
# The small cases of the tests come first: a run of a whole example is a hundred times slower.
for case in "$root"/crates/case/tests/cases/*/ "$root"/examples/*/ "$root"/tests/cases/*/; do
    name=$(basename "$case")
    blocks "$case" >"corpus/case_folder/$name"
    blocks "$case" >"corpus/case_tables/$name"
    if [ -f "$case/indicator_files.toml" ]; then
        blocks "$case" >"corpus/indicator_files/$name"
    fi
    for cycle in "$case"*/; do
        if [ -d "$cycle" ]; then
            blocks "$cycle" >"corpus/case_tables/$name-$(basename "$cycle")"
        fi
    done
done
for file in seeds/survey.toml "$root"/configs/surveys/*.toml; do
    {
        printf '%%%%%% survey.toml\n'
        cat "$file"
    } >"corpus/survey/$(basename "$file")"
done
cp seeds/answers seeds/sheet seeds/contacts corpus/survey/
small_workbook >corpus/workbook/small
cp "$root"/crates/panel-report/tests/reports/*.txt corpus/report_text/
rm -f corpus/report_text/*.expected.txt
for file in corpus/report_text/*.txt; do
    document "$file" >"corpus/report_docx/$(basename "$file" .txt)"
done
cp "$root"/crates/ledger/tests/recorded_bundles/* corpus/bundle/
head -c 4000 "$root"/crates/ledger/tests/recorded_bundles/v1.bundle >corpus/bundle/short
cp "$root"/crates/ledger/tests/recorded/*.jsonl corpus/entries/
# Each recorded entry by itself.
cat "$root"/crates/ledger/tests/recorded/*.jsonl | awk '{ print > sprintf("corpus/entries/line-%03d", NR) }'
# Documents and workbooks that are given as arguments: .docx, .xlsx, .ods, bundles.
for file in "$@"; do
    case $file in
    *.docx) parts "$file" >"corpus/report_docx/$(basename "$file")" ;;
    *.xlsx | *.ods) parts "$file" >"corpus/workbook/$(basename "$file")" ;;
    *) cp "$file" corpus/bundle/ ;;
    esac
done
find corpus -size 0 -delete
