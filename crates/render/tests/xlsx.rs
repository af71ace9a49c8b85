//! Workbooks, opened again: nothing lost, numbers are numbers, and nothing is a formula.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "samples/read.rs"]
mod read;
#[path = "samples/texts.rs"]
mod texts;

use calamine::{Data, Reader as _, Xlsx};
use read::sample;
use std::io::{Cursor, Read as _};
use wcc_document::Document;
use wcc_document::model::{Block, Text};
use wcc_render::{Logo, RenderError, Style};

type Workbook = Xlsx<Cursor<Vec<u8>>>;

fn bytes(document: &Document) -> Vec<u8> {
    wcc_render::xlsx(document, &Style::default()).expect("a workbook")
}

fn open(document: &Document) -> Workbook {
    Xlsx::new(Cursor::new(bytes(document))).expect("a workbook")
}

/// All cells of all sheets.
fn cells(workbook: &mut Workbook) -> Vec<Data> {
    let sheets = workbook.worksheets();
    let cells = sheets.iter().flat_map(|(_, range)| range.cells());
    cells.map(|(_, _, cell)| cell.clone()).collect()
}

#[test]
fn every_text_is_in_the_workbook() {
    for name in read::NAMES {
        let document = sample(name);
        let cells = cells(&mut open(&document));
        let text: Vec<String> = cells.iter().map(Data::to_string).collect();
        let text = text.join("\n");
        let numbers = cells.iter().filter_map(|cell| match cell {
            Data::Float(number) => Some(*number),
            _ => None,
        });
        let numbers: Vec<f64> = numbers.collect();
        for expected in texts::texts(&document) {
            let digits: String = expected
                .replace('−', "-")
                .chars()
                .filter(|one| one.is_ascii_digit() || ['-', '.'].contains(one))
                .collect();
            let is_number = digits.parse().is_ok_and(|number| numbers.contains(&number));
            assert!(
                text.contains(&expected) || is_number,
                "{name} lacks {expected:?}"
            );
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(bytes(&sample("everything")), bytes(&sample("everything")));
}

#[test]
fn nothing_is_a_formula() {
    let document = sample("everything");
    let mut workbook = open(&document);
    for name in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&name).expect("formulas");
        assert!(formulas.is_empty(), "{name}");
    }
    let cells = cells(&mut workbook);
    assert!(cells.contains(&Data::String(
        "=HYPERLINK(\"http://example.com\")".to_owned()
    )));
    assert!(cells.contains(&Data::String("-2+3".to_owned())));
}

#[test]
fn numbers_are_numbers_and_look_as_they_are_printed() {
    let mut workbook = open(&sample("everything"));
    let cells = cells(&mut workbook);
    for number in [0.4, -4.9, 1234.5, 4.94, 71.3] {
        assert!(cells.contains(&Data::Float(number)), "{number}");
    }
    let styles = part(bytes(&sample("everything")), "xl/styles.xml");
    assert!(
        styles.contains("formatCode=\"+0.0&quot;%&quot;"),
        "{styles}"
    );
}

#[test]
fn each_section_has_a_sheet_with_a_name_of_its_own() {
    let mut document = sample("everything");
    let mut twin = document.sections[0].clone();
    twin.title = "overview".to_owned();
    document.sections.push(twin);
    let mut third = document.sections[0].clone();
    third.title = "[Results]: what/why? 'A very long title that no sheet can have'".to_owned();
    document.sections.push(third);
    let workbook = open(&document);
    let names = workbook.sheet_names();
    assert_eq!(names.len(), document.sections.len() + 1);
    assert_eq!(names[..2], ["Summary", "Overview"]);
    let last = &names[names.len() - 2..];
    assert_eq!(last, ["overview 2", "Results what why 'A very long…"]);
}

#[test]
fn a_line_that_breaks_has_a_column_for_each_part() {
    let cells = cells(&mut open(&sample("everything")));
    let heading = "South Staffordshire (new series)".to_owned();
    assert!(cells.contains(&Data::String(heading)));
    let chart = part(bytes(&sample("everything")), "xl/charts/chart1.xml");
    assert_eq!(chart.matches("<c:ser>").count(), 6, "{chart}");
}

