//! What the rules need to know of their inputs, counted in one pass.

use super::{Combination, Condition, Counted, Counting, Rule, Sum, Value};
use crate::fraction::Fraction;
use crate::scale::{Scale, Step};

/// Which figures a tally counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Figures {
    /// Those that the rule decides on.
    Needed,
    /// Also those that are only shown beside the result.
    All,
}

#[derive(Clone)]
pub(super) struct Tally {
    pub(super) sum: Sum,
    /// Whether a figure that is only shown is too fine a fraction to be exact.
    sum_is_inexact: bool,
    /// The worst value, with its step on the scale of the result.
    pub(super) lowest: Option<Value>,
    /// Whether a figure is too fine a fraction to be exact.
    pub(super) overflowed: bool,
    rule: Rule,
    figures: Figures,
    /// Every value, for the rules that need them all: for the median with its step on the scale of
    /// the result, for counts with the step that it has.
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
        // A value of another scale counts as the step of like points.
        let same = std::ptr::eq(scale, result) || scale.id == result.id;
        let value = if same {
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

    /// Adds to the sums; false where a figure that the rule decides on is too fine a fraction to be
    /// exact.
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

    /// The sums, where they are exact.
    pub(super) fn exact_sum(&self) -> Option<Sum> {
        (!self.sum_is_inexact).then_some(self.sum)
    }

    /// The middle value; of an even number, the lower of the two in the middle.
    pub(super) fn median(&mut self) -> Option<Value> {
        self.values.sort_unstable_by_key(order);
        let middle = self.values.len().saturating_sub(1) / 2;
        self.values.get(middle).copied()
    }

    /// The result of the first condition that holds.
    pub(super) fn counted_step(&self, counting: &Counting) -> Step {
        let mut conditions = counting.conditions.iter();
        conditions
            .find(|one| self.number_at_or_below(one) >= one.at_least)
            .map_or(counting.otherwise, |one| one.gives)
    }

    /// The condition that holds, else the last one, with the number that it counted.
    pub(super) fn counted(&self, counting: &Counting) -> Option<Counted> {
        let conditions = (0..).zip(&counting.conditions);
        let mut last = None;
        for (condition, one) in conditions {
            let number = self.number_at_or_below(one);
            last = Some(Counted { condition, number });
            if number >= one.at_least {
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

/// Values in order: by their steps, then by the figures that those were rounded from.
fn order(value: &Value) -> (Step, Fraction) {
    (value.step, value.figure)
}
