//! Reading a state, now and as of any earlier entry.

use super::{State, Version};
use crate::actor::Actor;
use crate::body::Organisations;
use crate::cycle::Cycle;
use crate::framework::Framework;
use crate::ledger::Origin;
use crate::ledger::fact::{CycleFact, FrameworkText, OrganisationTables};
use crate::ledger::key::{EntryKind, Key};
use crate::ledger::opened_cycle::OpenedCycle;
use crate::record::{RecordKey, RecordKind};
use jiff::Timestamp;
use std::sync::Arc;

/// A moment of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AsOf {
    /// After this entry; after the last one if there are fewer.
    Entry(u32),
    /// At this time.
    Time(Timestamp),
}

/// An entry without its fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryNote {
    /// Its number.
    pub number: u32,
    /// When it was entered.
    pub at: Timestamp,
    /// Who entered it.
    pub actor: Arc<Actor>,
    /// The entry that it supersedes.
    pub supersedes: Option<u32>,
    /// The entry that supersedes it.
    pub superseded_by: Option<u32>,
    /// The file and row that it was read from.
    pub origin: Option<Origin>,
}

impl State {
    /// When the last entry was entered.
    pub fn last_time(&self) -> Option<Timestamp> {
        self.notes.last().map(|note| time_of(note.at))
    }

    /// The last entry at a moment.
    pub fn number_at(&self, as_of: AsOf) -> u32 {
        match as_of {
            AsOf::Entry(number) => number.min(self.last()),
            AsOf::Time(time) => {
                let at = time.as_microsecond();
                let count = self.notes.partition_point(|note| note.at <= at);
                u32::try_from(count).unwrap_or(u32::MAX)
            }
        }
    }

    /// Identifiers of the cycles that were open after an entry.
    pub fn cycles_at(&self, number: u32) -> impl Iterator<Item = &str> {
        let open = self.cycles.iter().filter(move |one| one.opened() <= number);
        open.map(|one| &*one.id)
    }

    /// A cycle as of an entry, with its description at that time; not yet checked.
    pub fn cycle_at(&self, id: &str, number: u32) -> Option<(Cycle, &CycleFact)> {
        let opened = self.opened(id)?;
        opened.at(number, &|entry| self.stood(entry, number))
    }

    /// Whether an entry was current as of another: it existed, and was neither superseded nor
    /// withdrawn.
    pub(in crate::ledger) fn stood(&self, entry: u32, after: u32) -> bool {
        let note = self.note(entry).filter(|_| entry <= after);
        note.is_some_and(|note| note.superseded_by == 0 || note.superseded_by > after)
    }

    /// The kind of an entry.
    pub(in crate::ledger) fn kind_of(&self, entry: u32) -> Option<EntryKind> {
        self.note(entry).map(|note| note.kind)
    }

    /// The entry that an entry superseded, if there is one.
    pub(in crate::ledger) fn superseded_by_entry(&self, entry: u32) -> Option<u32> {
        let note = self.note(entry)?;
        (note.supersedes > 0).then_some(note.supersedes)
    }

    /// Whether an entry is current: it was neither superseded nor withdrawn.
    pub(in crate::ledger) fn stands(&self, number: u32) -> bool {
        self.note(number)
            .is_some_and(|note| note.superseded_by == 0)
    }

    /// The record of an entry in one line; `None` if it records nothing in a cycle.
    pub(in crate::ledger) fn summary_of(&self, entry: u32) -> Option<String> {
        let note = self.note(entry)?;
        let EntryKind::Record(kind) = note.kind else {
            return None;
        };
        self.cycles.get(note.cycle as usize)?.summary(kind, entry)
    }

    /// The current record of a cycle with a key.
    pub(in crate::ledger) fn current_record(
        &self,
        cycle: &OpenedCycle,
        key: RecordKey,
    ) -> Option<u32> {
        let position = self.cycles.iter().position(|one| one.id == cycle.id)?;
        let key = Key::Record(u32::try_from(position).ok()?, key);
        self.standing.get(&key).copied()
    }

    /// The judgements that were withdrawn, in the order of the withdrawals: the entry of each, its withdrawal, and
    /// the reason.
    pub(in crate::ledger) fn withdrawn_judgements(&self) -> impl Iterator<Item = (u32, u32, &str)> {
        self.withdrawals.iter().filter_map(|(withdrawal, reason)| {
            let entry = self.superseded_by_entry(*withdrawal)?;
            let is_judgement =
                self.kind_of(entry) == Some(EntryKind::Record(RecordKind::Judgement));
            is_judgement.then_some((entry, *withdrawal, &**reason))
        })
    }

