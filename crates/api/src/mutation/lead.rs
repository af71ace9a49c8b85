//! `allocateLead`.

use super::form::SHORT;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{LeadFact, RecordFact};

record_mutation! {
    /// Allocates an area of a body to a director who leads the work on it, or the work as a whole to
    /// a coordinator.
    allocateLead: AllocateLead {
        /// Who leads the work on an area.
        input AllocateLeadInput<'q> as "AllocateLeadInput" {
            /// Code of the body: a PCT, or a cluster for all of its PCTs.
            body: Id<'q>,
            /// Identifier of the area: a competency or strand, an area, or `outcomes`. Leave it out
            /// for the coordinator of the whole.
            area: Option<Id<'q>>,
            /// The name of the person.
            person: &'q str,
            /// Their job title.
            jobTitle: Option<&'q str>,
            /// The names of the operational staff who work with them.
            staff: Option<Vec<&'q str>>,
        }
        record |input, form| RecordFact::Lead(LeadFact {
            body: form.code("body", input.body.0),
            area: input.area.map(|area| form.code("area", area.0)),
            person: form.needed("person", input.person, SHORT),
            job_title: form.text("jobTitle", input.jobTitle, SHORT),
            staff: form.lines("staff", input.staff.as_deref()),
        });
        /// The result of allocating an area.
        payload AllocateLeadPayload as "AllocateLeadPayload";
    }
}
