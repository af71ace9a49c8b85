//! Results of components, areas and the whole by each method, and how they compare.

use super::{Mark, Origin};
use crate::combine::RuleResult;
use crate::record::Method;
use crate::scale::Step;

/// The result of a component, area or the whole by one method.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MethodResult {
    /// What the framework's rule makes of the measures. For the calibrated result: of the calibrated
    /// marks, and of the panel's where a measure was not calibrated.
    pub by_rule: RuleResult,
    /// A value recorded for the component itself, by this method and no other.
    pub recorded: Mark,
}

impl MethodResult {
    /// The value that stands: the one recorded, else the rule's.
    pub fn value(&self) -> Option<Step> {
        self.recorded.value.or(self.by_rule.step)
    }

    /// Whether the value that stands was inferred, or rests on a mark that was.
    pub fn inferred(&self) -> bool {
        if self.recorded.value.is_some() {
            self.recorded.inferred
        } else {
            self.by_rule.inferred
        }
    }

    /// Whether the value that stands was made by the rule alone: nobody recorded one for the whole.
    /// Faces mark such a value, beside those that were recorded.
    pub fn is_by_rule_alone(&self) -> bool {
        self.recorded.value.is_none() && self.by_rule.step.is_some()
    }

    /// Whether a recorded value differs from what the rule makes. A result carried over from last
    /// year's cycle is not an override: last year's rule and measures made it.
    pub fn is_override(&self) -> bool {
        if self.recorded.origin == Origin::LastYear {
            return false;
        }
        matches!((self.recorded.value, self.by_rule.step), (Some(said), Some(rule)) if said != rule)
    }
}

/// The method whose result is current: calibrated if there is a calibrated result, else the panel.
pub fn standing_method(results: &[RuleResult; 5]) -> Method {
    if results[Method::Calibrated.position()].step.is_some() {
        Method::Calibrated
    } else {
        Method::Panel
    }
}

/// The current result among those by method: the calibrated one if there is one, else the panel's.
pub fn standing(results: &[RuleResult; 5]) -> &RuleResult {
    &results[standing_method(results).position()]
}

/// How this year's result stands to last year's or to the self-assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// Above.
    Above,
    /// Level.
    Level,
    /// Below.
    Below,
    /// Not assessed the year before.
    New,
    /// One of the two is not known.
    #[default]
    Unknown,
}

impl Comparison {
    /// How `current` stands to `other`, both of one scale.
    pub fn of(current: Option<Step>, other: Option<Step>) -> Comparison {
        match (current, other) {
            (Some(current), Some(other)) if current > other => Comparison::Above,
            (Some(current), Some(other)) if current < other => Comparison::Below,
            (Some(_), Some(_)) => Comparison::Level,
            _ => Comparison::Unknown,
        }
    }
}

/// The result of one competency or governance strand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ComponentResult {
    /// One result for each of [`Method::ALL`]. The calibrated one is unknown where neither the
    /// component nor one of its measures was calibrated; a result that the panel recorded stays in
    /// the panel's column.
    pub results: [MethodResult; 5],
    /// This year against last year.
    pub against_last_year: Comparison,
    /// This year against the self-assessment.
    pub against_self: Comparison,
}

impl ComponentResult {
    /// The result by a method.
    pub fn result(&self, method: Method) -> &MethodResult {
        &self.results[method.position()]
    }

    /// The method whose value stands: calibrated where there is one, else the panel.
    pub fn current_method(&self) -> Method {
        if self.result(Method::Calibrated).value().is_some() {
            Method::Calibrated
        } else {
            Method::Panel
        }
    }

    /// The result that stands.
    pub fn current(&self) -> &MethodResult {
        self.result(self.current_method())
    }
}

/// A counted statement of the panel report, over the components of one area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Position of the area in the framework.
    pub area: usize,
    /// Scored components.
    pub components: u16,
    /// Met or went above the self-assessment.
    pub met_self: u16,
    /// Stayed below it.
    pub below_self: u16,
    /// Not known.
    pub self_unknown: u16,
    /// How many of the known comparisons with the self-assessment rest on an inferred mark.
    pub self_inferred: u16,
    /// Improved on last year.
    pub improved: u16,
    /// Did not improve.
    pub not_improved: u16,
    /// New this year: nothing to compare.
    pub new: u16,
    /// Not known.
    pub last_year_unknown: u16,
    /// How many of the known comparisons with last year rest on an inferred mark.
    pub last_year_inferred: u16,
}
