//! Reads the words of a framework.

use crate::format::Version;
use crate::toml_reader::Reader;
use wcc_core::framework::{Noun, Words};

/// The words of a framework file, from its table `[words]` if it has one.
pub(super) fn words(root: &Reader<'_>, version: Version) -> Words {
    let table = root.table("words");
    match (version, table) {
        (Version::First, None) => Words::world_class_commissioning(),
        (Version::First, Some(table)) => first(&table),
        (Version::Second, None) => Words::neutral(),
        (Version::Second, Some(table)) => second(&table),
    }
}

/// Format 1 names the plural of one word only, and keeps the others of World Class Commissioning.
fn first(table: &Reader<'_>) -> Words {
    table.only(&["pct", "pcts", "cluster", "sha"]);
    let mut words = Words::world_class_commissioning();
    if let Some(one) = table.owned("pct") {
        words.body.one = one;
    }
    if let Some(many) = table.owned("pcts") {
        words.body.many = many;
    }
    if let Some(one) = table.owned("cluster") {
        words.group = Noun::regular(&one);
    }
    if let Some(one) = table.owned("sha") {
        words.authority = Some(Noun::regular(&one));
    }
    words
}

fn second(table: &Reader<'_>) -> Words {
    table.only(&[
        "body",
        "group",
        "authority",
        "function",
        "measure",
        "outcome",
        "cycle",
        "peers",
    ]);
    let neutral = Words::neutral();
    let words = Words {
        body: noun(table, "body").unwrap_or(neutral.body),
        group: noun(table, "group").unwrap_or(neutral.group),
        authority: noun(table, "authority"),
        function: noun(table, "function").unwrap_or(neutral.function),
        measure: noun(table, "measure").unwrap_or(neutral.measure),
        outcome: noun(table, "outcome").unwrap_or(neutral.outcome),
        cycle: noun(table, "cycle").unwrap_or(neutral.cycle),
        peers: noun(table, "peers").unwrap_or(neutral.peers),
        ..Words::neutral()
    };
    words.rephrased()
}

/// A noun: the singular alone, or both forms.
fn noun(table: &Reader<'_>, key: &str) -> Option<Noun> {
    if !table.has(key) {
        return None;
    }
    if !table.is_table(key) {
        return table.text(key).map(|one| Noun::regular(one.value.trim()));
    }
    let forms = table.table(key)?;
    forms.only(&["one", "many"]);
    let (one, many) = (forms.required_text("one"), forms.required_text("many"));
    Some(Noun {
        one: one?.value.trim().to_owned(),
        many: many?.value.trim().to_owned(),
    })
}
