//! The server as a library: ledger, documents, programme and API composed into one [`Server`].
//!
//! The binary reads settings, prints and chooses exit codes; everything else that a server does is
//! here, so that it can be started within a process, asked and stopped again.
//!
//! - [`Server`]: start, serve, reload, close.
//! - [`FactSource`]: what is served; [`ConfigurationSource`]: what a reload reads again.
//! - `reload`: snapshots of what is served, and the queue that replaces them.
//! - `history`: entering, and earlier moments.
//! - `operator`, `documents`, `metrics`: routes beside those of the API.

mod configuration;
mod documents;
mod facts;
mod history;
mod metrics;
mod operator;
mod readiness;
mod reload;
mod server;
mod token;
mod watch;

pub use configuration::{Configuration, ConfigurationError, ConfigurationSource};
pub use facts::{FactSource, GatherError, LedgerSettings, OpenLedgerError, gather, open_ledger};
pub use reload::{ReloadError, ReloadReport, ServedPlugin, SnapshotError};
pub use server::{Server, Settings, StartError};
pub use token::TokenError;
