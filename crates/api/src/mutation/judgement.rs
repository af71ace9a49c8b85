//! `recordJudgement`.

use super::form::{LONG, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{JudgementDetails, JudgementFact, Method, RecordFact};

record_mutation! {
    /// Records a judgement, or corrects one.
    recordJudgement: RecordJudgement {
        /// A judgement on one body.
        input RecordJudgementInput<'q> as "RecordJudgementInput" {
            /// Code of the body that is judged: a PCT, a cluster (for all its PCTs) or a function.
            body: Id<'q>,
            /// Identifier of the measure, or of a competency or strand that is judged as a whole.
            measure: Id<'q>,
            /// By which method.
            method: Method,
            /// The level or rating: `3`, `green`. Null if there is one but nobody knows which.
            value: Option<&'q str>,
            /// For a function that several bodies assess: code of the one that judged.
            assessor: Option<Id<'q>>,
            /// Why, in the words of whoever judged; at most 20,000 bytes, as Markdown.
            rationale: Option<&'q str>,
            /// Identifiers of the evidence relied on; file it first.
            evidence: Option<Vec<Id<'q>>>,
            /// Who judged. The ledger itself notes who entered it.
            recordedBy: Option<&'q str>,
            /// The day on which it was judged.
            date: Option<Date>,
            /// Why a PCT departs from its cluster, or the panel from the framework's rule.
            reason: Option<&'q str>,
            /// Set if the value was inferred rather than read: from what.
            inferred: Option<&'q str>,
            /// Where the value comes from.
            source: Option<&'q str>,
        }
        record |input, form| RecordFact::Judgement(JudgementFact {
            body: form.code("body", input.body.0),
            subject: form.code("measure", input.measure.0),
            method: input.method,
            value: input.value.map(|value| form.code("value", value)),
            assessor: input.assessor.map(|code| form.code("assessor", code.0)),
            details: JudgementDetails {
                rationale: form.text("rationale", input.rationale, LONG),
                evidence: form.codes("evidence", input.evidence.as_deref()),
                author: form.text("recordedBy", input.recordedBy, SHORT),
                date: input.date,
                reason: form.text("reason", input.reason, LONG),
                inferred: form.text("inferred", input.inferred, SHORT),
                source: form.text("source", input.source, SHORT),
            },
        });
        /// The result of recording a judgement.
        payload RecordJudgementPayload as "RecordJudgementPayload";
    }
}
