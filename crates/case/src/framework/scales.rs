//! Reads the `[[scale]]` tables.

use super::builder::{ReadScale, TEXT, UniqueIds, identifier};
use crate::format::Version;
use crate::problem::quoted;
use crate::toml_reader::Reader;
use wcc_core::outcome::Better;
use wcc_core::scale::{Numbers, ScaleStep, Values};
use wcc_core::{Fraction, Scale};

/// Maximum number of scales.
const MAX_SCALES: usize = 50;
/// Maximum points of a step: larger ones could overflow the sums.
const MAX_POINTS: i32 = 100_000;
/// Maximum number of decimals of points: more would make the fractions of means too large.
const MAX_DECIMALS: u32 = 4;
const COLOURS: [(&str, &str); 5] = [
    ("red", "red"),
    ("amber", "amber"),
    ("green", "green"),
    ("blue", "blue"),
    ("grey", "grey"),
];

pub(super) fn scales(root: &Reader<'_>, version: Version) -> Vec<ReadScale> {
    let tables = root.tables("scale");
    // A narrative regime has no scale.
    if tables.is_empty() && !root.has("scale") && version == Version::First {
        root.missing("scale");
    }
    if tables.len() > MAX_SCALES {
        root.document.add(&root.spot_of("scale"), |at| {
            at(format!("there are {} scales", tables.len()))
                .expecting(format!("at most {MAX_SCALES}"))
        });
    }
    let mut ids = UniqueIds::default();
    let each = tables.iter().take(MAX_SCALES);
    each.map(|table| scale(table, &mut ids, version)).collect()
}

fn scale(table: &Reader<'_>, ids: &mut UniqueIds, version: Version) -> ReadScale {
    let is_first = version == Version::First;
    table.only(if is_first {
        &["id", "title", "steps"]
    } else {
        &["id", "title", "better", "steps", "from", "to", "decimals"]
    });
    let id = identifier(table, "id");
    if let Some(id) = &id {
        ids.take(table, id, &table.spot);
        if id.value == TEXT && !is_first {
            table.document.add(&id.spot, |at| {
                at("a scale cannot be called text".to_owned())
                    .expecting("another name: measures with scale = \"text\" are judged in words")
            });
        }
    }
    let title = table.required_owned("title");
    let problems = table.document.problems();
    let words = [Better::Higher, Better::Lower].map(|better| (better.name(), better));
    let better = table
        .word("better", &words)
        .map_or(Better::Higher, |better| better.value);
    let values = if !is_first && ["from", "to", "decimals"].iter().any(|key| table.has(key)) {
        numbers(table).map_or(Values::Text, Values::Numbers)
    } else {
        Values::Steps(steps(table, better, version))
    };
    ReadScale {
        is_sound: table.document.problems() == problems,
        scale: Scale {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title,
            better,
            values,
        },
    }
}

/// The numbers of a scale that has no named steps.
fn numbers(table: &Reader<'_>) -> Option<Numbers> {
    if table.has("steps") {
        table.document.add(&table.spot_of("steps"), |at| {
            at("a scale has both steps and numbers".to_owned())
                .expecting("`steps`, or `from`, `to` and `decimals`")
        });
        return None;
    }
    for key in ["from", "to"] {
        if !table.has(key) {
            table.missing(key);
        }
    }
    let max_decimals = i64::from(Numbers::MAX_DECIMALS);
    let decimals = if table.has("decimals") {
        u32::try_from(table.integer("decimals", 0..=max_decimals)?.value).ok()?
    } else {
        0
    };
    let (from, to) = (table.exact("from")?, table.exact("to")?);
    let numbers = Numbers::new(from.value, to.value, decimals);
    if numbers.is_none() {
        table.document.add(&to.spot, |at| {
            at(format!(
                "from {} to {} with {decimals} decimals is not a scale of numbers",
                from.value, to.value
            ))
            .expecting(
                "`to` above `from`, neither with more decimals than `decimals`, and at most \
                 65,535 numbers in all",
            )
        });
    }
    numbers
}

fn steps(table: &Reader<'_>, better: Better, version: Version) -> Vec<ScaleStep> {
    let rows = table.tables("steps");
    if !table.has("steps") {
        table.missing("steps");
    } else if let Some(count) = table
        .count("steps")
        .filter(|count| !(2..=100).contains(count))
    {
        table.document.add(&table.spot_of("steps"), |at| {
            at(format!("the number of steps is {count}")).expecting("2 to 100")
        });
    }
    let mut keys = UniqueIds::default();
    if version != Version::First {
        for row in &rows {
            let key = row.text("key");
            if let Some(key) = key.filter(|key| ["n/a", "?"].contains(&key.value)) {
                row.document.add(&key.spot, |at| {
                    at(format!("{} cannot be a key", quoted(key.value)))
                        .expecting("another word: this one says that there is no value")
                });
            }
        }
    }
    let mut steps: Vec<ScaleStep> = Vec::new();
    let mut before: Option<Fraction> = None;
    for row in rows.iter().take(100) {
        let (step, points) = step(row, &mut keys);
        if let (Some(points), Some(before)) = (points, before) {
            check_points(row, &step.key, points, before, better);
        }
        before = points.or(before);
        steps.push(step);
    }
    steps
}

/// Checks that points improve from step to step.
fn check_points(row: &Reader<'_>, key: &str, points: Fraction, before: Fraction, better: Better) {
    let (is_wrong, change, expected) = match better {
        Better::Higher => (points < before, "decrease", "more"),
        Better::Lower => (points > before, "increase", "less"),
    };
    if is_wrong {
        row.document.add(&row.spot_of("points"), |at| {
            let key = quoted(key);
            at(format!("the points {change} to {points} at the step {key}")).expecting(format!(
                "{before} or {expected}: the worst step comes first"
            ))
        });
    }
}

/// The step, and its points if they could be read.
fn step(row: &Reader<'_>, keys: &mut UniqueIds) -> (ScaleStep, Option<Fraction>) {
    row.only(&["key", "title", "points", "colour"]);
    let key = row.required_text("key");
    if let Some(key) = &key {
        keys.take(row, key, &row.spot);
        if key.value.trim() != key.value || key.value.len() > 40 {
            row.document.add(&key.spot, |at| {
                at(format!("{} cannot be a key", quoted(key.value)))
                    .expecting("a short word, as used in tables, without spaces around it")
            });
        }
    }
    if !row.has("points") {
        row.missing("points");
    }
    let points = points(row);
    let step = ScaleStep {
        key: key.map_or_else(String::new, |key| key.value.to_owned()),
        title: row.required_owned("title"),
        points: points.unwrap_or_default(),
        colour: row
            .word("colour", &COLOURS)
            .map(|colour| colour.value.to_owned()),
    };
    (step, points)
}

fn points(row: &Reader<'_>) -> Option<Fraction> {
    let points = row.exact("points")?;
    let (min, max) = (Fraction::from(-MAX_POINTS), Fraction::from(MAX_POINTS));
    let decimals = points.value.decimals().unwrap_or(u32::MAX);
    if (min..=max).contains(&points.value) && decimals <= MAX_DECIMALS {
        return Some(points.value);
    }
    row.document.add(&points.spot, |at| {
        at(format!("{} cannot be points", points.value)).expecting(format!(
            "a number from {min} to {max} with up to {MAX_DECIMALS} decimals, as in 2 or 0.25"
        ))
    });
    None
}
