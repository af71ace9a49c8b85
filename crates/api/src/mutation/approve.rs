//! `approve`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{ApprovalFact, RecordFact};

record_mutation! {
    /// Approves what is recorded on a body, as it was shown to whoever approves it. It is refused
    /// while something that the framework requires is missing, and if what is approved has changed
    /// since it was read. An approval that freezes what it covers is withdrawn with a reason before
    /// anything can change.
    approve: Approve {
        /// The approval to give, with the digest of what was read.
        input ApproveInput<'q> as "ApproveInput" {
            /// Code of the body: a PCT, a cluster for all of its PCTs, or a function.
            body: Id<'q>,
            /// Identifier of the approval in the framework.
            approval: Id<'q>,
            /// The `digest` that was shown with what is approved: of the same approval in
            /// `Output.approvals`.
            digest: &'q str,
            /// What you add: the minute of a meeting, a proviso. At most 20,000 bytes.
            note: Option<&'q str>,
        }
        record |input, form| RecordFact::Approval(ApprovalFact {
            body: form.code("body", input.body.0),
            approval: form.code("approval", input.approval.0),
            digest: form.digest("digest", input.digest),
            note: form.text("note", input.note, LONG),
        });
        /// The result of approving.
        payload ApprovePayload as "ApprovePayload";
    }
}
