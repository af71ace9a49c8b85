//! The formats of documents, and how each is made.

use crate::cli::Failure;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use wcc_document::Document;
use wcc_render::pdf::{self, PdfError, PdfPrinter, PdfSetup};
use wcc_render::{Format, RenderError, Style};

/// The format without `--format`.
pub(super) const DEFAULT: &str = "pdf";

/// Makes files of documents.
pub(super) struct Renderer {
    formats: Vec<Format>,
    style: Style,
    program: OsString,
}

impl Renderer {
    /// Reads the style of an authority, if there is one. `program` prints PDFs; without it the usual
    /// places are searched.
    pub(super) fn new(
        mut formats: Vec<Format>,
        style: Option<&Path>,
        program: Option<&Path>,
    ) -> Result<Renderer, Failure> {
        formats.sort_unstable();
        formats.dedup();
        let style = style.map(Style::read).transpose();
        let style = style.map_err(|error| Failure::refused(error.to_string()))?;
        Ok(Renderer {
            formats,
            style: style.unwrap_or_default(),
            program: match program {
                Some(program) => program.into(),
                None => pdf::find().map_or_else(|| pdf::PROGRAM.into(), PathBuf::into_os_string),
            },
        })
    }

    /// The formats, each once.
    pub(super) fn formats(&self) -> &[Format] {
        &self.formats
    }

    pub(super) fn is_text_alone(&self) -> bool {
        self.formats == [Format::Text]
    }

    /// What one thread makes files with. Each thread has a program of its own that prints PDFs.
    pub(super) fn printer(&self) -> Result<Printer<'_>, Failure> {
        let pdf = match self.formats.contains(&Format::Pdf) {
            true => Some(self.pdf_printer()?),
            false => None,
        };
        Ok(Printer {
            renderer: self,
            pdf,
        })
    }

    fn pdf_printer(&self) -> Result<PdfPrinter, Failure> {
        let setup = PdfSetup::with_style(&self.style);
        PdfPrinter::start(&self.program, &setup).map_err(|error| match error {
            PdfError::Missing { program } => Failure::system(format!(
                "the program that prints PDFs was not found: {}\n{}, or give \
                 its path with --pdf-program; other formats work without it: --format \
                 html,docx,xlsx,text",
                program.display(),
                pdf::HOW_TO_BUILD,
            )),
            PdfError::Templates(words) => Failure::refused(words),
            error => Failure::system(format!(
                "{}: {error}\nexpected wcc-pdf of this version: {}, or name another with --pdf-program",
                Path::new(&self.program).display(),
                pdf::HOW_TO_BUILD,
            )),
        })
    }
}

/// What one thread makes files with.
pub(super) struct Printer<'r> {
    renderer: &'r Renderer,
    pdf: Option<PdfPrinter>,
}

impl Printer<'_> {
    /// The file of a document.
    pub(super) fn render(
        &mut self,
        format: Format,
        document: &Document,
    ) -> Result<Vec<u8>, Failure> {
        let (renderer, pdf) = (self.renderer, &mut self.pdf);
        let print = |document: &Document| {
            let printer = match pdf.take() {
                Some(printer) => printer,
                None => renderer.pdf_printer()?,
            };
            pdf.insert(printer).print(document).map_err(|error| {
                let (subject, title) = (&document.subject, &document.title);
                Failure::system(format!("{title} of {subject}: {error}"))
            })
        };
        wcc_render::lay_out(document, &renderer.style, format, print)
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Failure {
        Failure::system(error.to_string())
    }
}
