//! The ledger: its last entry, and the directive that selects an earlier point.

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
    Ledger as "Ledger" => |Ledger(ledger)| {
        /// The last entry included in this server's answers. Note it; a later query `@asOf` its
        /// number repeats today's answers. Under `@asOf` it is still the newest entry.
        head: LedgerHead = LedgerHead(*ledger);
    }
}

/// The last entry of a ledger.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LedgerHead(Head);

/// A number as a GraphQL `Int`. Neither a ledger nor a survey reaches two thousand million.
pub(crate) fn number(entry: u32) -> i32 {
    i32::try_from(entry).unwrap_or(i32::MAX)
}

object! {
    /// The end of the ledger.
    LedgerHead as "LedgerHead" => |LedgerHead(ledger_head)| {
        /// Number of the last entry; 0 if there is none yet.
        entry: i32 = number(ledger_head.number);
        /// Its SHA-256. Each entry contains the hash of the previous one, so this hash covers the
        /// whole ledger up to here.
        hash: String = ledger_head.hash.to_string();
    }
}
