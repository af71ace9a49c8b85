//! Lays documents out as HTML, Word, Excel and text, and has them printed as PDF. Each format is a
//! module of its own, reads [`wcc_document::Document`] and a [`Style`], and computes nothing.

mod direction;
mod docx;
mod figures;
mod format;
mod grid;
mod html;
mod lay_out;
pub mod pdf;
mod style;
mod text;
mod words;
mod xlsx;

pub use docx::docx;
pub use format::{Format, UnknownFormat};
pub use html::html;
pub use lay_out::lay_out;
pub use style::{Colour, Colours, Logo, Style, StyleError, Templates};
pub use text::text;
pub use xlsx::xlsx;

/// A document could not be laid out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A text is longer than the format permits.
    #[error(
        "{format} holds at most {most} characters in a cell, but \"{start}...\" has {length}: shorten it"
    )]
    TooLong {
        /// The format.
        format: Format,
        /// How many characters it permits.
        most: usize,
        /// How the text starts.
        start: String,
        /// How many characters it has.
        length: usize,
    },
    /// The file could not be put together.
    #[error("the document could not be written as {format}: {reason}")]
    Failed {
        /// The format.
        format: Format,
        /// In words.
        reason: String,
    },
}

impl RenderError {
    /// A failure with its reason.
    pub(crate) fn failed(format: Format, reason: impl ToString) -> RenderError {
        RenderError::Failed {
            format,
            reason: reason.to_string(),
        }
    }
}
