//! The cycles of a state, by identifier and by position.

use super::{OpenedCycle, Sight, State};
use crate::ledger::entry_error::EntryError;
use crate::record::UnknownCode;

impl State {
    /// The cycle with an identifier, with every record that was ever entered in it.
    pub(in crate::ledger) fn opened(&self, id: &str) -> Option<&OpenedCycle> {
        self.cycles.iter().find(|one| &*one.id == id)
    }

    /// The cycle at a position, which a note or [`State::find_cycle`] gave.
    #[expect(
        clippy::indexing_slicing,
        reason = "a cycle stays where it is until its first entry is forgotten, after all others \
                  about it"
    )]
    pub(super) fn opened_at(&self, position: usize) -> &OpenedCycle {
        &self.cycles[position]
    }

    /// The same, to be changed.
    #[expect(clippy::indexing_slicing, reason = "as of `opened_at`")]
    pub(super) fn opened_at_mut(&mut self, position: usize) -> &mut OpenedCycle {
        &mut self.cycles[position]
    }

    /// Every cycle, in the order in which they were opened.
    pub(in crate::ledger) fn opened_cycles(&self) -> impl Iterator<Item = &OpenedCycle> {
        self.cycles.iter()
    }

    /// The position of a cycle that the asker may see.
    pub(super) fn find_cycle(
        &self,
        field: &'static str,
        id: &str,
        sight: &dyn Sight,
    ) -> Result<usize, EntryError> {
        let at = self.cycles.iter().position(|cycle| &*cycle.id == id);
        let at = at.filter(|at| sight.shows_cycle(self.opened_at(*at)));
        at.ok_or_else(|| {
            let cycles = self.cycles.iter();
            let known = cycles.filter(|cycle| sight.shows_cycle(cycle));
            UnknownCode::new(field, "cycle", id, known.map(|cycle| &*cycle.id)).into()
        })
    }
}
