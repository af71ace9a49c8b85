//! `withdraw`.

use super::form::LONG;
use super::mutation;
use wcc_core::ledger::{Draft, Fact};

mutation! {
    /// Withdraws an entry that was recorded in a cycle: nothing replaces it. It stays in the
    /// ledger, and earlier states still show it.
    withdraw: Withdraw {
        /// The entry to withdraw.
        input WithdrawInput<'q> as "WithdrawInput" {
            /// Number of the entry.
            entry: i32,
            /// The reason for the withdrawal.
            reason: &'q str,
        }
        drafts |input, form| {
            let entry = form.entry("entry", input.entry);
            let reason = form.needed("reason", input.reason, LONG);
            vec![Draft {
                fact: Fact::Withdrawn { reason },
                supersedes: Some(entry),
                origin: None,
            }]
        };
        /// The result of withdrawing an entry.
        payload WithdrawPayload as "WithdrawPayload" => |done| {}
    }
}
