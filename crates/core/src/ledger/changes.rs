//! What changed in a cycle between two entries, without going through what did not.

use super::key::EntryKind;
use super::state::State;
use crate::cycle::CycleChanges;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most entries between two moments for which it is worth looking at each of them.
const MOST_ENTRIES: u32 = 2_000;

impl State {
    /// The records of a cycle that came and went between two entries, of which either may be the
    /// earlier. `None` if the cycle was described anew or moved to other bodies between them, if it
    /// was not open at both, or if so much happened that all records are looked at as quickly.
    pub fn changes(&self, id: &str, from: u32, to: u32) -> Option<CycleChanges> {
        let opened = self.opened(id)?;
        let (first, last) = (from.min(to), from.max(to));
        if last - first > MOST_ENTRIES || opened.opened() > first {
            return None;
        }
        let mut concerned = BTreeSet::new();
        for number in first + 1..=last {
            if self.cycle_of(number) != Some(id) {
                continue;
            }
            match self.kind_of(number)? {
                EntryKind::Cycle | EntryKind::Rebase => return None,
                EntryKind::Withdrawal => {}
                _ => {
                    concerned.insert(number);
                }
            }
            concerned.extend(self.superseded_by_entry(number));
        }
        let mut changes = CycleChanges::default();
        for number in concerned {
            let Some(EntryKind::Record(kind)) = self.kind_of(number) else {
                return None;
            };
            match (self.stood(number, from), self.stood(number, to)) {
                (true, false) => changes.removed.push(opened.record_at(kind, number, last)?),
                (false, true) => changes.added.push(opened.record_at(kind, number, last)?),
                _ => {}
            }
        }
        Some(changes)
    }

    /// The entries about a cycle, up to one, that were read from a file: each with the file and row,
    /// in their order, whether they stand or not.
    pub fn read_from_files(&self, id: &str, last: u32) -> Vec<(u32, (Arc<str>, u32))> {
        self.read_from_files_after(id, 0, last)
    }

    /// Whether any entry about a cycle, after one and up to another, was read from a file.
    pub fn any_read_from_files(&self, id: &str, after: u32, last: u32) -> bool {
        !self.read_from_files_after(id, after, last).is_empty()
    }

    fn read_from_files_after(
        &self,
        id: &str,
        after: u32,
        last: u32,
    ) -> Vec<(u32, (Arc<str>, u32))> {
        let about_cycle = |entry: &u32| {
            let is_record = self
                .kind_of(*entry)
                .is_some_and(|kind| kind != EntryKind::Cycle);
            is_record && self.cycle_of(*entry) == Some(id)
        };
        let entries = (after + 1..=last).filter(about_cycle);
        let read = entries.filter_map(|entry| Some((entry, self.written_before(entry)?)));
        read.collect()
    }
}
