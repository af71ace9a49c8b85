//! Rating scales: what a judgement or a result can be, from worst to best.
//!
//! A scale has named steps (levels 1 to 4; red, amber, green), or numbers between two ends, or
//! takes text. Whatever it has, a value is a [`Step`]: its position, counted from the worst.

mod numbers;

pub use numbers::Numbers;

use crate::fraction::Fraction;
use crate::outcome::Better;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::num::NonZeroU16;

/// The position of a value on its scale, counted from the worst (0) to at most [`Step::MAX`].
///
/// A step is not a number to calculate with; rules use [`Scale::points`]. "Unknown" is always
/// `Option::<Step>::None`, which takes no more space than a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Step(NonZeroU16);

impl Step {
    /// The worst value of every scale.
    pub const WORST: Step = Step::at(0);
    /// The largest position.
    pub const MAX: u16 = u16::MAX - 1;

    /// The value at a position; the last one for positions above [`Step::MAX`].
    pub const fn at(position: u16) -> Step {
        Step(NonZeroU16::MIN.saturating_add(position))
    }

    /// Its position, counted from 1.
    pub(crate) const fn number(self) -> NonZeroU16 {
        self.0
    }

    /// Its position, counted from the worst (0).
    #[inline]
    pub const fn position(self) -> u16 {
        self.0.get() - 1
    }

    /// The next worse value; `None` for the worst.
    pub(crate) fn below(self) -> Option<Step> {
        self.position().checked_sub(1).map(Step::at)
    }
}

impl std::fmt::Debug for Step {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Step({})", self.position())
    }
}

/// One step of a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleStep {
    /// The form used in files and queries: `"3"`, `"green"`.
    pub key: String,
    /// The form shown to people: `"World class"`, `"Green"`.
    pub title: String,
    /// The points of this step in means, sums and percentages. Decimals and negative numbers are
    /// allowed.
    pub points: Fraction,
    /// The name of a colour for displays (`red`, `amber`, `green`), always in addition to text.
    pub colour: Option<String>,
}

/// What the values of a scale are.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Named steps, worst first: 2 to 100 with distinct keys. Their points never turn: they only
    /// rise or only fall, as [`Scale::better`] says.
    Steps(Vec<ScaleStep>),
    /// Numbers between two ends.
    Numbers(Numbers),
    /// Text, which is not rated.
    Text,
}

/// A scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Identifier within the framework: `level`, `rating`. Empty for the scale of a calculated
    /// figure, which no file names.
    pub id: String,
    /// The name shown to people: `Level`, `Rating`.
    pub title: String,
    /// Whether more points are better, or fewer.
    pub better: Better,
    /// The values.
    pub values: Values,
}

impl Scale {
    /// The named steps, worst first; none for numbers and text.
    #[inline]
    pub fn steps(&self) -> &[ScaleStep] {
        match &self.values {
            Values::Steps(steps) => steps,
            Values::Numbers(_) | Values::Text => &[],
        }
    }

    /// The numbers, if it has numbers.
    #[inline]
    pub fn numbers(&self) -> Option<&Numbers> {
        match &self.values {
            Values::Numbers(numbers) => Some(numbers),
            Values::Steps(_) | Values::Text => None,
        }
    }

    /// Whether its values are text, which no rule can count.
    #[inline]
    pub fn is_text(&self) -> bool {
        matches!(self.values, Values::Text)
    }

    /// The value that a file or query names: a step's key, ignoring case, or a number with no more
    /// decimals than the scale has. Any text that is not blank for a scale of text.
    pub fn step(&self, key: &str) -> Option<Step> {
        match &self.values {
            Values::Steps(steps) => {
                let mut keys = steps.iter();
                let at = keys.position(|step| step.key.eq_ignore_ascii_case(key))?;
                u16::try_from(at).ok().map(Step::at)
            }
            Values::Numbers(numbers) => numbers.find(Fraction::from_decimal(key)?, self.better),
            Values::Text => (!key.trim().is_empty()).then_some(Step::WORST),
        }
    }

    /// The definition of a named step; `None` if the scale does not have it.
    #[inline]
    pub fn definition(&self, step: Step) -> Option<&ScaleStep> {
        self.steps().get(usize::from(step.position()))
    }

    /// Whether the scale has a value at the position of `step`.
    pub fn has(&self, step: Step) -> bool {
        step <= self.best()
    }

