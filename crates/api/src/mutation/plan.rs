//! `filePlan`.

use super::form::{LONG, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{PlanFact, RecordFact};

record_mutation! {
    /// Files a version of a plan that the framework asks for, or corrects what was filed of it.
    filePlan: FilePlan {
        /// A version of a plan.
        input FilePlanInput<'q> as "FilePlanInput" {
            /// Code of the body: a PCT, a cluster for all of its PCTs, or the SHA.
            body: Id<'q>,
            /// Identifier of the plan in the framework.
            plan: Id<'q>,
            /// The version, an identifier within the plan: `1`, `draft-2`, `final`. Earlier versions
            /// are kept.
            version: Id<'q>,
            /// The day from which it holds: that of its adoption or, of a draft, of its submission.
            date: Date,
            /// SHA-256 of the document, in hexadecimal, if it was filed before.
            document: Option<&'q str>,
            /// The local vision that it states, as Markdown; at most 20,000 bytes.
            vision: Option<&'q str>,
            /// A note on this version.
            note: Option<&'q str>,
        }
        record |input, form| RecordFact::Plan(PlanFact {
            body: form.code("body", input.body.0),
            plan: form.code("plan", input.plan.0),
            version: form.code("version", input.version.0),
            date: input.date,
            document: input.document.map(|digest| form.digest("document", digest)),
            vision: form.text("vision", input.vision, LONG),
            note: form.text("note", input.note, SHORT),
        });
        /// The result of filing a plan.
        payload FilePlanPayload as "FilePlanPayload";
    }
}
