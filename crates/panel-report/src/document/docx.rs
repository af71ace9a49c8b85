//! The text of a `.docx`: its paragraphs, tables, text boxes and footnotes.

use super::DocumentError;
use super::grid::{self, GridCell};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::HashMap;
use std::io::{Cursor, Read, Seek};
use zip::ZipArchive;

/// The most that is unpacked of one part, in bytes.
const MAX_UNPACKED: u64 = 48 << 20;
/// The deepest nesting of paragraphs, tables and cells.
const MAX_DEPTH: usize = 100;
/// The widest table, in columns of its grid.
const MAX_COLUMNS: usize = 200;

/// Elements without text of the document: what was deleted or moved away, the second form of a text box,
/// earlier settings, tab stops.
const LEFT_OUT: &[&str] = &[
    "del",
    "moveFrom",
    "Fallback",
    "pPrChange",
    "rPrChange",
    "tcPrChange",
    "trPrChange",
    "tblPrChange",
    "tblGridChange",
    "sectPrChange",
    "tabs",
    "instrText",
    "delText",
];

fn malformed(error: &dyn std::fmt::Display) -> DocumentError {
    DocumentError::Malformed(error.to_string())
}

pub(super) fn text(bytes: &[u8]) -> Result<String, DocumentError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(&error))?;
    let Some(document) = part(&mut archive, "word/document.xml")? else {
        return Err(DocumentError::Malformed(
            "it has no word/document.xml".to_owned(),
        ));
    };
    let footnotes = match part(&mut archive, "word/footnotes.xml")? {
        Some(xml) => Writer::read(&xml, HashMap::new())?.footnotes,
        None => HashMap::new(),
    };
    let writer = Writer::read(&document, footnotes)?;
    let mut text = writer.lines.join("\n");
    text.push('\n');
    Ok(text)
}

/// A part of the document; `None` if it has none.
fn part(
    archive: &mut ZipArchive<impl Read + Seek>,
    name: &str,
) -> Result<Option<String>, DocumentError> {
    let part = match archive.by_name(name) {
        Ok(part) => part,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(malformed(&error)),
    };
    let mut xml = Vec::new();
    let read = part.take(MAX_UNPACKED + 1).read_to_end(&mut xml);
    read.map_err(|error| malformed(&error))?;
    if xml.len() as u64 > MAX_UNPACKED {
        return Err(DocumentError::TooLarge);
    }
    String::from_utf8(xml)
        .map(Some)
        .map_err(|error| malformed(&error))
}

/// What is being read, from the outside to the inside.
enum Frame {
    Paragraph(Paragraph),
    Table(Vec<Vec<GridCell>>),
    Row(Row),
    Cell(GridCell),
    TextBox(Vec<String>),
    /// A footnote with its identifier.
    Footnote(String, Vec<String>),
}

#[derive(Default)]
struct Paragraph {
    text: String,
    /// Lines of text boxes and footnotes, which come after it.
    after: Vec<String>,
    has_bullet: bool,
}

#[derive(Default)]
struct Row {
    cells: Vec<GridCell>,
    /// Where the next cell begins, in columns of the grid.
    at: usize,
    is_deleted: bool,
}

/// How the signs of a run are shown.
#[derive(Clone, Copy, PartialEq)]
enum Font {
    Letters,
    Wingdings,
    Wingdings2,
}

impl Font {
    fn named(name: &str) -> Font {
        match name.to_ascii_lowercase().as_str() {
            "wingdings" => Font::Wingdings,
            "wingdings 2" => Font::Wingdings2,
            _ => Font::Letters,
        }
    }

    /// The sign that a character of a symbol font shows. Those of Wingdings are private characters, which
    /// the reader knows.
    fn sign(self, sign: char) -> char {
        let code = u32::from(sign);
        let code = if (0xF000..0xF100).contains(&code) {
            code - 0xF000
        } else {
            code
        };
        match self {
            Font::Letters => sign,
            _ if code > 0xFF || sign == ' ' => sign,
            Font::Wingdings => char::from_u32(0xF000 + code).unwrap_or(sign),
            Font::Wingdings2 => match code {
                0x50 => '✓',
                0x4F => '✗',
                0x52 => '☑',
                0x53 => '☒',
                0xA3 => '□',
                _ => char::REPLACEMENT_CHARACTER,
            },
        }
    }
}

struct Writer {
    lines: Vec<String>,
    frames: Vec<Frame>,
    /// Depth within an element that is left out.
    left_out: usize,
    in_text: bool,
    font: Font,
    /// Texts of footnotes by their identifier.
    footnotes: HashMap<String, Vec<String>>,
    /// Footnotes that come after the outermost paragraph or table, which has not ended.
    pending: Vec<String>,
    /// How many footnotes were referred to.
    references: usize,
    /// Bytes of text so far.
    length: usize,
}

