//! Reasons for refusing an entry.

use super::fact::Fact;
use crate::record::UnknownCode;
use std::fmt;

/// Why an entry was refused. The state is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// A number that does not follow the last one.
    #[error("entry {given} does not follow entry {last}")]
    OutOfOrder {
        /// The given number.
        given: u32,
        /// The last number in the state.
        last: u32,
    },
    /// A time before that of the previous entry.
    #[error("entry {0} is dated before the previous entry")]
    BeforePrevious(u32),
    /// An unknown code.
    #[error(transparent)]
    Unknown(#[from] UnknownCode),
    /// A rule book or a table of bodies that cannot be read.
    #[error("{what} `{id}` cannot be read: {problem}")]
    Unreadable {
        /// `framework` or `set of bodies`.
        what: &'static str,
        /// Its identifier.
        id: Box<str>,
        /// What is wrong with it.
        problem: String,
    },
    /// Another current entry has the same key.
    #[error("entry {by} already records this{details}; supersede it, or leave it unchanged")]
    AlreadyRecorded {
        /// The current entry.
        by: u32,
        /// What it says and who made it, in brackets, as far as the actor may know.
        details: String,
    },
    /// The entry to be superseded or withdrawn does not exist, is no longer current, or has another
    /// key.
    #[error("entry {entry} cannot be {attempt}: {why}")]
    NotSuperseded {
        /// The entry.
        entry: u32,
        /// What was attempted with it.
        attempt: Attempt,
        /// Why not.
        why: String,
    },
    /// A withdrawal that names no entry.
    #[error("a withdrawal names the entry that it withdraws, in `supersedes`")]
    WithdrawsNothing,
    /// The entry cannot be withdrawn, because others depend on it.
    #[error("entry {entry} cannot be withdrawn: {why}")]
    NotWithdrawn {
        /// The entry.
        entry: u32,
        /// What depends on it.
        why: &'static str,
    },
    /// A description cannot change the rule book or the bodies of a cycle.
    #[error("the cycle `{cycle}` has another {what}: {}", what_to_do(what))]
    CycleChanged {
        /// The cycle.
        cycle: Box<str>,
        /// `framework` or `set of bodies`.
        what: &'static str,
    },
    /// A cycle cannot move to another set of bodies.
    #[error("the cycle `{cycle}` cannot move to the bodies `{organisations}`: {why}")]
    NotRebased {
        /// The cycle.
        cycle: Box<str>,
        /// Identifier of the set of bodies.
        organisations: Box<str>,
        /// Why not.
        why: String,
    },
    /// The ledger has reached its maximum number of entries.
    #[error("the ledger is full")]
    Full,
}

/// What a draft attempts with an earlier entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// To put another in its place.
    Supersede,
    /// To withdraw it.
    Withdraw,
}

impl Attempt {
    /// What the draft attempts with the entry that it names in `supersedes`.
    pub(super) fn of(fact: &Fact) -> Attempt {
        match fact {
            Fact::Withdrawn { .. } => Attempt::Withdraw,
            _ => Attempt::Supersede,
        }
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Attempt::Supersede => "superseded",
            Attempt::Withdraw => "withdrawn",
        })
    }
}

impl EntryError {
    /// Returns the refusal to supersede or withdraw an entry that does not exist.
    pub(super) fn no_such_entry(entry: u32, attempt: Attempt) -> EntryError {
        EntryError::NotSuperseded {
            entry,
            attempt,
            why: "there is no such entry".to_owned(),
        }
    }

    /// The field that the refusal concerns, if there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            EntryError::Unknown(unknown) => Some(unknown.field),
            EntryError::NotRebased { .. } => Some("organisations"),
            EntryError::NotSuperseded { .. } | EntryError::AlreadyRecorded { .. } => {
                Some("supersedes")
            }
            _ => None,
        }
    }
}

/// What to do instead of describing a cycle with another rule book or set of bodies.
fn what_to_do(what: &str) -> &'static str {
    match what {
        "framework" => "open a new cycle",
        _ => "move the cycle to other bodies with `wcc ledger rebase`",
    }
}
