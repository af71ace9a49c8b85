//! Rules and their figures in words.

use super::{Band, Combination, Combined, Condition, Rounding, Rule, Sum};
use crate::fraction::Fraction;
use crate::outcome::Better;
use crate::scale::Scale;

impl Rule {
    /// What the rule does with its inputs, called `inputs`, for reports: "the lowest of its
    /// measures".
    pub fn in_words(self, inputs: &str) -> String {
        match self {
            Rule::Lowest => format!("the lowest of {inputs}"),
            Rule::WorstOf => format!("the worst of {inputs}"),
            Rule::Highest => format!("the highest of {inputs}"),
            Rule::Median => format!("the median of {inputs}"),
            Rule::Mean => format!("the mean of {inputs}"),
            Rule::Sum => format!("the sum of the points of {inputs}"),
            Rule::Percent => {
                format!("the points of {inputs} as a percentage of the most possible")
            }
            Rule::Counts => format!("how many of {inputs} are at or below a step"),
        }
    }
}

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
        if self.rule == Rule::Counts {
            let (counted, counting) = (combined.counted?, self.counting.as_ref()?);
            let condition = counting.conditions.get(usize::from(counted.condition))?;
            let inputs = inputs?;
            return Some(format!(
                "{} of {} at {} {}",
                counted.number,
                sum.count,
                inputs.key(condition.at_or_below),
                or_below(inputs)
            ));
        }
        let (name, figure, unit) = match self.rule {
            Rule::Percent => ("", sum.percent()?, "%"),
            Rule::Sum => ("sum ", sum.points, ""),
            _ => ("mean ", sum.mean()?, ""),
        };
        let unrounded = self.unrounded_in_words(sum, result)?;
        let rounded = self.rounding_in_words(figure, unit);
        Some(format!("{name}{unrounded}{rounded}"))
    }

    /// The figure before any rounding: `2.33`, `62.96%`, `11 of 15`. `None` if it cannot be
    /// represented exactly.
    pub fn unrounded_in_words(&self, sum: Sum, result: &Scale) -> Option<String> {
        match self.rule {
            Rule::Percent => Some(format!("{}%", self.percent_in_words(sum)?)),
            Rule::Sum => Some(format!("{} of {}", self.points_in_words(sum), sum.most)),
            _ => self.mean_in_words(sum, result),
        }
    }

    /// The figure that is the result, if the rule calculates one that nothing turns into a step:
    /// `1.3333`. `None` if the result is a step, or not known exactly.
    pub fn result_figure(&self, combined: &Combined, result: &Scale) -> Option<String> {
        let is_step = result.numbers().is_none() || !self.bands.is_empty();
        if !self.rule.calculates() || is_step {
            return None;
        }
        let sum = combined.sum?;
        let figure = match self.rule {
            Rule::Mean => sum.mean()?,
            Rule::Percent => sum.percent()?,
            _ => sum.points,
        };
        Some(match self.rounding.and_then(Rounding::decimals) {
            Some(decimals) => self.rounding?.apply(figure)?.to_decimal(decimals),
            None => figure.to_decimal_apart(0, 4, std::iter::empty()),
        })
    }

    /// The unrounded mean of the points, with two decimals, or more if needed to show why it was
    /// rounded as it was. Scales whose points have decimals get two more than the points, and so do
    /// means that are rounded to decimals.
    pub fn mean_in_words(&self, sum: Sum, result: &Scale) -> Option<String> {
        let mean = sum.mean()?;
        let mut boundaries = self.step_boundaries(result);
        boundaries.extend(self.boundaries(mean));
        let fine = match result.numbers() {
            Some(_) => 4,
            None => {
                let decimals = self.rounding.and_then(Rounding::decimals);
                2 + result.decimals().max(decimals.unwrap_or_default())
            }
        };
        Some(mean.to_decimal_apart(2, fine, boundaries.into_iter()))
    }

    /// The percentage of the maximum, with one decimal, or more if needed to show why it fell into
    /// its band.
    pub fn percent_in_words(&self, sum: Sum) -> Option<String> {
        let percent = sum.percent()?;
        let decimals = self.rounding.and_then(Rounding::decimals);
        let fine = decimals.map_or(1, |decimals| decimals + 2);
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

    /// The means at which the step of the result changes.
    fn step_boundaries(&self, result: &Scale) -> Vec<Fraction> {
        match self.rounding {
            Some(Rounding::NearestStep) => result.midpoints(),
            Some(Rounding::StepBelow) => result.steps().iter().map(|step| step.points).collect(),
            _ => Vec::new(),
        }
    }

    /// The figures at which the result changes: the starts of the bands, or the points at which the
    /// figure is rounded to a different number.
    fn boundaries(&self, figure: Fraction) -> Vec<Fraction> {
        let Some(decimals) = self.rounding.and_then(Rounding::decimals) else {
            return self.bands.iter().map(|band| band.from).collect();
        };
        if self.rounding == Some(Rounding::WholeUp) {
            return figure.rounded_up().into_iter().collect();
        }
        let half = Fraction::from(5).divided(10_i64.pow(decimals + 1));
        let (Some(half), Some(rounded)) = (half, figure.rounded(decimals)) else {
            return Vec::new();
        };
        let both = [half.times(-1), Some(half)].map(|half| rounded.plus(half?));
        both.into_iter().flatten().collect()
    }

    /// The number that a figure is rounded to, if that changes it.
    fn rounding_in_words(&self, figure: Fraction, unit: &str) -> String {
        let rounded = self.rounding.and_then(|rounding| {
            let decimals = rounding.decimals()?;
            let rounded = rounding.apply(figure)?;
            (rounded != figure).then(|| rounded.to_decimal(decimals))
        });
        rounded.map_or_else(String::new, |rounded| {
            format!(", rounded to {rounded}{unit}")
        })
    }

    /// What the rule does, with its rounding, bands and conditions, for reports: "the mean of its
    /// measures, rounded to the nearest step".
    ///
    /// `result` is the scale of the result, `counted` the scale of the counted inputs, and `inputs`
    /// what the inputs are called: "its measures".
    pub fn in_words(&self, result: &Scale, counted: Option<&Scale>, inputs: &str) -> String {
        if let (Some(counting), Some(counted)) = (&self.counting, counted) {
            let conditions = counting.conditions.iter();
            let conditions = conditions.map(|condition| condition.in_words(result, counted));
            let otherwise = result.key(counting.otherwise).into_owned();
            let otherwise = std::iter::once(format!("otherwise {otherwise}"));
            let parts: Vec<String> = conditions.chain(otherwise).collect();
            return parts.join("; ");
        }
        let mut text = self.rule.in_words(inputs);
        let rounded = match self.rounding {
            None => "",
            Some(Rounding::Whole) => ", rounded to a whole number",
            Some(Rounding::WholeUp) => ", rounded up to a whole number",
            Some(Rounding::OneDecimal) => ", rounded to one decimal",
            Some(Rounding::TwoDecimals) => ", rounded to two decimals",
            Some(Rounding::NearestStep) => ", rounded to the nearest",
            Some(Rounding::StepBelow) => ", rounded down",
        };
        text.push_str(rounded);
        text
    }

    /// Each band in words, lowest figure first: "63 to below 88 is good".
    pub fn bands_in_words(&self, result: &Scale) -> Vec<String> {
        let whole = matches!(self.rounding, Some(Rounding::Whole | Rounding::WholeUp));
        let ends = self.bands.iter().skip(1).map(Some).chain([None]);
        let bands = self.bands.iter().zip(ends).enumerate();
        bands
            .map(|(at, (band, next))| band_in_words(at == 0, whole, band, next, result))
            .collect()
    }
}

