//! A document for word processors (`.docx`): real headings, lists and tables, so that it can be
//! worked on. The parts of the file are XML, which templates write as they write web pages.

mod blocks;
mod charts;
mod marks;
mod paragraph;
mod parts;
mod styles;
mod table;

use crate::RenderError;
use crate::format::Format;
use crate::style::Style;
use crate::words;
use maud::{Markup, html};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use wcc_document::Document;
use wcc_document::model::{Orientation, Section};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Lays a document out for word processors. The same document and style give the same bytes.
///
/// # Errors
/// The file could not be put together.
pub fn docx(document: &Document, style: &Style) -> Result<Vec<u8>, RenderError> {
    let writer = Writer::new(document, style);
    let body = writer.document();
    let logo = style.logo.as_ref();
    let has_logo = logo.is_some();
    let mut files = vec![
        ("[Content_Types].xml", xml(parts::content_types(has_logo))),
        ("_rels/.rels", xml(parts::package_relations())),
        ("docProps/core.xml", xml(parts::core(document, style))),
        ("docProps/app.xml", xml(parts::app())),
        ("docProps/custom.xml", xml(parts::custom(document))),
        ("word/document.xml", xml(body)),
        ("word/styles.xml", xml(styles::styles(document, style))),
        (
            "word/numbering.xml",
            xml(parts::numbering(writer.lists.get())),
        ),
        ("word/settings.xml", xml(parts::settings())),
        ("word/header1.xml", xml(writer.header())),
        ("word/footer1.xml", xml(writer.footer())),
        (
            "word/_rels/document.xml.rels",
            xml(parts::document_relations(has_logo)),
        ),
    ];
    if let Some(logo) = logo {
        files.push(("word/media/logo.png", logo.picture.clone()));
    }
    pack(&files).map_err(|error| RenderError::failed(Format::Docx, error))
}

/// The parts as one archive, with fixed times.
fn pack(files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// A part, without the characters that XML forbids.
fn xml(part: Markup) -> Vec<u8> {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");
    let is_allowed = |one: &char| !matches!(one, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    text.extend(part.into_string().chars().filter(is_allowed));
    text.into_bytes()
}

/// What the parts of a document need to know of the whole.
struct Writer<'a> {
    document: &'a Document,
    style: &'a Style,
    /// The bookmark of each section.
    bookmarks: BTreeMap<&'a str, usize>,
    /// How many numbered lists there are so far: each begins at 1.
    lists: Cell<usize>,
}

impl<'a> Writer<'a> {
    fn new(document: &'a Document, style: &'a Style) -> Writer<'a> {
        let ids = words::section_ids(document).into_iter();
        Writer {
            document,
            style,
            bookmarks: ids.zip(1..).collect(),
            lists: Cell::new(0),
        }
    }

    /// Width and height of a page, in twentieths of a point.
    fn page(&self) -> (u32, u32) {
        match self.document.orientation {
            Orientation::Portrait => (11_906, 16_838),
            Orientation::Landscape => (16_838, 11_906),
        }
    }

    /// Width of the text on a page.
    fn width(&self) -> u32 {
        self.page().0 - 2 * MARGIN
    }

    fn document(&self) -> Markup {
        let document = self.document;
        let (width, height) = self.page();
        let landscape = (document.orientation == Orientation::Landscape).then_some("landscape");
        html! {
            w:document xmlns:w=(parts::W) xmlns:r=(parts::R) xmlns:wp=(parts::WP) {
                w:body {
                    (self.first_page())
                    @for section in &document.sections { (self.section(section, 1)) }
                    @if !document.provenance.is_empty() {
                        (self.heading(words::PROVENANCE, 1, false, None))
                        (self.facts(&document.provenance))
                    }
                    w:sectPr {
                        w:headerReference w:type="default" r:id="rIdHeader" {}
                        w:footerReference w:type="default" r:id="rIdFooter" {}
                        w:pgSz w:w=(width) w:h=(height) w:orient=[landscape] {}
                        w:pgMar w:top="1304" w:right=(MARGIN) w:bottom="1134" w:left=(MARGIN)
                            w:header="567" w:footer="510" w:gutter="0" {}
                    }
                }
            }
        }
    }

    fn first_page(&self) -> Markup {
        let document = self.document;
        let authority = self.style.organisation_on(document);
        let status = if words::is_draft(document) {
            "StatusDraft"
        } else {
            "Status"
        };
        html! {
            (self.logo_paragraph())
            @if let Some(authority) = authority { (self.line("Authority", authority)) }
            (self.line("Cycle", &document.cycle))
            (self.line("Subtitle", &document.title))
            (self.line("Title", &document.subject))
            (self.line(status, words::status(&document.status)))
            (self.line("Cycle", &format!(
                "Results as of {} · Code {}", words::date(document), document.code
            )))
            @for notice in &document.notices { (self.notice(notice)) }
            @if !document.legend.is_empty() { (self.legend()) }
            @if !document.sections.is_empty() { (self.contents()) }
        }
    }

    /// The contents as a field, which a word processor can update.
    fn contents(&self) -> Markup {
        let mut entries = Vec::new();
        for section in &self.document.sections {
            entries.push((1, section));
            entries.extend(section.sections.iter().map(|inner| (2, inner)));
        }
        let last = entries.len().saturating_sub(1);
        html! {
            (self.line("ContentsTitle", "Contents"))
            @for (at, (level, section)) in entries.iter().enumerate() {
                w:p {
                    w:pPr { w:pStyle w:val={ "TOC" (level) } {} (paragraph::direction(&section.title)) }
                    @if at == 0 {
                        w:r { w:fldChar w:fldCharType="begin" {} }
                        w:r { w:instrText xml:space="preserve" { " TOC \\o \"1-2\" \\n \\h \\z \\u " } }
                        w:r { w:fldChar w:fldCharType="separate" {} }
                    }
                    (self.link(&section.id, paragraph::runs(&section.title, &html! {})))
                    @if at == last { w:r { w:fldChar w:fldCharType="end" {} } }
                }
            }
        }
    }

    fn section(&self, section: &Section, level: u8) -> Markup {
        html! {
            (self.heading(&section.title, level, section.new_page, Some(&section.id)))
            (self.blocks(&section.blocks, 0))
            @for inner in &section.sections { (self.section(inner, level.saturating_add(1))) }
        }
    }

    fn heading(&self, title: &str, level: u8, new_page: bool, id: Option<&str>) -> Markup {
        let bookmark = id.and_then(|id| self.bookmarks.get(id));
        html! {
            w:p {
                w:pPr {
                    w:pStyle w:val={ "Heading" (level.min(6)) } {}
                    @if new_page { w:pageBreakBefore {} }
                    (paragraph::direction(title))
                }
                @if let Some(number) = bookmark {
                    w:bookmarkStart w:id=(number) w:name={ "section_" (number) } {}
                    (paragraph::runs(title, &html! {}))
                    w:bookmarkEnd w:id=(number) {}
                } @else {
                    (paragraph::runs(title, &html! {}))
                }
            }
        }
    }

    /// A link to a section, if there is one.
    fn link(&self, id: &str, runs: Markup) -> Markup {
        match self.bookmarks.get(id) {
            Some(number) => html! { w:hyperlink w:anchor={ "section_" (number) } { (runs) } },
            None => runs,
        }
    }
}

/// The margin at both sides of a page, in twentieths of a point.
const MARGIN: u32 = 1_134;
