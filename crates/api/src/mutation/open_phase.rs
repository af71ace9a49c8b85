//! `openPhase`.

use super::form::LONG;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{PhaseFact, RecordFact};

record_mutation! {
    /// Opens a phase for a body and everything below it. It opens once the phase before it was opened
    /// and everything that the framework requires of it is complete; an earlier phase opens again
    /// with a reason.
    openPhase: OpenPhase {
        /// A phase to open, and for whom.
        input OpenPhaseInput<'q> as "OpenPhaseInput" {
            /// Code of the body: an SHA for its whole region, a cluster for its PCTs, or a PCT.
            body: Id<'q>,
            /// Identifier of the phase in the framework.
            phase: Id<'q>,
            /// The reason; needed to open an earlier phase again. At most 20,000 bytes.
            reason: Option<&'q str>,
        }
        record |input, form| RecordFact::Phase(PhaseFact {
            body: form.code("body", input.body.0),
            phase: form.code("phase", input.phase.0),
            reason: form.text("reason", input.reason, LONG),
        });
        /// The result of opening a phase.
        payload OpenPhasePayload as "OpenPhasePayload";
    }
}
