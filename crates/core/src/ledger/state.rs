//! The state that replaying all entries gives, readable as of any earlier entry.

mod cycles;
mod forget;
mod interner;
mod read;
mod rebase;
mod segment;
mod unread;

pub use read::{AsOf, EntryNote};
pub use segment::{Segment, SegmentError};
pub use unread::UnreadBook;

use super::entry_error::{Attempt, EntryError};
use super::fact::{CycleFact, Fact, FrameworkText, OrganisationTables, RebaseFact};
use super::key::{EntryKind, Key};
use super::opened_cycle::{OpenedCycle, RecordSubject};
use super::{Entry, Origin};
use crate::actor::Actor;
use crate::body::{BodyIndex, Organisations};
use crate::framework::Framework;
use crate::record::{Record, RecordKey, RecordKind, UnknownCode};
use interner::Interner;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Parses rule books and tables of bodies. The crate that knows the formats implements it.
pub trait RuleBooks: Send + Sync {
    /// Parses the text of a framework.
    ///
    /// # Errors
    /// What is wrong with the text, as text for people.
    fn framework(&self, text: &FrameworkText) -> Result<Framework, String>;

    /// Parses tables of bodies.
    ///
    /// # Errors
    /// What is wrong with the tables, as text for people.
    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String>;
}

/// What the author of a draft may see. A hidden object is treated as absent.
pub(super) trait Sight {
    /// Whether the author may see a cycle.
    fn shows_cycle(&self, cycle: &OpenedCycle) -> bool;

    /// Whether the author may see a body in a cycle.
    fn shows_body(&self, cycle: &OpenedCycle, body: BodyIndex) -> bool;

    /// Whether the author may see a record that others cite: its entry in a cycle.
    fn shows_cited(&self, cycle: &OpenedCycle, kind: RecordKind, entry: u32) -> bool;
}

/// Shows everything: entries that were already admitted are not checked again.
struct UnrestrictedSight;

impl Sight for UnrestrictedSight {
    fn shows_cycle(&self, _: &OpenedCycle) -> bool {
        true
    }

    fn shows_body(&self, _: &OpenedCycle, _: BodyIndex) -> bool {
        true
    }

    fn shows_cited(&self, _: &OpenedCycle, _: RecordKind, _: u32) -> bool {
        true
    }
}

/// An entry in the state, without its fact: 40 bytes.
#[derive(Clone, Copy, Debug)]
struct Note {
    /// Microseconds since 1970.
    at: i64,
    /// Position in the actors.
    actor: u32,
    /// 0 for none.
    supersedes: u32,
    /// 0 for none.
    superseded_by: u32,
    /// Position in the files, and the row; row 0 for none.
    file: u32,
    row: u32,
    kind: EntryKind,
    /// Position in the cycles, if it is a record of a cycle.
    cycle: u32,
}

/// The fields of an entry other than its fact.
struct Heading<'a> {
    number: u32,
    /// Microseconds since 1970.
    at: i64,
    actor: &'a Actor,
    supersedes: Option<u32>,
    origin: Option<(&'a str, u32)>,
}

impl<'a> Heading<'a> {
    fn new(
        number: u32,
        at: Timestamp,
        actor: &'a Actor,
        supersedes: Option<u32>,
        origin: Option<&'a Origin>,
    ) -> Heading<'a> {
        Heading {
            number,
            at: at.as_microsecond(),
            actor,
            supersedes,
            origin: origin.map(|origin| (&*origin.file, origin.row)),
        }
    }
}

/// A fact whose codes were resolved to positions in the state before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every entry is a record, the largest variant"
)]
pub(super) enum Meaning {
    Framework(FrameworkText),
    Organisations(OrganisationTables),
    Cycle(CycleFact),
    /// With the position of its cycle.
    Record(u32, Record),
    /// With the reason.
    Withdrawn(Box<str>),
    Rebase(RebaseFact),
    /// A record whose codes could not be looked up, because its cycle's rule book or bodies cannot
    /// be read: the position of its cycle, and the document that it files.
    UnreadRecord(u32, Option<Box<str>>),
}

