//! Results of components, areas and the whole, by method, and how they compare.

use super::{Mark, Origin};
use crate::combine::RuleResult;
use crate::record::Method;
use crate::scale::Step;

/// The result of a component, area or the whole by one method.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MethodResult {
    /// The result of the framework's rule. The calibrated result is computed from the calibrated
    /// marks, and from the panel's for measures that were not calibrated.
    pub by_rule: RuleResult,
    /// A value recorded for the component itself by this method.
    pub recorded: Mark,
}

impl MethodResult {
    /// The current value: the recorded value, or else the rule's.
    #[inline]
    pub fn value(&self) -> Option<Step> {
        self.recorded.value.or(self.by_rule.step)
    }

    /// Whether the current value was inferred, or is based on an inferred mark.
    #[inline]
    pub fn inferred(&self) -> bool {
        if self.recorded.value.is_some() {
            self.recorded.inferred()
        } else {
            self.by_rule.inferred
        }
    }

    /// Whether nothing that the rule would count applies to the body, and no value was recorded.
    pub fn not_applicable(&self) -> bool {
        self.recorded.not_applicable()
            || self.recorded.value.is_none() && self.by_rule.not_applicable
    }

    /// Whether the current value comes from the rule alone, because none was recorded. Outputs mark
    /// such values.
    #[inline]
    pub fn is_by_rule_alone(&self) -> bool {
        self.recorded.value.is_none() && self.by_rule.step.is_some()
    }

    /// Whether a recorded value differs from the rule's result. A result carried over from last
    /// year is not an override, because last year's rule and measures produced it.
    #[inline]
    pub fn is_override(&self) -> bool {
        if self.recorded.origin == Origin::LastYear {
            return false;
        }
        matches!((self.recorded.value, self.by_rule.step), (Some(recorded), Some(rule)) if recorded != rule)
    }
}

/// How this year's result compares with last year's or with the self-assessment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comparison {
    /// The current value is higher.
    Above,
    /// The values are equal.
    Level,
    /// The current value is lower.
    Below,
    /// Not assessed in the previous year.
    New,
    /// One of the two values is unknown.
    #[default]
    Unknown,
}

impl Comparison {
    /// How `current` compares with `other`. Both must be on the same scale.
    pub fn of(current: Option<Step>, other: Option<Step>) -> Comparison {
        match (current, other) {
            (Some(current), Some(other)) if current > other => Comparison::Above,
            (Some(current), Some(other)) if current < other => Comparison::Below,
            (Some(_), Some(_)) => Comparison::Level,
            _ => Comparison::Unknown,
        }
    }

    /// The comparison in words: "above last year", "the same as last year", "new". `None` if it is
    /// not known.
    pub fn in_words(self, other: &str) -> Option<String> {
        match self {
            Comparison::Above => Some(format!("above {other}")),
            Comparison::Level => Some(format!("the same as {other}")),
            Comparison::Below => Some(format!("below {other}")),
            Comparison::New => Some("new".to_owned()),
            Comparison::Unknown => None,
        }
    }
}

/// The result of a component, an area or the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PartResult {
    /// One result for each of [`Method::ALL`]. The calibrated result is unknown if neither the part
    /// nor anything below it was calibrated. A result that the panel recorded stays in the panel's
    /// column.
    pub results: [MethodResult; 5],
    /// The current value compared with last year's.
    pub against_last_year: Comparison,
    /// The current value compared with the self-assessment.
    pub against_self: Comparison,
}

impl PartResult {
    /// The result by a method.
    #[inline]
    pub fn result(&self, method: Method) -> &MethodResult {
        method.of(&self.results)
    }

    /// The method of the current value: calibrated if there is such a value, otherwise the panel.
    #[inline]
    pub fn current_method(&self) -> Method {
        if self.result(Method::Calibrated).value().is_some() {
            Method::Calibrated
        } else {
            Method::Panel
        }
    }

    /// The current result.
    #[inline]
    pub fn current(&self) -> &MethodResult {
        self.result(self.current_method())
    }
}

/// The comparisons of one area's components, counted for the statements of a panel report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Position of the area in the framework.
    pub area: usize,
    /// Number of scored components.
    pub components: u16,
    /// Components that met or went above the self-assessment.
    pub met_self: u16,
    /// Components below the self-assessment.
    pub below_self: u16,
    /// Components whose comparison with the self-assessment is unknown.
    pub self_unknown: u16,
    /// Number of known comparisons with the self-assessment that are based on an inferred mark.
    pub self_inferred: u16,
    /// Components that improved on last year.
    pub improved: u16,
    /// Components that did not improve on last year.
    pub not_improved: u16,
    /// Components that are new this year and have nothing to compare with.
    pub new: u16,
    /// Components whose comparison with last year is unknown.
    pub last_year_unknown: u16,
    /// Number of known comparisons with last year that are based on an inferred mark.
    pub last_year_inferred: u16,
}