#[test]
fn properties_and_pages_say_what_it_is() {
    let file = bytes(&sample("everything"));
    let core = part(file.clone(), "docProps/core.xml");
    for property in [
        "<dc:title>Panel report: South Staffordshire PCT</dc:title>",
        "<cp:contentStatus>Draft: not released</cp:contentStatus>",
        ">2010-05-14T00:00:00Z</dcterms:created>",
    ] {
        assert!(core.contains(property), "{property} in {core}");
    }
    let custom = part(file.clone(), "docProps/custom.xml");
    assert!(custom.contains("Head of the ledger"), "{custom}");
    let challenges = part(file, "xl/worksheets/sheet10.xml");
    // The title, the caption and the head of the table stay in view.
    assert!(challenges.contains("<pane ySplit=\"3\""), "{challenges}");
    assert!(challenges.contains("Draft: not released"), "{challenges}");
    assert!(challenges.contains("paperSize=\"9\""), "{challenges}");
}

#[test]
fn a_cell_that_is_too_long_is_refused_and_a_paragraph_is_not() {
    let mut document = sample("everything");
    let long = "word ".repeat(8_000);
    document.sections[0].blocks = vec![Block::Paragraph(Text::plain(&long))];
    let texts = cells(&mut open(&document));
    let words: usize = texts
        .iter()
        .map(|cell| cell.to_string().matches("word ").count())
        .sum();
    assert!(words >= 8_000, "{words}");
    let table = document
        .sections
        .iter_mut()
        .flat_map(|section| &mut section.blocks);
    let mut tables = table.filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    tables.next().expect("a table").rows[1].cells[0].text = Text::plain(&long);
    let error = wcc_render::xlsx(&document, &Style::default()).expect_err("too long");
    assert!(matches!(error, RenderError::TooLong { .. }), "{error}");
    assert!(error.to_string().contains("40000"), "{error}");
}

fn part(file: Vec<u8>, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).expect("an archive");
    let mut part = archive.by_name(name).expect(name);
    let mut text = String::new();
    part.read_to_string(&mut text).expect("text");
    text
}

#[test]
fn the_logo_is_a_picture_on_the_first_sheet_with_its_words() {
    let mut picture = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    picture.extend(400_u32.to_be_bytes());
    picture.extend(100_u32.to_be_bytes());
    picture.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    picture.extend(b"\0\0\0\0IEND\0\0\0\0");
    let style = Style {
        logo: Some(Logo {
            picture: picture.clone(),
            drawing: Some(b"<svg/>".to_vec()),
            alternative: "Office of Assurance".to_owned(),
        }),
        ..Style::default()
    };
    let document = sample("empty");
    let with_logo = wcc_render::xlsx(&document, &style).expect("a workbook");
    let again = wcc_render::xlsx(&document, &style).expect("a workbook");
    assert!(with_logo == again, "the same style gives the same bytes");
    let mut archive = zip::ZipArchive::new(Cursor::new(with_logo)).expect("an archive");
    let mut part = |name: &str| {
        let mut bytes = Vec::new();
        let mut file = archive.by_name(name).expect("a part");
        file.read_to_end(&mut bytes).expect("its bytes");
        bytes
    };
    assert_eq!(part("xl/media/image1.png"), picture);
    let drawing = String::from_utf8(part("xl/drawings/drawing1.xml")).expect("text");
    assert!(
        drawing.contains("descr=\"Office of Assurance\""),
        "{drawing}"
    );
    // 230 by 57 pixels, in the units of the format.
    assert!(
        drawing.contains("cx=\"2190750\" cy=\"542925\""),
        "{drawing}"
    );
    let sheet = String::from_utf8(part("xl/worksheets/sheet1.xml")).expect("text");
    assert!(sheet.contains("<drawing "), "{sheet}");
}
