//! `recordConsequence`.

use super::form::{LONG, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{ConsequenceFact, ConsequenceKind, RecordFact};

record_mutation! {
    /// Records an incentive or a consequence that follows from a body's results, or corrects one.
    recordConsequence: RecordConsequence {
        /// What results mean for a body.
        input RecordConsequenceInput<'q> as "RecordConsequenceInput" {
            /// Identifier that it gets within the cycle.
            id: Id<'q>,
            /// Code of the body.
            body: Id<'q>,
            /// Whether it is an incentive or a consequence.
            kind: ConsequenceKind,
            /// What it is, as Markdown; at most 20,000 bytes.
            text: &'q str,
            /// The rule that links it to the results.
            rule: Option<&'q str>,
        }
        record |input, form| RecordFact::Consequence(ConsequenceFact {
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            kind: input.kind,
            text: form.needed("text", input.text, LONG),
            rule: form.text("rule", input.rule, SHORT),
        });
        /// The result of recording a consequence.
        payload RecordConsequencePayload as "RecordConsequencePayload";
    }
}
