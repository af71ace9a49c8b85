//! The messages that cross the boundary. This is their one home: the host uses these types too.
//!
//! ```text
//! request   "describe"  |  {"evaluate": BATCH}
//! answer    {"ok": MANIFEST or CONTRIBUTION}  |  {"error": {"code": CODE, "message": TEXT}}
//! ```
//!
//! UTF-8 JSON. Unknown fields are ignored on both sides, so that a minor version can add some.
//! Words that may grow (kinds of body, methods, surveys) are strings, not closed sets.

mod batch;
mod contribution;
mod manifest;
mod text;

pub use batch::{
    Answered, Batch, Body, Challenge, Component, ComponentResult, Criterion, Framework, Judgement,
    Measure, Outcome, Scale, SpanRate, Survey, kind, method,
};
pub use contribution::{
    BodyResult, Ceiling, Contribution, Finding, Number, OutcomeValue, Severity, Subject,
};
pub use manifest::{
    Better, CheckDocumentation, FunctionDeclaration, Manifest, OutcomeDeclaration, need,
};
pub(crate) use text::Sought;
pub use text::Text;

use serde::{Deserialize, Serialize};

/// The version of the messages, `major.minor`. A minor version only adds optional fields.
pub const PROTOCOL: &str = "1.2";

/// The number of the C interface: changes only if the three functions themselves change.
pub const ABI: u32 = 1;

/// What the host asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[allow(
    clippy::large_enum_variant,
    reason = "one request lives for one call; its size depends on features of serde_json"
)]
pub enum Request<'a> {
    /// Who are you? Answered by a [`Manifest`].
    Describe,
    /// What do you say of this? Answered by a [`Contribution`].
    #[serde(borrow)]
    Evaluate(Batch<'a>),
}

/// What the plugin answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Answer<T> {
    /// It worked.
    Ok(T),
    /// It did not.
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
    /// The plugin panicked; its state may be torn.
    pub const PANICKED: &str = "panicked";
}
