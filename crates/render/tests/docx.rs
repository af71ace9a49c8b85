//! Documents for word processors, opened again: nothing lost, and made of real headings, lists and
//! tables.

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

use quick_xml::Reader;
use quick_xml::events::Event;
use read::sample;
use std::io::{Cursor, Read as _};
use wcc_document::Document;
use wcc_document::model::{Block, Text};
use wcc_render::{Logo, Style};
use zip::ZipArchive;

/// A file opened again.
struct Opened(ZipArchive<Cursor<Vec<u8>>>);

impl Opened {
    fn of(document: &Document) -> Opened {
        Opened::styled(document, &Style::default())
    }

    fn styled(document: &Document, style: &Style) -> Opened {
        let bytes = wcc_render::docx(document, style).expect("a file");
        Opened(ZipArchive::new(Cursor::new(bytes)).expect("an archive"))
    }

    fn part(&mut self, name: &str) -> String {
        let mut part = self.0.by_name(name).expect(name);
        let mut text = String::new();
        part.read_to_string(&mut text).expect("text");
        text
    }

    /// The text of a part, with a line for each paragraph.
    fn text(&mut self, name: &str) -> String {
        let part = self.part(name);
        let mut reader = Reader::from_str(&part);
        let mut text = String::new();
        loop {
            match reader.read_event().expect("XML") {
                Event::Eof => return text,
                Event::Text(run) => text.push_str(&run),
                Event::GeneralRef(entity) => text.push(match &entity[..] {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    other => panic!("{other}"),
                }),
                Event::End(end) if end.name().as_ref() == "w:p" => text.push('\n'),
                _ => {}
            }
        }
    }
}