/// A rule book or set of bodies as it was read, or why it cannot be read.
#[derive(Clone, Debug)]
enum Book<T> {
    Read(Arc<T>),
    Unread(UnreadBook),
}

impl<T> Book<T> {
    fn read(&self) -> Option<&Arc<T>> {
        match self {
            Book::Read(parsed) => Some(parsed),
            Book::Unread(_) => None,
        }
    }

    fn unread(&self) -> Option<&UnreadBook> {
        match self {
            Book::Read(_) => None,
            Book::Unread(unread) => Some(unread),
        }
    }
}

/// A version of a rule book or set of bodies, with its entry.
#[derive(Clone, Debug)]
struct Version<T> {
    number: u32,
    id: Box<str>,
    book: Book<T>,
}

/// The state that the entries give.
pub struct State {
    books: Arc<dyn RuleBooks>,
    notes: Vec<Note>,
    actors: Interner<Actor>,
    files: Interner<str>,
    frameworks: Vec<(Version<Framework>, FrameworkText)>,
    organisations: Vec<(Version<Organisations>, OrganisationTables)>,
    cycles: Vec<OpenedCycle>,
    /// The current entries, by their keys.
    standing: HashMap<Key, u32>,
    /// The reasons of withdrawals, by their entries.
    withdrawals: BTreeMap<u32, Box<str>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "State({} entries)", self.notes.len())
    }
}

impl State {
    /// The state before the first entry.
    pub fn new(books: Arc<dyn RuleBooks>) -> State {
        State {
            books,
            notes: Vec::new(),
            actors: Interner::default(),
            files: Interner::default(),
            frameworks: Vec::new(),
            organisations: Vec::new(),
            cycles: Vec::new(),
            standing: HashMap::new(),
            withdrawals: BTreeMap::new(),
        }
    }

    /// The number of the last entry; 0 if there is none.
    pub fn last(&self) -> u32 {
        u32::try_from(self.notes.len()).unwrap_or(u32::MAX)
    }

    /// Applies the next entry. Every entry that was ever admitted is accepted, even if the rules for
    /// new entries, which [`admit`](super::admit) checks, have become stricter.
    ///
    /// # Errors
    /// The entry does not follow the previous ones, so it cannot have been written after them. The
    /// state is unchanged.
    pub fn apply(&mut self, entry: Entry) -> Result<(), EntryError> {
        let draft = entry.draft;
        let heading = Heading::new(
            entry.number,
            entry.at,
            &entry.actor,
            draft.supersedes,
            draft.origin.as_ref(),
        );
        self.follows_on(&heading)?;
        let meaning = self.resolve(entry.number, draft.fact, &UnrestrictedSight)?;
        self.settle(&heading, meaning)
    }

    /// Applies the next entry, whose fact is already resolved.
    pub(super) fn apply_resolved(
        &mut self,
        entry: &Entry,
        meaning: Meaning,
    ) -> Result<(), EntryError> {
        let draft = &entry.draft;
        let heading = Heading::new(
            entry.number,
            entry.at,
            &entry.actor,
            draft.supersedes,
            draft.origin.as_ref(),
        );
        self.follows_on(&heading)?;
        self.settle(&heading, meaning)
    }

    fn follows_on(&self, heading: &Heading<'_>) -> Result<(), EntryError> {
        let last = self.last();
        if last == u32::MAX {
            return Err(EntryError::Full);
        }
        if heading.number != last + 1 {
            return Err(EntryError::OutOfOrder {
                given: heading.number,
                last,
            });
        }
        if self.notes.last().is_some_and(|note| note.at > heading.at) {
            return Err(EntryError::BeforePrevious(heading.number));
        }
        Ok(())
    }

