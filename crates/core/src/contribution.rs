//! What a regional plugin contributes to a cycle: findings, ceilings, local outcomes and the reach
//! of delegated functions. A plugin never alters a judgement.

use crate::body::BodyIndex;
use crate::finding::{CheckDocumentation, Finding};
use crate::framework::MeasureIndex;
use crate::outcome::OutcomeDefinition;
use crate::scale::Step;

/// The identity of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginIdentity {
    /// Identifier: `once-north-east`.
    pub id: String,
    /// Title; empty if the plugin could not be run.
    pub title: String,
    /// Version that the plugin declares; empty if it could not be run.
    pub version: String,
    /// SHA-256 of the library, in lower-case hexadecimal; empty if the file could not be read.
    pub digest: String,
}

impl PluginIdentity {
    /// Title and version; the identifier if the title is not known.
    pub fn name_and_version(&self) -> String {
        if self.title.is_empty() {
            return format!("{} {}", self.id, self.version)
                .trim_end()
                .to_owned();
        }
        format!("{} {}", self.title, self.version)
    }
}

/// The measures that a delegated function affects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionReach {
    /// The function.
    pub function: BodyIndex,
    /// The measures of this cycle's framework that the function's level affects.
    pub measures: Vec<MeasureIndex>,
}

/// A ceiling reported by a plugin's check.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginCeiling {
    /// Identifier of the check.
    pub check: Box<str>,
    /// The body; a cluster's ceiling applies to all its PCTs.
    pub body: BodyIndex,
    /// The measure.
    pub measure: MeasureIndex,
    /// The highest step that the check's evidence supports.
    pub supports: Step,
    /// The reason, as a full sentence.
    pub reason: Box<str>,
}

/// A value of one of the plugin's local outcomes.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalOutcome {
    /// Identifier of the outcome in the plugin's manifest.
    pub outcome: Box<str>,
    /// The body.
    pub body: BodyIndex,
    /// The value in the outcome's unit; `None` for n/a.
    pub value: Option<f64>,
}

/// Everything that one plugin reports on one cycle, validated by the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contribution {
    /// The measures affected by the functions for which the plugin is responsible.
    pub reach: Vec<FunctionReach>,
    /// Findings; [`Finding::author`] is set by the engine.
    pub findings: Vec<Finding>,
    /// Ceilings on what the evidence supports.
    pub ceilings: Vec<PluginCeiling>,
    /// Values of local outcomes.
    pub outcomes: Vec<LocalOutcome>,
}

/// Why a plugin has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotChecked {
    /// The plugin failed, with the reason: `timed out after 10 s`.
    Failed(String),
    /// The plugin is still running. Another assurance follows once it answers.
    BeingChecked,
}

impl NotChecked {
    /// The state as shown before the plugin's name: `not checked` or `being checked`.
    pub fn state(&self) -> &'static str {
        match self {
            NotChecked::Failed(_) => "not checked",
            NotChecked::BeingChecked => "being checked",
        }
    }

    /// The reason.
    pub fn reason(&self) -> &str {
        match self {
            NotChecked::Failed(reason) => reason,
            NotChecked::BeingChecked => "it has not answered yet",
        }
    }
}

impl std::fmt::Display for NotChecked {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.reason())
    }
}

impl From<String> for NotChecked {
    fn from(reason: String) -> NotChecked {
        NotChecked::Failed(reason)
    }
}

impl From<&str> for NotChecked {
    fn from(reason: &str) -> NotChecked {
        NotChecked::Failed(reason.to_owned())
    }
}

/// The result of one plugin for one cycle, including a failure.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginRun {
    /// The plugin's identity.
    pub plugin: PluginIdentity,
    /// The SHAs, clusters or PCTs that it covers. If the plugin could not be run: those in the
    /// configuration, or none if it covers all.
    pub covers: Vec<BodyIndex>,
    /// Documentation of its checks; empty if it could not be run.
    pub checks: Vec<CheckDocumentation>,
    /// Its local outcomes.
    pub outcomes: Vec<OutcomeDefinition>,
    /// Its contribution, or why it was not checked.
    pub result: Result<Contribution, NotChecked>,
}
