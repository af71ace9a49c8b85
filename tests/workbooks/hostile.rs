//! Files that were made to take memory and time: each ends in an error that names the file.

use super::archive::{Archive, cell};
use super::office::Office;
use crate::support::{stderr, stdout, wcc_with};
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

#[test]
fn a_protected_or_old_file_is_named_as_such() {
    let office = Office::open();
    let compound = |part: &str| {
        let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        bytes.resize(1024, 0);
        bytes.extend(part.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(4096, 0);
        bytes
    };
    let protected = "protected with a password: open it in a spreadsheet program, and save it";
    let old = "an old Excel file (.xls), whatever its name says: open it in a spreadsheet program";
    for (name, bytes, expected) in [
        ("protected.xlsx", compound("EncryptedPackage"), protected),
        ("renamed.xlsx", compound("Workbook"), old),
        ("start.xlsx", vec![0xD0, 0xCF, 0x11, 0xE0], old),
        ("renamed.ods", compound("Book"), old),
    ] {
        let file = office.file(name);
        std::fs::write(&file, bytes).expect("a file");
        let message = office.refuse(&file);
        assert!(message.contains(name), "{message}");
        assert!(message.contains(expected), "{name}: {message}");
    }
    // LibreOffice encrypts a document as a whole, or each of its parts.
    let whole = office.file("whole.ods");
    Archive::open_document("")
        .with_part("encrypted-package", "illustrative".to_owned())
        .without_part("content.xml")
        .write(&whole);
    let parts = office.file("parts.ods");
    let names = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";
    Archive::open_document("")
        .with_part(
            "META-INF/manifest.xml",
            format!(
                "<manifest:manifest xmlns:manifest=\"{names}\"><manifest:file-entry \
                 manifest:full-path=\"content.xml\"><manifest:encryption-data/>\
                 </manifest:file-entry></manifest:manifest>"
            ),
        )
        .write(&parts);
    for file in [whole, parts] {
        let message = office.refuse(&file);
        assert!(message.contains(protected), "{message}");
    }
}

/// The relationship of a workbook's part.
fn relation(kind: &str, target: &str) -> String {
    format!(
        "<Relationship Id=\"r2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/\
         relationships/{kind}\" Target=\"{target}\"/></Relationships>"
    )
}

/// A workbook with a page and another part.
fn with_related(kind: &str, part: &str, text: String) -> Archive {
    let page = Archive::with_page("<c r=\"A1\" t=\"s\" s=\"0\"><v>0</v></c>");
    let relations = page
        .text("xl/_rels/workbook.xml.rels")
        .replace("</Relationships>", &relation(kind, part));
    page.with_part("xl/_rels/workbook.xml.rels", relations)
        .with_part(&format!("xl/{part}"), text)
}

/// A workbook whose list of sheets is followed by something.
fn with_after_sheets(more: &str) -> Archive {
    let page = Archive::with_page(&cell("A1", "x"));
    let book = page
        .text("xl/workbook.xml")
        .replace("</workbook>", &format!("{more}</workbook>"));
    page.with_part("xl/workbook.xml", book)
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// Files that are small, and would be large or slow for a careless reader. What each message says is
/// the reader's affair, but it names the file, and nothing is recorded.
#[test]
fn small_files_that_unfold() {
    let one_string = format!(
        "<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>",
        "y".repeat(60_000)
    );
    let mut repeated = String::new();
    for row in 1..=700 {
        let _ = write!(
            repeated,
            "<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"
        );
    }
    let sheet =
        format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{repeated}</sheetData></worksheet>");
    let page = |rows: &str| Archive::with_rows(rows, "");
    let text = |inner: &str| {
        page(&format!(
            "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is>{inner}</is></c></row>"
        ))
    };
    let dimension = page("").text("xl/worksheets/sheet1.xml").replace(
        "<sheetData>",
        "<dimension ref=\"ZZZZZZZZ99999999999999:A1\"/><sheetData>",
    );
    let too_much = "more than 10 seconds or 256 MB";
    let not_ours = "there is no sheet About";
    for (name, archive, expected) in [
        (
            "five-million-shared-strings",
            with_related(
                "sharedStrings",
                "sharedStrings.xml",
                format!(
                    "<sst xmlns=\"{MAIN}\" uniqueCount=\"4000000000\">{}</sst>",
                    "<si><t>a</t></si>".repeat(5_000_000)
                ),
            ),
            too_much,
        ),
        (
            "one-string-in-every-cell",
            with_related("sharedStrings", "sharedStrings.xml", one_string)
                .with_part("xl/worksheets/sheet1.xml", sheet),
            "the cells hold more than 33554432 bytes of text",
        ),
        (
            "a-string-that-is-not-there",
            page("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>99999999999999999999</v></c></row>"),
            "",
        ),
        (
            "formats",
            with_related(
                "styles",
                "styles.xml",
                format!(
                    "<styleSheet xmlns=\"{MAIN}\"><numFmts><numFmt numFmtId=\"200\" formatCode=\"{}\"/>\
                     </numFmts><cellXfs><xf numFmtId=\"200\"/></cellXfs></styleSheet>",
                    "[".repeat(5_000_000)
                ),
            ),
            "",
        ),
        (
            "a-long-name",
            with_after_sheets(&format!(
                "<definedNames><definedName name=\"n\">{}</definedName></definedNames>",
                "A".repeat(300_000_000)
            )),
            too_much,
        ),
        (
            "an-entity-of-the-system",
            text("<t>&e;</t>").with_part(
                "xl/worksheets/sheet1.xml",
                format!(
                    "<!DOCTYPE w [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet \
                     xmlns=\"{MAIN}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&e;</t>\
                     </is></c></row></sheetData></worksheet>"
                ),
            ),
            "this is not a readable Excel (.xlsx) file",
        ),
        (
            "a-link-to-another-file",
            with_related("externalLink", "../../../../../etc/passwd", String::new()),
            "",
        ),
        (
            "a-dimension-out-of-range",
            page("").with_part("xl/worksheets/sheet1.xml", dimension),
            "",
        ),
        (
            "a-cell-out-of-range",
            page("<row r=\"99999999999\"><c r=\"ZZZZZZZZZ99999999999\"><v>1</v></c></row>"),
            "it cannot be read: it is damaged",
        ),
        (
            "a-formula-for-the-whole-sheet",
            page(
                "<row r=\"1\"><c r=\"A1\"><f t=\"shared\" ref=\"A1:XFD1048576\" si=\"0\">A2</f><v>1</v>\
                 </c></row>",
            ),
            not_ours,
        ),
        (
            "paths-outside",
            page("<row r=\"1\"/>")
                .with_part("../../../../outside.xml", "x".to_owned())
                .with_part("/outside.xml", "x".to_owned()),
            not_ours,
        ),
        (
            "macros",
            page("<row r=\"1\"/>").with_part("xl/vbaProject.bin", "x".repeat(1_000_000)),
            not_ours,
        ),
    ] {
        let message = refused(&format!("{name}.xlsx"), &archive);
        assert!(message.contains(expected), "{name}: {message}");
    }
}

#[test]
fn archives_whose_directory_lies() {
    let office = Office::open();
    let whole = office.template("survey", "5KF");
    let bytes = std::fs::read(&whole).expect("the workbook");
    // The directory's records, each with the offset of a field and what is written there.
    for (name, at, value) in [
        ("size", 24, &[0xf0, 0xff, 0xff, 0xff][..]),
        ("no-size", 24, &[0; 4]),
        ("password", 8, &[1, 0]),
        ("method", 10, &[99, 0]),
        ("offset", 42, &[0xff, 0xff, 0xff, 0x7f]),
    ] {
        let mut changed = bytes.clone();
        let records: Vec<usize> = changed
            .windows(4)
            .enumerate()
            .filter_map(|(at, signature)| (signature == b"PK\x01\x02").then_some(at))
            .collect();
        assert!(!records.is_empty(), "{name}");
        for record in records {
            let field = changed.get_mut(record + at..record + at + value.len());
            field.expect("a field").copy_from_slice(value);
        }
        let file = office.file(&format!("{name}.xlsx"));
        std::fs::write(&file, changed).expect("a file");
        let path = file.display().to_string();
        let output = wcc_with(&office.settings, &["import", &path]);
        // A wrong size of what is unpacked may be noticed or not; what is read is then the same.
        let told = stderr(&output) + &stdout(&output);
        let is_read = told.contains("nothing to record");
        let is_refused = told.contains(&format!("{name}.xlsx: this is not a readable "));
        assert!(is_read || is_refused, "{name}: {told}");
        assert!(is_refused || name == "size", "{name}: {told}");
    }
}

#[test]
fn open_documents_that_unfold() {
    let table = "<table:table table:name=\"P\"><table:table-row>";
    let text =
        "<table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";
    let row = |cells: &str| format!("{table}{cells}</table:table-row></table:table>");
    let too_much = "more than 10 seconds or 256 MB";
    for (name, body, expected) in [
        (
            "columns",
            row(
                "<table:table-cell table:number-columns-repeated=\"1000000000\" \
                 office:value-type=\"string\"><text:p>x</text:p></table:table-cell>",
            ),
            "has a cell in column 201; expected at most 200 columns",
        ),
        (
            "rows",
            row(text).replace(
                "<table:table-row>",
                "<table:table-row table:number-rows-repeated=\"1000000000\">",
            ),
            "",
        ),
        (
            "spaces",
            row(&format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{}</text:p></table:table-cell>",
                "<text:s text:c=\"1000000\"/>".repeat(10_000)
            )),
            too_much,
        ),
        (
            "tables",
            "<table:table table:name=\"P\"/>".repeat(100_000),
            "there are more than 50 sheets",
        ),
        (
            "entity",
            row(&text.replace("x<", "&e;<")),
            "this is not a readable OpenDocument (.ods) file",
        ),
        (
            "bomb",
            row(&text.replace("x<", &format!("{}<", "x".repeat(400 << 20)))),
            too_much,
        ),
    ] {
        let message = refused(&format!("{name}.ods"), &Archive::open_document(&body));
        assert!(message.contains(expected), "{name}: {message}");
    }
}
