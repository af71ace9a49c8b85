//! Collects what the rules need to know about their inputs, in one pass.

use super::{Combination, Condition, Counted, Counting, Input, Rounding, Rule, Sum, Value};
use crate::fraction::Fraction;
use crate::outcome::Better;
use crate::scale::{Scale, Step};

/// The figures that a tally computes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Figures {
    /// Only the figures that decide the rule.
    Needed,
    /// All figures, including those shown beside the result.
    All,
}

#[derive(Clone)]
pub(super) struct Tally {
    pub(super) sum: Sum,
    /// Whether a figure for display cannot be represented exactly.
    sum_is_inexact: bool,
    /// The value that a rule which takes the lowest or the highest chooses, converted to the scale
    /// of the result; for means, the worst value.
    extreme: Option<Value>,
    /// Whether a figure that decides the rule cannot be represented exactly.
    pub(super) overflowed: bool,
    rule: Rule,
    figures: Figures,
    /// Whether values are compared with each other.
    compares: bool,
    /// Whether values on another scale are converted to the scale of the result before they are
    /// compared.
    converts: bool,
    /// All values, for the rules that need them: for the median on the scale of the result, for
    /// counts on their own scale.
    values: Vec<Value>,
    /// Whether fewer points are better.
    lower_is_better: bool,
}

impl Tally {
    pub(super) fn new(combination: &Combination, figures: Figures, result: &Scale) -> Tally {
        let rule = combination.rule;
        let to_a_step = matches!(
            combination.rounding,
            Some(Rounding::NearestStep | Rounding::StepBelow)
        );
        Tally {
            sum: Sum {
                points: Fraction::default(),
                most: Fraction::default(),
                weight: Fraction::default(),
                count: 0,
            },
            sum_is_inexact: false,
            extreme: None,
            overflowed: false,
            rule,
            figures,
            compares: rule.chooses() || to_a_step,
            converts: combination.bands.is_empty(),
            values: Vec::new(),
            lower_is_better: result.better == Better::Lower,
        }
    }

    pub(super) fn add(&mut self, value: Value, input: &Input<'_>, result: &Scale) {
        if !self.count(value, input) {
            self.overflowed = true;
            return;
        }
        if self.rule == Rule::Counts {
            self.values.push(value);
            return;
        }
        if !self.compares {
            return;
        }
        // A value on another scale is converted to the step with corresponding points.
        let scale = input.scale;
        let same_scale = std::ptr::eq(scale, result) || scale.id == result.id;
        let value = if same_scale || !self.converts {
            value
        } else {
            Value {
                step: result.step_at_points(scale.points(value.step)),
                ..value
            }
        };
        let replaces = |chosen: Value| {
            let (left, right) = (self.order(&value), self.order(&chosen));
            match self.rule {
                Rule::Highest => left > right,
                _ => left < right,
            }
        };
        if self.extreme.is_none_or(replaces) {
            self.extreme = Some(value);
        }
        if self.rule == Rule::Median {
            self.values.push(value);
        }
    }

    /// Adds a value to the sums. Returns `false` if a figure that decides the rule cannot be
    /// represented exactly.
    fn count(&mut self, value: Value, input: &Input<'_>) -> bool {
        let sum = &mut self.sum;
        let weigh = |figure: Fraction| {
            if input.weight == Fraction::from(1) {
                Some(figure)
            } else {
                figure.product(input.weight)
            }
        };
        let Some(count) = sum.count.checked_add(1) else {
            return false;
        };
        sum.count = count;
        let all = self.figures == Figures::All;
        let parts = [
            (self.rule.calculates(), weigh(value.figure), &mut sum.points),
            (
                self.rule == Rule::Percent,
                weigh(input.scale.most_points()),
                &mut sum.most,
            ),
            (self.rule == Rule::Mean, Some(input.weight), &mut sum.weight),
        ];
        for (decides, part, total) in parts {
            if !all && !decides {
                continue;
            }
            match part.and_then(|part| total.plus(part)) {
                Some(sum) => *total = sum,
                None if decides => return false,
                None => self.sum_is_inexact = true,
            }
        }
        true
    }

    /// The sums, if they are exact.
    pub(super) fn exact_sum(&self) -> Option<Sum> {
        (!self.sum_is_inexact).then_some(self.sum)
    }

    /// The value that the rule chooses.
    pub(super) fn chosen(&mut self) -> Option<Value> {
        if self.rule != Rule::Median {
            return self.extreme;
        }
        let lower_is_better = self.lower_is_better;
        self.values
            .sort_unstable_by_key(|value| order(value, lower_is_better));
        // Of an even number of values, the lower of the middle two.
        let middle = self.values.len().saturating_sub(1) / 2;
        self.values.get(middle).copied()
    }

    /// The worst step among the values.
    pub(super) fn worst_step(&self) -> Option<Step> {
        self.extreme.map(|value| value.step)
    }

    fn order(&self, value: &Value) -> (Step, Fraction) {
        order(value, self.lower_is_better)
    }

    /// The result of the first condition that holds.
    pub(super) fn counted_step(&self, counting: &Counting) -> Step {
        let mut conditions = counting.conditions.iter();
        conditions
            .find(|condition| self.number_at_or_below(condition) >= condition.at_least)
            .map_or(counting.otherwise, |condition| condition.gives)
    }

    /// The condition that holds, or else the last one, with its count.
    pub(super) fn counted(&self, counting: &Counting) -> Option<Counted> {
        let mut last = None;
        for (position, condition) in (0..).zip(&counting.conditions) {
            let number = self.number_at_or_below(condition);
            last = Some(Counted {
                condition: position,
                number,
            });
            if number >= condition.at_least {
                break;
            }
        }
        last
    }

    fn number_at_or_below(&self, condition: &Condition) -> u16 {
        let values = self.values.iter();
        let number = values.filter(|value| value.step <= condition.at_or_below);
        u16::try_from(number.count()).unwrap_or(u16::MAX)
    }
}

/// Orders values by step, then by the figure before rounding, the worse first.
fn order(value: &Value, lower_is_better: bool) -> (Step, Fraction) {
    let figure = if lower_is_better {
        value.figure.times(-1).unwrap_or_default()
    } else {
        value.figure
    };
    (value.step, figure)
}