    /// Resolves the codes of a fact to positions, among the visible objects.
    pub(super) fn resolve(
        &self,
        number: u32,
        fact: Fact,
        sight: &dyn Sight,
    ) -> Result<Meaning, EntryError> {
        Ok(match fact {
            Fact::Framework(text) => Meaning::Framework(text),
            Fact::Organisations(tables) => Meaning::Organisations(tables),
            Fact::Cycle(fact) => {
                if let Some(previous) = &fact.previous {
                    self.find_cycle("previous", previous, sight)?;
                }
                Meaning::Cycle(fact)
            }
            Fact::Rebase(fact) => {
                self.find_cycle("cycle", &fact.cycle, sight)?;
                Meaning::Rebase(fact)
            }
            Fact::Record { cycle, record } => {
                let at = self.find_cycle("cycle", &cycle, sight)?;
                let position = u32::try_from(at).unwrap_or(u32::MAX);
                let opened = self.opened_at(at);
                if opened.unread_book().is_some() {
                    let document = record.document().map(Into::into);
                    return Ok(Meaning::UnreadRecord(position, document));
                }
                let has_record = |kind: RecordKind, id: &str| {
                    let key = RecordKey::of_identifier(kind, id);
                    let entry = key.and_then(|key| self.standing.get(&Key::Record(position, key)));
                    entry.is_some_and(|entry| sight.shows_cited(opened, kind, *entry))
                };
                let shows = |body| sight.shows_body(opened, body);
                let record = opened.read_codes(number, record, &has_record, &shows)?;
                Meaning::Record(position, record)
            }
            Fact::Withdrawn { reason } => Meaning::Withdrawn(reason),
        })
    }

    /// Adds an entry that [`State::follows_on`] accepts and whose positions are those of this
    /// state.
    fn settle(&mut self, heading: &Heading<'_>, meaning: Meaning) -> Result<(), EntryError> {
        let supersedes = heading.supersedes;
        let (kind, cycle) = self.add_fact(heading.number, meaning, supersedes)?;
        let (file, row) = match heading.origin {
            None => (0, 0),
            Some((file, row)) => (self.files.position(file), row),
        };
        let note = Note {
            at: heading.at,
            actor: self.actors.position(heading.actor),
            supersedes: supersedes.unwrap_or_default(),
            superseded_by: 0,
            file,
            row,
            kind,
            cycle,
        };
        if let Some(old) = supersedes.and_then(|old| self.note_mut(old)) {
            old.superseded_by = heading.number;
        }
        self.notes.push(note);
        Ok(())
    }

    fn add_fact(
        &mut self,
        number: u32,
        meaning: Meaning,
        supersedes: Option<u32>,
    ) -> Result<(EntryKind, u32), EntryError> {
        match meaning {
            Meaning::Framework(text) => {
                self.stand(Key::Framework(text.id.clone()), number, supersedes)?;
                let parsed = self.books.framework(&text);
                let version = version(number, "framework", &text.id, parsed);
                self.frameworks.push((version, text));
                Ok((EntryKind::Framework, u32::MAX))
            }
            Meaning::Organisations(tables) => {
                self.stand(Key::Organisations(tables.id.clone()), number, supersedes)?;
                let parsed = self.books.organisations(&tables);
                let version = version(number, "set of bodies", &tables.id, parsed);
                self.organisations.push((version, tables));
                Ok((EntryKind::Organisations, u32::MAX))
            }
            Meaning::Cycle(fact) => self.add_cycle(number, fact, supersedes),
            Meaning::Rebase(fact) => self.rebase(number, fact, supersedes),
            Meaning::Record(cycle, record) => {
                let kind = EntryKind::Record(record.kind());
                match record.key() {
                    Some(key) => self.stand(Key::Record(cycle, key), number, supersedes)?,
                    None => self.same_kind(kind, cycle, supersedes)?,
                }
                self.opened_at_mut(cycle as usize)
                    .push_in_place_of(record, supersedes);
                Ok((kind, cycle))
            }
            Meaning::Withdrawn(reason) => {
                let withdrawal = self.withdraw(supersedes)?;
                self.withdrawals.insert(number, reason);
                Ok(withdrawal)
            }
            Meaning::UnreadRecord(cycle, document) => {
                if let Some(entry) = supersedes {
                    self.standing_note(entry, Attempt::Supersede)?;
                }
                self.opened_at_mut(cycle as usize)
                    .push_unread(number, document);
                Ok((EntryKind::UnreadRecord, cycle))
            }
        }
    }

