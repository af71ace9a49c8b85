//! The combination rules, by name: how several judgements make one result.
//!
//! The official rule by which three measures made a competency level was never published, nor
//! the governance rule; so the rule is data of the framework and is shown next to every result.

use crate::framework::ScaleIndex;
use crate::scale::{Scale, Step};

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
}

impl Rule {
    /// Every rule.
    pub const ALL: [Rule; 7] = [
        Rule::Lowest,
        Rule::MeanNearest,
        Rule::MeanDown,
        Rule::Median,
        Rule::PercentBands,
        Rule::SumBands,
        Rule::WorstOf,
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
        }
    }

    /// Whether the rule needs bands.
    pub fn needs_bands(self) -> bool {
        matches!(self, Rule::PercentBands | Rule::SumBands)
    }
}

/// One band of a banded rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Lowest sum (points) or percentage of the band, inclusive.
    pub from: f64,
    /// The result in this band.
    pub step: Step,
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
    /// Results at or below this step are marked "to be confirmed" until the panel has recorded
    /// them itself ("worst-of, but red needs panel confirmation").
    pub confirm: Option<Step>,
}

/// One input of a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input<'a> {
    /// The value; `None` is unknown.
    pub step: Option<Step>,
    /// The scale of the value.
    pub scale: &'a Scale,
    /// Whether the value was inferred rather than read, or rests on one that was.
    pub inferred: bool,
}

impl<'a> From<(Option<Step>, &'a Scale)> for Input<'a> {
    /// An input that was read.
    fn from((step, scale): (Option<Step>, &'a Scale)) -> Input<'a> {
        Input {
            step,
            scale,
            inferred: false,
        }
    }
}

/// What a rule made of its inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Combined {
    /// The result; `None` when any input is unknown, or there is none.
    pub step: Option<Step>,
    /// Sum of the points and number of the inputs, for the unrounded mean; `None` as above.
    pub sum: Option<Sum>,
    /// Whether any input was inferred: the result rests on it, also where another one decides.
    pub inferred: bool,
}

/// The points behind a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sum {
    /// Sum of the points of all inputs.
    pub points: i32,
    /// The most points that the inputs could have given.
    pub most: i32,
    /// Number of inputs.
    pub count: u16,
}

impl Sum {
    /// The unrounded mean of the points.
    pub fn mean(self) -> f64 {
        f64::from(self.points) / f64::from(self.count.max(1))
    }

    /// The points as a percentage of the most possible; 0 where none are possible.
    pub fn percent(self) -> f64 {
        if self.most == 0 {
            0.0
        } else {
            f64::from(self.points) * 100.0 / f64::from(self.most)
        }
    }
}

impl Combination {
    /// Combines inputs, each with its own scale. Any unknown input, or none at all, makes the
    /// result unknown: no rule guesses.
    ///
    /// `result` is the scale of [`Combination::scale`].
    pub fn combine<'a>(
        &self,
        inputs: impl IntoIterator<Item = impl Into<Input<'a>>>,
        result: &Scale,
    ) -> Combined {
        let mut inferred = false;
        let mut inputs = inputs.into_iter().map(|input| {
            let input = input.into();
            inferred |= input.inferred;
            Some((input.step?, input.scale))
        });
        let Some(tally) = Tally::of(&mut inputs, result, self.rule == Rule::Median) else {
            return Combined::default();
        };
        let sum = tally.sum;
        let step = match self.rule {
            Rule::Lowest | Rule::WorstOf => tally.lowest,
            Rule::Median => tally.median(),
            Rule::MeanDown => result.step_at_points(sum.points.div_euclid(i32::from(sum.count))),
            Rule::MeanNearest => nearest_step(sum, result),
            Rule::PercentBands => self.banded(sum.percent()),
            Rule::SumBands => self.banded(f64::from(sum.points)),
        };
        Combined {
            step: Some(step),
            sum: Some(sum),
            inferred,
        }
    }

    fn banded(&self, amount: f64) -> Step {
        let reached = self.bands.iter().rev().find(|band| band.from <= amount);
        reached
            .or(self.bands.first())
            .map_or(Step(0), |band| band.step)
    }
}

/// What the rules need to know of their inputs, counted in one pass.
struct Tally {
    sum: Sum,
    lowest: Step,
    /// Every step, for the median alone.
    steps: Vec<Step>,
}

impl Tally {
    /// `None` where any input is unknown, or there is none.
    fn of(
        inputs: &mut dyn Iterator<Item = Option<(Step, &Scale)>>,
        result: &Scale,
        every: bool,
    ) -> Option<Tally> {
        let mut sum = Sum {
            points: 0,
            most: 0,
            count: 0,
        };
        let mut lowest: Option<Step> = None;
        let mut steps = Vec::new();
        for input in inputs {
            let (step, scale) = input?;
            sum.points += scale.points(step);
            sum.most += scale.most_points();
            sum.count = sum.count.checked_add(1)?;
            // A value of another scale counts as the step of like points.
            let same = std::ptr::eq(scale, result) || scale.id == result.id;
            let step = if same {
                step
            } else {
                result.step_at_points(scale.points(step))
            };
            lowest = Some(lowest.map_or(step, |lowest| lowest.min(step)));
            if every {
                steps.push(step);
            }
        }
        Some(Tally {
            sum,
            lowest: lowest?,
            steps,
        })
    }

    /// The middle step; of an even number, the lower of the two in the middle.
    fn median(mut self) -> Step {
        self.steps.sort_unstable();
        self.steps
            .get(self.steps.len().saturating_sub(1) / 2)
            .copied()
            .unwrap_or(self.lowest)
    }
}

/// The step whose points lie nearest to the mean; half-way goes up.
fn nearest_step(sum: Sum, scale: &Scale) -> Step {
    let count = i32::from(sum.count);
    let distance = |points: i32| (points * count - sum.points).abs();
    let mut nearest = Step(0);
    for (at, step) in (0..).zip(&scale.steps) {
        if distance(step.points) <= distance(scale.points(nearest)) {
            nearest = Step(at);
        }
    }
    nearest
}
