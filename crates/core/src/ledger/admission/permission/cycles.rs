//! The cycles of a state as an actor may see them.

use super::Permission;
use crate::body::BodyIndex;
use crate::cycle::Cycle;
use crate::policy::{READ, Resource};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Permission<'_> {
    /// The last entry of the state.
    pub fn last(&self) -> u32 {
        self.state.last()
    }

    /// Identifiers of the cycles that the actor may see.
    pub fn cycles(&self) -> impl Iterator<Item = &str> {
        let last = self.state.last();
        let all = self.state.cycles_at(last);
        all.filter(|id| self.shown_cycle(id).is_some())
    }

    /// A cycle as of an entry, without the bodies that the actor may not see and the records on them;
    /// `None` if there is no such cycle, or if it is hidden. It is not checked.
    pub fn cycle_at(&self, id: &str, number: u32) -> Option<Cycle> {
        let opened = self.shown_cycle(id)?;
        let (cycle, _) = self.state.cycle_at(id, number)?;
        let (organisations, day) = (&cycle.organisations, cycle.as_of);
        let resource = opened.resource(self.today);
        let (bodies, resources): (Vec<BodyIndex>, Vec<Resource<'_>>) = organisations
            .each()
            .map(|(body, _)| (body, resource.with_body(organisations, body, day)))
            .unzip();
        let shown = self.policy.decide_each(self.actor, READ, &resources);
        // A missing answer is a denial.
        let shown = shown.into_iter().chain(std::iter::repeat(false));
        let hidden = bodies.into_iter().zip(shown).filter(|(_, shown)| !shown);
        let hidden: BTreeSet<BodyIndex> = hidden.map(|(body, _)| body).collect();
        if hidden.is_empty() {
            return Some(cycle);
        }
        let organisations = Arc::new(organisations.without(&hidden));
        Some(cycle.without(&hidden, organisations))
    }
}
