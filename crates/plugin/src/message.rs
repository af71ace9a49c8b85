//! The messages between host and plugin. The host uses these types too.
//!
//! ```text
//! request   "describe"  |  {"evaluate": BATCH}
//! answer    {"ok": MANIFEST or CONTRIBUTION}  |  {"error": {"code": CODE, "message": TEXT}}
//! ```
//!
//! Messages are UTF-8 JSON. Both sides ignore unknown fields, so that a minor version can add
//! fields. Vocabularies that may grow (kinds of body, methods, surveys) are strings, not enums.

mod batch;
mod contribution;
mod manifest;
mod text;

pub use batch::{
    Batch, Body, Challenge, ChallengeAnswer, Component, ComponentResult, Criterion, Framework,
    Judgement, Measure, Outcome, Scale, SpanRate, Survey, kind, method,
};
pub use contribution::{
    BodyResult, Ceiling, Contribution, Finding, Number, OutcomeValue, Severity, Subject,
};
pub use manifest::{
    Better, CheckDocumentation, FunctionDeclaration, Manifest, OutcomeDeclaration, need,
};
pub(crate) use text::Needle;
pub use text::Text;

use serde::{Deserialize, Serialize};

/// The version of the messages, `major.minor`. A minor version only adds optional fields.
pub const PROTOCOL: &str = "1.2";

/// The number of the C interface: changes only if the three functions themselves change.
pub const ABI: u32 = 1;

/// A request of the host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(
    clippy::large_enum_variant,
    reason = "a request exists for one call only; its size depends on features of serde_json"
)]
pub enum Request<'a> {
    /// Asks the plugin to describe itself. The answer is a [`Manifest`].
    Describe,
    /// Asks the plugin to evaluate a batch. The answer is a [`Contribution`].
    #[serde(borrow)]
    Evaluate(Batch<'a>),
}

/// The answer of the plugin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Answer<T> {
    /// The plugin has an answer.
    Ok(T),
    /// The plugin has no answer.
    Error(AnswerError),
}

/// Why a plugin has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AnswerError {
    /// One of the words in [`code`].
    pub code: String,
    /// What happened, for a person.
    pub message: String,
}

/// The codes of [`AnswerError::code`].
pub mod code {
    /// The request was not understood.
    pub const BAD_REQUEST: &str = "bad_request";
    /// The plugin could not do what was asked.
    pub const FAILED: &str = "failed";
    /// The plugin panicked; its state may be inconsistent.
    pub const PANICKED: &str = "panicked";
}
