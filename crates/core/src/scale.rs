//! Rating scales: ordered steps from worst to best, such as levels 1 to 4 or red, amber, green.

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
    /// The points that means, sums and percentages count for this step.
    pub points: i32,
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
    pub fn points(&self, step: Step) -> i32 {
        self.definition(step)
            .map_or(0, |definition| definition.points)
    }

    /// The most points that one step of this scale can give.
    pub fn most_points(&self) -> i32 {
        self.steps.last().map_or(0, |step| step.points)
    }

    /// The best step whose points are at most `points`; the worst step where all have more.
    pub fn step_at_points(&self, points: i32) -> Step {
        let reached = self
            .steps
            .iter()
            .filter(|step| step.points <= points)
            .count();
        Step(u8::try_from(reached.saturating_sub(1)).unwrap_or(u8::MAX))
    }

    /// "1, 2, 3 or 4": every key in one phrase, for error messages.
    pub fn keys_in_words(&self) -> String {
        crate::words::any_of(self.steps.iter().map(|step| step.key.as_str()))
    }
}
