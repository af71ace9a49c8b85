//! The status of each body of a cycle: its phase, and what is due from whom. For those who oversee all
//! bodies.

use super::{Duty, duties_of};
use crate::actor::Actor;
use crate::body::BodyIndex;
use crate::cycle::CheckedCycle;
use crate::framework::PhaseIndex;
use crate::output::Assurance;
use crate::progress::CycleProgress;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The phase of a body, and what is due for it.
#[derive(Clone, Debug)]
pub struct BodySummary {
    /// The body.
    pub body: BodyIndex,
    /// The phase that is open for it; `None` if none is.
    pub phase: Option<PhaseIndex>,
    /// How many things are due for it, in all roles. What several roles may do counts once.
    pub due: usize,
    /// How many of them are late.
    pub late: usize,
    /// What is due first, or has been late longest.
    pub next: Option<NextDuty>,
}

/// What is due first for a body.
#[derive(Clone, Debug)]
pub struct NextDuty {
    /// Identifier of the role that must do it; the first of the framework, if several may.
    pub role: String,
    /// What it is.
    pub duty: Duty,
}

/// Every PCT of a cycle in its order, and after them the other bodies for which something is due.
pub fn summary_of_bodies(
    cycle: &CheckedCycle,
    assurance: &Assurance,
    today: Date,
) -> Vec<BodySummary> {
    let mut duties: BTreeMap<BodyIndex, Vec<NextDuty>> = BTreeMap::new();
    for role in &cycle.framework.roles {
        let actor = Actor::in_role(&role.id, None);
        for duty in duties_of(cycle, assurance, &actor, today) {
            let of_body = duties.entry(duty.body).or_default();
            if !of_body.iter().any(|known| known.duty == duty) {
                let role = role.id.clone();
                of_body.push(NextDuty { role, duty });
            }
        }
    }
    let progress = CycleProgress::of(cycle, Actor::PUBLIC, today);
    let mut summary = |body: BodyIndex| {
        let mut of_body = duties.remove(&body).unwrap_or_default();
        of_body.sort_by_key(|next| (next.duty.by.unwrap_or(Date::MAX), next.duty.kind));
        let phase = progress.of_body(&cycle.organisations, body, cycle.as_of);
        BodySummary {
            body,
            phase: phase.and_then(|phase| cycle.framework.phase_index(&phase.id)),
            due: of_body.len(),
            late: of_body.iter().filter(|next| next.duty.is_late).count(),
            next: of_body.into_iter().next(),
        }
    };
    let mut summaries: Vec<BodySummary> = cycle.pcts.iter().copied().map(&mut summary).collect();
    let others = cycle.organisations.each().map(|(body, _)| body);
    let others = others
        .filter(|body| !cycle.pcts.contains(body))
        .map(summary);
    summaries.extend(others.filter(|summary| summary.due > 0));
    summaries
}
