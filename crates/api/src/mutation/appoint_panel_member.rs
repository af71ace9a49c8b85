//! `appointPanelMember`.

use super::form::SHORT;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{PanelMemberFact, RecordFact};

record_mutation! {
    /// Appoints a member of the panel of a body, or corrects an appointment.
    appointPanelMember: AppointPanelMember {
        /// A member of a panel.
        input AppointPanelMemberInput<'q> as "AppointPanelMemberInput" {
            /// Code of the body that the panel reviews: a cluster (for all its PCTs), a PCT or a
            /// function.
            body: Id<'q>,
            /// The person, as their token or sign-in names them: the member scores under this name.
            person: Id<'q>,
            /// Their name, as reports print it.
            name: &'q str,
            /// Identifier of the category in the framework: `local-authority`.
            category: Id<'q>,
            /// Whether they chair the panel; false if omitted.
            chairs: Option<bool>,
            /// Whom they work for: the code of a body, or a name. Somebody who works for the body that
            /// the panel reviews, or in its cluster, cannot be appointed.
            organisation: Option<&'q str>,
        }
        record |input, form| RecordFact::PanelMember(PanelMemberFact {
            body: form.code("body", input.body.0),
            person: form.code("person", input.person.0),
            name: form.needed("name", input.name, SHORT),
            category: form.code("category", input.category.0),
            chairs: input.chairs.unwrap_or_default(),
            organisation: form.text("organisation", input.organisation, SHORT),
        });
        /// The result of appointing a member.
        payload AppointPanelMemberPayload as "AppointPanelMemberPayload";
    }
}
