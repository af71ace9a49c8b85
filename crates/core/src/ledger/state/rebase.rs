//! Moving a cycle to another set of bodies.

use super::{Everything, OpenedCycle, State};
use crate::ledger::fact::{CycleFact, OrganisationTables, RebaseFact};
use crate::ledger::key::{EntryKind, Key};
use crate::ledger::refused::Refused;
use crate::record::{RecordKey, UnknownCode};
use std::sync::Arc;

impl State {
    /// The tables of bodies that a cycle had after an entry.
    pub fn tables_of_cycle(&self, id: &str, number: u32) -> Option<&OrganisationTables> {
        let organisations = self.opened(id)?.organisations_at(number);
        let mut sets = self.organisations.iter();
        let found = sets.find(|(set, _)| Arc::ptr_eq(&set.parsed, organisations));
        found.map(|(_, tables)| tables)
    }

    pub(super) fn rebase(
        &mut self,
        number: u32,
        fact: RebaseFact,
        supersedes: Option<u32>,
    ) -> Result<(EntryKind, u32), Refused> {
        if let Some(entry) = supersedes {
            self.standing_note(entry)?;
            return Err(Refused::NotSuperseded {
                entry,
                why: "a move to other bodies supersedes nothing: move the cycle again".to_owned(),
            });
        }
        let at = self.find_cycle("cycle", &fact.cycle, &Everything)?;
        let organisations = self.organisations_of(&fact.organisations)?;
        let not_rebased = |why: String| Refused::NotRebased {
            cycle: fact.cycle.clone(),
            organisations: fact.organisations.clone(),
            why,
        };
        let opened = &self.cycles[at];
        if Arc::ptr_eq(opened.shared_organisations(), &organisations) {
            return Err(not_rebased(
                "it has them already, as they stand now".to_owned(),
            ));
        }
        let mut codes = fact.pcts.iter();
        if let Some(code) = codes.find(|code| organisations.find(code).is_none()) {
            let known = organisations.each().map(|(_, body)| body.code.as_str());
            return Err(UnknownCode::new("pcts", "PCT", code, known).into());
        }
        let (_, description) = opened
            .latest()
            .ok_or_else(|| not_rebased("it was never opened".to_owned()))?;
        let described = CycleFact {
            organisations: fact.organisations.clone(),
            pcts: fact.pcts.clone(),
            ..description.clone()
        };
        let stands = |entry: u32| self.stands(entry);
        let moved = opened.move_records(&organisations, &stands);
        let records = moved.map_err(|(record, unknown)| {
            let UnknownCode { what, given, .. } = unknown;
            not_rebased(format!(
                "entry {} names the {what} `{given}`, which they lack; keep it in the tables, or \
                 withdraw the entry first",
                record.0
            ))
        })?;
        self.change_positions(at, |opened| {
            opened.rebase(number, fact, described, organisations, records);
        });
        Ok((EntryKind::Rebase, u32::try_from(at).unwrap_or(u32::MAX)))
    }

    pub(super) fn forget_rebase(&mut self, cycle: u32) {
        let at = cycle as usize;
        if at < self.cycles.len() {
            self.change_positions(at, OpenedCycle::forget_rebase);
        }
    }

    /// Changes the tables of a cycle, and with them the keys of its current records, which hold
    /// positions in the tables.
    fn change_positions(&mut self, at: usize, change: impl FnOnce(&mut OpenedCycle)) {
        let position = u32::try_from(at).unwrap_or(u32::MAX);
        for (key, _) in self.standing_keys(at) {
            self.standing.remove(&Key::Record(position, key));
        }
        change(&mut self.cycles[at]);
        for (key, entry) in self.standing_keys(at) {
            self.standing.insert(Key::Record(position, key), entry);
        }
    }

    fn standing_keys(&self, at: usize) -> Vec<(RecordKey, u32)> {
        self.cycles[at].keys(&|entry| self.stands(entry))
    }
}
