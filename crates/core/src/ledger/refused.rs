//! Why something is not entered.

use crate::record::UnknownCode;

/// Why an entry is refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// A number that does not follow on.
    #[error("entry {given} does not follow entry {last}")]
    OutOfOrder {
        /// The number given.
        given: u32,
        /// The last number in the state.
        last: u32,
    },
    /// A time before the entry in front of it.
    #[error("entry {0} is dated before the entry in front of it")]
    BackInTime(u32),
    /// A code that names nothing.
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
    /// There is already an entry on the same thing.
    #[error("entry {by} already says this; supersede it, or leave it as it is")]
    AlreadySaid {
        /// The entry that stands.
        by: u32,
    },
    /// The entry to be superseded does not exist, was superseded already, or is about another
    /// thing.
    #[error("entry {entry} cannot be superseded: {why}")]
    NotSuperseded {
        /// The entry that was named.
        entry: u32,
        /// Why not.
        why: String,
    },
    /// A withdrawal that names no entry.
    #[error("a withdrawal names the entry that it withdraws, in `supersedes`")]
    WithdrawsNothing,
    /// An entry that others rest on is not withdrawn.
    #[error("entry {entry} cannot be withdrawn: {why}")]
    NotWithdrawn {
        /// The entry that was named.
        entry: u32,
        /// What rests on it.
        why: &'static str,
    },
    /// A description leaves the rule book and the bodies of a cycle as they are.
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
    /// A ledger has room for no more.
    #[error("the ledger is full")]
    Full,
}

impl Refused {
    /// There is no entry with a number to be superseded.
    pub(super) fn no_such_entry(entry: u32) -> Refused {
        Refused::NotSuperseded {
            entry,
            why: "there is no such entry".to_owned(),
        }
    }

    /// The field that the refusal is about, if it is about one.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Refused::Unknown(unknown) => Some(unknown.field),
            Refused::NotRebased { .. } => Some("organisations"),
            Refused::NotSuperseded { .. } | Refused::AlreadySaid { .. } => Some("supersedes"),
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
