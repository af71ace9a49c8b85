//! Components that take the lowest of their marks: the results by all methods in one pass, without
//! figures. Most components of a national cycle are of this kind.

use super::Evaluation;
use crate::combine::RuleResult;
use crate::framework::{Component, ComponentIndex, Framework};
use crate::output::{Mark, MethodResult};
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
    /// The results of a component that takes the lowest mark, by each of [`Method::ALL`].
    #[inline]
    pub(super) fn lowest(&self, component: &Component, recorded: &Marks) -> [MethodResult; 5] {
        // One variable for each of `Method::ALL`, so that they stay in registers.
        let [
            mut previous,
            mut own,
            mut analyst,
            mut panel,
            mut calibrated,
        ] = [Lowest::NOTHING; 5];
        let mut any_calibrated = Method::Calibrated.of(recorded).is_decided();
        for measure in &component.measures {
            let cell = self.cell(*measure);
            let [last_year, by_itself, by_analyst, by_panel, moderated] = &cell.marks;
            // A measure that is new has no previous value.
            if !cell.is_new(self.framework.measure(*measure)) {
                previous.add(last_year);
            }
            own.add(by_itself);
            analyst.add(by_analyst);
            panel.add(by_panel);
            any_calibrated |= moderated.is_decided();
            let is_moderated = moderated.says_anything();
            calibrated.add(if is_moderated { moderated } else { by_panel });
        }
        if !any_calibrated {
            calibrated = Lowest::NOTHING;
        }
        let result = |lowest: Lowest, recorded: &Mark| MethodResult {
            by_rule: lowest.result(),
            recorded: *recorded,
        };
        let [last_year, by_itself, by_analyst, by_panel, moderated] = recorded;
        [
            result(previous, last_year),
            result(own, by_itself),
            result(analyst, by_analyst),
            result(panel, by_panel),
            result(calibrated, moderated),
        ]
    }
}

/// The lowest of some marks. Each mark is added without a branch: a national cycle has a hundred
/// thousand of them.
#[derive(Clone, Copy)]
struct Lowest {
    /// The lowest position; [`NO_POSITION`] if there is no value.
    position: u16,
    /// What is true of any of the marks, in one byte, so that five of these stay in registers.
    flags: u8,
}

/// Above the position of every step.
const NO_POSITION: u16 = Step::MAX + 1;

/// There is a mark.
const ANY: u8 = 1;
/// A measure applies.
const APPLIES: u8 = 2;
/// A measure that applies has no value.
const MISSING: u8 = 4;
/// A value was inferred.
const INFERRED: u8 = 8;

impl Lowest {
    const NOTHING: Lowest = Lowest {
        position: NO_POSITION,
        flags: 0,
    };

    #[inline]
    fn add(&mut self, mark: &Mark) {
        let position = mark.value.map_or(NO_POSITION, Step::position);
        let when = |flag: u8, is_true: bool| flag * u8::from(is_true);
        let applies = !mark.not_applicable();
        self.flags |= ANY
            | when(APPLIES, applies)
            | when(MISSING, applies & mark.value.is_none())
            | when(INFERRED, mark.inferred());
        self.position = self.position.min(position);
    }

    #[inline]
    fn result(self) -> RuleResult {
        let any = |flag: u8| self.flags & flag != 0;
        if self.position == NO_POSITION {
            return RuleResult {
                not_applicable: any(ANY) && !any(APPLIES),
                ..RuleResult::default()
            };
        }
        let best = Step::at(self.position);
        let worst = if any(MISSING) { Step::WORST } else { best };
        let step = (worst == best).then_some(worst);
        RuleResult {
            step,
            possible: Some((worst, best)),
            inferred: any(INFERRED) && step.is_some(),
            not_applicable: false,
        }
    }
}
