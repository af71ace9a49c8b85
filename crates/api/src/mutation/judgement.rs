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
            /// Code of the judged body: a PCT, a cluster (for all its PCTs) or a function.
            body: Id<'q>,
            /// Identifier of the measure, or of a competency or strand judged as a whole.
            measure: Id<'q>,
            /// The method by its purpose. Give either this or `methodId`.
            method: Option<Method>,
            /// The method by its identifier in the framework: `inspection`.
            methodId: Option<Id<'q>>,
            /// The level or rating: `3`, `green`. Null if there is one but it is not known.
            value: Option<&'q str>,
            /// For a function that several bodies assess: the code of the body that judged.
            assessor: Option<Id<'q>>,
            /// The rationale in the assessor's words; at most 20,000 bytes of Markdown.
            rationale: Option<&'q str>,
            /// Identifiers of the evidence that supports it; file the evidence first.
            evidence: Option<Vec<Id<'q>>>,
            /// Who judged. The ledger itself records who entered it.
            recordedBy: Option<&'q str>,
            /// The day on which it was judged.
            date: Option<Date>,
            /// Why a PCT departs from its cluster, or the panel from the framework's rule.
            reason: Option<&'q str>,
            /// If the value was inferred and not read: what it was inferred from.
            inferred: Option<&'q str>,
            /// The source of the value.
            source: Option<&'q str>,
        }
        record |input, form| RecordFact::Judgement(JudgementFact {
            body: form.code("body", input.body.0),
            subject: form.code("measure", input.measure.0),
            method: form.method(input.cycle, input.method, input.methodId),
            value: form.text("value", input.value, LONG),
            assessor: input.assessor.map(|code| form.code("assessor", code.0)),
            details: JudgementDetails {
                rationale: form.text("rationale", input.rationale, LONG),
                evidence: form.codes("evidence", input.evidence.as_deref()),
                author: form.text("recordedBy", input.recordedBy, SHORT),
                date: input.date,
                reason: form.text("reason", input.reason, LONG),
                inferred: form.text("inferred", input.inferred, SHORT),
                source: form.text("source", input.source, SHORT),
                text: None,
                replaced: None,
            },
        });
        /// The result of recording a judgement.
        payload RecordJudgementPayload as "RecordJudgementPayload";
    }
}
