//! The text of a document: plain text, Markdown or `.docx`.
//!
//! Nothing here trusts a file: the size of the file and of everything in it is limited, and entities
//! of XML are not expanded.

mod docx;
mod grid;

/// The largest file that is read, in bytes.
const MAX_FILE: usize = 32 << 20;

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
    /// It is a PDF, whatever its name says.
    #[error(
        "a PDF is not read; import its text, which `pdftotext -layout FILE.pdf` writes (part of poppler)"
    )]
    Pdf,
    /// It is not of its kind.
    #[error("it is not a text or a .docx document: {0}")]
    Malformed(String),
}

/// The text of a document.
///
/// A `.docx` has a line for each paragraph, and one for each row of a table with tabs between its
/// cells. Its tracked changes are taken as accepted, a footnote comes after the paragraph or table that
/// refers to it, a text box after its paragraph. Comments, headers and footers are left out.
///
/// # Errors
/// The file is too large or damaged.
pub fn text_of(bytes: &[u8], kind: DocumentKind) -> Result<String, DocumentError> {
    if bytes.len() > MAX_FILE {
        return Err(DocumentError::TooLarge);
    }
    // Some programs write a few bytes before the header.
    let start = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    if start.windows(5).any(|window| window == b"%PDF-") {
        return Err(DocumentError::Pdf);
    }
    match kind {
        DocumentKind::Text => decode(bytes),
        DocumentKind::Docx => docx::text(bytes),
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
