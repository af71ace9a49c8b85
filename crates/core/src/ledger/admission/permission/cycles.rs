//! The cycles of a state as an actor may see them.

use super::Permission;
use crate::cycle::Cycle;
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
        let (organisations, scores) = (&cycle.organisations, &cycle.records.scores);
        let hidden = self.hidden_in(opened, organisations, cycle.as_of, scores);
        if hidden.is_empty() {
            return Some(cycle);
        }
        let organisations = Arc::new(cycle.organisations.without(&hidden.bodies));
        Some(cycle.without(&hidden, organisations))
    }
}