fn band_in_words(
    is_first: bool,
    whole: bool,
    band: &Band,
    next: Option<&Band>,
    result: &Scale,
) -> String {
    let one_less = |from: Fraction| from.plus(Fraction::from(-1));
    let end = next.map(|next| match one_less(next.from) {
        Some(last) if whole && !next.above => format!("{last}"),
        _ if next.above => format!("{}", next.from),
        _ => format!("below {}", next.from),
    });
    let start = if band.above {
        format!("above {}", band.from)
    } else {
        band.from.to_string()
    };
    let figures = match end {
        Some(end) if is_first && !band.above => match end.strip_prefix("below ") {
            Some(_) => end,
            None => format!("up to {end}"),
        },
        Some(end) => format!("{start} to {end}"),
        None if band.above => start,
        None => format!("{start} or more"),
    };
    format!("{figures} is {}", result.key(band.step))
}

/// "or below", or what that means where less is better.
fn or_below(scale: &Scale) -> &'static str {
    match scale.better {
        Better::Higher => "or below",
        Better::Lower => "or worse",
    }
}

impl Condition {
    fn in_words(&self, result: &Scale, counted: &Scale) -> String {
        let (gives, step) = (result.key(self.gives), counted.key(self.at_or_below));
        let verb = if self.at_least == 1 { "is" } else { "are" };
        format!(
            "{gives} if at least {} {verb} {step} {}",
            self.at_least,
            or_below(counted)
        )
    }
}
