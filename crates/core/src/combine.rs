//! The combination rules: how several judgements give one result.
//!
//! The official rules for competency levels and for governance were never published, so each rule
//! is data in the framework and is shown next to every result.
//!
//! Every rule is computed with exact figures and is monotone: a better input never gives a worse
//! result. The worst and best possible results therefore follow from the missing values at their
//! worst and at their best, and a result is known as soon as the two agree.

mod tally;
mod words;

use crate::fraction::Fraction;
use crate::framework::ScaleIndex;
use crate::scale::{Scale, Step};
use tally::{Figures, Tally};

/// A combination rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The lowest of all inputs: one weak measure limits the result.
    Lowest,
    /// The mean of the points, rounded to the nearest step; halfway rounds up.
    MeanNearest,
    /// The mean of the points, rounded down to a step.
    MeanDown,
    /// The median; of an even number of inputs, the lower of the middle two.
    Median,
    /// The points as a percentage of the maximum, placed in bands.
    PercentBands,
    /// The sum of the points, placed in bands.
    SumBands,
    /// The worst of all inputs, for ratings such as red, amber and green.
    WorstOf,
    /// The first condition in a list that holds: "at least two at amber or worse".
    Counts,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 8] = [
        Rule::Lowest,
        Rule::MeanNearest,
        Rule::MeanDown,
        Rule::Median,
        Rule::PercentBands,
        Rule::SumBands,
        Rule::WorstOf,
        Rule::Counts,
    ];

    /// The name that framework files use.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Lowest => "lowest",
            Rule::MeanNearest => "mean-nearest",
            Rule::MeanDown => "mean-down",
            Rule::Median => "median",
            Rule::PercentBands => "percent-bands",
            Rule::SumBands => "sum-bands",
            Rule::WorstOf => "worst-of",
            Rule::Counts => "counts",
        }
    }

    /// The rule with this name.
    pub fn named(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
    }

    /// What the rule does, in words for reports.
    pub fn in_words(self) -> &'static str {
        match self {
            Rule::Lowest => "the lowest of its measures",
            Rule::MeanNearest => "the mean of its measures, rounded to the nearest",
            Rule::MeanDown => "the mean of its measures, rounded down",
            Rule::Median => "the median of its measures",
            Rule::PercentBands => "the points as a percentage of the most possible, in bands",
            Rule::SumBands => "the sum of the points, in bands",
            Rule::WorstOf => "the worst of its measures",
            Rule::Counts => "how many of its measures are at or below a step",
        }
    }

    /// Whether the rule needs bands.
    pub fn needs_bands(self) -> bool {
        matches!(self, Rule::PercentBands | Rule::SumBands)
    }

    /// Whether the rule takes a mean. Steps with equal points cannot be distinguished under such a
    /// rule.
    pub fn takes_mean(self) -> bool {
        matches!(self, Rule::MeanNearest | Rule::MeanDown)
    }
}

/// One band of a banded rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Lowest sum (points) or percentage of the band, inclusive.
    pub from: Fraction,
    /// The result in this band.
    pub step: Step,
}

/// How the figure of a banded rule is rounded before it is placed in a band; halfway rounds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// To a whole number.
    Whole,
    /// To one decimal.
    OneDecimal,
    /// To two decimals.
    TwoDecimals,
}

impl Rounding {
    /// Every rounding.
    pub const ALL: [Rounding; 3] = [Rounding::Whole, Rounding::OneDecimal, Rounding::TwoDecimals];

    /// The word that framework files use.
    pub fn name(self) -> &'static str {
        match self {
            Rounding::Whole => "whole",
            Rounding::OneDecimal => "one-decimal",
            Rounding::TwoDecimals => "two-decimals",
        }
    }

    /// Number of decimals after rounding.
    pub fn decimals(self) -> u32 {
        match self {
            Rounding::Whole => 0,
            Rounding::OneDecimal => 1,
            Rounding::TwoDecimals => 2,
        }
    }
}

/// One condition of the rule [`Rule::Counts`]: "at least two at amber or worse give amber".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Minimum number of inputs at or below the step; 1 or more.
    pub at_least: u16,
    /// The step, on the scale of the inputs.
    pub at_or_below: Step,
    /// The result if the condition holds.
    pub gives: Step,
}

/// The parameters of the rule [`Rule::Counts`]. The first condition that holds gives the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Counting {
    /// The scale of all inputs.
    pub scale: ScaleIndex,
    /// The conditions in order, with results that never fall.
    pub conditions: Vec<Condition>,
    /// The result if no condition holds; not below that of the last condition.
    pub otherwise: Step,
}

/// A rule with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Combination {
    /// The rule.
    pub rule: Rule,
    /// The scale of the result.
    pub scale: ScaleIndex,
    /// Bands, lowest first; empty for rules without bands.
    pub bands: Vec<Band>,
    /// How the figure is rounded before it is placed in a band; `None` to use the exact figure.
    pub rounding: Option<Rounding>,
    /// What is counted; `None` for every rule except [`Rule::Counts`].
    pub counting: Option<Counting>,
    /// Results at or below this step are marked "to be confirmed" until the panel records them
    /// itself ("worst-of, but red needs panel confirmation").
    pub confirm: Option<Step>,
}

