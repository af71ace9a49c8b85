//! `fileEvidence`.

use super::form::SHORT;
use super::record_mutation;
use crate::project::leaves::Id;
use wcc_core::record::{EvidenceFact, EvidenceKind, RecordFact};

record_mutation! {
    /// Files an item of evidence, or corrects one.
    fileEvidence: FileEvidence {
        /// An item of evidence.
        input FileEvidenceInput<'q> as "FileEvidenceInput" {
            /// Identifier that the evidence gets within the cycle; judgements name it.
            id: Id<'q>,
            /// Code of the body that it is about.
            body: Id<'q>,
            /// What kind of evidence it is.
            kind: EvidenceKind,
            /// What it is, in at most 1,000 bytes.
            title: &'q str,
            /// Identifiers of the measures that it serves.
            measures: Option<Vec<Id<'q>>>,
            /// Who issued it.
            issuer: Option<&'q str>,
            /// Its date or year, in its own words.
            dated: Option<&'q str>,
            /// Where it is cited.
            source: Option<&'q str>,
            /// SHA-256 of the document, in hexadecimal, if it was filed before.
            document: Option<&'q str>,
        }
        record |input, form| RecordFact::Evidence(EvidenceFact {
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            kind: input.kind,
            title: form.needed("title", input.title, SHORT),
            measures: form.codes("measures", input.measures.as_deref()),
            issuer: form.text("issuer", input.issuer, SHORT),
            dated: form.text("dated", input.dated, SHORT),
            source: form.text("source", input.source, SHORT),
            document: input.document.map(|digest| form.digest("document", digest)),
        });
        /// The result of filing evidence.
        payload FileEvidencePayload as "FileEvidencePayload";
    }
}
