//! What a plugin is asked about: the bodies of its regions in one cycle. No names of people, no
//! notes and no narrative: no check reads them, and they would be most of the bytes.

use super::Text;
use serde::{Deserialize, Serialize};

/// The words of [`Body::kind`] in this protocol version; a later one may know more.
pub mod kind {
    /// A strategic health authority.
    pub const SHA: &str = "sha";
    /// Several PCTs that are assured once.
    pub const CLUSTER: &str = "cluster";
    /// A primary care trust.
    pub const PCT: &str = "pct";
    /// A function that PCTs delegate to.
    pub const FUNCTION: &str = "function";
}

/// The words of [`Judgement::method`] in this protocol version; a later one may know more.
pub mod method {
    /// Last year's result.
    pub const PREVIOUS: &str = "previous";
    /// This year's self-assessment.
    pub const SELF: &str = "self";
    /// The analysts' view before the panel day.
    pub const ANALYST: &str = "analyst";
    /// The panel's assessment.
    pub const PANEL: &str = "panel";
    /// The result after calibration.
    pub const CALIBRATED: &str = "calibrated";
}

/// Everything that a plugin is asked about at once: one cycle, all bodies of its regions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Batch<'a> {
    /// Version of the messages that the host speaks.
    #[serde(borrow)]
    pub protocol: Text<'a>,
    /// The day on which memberships and delegations are looked at, `2010-05-31`. The only clock
    /// that a plugin may read.
    #[serde(borrow)]
    pub as_of: Text<'a>,
    /// The rule book.
    #[serde(borrow)]
    pub framework: Framework<'a>,
    /// The operator's settings for this plugin, valid by the schema in its manifest.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// The bodies, in the order of their codes.
    #[serde(borrow)]
    pub bodies: Vec<Body<'a>>,
}

/// What a plugin may know of the rule book.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Framework<'a> {
    /// Identifier: `wcc-2009-10`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Rating scales.
    #[serde(borrow)]
    pub scales: Vec<Scale<'a>>,
    /// Competencies and governance strands, in order.
    #[serde(borrow)]
    pub components: Vec<Component<'a>>,
    /// How many outcomes a PCT is asked to have; 0 where the framework asks for none.
    #[serde(default)]
    pub outcomes_asked: u16,
}

/// A rating scale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scale<'a> {
    /// Identifier: `level`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Keys of its steps, worst first: `1`, `2`, `3`, `4`.
    #[serde(borrow)]
    pub steps: Vec<Text<'a>>,
}

/// A competency or governance strand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Component<'a> {
    /// Identifier: `3`, `strategy`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Identifier of its area: `competencies`, `governance`.
    #[serde(borrow)]
    pub area: Text<'a>,
    /// The scale of its result.
    #[serde(borrow)]
    pub scale: Text<'a>,
    /// Its measures, in order; none where it is not assessed in this year.
    #[serde(borrow)]
    pub measures: Vec<Measure<'a>>,
}

/// A measure.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Measure<'a> {
    /// Identifier: `9b`, `board.5`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// The scale of judgements on it.
    #[serde(borrow)]
    pub scale: Text<'a>,
    /// `cluster`: assured once for a cluster; `pct`: assured for each PCT.
    #[serde(borrow)]
    pub reach: Text<'a>,
}

/// One body and what was said of it. What is said of a cluster holds for its PCTs too, and is
/// not repeated there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Body<'a> {
    /// Code: `5KF`, `south-of-tyne-and-wear`.
    #[serde(borrow)]
    pub code: Text<'a>,
    /// One of the words in [`kind`], or one of a later protocol.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// For a PCT: code of its cluster.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Text<'a>>,
    /// Judgements on this body itself.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub judgements: Vec<Judgement<'a>>,
    /// For a PCT: results of the competencies and strands of which any is known.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<ComponentResult<'a>>,
    /// Survey results.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub surveys: Vec<Survey<'a>>,
    /// For a PCT: its outcomes, one entry for each series.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome<'a>>,
    /// For a PCT: codes of the functions that it delegates to.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<Text<'a>>,
    /// Components that commentary or recommendations bear on.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub commentary: Vec<Text<'a>>,
    /// Criteria and metrics that are not met, each with what the evidence supports until they are.
    /// Since 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion<'a>>,
    /// Values above what surveys, criteria and metrics support. A cluster's challenges hold for its
    /// PCTs and are not repeated there; a PCT has those that only its own value or evidence raises.
    /// What plugins' ceilings and delegated functions add is not among them. Since 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<Challenge<'a>>,
    /// Answers that the body gave to challenges. One may be there to a challenge that no longer
    /// stands. Since 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answered<'a>>,
}

