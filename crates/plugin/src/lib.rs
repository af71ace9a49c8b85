//! The SDK for plugin authors.
//!
//! A plugin is a region's rules as a shared library: its local outcomes, its delegated functions
//! and its checks. The host asks it two things: to describe itself ([`Manifest`]), and to evaluate
//! a set of bodies ([`Batch`] in, [`Contribution`] out). A plugin adds findings, ceilings and
//! outcome values; it cannot alter a judgement.
//!
//! # A complete plugin
//!
//! `Cargo.toml` says `crate-type = ["cdylib"]` and depends on `wcc-plugin`; `src/lib.rs` is:
//!
//! ```
//! #![forbid(unsafe_code)]
//! use wcc_plugin::{Batch, Check, Contribution, Findings, Manifest, Plugin, Subject, need};
//!
//! struct NorthWest;
//! wcc_plugin::export!(NorthWest);
//!
//! /// One line for each check.
//! const CHECKS: &[Check] = &[ASPIRATION_MISSING];
//!
//! impl Plugin for NorthWest {
//!     fn manifest(&self) -> Manifest {
//!         Manifest {
//!             regions: vec!["Q31".to_owned()],
//!             frameworks: vec!["wcc-2009-10".to_owned()],
//!             needs: vec![need::OUTCOMES.to_owned()],
//!             checks: Check::documentation(CHECKS),
//!             ..Manifest::new("north-west", "North West", "0.1.0")
//!         }
//!     }
//!
//!     fn evaluate(&self, batch: &Batch<'_>) -> Result<Contribution, String> {
//!         Ok(Check::run_all(CHECKS, batch))
//!     }
//! }
//!
//! // A real check has its own file: src/checks/aspiration_missing.rs.
//! const ASPIRATION_MISSING: Check = Check {
//!     id: "aspiration-missing",
//!     title: "No aspiration",
//!     about: "outcome",
//!     what: "A chosen outcome has no aspiration.",
//!     why: "Without an aspiration, nobody can say later whether the PCT reached it.",
//!     example: "Dementia register is chosen as outcome 9, and its aspiration is n/a.",
//!     run: aspiration_missing,
//! };
//!
//! fn aspiration_missing(batch: &Batch<'_>, findings: &mut Findings) {
//!     for pct in batch.pcts() {
//!         for outcome in pct.outcomes.iter().filter(|outcome| outcome.aspiration.is_none()) {
//!             let message = format!("Outcome {} has no aspiration.", outcome.slot);
//!             findings
//!                 .warning(&pct.code, message)
//!                 .about(Subject::outcome(&outcome.outcome));
//!         }
//!     }
//! }
//!
//! // Its test.
//! let batch: Batch = serde_json::from_str(r#"{
//!     "protocol": "1.0", "as_of": "2010-05-31",
//!     "framework": { "id": "wcc-2009-10", "scales": [], "components": [] },
//!     "bodies": [{ "code": "5HQ", "kind": "pct", "outcomes": [
//!         { "slot": 9, "outcome": "dementia-register", "series": "persons", "better": "higher" }
//!     ]}]
//! }"#).unwrap();
//! let findings = ASPIRATION_MISSING.findings(&batch);
//! assert_eq!(findings[0].0, "5HQ");
//! assert_eq!(findings[0].1.message, "Outcome 9 has no aspiration.");
//! ```
//!
//! # Rules for plugins
//!
//! A plugin is a pure function of its batch: no clock (use [`Batch::as_of`]), no files, no network,
//! no threads left running. The same batch gives the same contribution, regardless of the order of
//! the bodies. Text is plain: no invisible characters, no line breaks, and no longer than the
//! messages allow. If a contribution breaks these rules, the host rejects all of it and says why. A
//! panic, a crash or an endless loop loses this plugin's answer and affects nothing else.
//!
//! For other languages, `include/wcc_plugin.h` is the whole C interface, and `schemas/` holds the
//! JSON Schemas of the messages.

mod check;
pub mod export;
mod lookup;
mod message;
mod respond;
#[cfg(feature = "schema")]
pub mod schema;
pub mod testing;

pub use check::{Check, Findings};
pub use message::*;
pub use respond::respond;

/// A region's rules: implement it and [`export!`] a value.
pub trait Plugin {
    /// Describes the plugin. Every call returns the same manifest.
    fn manifest(&self) -> Manifest;

    /// Evaluates a batch.
    ///
    /// # Errors
    /// A sentence for people if the plugin cannot evaluate the batch. The bodies are then shown as
    /// "not checked" with this sentence.
    fn evaluate(&self, batch: &Batch<'_>) -> Result<Contribution, String>;
}
