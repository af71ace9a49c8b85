//! Collects what the rules need to know about their inputs, in one pass.

use super::{Combination, Condition, Counted, Counting, Rule, Sum, Value};
use crate::fraction::Fraction;
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
    /// The worst value, converted to the scale of the result.
    pub(super) lowest: Option<Value>,
    /// Whether a figure that decides the rule cannot be represented exactly.
    pub(super) overflowed: bool,
    rule: Rule,
    figures: Figures,
    /// All values, for the rules that need them: for the median on the scale of the result, for
    /// counts on their own scale.
    values: Vec<Value>,
}

impl Tally {
    pub(super) fn new(combination: &Combination, figures: Figures) -> Tally {
        let rule = combination.rule;
        Tally {
            sum: Sum {
                points: Fraction::default(),
                most: Fraction::default(),
                count: 0,
            },
            sum_is_inexact: false,
            lowest: None,
            overflowed: false,
            rule,
            figures,
            values: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, value: Value, scale: &Scale, result: &Scale) {
        if !self.count(value, scale) {
            self.overflowed = true;
            return;
        }
        if self.rule == Rule::Counts {
            self.values.push(value);
            return;
        }
        // A value on another scale is converted to the step with corresponding points.
        let same_scale = std::ptr::eq(scale, result) || scale.id == result.id;
        let value = if same_scale {
            value
        } else {
            Value {
                step: result.step_at_points(scale.points(value.step)),
                ..value
            }
        };
        if self
            .lowest
            .is_none_or(|lowest| order(&value) < order(&lowest))
        {
            self.lowest = Some(value);
        }
        if self.rule == Rule::Median {
            self.values.push(value);
        }
    }

    /// Adds a value to the sums. Returns `false` if a figure that decides the rule cannot be
    /// represented exactly.
    fn count(&mut self, value: Value, scale: &Scale) -> bool {
        let sum = &mut self.sum;
        let Some(count) = sum.count.checked_add(1) else {
            return false;
        };
        sum.count = count;
        let all = self.figures == Figures::All;
        let decides_on_points = self.rule.takes_mean() || self.rule.needs_bands();
        if all || decides_on_points {
            match sum.points.plus(value.figure) {
                Some(points) => sum.points = points,
                None if decides_on_points => return false,
                None => self.sum_is_inexact = true,
            }
        }
        let decides_on_most = self.rule == Rule::PercentBands;
        if all || decides_on_most {
            match sum.most.plus(scale.most_points()) {
                Some(most) => sum.most = most,
                None if decides_on_most => return false,
                None => self.sum_is_inexact = true,
            }
        }
        true
    }

    /// The sums, if they are exact.
    pub(super) fn exact_sum(&self) -> Option<Sum> {
        (!self.sum_is_inexact).then_some(self.sum)
    }

    /// The median; of an even number of values, the lower of the middle two.
    pub(super) fn median(&mut self) -> Option<Value> {
        self.values.sort_unstable_by_key(order);
        let middle = self.values.len().saturating_sub(1) / 2;
        self.values.get(middle).copied()
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
            if number >= condition.at_least {}
        }
        last
    }

    fn number_at_or_below(&self, condition: &Condition) -> u16 {
        let values = self.values.iter();
        let number = values.filter(|value| value.step <= condition.at_or_below);
        u16::try_from(number.count()).unwrap_or(u16::MAX)
    }
}

/// Orders values by step, then by the figure before rounding.
fn order(value: &Value) -> (Step, Fraction) {
    (value.step, value.figure)
}
