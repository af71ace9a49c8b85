//! The formats of documents, and how each is made.

use crate::cli::Failure;
use wcc_document::Document;
use wcc_render::{Format, RenderError, Style};

/// The format without `--format`.
pub(super) const DEFAULT: &str = "html";

/// The formats that this build writes.
const FORMATS: &[Format] = &[Format::Html, Format::Docx, Format::Xlsx];

/// Reads a format.
pub(super) fn format(name: &str) -> Result<Format, String> {
    let known: Vec<&str> = FORMATS.iter().map(|format| format.name()).collect();
    let format = FORMATS.iter().find(|format| format.name() == name.trim());
    format.copied().ok_or_else(|| {
        let known = wcc_core::words::all_of(known.iter().copied());
        format!("this build writes {known}")
    })
}

/// Makes files of documents.
pub(super) struct Renderer {
    formats: Vec<Format>,
    style: Style,
}

impl Renderer {
    pub(super) fn new(formats: Vec<Format>) -> Renderer {
        Renderer {
            formats,
            style: Style::default(),
        }
    }

    /// The formats, each once.
    pub(super) fn formats(&self) -> &[Format] {
        &self.formats
    }

    pub(super) fn is_text_alone(&self) -> bool {
        self.formats == [Format::Text]
    }

    /// What one thread makes files with.
    pub(super) fn printer(&self) -> Result<Printer<'_>, Failure> {
        Ok(Printer { style: &self.style })
    }
}

/// What one thread makes files with.
pub(super) struct Printer<'r> {
    style: &'r Style,
}

impl Printer<'_> {
    /// The file of a document.
    pub(super) fn render(
        &mut self,
        format: Format,
        document: &Document,
    ) -> Result<Vec<u8>, Failure> {
        let failed = |error: RenderError| Failure::system(error.to_string());
        match format {
            Format::Html => Ok(wcc_render::html(document, self.style).into_bytes()),
            Format::Docx => wcc_render::docx(document, self.style).map_err(failed),
            Format::Xlsx => wcc_render::xlsx(document, self.style).map_err(failed),
            other => Err(Failure::refused(format!(
                "this build does not write {other}"
            ))),
        }
    }
}
