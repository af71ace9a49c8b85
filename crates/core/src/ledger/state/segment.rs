//! Segments of a state, which can be stored and joined again without replaying the entries.

use super::interner::Interner;
use super::{Heading, Meaning, State};
use crate::actor::Actor;
use crate::ledger::entry_error::EntryError;
use crate::ledger::key::EntryKind;
use serde::{Deserialize, Serialize};

/// The part of a state that a range of entries gives. It contains positions in rule books and
/// bodies, so only a program that reads these in the same way can use it. It is a cache: it can be
/// computed again from the entries.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// The number of the entry before the first.
    after: u32,
    /// The actors of the entries, without repetitions.
    actors: Vec<Actor>,
    /// The source files of the entries, without repetitions.
    files: Vec<Box<str>>,
    /// The codes of the positions in the rule books and bodies of these entries, in their order.
    positions: Vec<Box<str>>,
    entries: Vec<SegmentEntry>,
}

/// One entry of a [`Segment`].
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SegmentEntry {
    at: i64,
    /// Position in the actors.
    actor: u32,
    supersedes: Option<u32>,
    /// Position in the files, and the row.
    origin: Option<(u32, u32)>,
    meaning: Meaning,
}

/// Why a segment cannot be added to a state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// It starts after another entry.
    #[error("the segment starts after entry {after}, not after {last}")]
    OutOfPlace {
        /// The entry before the segment.
        after: u32,
        /// The last of the state.
        last: u32,
    },
    /// A program that reads rule books or bodies differently wrote it.
    #[error("this program reads rule books or bodies differently")]
    OtherReader,
    /// It refers to a missing object.
    #[error("entry {0} refers to a missing object")]
    Dangling(u32),
    /// An entry does not follow the previous ones.
    #[error("entry {number}: {refused}")]
    Entry {
        /// The entry.
        number: u32,
        /// Why.
        refused: EntryError,
    },
}

impl Segment {
    /// The number of the entry before its first.
    pub fn after(&self) -> u32 {
        self.after
    }
}

impl State {
    /// Returns the segment of a range of entries. It does not depend on later entries.
    pub fn segment(&self, after: u32, last: u32) -> Segment {
        let mut actors = Interner::default();
        let mut files = Interner::default();
        let numbers = after.saturating_add(1)..=last.min(self.last());
        let entries = numbers.filter_map(|number| self.folded(number, &mut actors, &mut files));
        let entries = entries.collect();
        Segment {
            after,
            actors: actors.list().map(Actor::clone).collect(),
            files: files.list().map(Into::into).collect(),
            positions: self.positions(after, last),
            entries,
        }
    }

    fn folded(
        &self,
        number: u32,
        actors: &mut Interner<Actor>,
        files: &mut Interner<str>,
    ) -> Option<SegmentEntry> {
        let note = self.note(number)?;
        let mut origin = None;
        if let Some((file, row)) = self.written_before(number) {
            origin = Some((files.position(&file), row));
        }
        Some(SegmentEntry {
            at: note.at,
            actor: actors.position(self.actors.get(note.actor)?),
            supersedes: (note.supersedes > 0).then_some(note.supersedes),
            origin,
            meaning: self.meaning(number, note.kind, note.cycle)?,
        })
    }

    fn meaning(&self, number: u32, kind: EntryKind, cycle: u32) -> Option<Meaning> {
        Some(match kind {
            EntryKind::Framework => {
                let mut said = self.frameworks.iter();
                let (_, text) = said.find(|(version, _)| version.number == number)?;
                Meaning::Framework(text.clone())
            }
            EntryKind::Organisations => {
                let mut said = self.organisations.iter();
                let (_, tables) = said.find(|(version, _)| version.number == number)?;
                Meaning::Organisations(tables.clone())
            }
            EntryKind::Cycle => {
                let mut said = self.cycles.iter();
                Meaning::Cycle(said.find_map(|one| one.description(number))?.clone())
            }
            EntryKind::Rebase => {
                Meaning::Rebase(self.opened_at(cycle as usize).rebase_fact(number)?.clone())
            }
            EntryKind::Withdrawal => Meaning::Withdrawn(self.withdrawals.get(&number)?.clone()),
            EntryKind::Record(kind) => {
                Meaning::Record(cycle, self.opened_at(cycle as usize).record(kind, number)?)
            }
            EntryKind::UnreadRecord => {
                let document = self.opened_at(cycle as usize).unread_document(number);
                Meaning::UnreadRecord(cycle, document.map(Into::into))
            }
        })
    }

