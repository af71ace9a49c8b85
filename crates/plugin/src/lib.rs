//! What the author of a plugin depends on.
//!
//! A plugin is a region's rules as a shared library: its local outcomes, its delegated functions
//! and its checks. It is asked two things: *who are you?* ([`Manifest`]) and *what do you say of
//! these bodies?* ([`Batch`] in, [`Contribution`] out). It adds findings, ceilings and outcome
//! values; it cannot alter a judgement.
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
//! // Better in a file of its own: src/checks/aspiration_missing.rs.
//! const ASPIRATION_MISSING: Check = Check {
//!     id: "aspiration-missing",
//!     title: "No aspiration",
//!     about: "outcome",
//!     what: "Each outcome that a PCT chose: has it an aspiration?",
//!     why: "Without one nobody can say later whether the PCT got where it wanted to.",
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
//! let found = ASPIRATION_MISSING.findings(&batch);
//! assert_eq!(found[0].0, "5HQ");
//! assert_eq!(found[0].1.message, "Outcome 9 has no aspiration.");
//! ```
//!
//! # What a plugin must keep to
//!
//! It is a pure function of its batch: no clock (there is [`Batch::as_of`]), no files, no network,
//! no threads left behind. The same batch gives the same contribution, in whatever order the
//! bodies come. Text is plain: nothing invisible, no line breaks, and lengths as the messages say. Anything
//! else, and the host refuses the whole contribution with its reason; a panic, a crash or an
//! endless loop costs the plugin its answer and nobody else anything.
//!
//! In another language: `include/wcc_plugin.h` is the whole C interface, `schemas/` holds the
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

/// A plugin.
pub trait Plugin {
    /// Who it is. Always the same.
    fn manifest(&self) -> Manifest;

    /// What it says of a batch.
    ///
    /// # Errors
    /// A sentence for people, where it cannot say anything. The bodies are then shown as
    /// "not checked" with that sentence.
    fn evaluate(&self, batch: &Batch<'_>) -> Result<Contribution, String>;
}
