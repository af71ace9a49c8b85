//! `recordCriterion`.

use super::form::{LONG, SHORT};
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{CriterionFact, CriterionKind, RecordFact};

record_mutation! {
    /// Records that a criterion or a metric is not met, or corrects such a record.
    recordCriterion: RecordCriterion {
        /// A criterion or metric that is not met.
        input RecordCriterionInput<'q> as "RecordCriterionInput" {
            /// Code of the body that was tested.
            body: Id<'q>,
            /// Identifier of the measure.
            measure: Id<'q>,
            /// Whether it is a criterion of a level or a metric.
            kind: CriterionKind,
            /// The highest level or rating that the evidence supports: `2`, `amber`.
            supports: &'q str,
            /// Which criterion or metric it is, and why it is not met; at most 20,000 bytes, as
            /// Markdown.
            reason: &'q str,
            /// Identifiers of the evidence that supports it; file the evidence first.
            evidence: Option<Vec<Id<'q>>>,
            /// If the value was inferred and not read: what it was inferred from.
            inferred: Option<&'q str>,
            /// Its source.
            source: Option<&'q str>,
        }
        record |input, form| RecordFact::Criterion(CriterionFact {
            body: form.code("body", input.body.0),
            measure: form.code("measure", input.measure.0),
            kind: input.kind,
            supports: form.code("supports", input.supports),
            reason: form.needed("reason", input.reason, LONG),
            evidence: form.codes("evidence", input.evidence.as_deref()),
            inferred: form.text("inferred", input.inferred, SHORT),
            source: form.text("source", input.source, SHORT),
        });
        /// The result of recording a criterion or metric.
        payload RecordCriterionPayload as "RecordCriterionPayload";
    }
}