    /// The form of a value that files and queries use: a key, or a number without trailing zeros.
    /// Empty if the scale does not have it, and for text.
    #[inline]
    pub fn key(&self, step: Step) -> Cow<'_, str> {
        match &self.values {
            Values::Steps(_) => self
                .definition(step)
                .map_or(Cow::Borrowed(""), |step| Cow::Borrowed(step.key.as_str())),
            Values::Numbers(numbers) => Cow::Owned(numbers.at(step, self.better).to_string()),
            Values::Text => Cow::Borrowed(""),
        }
    }

    /// The points of a value; 0 if the scale does not have it.
    pub fn points(&self, step: Step) -> Fraction {
        match &self.values {
            Values::Steps(_) => self
                .definition(step)
                .map_or_else(Fraction::default, |definition| definition.points),
            Values::Numbers(numbers) => numbers.at(step, self.better),
            Values::Text => Fraction::default(),
        }
    }

    /// The largest number of points.
    pub fn most_points(&self) -> Fraction {
        self.points(Step::WORST).max(self.points(self.best()))
    }

    /// The smallest number of points.
    pub fn least_points(&self) -> Fraction {
        self.points(Step::WORST).min(self.points(self.best()))
    }

    /// The best value.
    pub fn best(&self) -> Step {
        let count = match &self.values {
            Values::Steps(steps) => steps.len(),
            Values::Numbers(numbers) => return Step::at(numbers.last()),
            Values::Text => 1,
        };
        Step::at(u16::try_from(count.saturating_sub(1)).unwrap_or(Step::MAX))
    }

    /// Whether a figure, `by`, is at least as good as these points.
    fn is_reached(&self, points: Fraction, by: Fraction) -> bool {
        match self.better {
            Better::Higher => points <= by,
            Better::Lower => points >= by,
        }
    }

    /// The best value that these points reach; the worst if they reach none.
    pub fn step_at_points(&self, points: Fraction) -> Step {
        match &self.values {
            Values::Numbers(numbers) => numbers.nearest(points, self.better),
            Values::Steps(steps) => {
                let reached = steps.partition_point(|step| self.is_reached(step.points, points));
                Step::at(u16::try_from(reached.saturating_sub(1)).unwrap_or(Step::MAX))
            }
            Values::Text => Step::WORST,
        }
    }

    /// The step of a mean, rounded towards the worse step. Among steps with equal points, this is
    /// the worst one that is not below the worst input.
    pub(crate) fn step_at_figure(&self, mean: Fraction, worst_input: Step) -> Option<Step> {
        Some(self.among_equals(self.step_at_points(mean), worst_input))
    }

    /// The step whose points are nearest to a mean; halfway gives the better step. Steps with equal
    /// points are resolved as in [`Scale::step_at_figure`]. `None` if the figures cannot be
    /// computed exactly.
    pub(crate) fn step_nearest_figure(&self, mean: Fraction, worst_input: Step) -> Option<Step> {
        let twice = mean.times(2)?;
        let mut nearest = Step::WORST;
        for (at, pair) in (1..).zip(self.steps().windows(2)) {
            // From halfway on, the next step applies.
            let [lower, upper] = pair else { continue };
            let halfway = lower.points.plus(upper.points)?;
            if !self.is_reached(halfway, twice) {
                break;
            }
            nearest = Step::at(at);
        }
        Some(self.among_equals(nearest, worst_input))
    }

    /// The means at which [`Scale::step_nearest_figure`] changes to the next step.
    pub(crate) fn midpoints(&self) -> Vec<Fraction> {
        let pairs = self.steps().windows(2);
        pairs
            .filter_map(|pair| match pair {
                [lower, upper] => lower.points.plus(upper.points)?.divided(2),
                _ => None,
            })
            .collect()
    }

    /// The largest number of decimals in the points of any value.
    pub(crate) fn decimals(&self) -> u32 {
        if let Values::Numbers(numbers) = &self.values {
            return numbers.decimals;
        }
        let steps = self.steps().iter();
        let each = steps.filter_map(|step| step.points.decimals());
        each.max().unwrap_or(0)
    }

    /// Among steps with the same points as `step`, the worst one that is not below `worst_input`.
    /// This keeps the mean of two reds at red, even if amber has the same points.
    fn among_equals(&self, step: Step, worst_input: Step) -> Step {
        let points = self.points(step);
        let mut chosen = step;
        while chosen > worst_input
            && let Some(below) = chosen.below()
            && self.points(below) == points
        {
            chosen = below;
        }
        chosen
    }

    /// What a value can be, in one phrase for error messages: "1, 2, 3 or 4", "a number from 0 to
    /// 100 with at most 1 decimal".
    pub fn keys_in_words(&self) -> String {
        match &self.values {
            Values::Steps(steps) => {
                crate::words::any_of(steps.iter().map(|step| step.key.as_str()))
            }
            Values::Numbers(numbers) => numbers.in_words(),
            Values::Text => "text".to_owned(),
        }
    }
}
