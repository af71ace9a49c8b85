//! Why a bundle cannot be written or read.

use crate::chain::Head;
use crate::documents::DocumentError;
use crate::format::FormatError;
use crate::reading::Broken;
use crate::store::StoreError;

/// Why a bundle cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error("the bundle: {0}")]
    File(#[from] std::io::Error),
    /// Not a bundle.
    #[error("{place}: {flaw}")]
    NotABundle {
        /// The line or member.
        place: String,
        /// What is wrong.
        flaw: Flaw,
    },
    /// An entry of the database or the bundle.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A document of the bundle cannot be kept.
    #[error(transparent)]
    Documents(#[from] DocumentError),
    /// The database has entries already.
    #[error("the ledger already has {0} entries: a bundle goes into an empty one")]
    NotEmpty(u32),
}

/// What is wrong at a place of a bundle.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// It opens like no bundle.
    #[error("this is no bundle: expected a file of `wcc export` or `wcc backup`")]
    AnotherFile,
    /// It was written by a later version of this program.
    #[error(
        "the bundle is of version {0}, this program reads up to 2: it was written by a later \
         version of wcc"
    )]
    TooNew(u32),
    /// It says that it is something else.
    #[error(
        "`{given}`: expected `{expected}` (the ledger of another authority is read with \
         `ledger.sha` set to it)"
    )]
    Title {
        /// What it says.
        given: String,
        /// What it should say.
        expected: String,
    },
    /// There is no more of it.
    #[error("the bundle ends here, without a head: it was cut off")]
    CutOff,
    /// A line that goes on.
    #[error("the line has no end: too long, or cut off")]
    EndlessLine,
    /// A line that is no entry.
    #[error(transparent)]
    Entry(#[from] FormatError),
    /// The head is another.
    #[error("this is not the head of the entries above, which is {0}")]
    NotTheHead(Head),
    /// It goes on behind its end.
    #[error("something follows the head")]
    Behind,
    /// Not the header of a member.
    #[error("this is not what stands in front of a file in a tar archive: it was changed")]
    Header,
    /// A link, a folder, an extension of the archive's format.
    #[error("this is {0}: a bundle holds plain files alone")]
    Special(&'static str),
    /// Another mode, owner, time or spelling than a bundle's.
    #[error(
        "what the archive says of this file, beside its name and size, is not what a bundle \
         says: it was changed or packed again"
    )]
    Unlike,
    /// Bytes between members.
    #[error("what fills up this file's last block is not empty: it was changed")]
    Filling,
    /// A member that belongs elsewhere or nowhere.
    #[error("this does not belong here: expected {0}")]
    Misplaced(String),
    /// Too small or too large.
    #[error("it has {size} bytes: expected 1 to {most}")]
    Size {
        /// Its bytes.
        size: u64,
        /// The most that it may have.
        most: u64,
    },
    /// A page with too many entries, or none.
    #[error("it has {0} entries: expected 1 to 1000")]
    Page(&'static str),
    /// A document that does not go with the entries.
    #[error("no entry names this document")]
    Unnamed,
    /// A document that is another.
    #[error("the document was changed: its SHA-256 is not that of its name")]
    Changed,
    /// A document that is not kept by anybody.
    #[error(transparent)]
    Document(DocumentError),
}

impl Flaw {
    /// The error that it is at its place.
    pub(super) fn at(self, place: impl Into<String>) -> BundleError {
        BundleError::NotABundle {
            place: place.into(),
            flaw: self,
        }
    }
}
