//! The combination rules, by name: how several judgements make one result.
//!
//! The official rule by which three measures made a competency level was never published, nor
//! the governance rule; so the rule is data of the framework and is shown next to every result.
//!
//! Every rule is decided on exact figures, and every rule is monotone: a better input never makes
//! a worse result. So the worst and the best result that missing values leave possible come from
//! those values at their worst and at their best, and a result is known as soon as the two agree.

mod tally;
mod words;

use crate::fraction::Fraction;
use crate::framework::ScaleIndex;
use crate::scale::{Scale, Step};
use tally::{Figures, Tally};

/// A rule by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The lowest of all: one weak measure holds the result down.
    Lowest,
    /// The mean of the points to the nearest step; a mean half-way goes up.
    MeanNearest,
    /// The mean of the points, rounded down to a step.
    MeanDown,
    /// The middle value; of an even number, the lower of the two in the middle.
    Median,
    /// The points as a percentage of the most possible, placed in bands.
    PercentBands,
    /// The sum of the points, placed in bands.
    SumBands,
    /// The worst of all, for ratings such as red, amber, green.
    WorstOf,
    /// The first condition of a list that holds: "at least two at amber or worse".
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

    /// What the rule does, in words that a report prints beside a result.
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

    /// Whether the rule takes a mean, so that steps with equal points cannot be told apart.
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

/// How the figure of a banded rule is rounded before it is placed in a band; half-way goes up.
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

    /// Number of decimals that are left.
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
    /// How many inputs there must be at or below the step; 1 or more.
    pub at_least: u16,
    /// The step of the inputs' scale.
    pub at_or_below: Step,
    /// The result where the condition holds.
    pub gives: Step,
}

/// What the rule [`Rule::Counts`] counts. The first condition that holds gives the result.
#[derive(Clone, Debug, PartialEq)]
pub struct Counting {
    /// The scale of all inputs.
    pub scale: ScaleIndex,
    /// The conditions, in order; their results never fall.
    pub conditions: Vec<Condition>,
    /// The result where no condition holds; never below that of the last condition.
    pub otherwise: Step,
}

/// A rule with what it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Combination {
    /// The rule.
    pub rule: Rule,
    /// The scale of the result.
    pub scale: ScaleIndex,
    /// Bands, lowest first; empty for rules without bands.
    pub bands: Vec<Band>,
    /// How the figure is rounded before it is placed in a band; the exact figure where `None`.
    pub rounding: Option<Rounding>,
    /// What is counted; `None` for every rule but [`Rule::Counts`].
    pub counting: Option<Counting>,
    /// Results at or below this step are marked "to be confirmed" until the panel has recorded
    /// them itself ("worst-of, but red needs panel confirmation").
    pub confirm: Option<Step>,
}

/// A value: a step, and the exact figure that it was rounded from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// The step.
    pub step: Step,
    /// What a mean or sum counts for it: the points of the step, or the unrounded mean that made it.
    pub figure: Fraction,
}

impl Value {
    /// A step that was recorded as such.
    pub fn of_step(step: Step, scale: &Scale) -> Value {
        Value {
            step,
            figure: scale.points(step),
        }
    }
}

/// The values that something may have: one where it is known, more where it is not.
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

    /// Every value of a scale.
    fn whole(scale: &Scale) -> Range {
        Range {
            worst: Value::of_step(Step(0), scale),
            best: Value::of_step(scale.best(), scale),
        }
    }

    /// The step, where it is the same whatever the missing values are.
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
    /// What is known of the value; `None` where nothing is.
    pub range: Option<Range>,
    /// The scale of the value.
    pub scale: &'a Scale,
    /// Whether the value was inferred rather than read, or rests on one that was.
    pub inferred: bool,
}

impl<'a> From<(Option<Step>, &'a Scale)> for Input<'a> {
    /// An input that was read.
    fn from((step, scale): (Option<Step>, &'a Scale)) -> Input<'a> {
        Input {
            range: step.map(|step| Range::of(Value::of_step(step, scale))),
            scale,
            inferred: false,
        }
    }
}

/// The result of a rule, without the figures behind it: eight bytes, of which a nation has a
/// hundred thousand. [`Combination::combine`] gives the figures when somebody asks for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleResult {
    /// The result; `None` where a missing value could change it, or there is no input.
    pub step: Option<Step>,
    /// The worst and the best result that the missing values leave possible; `None` where nothing
    /// is known of any input.
    pub possible: Option<(Step, Step)>,
    /// Whether any input was inferred: the result rests on it, even if another one decides.
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
    /// The result; `None` where a missing value could change it, or there is no input.
    pub step: Option<Step>,
    /// The worst and the best result that the missing values leave possible; `None` where nothing
    /// is known of any input.
    pub possible: Option<(Step, Step)>,
    /// The points behind the result; `None` where any input is not known exactly.
    pub sum: Option<Sum>,
    /// What was counted, for the rule [`Rule::Counts`]; `None` as above.
    pub counted: Option<Counted>,
    /// Whether any input was inferred: the result rests on it, also where another one decides.
    pub inferred: bool,
}

/// The points behind a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sum {
    /// Sum of the figures of all inputs.
    pub points: Fraction,
    /// The most points that the inputs could have given.
    pub most: Fraction,
    /// Number of inputs; 1 or more.
    pub count: u16,
}

/// What decided the rule [`Rule::Counts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Position of the condition that holds, else of the last one.
    pub condition: u16,
    /// How many inputs are at or below its step.
    pub number: u16,
}

impl Sum {
    /// The unrounded mean of the points; `None` where it is too fine a fraction to be exact.
    pub fn mean(self) -> Option<Fraction> {
        self.points.divided(i64::from(self.count))
    }

    /// The points as a percentage of the most possible; `None` where none are possible.
    pub fn percent(self) -> Option<Fraction> {
        self.points.times(100)?.ratio(self.most)
    }
}

impl Combination {
    /// A rule without bands, conditions or anything to confirm.
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

    /// Combines inputs, each with its own scale. No rule guesses: the result is known if and only
    /// if no missing value could change it, and unknown where nothing at all is known.
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

    /// The result without the figures that only people look at, and what a rule over it counts.
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

    /// Whether the rule takes the lowest step, whatever the points of the steps are.
    pub(crate) fn takes_lowest(&self) -> bool {
        matches!(self.rule, Rule::Lowest | Rule::WorstOf)
    }

    /// [`Combination::evaluate`] for a rule that takes the lowest, of marks that are all on the
    /// scale of the result: the step and whether it was inferred, for each input. No figure needs
    /// to be counted for them.
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

    /// Counts the inputs at their worst and, where some are not known exactly, at their best; and
    /// whether any was inferred. `None` where nothing is known of any input.
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

    /// The worst and the best value that the inputs leave possible; `best` is `None` where it is
    /// the same as `worst`.
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

    /// The result of known inputs; `None` where a figure is too fine a fraction to be exact.
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

    /// The figure that is placed in a band.
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
