//! Components that take the lowest of their marks: the results by all methods in one pass, without
//! figures. Most components of a national cycle are of this kind.

use super::Evaluation;
use crate::combine::RuleResult;
use crate::framework::{Component, ComponentIndex, Framework};
use crate::output::Mark;
use crate::record::Method;
use crate::row::Marks;
use crate::scale::Step;

/// What is the same for every body of a cycle.
pub(crate) struct Plan {
    /// Whether anything depends on the results of components, and so on the exact figures behind
    /// them.
    pub(super) is_combined: bool,
    /// For each component, whether the result is the lowest mark as it stands.
    takes_lowest: Vec<bool>,
}

impl Plan {
    /// Reads a framework.
    pub(crate) fn of(framework: &Framework) -> Plan {
        let is_combined = super::components_are_combined(framework);
        let takes_lowest = |component: &Component| {
            let Some(combination) = component.rating.rule() else {
                return false;
            };
            let mut measures = component.measures.iter();
            !is_combined
                && combination.takes_lowest()
                && !framework.scale(combination.scale).is_text()
                && measures.all(|measure| framework.measure(*measure).scale == combination.scale)
        };
        Plan {
            is_combined,
            takes_lowest: framework.components.iter().map(takes_lowest).collect(),
        }
    }

    pub(super) fn takes_lowest(&self, component: ComponentIndex) -> bool {
        let takes_lowest = self.takes_lowest.get(usize::from(component.0));
        takes_lowest.copied().unwrap_or_default()
    }
}

impl Evaluation<'_> {
    /// The rule's results for a component that takes the lowest mark, by each of [`Method::ALL`].
    pub(super) fn lowest(&self, component: &Component, recorded: &Marks) -> [RuleResult; 5] {
        const PREVIOUS: usize = Method::Previous.position();
        const PANEL: usize = Method::Panel.position();
        const CALIBRATED: usize = Method::Calibrated.position();
        let mut lowest = [Lowest::NOTHING; 5];
        let mut any_calibrated = recorded[CALIBRATED].is_decided();
        for measure in &component.measures {
            let cell = self.cell(*measure);
            let mut marks = cell.marks;
            any_calibrated |= marks[CALIBRATED].is_decided();
            if !marks[CALIBRATED].says_anything() {
                marks[CALIBRATED] = marks[PANEL];
            }
            let before = lowest[PREVIOUS];
            for (lowest, mark) in lowest.iter_mut().zip(&marks) {
                lowest.add(mark);
            }
            if cell.is_new(self.framework.measure(*measure)) {
                // It has no previous value.
                lowest[PREVIOUS] = before;
            }
        }
        let mut results = lowest.map(Lowest::result);
        if !any_calibrated {
            results[CALIBRATED] = RuleResult::default();
        }
        results
    }
}

/// The lowest of some marks. Each mark is added without a branch: a national cycle has a hundred
/// thousand of them.
#[derive(Clone, Copy)]
struct Lowest {
    /// The lowest position; [`NO_POSITION`] if there is no value.
    position: u32,
    any: bool,
    applies: bool,
    missing: bool,
    inferred: bool,
}

/// Above the position of every step.
const NO_POSITION: u32 = u32::MAX;

impl Lowest {
    const NOTHING: Lowest = Lowest {
        position: NO_POSITION,
        any: false,
        applies: false,
        missing: false,
        inferred: false,
    };

    fn add(&mut self, mark: &Mark) {
        let position = mark
            .value
            .map_or(NO_POSITION, |step| step.position().into());
        let applies = !mark.not_applicable();
        self.any = true;
        self.applies |= applies;
        self.missing |= applies & mark.value.is_none();
        self.inferred |= mark.inferred();
        self.position = self.position.min(position);
    }

    fn result(self) -> RuleResult {
        let Ok(position) = u16::try_from(self.position) else {
            return RuleResult {
                not_applicable: self.any && !self.applies,
                ..RuleResult::default()
            };
        };
        let best = Step::at(position);
        let worst = if self.missing { Step::WORST } else { best };
        let step = (worst == best).then_some(worst);
        RuleResult {
            step,
            possible: Some((worst, best)),
            inferred: self.inferred && step.is_some(),
            not_applicable: false,
        }
    }
}
