//! The server as a library: ledger, documents, programme and API composed into one [`Server`].
//!
//! The binary reads settings, prints and chooses exit codes. Everything else that a server does is
//! in this crate, so that a test can start, query and stop a server within its own process.
//!
//! - [`Server`]: starts, serves, reloads and closes.
//! - [`FactSource`]: the facts to serve; [`ConfigurationSource`]: the configuration that a reload
//!   reads again.
//! - `reload`: the snapshot that is served, and the queue that replaces it.
//! - `history`: new entries, and earlier states.
//! - [`Change`]: what a server publishes to listeners.
//! - `released_outputs`: keeps what is released as documents.
//! - `accounts`: who signs in, beside the ledger.
//! - `outbox`: makes messages for people, and sends them with a [`MessageSender`].
//! - `surveys`: runs surveys beside the ledger.
//! - `reports`: makes documents of results on request, `downloads` a few at a time.
//! - `operator`, `documents`, `templates`, `metrics`: routes in addition to those of the API.

mod accounts;
mod changes;
mod configuration;
mod documents;
mod downloads;
mod facts;
mod history;
mod message_sender;
mod metrics;
mod operator;
mod outbox;
mod readiness;
mod released_outputs;
mod reload;
mod reports;
mod server;
mod surveys;
mod templates;
mod token;
mod token_holders;
mod watch;
mod workbooks;

pub use changes::{Change, ChangeListener};
pub use configuration::{Configuration, ConfigurationError, ConfigurationSource};
pub use facts::{FactSource, GatherError, LedgerSettings, OpenLedgerError, gather, open_ledger};
pub use message_sender::{MessageDelivery, MessageSender, SendError, Sending};
pub use released_outputs::{ReleaseReader, differences};
pub use reload::{ReloadError, ReloadReport, ServedPlugin, SnapshotError};
pub use reports::{PdfProgram, ReportSettings};
pub use server::{Server, Settings, StartError};
pub use surveys::SurveySettings;
pub use token::TokenError;
pub use workbooks::{
    NoWorkbooks, ReadWorkbook, SheetsToTables, Template, TemplateError, WorkbookFormat,
    WorkbookReader,
};