/// A criterion or metric that is not met.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Criterion<'a> {
    /// The measure.
    #[serde(borrow)]
    pub measure: Text<'a>,
    /// `criterion` or `metric`, or a word of a later protocol.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// Key of the highest step that the evidence supports while it is not met.
    #[serde(borrow)]
    pub supports: Text<'a>,
    /// True where what it supports was inferred rather than read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

/// A value above what the evidence supports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Challenge<'a> {
    /// The measure.
    #[serde(borrow)]
    pub measure: Text<'a>,
    /// Whose value is challenged: `self`, `panel` or `calibrated`.
    #[serde(borrow)]
    pub method: Text<'a>,
    /// Key of the step that was given.
    #[serde(borrow)]
    pub value: Text<'a>,
    /// Key of the highest step that the evidence supports.
    #[serde(borrow)]
    pub supports: Text<'a>,
    /// True once a reason was given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    /// True if a self mark is challenged that the panel or the calibration has already brought down
    /// to what the evidence supports. Nobody has to answer then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
}

/// An answer to a challenge. Its text is not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answered<'a> {
    /// The measure.
    #[serde(borrow)]
    pub measure: Text<'a>,
    /// Whose value was challenged.
    #[serde(borrow)]
    pub method: Text<'a>,
}

/// One judgement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judgement<'a> {
    /// A measure, or a component for an overall value that was recorded itself.
    #[serde(borrow)]
    pub subject: Text<'a>,
    /// One of the words in [`method`], or one of a later protocol.
    #[serde(borrow)]
    pub method: Text<'a>,
    /// Key of a step of the subject's scale; absent: there is one, but it is not known.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Text<'a>>,
    /// For a function that several clusters assess: code of the body that judged.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub assessor: Option<Text<'a>>,
    /// True where a PCT departs from its cluster.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub departs: bool,
    /// True where the value was inferred rather than read. Since 1.1.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inferred: bool,
}

/// The result of a competency or strand by the framework's rule, or as the panel recorded it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ComponentResult<'a> {
    /// The component.
    #[serde(borrow)]
    pub component: Text<'a>,
    /// Last year's.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Text<'a>>,
    /// By self-assessment.
    #[serde(
        borrow,
        rename = "self",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub self_assessment: Option<Text<'a>>,
    /// By the panel.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<Text<'a>>,
    /// After calibration.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub calibrated: Option<Text<'a>>,
    /// The methods whose result was inferred rather than read, or rests on a mark that was:
    /// `self`, `panel`. A text that names such a result shows it with an asterisk. Since 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub inferred: Vec<Text<'a>>,
}

impl ComponentResult<'_> {
    /// `value`, the result by a method, as reports show it: with an asterisk if it was inferred or
    /// rests on an inferred mark.
    pub fn marked(&self, method: &str, value: &str) -> String {
        let inferred = self.inferred.iter().any(|inferred| *inferred == *method);
        format!("{value}{}", if inferred { "*" } else { "" })
    }
}

/// A survey result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Survey<'a> {
    /// Which survey: `key-stakeholder`.
    #[serde(borrow)]
    pub survey: Text<'a>,
    /// The measure that it bears on.
    #[serde(borrow)]
    pub measure: Text<'a>,
    /// Mean score on the survey's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The result in words: `somewhat agree`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Text<'a>>,
    /// Key of the highest step that it supports by the framework's bands; absent: does not limit.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub supports: Option<Text<'a>>,
}

/// A rate over the years that it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpanRate {
    /// Percent a year.
    pub percent: f64,
    /// The first year: 2006 for 2006/07.
    pub from: i16,
    /// The last year.
    pub to: i16,
}

/// One series of one outcome. Rates are compound annual growth rates in percent; absent: n/a.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Outcome<'a> {
    /// Its number in the PCT's list, from 1.
    pub slot: u16,
    /// Identifier.
    #[serde(borrow)]
    pub outcome: Text<'a>,
    /// Title as the PCT prints it.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text<'a>>,
    /// `persons`, `males` or `females`.
    #[serde(borrow)]
    pub series: Text<'a>,
    /// `higher` or `lower`.
    #[serde(borrow)]
    pub better: Text<'a>,
    /// The PCT's own historic rate over the framework's span of years, as stated, else computed
    /// from its values. It compares with the benchmarks and the aspiration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub historic: Option<f64>,
    /// The historic rate where it covers other years than the framework's span. It compares with
    /// nothing here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_span_rate: Option<SpanRate>,
    /// National.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national: Option<f64>,
    /// ONS cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ons_cluster: Option<f64>,
    /// Top decile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_decile: Option<f64>,
    /// The PCT's aspiration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspiration: Option<f64>,
}
