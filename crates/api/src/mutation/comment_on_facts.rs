//! `commentOnFacts`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{FactCommentFact, RecordFact};

record_mutation! {
    /// Comments on a fact in the draft of a body's report, or corrects a comment that has no reply yet.
    commentOnFacts: CommentOnFacts {
        /// A comment in the check of facts.
        input CommentOnFactsInput<'q> as "CommentOnFactsInput" {
            /// Code of the body whose report it is.
            body: Id<'q>,
            /// Identifier of the comment, unique within the cycle.
            id: Id<'q>,
            /// Identifiers of the measures and components that it is about; `outcomes`, or `outcome:`
            /// and an identifier, for health outcomes.
            about: Option<Vec<Id<'q>>>,
            /// The words of the draft that it is about; at most 20,000 bytes.
            quoted: Option<&'q str>,
            /// What is wrong, and what is right instead; at most 20,000 bytes of Markdown.
            comment: &'q str,
        }
        record |input, form| RecordFact::FactComment(FactCommentFact {
            body: form.code("body", input.body.0),
            id: form.code("id", input.id.0),
            about: form.codes("about", input.about.as_deref()),
            quoted: form.text("quoted", input.quoted, LONG),
            comment: form.needed("comment", input.comment, LONG),
        });
        /// The result of commenting.
        payload CommentOnFactsPayload as "CommentOnFactsPayload";
    }
}
