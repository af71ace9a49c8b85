//! The text of a document: plain text, Markdown or `.docx`.
//!
//! Nothing here trusts a file: the size of the file and of everything in it is limited, and entities
//! of XML are not expanded.

use quick_xml::Reader;
use quick_xml::events::Event;
use std::io::{Cursor, Read};

/// The largest file that is read, in bytes.
const MAX_FILE: usize = 32 << 20;
/// The most that is unpacked from a `.docx`, in bytes.
const MAX_UNPACKED: u64 = 48 << 20;

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Plain text or Markdown.
    Text,
    /// A document of a word processor.
    Docx,
}

impl DocumentKind {
    /// The kind that a file's name says; `None` for formats that are not read.
    pub fn of(name: &str) -> Option<DocumentKind> {
        let extension = name
            .rsplit_once('.')
            .map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("docx") => Some(DocumentKind::Docx),
            Some(
                "pdf" | "doc" | "odt" | "rtf" | "xlsx" | "ods" | "html" | "htm" | "zip" | "pptx",
            ) => None,
            _ => Some(DocumentKind::Text),
        }
    }
}

/// Why a document has no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The file, or what is packed in it, is too large.
    #[error("the document is too large: expected a file of at most {} MiB", MAX_FILE >> 20)]
    TooLarge,
    /// It is not of its kind.
    #[error("it is not a text or a .docx document: {0}")]
    Malformed(String),
}

/// The text of a document.
///
/// A `.docx` has a line for each paragraph, and one for each row of a table with tabs between its
/// cells.
///
/// # Errors
/// The file is too large or damaged.
pub fn text_of(bytes: &[u8], kind: DocumentKind) -> Result<String, DocumentError> {
    if bytes.len() > MAX_FILE {
        return Err(DocumentError::TooLarge);
    }
    match kind {
        DocumentKind::Text => decode(bytes),
        DocumentKind::Docx => docx(bytes),
    }
}

/// Text in UTF-8, in UTF-16 with a byte order mark, or in Windows-1252.
fn decode(bytes: &[u8]) -> Result<String, DocumentError> {
    let wide = |little: bool| {
        let units = bytes
            .get(2..)
            .unwrap_or_default()
            .chunks_exact(2)
            .map(|pair| match pair {
                [one, other] if little => u16::from_le_bytes([*one, *other]),
                [one, other] => u16::from_be_bytes([*one, *other]),
                _ => 0,
            });
        char::decode_utf16(units)
            .map(|sign| sign.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
    };
    if bytes.starts_with(&[0xFF, 0xFE]) {
        return Ok(wide(true));
    }
    if bytes.starts_with(&[0xFE, 0xFF]) {
        return Ok(wide(false));
    }
    if bytes.contains(&0) {
        return Err(DocumentError::Malformed(
            "it has bytes that no text has".to_owned(),
        ));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Ok(bytes.iter().map(|byte| windows_1252(*byte)).collect()),
    }
}

fn windows_1252(byte: u8) -> char {
    const UPPER: [char; 32] = [
        '€', '\u{FFFD}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{FFFD}', 'Ž',
        '\u{FFFD}', '\u{FFFD}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ',
        '\u{FFFD}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => UPPER
            .get(usize::from(byte - 0x80))
            .copied()
            .unwrap_or(char::REPLACEMENT_CHARACTER),
        byte => char::from(byte),
    }
}

fn docx(bytes: &[u8]) -> Result<String, DocumentError> {
    let malformed = |error: &dyn std::fmt::Display| DocumentError::Malformed(error.to_string());
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(&error))?;
    let part = archive
        .by_name("word/document.xml")
        .map_err(|error| malformed(&error))?;
    let mut xml = Vec::new();
    let read = part.take(MAX_UNPACKED + 1).read_to_end(&mut xml);
    read.map_err(|error| malformed(&error))?;
    if xml.len() as u64 > MAX_UNPACKED {
        return Err(DocumentError::TooLarge);
    }
    let xml = String::from_utf8(xml).map_err(|error| malformed(&error))?;
    let mut writer = TextWriter::default();
    let mut reader = Reader::from_str(&xml);
    loop {
        match reader.read_event().map_err(|error| malformed(&error))? {
            Event::Start(tag) => writer.open(tag.local_name().as_ref(), &symbol(&tag)),
            Event::Empty(tag) => {
                writer.open(tag.local_name().as_ref(), &symbol(&tag));
                writer.close(tag.local_name().as_ref());
            }
            Event::End(tag) => writer.close(tag.local_name().as_ref()),
            Event::Text(text) => writer.text(&text),
            Event::GeneralRef(name) => writer.text(&entity(&name)),
            Event::Eof => break,
            _ => {}
        }
        if writer.out.len() > crate::MAX_BYTES {
            return Err(DocumentError::TooLarge);
        }
    }
    Ok(writer.out)
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

/// A symbol that is named by its code in a symbol font.
fn symbol(tag: &quick_xml::events::BytesStart<'_>) -> String {
    if tag.local_name().as_ref() != "sym" {
        return String::new();
    }
    let code = tag
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == "char");
    let code = code.and_then(|attribute| u32::from_str_radix(&attribute.value, 16).ok());
    code.and_then(char::from_u32)
        .map(String::from)
        .unwrap_or_default()
}

/// Writes paragraphs as lines, and rows of tables as lines with tabs.
#[derive(Default)]
struct TextWriter {
    out: String,
    /// Whether text is that of the document rather than of its settings.
    in_text: bool,
    /// Depth of cells: within one, a paragraph ends no line.
    cells: usize,
    first_cell: bool,
    first_paragraph: bool,
    listed: bool,
}

impl TextWriter {
    fn open(&mut self, name: &str, symbol: &str) {
        match name {
            "t" => self.in_text = true,
            "ta" if self.cells == 0 => self.out.push(' '),
            "ta" => self.out.push(' '),
            "br" | "cr" => self.out.push(' '),
            "sym" => self.out.push_str(symbol),
            "softHyphen" => self.out.push('\u{AD}'),
            "noBreakHyphen" => self.out.push('-'),
            "tr" => self.first_cell = true,
            "tc" => {
                self.cells += 1;
                if !self.first_cell {
                    self.out.push('\t');
                }
                self.first_cell = false;
                self.first_paragraph = true;
            }
            "p" => {
                if self.cells > 0 && !self.first_paragraph {
                    self.out.push(' ');
                }
                self.first_paragraph = false;
                self.listed = false;
            }
            // A paragraph of a list has no sign of its own.
            "numPr" if !self.listed && self.cells == 0 => {
                self.listed = true;
                self.out.push_str("• ");
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "p" if self.cells == 0 => self.out.push('\n'),
            "tc" => self.cells = self.cells.saturating_sub(1),
            "tr" if self.cells == 0 => self.out.push('\n'),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text {
            self.out.push_str(text);
        }
    }
}
