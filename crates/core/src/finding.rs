//! Findings: the results of checks, with their numbers. A finding is never a verdict.

use crate::body::BodyIndex;
use crate::cycle::Cycle;
use crate::framework::{ComponentIndex, FrameworkPart, MeasureIndex};
use crate::output::Output;

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Needs attention.
    Warning,
    /// Something is missing or contradicts itself.
    Error,
}

impl Severity {
    /// Every severity, least severe first.
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

impl About {
    /// The subject of a finding on a part of the framework. A finding on an area or on the whole is
    /// about the body.
    pub(crate) fn part(level: FrameworkPart) -> About {
        match level {
            FrameworkPart::Component(index) => About::Component(index),
            FrameworkPart::Area(_) | FrameworkPart::Overall => About::Body,
        }
    }

    /// Sorts subjects in the order of a report: the body, its outcomes, components with their
    /// measures, functions.
    pub fn report_order(&self, cycle: &Cycle, output: &Output) -> (u8, usize, usize) {
        match self {
            About::Body => (0, 0, 0),
            About::Outcome(id) => {
                let mut outcomes = output.outcomes.iter();
                let at = outcomes.position(|outcome| outcome.record(cycle).outcome == *id);
                (1, at.unwrap_or(usize::MAX), 0)
            }
            About::Component(index) => (2, usize::from(index.0), 0),
            About::Measure(index) => {
                let component = cycle.framework.measure(*index).component;
                (2, usize::from(component.0), usize::from(index.0) + 1)
            }
            About::Function(index) => (3, index.0 as usize, 0),
        }
    }
}

/// The author of a finding: the core's own checks, or a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Author {
    /// A check of the core.
    Core,
    /// A plugin, by its position among the cycle's plugin runs.
    Plugin(u16),
}

/// One number behind a finding, with its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    /// Quantity and unit: `aspiration, % a year`.
    pub label: Box<str>,
    /// The number, finite.
    pub value: f64,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Identifier of the check: `aspiration-weaker-than-history`, `once-north-east/not-assured`.
    pub check: Box<str>,
    /// The core or a plugin.
    pub author: Author,
    /// How urgent it is.
    pub severity: Severity,
    /// The body that it is on.
    pub body: BodyIndex,
    /// The subject: the body as a whole, a measure, a component, an outcome or a function.
    pub about: About,
    /// A complete sentence, without a capital and full stop.
    pub message: Box<str>,
    /// The numbers behind it.
    pub numbers: Vec<Number>,
}

/// Documentation of a check of the core or a plugin, as the command line and GraphQL show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckDocumentation {
    /// Identifier: `aspiration-missing`.
    pub id: String,
    /// A few words for a heading.
    pub title: String,
    /// What the check reports.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// An example of a finding.
    pub example: String,
}
