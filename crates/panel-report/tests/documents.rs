//! What people do in a word processor: merged cells, tables within tables, text boxes, tracked changes,
//! footnotes, symbol fonts. Each case is a body of a `.docx` and the text that is read from it.

#![allow(clippy::expect_used, reason = "tests may panic")]

use std::io::Write as _;
use wcc_panel_report::{DocumentKind, text_of};

fn document(body: &str, footnotes: Option<&str>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mut part = |name: &str, xml: String| {
        archive.start_file(name, options).expect("a part");
        archive.write_all(xml.as_bytes()).expect("written");
    };
    part(
        "word/document.xml",
        format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"),
    );
    if let Some(notes) = footnotes {
        part(
            "word/footnotes.xml",
            format!("<w:footnotes xmlns:w=\"w\">{notes}</w:footnotes>"),
        );
    }
    archive.finish().expect("an archive").into_inner()
}

fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>")
}

fn cell(text: &str) -> String {
    format!("<w:tc>{}</w:tc>", paragraph(text))
}

fn wide(text: &str, span: usize) -> String {
    format!(
        "<w:tc><w:tcPr><w:gridSpan w:val=\"{span}\"/></w:tcPr>{}</w:tc>",
        paragraph(text)
    )
}

fn table(rows: &[String]) -> String {
    let rows: String = rows
        .iter()
        .map(|row| format!("<w:tr>{row}</w:tr>"))
        .collect();
    format!("<w:tbl>{rows}</w:tbl>")
}

fn cells(texts: &[&str]) -> String {
    texts.iter().map(|text| cell(text)).collect()
}

fn read(body: &str) -> String {
    text_of(&document(body, None), DocumentKind::Docx).expect("a document")
}

#[test]
fn a_mark_across_two_columns_is_in_neither() {
    let heading = cells(&["Measure", "1", "2", "3", "4"]);
    let usual = cells(&["Skills", "●", "✓", "□", ""]);
    let merged = format!(
        "{}{}{}",
        cell("Reputation"),
        wide("✓", 2),
        cells(&["□", ""])
    );
    let number = format!("{}{}{}", cell("Leader"), wide("3", 2), cells(&["", ""]));
    assert_eq!(
        read(&table(&[heading, usual, merged, number])),
        "Measure\t1\t2\t3\t4\nSkills\t●\t✓\t□\t\nReputation\t✓\t✓\t□\t\nLeader\t3 ⇔\t3 ⇔\t\t\n"
    );
}

#[test]
fn a_finer_grid_and_wide_titles_change_no_column() {
    let heading = format!("{}{}", wide("Measure", 2), cells(&["1", "2"]));
    let row = format!(
        "{}{}",
        cell("Work with partners"),
        cells(&["Skills", "✓", ""])
    );
    let titled = format!("{}{}", wide("Reputation of the body", 2), cells(&["", "✓"]));
    // A row of another authority's hand: every cell is two columns of the grid wide.
    let doubled: Vec<String> = [heading.clone(), row, titled].to_vec();
    assert_eq!(
        read(&table(&doubled)),
        "Measure\t1\t2\nWork with partners\tSkills\t✓\t\nReputation of the body\t\t✓\n"
    );
    let double = |texts: &[&str]| texts.iter().map(|text| wide(text, 2)).collect::<String>();
    assert_eq!(
        read(&table(&[
            double(&["Measure", "1", "2"]),
            double(&["Skills", "✓", ""])
        ])),
        "Measure\t1\t2\nSkills\t✓\t\n"
    );
    let left_out = format!(
        "<w:trPr><w:gridBefore w:val=\"1\"/><w:gridAfter w:val=\"1\"/></w:trPr>{}",
        cells(&["✓"])
    );
    assert_eq!(
        read(&table(&[
            cells(&["Measure", "1", "2"]),
            cells(&["Skills", "✓", ""]),
            left_out
        ])),
        "Measure\t1\t2\nSkills\t✓\t\n\t✓\t\n"
    );
}

#[test]
fn tables_within_tables() {
    let inner = table(&[cells(&["Skills", "✓"]), cells(&["Reputation", ""])]);
    let layout = format!("<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>");
    assert!(
        read(&layout).starts_with("Skills\t✓\nReputation\t\n"),
        "{}",
        read(&layout)
    );
    let beside = format!(
        "<w:tbl><w:tr>{}<w:tc>{inner}</w:tc></w:tr></w:tbl>",
        cell("Left")
    );
    assert_eq!(read(&beside), "Left\tSkills ✓ Reputation\n");
}

#[test]
fn tracked_changes_are_taken_as_accepted() {
    let body = "<w:p><w:pPr><w:numPr/><w:pPrChange><w:pPr><w:numPr/></w:pPr></w:pPrChange></w:pPr>\
        <w:r><w:t>Level </w:t></w:r><w:del><w:r><w:delText>3</w:delText></w:r></w:del>\
        <w:ins><w:r><w:t>2</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> elsewhere</w:t></w:r></w:moveFrom></w:p>";
    assert_eq!(read(body), "• Level 2\n");
    let deleted = format!(
        "<w:trPr><w:del w:id=\"1\"/></w:trPr>{}",
        cells(&["Skills", "✓"])
    );
    assert_eq!(
        read(&table(&[deleted, cells(&["Skills", "□"])])),
        "Skills\t□\n"
    );
}

#[test]
fn text_boxes_footnotes_tabs_and_symbol_fonts() {
    let text_box = "<w:p><w:r><w:t>Before</w:t></w:r><mc:AlternateContent><mc:Choice><w:txbxContent>\
        <w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>\
        <w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent>\
        <w:r><w:t> and after</w:t></w:r></w:p>";
    assert_eq!(read(text_box), "Before and after\nIn the box\n");
    let tabs = "<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>1.</w:t><w:tab/><w:t>Title</w:t><w:tab/><w:t>0.3</w:t></w:r></w:p>";
    assert_eq!(read(tabs), "1. Title\t0.3\n");
    let symbols = "<w:p><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FC\"/></w:r><w:r><w:rPr>\
        <w:rFonts w:ascii=\"Wingdings\"/></w:rPr><w:t>\u{FC}</w:t></w:r><w:r><w:rPr>\
        <w:rFonts w:ascii=\"Wingdings 2\"/></w:rPr><w:t>P</w:t></w:r><w:r><w:t>P</w:t></w:r></w:p>";
    assert_eq!(read(symbols), "\u{F0FC}\u{F0FC}✓P\n");
    let note = "<w:footnote w:id=\"2\"><w:p><w:r><w:footnoteRef/><w:t>Three years</w:t></w:r></w:p></w:footnote>";
    let rows = format!(
        "<w:tc><w:p><w:r><w:t>Infant mortality</w:t><w:footnoteReference w:id=\"2\"/></w:r></w:p></w:tc>{}",
        cell("0.3")
    );
    let body = format!("{}{}", table(&[rows]), paragraph("After"));
    let text = text_of(&document(&body, Some(note)), DocumentKind::Docx).expect("a document");
    assert_eq!(text, "Infant mortality¹\t0.3\n¹ Three years\nAfter\n");
}

#[test]
fn nesting_without_end_is_refused() {
    let deep = "<w:tbl><w:tr><w:tc>".repeat(100_000);
    let error = text_of(&document(&deep, None), DocumentKind::Docx).expect_err("too deep");
    assert!(error.to_string().contains("nested"), "{error}");
    let wide: String = std::iter::repeat_n(wide("✓", 200), 100_000).collect();
    assert!(text_of(&document(&table(&[wide]), None), DocumentKind::Docx).is_err());
}
