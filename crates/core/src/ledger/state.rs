//! The fold: what all entries together say, now and after any earlier entry.

use super::cycles::{Key, Kind, OpenedCycle};
use super::fact::{CycleFact, Fact, FrameworkText, OrganisationTables};
use super::refused::Refused;
use super::resolve::unknown;
use super::{Entry, Origin};
use crate::body::Organisations;
use crate::cycle::Cycle;
use crate::framework::Framework;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// Reads rule books and tables of bodies. Whoever knows their formats implements it; the fold
/// keeps what they say.
pub trait RuleBooks: Send + Sync {
    /// The framework that a text describes.
    ///
    /// # Errors
    /// What is wrong with the text, for people.
    fn framework(&self, text: &FrameworkText) -> Result<Framework, String>;

    /// The bodies that tables describe.
    ///
    /// # Errors
    /// What is wrong with the tables, for people.
    fn organisations(&self, tables: &OrganisationTables) -> Result<Organisations, String>;
}

/// A moment of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AsOf {
    /// After this entry; after the last where there are fewer.
    Entry(u32),
    /// At this time.
    Time(Timestamp),
}

/// What is known of an entry without its fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryNote {
    /// Its number.
    pub number: u32,
    /// When it was entered.
    pub at: Timestamp,
    /// Who entered it.
    pub author: Arc<str>,
    /// What it takes the place of.
    pub supersedes: Option<u32>,
    /// What took its place.
    pub superseded_by: Option<u32>,
    /// Where it was written before.
    pub origin: Option<Origin>,
}

/// One entry as the fold remembers it: 40 bytes.
#[derive(Clone, Copy, Debug)]
struct Note {
    /// Microseconds since 1970.
    at: i64,
    /// Position in the authors.
    author: u32,
    /// 0 for none.
    supersedes: u32,
    /// 0 for none.
    superseded_by: u32,
    /// Position in the files, and the row; row 0 for none.
    file: u32,
    row: u32,
    kind: Kind,
    /// Position in the cycles, where it is a record of one.
    cycle: u32,
}

/// A thing with the entry that said it.
#[derive(Clone, Debug)]
struct Version<T> {
    number: u32,
    id: Box<str>,
    parsed: Arc<T>,
}

