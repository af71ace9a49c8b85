//! The formats and the style in which this server lays documents out.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use wcc_document::Document;
use wcc_render::pdf::{HOW_TO_BUILD, PdfError, PdfPrinter, PdfSetup};
use wcc_render::{Format, RenderError, Style, StyleError};

/// How a server lays documents out.
#[derive(Clone, Debug, Default)]
pub struct ReportSettings {
    /// The style of the authority.
    pub style: Style,
    /// The program that prints PDFs.
    pub pdf: PdfProgram,
}

/// Where the program is that prints PDFs.
#[derive(Clone, Debug, Default)]
pub enum PdfProgram {
    /// Nowhere: PDFs are not offered.
    #[default]
    None,
    /// At a path.
    At(PathBuf),
    /// Wherever [`wcc_render::pdf::find`] finds it when a PDF is asked for: it may be built while
    /// the server runs.
    Found,
}

impl PdfProgram {
    /// Its path, if it is there now.
    fn path(&self) -> Option<PathBuf> {
        match self {
            PdfProgram::None => None,
            PdfProgram::At(path) => Some(path.clone()),
            PdfProgram::Found => wcc_render::pdf::find(),
        }
    }
}

impl ReportSettings {
    /// Settings with the style in a folder, or with the one that comes with the program.
    ///
    /// # Errors
    /// The style has a fault.
    pub fn with_style(folder: Option<&Path>) -> Result<ReportSettings, StyleError> {
        let style = folder.map_or_else(|| Ok(Style::default()), Style::read)?;
        Ok(ReportSettings {
            style,
            pdf: PdfProgram::None,
        })
    }

    /// Tries the templates of the authority out, if it has any and the program that prints PDFs is
    /// there already.
    ///
    /// # Errors
    /// A template has a fault.
    pub fn check_templates(&self) -> Result<(), PdfError> {
        let program = self.pdf.path().filter(|_| !self.style.templates.is_empty());
        match program {
            Some(program) => start(&program, &self.style).map(drop),
            None => Ok(()),
        }
    }

    /// The endings of the formats in which documents are offered.
    pub(crate) fn formats(&self) -> Vec<&'static str> {
        let formats = Format::ALL.into_iter();
        let formats = formats
            .filter(|format| *format != Format::Pdf || !matches!(self.pdf, PdfProgram::None));
        formats.map(Format::extension).collect()
    }
}

/// Lays documents out.
pub(super) struct Layout {
    settings: ReportSettings,
    /// A program that waits for its next document: starting one takes longer than printing.
    idle: Mutex<Option<PdfPrinter>>,
}

/// Why a document was not laid out.
#[derive(Debug, thiserror::Error)]
pub(super) enum LayoutError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error(
        "the program that prints PDFs is not there: {HOW_TO_BUILD}, or ask for html, docx or xlsx"
    )]
    NoPdf,
}

/// Starts the program that prints PDFs.
fn start(program: &Path, style: &Style) -> Result<PdfPrinter, PdfError> {
    PdfPrinter::start(program.as_os_str(), &PdfSetup::with_style(style))
}

impl Layout {
    pub(super) fn new(settings: ReportSettings) -> Layout {
        Layout {
            settings,
            idle: Mutex::default(),
        }
    }

    /// Whether documents are offered in a format.
    pub(super) fn has(&self, format: Format) -> bool {
        self.settings.formats().contains(&format.extension())
    }

    pub(super) fn lay_out(
        &self,
        document: &Document,
        format: Format,
    ) -> Result<Vec<u8>, LayoutError> {
        let print = |document: &Document| self.print(document);
        wcc_render::lay_out(document, &self.settings.style, format, print)
    }

    /// Prints with the program that waits, or with a new one if there is none or it has ended.
    fn print(&self, document: &Document) -> Result<Vec<u8>, LayoutError> {
        if let Some(idle) = self.take_idle() {
            match self.print_with(idle, document) {
                Err(PdfError::Ended | PdfError::Io(_)) => {}
                printed => return Ok(printed?),
            }
        }
        let program = self.settings.pdf.path().ok_or(LayoutError::NoPdf)?;
        let printer = start(&program, &self.settings.style)?;
        Ok(self.print_with(printer, document)?)
    }

    /// Prints, and keeps the program for the next document unless it failed.
    fn print_with(
        &self,
        mut printer: PdfPrinter,
        document: &Document,
    ) -> Result<Vec<u8>, PdfError> {
        let printed = printer.print(document);
        if matches!(printed, Ok(_) | Err(PdfError::Refused(_))) {
            *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some(printer);
        }
        printed
    }

    fn take_idle(&self) -> Option<PdfPrinter> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
