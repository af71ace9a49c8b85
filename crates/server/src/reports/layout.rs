//! The formats and the style in which this server lays documents out.

use std::path::Path;
use wcc_document::Document;
use wcc_render::{Format, RenderError, Style, StyleError};

/// How a server lays documents out.
#[derive(Clone, Debug, Default)]
pub struct ReportSettings {
    /// The style of the authority.
    pub style: Style,
}

impl ReportSettings {
    /// Settings with the style in a folder, or with the one that comes with the program.
    ///
    /// # Errors
    /// The style has a fault.
    pub fn with_style(folder: Option<&Path>) -> Result<ReportSettings, StyleError> {
        let style = folder.map_or_else(|| Ok(Style::default()), Style::read)?;
        Ok(ReportSettings { style })
    }

    /// The endings of the formats in which documents are offered.
    pub(crate) fn formats(&self) -> Vec<&'static str> {
        let formats = Format::ALL.into_iter();
        let formats = formats.filter(|format| *format != Format::Pdf);
        formats.map(Format::extension).collect()
    }
}

/// Lays documents out.
pub(super) struct Layout {
    settings: ReportSettings,
}

/// Columns of a document in text.
const WIDTH: usize = 100;

impl Layout {
    pub(super) fn new(settings: ReportSettings) -> Layout {
        Layout { settings }
    }

    /// Whether documents are offered in a format.
    pub(super) fn has(&self, format: Format) -> bool {
        self.settings.formats().contains(&format.extension())
    }

    pub(super) fn lay_out(
        &self,
        document: &Document,
        format: Format,
    ) -> Result<Vec<u8>, RenderError> {
        let style = &self.settings.style;
        match format {
            Format::Html => Ok(wcc_render::html(document, style).into_bytes()),
            Format::Text => Ok(wcc_render::text(document, WIDTH).into_bytes()),
            Format::Docx => wcc_render::docx(document, style),
            Format::Xlsx => wcc_render::xlsx(document, style),
            Format::Pdf => Err(RenderError::Failed {
                format,
                reason: "this server prints no PDFs".to_owned(),
            }),
        }
    }
}
