//! The append-only ledger: who said what, when, and what it takes the place of.
//!
//! [`mod@format`] is how an entry is written, [`chain`] what binds it to the one in front of it,
//! [`store`] the database that keeps it (SQLite or PostgreSQL), and [`Ledger`] what a server holds:
//! the state folded in memory, and one writer that commits what waits together. What entries mean
//! is `wcc_core::ledger`.

pub mod bundle;
pub mod chain;
mod checkpoint;
mod clock;
pub mod documents;
pub mod format;
mod head_file;
mod ledger;
mod named_documents;
mod reading;
pub mod store;
mod verify;
mod writer;

pub use chain::{Hash, Head};
pub use checkpoint::{CheckpointFile, Differs};
pub use clock::{Clock, SystemClock};
pub use documents::{Document, DocumentError, DocumentKind, Documents};
pub use head_file::{HeadFile, HeadFileError};
pub use ledger::{
    AppendError, Ledger, MOST_IN_REQUEST, MOST_IN_REQUEST_ID, OpenError, Opening, Receipt, Request,
};
pub use named_documents::{DocumentsFound, Loss, Lost, NamedDocuments, check_documents};
pub use reading::{Broken, Fault, Follower};
pub use store::{Address, Store, StoreError};
pub use verify::{Verified, VerifyError, verify};
