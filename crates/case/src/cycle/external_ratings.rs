//! Reads `external_ratings.csv`: ratings of bodies by auditors and regulators, each an item of
//! evidence.

use super::context::Context;
use super::fields::Fields;
use super::schemas::EXTERNAL_RATINGS;
use crate::nearest::nearest;
use crate::problem::quoted;
use wcc_core::Cycle;
use wcc_core::framework::RatingScheme;
use wcc_core::record::{Evidence, EvidenceDates, EvidenceKind, ExternalRating};

/// The columns that make two ratings the same.
pub(super) const IDENTITY: [&str; 3] = ["body", "scheme", "year"];

pub(super) fn external_ratings(context: &mut Context<'_>, bytes: &[u8], cycle: &mut Cycle) -> u32 {
    let mut ids = std::mem::take(&mut context.evidence);
    let shared = &*context;
    let last = shared.read_rows(&EXTERNAL_RATINGS, bytes, |row| {
        let item = rating(&Fields::new(shared, row));
        ids.extend(item.iter().map(|item| item.id.to_string()));
        cycle.records.evidence.extend(item);
    });
    context.evidence = ids;
    last
}

fn rating(fields: &Fields<'_>) -> Option<Evidence> {
    let cells = &fields.cells;
    let body = fields.body("body");
    let scheme = scheme(fields);
    let year = cells.text("year");
    let value = cells.text("rating");
    let value = value.and_then(|given| known_value(fields, scheme?, given));
    let mut measures = fields.measures("measures");
    let dates = EvidenceDates {
        covers_from: None,
        date: cells.date("date"),
        valid_until: cells.date("valid_until"),
    };
    let (body, scheme, year) = (body?, scheme?, year?);
    if cells.text("measures").is_none() {
        measures.clone_from(&scheme.measures);
    }
    let rating = ExternalRating {
        scheme: scheme.id.as_str().into(),
        year: year.into(),
        value: value?,
    };
    let code = &fields.context.organisations.body(body).code;
    let issuer = cells.boxed("issuer");
    fields.sound(Evidence {
        record: fields.record(),
        id: rating.identifier(code).into(),
        body,
        kind: EvidenceKind::ExternalRating,
        title: scheme.title.as_str().into(),
        measures,
        issuer: issuer.or_else(|| Some(scheme.issuer.as_deref()?.into())),
        dated: Some(year.into()),
        dates,
        source: cells.boxed("source"),
        document: None,
        carried_from: None,
        rating: Some(rating),
    })
}

fn scheme<'a>(fields: &Fields<'a>) -> Option<&'a RatingScheme> {
    let id = fields.cells.text("scheme")?;
    let framework = fields.context.framework;
    let scheme = framework.find_rating_scheme(id);
    if scheme.is_none() {
        let ids = || framework.rating_schemes.iter().map(|one| one.id.as_str());
        fields.cells.wrong(
            "scheme",
            || match framework.rating_schemes.is_empty() {
                true => format!("{} declares no rating schemes", framework.id),
                false => format!("there is no rating scheme {}", quoted(id)),
            },
            |problem| match framework.rating_schemes.is_empty() {
                true => problem.expecting("a framework with [[rating_scheme]] tables"),
                false => problem
                    .expecting_one_of(ids())
                    .nearest_to(nearest(id, ids())),
            },
        );
    }
    scheme
}

fn known_value(fields: &Fields<'_>, scheme: &RatingScheme, given: &str) -> Option<Box<str>> {
    let value = scheme.find_value(given);
    if value.is_none() {
        fields.cells.wrong(
            "rating",
            || format!("{} is not a rating of {}", quoted(given), scheme.title),
            |problem| {
                problem
                    .expecting(scheme.values_in_words())
                    .nearest_to(nearest(given, scheme.words()))
            },
        );
    }
    value
}
