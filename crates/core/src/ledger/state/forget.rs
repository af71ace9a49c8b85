//! Removing entries that were applied but not committed.

use super::State;
use crate::ledger::key::{EntryKind, Key};

impl State {
    /// Forgets every entry after this one.
    pub fn truncate(&mut self, last: u32) {
        while self.last() > last {
            self.pop();
        }
    }

    fn pop(&mut self) {
        let number = self.last();
        let Some(note) = self.notes.pop() else { return };
        let key = match note.kind {
            EntryKind::Framework => self
                .frameworks
                .pop()
                .map(|(version, _)| Key::Framework(version.id)),
            EntryKind::Organisations => self
                .organisations
                .pop()
                .map(|(version, _)| Key::Organisations(version.id)),
            EntryKind::Cycle => self.forget_cycle(number),
            EntryKind::Rebase => {
                self.forget_rebase(note.cycle);
                None
            }
            EntryKind::Withdrawal => {
                self.withdrawals.remove(&number);
                self.restore_withdrawn(note.supersedes);
                None
            }
            EntryKind::UnreadRecord => {
                self.opened_at_mut(note.cycle as usize).pop_unread(number);
                None
            }
            EntryKind::Record(kind) => {
                let cycle = self.opened_at_mut(note.cycle as usize);
                let key = cycle.key_of(kind, number);
                cycle.pop(kind);
                key.map(|key| Key::Record(note.cycle, key))
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
        let id = self.opened_at(at).id.clone();
        if self.opened_at_mut(at).forget_description() {
            // The cycle was opened last, because entries are forgotten from the newest.
            self.cycles.remove(at);
        }
        Some(Key::Cycle(id))
    }

    fn restore_withdrawn(&mut self, entry: u32) {
        let Some(note) = self.note(entry).copied() else {
            return;
        };
        let EntryKind::Record(kind) = note.kind else {
            return;
        };
        let cycle = self.cycles.get(note.cycle as usize);
        if let Some(key) = cycle.and_then(|cycle| cycle.key_of(kind, entry)) {
            self.standing.insert(Key::Record(note.cycle, key), entry);
        }
    }
}
