//! The formats and the style in which this server lays documents out.

use super::current_style::{CurrentStyle, VersionedStyle};
use super::document_cache::{DocumentCache, file_key};
use axum::body::Bytes;
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
    /// The folder that it comes from, if any: the server follows its changes.
    pub style_folder: Option<PathBuf>,
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
    /// Whether documents are offered in a format.
    fn offers(&self, format: Format) -> bool {
        format != Format::Pdf || !matches!(self, PdfProgram::None)
    }

    /// Its path, if it is there now.
    fn path(&self) -> Option<PathBuf> {
        match self {
            PdfProgram::None => None,
            PdfProgram::At(path) => Some(path.clone()),
            PdfProgram::Found => wcc_render::pdf::find(),
        }
    }

    /// Tries the templates of a style out, if it has any and the program is there already.
    fn check_templates(&self, style: &Style) -> Result<(), PdfError> {
        match self.path().filter(|_| !style.templates.is_empty()) {
            Some(program) => start(&program, style).map(drop),
            None => Ok(()),
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
            style_folder: folder.map(Path::to_owned),
            pdf: PdfProgram::None,
        })
    }

    /// Tries the templates of the authority out, if it has any and the program that prints PDFs is
    /// there already.
    ///
    /// # Errors
    /// A template has a fault.
    pub fn check_templates(&self) -> Result<(), PdfError> {
        self.pdf.check_templates(&self.style)
    }

    /// The endings of the formats in which documents are offered.
    pub(crate) fn formats(&self) -> Vec<&'static str> {
        let formats = Format::ALL.into_iter();
        let formats = formats.filter(|format| self.pdf.offers(*format));
        formats.map(Format::extension).collect()
    }
}

/// Lays documents out.
pub(super) struct Layout {
    style: CurrentStyle,
    pdf: PdfProgram,
    /// A program that waits for its next document, and the version of its style: starting one takes
    /// longer than printing.
    idle: Mutex<Option<(u64, PdfPrinter)>>,
    cache: DocumentCache,
}

/// Why a document was not laid out.
#[derive(Debug, thiserror::Error)]
pub(super) enum LayoutError {
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Pdf(#[from] PdfError),
    #[error("the document cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
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
            style: CurrentStyle::new(settings.style, settings.style_folder),
            pdf: settings.pdf,
            idle: Mutex::default(),
            cache: DocumentCache::new(),
        }
    }

    /// Whether documents are offered in a format.
    pub(super) fn has(&self, format: Format) -> bool {
        self.pdf.offers(format)
    }

    pub(super) fn lay_out(
        &self,
        document: &Document,
        format: Format,
    ) -> Result<Bytes, LayoutError> {
        let style = self.style.get(|style| self.fault_of_templates(style));
        let key = file_key(document, format, style.version)?;
        if let Some(file) = self.cache.get(&key) {
            return Ok(file);
        }
        let print = |document: &Document| self.print(document, &style);
        let file = wcc_render::lay_out(document, &style.style, format, print)?;
        let file = Bytes::from(file);
        self.cache.put(key, file.clone());
        Ok(file)
    }

    /// A fault in the templates of a style. A program that fails for another reason says so when it
    /// prints.
    fn fault_of_templates(&self, style: &Style) -> Option<String> {
        match self.pdf.check_templates(style) {
            Err(PdfError::Templates(fault)) => Some(fault),
            _ => None,
        }
    }

    /// Prints with the program that waits, or with a new one if there is none or it has ended.
    fn print(&self, document: &Document, style: &VersionedStyle) -> Result<Vec<u8>, LayoutError> {
        if let Some(idle) = self.take_idle(style.version) {
            match self.print_with(idle, document, style.version) {
                Err(PdfError::Ended | PdfError::Io(_)) => {}
                printed => return Ok(printed?),
            }
        }
        let program = self.pdf.path().ok_or(LayoutError::NoPdf)?;
        let printer = start(&program, &style.style)?;
        Ok(self.print_with(printer, document, style.version)?)
    }

    /// Prints, and keeps the program for the next document unless it failed.
    fn print_with(
        &self,
        mut printer: PdfPrinter,
        document: &Document,
        version: u64,
    ) -> Result<Vec<u8>, PdfError> {
        let printed = printer.print(document);
        if matches!(printed, Ok(_) | Err(PdfError::Refused(_))) {
            *self.idle.lock().unwrap_or_else(PoisonError::into_inner) = Some((version, printer));
        }
        printed
    }

    /// The program that waits, if it prints in this version of the style.
    fn take_idle(&self, version: u64) -> Option<PdfPrinter> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, printer) = idle.take().filter(|(own, _)| *own == version)?;
        Some(printer)
    }
}
