//! Moving a cycle to another set of bodies.

use super::{Book, OpenedCycle, State, UnrestrictedSight};
use crate::body::Organisations;
use crate::ledger::entry_error::{Attempt, EntryError};
use crate::ledger::fact::{CycleFact, OrganisationTables, RebaseFact};
use crate::ledger::key::{EntryKind, Key};
use crate::record::{RecordKey, Records, UnknownCode};
use std::sync::Arc;

impl State {
    /// The tables of bodies that a cycle had after an entry.
    pub fn tables_of_cycle(&self, id: &str, number: u32) -> Option<&OrganisationTables> {
        let organisations = self.opened(id)?.organisations_at(number);
        let mut sets = self.organisations.iter();
        let found = sets.find(|(set, _)| {
            let read = set.book.read();
            read.is_some_and(|read| Arc::ptr_eq(read, organisations))
        });
        found.map(|(_, tables)| tables)
    }

    pub(super) fn rebase(
        &mut self,
        number: u32,
        fact: RebaseFact,
        supersedes: Option<u32>,
    ) -> Result<(EntryKind, u32), EntryError> {
        if let Some(entry) = supersedes {
            self.standing_note(entry, Attempt::Supersede)?;
            return Err(EntryError::NotSuperseded {
                entry,
                attempt: Attempt::Supersede,
                why: "a move to other bodies supersedes nothing: move the cycle again".to_owned(),
            });
        }
        let at = self.find_cycle("cycle", &fact.cycle, &UnrestrictedSight)?;
        let organisations = self.organisations_of(&fact.organisations)?.clone();
        let opened = self.opened_at(at);
        let unread = organisations.unread().or(opened.unread_book()).cloned();
        let (_, description) = opened
            .latest()
            .ok_or_else(|| not_rebased(&fact, "it was never opened".to_owned()))?;
        let described = CycleFact {
            organisations: fact.organisations.clone(),
            pcts: fact.pcts.clone(),
            ..description.clone()
        };
        let moved = match (unread, organisations) {
            (Some(unread), _) | (None, Book::Unread(unread)) => Err(unread),
            (None, Book::Read(organisations)) => {
                let records = self.move_records(opened, &organisations, &fact)?;
                Ok((organisations, records))
            }
        };
        self.change_positions(at, |opened| {
            opened.rebase(number, fact, described, moved);
        });
        Ok((EntryKind::Rebase, u32::try_from(at).unwrap_or(u32::MAX)))
    }

    /// Returns the current records of a cycle, with positions in the tables that it moves to.
    fn move_records(
        &self,
        opened: &OpenedCycle,
        organisations: &Arc<Organisations>,
        fact: &RebaseFact,
    ) -> Result<Records, EntryError> {
        if Arc::ptr_eq(opened.shared_organisations(), organisations) {
            let why = "it has them already, as they stand now";
            return Err(not_rebased(fact, why.to_owned()));
        }
        let mut codes = fact.pcts.iter();
        if let Some(code) = codes.find(|code| organisations.find(code).is_none()) {
            let known = organisations.each().map(|(_, body)| body.code.as_str());
            return Err(UnknownCode::new("pcts", "body", code, known).into());
        }
        let stands = |entry: u32| self.stands(entry);
        let moved = opened.move_records(organisations, &stands);
        moved.map_err(|(record, unknown)| {
            let UnknownCode { what, given, .. } = unknown;
            let why = format!(
                "entry {} names the {what} `{given}`, which they lack; keep it in the tables, or \
                 withdraw the entry first",
                record.0
            );
            not_rebased(fact, why)
        })
    }

    pub(super) fn forget_rebase(&mut self, cycle: u32) {
        let at = cycle as usize;
        if at < self.cycles.len() {
            self.change_positions(at, OpenedCycle::forget_rebase);
        }
    }

    /// Changes the tables of a cycle, and the keys of its current records, which contain positions in
    /// the tables.
    fn change_positions(&mut self, at: usize, change: impl FnOnce(&mut OpenedCycle)) {
        let position = u32::try_from(at).unwrap_or(u32::MAX);
        for (key, _) in self.standing_keys(at) {
            self.standing.remove(&Key::Record(position, key));
        }
        change(self.opened_at_mut(at));
        for (key, entry) in self.standing_keys(at) {
            self.standing.insert(Key::Record(position, key), entry);
        }
    }

    fn standing_keys(&self, at: usize) -> Vec<(RecordKey, u32)> {
        self.opened_at(at).keys(&|entry| self.stands(entry))
    }
}

fn not_rebased(fact: &RebaseFact, why: String) -> EntryError {
    EntryError::NotRebased {
        cycle: fact.cycle.clone(),
        organisations: fact.organisations.clone(),
        why,
    }
}