/// A value: a step, and the exact figure before rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The step.
    pub step: Step,
    /// The figure used in means and sums: the points of the step, or the unrounded mean behind it.
    pub figure: Fraction,
}

impl Value {
    /// A step that was recorded directly.
    pub fn of_step(step: Step, scale: &Scale) -> Value {
        Value {
            step,
            figure: scale.points(step),
        }
    }
}

/// The possible values of an input: a single value if it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The worst possible value.
    pub worst: Value,
    /// The best possible value.
    pub best: Value,
}

impl Range {
    /// A known value.
    pub fn of(value: Value) -> Range {
        Range {
            worst: value,
            best: value,
        }
    }

    /// The range of every value on a scale.
    fn whole(scale: &Scale) -> Range {
        Range {
            worst: Value::of_step(Step(0), scale),
            best: Value::of_step(scale.best(), scale),
        }
    }

    /// The step, if it does not depend on missing values.
    pub fn step(&self) -> Option<Step> {
        (self.worst.step == self.best.step).then_some(self.worst.step)
    }

    fn result(&self, inferred: bool) -> RuleResult {
        let step = self.step();
        RuleResult {
            step,
            possible: Some((self.worst.step, self.best.step)),
            inferred: inferred && step.is_some(),
        }
    }
}

/// One input of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input<'a> {
    /// The possible values; `None` if nothing is known.
    pub range: Option<Range>,
    /// The scale of the value.
    pub scale: &'a Scale,
    /// Whether the value was inferred rather than read, or depends on an inferred value.
    pub inferred: bool,
}

impl<'a> From<(Option<Step>, &'a Scale)> for Input<'a> {
    /// Converts a value that was read.
    fn from((step, scale): (Option<Step>, &'a Scale)) -> Input<'a> {
        Input {
            range: step.map(|step| Range::of(Value::of_step(step, scale))),
            scale,
            inferred: false,
        }
    }
}

/// The result of a rule without the figures behind it. It takes eight bytes, because a national
/// cycle has a hundred thousand of them. [`Combination::combine`] computes the figures on demand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleResult {
    /// The result; `None` if a missing value could change it, or if there is no input.
    pub step: Option<Step>,
    /// The worst and best results that the missing values allow; `None` if nothing is known of any
    /// input.
    pub possible: Option<(Step, Step)>,
    /// Whether any input was inferred. The result then depends on it, even if another input
    /// decides.
    pub inferred: bool,
}

impl From<Combined> for RuleResult {
    fn from(combined: Combined) -> RuleResult {
        RuleResult {
            step: combined.step,
            possible: combined.possible,
            inferred: combined.inferred,
        }
    }
}

/// The result of a rule with the figures behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Combined {
    /// The result; `None` if a missing value could change it, or if there is no input.
    pub step: Option<Step>,
    /// The worst and best results that the missing values allow; `None` if nothing is known of any
    /// input.
    pub possible: Option<(Step, Step)>,
    /// The points behind the result; `None` if any input is not known exactly.
    pub sum: Option<Sum>,
    /// The count, for the rule [`Rule::Counts`]; `None` under the same condition as `sum`.
    pub counted: Option<Counted>,
    /// Whether any input was inferred. The result then depends on it, even if another input
    /// decides.
    pub inferred: bool,
}

/// The points behind a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sum {
    /// Sum of the figures of all inputs.
    pub points: Fraction,
    /// The maximum points for these inputs.
    pub most: Fraction,
    /// Number of inputs; 1 or more.
    pub count: u16,
}

/// What decided the rule [`Rule::Counts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Position of the condition that holds, or else of the last condition.
    pub condition: u16,
    /// Number of inputs at or below its step.
    pub number: u16,
}

impl Sum {
    /// The unrounded mean of the points; `None` if it cannot be represented exactly.
    pub fn mean(self) -> Option<Fraction> {
        self.points.divided(i64::from(self.count))
    }

    /// The points as a percentage of the maximum; `None` if the maximum is zero.
    pub fn percent(self) -> Option<Fraction> {
        self.points.times(100)?.ratio(self.most)
    }
}

impl Combination {
    /// A rule without bands, rounding, conditions or a step to confirm.
    pub fn new(rule: Rule, scale: ScaleIndex) -> Combination {
        Combination {
            rule,
            scale,
            bands: Vec::new(),
            rounding: None,
            counting: None,
            confirm: None,
        }
    }

