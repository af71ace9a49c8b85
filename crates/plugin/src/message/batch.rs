//! The batch that a plugin evaluates: the bodies of its regions in one cycle. It leaves out names
//! of people, notes and narrative: no check reads them, and they would take up most of the bytes.

use super::Text;
use serde::{Deserialize, Serialize};

/// The words of [`Body::kind`] in this protocol version; a later version may add some.
pub mod kind {
    /// A strategic health authority.
    pub const SHA: &str = "sha";
    /// Several PCTs that are assured together.
    pub const CLUSTER: &str = "cluster";
    /// A primary care trust.
    pub const PCT: &str = "pct";
    /// A function to which PCTs delegate.
    pub const FUNCTION: &str = "function";
}

/// The words of [`Judgement::method`] in this protocol version; a later version may add some.
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

/// The input of one evaluation: one cycle and all bodies of the plugin's regions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Batch<'a> {
    /// Version of the messages that the host speaks.
    #[serde(borrow)]
    pub protocol: Text<'a>,
    /// The date on which memberships and delegations apply, `2010-05-31`. A plugin may read no
    /// other clock.
    #[serde(borrow)]
    pub as_of: Text<'a>,
    /// The rule book.
    #[serde(borrow)]
    pub framework: Framework<'a>,
    /// The operator's settings for this plugin, validated by the schema in its manifest.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub settings: serde_json::Map<String, serde_json::Value>,
    /// The bodies, in the order of their codes.
    #[serde(borrow)]
    pub bodies: Vec<Body<'a>>,
}

/// The part of the framework that plugins receive.
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
    /// The number of outcomes that a PCT must choose; 0 if the framework asks for none.
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
    /// Keys of its steps, from worst to best: `1`, `2`, `3`, `4`.
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
    /// Its measures, in order; empty if it is not assessed this year.
    #[serde(borrow)]
    pub measures: Vec<Measure<'a>>,
}

/// Part of a component that is judged on a scale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Measure<'a> {
    /// Identifier: `9b`, `board.5`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// The scale on which it is judged.
    #[serde(borrow)]
    pub scale: Text<'a>,
    /// `cluster`: assured once for a cluster; `pct`: assured for each PCT.
    #[serde(borrow)]
    pub reach: Text<'a>,
}

/// One body and its records. Records of a cluster apply to its PCTs too and are not repeated there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Body<'a> {
    /// Code: `5KF`, `south-of-tyne-and-wear`.
    #[serde(borrow)]
    pub code: Text<'a>,
    /// One of the words in [`kind`], or a word of a later protocol.
    #[serde(borrow)]
    pub kind: Text<'a>,
    /// For a PCT: the code of its cluster.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<Text<'a>>,
    /// Judgements on this body itself.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub judgements: Vec<Judgement<'a>>,
    /// For a PCT: the results of each competency and strand that has at least one known result.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<ComponentResult<'a>>,
    /// Survey results.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub surveys: Vec<Survey<'a>>,
    /// For a PCT: its outcomes, with one entry for each series.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome<'a>>,
    /// For a PCT: the codes of the functions to which it delegates.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub delegations: Vec<Text<'a>>,
    /// Components that commentary or recommendations are about.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub commentary: Vec<Text<'a>>,
    /// Criteria and metrics that are not met, each with the highest step that the evidence supports
    /// until it is met. Since 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion<'a>>,
    /// Values above what surveys, criteria and metrics support. A cluster's challenges apply to its
    /// PCTs and are not repeated there; a PCT has only the challenges that its own value or
    /// evidence raises. Challenges from plugins' ceilings and from delegated functions are left
    /// out. Since 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub challenges: Vec<Challenge<'a>>,
    /// Answers that the body gave to challenges, including challenges that have since lapsed. Since
    /// 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<ChallengeAnswer<'a>>,
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
    /// True if `supports` was inferred rather than read from a document.
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
    /// The method whose value is challenged: `self`, `panel` or `calibrated`.
    #[serde(borrow)]
    pub method: Text<'a>,
    /// Key of the step that was recorded.
    #[serde(borrow)]
    pub value: Text<'a>,
    /// Key of the highest step that the evidence supports.
    #[serde(borrow)]
    pub supports: Text<'a>,
    /// True once somebody has given a reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    /// True if the challenge is closed: the panel or the calibration has lowered a challenged
    /// self-assessment to what the evidence supports, or the method itself has changed its value to
    /// that; `value` is then the earlier one. Such a challenge needs no answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub corrected: bool,
}

/// An answer to a challenge. Its text is not sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChallengeAnswer<'a> {
    /// The measure.
    #[serde(borrow)]
    pub measure: Text<'a>,
    /// The method whose value was challenged.
    #[serde(borrow)]
    pub method: Text<'a>,
}

/// One judgement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judgement<'a> {
    /// A measure, or a component if its overall value was recorded directly.
    #[serde(borrow)]
    pub subject: Text<'a>,
    /// One of the words in [`method`], or a word of a later protocol.
    #[serde(borrow)]
    pub method: Text<'a>,
    /// Key of a step of the subject's scale; absent if a judgement was made but its value is not known.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Text<'a>>,
    /// For a function that several clusters assess: the code of the body that made this judgement.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub assessor: Option<Text<'a>>,
    /// True if a PCT departs from its cluster's judgement.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub departs: bool,
    /// True if the value was inferred rather than read from a document. Since 1.1.
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
    /// Last year's result.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Text<'a>>,
    /// The result by self-assessment.
    #[serde(
        borrow,
        rename = "self",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub self_assessment: Option<Text<'a>>,
    /// The result by the panel.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub panel: Option<Text<'a>>,
    /// The result after calibration.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub calibrated: Option<Text<'a>>,
    /// The methods whose result was inferred, or rests on an inferred mark: `self`, `panel`. A text
    /// that names such a result shows it with an asterisk. Since 1.1.
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    pub inferred: Vec<Text<'a>>,
}

impl ComponentResult<'_> {
    /// Formats Formats `value`, the result by a method, as reports show it: with an asterisk if it
    /// was inferred or rests on an inferred mark.
    pub fn format_value(&self, method: &str, value: &str) -> String {
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
    /// The measure to which it applies.
    #[serde(borrow)]
    pub measure: Text<'a>,
    /// Mean score on the survey's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// The result in words: `somewhat agree`.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub wording: Option<Text<'a>>,
    /// Key of the highest step that it supports by the framework's bands; absent if it sets no limit.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pub supports: Option<Text<'a>>,
}

/// An annual rate of change over a span of years.
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

/// One series of one outcome. Rates are compound annual growth rates in percent; an absent rate is n/a.
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
    /// Its series, by its identifier in the framework: `persons`, `males`, `females`, or another
    /// that the framework declares.
    #[serde(borrow)]
    pub series: Text<'a>,
    /// `higher` or `lower`.
    #[serde(borrow)]
    pub better: Text<'a>,
    /// The PCT's own historic rate over the framework's span of years: as stated, else computed
    /// from its values. It can be compared with the benchmarks and the aspiration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub historic: Option<f64>,
    /// The historic rate if it covers a different span of years. It cannot be compared with the
    /// other rates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_span_rate: Option<SpanRate>,
    /// National rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national: Option<f64>,
    /// Rate of the PCT's ONS cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ons_cluster: Option<f64>,
    /// Rate of the top decile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_decile: Option<f64>,
    /// The PCT's aspiration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspiration: Option<f64>,
}
