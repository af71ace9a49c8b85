//! What a region's plugin adds to a cycle: findings, ceilings, local outcomes and the reach of
//! delegated functions. A plugin adds; it never alters a judgement.

use crate::body::BodyIndex;
use crate::finding::{CheckDocumentation, Finding};
use crate::framework::MeasureIndex;
use crate::outcome::OutcomeDefinition;
use crate::scale::Step;

/// Which plugin, exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginIdentity {
    /// Identifier: `once-north-east`.
    pub id: String,
    /// Title; empty where the plugin could not be asked.
    pub title: String,
    /// Version as it declares; empty where the plugin could not be asked.
    pub version: String,
    /// SHA-256 of the library, in lower-case hexadecimal; empty where it could not be read.
    pub digest: String,
}

/// A delegated function bears on these measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionReach {
    /// The function.
    pub function: BodyIndex,
    /// The measures of this cycle's framework that its own level bears on.
    pub measures: Vec<MeasureIndex>,
}

/// A ceiling that a plugin's check found.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginCeiling {
    /// Identifier of the check.
    pub check: Box<str>,
    /// The body (a cluster's ceiling bears on all its PCTs).
    pub body: BodyIndex,
    /// The measure.
    pub measure: MeasureIndex,
    /// The highest step that the check's evidence supports.
    pub supports: Step,
    /// Why, as a whole sentence.
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

/// Everything that one plugin says of one cycle, already checked by the host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contribution {
    /// Reach of the functions that the plugin speaks for.
    pub reach: Vec<FunctionReach>,
    /// Findings; [`Finding::author`] is set by the engine.
    pub findings: Vec<Finding>,
    /// Ceilings.
    pub ceilings: Vec<PluginCeiling>,
    /// Values of local outcomes.
    pub outcomes: Vec<LocalOutcome>,
}

/// Why there is no answer of a plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotChecked {
    /// It failed, and why: `timed out after 10 s`.
    Failed(String),
    /// It has been asked and has not answered yet. Another assurance follows once it has.
    BeingChecked,
}

impl NotChecked {
    /// What is said in front of the plugin's name: `not checked` or `being checked`.
    pub fn state(&self) -> &'static str {
        match self {
            NotChecked::Failed(_) => "not checked",
            NotChecked::BeingChecked => "being checked",
        }
    }

    /// Why.
    pub fn reason(&self) -> &str {
        match self {
            NotChecked::Failed(why) => why,
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
    fn from(why: String) -> NotChecked {
        NotChecked::Failed(why)
    }
}

impl From<&str> for NotChecked {
    fn from(why: &str) -> NotChecked {
        NotChecked::Failed(why.to_owned())
    }
}

/// One plugin's part in one cycle. A failure is a result too.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginRun {
    /// Which plugin.
    pub plugin: PluginIdentity,
    /// The SHAs, clusters or PCTs that it speaks for; where it could not be asked, those that
    /// the configuration names, or all.
    pub covers: Vec<BodyIndex>,
    /// Its checks' documentation; empty where it could not be asked.
    pub checks: Vec<CheckDocumentation>,
    /// Its local outcomes.
    pub outcomes: Vec<OutcomeDefinition>,
    /// What it said, or why it was not checked.
    pub result: Result<Contribution, NotChecked>,
}
