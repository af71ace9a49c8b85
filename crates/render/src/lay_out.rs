//! Lays a document out in any format.

use crate::{Format, RenderError, Style, docx, html, text, xlsx};
use wcc_document::Document;

/// Columns of a document in text: those of scorecards in a terminal.
const WIDTH: usize = 100;

/// The file of a document in a format. `print` makes PDFs, which need a program of their own.
///
/// # Errors
/// The document cannot be laid out in the format, or `print` fails.
pub fn lay_out<E: From<RenderError>>(
    document: &Document,
    style: &Style,
    format: Format,
    print: impl FnOnce(&Document) -> Result<Vec<u8>, E>,
) -> Result<Vec<u8>, E> {
    match format {
        Format::Pdf => print(document),
        Format::Html => Ok(html(document, style).into_bytes()),
        Format::Docx => Ok(docx(document, style)?),
        Format::Xlsx => Ok(xlsx(document, style)?),
        Format::Text => Ok(text(document, WIDTH).into_bytes()),
    }
}
