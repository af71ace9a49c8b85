//! The ledger: where it ends, and the directive that asks how things stood.

use crate::project::{directive, object};
use jiff::Timestamp;
use wcc_ledger::Head;

directive! {
    /// Answers the whole query as of an earlier entry or time of the ledger. Give exactly one of
    /// the two arguments.
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
    /// The append-only ledger of all records.
    Ledger as "Ledger" => |Ledger(it)| {
        /// The last entry included in this server's answers. Note it; a later query `@asOf` its
        /// number repeats today's answers. Under `@asOf` it is still the newest entry.
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
    /// The end of the ledger.
    LedgerHead as "LedgerHead" => |LedgerHead(it)| {
        /// Number of the last entry; 0 if there is none yet.
        entry: i32 = number(it.number);
        /// Its SHA-256. Each entry contains the hash of the previous one, so this hash covers the
        /// whole ledger up to here.
        hash: String = it.hash.to_string();
    }
}
