//! Errors in writing and reading bundles.

use crate::chain::Head;
use crate::documents::DocumentError;
use crate::format::FormatError;
use crate::reading::InvalidEntry;
use crate::store::StoreError;

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The database reported an error.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the bundle: {0}")]
    File(#[from] std::io::Error),
    /// The file is not a valid bundle.
    #[error("{place}: {flaw}")]
    NotABundle {
        /// The line or member.
        place: String,
        /// What is wrong.
        flaw: Flaw,
    },
    /// An entry of the database or the bundle is invalid.
    #[error(transparent)]
    InvalidEntry(#[from] InvalidEntry),
    /// A document of the bundle cannot be stored.
    #[error(transparent)]
    Documents(#[from] DocumentError),
    /// The ledger already has entries.
    #[error("the ledger already has {0} entries: import a bundle into an empty ledger")]
    NotEmpty(u32),
}

/// What is wrong at a place in a bundle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// The file does not begin like a bundle.
    #[error("not a bundle: expected a file written by `wcc export` or `wcc backup`")]
    AnotherFile,
    /// A later version of this program wrote it.
    #[error(
        "the bundle has version {0}, but this program reads only versions up to 2; use the \
         version of wcc that wrote it"
    )]
    TooNew(u32),
    /// Its title is not the expected one.
    #[error(
        "`{given}`: expected `{expected}` (to read the ledger of another authority, set \
         `ledger.sha` to its code)"
    )]
    Title {
        /// The title.
        given: String,
        /// The expected title.
        expected: String,
    },
    /// The bundle ends before its head.
    #[error("the bundle ends here without a head; it was cut off")]
    CutOff,
    /// A line does not end.
    #[error("the line does not end: it is too long or was cut off")]
    EndlessLine,
    /// A line is not an entry.
    #[error(transparent)]
    Entry(#[from] FormatError),
    /// The head does not match the entries.
    #[error("the head does not match the entries above, whose head is {0}")]
    NotTheHead(Head),
    /// There are more bytes after the head.
    #[error("there is more data after the head")]
    Behind,
    /// Not a valid header of a member.
    #[error("not a valid header of a file in a tar archive; it was changed")]
    Header,
    /// A link, a folder, an extension of the archive's format.
    #[error("this is {0}: a bundle has only regular files")]
    Special(&'static str),
    /// The header has a mode, owner, time or spelling that bundles do not use.
    #[error(
        "the header of this file has values that a bundle does not use, apart from its name \
         and size; the bundle was changed or packed again"
    )]
    Unlike,
    /// Bytes after the end of a member are not zero.
    #[error("the padding after this file is not empty; the bundle was changed")]
    Filling,
    /// A member is in the wrong place.
    #[error("this file does not belong here: expected {0}")]
    Misplaced(String),
    /// The member is empty or too large.
    #[error("the file has {size} bytes: expected 1 to {max}")]
    Size {
        /// Its size in bytes.
        size: u64,
        /// The maximum size in bytes.
        max: u64,
    },
    /// A page has too many entries, or none.
    #[error("the page has {0} entries: expected 1 to 1000")]
    Page(&'static str),
    /// A document does not belong to the entries.
    #[error("no entry names this document")]
    Unnamed,
    /// A document was changed.
    #[error("the document was changed: its SHA-256 differs from its name")]
    Changed,
    /// A document is not acceptable.
    #[error(transparent)]
    Document(DocumentError),
}

impl Flaw {
    /// Turns the flaw into an error at a place.
    pub(super) fn at(self, place: impl Into<String>) -> BundleError {
        BundleError::NotABundle {
            place: place.into(),
            flaw: self,
        }
    }
}
