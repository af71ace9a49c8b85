//! Components that take the lowest of their marks: the results by all methods in one pass, without
//! figures. Most components of a national cycle are of this kind.

use super::{Evaluation, Plan};
use crate::combine::RuleResult;
use crate::framework::Component;
use crate::output::{Mark, MarkKinds, MethodResult};
use crate::record::Method;
use crate::row::Marks;
use crate::scale::Step;

impl Evaluation<'_> {
    /// The results of a component that takes the lowest mark, by each of [`Method::ALL`].
    #[inline]
    pub(super) fn lowest(
        &self,
        plan: &Plan,
        component: &Component,
        recorded: &Marks,
    ) -> [MethodResult; 5] {
        // One variable for each of `Method::ALL`, so that they stay in registers.
        let [
            mut previous,
            mut own,
            mut analyst,
            mut panel,
            mut calibrated,
        ] = [Lowest::default(); 5];
        let mut any_calibrated = Method::Calibrated.of(recorded).is_decided();
        for measure in &component.measures {
            let cell = self.cell(*measure);
            let [last_year, by_itself, by_analyst, by_panel, moderated] = &cell.marks;
            // A measure that is new has no previous value.
            if !(plan.is_new(*measure) && cell.follows_nothing()) {
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
            calibrated = Lowest::default();
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

/// The lowest of some marks.
#[derive(Clone, Copy)]
struct Lowest {
    /// The lowest position; [`NO_POSITION`] if there is no value.
    position: u16,
    kinds: MarkKinds,
}

/// Above the position of every step.
const NO_POSITION: u16 = Step::MAX + 1;

impl Lowest {
    #[inline]
    fn add(&mut self, mark: &Mark) {
        let position = mark.value.map_or(NO_POSITION, Step::position);
        self.position = self.position.min(position);
        self.kinds.add(*mark);
    }

    #[inline]
    fn result(self) -> RuleResult {
        if self.position == NO_POSITION {
            return RuleResult {
                not_applicable: self.kinds.none_applies(),
                ..RuleResult::default()
            };
        }
        let best = Step::at(self.position);
        let is_open = self.kinds.any_missing() && best != Step::WORST;
        RuleResult {
            step: (!is_open).then_some(best),
            possible: Some((if is_open { Step::WORST } else { best }, best)),
            inferred: self.kinds.any_inferred() && !is_open,
            not_applicable: false,
        }
    }
}

impl Default for Lowest {
    fn default() -> Lowest {
        Lowest {
            position: NO_POSITION,
            kinds: MarkKinds::default(),
        }
    }
}
