//! Marks on the steps of a scale, as scorecards print them: one row for each measure, one column for
//! each step, one mark for each method.

use super::{Text, Tone};
use serde::{Deserialize, Serialize};

/// Rows of marks on one scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarkGrid {
    /// What it shows: "Competency 1: Are recognised as the local leader of the NHS".
    pub caption: String,
    /// Heading of the column that names the rows: "Measure".
    pub row_heading: String,
    /// Heading over the steps: "Level".
    pub scale: String,
    /// The steps of the scale, lowest first.
    pub steps: Vec<MarkStep>,
    /// Its rows.
    pub rows: Vec<MarkRow>,
}

/// A step of the scale: a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarkStep {
    /// As it stands in the heading: "3", "Green".
    pub label: String,
    /// Its title in words: "National best practice".
    pub title: String,
    /// What it means.
    pub tone: Tone,
}

/// A row: a measure, a component or the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarkRow {
    /// Code of the measure or component, if it is shown: "1a".
    pub code: Option<String>,
    /// Its name.
    pub label: String,
    /// Whether it is a result of the rows under it.
    pub level: RowLevel,
    /// The marks, in the order of the legend. Marks with a step stand in its column; the others
    /// stand in words at the end of the row: "last year not known".
    pub marks: Vec<Mark>,
    /// How it moved, in words: "above last year", "new".
    pub change: Option<String>,
    /// A line under it: what limits the value, why it was inferred, that only a rule produced it.
    pub note: Option<Text>,
    /// Identifier of the section with its rationale, if the document has one.
    pub link: Option<String>,
}

/// What a row stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowLevel {
    /// A measure.
    #[default]
    Item,
    /// The result of several.
    Result,
}

/// A mark: one value by one method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Whose it is.
    pub kind: MarkKind,
    /// Position of its step in [`MarkGrid::steps`]; `None` if there is no value.
    pub step: Option<u8>,
    /// In words: "3", "not known", "not applicable", "not legible".
    pub words: String,
    /// What qualifies it.
    pub qualifiers: Vec<Qualifier>,
}

/// Whose a mark is. Each has its own shape, so that nobody needs colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    /// Last year's result: a filled circle.
    Previous,
    /// The self-assessment: a square.
    SelfAssessment,
    /// The panel: a tick.
    Panel,
    /// The calibrated value: a filled diamond.
    Calibrated,
    /// The highest value that the evidence supports: a bar at the right of the step.
    Supported,
}

/// What qualifies a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Qualifier {
    /// It was inferred rather than read.
    Inferred,
    /// A rule produced it; nobody recorded it.
    ByRule,
    /// It was taken over from the group that was assured once.
    FromGroup,
    /// It was taken over from a delegated function.
    FromFunction,
    /// The body departs from its group.
    Departure,
}

/// What a shape means, in the words of the framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarkKindLegend {
    /// Whose marks have the shape.
    pub kind: MarkKind,
    /// In words: "Panel assessment".
    pub words: String,
}
