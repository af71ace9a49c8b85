//! Findings: what a check saw, with its numbers. A finding is never a verdict.

use crate::body::BodyIndex;
use crate::framework::{ComponentIndex, MeasureIndex};

/// How much a finding asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Somebody should look.
    Warning,
    /// Something is missing or contradicts itself.
    Error,
}

impl Severity {
    /// Every severity, least first.
    pub const ALL: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

    /// The word that files, plugins and queries use.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity with this name.
    pub fn named(name: &str) -> Option<Severity> {
        Severity::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The body as a whole.
    Body,
    /// A measure.
    Measure(MeasureIndex),
    /// A competency or governance strand.
    Component(ComponentIndex),
    /// An outcome, by its identifier.
    Outcome(Box<str>),
    /// A delegated function.
    Function(BodyIndex),
}

/// Who says it: the core's own checks, or a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Author {
    /// A check of the core.
    Core,
    /// A plugin, as its position among the cycle's plugin runs.
    Plugin(u16),
}

/// One number behind a finding, with what it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// What it is: `aspiration, % a year`.
    pub label: Box<str>,
    /// The number, finite.
    pub value: f64,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Identifier of the check: `aspiration-weaker-than-history`, `once-north-east/not-assured`.
    pub check: Box<str>,
    /// Who says it.
    pub author: Author,
    /// How much it asks for.
    pub severity: Severity,
    /// The body that it is on.
    pub body: BodyIndex,
    /// What it is about.
    pub about: About,
    /// A whole sentence.
    pub message: Box<str>,
    /// The numbers behind it.
    pub numbers: Vec<Number>,
}

/// What a check is: shown by the command line and GraphQL, the core's and plugins' alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckDocumentation {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it looks at.
    pub what: String,
    /// Why that matters.
    pub why: String,
    /// An example.
    pub example: String,
}
