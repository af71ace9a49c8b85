//! `openCycle`.

use super::form::{LONG, SHORT};
use super::mutation;
use crate::project::leaves::Id;
use crate::types::cycle::Cycle;
use jiff::civil::Date;
use wcc_core::ledger::{CycleFact, Draft, Fact};

mutation! {
    /// Opens a cycle: an assurance year of some bodies by a framework, or describes an open one again.
    openCycle: OpenCycle {
        /// A cycle.
        input OpenCycleInput<'q> as "OpenCycleInput" {
            /// Identifier that the cycle gets: `south-of-tyne-and-wear/2008-09`.
            id: Id<'q>,
            /// Its title as printed.
            title: &'q str,
            /// Identifier of a framework in the ledger: `wcc-2008-09`.
            framework: Id<'q>,
            /// Identifier of a set of bodies in the ledger.
            bodies: Id<'q>,
            /// Codes of the bodies that are assured: PCTs, not their groups.
            assured: Vec<Id<'q>>,
            /// The day whose memberships and delegations count.
            asOf: Date,
            /// Identifier of last year's cycle.
            previous: Option<Id<'q>>,
            /// Identifier of the review of the framework that it is: `annual-review`; a full round if omitted.
            review: Option<Id<'q>>,
            /// What every output says, if the figures are invented.
            illustrative: Option<&'q str>,
            /// Number of the entry whose description this one replaces.
            supersedes: Option<i32>,
        }
        drafts |input, form| {
            form.name_paths(&[("organisations", "bodies"), ("pcts", "assured")]);
            let fact = CycleFact {
                id: form.code("id", input.id.0),
                title: form.needed("title", input.title, SHORT),
                as_of: input.asOf,
                illustrative: form.text("illustrative", input.illustrative, LONG),
                framework: form.code("framework", input.framework.0),
                organisations: form.code("bodies", input.bodies.0),
                pcts: form.codes("assured", Some(&input.assured)),
                previous: input.previous.map(|previous| form.code("previous", previous.0)),
                review: input.review.map(|review| form.code("review", review.0)),
            };
            vec![Draft {
                fact: Fact::Cycle(fact),
                supersedes: form.supersedes(input.supersedes),
                origin: None,
            }]
        };
        /// The result of opening a cycle.
        payload OpenCyclePayload as "OpenCyclePayload" => |done| {
            /// The cycle; null if `served` is false.
            cycle: Option<Cycle<'a>> = done.cycle();
        }
    }
}