#[test]
fn every_text_is_in_the_document() {
    for name in read::NAMES {
        let document = sample(name);
        let text = Opened::of(&document).text("word/document.xml");
        for expected in texts::texts(&document) {
            assert!(text.contains(&expected), "{name} lacks {expected:?}");
        }
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let bytes = || wcc_render::docx(&sample("everything"), &Style::default()).expect("a file");
    assert_eq!(bytes(), bytes());
}

#[test]
fn every_part_is_well_formed_and_named() {
    let mut opened = Opened::of(&sample("everything"));
    let types = opened.part("[Content_Types].xml");
    let names = opened.0.file_names();
    let names: Vec<String> = names
        .map(|name| name.expect("a name").into_owned())
        .collect();
    for name in names {
        let part = opened.part(&name);
        let mut reader = Reader::from_str(&part);
        while reader.read_event().expect(&name) != Event::Eof {}
        let is_listed = name.ends_with(".rels") || types.contains(&format!("\"/{name}\""));
        assert!(is_listed || name == "[Content_Types].xml", "{name}");
    }
}

#[test]
fn properties_say_what_it_is() {
    let mut opened = Opened::of(&sample("everything"));
    let core = opened.part("docProps/core.xml");
    for property in [
        "<dc:title>Panel report: South Staffordshire PCT</dc:title>",
        "<dc:subject>World Class Commissioning 2009/10, South Staffordshire</dc:subject>",
        "<dc:creator>West Midlands Strategic Health Authority</dc:creator>",
        "<cp:contentStatus>Draft: not released</cp:contentStatus>",
        "<cp:version>2010-05-14</cp:version>",
        ">2010-05-14T00:00:00Z</dcterms:created>",
    ] {
        assert!(core.contains(property), "{property} in {core}");
    }
    let custom = opened.part("docProps/custom.xml");
    assert!(
        custom.contains(r#"name="Head of the ledger"><vt:lpwstr>9f2c"#),
        "{custom}"
    );
    for part in ["word/header1.xml", "word/footer1.xml"] {
        let text = opened.text(part);
        assert!(!text.is_empty(), "{part}");
    }
    assert!(
        opened
            .text("word/header1.xml")
            .contains("Draft: not released")
    );
    assert!(opened.part("word/footer1.xml").contains(" NUMPAGES "));
}

#[test]
fn only_drafts_are_marked_as_drafts() {
    let header = Opened::of(&sample("region")).part("word/header1.xml");
    assert!(!header.contains("Watermark"), "{header}");
    let header = Opened::of(&sample("everything")).part("word/header1.xml");
    assert!(header.contains("Watermark"), "{header}");
}

#[test]
fn headings_tables_and_lists_are_real() {
    let document = sample("everything");
    let text = Opened::of(&document).part("word/document.xml");
    for style in [
        "Heading1",
        "Heading2",
        "Heading3",
        "TOC1",
        "TOC2",
        "ListParagraph",
    ] {
        assert!(
            text.contains(&format!("<w:pStyle w:val=\"{style}\">")),
            "{style}"
        );
    }
    // Each table with a caption has rows of headings, which are repeated.
    for table in text.split("<w:tbl>").skip(1) {
        let has_caption = table.contains("<w:tblCaption ");
        let rows = table.split("</w:tbl>").next().expect("a table");
        assert_eq!(has_caption, rows.contains("<w:tblHeader>"), "{rows}");
    }
    // Each numbered list begins at 1: it has a number of its own.
    let numbered = |number: u32| format!("<w:numId w:val=\"{number}\">");
    assert!(text.contains(&numbered(2)) && text.contains(&numbered(3)));
    // Links arrive at bookmarks.
    for link in text.split("w:anchor=\"").skip(1) {
        let name = link.split('"').next().expect("a name");
        assert!(text.contains(&format!("w:name=\"{name}\"")), "{name}");
    }
}

#[test]
fn text_from_right_to_left_says_so() {
    let mut document = sample("empty");
    document.sections = sample("everything").sections;
    let text = Opened::of(&document).part("word/document.xml");
    let arabic = text
        .split("<w:p>")
        .find(|paragraph| paragraph.contains("يشكر"));
    let arabic = arabic.expect("the paragraph");
    assert!(
        arabic.contains("<w:bidi>") && arabic.contains("<w:rtl>"),
        "{arabic}"
    );
    let english = text
        .split("<w:p>")
        .find(|paragraph| paragraph.contains("thanks"));
    let english = english.expect("the paragraph");
    assert!(
        !english.contains("<w:bidi>") && !english.contains("<w:rtl>"),
        "{english}"
    );
}

#[test]
fn characters_that_xml_forbids_are_left_out() {
    let mut document = sample("empty");
    document.subject = "be\u{1}fore\u{ffff}".to_owned();
    let text = Opened::of(&document).text("word/document.xml");
    assert!(text.contains("before"), "{text}");
}

#[test]
fn a_picture_is_the_logo_and_keeps_its_proportions() {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(400_u32.to_be_bytes());
    bytes.extend(100_u32.to_be_bytes());
    let style = Style {
        logo: Some(Logo {
            picture: bytes,
            drawing: Some(b"<svg/>".to_vec()),
            alternative: "Office".to_owned(),
        }),
        ..Style::default()
    };
    let mut opened = Opened::styled(&sample("empty"), &style);
    let text = opened.part("word/document.xml");
    assert!(
        text.contains(r#"<wp:extent cx="2200000" cy="550000">"#),
        "{text}"
    );
    assert!(
        opened
            .part("word/_rels/document.xml.rels")
            .contains("media/logo.png")
    );
    let size = opened
        .0
        .by_name("word/media/logo.png")
        .expect("the logo")
        .size();
    assert_eq!(size, 24);
}

#[test]
fn an_item_without_text_keeps_its_blocks() {
    let mut document = sample("everything");
    let mut blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let table = blocks.find(|block| matches!(block, Block::Table(_)));
    let table = table.cloned();
    document.sections.truncate(1);
    document.sections[0].blocks = vec![Block::List {
        ordered: true,
        markers: Vec::new(),
        items: vec![vec![
            table.expect("a table"),
            Block::Nothing(Text::plain("nothing")),
        ]],
    }];
    let text = Opened::of(&document).text("word/document.xml");
    assert!(text.contains("Life expectancy") && text.contains("nothing"));
}
