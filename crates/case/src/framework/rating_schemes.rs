//! Reads the schemes of external ratings of a framework.

use super::builder::{FrameworkBuilder, UniqueIds, identifier};
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::toml_reader::Reader;
use wcc_core::framework::{MeasureIndex, RatingScheme, RatingValues, RatingWord, RatingYears};
use wcc_core::words::number;

/// Maximum number of schemes, and of values of one.
const MAX: usize = 100;

/// The `[[rating_scheme]]` tables of a framework.
pub(super) fn rating_schemes(build: &FrameworkBuilder, root: &Reader<'_>) -> Vec<RatingScheme> {
    let tables = root.tables("rating_scheme");
    limit(root, "rating_scheme", tables.len());
    let mut ids = UniqueIds::default();
    let tables = tables.iter().take(MAX);
    tables
        .filter_map(|table| scheme(build, table, &mut ids))
        .collect()
}

fn limit(reader: &Reader<'_>, key: &str, count: usize) {
    if count > MAX {
        reader.document.add(&reader.spot_of(key), |at| {
            at(format!("there are {count}")).expecting(format!("at most {MAX}"))
        });
    }
}

fn scheme(
    build: &FrameworkBuilder,
    table: &Reader<'_>,
    ids: &mut UniqueIds,
) -> Option<RatingScheme> {
    table.only(&[
        "id", "title", "issuer", "measures", "value", "lowest", "highest", "unit", "years",
        "source",
    ]);
    let id = identifier(table, "id");
    if let Some(id) = &id {
        ids.take(table, id, &table.spot);
    }
    let title = table.required_text("title");
    let values = if table.has("value") {
        Some(words(table))
    } else if table.has("lowest") || table.has("highest") {
        numbers(table)
    } else {
        table.missing("value");
        None
    };
    Some(RatingScheme {
        issuer: table.owned("issuer"),
        measures: measures(build, table),
        years: years(table),
        source: table.owned("source"),
        id: id?.value.to_owned(),
        title: title?.value.trim().to_owned(),
        values: values?,
    })
}

/// What the years of the ratings look like.
fn years(table: &Reader<'_>) -> Option<RatingYears> {
    let given = table.text("years")?;
    let mut all = RatingYears::ALL.into_iter();
    let years = all.find(|years| years.name().eq_ignore_ascii_case(given.value.trim()));
    if years.is_none() {
        let names = || RatingYears::ALL.into_iter().map(RatingYears::name);
        table.document.add(&given.spot, |at| {
            at(format!("{} is not a form of years", quoted(given.value)))
                .expecting_one_of(names())
                .nearest_to(nearest(given.value, names()))
        });
    }
    years
}

fn words(table: &Reader<'_>) -> RatingValues {
    for key in ["lowest", "highest", "unit"] {
        if table.has(key) {
            table.document.add(&table.spot_of(key), |at| {
                at("the scheme has words for values".to_owned())
                    .expecting("either [[rating_scheme.value]] tables, or `lowest` and `highest`")
            });
        }
    }
    let tables = table.tables("value");
    limit(table, "value", tables.len());
    let mut keys = UniqueIds::default();
    let words = tables.iter().take(MAX).filter_map(|value| {
        value.only(&["key", "title"]);
        let key = value.required_text("key");
        if let Some(key) = &key {
            keys.take(value, key, &value.spot);
        }
        let key = key?.value.trim().to_owned();
        let title = value.owned("title").unwrap_or_else(|| key.clone());
        Some(RatingWord { key, title })
    });
    RatingValues::Words(words.collect())
}

fn numbers(table: &Reader<'_>) -> Option<RatingValues> {
    for key in ["lowest", "highest"] {
        if !table.has(key) {
            table.missing(key);
        }
    }
    let (lowest, highest) = (table.number("lowest"), table.number("highest"));
    let (lowest, highest) = (lowest?, highest?);
    if highest.value <= lowest.value {
        table.document.add(&highest.spot, |at| {
            let (high, low) = (number(highest.value), number(lowest.value));
            at(format!("{high} is not above `lowest`, {low}")).expecting("a higher number")
        });
    }
    Some(RatingValues::Numbers {
        lowest: lowest.value,
        highest: highest.value,
        unit: table.owned("unit"),
    })
}

fn measures(build: &FrameworkBuilder, table: &Reader<'_>) -> Vec<MeasureIndex> {
    let mut found = Vec::new();
    for name in table.texts("measures").unwrap_or_default() {
        let is_named = |id: &str| id.eq_ignore_ascii_case(name.value);
        let at = build.measures.iter().position(|one| is_named(&one.id));
        match at.and_then(|at| u16::try_from(at).ok()) {
            Some(at) => found.push(MeasureIndex(at)),
            None => table.document.add(&name.spot, |at| {
                let ids = || build.measures.iter().map(|measure| measure.id.as_str());
                at(format!("{} is not a measure", quoted(name.value)))
                    .expecting("the identifier of a measure of this framework")
                    .nearest_to(nearest(name.value, ids()))
            }),
        }
    }
    found
}
