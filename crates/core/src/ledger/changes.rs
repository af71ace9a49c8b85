//! The changes of a cycle between two entries, computed without reading unchanged records.

use super::key::EntryKind;
use super::state::State;
use crate::cycle::CycleChanges;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Maximum number of entries between two moments that are read one by one.
const MAX_ENTRIES: u32 = 2_000;

impl State {
    /// Returns the records of a cycle that were added and removed between two entries, of which either
    /// may be the earlier. `None` if the cycle was described again or moved to other bodies between
    /// them, if it was not open at both, or if comparing all records is as fast.
    pub fn changes(&self, id: &str, from: u32, to: u32) -> Option<CycleChanges> {
        let opened = self.opened(id)?;
        let (first, last) = (from.min(to), from.max(to));
        if last - first > MAX_ENTRIES || opened.opened() > first {
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

    /// Returns the entries of a cycle, up to a number, that were read from files, each with its file
    /// and row. Superseded entries are included.
    pub fn read_from_files(&self, id: &str, last: u32) -> Vec<(u32, (Arc<str>, u32))> {
        self.read_from_files_after(id, 0, last)
    }

    /// Whether any entry of a cycle between two numbers was read from a file.
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
