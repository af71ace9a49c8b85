//! Rating scales: ordered steps from worst to best, such as levels 1 to 4 or red, amber, green.

use crate::fraction::Fraction;
use serde::{Deserialize, Serialize};

/// The position of a step on its scale, counted from the worst (0).
///
/// A step is not a number to calculate with; rules use [`ScaleStep::points`]. "Unknown" is always
/// `Option::<Step>::None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Step(pub u8);

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

/// An ordered scale, worst step first. It has between 2 and 100 steps with distinct keys and
/// points that never fall.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Identifier within the framework: `level`, `rating`.
    pub id: String,
    /// The name shown to people: `Level`, `Rating`.
    pub title: String,
    /// The steps, worst first.
    pub steps: Vec<ScaleStep>,
}

impl Scale {
    /// The step with this key, ignoring case.
    pub fn step(&self, key: &str) -> Option<Step> {
        let at = self
            .steps
            .iter()
            .position(|step| step.key.eq_ignore_ascii_case(key))?;
        u8::try_from(at).ok().map(Step)
    }

    /// The definition of `step`; `None` if the scale does not have it.
    pub fn definition(&self, step: Step) -> Option<&ScaleStep> {
        self.steps.get(usize::from(step.0))
    }

    /// The key of `step`; empty if the scale does not have it.
    pub fn key(&self, step: Step) -> &str {
        self.definition(step)
            .map_or("", |definition| definition.key.as_str())
    }

    /// The points of `step`; 0 if the scale does not have it.
    pub fn points(&self, step: Step) -> Fraction {
        self.definition(step)
            .map_or_else(Fraction::default, |definition| definition.points)
    }

    /// The points of the best step, the maximum of the scale.
    pub fn most_points(&self) -> Fraction {
        self.steps
            .last()
            .map_or_else(Fraction::default, |step| step.points)
    }

    /// The points of the worst step, the minimum of the scale.
    pub fn least_points(&self) -> Fraction {
        self.steps
            .first()
            .map_or_else(Fraction::default, |step| step.points)
    }

    /// The best step.
    pub fn best(&self) -> Step {
        Step(u8::try_from(self.steps.len().saturating_sub(1)).unwrap_or(u8::MAX))
    }

    /// The best step with at most these points; the worst step if all steps have more.
    pub fn step_at_points(&self, points: Fraction) -> Step {
        let reached = self.steps.partition_point(|step| step.points <= points);
        Step(u8::try_from(reached.saturating_sub(1)).unwrap_or(u8::MAX))
    }

    /// The step of a mean, rounded down. Among steps with equal points, this is the worst one that
    /// is not below the worst input.
    pub(crate) fn step_at_figure(&self, mean: Fraction, worst_input: Step) -> Option<Step> {
        Some(self.among_equals(self.step_at_points(mean), worst_input))
    }

    /// The step whose points are nearest to a mean; halfway rounds up. Steps with equal points are
    /// resolved as in [`Scale::step_at_figure`]. `None` if the figures cannot be computed exactly.
    pub(crate) fn step_nearest_figure(&self, mean: Fraction, worst_input: Step) -> Option<Step> {
        let twice = mean.times(2)?;
        let mut nearest = Step(0);
        for (at, pair) in (1..).zip(self.steps.windows(2)) {
            // From halfway on, the next step applies.
            if pair[0].points.plus(pair[1].points)? > twice {
                break;
            }
            nearest = Step(at);
        }
        Some(self.among_equals(nearest, worst_input))
    }

    /// The means at which [`Scale::step_nearest_figure`] changes to the next step.
    pub(crate) fn midpoints(&self) -> Vec<Fraction> {
        let pairs = self.steps.windows(2);
        pairs
            .filter_map(|pair| pair[0].points.plus(pair[1].points)?.divided(2))
            .collect()
    }

    /// The largest number of decimals in the points of any step.
    pub(crate) fn decimals(&self) -> u32 {
        let each = self.steps.iter().filter_map(|step| step.points.decimals());
        each.max().unwrap_or(0)
    }

    /// Among steps with the same points as `step`, the worst one that is not below `worst_input`.
    /// This keeps the mean of two reds at red, even if amber has the same points.
    fn among_equals(&self, step: Step, worst_input: Step) -> Step {
        let points = self.points(step);
        let mut chosen = step;
        while chosen > worst_input
            && let Some(below) = chosen.0.checked_sub(1).map(Step)
            && self.points(below) == points
        {
            chosen = below;
        }
        chosen
    }

    /// All keys in one phrase, for error messages: "1, 2, 3 or 4".
    pub fn keys_in_words(&self) -> String {
        crate::words::any_of(self.steps.iter().map(|step| step.key.as_str()))
    }
}
