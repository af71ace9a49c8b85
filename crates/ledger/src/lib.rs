//! The append-only ledger: who recorded what and when, and which entries it supersedes.
//!
//! [`mod@format`] defines the bytes of an entry, [`chain`] links it to the previous one, and
//! [`store`] is the database (SQLite or PostgreSQL). A [`Ledger`] has the folded state in memory,
//! and one writer that commits waiting requests together. `wcc_core::ledger` defines what entries
//! mean.

pub mod bundle;
pub mod chain;
mod checkpoint;
mod clock;
pub mod documents;
mod encoding;
pub mod format;
mod head_file;
mod ledger;
mod named_documents;
mod outbox;
mod reading;
pub mod store;
mod verify;
mod writer;

pub use chain::{Hash, Head};
pub use checkpoint::{CheckpointFile, CheckpointMismatch};
pub use clock::{Clock, SystemClock};
pub use documents::{Document, DocumentError, DocumentKind, Documents};
pub use head_file::{HeadFile, HeadFileError};
pub use ledger::{
    AppendError, Ledger, LedgerOptions, MAX_IN_REQUEST, MAX_IN_REQUEST_ID, OpenError, Receipt,
    Request,
};
pub use named_documents::{
    DocumentsReport, LossReason, LostDocument, NamedDocuments, check_documents,
};
pub use outbox::{
    DeliveryResult, MessageClaim, MessageState, OutboxPosition, RecipientRecord, RecipientState,
    SendAgain, StoredMessage,
};
pub use reading::{Fault, Follower, InvalidEntry};
pub use store::{Address, Store, StoreError};
pub use verify::{VerifiedLedger, VerifyError, verify};
