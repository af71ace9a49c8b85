//! `rebaseCycle`.

use super::form::LONG;
use super::mutation;
use crate::project::leaves::Id;
use crate::types::cycle::Cycle;
use wcc_core::ledger::{Draft, Fact, RebaseFact};

mutation! {
    /// Moves a cycle to corrected tables of bodies, or to those after a merger. Everything recorded in
    /// it stays, under the same codes.
    rebaseCycle: RebaseCycle {
        /// The cycle and its new bodies.
        input RebaseCycleInput<'q> as "RebaseCycleInput" {
            /// Identifier of the cycle.
            cycle: Id<'q>,
            /// Identifier of a set of bodies in the ledger.
            bodies: Id<'q>,
            /// Codes of the bodies that are assured from now on.
            assured: Vec<Id<'q>>,
            /// Why the cycle moves.
            reason: Option<&'q str>,
        }
        drafts |input, form| {
            form.name_paths(&[("organisations", "bodies"), ("pcts", "assured")]);
            vec![Draft::from(Fact::Rebase(RebaseFact {
                cycle: form.code("cycle", input.cycle.0),
                organisations: form.code("bodies", input.bodies.0),
                pcts: form.codes("assured", Some(&input.assured)),
                reason: form.text("reason", input.reason, LONG),
            }))]
        };
        /// The result of moving a cycle.
        payload RebaseCyclePayload as "RebaseCyclePayload" => |done| {
            /// The cycle; null if `served` is false.
            cycle: Option<Cycle<'a>> = done.cycle();
        }
    }
}
