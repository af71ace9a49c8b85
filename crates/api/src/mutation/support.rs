//! `recordSupport`.

use super::form::{LONG, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{RecordFact, SupportFact, SupportState};

record_mutation! {
    /// Records an option to support a body in an area of concern, or its result.
    recordSupport: RecordSupport {
        /// An option of support.
        input RecordSupportInput<'q> as "RecordSupportInput" {
            /// Identifier that the option gets within the cycle.
            id: Id<'q>,
            /// Code of the body that shared the area of concern.
            body: Id<'q>,
            /// Identifier of the area of concern.
            areaOfConcern: Id<'q>,
            /// What the support is, as Markdown; at most 20,000 bytes.
            text: &'q str,
            /// Who provides it.
            provider: Option<&'q str>,
            /// How far it has come; `PROPOSED` if omitted.
            state: Option<SupportState>,
            /// Its result; needed if it is declined, to say why. At most 20,000 bytes.
            followUp: Option<&'q str>,
        }
        record |input, form| RecordFact::Support(SupportFact {
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            area_of_concern: form.code("areaOfConcern", input.areaOfConcern.0),
            text: form.needed("text", input.text, LONG),
            provider: form.text("provider", input.provider, SHORT),
            state: input.state.unwrap_or_default(),
            follow_up: form.text("followUp", input.followUp, LONG),
        });
        /// The result of recording support.
        payload RecordSupportPayload as "RecordSupportPayload";
    }
}
