//! The ledger: where it ends, and the directive that asks how things stood.

use crate::project::{directive, object};
use jiff::Timestamp;
use wcc_ledger::Head;

directive! {
    /// Answers the whole query as of an earlier moment of the ledger. Give exactly one of the two
    /// arguments.
    AsOf as "asOf" (
        /// After this entry; 0 is before the first one.
        entry: Option<i32>,
        /// At this time. Before the first entry there is nothing yet.
        time: Option<Timestamp>,
    )
}

/// The ledger of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ledger(pub(crate) Head);

object! {
    /// The append-only ledger that everything is entered in.
    Ledger as "Ledger" => |Ledger(it)| {
        /// The last entry that this server's answers hold. Note it, and query `@asOf` its number
        /// later to see what you see now. It is the newest one under `@asOf` too.
        head: LedgerHead = LedgerHead(*it);
    }
}

/// The last entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LedgerHead(Head);

/// The number of an entry as GraphQL counts; a ledger of two thousand million entries is full
/// long before.
pub(crate) fn number(entry: u32) -> i32 {
    i32::try_from(entry).unwrap_or(i32::MAX)
}

object! {
    /// Where the ledger ends.
    LedgerHead as "LedgerHead" => |LedgerHead(it)| {
        /// Number of the last entry; 0 if there is none yet.
        entry: i32 = number(it.number);
        /// Its SHA-256. Each entry carries the hash of the previous one, so it covers the whole
        /// ledger up to here.
        hash: String = it.hash.to_string();
    }
}
