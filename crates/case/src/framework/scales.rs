//! The `[[scale]]` tables.

use super::build::{Distinct, ReadScale, identifier};
use crate::problem::quoted;
use crate::toml_reader::Reader;
use wcc_core::Scale;
use wcc_core::scale::ScaleStep;

/// More scales than any regime has.
const MOST_SCALES: usize = 50;
/// Points beyond this could overflow the sums.
const MOST_POINTS: i64 = 100_000;
const COLOURS: [(&str, &str); 5] = [
    ("red", "red"),
    ("amber", "amber"),
    ("green", "green"),
    ("blue", "blue"),
    ("grey", "grey"),
];

pub(super) fn scales(root: &Reader<'_>) -> Vec<ReadScale> {
    let tables = root.tables("scale");
    if tables.is_empty() && !root.has("scale") {
        root.missing("scale");
    }
    if tables.len() > MOST_SCALES {
        root.document.add(&root.spot_of("scale"), |at| {
            at(format!("there are {} scales", tables.len()))
                .expecting(format!("at most {MOST_SCALES}"))
        });
    }
    let mut ids = Distinct::default();
    let each = tables.iter().take(MOST_SCALES);
    each.map(|table| scale(table, &mut ids)).collect()
}

fn scale(table: &Reader<'_>, ids: &mut Distinct) -> ReadScale {
    table.only(&["id", "title", "steps"]);
    let id = identifier(table, "id");
    if let Some(id) = &id {
        ids.take(table, id, &table.spot);
    }
    let title = table.required_owned("title");
    let problems = table.document.problems();
    let steps = steps(table);
    ReadScale {
        is_sound: table.document.problems() == problems,
        scale: Scale {
            id: id.map_or_else(String::new, |id| id.value.to_owned()),
            title,
            steps,
        },
    }
}

fn steps(table: &Reader<'_>) -> Vec<ScaleStep> {
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
    let mut keys = Distinct::default();
    let mut steps: Vec<ScaleStep> = Vec::new();
    for row in rows.iter().take(100) {
        let step = step(row, &mut keys);
        if let Some(before) = steps.last()
            && step.points < before.points
        {
            row.document.add(&row.spot_of("points"), |at| {
                let key = quoted(&step.key);
                at(format!(
                    "the points fall to {} at the step {key}",
                    step.points
                ))
                .expecting(format!(
                    "{} or more: the worst step comes first",
                    before.points
                ))
            });
        }
        steps.push(step);
    }
    steps
}

fn step(row: &Reader<'_>, keys: &mut Distinct) -> ScaleStep {
    row.only(&["key", "title", "points", "colour"]);
    let key = row.required_text("key");
    if let Some(key) = &key {
        keys.take(row, key, &row.spot);
        if key.value.trim() != key.value || key.value.len() > 40 {
            row.document.add(&key.spot, |at| {
                at(format!("{} cannot be a key", quoted(key.value)))
                    .expecting("a short word as tables write it, without spaces around it")
            });
        }
    }
    if !row.has("points") {
        row.missing("points");
    }
    let points = row.integer("points", -MOST_POINTS..=MOST_POINTS);
    ScaleStep {
        key: key.map_or_else(String::new, |key| key.value.to_owned()),
        title: row.required_owned("title"),
        points: points
            .and_then(|points| i32::try_from(points.value).ok())
            .unwrap_or(0),
        colour: row
            .word("colour", &COLOURS)
            .map(|colour| colour.value.to_owned()),
    }
}
