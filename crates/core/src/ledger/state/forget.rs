//! Going back: entries that were taken in and never committed.

use super::State;
use crate::ledger::cycles::{Key, Kind};

impl State {
    /// Forgets every entry after this one, as if it had never come.
    pub fn truncate(&mut self, last: u32) {
        while self.last() > last {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let number = self.last();
        let Some(note) = self.notes.pop() else { return };
        let key = match note.kind {
            Kind::Framework => self
                .frameworks
                .pop()
                .map(|(version, _)| Key::Framework(version.id)),
            Kind::Organisations => self
                .organisations
                .pop()
                .map(|(version, _)| Key::Organisations(version.id)),
            Kind::Cycle => self.forget_cycle(number),
            Kind::Withdrawn => {
                self.restore_withdrawn(note.supersedes);
                None
            }
            kind => {
                let cycle = &mut self.cycles[note.cycle as usize];
                let key = cycle.key_of(kind, number, note.cycle);
                cycle.forget(kind);
                key
            }
        };
        if let Some(key) = key {
            match note.supersedes {
                0 => self.standing.remove(&key),
                old => self.standing.insert(key, old),
            };
        }
        if let Some(old) = self.note_mut(note.supersedes) {
            old.superseded_by = 0;
        }
    }

    fn forget_cycle(&mut self, number: u32) -> Option<Key> {
        let at = self
            .cycles
            .iter()
            .position(|one| one.described_by(number))?;
        let id = self.cycles[at].id.clone();
        if self.cycles[at].forget_description() {
            // It was the last cycle to be opened: entries are forgotten from the newest on.
            self.cycles.remove(at);
        }
        Some(Key::Cycle(id))
    }

    fn restore_withdrawn(&mut self, entry: u32) {
        let Some(note) = self.note(entry).copied() else {
            return;
        };
        let cycle = self.cycles.get(note.cycle as usize);
        if let Some(key) = cycle.and_then(|one| one.key_of(note.kind, entry, note.cycle)) {
            self.standing.insert(key, entry);
        }
    }
}
