//! Rating scales: ordered steps from worst to best, such as levels 1 to 4 or red, amber, green.

use crate::fraction::Fraction;
use serde::{Deserialize, Serialize};

/// The position of a step on its scale, counted from the worst (0).
///
/// A step is never a number to calculate with: rules use [`ScaleStep::points`]. "Unknown" is
/// `Option::<Step>::None` everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Step(pub u8);

/// One step of a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleStep {
    /// What files and queries write: `"3"`, `"green"`.
    pub key: String,
    /// What people read: `"World class"`, `"Green"`.
    pub title: String,
    /// The points that means, sums and percentages count for this step; decimals and numbers below
    /// zero are allowed.
    pub points: Fraction,
    /// A colour by name for those faces that show one (`red`, `amber`, `green`); never the only sign.
    pub colour: Option<String>,
}

/// An ordered scale, worst step first. It has between 2 and 100 steps with distinct keys and
/// points that never fall.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Identifier within the framework: `level`, `rating`.
    pub id: String,
    /// What people call it: `Level`, `Rating`.
    pub title: String,
    /// The steps, worst first.
    pub steps: Vec<ScaleStep>,
}

impl Scale {
    /// The step that is written `key` (compared without regard to case), if the scale has it.
    pub fn step(&self, key: &str) -> Option<Step> {
        let at = self
            .steps
            .iter()
            .position(|step| step.key.eq_ignore_ascii_case(key))?;
        u8::try_from(at).ok().map(Step)
    }

    /// The definition of `step`; `None` for a step of another, longer scale.
    pub fn definition(&self, step: Step) -> Option<&ScaleStep> {
        self.steps.get(usize::from(step.0))
    }

    /// How files and queries write `step`; empty for a step that this scale does not have.
    pub fn key(&self, step: Step) -> &str {
        self.definition(step)
            .map_or("", |definition| definition.key.as_str())
    }

    /// The points of `step`; 0 for a step that this scale does not have.
    pub fn points(&self, step: Step) -> Fraction {
        self.definition(step)
            .map_or_else(Fraction::default, |definition| definition.points)
    }

    /// The most points that one step of this scale can give.
    pub fn most_points(&self) -> Fraction {
        self.steps
            .last()
            .map_or_else(Fraction::default, |step| step.points)
    }

    /// The fewest points that one step of this scale can give.
    pub fn least_points(&self) -> Fraction {
        self.steps
            .first()
            .map_or_else(Fraction::default, |step| step.points)
    }

    /// The best step.
    pub fn best(&self) -> Step {
        Step(u8::try_from(self.steps.len().saturating_sub(1)).unwrap_or(u8::MAX))
    }

    /// The best step whose points are at most `points`; the worst step where all have more.
    pub fn step_at_points(&self, points: Fraction) -> Step {
        let reached = self.steps.partition_point(|step| step.points <= points);
        Step(u8::try_from(reached.saturating_sub(1)).unwrap_or(u8::MAX))
    }

    /// The step that a mean reaches when it is rounded down. Of several steps with the same points
    /// it is the one of the worst input, or the worst that is not below that.
    pub(crate) fn step_at_figure(&self, mean: Fraction, worst_input: Step) -> Option<Step> {
        Some(self.among_equals(self.step_at_points(mean), worst_input))
    }

    /// The step whose points are nearest to a mean; half-way goes up. Of several steps with the
    /// same points as above. `None` where the figures are too fine a fraction to be exact.
    pub(crate) fn step_nearest_figure(&self, mean: Fraction, worst_input: Step) -> Option<Step> {
        let twice = mean.times(2)?;
        let mut nearest = Step(0);
        for (at, pair) in (1..).zip(self.steps.windows(2)) {
            // The next step is nearer from half-way on.
            if pair[0].points.plus(pair[1].points)? > twice {
                break;
            }
            nearest = Step(at);
        }
        Some(self.among_equals(nearest, worst_input))
    }

    /// The means at which [`Scale::step_nearest_figure`] goes to the next step.
    pub(crate) fn half_ways(&self) -> Vec<Fraction> {
        let pairs = self.steps.windows(2);
        pairs
            .filter_map(|pair| pair[0].points.plus(pair[1].points)?.divided(2))
            .collect()
    }

    /// Most decimals that the points of a step have.
    pub(crate) fn decimals(&self) -> u32 {
        let each = self.steps.iter().filter_map(|step| step.points.decimals());
        each.max().unwrap_or(0)
    }

    /// Of the steps with the same points as `step`: the worst that is not below `worst_input`. So
    /// two reds never average to amber where both have no points.
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

    /// "1, 2, 3 or 4": every key in one phrase, for error messages.
    pub fn keys_in_words(&self) -> String {
        crate::words::any_of(self.steps.iter().map(|step| step.key.as_str()))
    }
}
