//! Phases that can open.

use super::{Duty, DutyKind, DutySearch};
use crate::framework::PhaseIndex;
use crate::policy::OPEN_PHASE;
use crate::progress::{bodies_below, topmost_bodies};
use crate::readiness::is_ready;
use crate::timetable::days_of;

/// A phase that is to begin: it is due by its first day.
pub(super) fn find(search: &DutySearch<'_>, duties: &mut Vec<Duty>) {
    let (cycle, framework) = (search.cycle, &search.cycle.framework);
    for top in topmost_bodies(cycle) {
        if !(search.is_theirs(top) && search.is_open(OPEN_PHASE, top)) {
            continue;
        }
        let below = bodies_below(cycle, top);
        let opened = below.iter().map(|body| {
            let progress = &search.progress;
            let opening = progress.opening_of(&cycle.organisations, *body, cycle.as_of);
            opening.map(|(_, phase)| phase)
        });
        // Everybody must have reached the phase before.
        let reached = opened.min().flatten();
        for (index, phase) in (0..).map(PhaseIndex).zip(&framework.phases) {
            let before = phase.after.as_deref();
            let before = before.and_then(|before| framework.phase_index(before));
            let is_next = match (before, reached) {
                (None, None) => true,
                (Some(before), Some(reached)) => reached >= before && index > reached,
                _ => false,
            };
            let days = days_of(cycle, index, top);
            let begins = days.from.is_some_and(|from| from <= search.today);
            if is_next && begins && is_ready(cycle, search.assurance, phase) {
                let what = format!("open `{}` for {}", phase.title, search.name(top));
                duties.push(search.duty_by(DutyKind::OpenPhase, top, what, days.from));
            }
        }
    }
}
