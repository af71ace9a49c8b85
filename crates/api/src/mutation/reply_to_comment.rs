//! `replyToComment`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{FactReplyFact, RecordFact};

record_mutation! {
    /// Replies to a comment in the check of facts, or corrects a reply. It changes nothing in the
    /// report: whoever accepts a comment also corrects what it is about.
    replyToComment: ReplyToComment {
        /// A reply to a comment.
        input ReplyToCommentInput<'q> as "ReplyToCommentInput" {
            /// Code of the body whose report it is.
            body: Id<'q>,
            /// Identifier of the comment.
            comment: Id<'q>,
            /// Whether the panel accepts the comment.
            accepted: bool,
            /// What was changed, or why nothing is; at most 20,000 bytes of Markdown.
            reason: &'q str,
        }
        record |input, form| RecordFact::FactReply(FactReplyFact {
            body: form.code("body", input.body.0),
            comment: form.code("comment", input.comment.0),
            accepted: input.accepted,
            reason: form.needed("reason", input.reason, LONG),
        });
        /// The result of replying.
        payload ReplyToCommentPayload as "ReplyToCommentPayload";
    }
}
