//! Rules and their figures in words.

use super::{Combination, Combined, Rounding, Rule, Sum};
use crate::fraction::Fraction;
use crate::scale::Scale;

impl Combination {
    /// The figure behind a result, as reports print it beside the rule's name: `mean 2.33`,
    /// `62.96%`, `2 of 5 at amber or below`. It has enough decimals to show on which side of each
    /// boundary it lies. `None` if the figure is not known.
    ///
    /// `result` is the scale of the result and `inputs` the scale of the counted inputs.
    pub fn figure_in_words(
        &self,
        combined: &Combined,
        result: &Scale,
        inputs: Option<&Scale>,
    ) -> Option<String> {
        let sum = combined.sum?;
        let mean = || Some(format!("mean {}", self.mean_in_words(sum, result)?));
        match self.rule {
            Rule::PercentBands => Some(format!(
                "{}%{}",
                self.percent_in_words(sum)?,
                self.rounding_in_words(sum.percent()?, "%")
            )),
            Rule::SumBands => Some(format!(
                "sum {} of {}{}",
                self.points_in_words(sum),
                sum.most,
                self.rounding_in_words(sum.points, "")
            )),
            Rule::Counts => {
                let (counted, counting) = (combined.counted?, self.counting.as_ref()?);
                let condition = counting.conditions.get(usize::from(counted.condition))?;
                Some(format!(
                    "{} of {} at {} or below",
                    counted.number,
                    sum.count,
                    inputs?.key(condition.at_or_below)
                ))
            }
            _ => mean(),
        }
    }

    /// The unrounded mean of the points, with two decimals, or more if needed to show why it was
    /// rounded to its step. Scales whose points have decimals get two more than the points.
    pub fn mean_in_words(&self, sum: Sum, result: &Scale) -> Option<String> {
        let boundaries = match self.rule {
            Rule::MeanNearest => result.midpoints(),
            Rule::MeanDown => result.steps.iter().map(|step| step.points).collect(),
            _ => Vec::new(),
        };
        let fine = 2 + result.decimals();
        let mean = sum.mean()?;
        Some(mean.to_decimal_apart(2, fine, boundaries.into_iter()))
    }

    /// The percentage of the maximum, with one decimal, or more if needed to show why it fell into
    /// its band.
    pub fn percent_in_words(&self, sum: Sum) -> Option<String> {
        let percent = sum.percent()?;
        let fine = self.rounding.map_or(1, |rounding| rounding.decimals() + 2);
        let boundaries = self.boundaries(percent);
        Some(percent.to_decimal_apart(1, fine, boundaries.into_iter()))
    }

    /// The sum of the points: exact if four decimals are enough, otherwise with as many decimals as
    /// needed to show why it fell into its band.
    pub fn points_in_words(&self, sum: Sum) -> String {
        let fine = sum.points.decimals().map_or(4, |decimals| decimals.min(4));
        let boundaries = self.boundaries(sum.points);
        sum.points.to_decimal_apart(0, fine, boundaries.into_iter())
    }

    /// The figures at which the result of a banded rule changes: the starts of the bands, or the
    /// points at which the figure is rounded to a different number.
    fn boundaries(&self, figure: Fraction) -> Vec<Fraction> {
        let Some(rounding) = self.rounding else {
            return self.bands.iter().map(|band| band.from).collect();
        };
        let half = Fraction::from(5).divided(10_i64.pow(rounding.decimals() + 1));
        let rounded = figure.rounded(rounding.decimals());
        let (Some(half), Some(rounded)) = (half, rounded) else {
            return Vec::new();
        };
        let both = [half.times(-1), Some(half)].map(|half| rounded.plus(half?));
        both.into_iter().flatten().collect()
    }

    fn rounding_in_words(&self, figure: Fraction, unit: &str) -> String {
        self.rounding.map_or_else(String::new, |rounding| {
            let rounded = figure.to_decimal(rounding.decimals());
            format!(", rounded to {rounded}{unit}")
        })
    }

    /// What the rule does, with its conditions, in words for reports.
    ///
    /// `result` is the scale of the result and `inputs` the scale of the counted inputs.
    pub fn in_words(&self, result: &Scale, inputs: Option<&Scale>) -> String {
        let (Some(counting), Some(inputs)) = (&self.counting, inputs) else {
            return match self.rounding {
                None => self.rule.in_words().to_owned(),
                Some(Rounding::Whole) => {
                    format!("{}, rounded to a whole number first", self.rule.in_words())
                }
                Some(rounding) => format!(
                    "{}, rounded to {} first",
                    self.rule.in_words(),
                    rounding.name().replace('-', " ")
                ),
            };
        };
        let conditions = counting.conditions.iter().map(|condition| {
            let (gives, step) = (
                result.key(condition.gives),
                inputs.key(condition.at_or_below),
            );
            let verb = if condition.at_least == 1 { "is" } else { "are" };
            format!(
                "{gives} if at least {} {verb} {step} or below",
                condition.at_least
            )
        });
        let conditions: Vec<String> = conditions.collect();
        format!(
            "{}; otherwise {}",
            conditions.join("; "),
            result.key(counting.otherwise)
        )
    }
}
