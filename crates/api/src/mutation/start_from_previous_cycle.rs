//! `startFromPreviousCycle`.

use super::form::{Form, LONG, SHORT};
use super::payload::{ImportedRecord, RecordLeftOut};
use super::{TablesOfRequest, mutation};
use crate::import::ImportContent;
use crate::project::input;
use crate::project::leaves::Id;
use crate::types::cycle::Cycle;
use jiff::civil::Date;
use wcc_core::ledger::CycleFact;

mutation! {
    /// Starts a cycle from an earlier one, as its framework says in `[start]`: shows what would be taken
    /// over, and with `apply` records it, all or nothing. What is taken over counts for nothing until
    /// the body confirms or changes it. What the cycle has taken over before is left alone.
    startFromPreviousCycle: StartFromPreviousCycle {
        /// The two cycles.
        input StartFromPreviousCycleInput<'q> as "StartFromPreviousCycleInput" {
            /// Identifier of the cycle.
            cycle: Id<'q>,
            /// Identifier of the earlier cycle.
            from: Id<'q>,
            /// Opens the cycle first; if omitted, it is open already.
            open: Option<CycleToOpenInput<'q>>,
            /// Codes of the bodies to take records over for, at most 200; for all if omitted.
            bodies: Option<Vec<Id<'q>>>,
            /// Whether to record it; otherwise it is only shown.
            apply: Option<bool>,
        }
        drafts |input, form| {
            let cycle = form.code("cycle", input.cycle.0);
            let from = form.code("from", input.from.0);
            if cycle == from {
                form.malformed("from", "a cycle cannot start from itself: give an earlier cycle");
            }
            let opens = input.open.as_ref().map(|open| description(form, &cycle, &from, open));
            let bodies = form.codes("bodies", input.bodies.as_deref());
            form.import = Some(TablesOfRequest {
                cycle: Some(cycle),
                content: ImportContent::EarlierCycle { from, opens: opens.map(Box::new), bodies },
                apply: input.apply.unwrap_or(false),
            });
            Vec::new()
        };
        /// What a cycle takes over from an earlier one.
        payload StartFromPreviousCyclePayload as "StartFromPreviousCyclePayload" => |done| {
            /// What is taken over.
            changes: [ImportedRecord<'a>; 20] = done.changes();
            /// What is not taken over, and why.
            leftOut: [RecordLeftOut<'a>; 20] = done.left_out();
            /// How many records the cycle had taken over before.
            unchanged: i32 = done.unchanged();
            /// All of this in lines for people.
            report: [String; 20] = done.report();
            /// The cycle including what was recorded; null if it is not open, or if `served` is false
            /// after `apply`.
            cycle: Option<Cycle<'a>> = done.cycle();
        }
    }
}

input! {
    /// The description of a cycle that is opened. Its previous cycle is the one it starts from.
    CycleToOpenInput<'q> as "CycleToOpenInput" {
        /// Its title as printed.
        title: &'q str,
        /// Identifier of a framework in the ledger: `wcc-2009-10`.
        framework: Id<'q>,
        /// Identifier of a set of bodies in the ledger.
        bodies: Id<'q>,
        /// Codes of the bodies that are assured: PCTs, not their groups.
        assured: Vec<Id<'q>>,
        /// The day whose memberships and delegations count.
        asOf: Date,
        /// Identifier of the review of the framework that it is: `annual-review`; a full round if omitted.
        review: Option<Id<'q>>,
        /// What every output says, if the figures are invented.
        illustrative: Option<&'q str>,
    }
}

fn description(form: &mut Form, cycle: &str, from: &str, open: &CycleToOpenInput<'_>) -> CycleFact {
    CycleFact {
        id: cycle.into(),
        title: form.needed("open.title", open.title, SHORT),
        as_of: open.asOf,
        illustrative: form.text("open.illustrative", open.illustrative, LONG),
        framework: form.code("open.framework", open.framework.0),
        organisations: form.code("open.bodies", open.bodies.0),
        pcts: form.codes("open.assured", Some(&open.assured)),
        previous: Some(from.into()),
        review: (open.review.as_ref()).map(|review| form.code("open.review", review.0)),
    }
}