/// Everything that the entries say.
pub struct State {
    books: Arc<dyn RuleBooks>,
    notes: Vec<Note>,
    authors: Names,
    files: Names,
    frameworks: Vec<(Version<Framework>, FrameworkText)>,
    organisations: Vec<(Version<Organisations>, OrganisationTables)>,
    cycles: Vec<OpenedCycle>,
    /// What stands, by what it is about.
    standing: HashMap<Key, u32>,
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
            authors: Names::default(),
            files: Names::default(),
            frameworks: Vec::new(),
            organisations: Vec::new(),
            cycles: Vec::new(),
            standing: HashMap::new(),
        }
    }

    /// The number of the last entry; 0 where there is none.
    pub fn last(&self) -> u32 {
        u32::try_from(self.notes.len()).unwrap_or(u32::MAX)
    }

    /// When the last entry was entered.
    pub fn last_time(&self) -> Option<Timestamp> {
        self.notes.last().map(|note| time_of(note.at))
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// Why it cannot be entered; the state is as before.
    pub fn push(&mut self, entry: Entry) -> Result<(), Refused> {
        let last = self.last();
        if last == u32::MAX {
            return Err(Refused::Full);
        }
        if entry.number != last + 1 {
            return Err(Refused::OutOfOrder {
                given: entry.number,
                last,
            });
        }
        let at = entry.at.as_microsecond();
        if self.notes.last().is_some_and(|note| note.at > at) {
            return Err(Refused::BackInTime(entry.number));
        }
        let supersedes = entry.draft.supersedes;
        let (kind, cycle) = self.take_in(entry.number, entry.draft.fact, supersedes)?;
        let origin = entry.draft.origin;
        let note = Note {
            at,
            author: self.authors.number_of(&entry.author),
            supersedes: supersedes.unwrap_or_default(),
            superseded_by: 0,
            file: origin
                .as_ref()
                .map_or(0, |one| self.files.number_of(&one.file)),
            row: origin.map_or(0, |one| one.row),
            kind,
            cycle,
        };
        if let Some(old) = supersedes.and_then(|old| self.note_mut(old)) {
            old.superseded_by = entry.number;
        }
        self.notes.push(note);
        Ok(())
    }

    fn take_in(
        &mut self,
        number: u32,
        fact: Fact,
        supersedes: Option<u32>,
    ) -> Result<(Kind, u32), Refused> {
        match fact {
            Fact::Framework(text) => {
                let parsed = self.books.framework(&text);
                let parsed =
                    parsed.map_err(|problem| unreadable("framework", &text.id, problem))?;
                self.stand(Key::Framework(text.id.clone()), number, supersedes)?;
                self.frameworks
                    .push((version(number, &text.id, parsed), text));
                Ok((Kind::Framework, u32::MAX))
            }
            Fact::Organisations(tables) => {
                let parsed = self.books.organisations(&tables);
                let parsed =
                    parsed.map_err(|problem| unreadable("set of bodies", &tables.id, problem))?;
                self.stand(Key::Organisations(tables.id.clone()), number, supersedes)?;
                let version = version(number, &tables.id, parsed);
                self.organisations.push((version, tables));
                Ok((Kind::Organisations, u32::MAX))
            }
            Fact::Cycle(fact) => self.take_in_cycle(number, fact, supersedes),
            Fact::Record { cycle, record } => {
                let at = self.find_cycle("cycle", &cycle)?;
                let position = u32::try_from(at).unwrap_or(u32::MAX);
                let standing = &self.standing;
                let has_evidence =
                    |id: &str| standing.contains_key(&Key::Evidence(position, id.into()));
                let resolved = self.cycles[at].resolve(number, record, &has_evidence)?;
                let kind = resolved.kind();
                match resolved.key(position) {
                    Some(key) => self.stand(key, number, supersedes)?,
                    None => self.same_kind(kind, position, supersedes)?,
                }
                self.cycles[at].take_in(resolved);
                Ok((kind, position))
            }
            Fact::Withdrawn { .. } => self.withdraw(supersedes),
        }
    }

    fn take_in_cycle(
        &mut self,
        number: u32,
        fact: CycleFact,
        supersedes: Option<u32>,
    ) -> Result<(Kind, u32), Refused> {
        let framework = self.framework_of(&fact)?;
        let organisations = self.organisations_of(&fact)?;
        for code in &fact.pcts {
            if organisations.find(code).is_none() {
                let known = organisations.each().map(|(_, body)| body.code.as_str());
                return Err(unknown("pcts", "PCT", code, known));
            }
        }
        if let Some(previous) = &fact.previous {
            self.find_cycle("previous", previous)?;
        }
        let known = self.cycles.iter().position(|one| one.id == fact.id);
        if let Some(at) = known {
            let changed = |what| Refused::CycleChanged {
                cycle: fact.id.clone(),
                what,
            };
            let opened = self.cycles[at].opening();
            if opened.framework != fact.framework {
                return Err(changed("framework"));
            }
            if opened.organisations != fact.organisations {
                return Err(changed("set of bodies"));
            }
        }
        self.stand(Key::Cycle(fact.id.clone()), number, supersedes)?;
        match known {
            Some(at) => self.cycles[at].describe(number, fact),
            None => self
                .cycles
                .push(OpenedCycle::new(number, fact, framework, organisations)),
        }
        Ok((Kind::Cycle, u32::MAX))
    }

    fn withdraw(&mut self, supersedes: Option<u32>) -> Result<(Kind, u32), Refused> {
        let entry = supersedes.ok_or(Refused::WithdrawsNothing)?;
        let note = *self.standing_note(entry)?;
        let not_withdrawn = |why| Refused::NotWithdrawn { entry, why };
        let cycle = match note.kind {
            Kind::Framework | Kind::Organisations | Kind::Cycle | Kind::Withdrawn => {
                return Err(not_withdrawn("only what is recorded in a cycle can be"));
            }
            _ => &self.cycles[note.cycle as usize],
        };
        let notes = &self.notes;
        let stands = |number: u32| {
            let note = notes.get((number as usize).wrapping_sub(1));
            number != entry && note.is_some_and(|note| note.superseded_by == 0)
        };
        if cycle.rests_on_evidence(entry, &stands) {
            return Err(not_withdrawn("something that stands names it as evidence"));
        }
        if let Some(key) = cycle.key_of(note.kind, entry, note.cycle) {
            self.standing.remove(&key);
        }
        Ok((Kind::Withdrawn, u32::MAX))
    }

    /// Puts an entry in the place of what it supersedes; there must be nothing else in that place.
    fn stand(&mut self, key: Key, number: u32, supersedes: Option<u32>) -> Result<(), Refused> {
        match (self.standing.get(&key).copied(), supersedes) {
            (None, None) => {}
            (Some(by), None) => return Err(Refused::AlreadySaid { by }),
            (Some(by), Some(entry)) if by == entry => {}
            (_, Some(entry)) => {
                self.standing_note(entry)?;
                return Err(Refused::NotSuperseded {
                    entry,
                    why: "it is about another thing".to_owned(),
                });
            }
        }
        self.standing.insert(key, number);
        Ok(())
    }

    /// For what may be said more than once: what is superseded is of the same kind and cycle.
    fn same_kind(&self, kind: Kind, cycle: u32, supersedes: Option<u32>) -> Result<(), Refused> {
        let Some(entry) = supersedes else {
            return Ok(());
        };
        let note = self.standing_note(entry)?;
        if (note.kind, note.cycle) == (kind, cycle) {
            return Ok(());
        }
        Err(Refused::NotSuperseded {
            entry,
            why: "it is about another thing".to_owned(),
        })
    }

    fn standing_note(&self, entry: u32) -> Result<&Note, Refused> {
        let refused = |why: String| Refused::NotSuperseded { entry, why };
        let note = self
            .note(entry)
            .ok_or_else(|| refused("there is no such entry".to_owned()))?;
        match note.superseded_by {
            0 => Ok(note),
            by => Err(refused(format!("entry {by} already took its place"))),
        }
    }

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

    /// A cycle as it stood after an entry, with what was said of it then; not yet checked.
    pub fn cycle_at(&self, id: &str, number: u32) -> Option<(Cycle, &CycleFact)> {
        let opened = self.cycles.iter().find(|one| &*one.id == id)?;
        opened.at(number, &|entry| {
            self.note(entry)
                .is_some_and(|note| note.superseded_by == 0 || note.superseded_by > number)
        })
    }

    /// What of a cycle the entries after a number can contradict, as it stands, to be checked as a
    /// cycle of its own. What was entered before was checked before: this is little, whatever the
    /// cycle holds. It holds to what [`Cycle::check`] looks at.
    pub fn touched_since(&self, id: &str, after: u32) -> Option<Cycle> {
        let opened = self.cycles.iter().find(|one| &*one.id == id)?;
        opened.touched_since(after, &|entry| {
            self.note(entry).is_some_and(|note| note.superseded_by == 0)
        })
    }

    /// The cycle that an entry is about, where it is about one.
    pub fn cycle_of(&self, number: u32) -> Option<&str> {
        let note = self.note(number)?;
        match note.kind {
            Kind::Cycle => {
                let mut cycles = self.cycles.iter();
                cycles
                    .find(|one| one.described_by(number))
                    .map(|one| &*one.id)
            }
            Kind::Withdrawn => self.cycle_of(note.supersedes),
            _ => self.cycles.get(note.cycle as usize).map(|one| &*one.id),
        }
    }

    /// Every framework that stood after an entry, with the text that it was read from.
    pub fn frameworks_at(&self, number: u32) -> Vec<(&Arc<Framework>, &FrameworkText)> {
        latest(&self.frameworks, number)
    }

    /// Every set of bodies that stood after an entry, with its tables.
    pub fn organisations_at(&self, number: u32) -> Vec<(&Arc<Organisations>, &OrganisationTables)> {
        latest(&self.organisations, number)
    }

    /// The entry that stands for the framework with an identifier.
    pub fn framework_entry(&self, id: &str) -> Option<u32> {
        self.standing.get(&Key::Framework(id.into())).copied()
    }

    /// The entry that stands for the set of bodies with an identifier.
    pub fn organisations_entry(&self, id: &str) -> Option<u32> {
        self.standing.get(&Key::Organisations(id.into())).copied()
    }

    /// The entry that stands for the cycle with an identifier.
    pub fn cycle_entry(&self, id: &str) -> Option<u32> {
        self.standing.get(&Key::Cycle(id.into())).copied()
    }

    /// What is known of an entry without its fact.
    pub fn entry(&self, number: u32) -> Option<EntryNote> {
        let note = self.note(number)?;
        let other = |number: u32| (number > 0).then_some(number);
        Some(EntryNote {
            number,
            at: time_of(note.at),
            author: self.authors.name(note.author),
            supersedes: other(note.supersedes),
            superseded_by: other(note.superseded_by),
            origin: self.written_before(number).map(|(file, row)| Origin {
                file: (&*file).into(),
                row,
            }),
        })
    }

    /// The file and row that an entry was written in before it came into the ledger.
    pub fn written_before(&self, number: u32) -> Option<(Arc<str>, u32)> {
        let note = self.note(number)?;
        (note.row > 0).then(|| (self.files.name(note.file), note.row))
    }

    fn note(&self, number: u32) -> Option<&Note> {
        self.notes.get((number as usize).checked_sub(1)?)
    }

    fn note_mut(&mut self, number: u32) -> Option<&mut Note> {
        self.notes.get_mut((number as usize).checked_sub(1)?)
    }

    fn find_cycle(&self, field: &'static str, id: &str) -> Result<usize, Refused> {
        let at = self.cycles.iter().position(|one| &*one.id == id);
        at.ok_or_else(|| unknown(field, "cycle", id, self.cycles.iter().map(|one| &*one.id)))
    }

    fn framework_of(&self, fact: &CycleFact) -> Result<Arc<Framework>, Refused> {
        let found = self
            .frameworks
            .iter()
            .rev()
            .find(|(one, _)| one.id == fact.framework);
        let found = found.map(|(one, _)| Arc::clone(&one.parsed));
        found.ok_or_else(|| {
            let known = self.frameworks.iter().map(|(one, _)| &*one.id);
            unknown("framework", "framework", &fact.framework, known)
        })
    }

    fn organisations_of(&self, fact: &CycleFact) -> Result<Arc<Organisations>, Refused> {
        let mut sets = self.organisations.iter().rev();
        let found = sets.find(|(one, _)| one.id == fact.organisations);
        let found = found.map(|(one, _)| Arc::clone(&one.parsed));
        found.ok_or_else(|| {
            let known = self.organisations.iter().map(|(one, _)| &*one.id);
            unknown("organisations", "set of bodies", &fact.organisations, known)
        })
    }
}