    fn add_cycle(
        &mut self,
        number: u32,
        fact: CycleFact,
        supersedes: Option<u32>,
    ) -> Result<(EntryKind, u32), EntryError> {
        let framework = self.framework_of(&fact)?.clone();
        let organisations = self.organisations_of(&fact.organisations)?.clone();
        let limited = framework.read().map(|full| fact.framework(full));
        let limited = limited.transpose()?;
        let known = self.cycles.iter().position(|one| one.id == fact.id);
        // A description does not change the tables of a cycle; only `Fact::Rebase` does. Earlier
        // versions of this program accepted a PCT of newer tables; admission now refuses it.
        let own = known.map(|at| self.opened_at(at).organisations());
        for code in &fact.pcts {
            let in_own = own.is_some_and(|own| own.find(code).is_some());
            let Some(organisations) = organisations.read() else {
                break;
            };
            if !in_own && organisations.find(code).is_none() {
                let known = organisations.each().map(|(_, body)| body.code.as_str());
                return Err(UnknownCode::new("pcts", "body", code, known).into());
            }
        }
        if let Some(at) = known {
            let changed = |what| EntryError::CycleChanged {
                cycle: fact.id.clone(),
                what,
            };
            let latest = self.opened_at(at).latest().map(|(_, latest)| latest);
            if latest.is_some_and(|latest| latest.framework != fact.framework) {
                return Err(changed("framework"));
            }
            if latest.is_some_and(|latest| latest.review != fact.review) {
                return Err(changed("review"));
            }
            if latest.is_some_and(|latest| latest.organisations != fact.organisations) {
                return Err(changed("set of bodies"));
            }
        }
        self.stand(Key::Cycle(fact.id.clone()), number, supersedes)?;
        match known {
            Some(at) => self.opened_at_mut(at).describe(number, fact),
            None => {
                let unread = framework.unread().or(organisations.unread()).cloned();
                let framework =
                    limited.unwrap_or_else(|| Arc::new(unread::without_content(&fact.framework)));
                let organisations = organisations.read().map(Arc::clone).unwrap_or_default();
                let opened = OpenedCycle::new(number, fact, framework, organisations);
                self.cycles.push(opened.with_unread_book(unread));
            }
        }
        Ok((EntryKind::Cycle, u32::MAX))
    }

    fn withdraw(&mut self, supersedes: Option<u32>) -> Result<(EntryKind, u32), EntryError> {
        let entry = supersedes.ok_or(EntryError::WithdrawsNothing)?;
        let note = *self.standing_note(entry, Attempt::Withdraw)?;
        let not_withdrawn = |why| EntryError::NotWithdrawn { entry, why };
        let (kind, cycle) = match note.kind {
            EntryKind::Record(kind) => (kind, self.opened_at(note.cycle as usize)),
            // It is unknown whether a record cites it. Admission checked that at the time.
            EntryKind::UnreadRecord => return Ok((EntryKind::Withdrawal, u32::MAX)),
            _ => return Err(not_withdrawn("only what is recorded in a cycle can be")),
        };
        let notes = &self.notes;
        let stands = |number: u32| {
            let note = notes.get((number as usize).wrapping_sub(1));
            number != entry && note.is_some_and(|note| note.superseded_by == 0)
        };
        if cycle.is_cited(entry, &stands) {
            return Err(not_withdrawn("something that stands names it as evidence"));
        }
        if let Some(key) = cycle.key_of(kind, entry) {
            self.standing.remove(&Key::Record(note.cycle, key));
        }
        Ok((EntryKind::Withdrawal, u32::MAX))
    }

    /// Replaces the superseded entry by a new one. No other entry may have the key.
    fn stand(&mut self, key: Key, number: u32, supersedes: Option<u32>) -> Result<(), EntryError> {
        match (self.standing.get(&key).copied(), supersedes) {
            (None, None) => {}
            (Some(by), None) => {
                let details = String::new();
                return Err(EntryError::AlreadyRecorded { by, details });
            }
            (Some(by), Some(entry)) if by == entry => {}
            (_, Some(entry)) => {
                self.standing_note(entry, Attempt::Supersede)?;
                return Err(EntryError::NotSuperseded {
                    entry,
                    attempt: Attempt::Supersede,
                    why: "it is about another thing".to_owned(),
                });
            }
        }
        self.standing.insert(key, number);
        Ok(())
    }

