//! The earlier cycle of a carried record, as an actor sees it.

use super::Permission;
use crate::ledger::entry_error::EntryError;
use crate::record::CarriedFact;

impl Permission<'_> {
    /// Looks up the earlier cycle of a carried record among the other cycles that are visible. A
    /// correction may leave what it was carried from, although its author no longer sees that cycle.
    pub(super) fn check_earlier_cycle(
        &self,
        cycle: &str,
        carried: &CarriedFact,
        supersedes: Option<u32>,
    ) -> Result<(), EntryError> {
        let corrected = supersedes.and_then(|entry| {
            let (opened, _) = self.state.about(entry)?;
            let mut records = opened.records().carried.iter();
            records.find(|record| record.record.0 == entry)
        });
        if corrected.is_some_and(|record| record.from_cycle == carried.from_cycle) {
            return Ok(());
        }
        let cycles = self.state.opened_cycles();
        let others = cycles.map(|opened| &*opened.id).filter(|id| *id != cycle);
        let others: Vec<&str> = others.collect();
        let (from_cycle, others) = (&carried.from_cycle, others.into_iter());
        self.find_shown("from_cycle", "cycle", from_cycle, others, |id| {
            self.shown_cycle(id).is_some()
        })
    }
}
