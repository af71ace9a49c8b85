//! The contribution: what a plugin adds to the assurance of a batch.

use serde::{Deserialize, Serialize};

/// What a plugin adds to the assurance of a batch: exactly one result for each body.
///
/// A plugin adds findings, ceilings and local outcomes; it cannot alter a judgement. The host
/// checks the contribution and rejects all of it if anything in it is invalid.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contribution {
    /// One result for each body of the batch.
    pub results: Vec<BodyResult>,
}

/// What a plugin adds to one body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BodyResult {
    /// Code of the body.
    pub body: String,
    /// Findings, at most 1,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Ceilings, at most 1,000; on PCTs and clusters only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ceilings: Vec<Ceiling>,
    /// Values of the plugin's local outcomes; on PCTs only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<OutcomeValue>,
}

/// How serious a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Somebody should look.
    Warning,
    /// Something is missing or contradicts itself.
    Error,
}

/// What a finding is about, by its identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Subject {
    /// A measure: `9b`.
    Measure(String),
    /// A competency or governance strand: `3`, `strategy`.
    Component(String),
    /// An outcome of the framework, of the plugin or of the body.
    Outcome(String),
    /// A delegated function, by its code.
    Function(String),
}

impl Subject {
    /// A measure.
    pub fn measure(id: &str) -> Self {
        Subject::Measure(id.to_owned())
    }

    /// A competency or governance strand.
    pub fn component(id: &str) -> Self {
        Subject::Component(id.to_owned())
    }

    /// An outcome.
    pub fn outcome(id: &str) -> Self {
        Subject::Outcome(id.to_owned())
    }

    /// A delegated function.
    pub fn function(code: &str) -> Self {
        Subject::Function(code.to_owned())
    }
}

/// An observation of a check. It is never a verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// Identifier of the check in the manifest.
    pub check: String,
    /// How serious it is.
    pub severity: Severity,
    /// What it is about; absent if it is about the body as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// A whole sentence, at most 2,000 characters of visible text on one line.
    pub message: String,
    /// The numbers that support it, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
}

/// A number that supports a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Number {
    /// What it is, with its unit: `survey score, out of 6`. At most 200 characters.
    pub label: String,
    /// The number, finite.
    pub value: f64,
}

/// The highest step that the evidence supports on a measure: "supports level 2, because ...". If a
/// value is above it, the host raises a challenge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ceiling {
    /// Identifier of the check in the manifest.
    pub check: String,
    /// The measure.
    pub measure: String,
    /// Key of the highest step supported: `2`, `amber`.
    pub supports: String,
    /// Why: a whole sentence, at most 2,000 characters of visible text on one line.
    pub reason: String,
}

/// The value of one of the plugin's local outcomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OutcomeValue {
    /// Identifier of the outcome in the manifest.
    pub outcome: String,
    /// The value in the outcome's unit, finite and within its bounds; absent: n/a.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
}
