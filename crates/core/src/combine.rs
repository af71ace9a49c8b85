//! The combination rules: how several judgements give one result.
//!
//! The official rules for competency levels and for governance were never published, so each rule
//! is data in the framework and is shown next to every result.
//!
//! Every rule is computed with exact figures and is monotone: a better input never gives a worse
//! result. The worst and best possible results therefore follow from the missing values at their
//! worst and at their best, and a result is known as soon as the two agree.

mod rule;
mod tally;
mod words;

pub use rule::{Band, Rounding, Rule};

use crate::fraction::Fraction;
use crate::framework::ScaleIndex;
use crate::scale::{Scale, Step};
use tally::{Figures, Tally};

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
    /// What its file calls the rule together with its rounding and bands, if that is not the rule's
    /// own name: `mean-nearest`, in the first version of the format.
    pub written_as: Option<&'static str>,
    /// The scale of the result.
    pub scale: ScaleIndex,
    /// Bands, lowest figure first. Without bands, the figure itself is the result.
    pub bands: Vec<Band>,
    /// How the figure is rounded first; `None` to use the exact figure.
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
    pub(crate) fn whole(scale: &Scale) -> Range {
        Range {
            worst: Value::of_step(Step::WORST, scale),
            best: Value::of_step(scale.best(), scale),
        }
    }

    /// The step, if it does not depend on missing values.
    pub fn step(&self) -> Option<Step> {
        (self.worst.step == self.best.step).then_some(self.worst.step)
    }

    /// The range as a result; `inferred` is whether any input was inferred.
    pub(crate) fn result(&self, inferred: bool) -> RuleResult {
        let step = self.step();
        RuleResult {
            step,
            possible: Some((self.worst.step, self.best.step)),
            inferred: inferred && step.is_some(),
            not_applicable: false,
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
    /// How much it counts in means, sums and percentages; above 0.
    pub weight: Fraction,
    /// Whether the value was inferred rather than read, or depends on an inferred value.
    pub inferred: bool,
    /// Whether it does not apply to the body, so that it does not count at all.
    pub not_applicable: bool,
}

impl<'a> From<(Option<Step>, &'a Scale)> for Input<'a> {
    /// Converts a value that was read.
    fn from((step, scale): (Option<Step>, &'a Scale)) -> Input<'a> {
        Input {
            range: step.map(|step| Range::of(Value::of_step(step, scale))),
            scale,
            weight: Fraction::from(1),
            inferred: false,
            not_applicable: false,
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
    /// Whether no input applies to the body, so that there is nothing to rate.
    pub not_applicable: bool,
}

impl RuleResult {
    const NOT_APPLICABLE: RuleResult = RuleResult {
        step: None,
        possible: None,
        inferred: false,
        not_applicable: true,
    };
}

impl From<Combined> for RuleResult {
    fn from(combined: Combined) -> RuleResult {
        RuleResult {
            step: combined.step,
            possible: combined.possible,
            inferred: combined.inferred,
            not_applicable: combined.not_applicable,
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
    /// Whether no input applies to the body.
    pub not_applicable: bool,
    /// Position in [`crate::Framework::limits`] of the limit that decides the result.
    pub limit: Option<u16>,
}

/// The points behind a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sum {
    /// Sum of the figures of all inputs, each times its weight.
    pub points: Fraction,
    /// The maximum points for these inputs, each times its weight.
    pub most: Fraction,
    /// Sum of the weights; the number of inputs if none is weighted.
    pub weight: Fraction,
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
    /// The unrounded weighted mean of the points; `None` if it cannot be represented exactly.
    pub fn mean(self) -> Option<Fraction> {
        if self.weight == Fraction::from(i32::from(self.count)) {
            return self.points.divided(i64::from(self.count));
        }
        self.points.ratio(self.weight)
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
            written_as: None,
            scale,
            bands: Vec::new(),
            rounding: None,
            counting: None,
            confirm: None,
        }
    }

    /// The name of the rule, as its file writes it.
    pub fn name(&self) -> &'static str {
        self.written_as.unwrap_or(self.rule.name())
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
        let (worst, best, inferred) = match self.tally(Figures::All, inputs, result) {
            Ok(tallies) => tallies,
            Err(reason) => {
                return Combined {
                    not_applicable: reason == NoResult::NotApplicable,
                    ..Combined::default()
                };
            }
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
                    not_applicable: false,
                    limit: None,
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
        match self.tally(Figures::Needed, inputs, result) {
            Ok((worst, best, inferred)) => self
                .possible(worst, best, result)
                .map_or_else(Default::default, |range| {
                    (range.result(inferred), Some(range))
                }),
            Err(NoResult::Unknown) => Default::default(),
            Err(NoResult::NotApplicable) => (RuleResult::NOT_APPLICABLE, None),
        }
    }

    /// Whether the rule takes the lowest step, regardless of points.
    pub(crate) fn takes_lowest(&self) -> bool {
        matches!(self.rule, Rule::Lowest | Rule::WorstOf) && self.bands.is_empty()
    }

    /// Counts the inputs at their worst and, if some are not known exactly, at their best; the flag
    /// says whether any was inferred.
    fn tally<'a>(
        &self,
        figures: Figures,
        inputs: impl IntoIterator<Item = impl Into<Input<'a>>>,
        result: &Scale,
    ) -> Result<(Tally, Option<Tally>, bool), NoResult> {
        let mut worst = Tally::new(self, figures, result);
        let mut best = None::<Tally>;
        let (mut some_known, mut inferred) = (false, false);
        let (mut any, mut applies) = (false, false);
        for input in inputs {
            let input: Input<'_> = input.into();
            any = true;
            if input.not_applicable {
                continue;
            }
            applies = true;
            inferred |= input.inferred;
            some_known |= input.range.is_some();
            let range = input.range.unwrap_or_else(|| Range::whole(input.scale));
            if best.is_none() && range.worst != range.best {
                best = Some(worst.clone());
            }
            worst.add(range.worst, &input, result);
            if let Some(best) = &mut best {
                best.add(range.best, &input, result);
            }
        }
        if any && !applies {
            Err(NoResult::NotApplicable)
        } else if some_known {
            Ok((worst, best, inferred))
        } else {
            Err(NoResult::Unknown)
        }
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
        if tally.overflowed {
            return None;
        }
        let sum = tally.sum;
        let figure = match self.rule {
            Rule::Mean => sum.mean()?.reduced(),
            Rule::Sum => sum.points,
            Rule::Percent => sum.percent()?,
            Rule::Counts => {
                let step = tally.counted_step(self.counting.as_ref()?);
                return Some(Value::of_step(step, result));
            }
            Rule::Lowest | Rule::WorstOf | Rule::Highest | Rule::Median => {
                let chosen = tally.chosen()?;
                if self.bands.is_empty() {
                    return Some(chosen);
                }
                chosen.figure
            }
        };
        let step = match self.rounding {
            Some(Rounding::NearestStep) => {
                result.step_nearest_figure(figure, tally.worst_step()?)?
            }
            Some(Rounding::StepBelow) => result.step_at_figure(figure, tally.worst_step()?)?,
            _ => {
                let figure = self.rounded(figure)?;
                if self.bands.is_empty() {
                    let step = result.step_at_points(figure);
                    return Some(Value { step, figure });
                }
                return Some(Value::of_step(self.band(figure), result));
            }
        };
        Some(Value { step, figure })
    }

    /// The figure after rounding to decimals.
    fn rounded(&self, figure: Fraction) -> Option<Fraction> {
        self.rounding
            .map_or(Some(figure), |rounding| rounding.apply(figure))
    }

    fn band(&self, figure: Fraction) -> Step {
        let mut highest_first = self.bands.iter().rev();
        highest_first
            .find(|band| band.is_reached_by(figure))
            .or(self.bands.first())
            .map_or(Step::WORST, |band| band.step)
    }
}

/// Why the inputs of a rule give no result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NoResult {
    /// Nothing is known of any input.
    Unknown,
    /// There are inputs, and none applies.
    NotApplicable,
}
