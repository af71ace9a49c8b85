//! The ledger: entries, which are only ever added, and the state that replaying them gives.
//!
//! An [`Entry`] holds a fact, its author, its time and the entry that it supersedes. [`admit`]
//! decides whether a command may become entries. [`State::apply`] replays entries: a pure function,
//! which accepts every entry that was ever written. Nothing is ever removed from a state, so it can
//! also be read as of any earlier entry.

mod admission;
mod changes;
mod entry_error;
mod fact;
mod key;
mod opened_cycle;
mod state;

pub use admission::{
    AdmittedCommand, Command, Permission, Refusal, RefusalReason, Refusals, WithdrawnJudgement,
    admit,
};
pub use entry_error::{Attempt, EntryError};
pub use fact::{
    CycleFact, Fact, FileFormat, FrameworkText, OrganisationTable, OrganisationTables, RebaseFact,
};
pub use state::{AsOf, EntryNote, RuleBooks, Segment, SegmentError, State, UnreadBook};

use crate::actor::Actor;
use jiff::Timestamp;
use std::sync::Arc;

/// The source of an entry: a file and a row (a line of Markdown).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file's name: `judgements.csv`.
    pub file: Box<str>,
    /// Row or line, from 1.
    pub row: u32,
}

/// A requested entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The fact.
    pub fact: Fact,
    /// The number of the entry that it supersedes.
    pub supersedes: Option<u32>,
    /// The file and row that it was read from.
    pub origin: Option<Origin>,
}

impl From<Fact> for Draft {
    fn from(fact: Fact) -> Draft {
        Draft {
            fact,
            supersedes: None,
            origin: None,
        }
    }
}

/// An entry, which is never changed or removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number: entries are numbered from 1 without gaps.
    pub number: u32,
    /// When it was entered; never before the previous entry.
    pub at: Timestamp,
    /// Who entered it.
    pub actor: Arc<Actor>,
    /// The identifier of its request, chosen by the actor. A repeated request enters nothing.
    pub request: Box<str>,
    /// Its place in the request, from 0.
    pub part: u32,
    /// The fact, the superseded entry and the source.
    pub draft: Draft,
}