/// Of each identifier the latest version up to an entry.
fn latest<T, S>(versions: &[(Version<T>, S)], number: u32) -> Vec<(&Arc<T>, &S)> {
    let until = versions.partition_point(|(version, _)| version.number <= number);
    let mut found: Vec<&(Version<T>, S)> = Vec::new();
    for one in versions[..until].iter().rev() {
        if !found.iter().any(|(version, _)| version.id == one.0.id) {
            found.push(one);
        }
    }
    found.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
    let each = found.into_iter();
    each.map(|(version, said)| (&version.parsed, said))
        .collect()
}

fn version<T>(number: u32, id: &str, parsed: T) -> Version<T> {
    Version {
        number,
        id: id.into(),
        parsed: Arc::new(parsed),
    }
}

fn unreadable(what: &'static str, id: &str, problem: String) -> Refused {
    Refused::Unreadable {
        what,
        id: id.into(),
        problem,
    }
}

/// Times come from timestamps, so they are always in range.
fn time_of(microseconds: i64) -> Timestamp {
    Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::MIN)
}

/// Names, each kept once.
#[derive(Debug, Default)]
struct Names {
    list: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, u32>,
}

impl Names {
    fn number_of(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let name: Arc<str> = name.into();
        self.list.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    fn name(&self, number: u32) -> Arc<str> {
        let name = self.list.get(number as usize);
        name.map_or_else(|| Arc::from(""), Arc::clone)
    }
}