    /// Combines inputs, each with its own scale. Rules never guess: the result is known if and only
    /// if no missing value could change it, and it is unknown if nothing at all is known.
    ///
    /// `result` is the scale of [`Combination::scale`].
    pub fn combine<'a>(
        &self,
        inputs: impl IntoIterator<Item = impl Into<Input<'a>>>,
        result: &Scale,
    ) -> Combined {
        let all = self.tally(Figures::All, inputs, result);
        let Some((worst, best, inferred)) = all else {
            return Combined::default();
        };
        let (sum, counted) = match best {
            Some(_) => (None, None),
            None => (
                worst.exact_sum(),
                self.counting
                    .as_ref()
                    .and_then(|counting| worst.counted(counting)),
            ),
        };
        self.possible(worst, best, result)
            .map_or_else(Combined::default, |range| {
                let result = range.result(inferred);
                Combined {
                    step: result.step,
                    possible: result.possible,
                    sum,
                    counted,
                    inferred: result.inferred,
                }
            })
    }

    /// The result without the figures for display, and the range that a further rule takes as
    /// input.
    pub(crate) fn evaluate<'a>(
        &self,
        inputs: impl IntoIterator<Item = impl Into<Input<'a>>>,
        result: &Scale,
    ) -> (RuleResult, Option<Range>) {
        let all = self.tally(Figures::Needed, inputs, result);
        let Some((worst, best, inferred)) = all else {
            return Default::default();
        };
        self.possible(worst, best, result)
            .map_or_else(Default::default, |range| {
                (range.result(inferred), Some(range))
            })
    }

    /// Whether the rule takes the lowest step, regardless of points.
    pub(crate) fn takes_lowest(&self) -> bool {
        matches!(self.rule, Rule::Lowest | Rule::WorstOf)
    }

    /// [`Combination::evaluate`] for a rule that takes the lowest, when all marks are on the scale
    /// of the result. Each input is a step and whether it was inferred. This is faster because no
    /// figures are needed.
    pub(crate) fn lowest_of(marks: impl Iterator<Item = (Option<Step>, bool)>) -> RuleResult {
        let (mut lowest, mut missing, mut any_inferred) = (None::<Step>, false, false);
        for (step, inferred) in marks {
            any_inferred |= inferred;
            match step {
                None => missing = true,
                Some(step) => lowest = Some(lowest.map_or(step, |lowest| lowest.min(step))),
            }
        }
        let Some(best) = lowest else {
            return RuleResult::default();
        };
        let worst = if missing { Step(0) } else { best };
        let step = (worst == best).then_some(worst);
        RuleResult {
            step,
            possible: Some((worst, best)),
            inferred: any_inferred && step.is_some(),
        }
    }

    /// Counts the inputs at their worst and, if some are not known exactly, at their best; the flag
    /// says whether any was inferred. `None` if nothing is known of any input.
    fn tally<'a>(
        &self,
        figures: Figures,
        inputs: impl IntoIterator<Item = impl Into<Input<'a>>>,
        result: &Scale,
    ) -> Option<(Tally, Option<Tally>, bool)> {
        let mut worst = Tally::new(self, figures);
        let mut best = None::<Tally>;
        let (mut some_known, mut inferred) = (false, false);
        for input in inputs {
            let input: Input<'_> = input.into();
            inferred |= input.inferred;
            some_known |= input.range.is_some();
            let range = input.range.unwrap_or_else(|| Range::whole(input.scale));
            if best.is_none() && range.worst != range.best {
                best = Some(worst.clone());
            }
            worst.add(range.worst, input.scale, result);
            if let Some(best) = &mut best {
                best.add(range.best, input.scale, result);
            }
        }
        some_known.then_some((worst, best, inferred))
    }

    /// The worst and best values that the inputs allow. `best` is `None` if it is the same as
    /// `worst`.
    fn possible(&self, mut worst: Tally, best: Option<Tally>, result: &Scale) -> Option<Range> {
        let low = self.place(&mut worst, result)?;
        Some(match best {
            None => Range::of(low),
            Some(mut best) => Range {
                worst: low,
                best: self.place(&mut best, result)?,
            },
        })
    }

    /// The result of known inputs; `None` if a figure cannot be represented exactly.
    fn place(&self, tally: &mut Tally, result: &Scale) -> Option<Value> {
        let sum = tally.sum;
        let of_step = |step| Value::of_step(step, result);
        let of_mean = |step: fn(&Scale, Fraction, Step) -> Option<Step>| {
            let figure = sum.mean()?.reduced();
            Some(Value {
                step: step(result, figure, tally.lowest?.step)?,
                figure,
            })
        };
        if tally.overflowed {
            return None;
        }
        match self.rule {
            Rule::Lowest | Rule::WorstOf => tally.lowest,
            Rule::Median => tally.median(),
            Rule::MeanDown => of_mean(Scale::step_at_figure),
            Rule::MeanNearest => of_mean(Scale::step_nearest_figure),
            Rule::PercentBands => Some(of_step(self.band(self.rounded(sum.percent()?)?))),
            Rule::SumBands => Some(of_step(self.band(self.rounded(sum.points)?))),
            Rule::Counts => Some(of_step(tally.counted_step(self.counting.as_ref()?))),
        }
    }

    /// The figure after rounding, ready to be placed in a band.
    fn rounded(&self, figure: Fraction) -> Option<Fraction> {
        match self.rounding {
            Some(rounding) => figure.rounded(rounding.decimals()),
            None => Some(figure),
        }
    }

    fn band(&self, amount: Fraction) -> Step {
        let reached = self.bands.iter().rev().find(|band| band.from <= amount);
        reached
            .or(self.bands.first())
            .map_or(Step(0), |band| band.step)
    }
}