    /// Checks that an entry without a key supersedes one of the same kind and cycle.
    fn same_kind(
        &self,
        kind: EntryKind,
        cycle: u32,
        supersedes: Option<u32>,
    ) -> Result<(), EntryError> {
        let Some(entry) = supersedes else {
            return Ok(());
        };
        let note = self.standing_note(entry, Attempt::Supersede)?;
        if (note.kind, note.cycle) == (kind, cycle) {
            return Ok(());
        }
        Err(EntryError::NotSuperseded {
            entry,
            attempt: Attempt::Supersede,
            why: "it is about another thing".to_owned(),
        })
    }

    /// The note of an entry that is to be superseded or withdrawn, which must be current.
    fn standing_note(&self, entry: u32, attempt: Attempt) -> Result<&Note, EntryError> {
        let note = self
            .note(entry)
            .ok_or_else(|| EntryError::no_such_entry(entry, attempt))?;
        if note.superseded_by == 0 {
            return Ok(note);
        }
        let by = note.superseded_by;
        let is_withdrawal = |by: &Note| by.kind == EntryKind::Withdrawal;
        let did = match self.note(by).is_some_and(is_withdrawal) {
            true => "withdrew",
            false => "replaced",
        };
        Err(EntryError::NotSuperseded {
            entry,
            attempt,
            why: format!("entry {by} {did} it"),
        })
    }

    fn note(&self, number: u32) -> Option<&Note> {
        self.notes.get((number as usize).checked_sub(1)?)
    }

    fn note_mut(&mut self, number: u32) -> Option<&mut Note> {
        self.notes.get_mut((number as usize).checked_sub(1)?)
    }

    /// The cycle of the record of an entry, and the record's subject.
    pub(super) fn about(&self, number: u32) -> Option<(&OpenedCycle, RecordSubject<'_>)> {
        let note = self.note(number)?;
        let EntryKind::Record(kind) = note.kind else {
            return None;
        };
        let cycle = self.cycles.get(note.cycle as usize)?;
        Some((cycle, cycle.about(kind, number)?))
    }

    /// The current framework with an identifier.
    pub(super) fn framework(&self, id: &str) -> Option<&Framework> {
        let mut frameworks = self.frameworks.iter().rev();
        let (version, _) = frameworks.find(|(version, _)| &*version.id == id)?;
        version.book.read().map(|framework| &**framework)
    }

    fn framework_of(&self, fact: &CycleFact) -> Result<&Book<Framework>, EntryError> {
        let mut frameworks = self.frameworks.iter().rev();
        let found = frameworks.find(|(version, _)| version.id == fact.framework);
        found.map(|(version, _)| &version.book).ok_or_else(|| {
            let known = self.frameworks.iter().map(|(one, _)| &*one.id);
            UnknownCode::new("framework", "framework", &fact.framework, known).into()
        })
    }

    fn organisations_of(&self, id: &str) -> Result<&Book<Organisations>, EntryError> {
        let mut sets = self.organisations.iter().rev();
        let found = sets.find(|(set, _)| *set.id == *id);
        found.map(|(set, _)| &set.book).ok_or_else(|| {
            let known = self.organisations.iter().map(|(one, _)| &*one.id);
            UnknownCode::new("organisations", "set of bodies", id, known).into()
        })
    }
}

fn version<T>(number: u32, what: &'static str, id: &str, parsed: Result<T, String>) -> Version<T> {
    let book = match parsed {
        Ok(parsed) => Book::Read(Arc::new(parsed)),
        Err(problem) => Book::Unread(UnreadBook {
            entry: number,
            what,
            id: id.into(),
            problem: problem.into(),
        }),
    };
    Version {
        number,
        id: id.into(),
        book,
    }
}