    /// Returns the codes of everything that a record may refer to by position, from the rule books
    /// and bodies in a range of entries.
    fn positions(&self, after: u32, last: u32) -> Vec<Box<str>> {
        let mut codes: Vec<Box<str>> = Vec::new();
        let within = |number: u32| number > after && number <= last;
        for (version, _) in &self.frameworks {
            if within(version.number) {
                let Some(book) = version.book.read() else {
                    continue;
                };
                let areas = book.areas.iter().map(|one| &one.id);
                let components = book.components.iter().map(|one| &one.id);
                let measures = book.measures.iter().map(|one| &one.id);
                let phases = book.phases.iter().map(|one| &one.id);
                let steps = book.scales.iter().flat_map(|scale| scale.steps());
                let categories = book.panel.categories.iter().map(|one| &one.id);
                let all = areas.chain(components).chain(measures).chain(phases);
                let reviews = book.reviews.iter().map(|one| &one.id);
                let all = all.chain(categories).chain(reviews);
                codes.extend(
                    all.chain(steps.map(|step| &step.key))
                        .map(|code| (**code).into()),
                );
            }
        }
        for (version, _) in &self.organisations {
            if within(version.number) {
                let bodies = version
                    .book
                    .read()
                    .into_iter()
                    .flat_map(|bodies| bodies.each());
                codes.extend(bodies.map(|(_, body)| body.code.as_str().into()));
            }
        }
        codes
    }

    /// Adds the segment of the next entries, from [`State::segment`].
    ///
    /// # Errors
    /// Why the segment cannot be added. The state is unchanged.
    pub fn resume(&mut self, segment: Segment) -> Result<(), SegmentError> {
        let last = self.last();
        if segment.after != last {
            return Err(SegmentError::OutOfPlace {
                after: segment.after,
                last,
            });
        }
        let Segment {
            actors,
            files,
            positions,
            entries,
            ..
        } = segment;
        let mut taken = Ok(());
        for (number, folded) in (last + 1..).zip(entries) {
            taken = self.restore(number, folded, &actors, &files);
            if taken.is_err() {
                break;
            }
        }
        if taken.is_ok() && self.positions(last, self.last()) != positions {
            taken = Err(SegmentError::OtherReader);
        }
        if taken.is_err() {
            self.truncate(last);
        }
        taken
    }

    fn restore(
        &mut self,
        number: u32,
        folded: SegmentEntry,
        actors: &[Actor],
        files: &[Box<str>],
    ) -> Result<(), SegmentError> {
        let dangling = || SegmentError::Dangling(number);
        let origin = match folded.origin {
            None => None,
            Some((file, row)) => Some((&**files.get(file as usize).ok_or_else(dangling)?, row)),
        };
        let heading = Heading {
            number,
            at: folded.at,
            actor: actors.get(folded.actor as usize).ok_or_else(dangling)?,
            supersedes: folded.supersedes,
            origin,
        };
        let cycle_at = |position: u32| self.cycles.get(position as usize);
        let there = match &folded.meaning {
            Meaning::Record(cycle, record) => {
                let cycle = cycle_at(*cycle);
                let there = cycle.is_some_and(|cycle| cycle.has_references_of(record));
                there && record.id().0 == number
            }
            Meaning::UnreadRecord(cycle, _) => {
                cycle_at(*cycle).is_some_and(|cycle| cycle.unread_book().is_some())
            }
            _ => true,
        };
        if !there {
            return Err(dangling());
        }
        let followed = self.follows_on(&heading);
        followed
            .and_then(|()| self.settle(&heading, folded.meaning))
            .map_err(|refused| SegmentError::Entry { number, refused })
    }
}
