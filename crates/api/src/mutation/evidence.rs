//! `fileEvidence`.

use super::form::{Form, SHORT};
use super::record_mutation;
use crate::project::input;
use crate::project::leaves::Id;
use jiff::civil::Date;
use wcc_core::record::{EvidenceDates, EvidenceFact, EvidenceKind, ExternalRating, RecordFact};

record_mutation! {
    /// Files an item of evidence, or corrects one.
    fileEvidence: FileEvidence {
        /// An item of evidence.
        input FileEvidenceInput<'q> as "FileEvidenceInput" {
            /// The evidence's identifier within the cycle, for use in judgements.
            id: Id<'q>,
            /// Code of the body that it is about.
            body: Id<'q>,
            /// The kind of evidence.
            #[deprecated = "Use `kindId`."]
            kind: Option<EvidenceKind>,
            /// The kind of evidence, as files write it: `document`, `survey`, `metric`,
            /// `external-rating` or `hearing`.
            kindId: Option<Id<'q>>,
            /// Its title, at most 1,000 bytes.
            title: &'q str,
            /// Identifiers of the measures that it is about.
            measures: Option<Vec<Id<'q>>>,
            /// Who issued it.
            issuer: Option<&'q str>,
            /// Its date or year, as printed on it.
            dated: Option<&'q str>,
            /// Its date, or the last day of the period that it covers. Its age counts from it.
            date: Option<Date>,
            /// The first day of the period that it covers.
            coversFrom: Option<Date>,
            /// The last day on which it may be relied on.
            validUntil: Option<Date>,
            /// The rating, for evidence of the kind `external-rating` by a scheme of the framework.
            rating: Option<ExternalRatingInput<'q>>,
            /// Where it is cited.
            source: Option<&'q str>,
            /// SHA-256 of the document, in hexadecimal, if it was filed before.
            document: Option<&'q str>,
        }
        record |input, form| RecordFact::Evidence(EvidenceFact {
            dates: dates(form, input.date, input.coversFrom, input.validUntil),
            carried_from: None,
            rating: input.rating.map(|rating| ExternalRating {
                scheme: form.code("rating.scheme", rating.scheme.0),
                year: form.needed("rating.year", rating.year, SHORT),
                value: form.needed("rating.value", rating.value, SHORT),
            }),
            id: form.code("id", input.id.0),
            body: form.code("body", input.body.0),
            kind: form.evidence_kind(input.kind, input.kindId),
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

input! {
    /// What another body's rating says.
    ExternalRatingInput<'q> as "ExternalRatingInput" {
        /// Identifier of a rating scheme of the framework: `use-of-resources`.
        scheme: Id<'q>,
        /// The year that was rated: `2008/09`.
        year: &'q str,
        /// The value, as the scheme writes it: `3`, `good`.
        value: &'q str,
    }
}

fn dates(
    form: &mut Form,
    date: Option<Date>,
    covers_from: Option<Date>,
    valid_until: Option<Date>,
) -> EvidenceDates {
    form.name_paths(&[
        ("valid_until", "validUntil"),
        ("scheme", "rating.scheme"),
        ("rating", "rating.value"),
        ("year", "rating.year"),
    ]);
    EvidenceDates {
        covers_from,
        date,
        valid_until,
    }
}
