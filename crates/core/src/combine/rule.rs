//! The named rules, and what becomes of the figures that they calculate.

use crate::fraction::Fraction;
use crate::scale::Step;

/// A combination rule: how a figure or a step comes from several inputs. What the figure becomes is
/// said by [`rounding`](super::Combination::rounding) and [`bands`](super::Combination::bands).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The lowest of all inputs: one weak measure limits the result.
    Lowest,
    /// The worst of all inputs, for ratings such as red, amber and green.
    WorstOf,
    /// The highest of all inputs.
    Highest,
    /// The median; of an even number of inputs, the lower of the middle two.
    Median,
    /// The weighted mean of the points.
    Mean,
    /// The weighted sum of the points.
    Sum,
    /// The weighted sum of the points as a percentage of the maximum.
    Percent,
    /// The first condition in a list that holds: "at least two at amber or worse".
    Counts,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 8] = [
        Rule::Lowest,
        Rule::WorstOf,
        Rule::Highest,
        Rule::Median,
        Rule::Mean,
        Rule::Sum,
        Rule::Percent,
        Rule::Counts,
    ];

    /// The name that framework files use.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Lowest => "lowest",
            Rule::WorstOf => "worst-of",
            Rule::Highest => "highest",
            Rule::Median => "median",
            Rule::Mean => "mean",
            Rule::Sum => "sum",
            Rule::Percent => "percent",
            Rule::Counts => "counts",
        }
    }

    /// The rule with this name.
    pub fn named(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// Whether the rule calculates a figure from the points, so that weights matter.
    pub fn calculates(self) -> bool {
        matches!(self, Rule::Mean | Rule::Sum | Rule::Percent)
    }

    /// Whether the rule chooses one of its inputs.
    pub fn chooses(self) -> bool {
        matches!(
            self,
            Rule::Lowest | Rule::WorstOf | Rule::Highest | Rule::Median
        )
    }
}

/// One band: the figures from its start to that of the next band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Lowest figure of the band: points, or a percentage.
    pub from: Fraction,
    /// Whether the band begins just above `from` rather than at it.
    pub above: bool,
    /// The result in this band.
    pub step: Step,
}

impl Band {
    pub(super) fn is_reached_by(&self, figure: Fraction) -> bool {
        if self.above {
            figure > self.from
        } else {
            figure >= self.from
        }
    }
}

/// How a figure is rounded before anything else is done with it; halfway rounds up, to the better
/// step for [`Rounding::NearestStep`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To a whole number.
    Whole,
    /// Up to the next whole number, unless it is one.
    WholeUp,
    /// To one decimal.
    OneDecimal,
    /// To two decimals.
    TwoDecimals,
    /// To the step whose points are nearest.
    NearestStep,
    /// To the best step whose points it reaches.
    StepBelow,
}

impl Rounding {
    /// Every rounding.
    pub const ALL: [Rounding; 6] = [
        Rounding::Whole,
        Rounding::WholeUp,
        Rounding::OneDecimal,
        Rounding::TwoDecimals,
        Rounding::NearestStep,
        Rounding::StepBelow,
    ];

    /// The word that framework files use.
    pub fn name(self) -> &'static str {
        match self {
            Rounding::Whole => "whole",
            Rounding::WholeUp => "whole-up",
            Rounding::OneDecimal => "one-decimal",
            Rounding::TwoDecimals => "two-decimals",
            Rounding::NearestStep => "nearest-step",
            Rounding::StepBelow => "step-below",
        }
    }

    /// Rounds a figure; one that is rounded to a step stays as it is. `None` if the rounded figure
    /// cannot be represented.
    pub fn apply(self, figure: Fraction) -> Option<Fraction> {
        match (self, self.decimals()) {
            (Rounding::WholeUp, _) => figure.rounded_up(),
            (_, Some(decimals)) => figure.rounded(decimals),
            (_, None) => Some(figure),
        }
    }

    /// Number of decimals after rounding; `None` if it rounds to a step.
    pub fn decimals(self) -> Option<u32> {
        match self {
            Rounding::Whole | Rounding::WholeUp => Some(0),
            Rounding::OneDecimal => Some(1),
            Rounding::TwoDecimals => Some(2),
            Rounding::NearestStep | Rounding::StepBelow => None,
        }
    }
}
