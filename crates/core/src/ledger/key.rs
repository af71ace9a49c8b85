//! The keys and kinds of entries.

use crate::record::{RecordKey, RecordKind};

/// The key of an entry: of two entries with the same key, one supersedes the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// The framework with this identifier.
    Framework(Box<str>),
    /// The table of bodies with this identifier.
    Organisations(Box<str>),
    /// The description of the cycle with this identifier.
    Cycle(Box<str>),
    /// A record of the cycle at this position.
    Record(u32, RecordKey),
}

/// The kind of an entry's fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EntryKind {
    Framework,
    Organisations,
    Cycle,
    Rebase,
    Withdrawal,
    Record(RecordKind),
    /// A record of a cycle whose rule book or bodies cannot be read.
    UnreadRecord,
}
