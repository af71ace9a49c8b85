//! The ledger's language: entries that are only ever added, and the state that they fold to.
//!
//! An [`Entry`] says who entered what, when, and what it supersedes. [`admit`] decides whether a
//! command may become entries; [`State::apply`] is the fold: pure, one entry at a time, for every
//! entry that was ever written. Nothing is ever removed from a state, so it also knows how things
//! stood after any earlier entry.

mod admission;
mod changes;
mod fact;
mod key;
mod opened_cycle;
mod refused;
mod state;

pub use admission::{Command, Permission, Refusal, RefusalReason, Refusals, admit};
pub use fact::{
    CycleFact, Fact, FileFormat, FrameworkText, OrganisationTable, OrganisationTables, RebaseFact,
};
pub use refused::Refused;
pub use state::{AsOf, EntryNote, Misfit, RuleBooks, Segment, State, UnreadBook};

use crate::actor::Actor;
use jiff::Timestamp;
use std::sync::Arc;

/// Where something was written before it came into the ledger: a file and its row (its line, for
/// Markdown).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file's name: `judgements.csv`.
    pub file: Box<str>,
    /// Row or line, from 1.
    pub row: u32,
}

/// What somebody asks to be entered.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// What is said.
    pub fact: Fact,
    /// The number of the entry that it takes the place of.
    pub supersedes: Option<u32>,
    /// Where it was written before.
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

/// One entry. Never changed, never removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number: 1 for the first, then without a gap.
    pub number: u32,
    /// When it was entered; never before the entry in front of it.
    pub at: Timestamp,
    /// Who entered it.
    pub actor: Arc<Actor>,
    /// What the actor called the request that it came with: an actor enters the same request once.
    pub request: Box<str>,
    /// Its place in the request, from 0.
    pub part: u32,
    /// What is said, what it takes the place of, and where it was written before.
    pub draft: Draft,
}