impl Writer {
    fn read(xml: &str, footnotes: HashMap<String, Vec<String>>) -> Result<Writer, DocumentError> {
        let mut writer = Writer {
            lines: Vec::new(),
            frames: Vec::new(),
            left_out: 0,
            in_text: false,
            font: Font::Letters,
            footnotes,
            pending: Vec::new(),
            references: 0,
            length: 0,
        };
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event().map_err(|error| malformed(&error))? {
                Event::Start(tag) => writer.open(&tag)?,
                Event::Empty(tag) => {
                    writer.open(&tag)?;
                    writer.close(tag.local_name().as_ref());
                }
                Event::End(tag) => writer.close(tag.local_name().as_ref()),
                Event::Text(text) => writer.write(&text),
                Event::GeneralRef(name) => writer.write(&entity(&name)),
                Event::Eof => break,
                _ => {}
            }
            if writer.length > crate::MAX_BYTES {
                return Err(DocumentError::TooLarge);
            }
        }
        while !writer.frames.is_empty() {
            writer.pop();
        }
        Ok(writer)
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), DocumentError> {
        let name = tag.local_name();
        let name: &str = name.as_ref();
        if self.left_out > 0 || LEFT_OUT.contains(&name) {
            if name == "del"
                && self.left_out == 0
                && let Some(Frame::Row(row)) = self.frames.last_mut()
            {
                row.is_deleted = true;
            }
            self.left_out += 1;
            return Ok(());
        }
        let frame = match name {
            "p" => Some(Frame::Paragraph(Paragraph::default())),
            "tbl" => Some(Frame::Table(Vec::new())),
            "tr" => Some(Frame::Row(Row::default())),
            "tc" => Some(Frame::Cell(GridCell {
                span: 1,
                ..GridCell::default()
            })),
            "txbxContent" => Some(Frame::TextBox(Vec::new())),
            "footnote" => Some(Frame::Footnote(
                attribute(tag, "id").unwrap_or_default(),
                Vec::new(),
            )),
            _ => None,
        };
        if let Some(frame) = frame {
            if self.frames.len() >= MAX_DEPTH {
                return Err(DocumentError::Malformed(format!(
                    "its tables are nested more than {MAX_DEPTH} deep"
                )));
            }
            self.frames.push(frame);
            return Ok(());
        }
        let number = || attribute(tag, "val").and_then(|value| value.parse::<usize>().ok());
        match name {
            "r" => self.font = Font::Letters,
            "t" => self.in_text = true,
            "rFonts" => {
                let font = ["ascii", "hAnsi"].into_iter();
                let fonts = font.filter_map(|key| attribute(tag, key));
                let symbols = fonts.map(|name| Font::named(&name));
                self.font = symbols
                    .into_iter()
                    .find(|font| *font != Font::Letters)
                    .unwrap_or(Font::Letters);
            }
            "sym" => self.append(&symbol(tag)),
            "tab" => {
                let is_first = matches!(
                    self.frames.last(),
                    Some(Frame::Paragraph(paragraph)) if paragraph.text.chars().count() <= 4
                );
                let in_cell = self
                    .frames
                    .iter()
                    .any(|frame| matches!(frame, Frame::Cell(_)));
                self.append(if is_first || in_cell { " " } else { "\t" });
            }
            "br" | "cr" => self.append(" "),
            "softHyphen" => self.append("\u{AD}"),
            "noBreakHyphen" => self.append("-"),
            "footnoteReference" => self.refer(attribute(tag, "id").unwrap_or_default()),
            "gridSpan" => {
                if let (Some(Frame::Cell(cell)), Some(span)) = (self.frames.last_mut(), number()) {
                    cell.span = span.clamp(1, MAX_COLUMNS);
                }
            }
            "gridBefore" => {
                if let (Some(Frame::Row(row)), Some(before)) = (self.frames.last_mut(), number()) {
                    row.at = before.min(MAX_COLUMNS);
                }
            }
            "gridAfter" => {
                if let (Some(Frame::Row(row)), Some(after)) = (self.frames.last_mut(), number()) {
                    // It comes before the cells in the file, and after them in the row.
                    row.cells.push(GridCell {
                        start: usize::MAX,
                        span: after.clamp(1, MAX_COLUMNS),
                        ..GridCell::default()
                    });
                }
            }
            // A paragraph of a list has no sign of its own.
            "numPr" => {
                let in_cell = self
                    .frames
                    .iter()
                    .any(|frame| matches!(frame, Frame::Cell(_)));
                if let Some(Frame::Paragraph(paragraph)) = self.frames.last_mut()
                    && !in_cell
                    && !paragraph.has_bullet
                {
                    paragraph.has_bullet = true;
                    paragraph.text.insert_str(0, "• ");
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, name: &str) {
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        match name {
            "t" => self.in_text = false,
            "p" | "tbl" | "tr" | "tc" | "txbxContent" | "footnote" => self.pop(),
            _ => {}
        }
    }

    /// Ends the innermost frame, and gives its lines to the one around it.
    fn pop(&mut self) {
        match self.frames.pop() {
            Some(Frame::Paragraph(paragraph)) => {
                // A paragraph that only holds a text box is no blank line.
                let own = Some(paragraph.text)
                    .filter(|text| !text.is_empty() || paragraph.after.is_empty());
                let lines = own.into_iter().chain(paragraph.after);
                self.give(lines.collect(), false);
            }
            Some(Frame::Table(rows)) => self.give(grid::lines(&rows), true),
            Some(Frame::Row(mut row)) => {
                let after = row
                    .cells
                    .iter()
                    .position(|cell| cell.start == usize::MAX)
                    .map(|at| row.cells.remove(at));
                row.cells.extend(after.map(|cell| GridCell {
                    start: row.at,
                    ..cell
                }));
                if let Some(Frame::Table(rows)) = self.frames.last_mut()
                    && !row.is_deleted
                {
                    self.length += row.cells.iter().map(|cell| cell.span).sum::<usize>();
                    rows.push(row.cells);
                }
            }
            Some(Frame::Cell(mut cell)) => {
                if let Some(Frame::Row(row)) = self.frames.last_mut() {
                    cell.start = row.at;
                    row.at = (row.at + cell.span).min(MAX_COLUMNS * MAX_COLUMNS);
                    row.cells.push(cell);
                } else {
                    self.give(cell.lines, false);
                }
            }
            Some(Frame::TextBox(lines)) => match self.frames.last_mut() {
                Some(Frame::Paragraph(paragraph)) => paragraph.after.extend(lines),
                _ => self.give(lines, false),
            },
            Some(Frame::Footnote(id, lines)) => {
                self.footnotes.insert(id, lines);
            }
            None => {}
        }
    }

    fn give(&mut self, lines: Vec<String>, of_table: bool) {
        match self.frames.last_mut() {
            Some(Frame::Cell(cell)) => {
                cell.has_table |= of_table;
                cell.lines.extend(lines);
            }
            Some(Frame::TextBox(known) | Frame::Footnote(_, known)) => known.extend(lines),
            Some(Frame::Paragraph(paragraph)) => paragraph.after.extend(lines),
            // Text between rows is no part of the format, and is not lost.
            Some(Frame::Table(_) | Frame::Row(_)) => self.lines.extend(lines),
            None => {
                self.lines.extend(lines);
                self.lines.append(&mut self.pending);
            }
        }
    }

    /// Writes the sign of a footnote, and the footnote after the outermost paragraph or table.
    fn refer(&mut self, id: String) {
        const SIGNS: [&str; 9] = ["¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];
        let Some(lines) = self.footnotes.get(&id).cloned() else {
            return;
        };
        let sign = SIGNS.get(self.references).copied().unwrap_or("†");
        self.references += 1;
        self.append(sign);
        let note = format!("{sign} {}", lines.join(" ").trim());
        self.length += note.len();
        self.pending.push(note);
    }

    fn append(&mut self, text: &str) {
        self.length += text.len();
        if let Some(Frame::Paragraph(paragraph)) = self.frames.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn write(&mut self, text: &str) {
        if !self.in_text || self.left_out > 0 {
            return;
        }
        if self.font == Font::Letters {
            self.append(text);
        } else {
            let signs: String = text.chars().map(|sign| self.font.sign(sign)).collect();
            self.append(&signs);
        }
    }
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes().flatten();
    let found = attributes.find(|attribute| attribute.key.local_name().as_ref() == name);
    found.map(|attribute| attribute.value.to_string())
}

/// A symbol that is named by its code in a symbol font.
fn symbol(tag: &BytesStart<'_>) -> String {
    let font = attribute(tag, "font").map_or(Font::Wingdings, |name| Font::named(&name));
    let code = attribute(tag, "char").and_then(|code| u32::from_str_radix(&code, 16).ok());
    code.and_then(char::from_u32)
        .map(|sign| font.sign(sign))
        .map(String::from)
        .unwrap_or_default()
}

/// The five entities of XML and characters by their number; any other is left out.
fn entity(name: &str) -> String {
    let number = name
        .strip_prefix('#')
        .and_then(|number| match number.strip_prefix('x') {
            Some(number) => u32::from_str_radix(number, 16).ok(),
            None => number.parse().ok(),
        });
    let sign = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => number.and_then(char::from_u32),
    };
    sign.map(String::from).unwrap_or_default()
}