    /// The cycle that an entry is about, if there is one.
    pub fn cycle_of(&self, number: u32) -> Option<&str> {
        let note = self.note(number)?;
        match note.kind {
            EntryKind::Cycle => {
                let mut cycles = self.cycles.iter();
                cycles
                    .find(|one| one.described_by(number))
                    .map(|one| &*one.id)
            }
            EntryKind::Withdrawal => self.cycle_of(note.supersedes),
            _ => self.cycles.get(note.cycle as usize).map(|one| &*one.id),
        }
    }

    /// Identifier of the framework that an entry holds, if it holds one.
    pub(in crate::ledger) fn framework_of_entry(&self, number: u32) -> Option<&str> {
        id_of(&self.frameworks, number)
    }

    /// Identifier of the set of bodies that an entry holds, if it holds one.
    pub(in crate::ledger) fn tables_of_entry(&self, number: u32) -> Option<&str> {
        id_of(&self.organisations, number)
    }

    /// Every framework that was current as of an entry and can be read, with its text.
    pub fn frameworks_at(&self, number: u32) -> Vec<(&Arc<Framework>, &FrameworkText)> {
        latest(&self.frameworks, number)
    }

    /// Every set of bodies that was current as of an entry and can be read, with its tables.
    pub fn organisations_at(&self, number: u32) -> Vec<(&Arc<Organisations>, &OrganisationTables)> {
        latest(&self.organisations, number)
    }

    /// The documents that evidence in any entry has ever named, each with the number of the entry.
    /// Superseded evidence is included.
    pub fn documents(&self) -> impl Iterator<Item = (u32, &str)> {
        self.cycles.iter().flat_map(OpenedCycle::documents)
    }

    /// The current entry of the framework with an identifier.
    pub fn framework_entry(&self, id: &str) -> Option<u32> {
        self.standing.get(&Key::Framework(id.into())).copied()
    }

    /// The current entry of the set of bodies with an identifier.
    pub fn organisations_entry(&self, id: &str) -> Option<u32> {
        self.standing.get(&Key::Organisations(id.into())).copied()
    }

    /// The current entry of the cycle with an identifier.
    pub fn cycle_entry(&self, id: &str) -> Option<u32> {
        self.standing.get(&Key::Cycle(id.into())).copied()
    }

    /// Returns an entry without its fact.
    pub fn entry(&self, number: u32) -> Option<EntryNote> {
        let note = self.note(number)?;
        let other = |number: u32| (number > 0).then_some(number);
        Some(EntryNote {
            number,
            at: time_of(note.at),
            actor: Arc::clone(self.actors.get(note.actor)?),
            supersedes: other(note.supersedes),
            superseded_by: other(note.superseded_by),
            origin: self.written_before(number).map(|(file, row)| Origin {
                file: (&*file).into(),
                row,
            }),
        })
    }

    /// The file and row that an entry was read from.
    pub fn written_before(&self, number: u32) -> Option<(Arc<str>, u32)> {
        let note = self.note(number)?;
        let file = self.files.get(note.file).filter(|_| note.row > 0)?;
        Some((Arc::clone(file), note.row))
    }
}

/// Identifier of the version that an entry holds.
fn id_of<T, S>(versions: &[(Version<T>, S)], number: u32) -> Option<&str> {
    let mut versions = versions.iter();
    let (version, _) = versions.find(|(version, _)| version.number == number)?;
    Some(&version.id)
}

/// Returns the latest version of each identifier up to an entry.
fn latest<T, S>(versions: &[(Version<T>, S)], number: u32) -> Vec<(&Arc<T>, &S)> {
    let until = versions.partition_point(|(version, _)| version.number <= number);
    let mut found: Vec<&(Version<T>, S)> = Vec::new();
    for candidate in versions.iter().take(until).rev() {
        if !found
            .iter()
            .any(|(version, _)| version.id == candidate.0.id)
        {
            found.push(candidate);
        }
    }
    found.sort_by(|(first, _), (second, _)| first.id.cmp(&second.id));
    let each = found.into_iter();
    each.filter_map(|(version, said)| Some((version.book.read()?, said)))
        .collect()
}

/// Times come from timestamps, so they are always in range.
fn time_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::MIN)
}
