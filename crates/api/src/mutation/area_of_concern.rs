//! `shareAreaOfConcern`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{AreaOfConcernFact, RecordFact};

record_mutation! {
    /// Shares an area of concern of a body with those who assure it, or corrects one.
    shareAreaOfConcern: ShareAreaOfConcern {
        /// An area in which a body considers itself weak.
        input ShareAreaOfConcernInput<'q> as "ShareAreaOfConcernInput" {
            /// Identifier that the area of concern gets within the cycle.
            id: Id<'q>,
            /// Code of the body: a cluster for all of its PCTs, or a PCT.
            body: Id<'q>,
            /// What is of concern, and what would help, as Markdown; at most 20,000 bytes.
            text: &'q str,
            /// Identifiers of the measures and components that it is about; `outcomes`, or
            /// `outcome:` and an identifier, for health outcomes. Leave it out if it is about the
            /// whole.
            about: Option<Vec<Id<'q>>>,
        }
        record |input, form| RecordFact::AreaOfConcern(AreaOfConcernFact {
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            text: form.needed("text", input.text, LONG),
            about: form.codes("about", input.about.as_deref()),
        });
        /// The result of sharing an area of concern.
        payload ShareAreaOfConcernPayload as "ShareAreaOfConcernPayload";
    }
}
