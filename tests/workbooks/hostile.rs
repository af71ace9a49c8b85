//! Files that were made to take memory and time: each ends in an error that names the file.

use super::archive::{Archive, cell};
use super::office::Office;
use std::fmt::Write as _;

fn refused(name: &str, archive: &Archive) -> String {
    let office = Office::open();
    let file = office.file(name);
    archive.write(&file);
    let message = office.refuse(&file);
    let prefix = format!("{}: ", file.display());
    let message = message.trim_end().strip_prefix(&prefix);
    message.expect("the name of the file").to_owned()
}

const TOO_MUCH: &str = "reading it takes more than 10 seconds or 256 MB of memory: it is damaged, \
                        or not a workbook of this program; copy its values into a new workbook \
                        from `wcc template`";

#[test]
fn a_cell_in_the_last_column() {
    assert_eq!(
        refused("last-column.xlsx", &Archive::with_page(&cell("XFD1", "x"))),
        "sheet Page, row 1, has a cell in column 16384; expected at most 200 columns"
    );
}

#[test]
fn a_cell_in_the_last_row() {
    let rows = format!("<row r=\"1048576\">{}</row>", cell("A1048576", "x"));
    assert_eq!(
        refused("last-row.xlsx", &Archive::with_rows(&rows, "")),
        "sheet Page has a cell in row 1048576; expected at most 50000 rows"
    );
}

#[test]
fn a_billion_letters_in_a_small_archive() {
    let strings = format!(
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>{}</t></si>\
         </sst>",
        "x".repeat(400 << 20)
    );
    let page = Archive::with_page("<c r=\"A1\" t=\"s\"><v>0</v></c>");
    let relation = page.text("xl/_rels/workbook.xml.rels").replace(
        "</Relationships>",
        "<Relationship Id=\"r2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
         relationships/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>",
    );
    let bomb = page
        .with_part("xl/_rels/workbook.xml.rels", relation)
        .with_part("xl/sharedStrings.xml", strings);
    assert_eq!(refused("zip-bomb.xlsx", &bomb), TOO_MUCH);
}

#[test]
fn entities_that_contain_each_other() {
    let mut entities = "<!ENTITY e0 \"xxxxxxxxxx\">".to_owned();
    for at in 1..12 {
        let inner = format!("&e{};", at - 1).repeat(10);
        let _ = write!(entities, "<!ENTITY e{at} \"{inner}\">");
    }
    let page = Archive::with_page("<c r=\"A1\" t=\"inlineStr\"><is><t>&e11;</t></is></c>");
    let text = format!(
        "<!DOCTYPE worksheet [{entities}]>{}",
        page.text("xl/worksheets/sheet1.xml")
    );
    let message = refused(
        "entities.xlsx",
        &page.with_part("xl/worksheets/sheet1.xml", text),
    );
    assert!(
        message.starts_with("this is not a readable Excel (.xlsx) file")
            || message == TOO_MUCH
            || message.starts_with("there is no sheet About"),
        "{message}"
    );
}

#[test]
fn a_million_merged_cells() {
    let mut merged = "<mergeCells>".to_owned();
    for row in 1..=1_000_000 {
        let _ = write!(merged, "<mergeCell ref=\"A{row}:B{row}\"/>");
    }
    merged.push_str("</mergeCells>");
    let rows = format!("<row r=\"1\">{}</row>", cell("A1", "x"));
    let message = refused("merged.xlsx", &Archive::with_rows(&rows, &merged));
    assert!(message.starts_with("there is no sheet About"), "{message}");
}

#[test]
fn two_hundred_megabytes_of_rows() {
    let mut rows = String::with_capacity(200 << 20);
    let mut row = 0;
    while rows.len() < 200 << 20 {
        row += 1;
        let _ = write!(
            rows,
            "<row r=\"{row}\">{}</row>",
            cell(&format!("A{row}"), "some text")
        );
    }
    assert_eq!(
        refused("rows.xlsx", &Archive::with_rows(&rows, "")),
        "sheet Page has a cell in row 50001; expected at most 50000 rows"
    );
}

#[test]
fn a_file_that_is_cut_off_or_something_else() {
    let office = Office::open();
    let whole = office.template("panel", "5KF");
    let bytes = std::fs::read(&whole).expect("the workbook");
    for (name, bytes) in [
        ("half.xlsx", bytes.get(..bytes.len() / 2).expect("half")),
        ("empty.xlsx", &[][..]),
        ("text.xlsx", b"Measure,Value\n1a,2\n"),
        ("half.ods", bytes.get(..bytes.len() / 2).expect("half")),
        ("excel.ods", &bytes),
    ] {
        let file = office.file(name);
        std::fs::write(&file, bytes).expect("a file");
        let message = office.refuse(&file);
        assert!(
            message.contains(&format!("{name}: this is not a readable ")),
            "{message}"
        );
    }
}
