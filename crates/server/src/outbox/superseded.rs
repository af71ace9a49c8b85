//! Messages about entries that were withdrawn or replaced before the messages were sent.

use super::Outbox;
use super::still_due::is_about_duty;
use std::collections::HashMap;
use wcc_core::outbox::{Message, follows_from};
use wcc_ledger::Ledger;

/// How many entries are looked at together. New entries wait for no longer than that takes.
const AT_ONCE: u32 = 10_000;

/// The entries that were withdrawn or replaced, as far as the ledger was looked at.
#[derive(Debug, Default)]
pub(super) struct SupersededEntries {
    /// By cycle: their numbers.
    cycles: HashMap<String, Vec<u32>>,
    /// The last entry that was looked at.
    looked: u32,
}

impl SupersededEntries {
    /// Whether a message follows from one of them.
    pub(super) fn include(&mut self, message: &Message, outbox: &Outbox) -> bool {
        if is_about_duty(message) {
            return false;
        }
        self.catch_up(&outbox.ledger);
        let Some(entries) = self.cycles.get(&message.cycle) else {
            return false;
        };
        let programme = outbox.snapshots.borrow().programme.clone();
        let Some(cycle) = programme.any_cycle(&message.cycle) else {
            return false;
        };
        let mut entries = entries.iter();
        entries.any(|entry| follows_from(message, *entry, &cycle.framework))
    }

    fn catch_up(&mut self, ledger: &Ledger) {
        loop {
            let is_done = ledger.look(|state| {
                let last = state.last().min(self.looked.saturating_add(AT_ONCE));
                for number in self.looked.saturating_add(1)..=last {
                    let entry = state.entry(number);
                    let Some(superseded) = entry.and_then(|entry| entry.supersedes) else {
                        continue;
                    };
                    if let Some(cycle) = state.cycle_of(superseded) {
                        let of_cycle = self.cycles.entry(cycle.to_owned()).or_default();
                        of_cycle.push(superseded);
                    }
                }
                self.looked = last;
                last == state.last()
            });
            if is_done {
                return;
            }
        }
    }
}
