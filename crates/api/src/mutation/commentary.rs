//! `recordCommentary`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{CommentaryFact, RecordFact};

record_mutation! {
    /// Records commentary on a body, or corrects some.
    recordCommentary: RecordCommentary {
        /// A piece of commentary.
        input RecordCommentaryInput<'q> as "RecordCommentaryInput" {
            /// Code of the body; a cluster's commentary is shared by its PCTs.
            body: Id<'q>,
            /// Headings above it, outermost first.
            headings: Option<Vec<&'q str>>,
            /// The commentary, as Markdown; at most 20,000 bytes.
            text: &'q str,
            /// Identifiers of the components that it bears on; `outcomes`, or `outcome:` and an
            /// identifier, for health outcomes.
            components: Option<Vec<Id<'q>>>,
        }
        record |input, form| RecordFact::Commentary(CommentaryFact {
            body: form.code("body", input.body.0),
            headings: form.lines("headings", input.headings.as_deref()),
            text: form.needed("text", input.text, LONG),
            components: form.codes("components", input.components.as_deref()),
        });
        /// The result of recording commentary.
        payload RecordCommentaryPayload as "RecordCommentaryPayload";
    }
}
