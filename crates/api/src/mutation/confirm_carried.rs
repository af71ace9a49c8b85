//! `confirmCarried`.

use super::payload::ImportedRecord;
use super::{TablesOfRequest, mutation};
use crate::import::ImportContent;
use crate::project::leaves::Id;
use crate::types::cycle::Cycle;

/// Maximum number of records in one request.
const MAX_RECORDS: usize = 500;

mutation! {
    /// Confirms records that were taken over from an earlier cycle, as they are: records each in this
    /// cycle, all or nothing. To change one, record it with other values.
    confirmCarried: ConfirmCarried {
        /// The records.
        input ConfirmCarriedInput<'q> as "ConfirmCarriedInput" {
            /// Identifier of the cycle.
            cycle: Id<'q>,
            /// The `entry` of each carried record, at most 500.
            entries: Vec<i32>,
        }
        drafts |input, form| {
            if input.entries.is_empty() || input.entries.len() > MAX_RECORDS {
                let found = input.entries.len();
                form.malformed("entries", format!("there are {found}: give 1 to {MAX_RECORDS}"));
            }
            let entries = input.entries.iter().enumerate();
            let entries = entries.map(|(at, entry)| form.entry(&format!("entries[{at}]"), *entry));
            let entries: Vec<u32> = entries.collect();
            form.import = Some(TablesOfRequest {
                cycle: Some(form.code("cycle", input.cycle.0)),
                content: ImportContent::Confirmation(entries),
                apply: true,
            });
            Vec::new()
        };
        /// The result of confirming records.
        payload ConfirmCarriedPayload as "ConfirmCarriedPayload" => |done| {
            /// What is recorded.
            changes: [ImportedRecord<'a>; 20] = done.changes();
            /// How many were recorded already, as they are or changed.
            unchanged: i32 = done.unchanged();
            /// The cycle including what was recorded; null if `served` is false.
            cycle: Option<Cycle<'a>> = done.cycle();
        }
    }
}
