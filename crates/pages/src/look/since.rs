//! This year beside last: every value, what changed, and which measures are new or different.

use super::heading::{Heading, headed_query};
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parts::definition::{Code, Named, RatedMeasure, Scale, Titled, capitalised};
use crate::parts::mark::{Value, mark, words};
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::table::{self, Column, Row, Table};
use maud::html;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
    output: Option<Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    previous: Option<Titled>,
    since_previous_cycle: Option<Since>,
}

#[derive(Deserialize)]
struct Since {
    measures: Vec<MeasureSince>,
    dropped: Vec<Titled>,
    bodies: Vec<CarriedCounts>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MeasureSince {
    measure: Code,
    previous: Option<Code>,
    change: Change,
    differs: Vec<String>,
    is_split: bool,
}

#[derive(Deserialize)]
struct CarriedCounts {
    unconfirmed: u32,
    confirmed: u32,
    changed: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Change {
    Same,
    Changed,
    New,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Comparison {
    Above,
    Level,
    Below,
    New,
    Unknown,
}

#[derive(Deserialize)]
struct Output {
    body: Named,
    cells: Option<Vec<Cell>>,
    components: Option<Vec<Component>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cell {
    measure: RatedMeasure,
    against_previous: Comparison,
    previous: Option<String>,
    current: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    component: Scaled,
    previous: Option<String>,
    current: Current,
    against_previous: Comparison,
    change: Option<Change>,
}

#[derive(Deserialize)]
struct Scaled {
    #[serde(flatten)]
    component: Titled,
    scale: Option<Scale>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Current {
    value: Option<String>,
    inferred: bool,
    by_rule_alone: bool,
    not_applicable: bool,
}

/// The page.
///
/// # Errors
/// There is no such result, or it is not open to whoever asks.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = headed_query!("since");
    let variables = json!({ "cycle": place.cycle, "body": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let mut page = cycle
        .heading
        .body_page(place, "This year and last", &output.body);
    match &cycle.previous {
        Some(previous) => {
            let earlier = Place {
                cycle: previous.code.clone(),
                as_of: place.as_of,
            };
            page.push(html! {
                p { "Compared with " a href=(earlier.body(&output.body.code)) { (previous.title) } "." }
            });
        }
        None => page.push(html! {
            p { "The cycle before is not here. Where last year's rating was given, it is compared all the same." }
        }),
    }
    page.table(components(place, &output));
    page.table(measures(place, &cycle, &output));
    if let Some(since) = &cycle.since_previous_cycle {
        page.push(html! {
            @if !since.dropped.is_empty() {
                h2.nhsuk-heading-m { "No longer asked" }
                ul { @for measure in &since.dropped { li { (measure.code) " " (measure.title) } } }
            }
            @for carried in &since.bodies {
                @if carried.unconfirmed + carried.confirmed + carried.changed > 0 {
                    p { "CarriedCounts over from the year before: " (carried.confirmed) " confirmed, " (carried.changed)
                        " changed, " (carried.unconfirmed) " not looked at yet." }
                }
            }
        });
    }
    Ok(page)
}

fn compared(comparison: Comparison) -> table::Cell {
    match comparison {
        Comparison::Above => table::Cell::shown("better", tag("▲ better", Colour::Green)),
        Comparison::Below => table::Cell::shown("worse", tag("▼ worse", Colour::Red)),
        Comparison::Level => table::Cell::shown("the same", tag("= the same", Colour::Grey)),
        Comparison::New => table::Cell::shown("new", tag("new", Colour::Blue)),
        Comparison::Unknown => table::Cell::text(""),
    }
}

fn columns(first: &str) -> Vec<Column> {
    vec![
        Column::new(capitalised(first)),
        Column::new("Last year"),
        Column::new("This year"),
        Column::new("Change"),
        Column::new("What is asked"),
    ]
}

fn value(scale: &Scale, value: Option<&str>) -> table::Cell {
    let value = Value {
        value,
        ..Value::default()
    };
    table::Cell::shown(words(scale, value), mark(scale, value))
}

fn components(place: &Place, output: &Output) -> Table {
    let parts = output.components.iter().flatten();
    let rows = parts.filter_map(|part| {
        let scale = part.component.scale.as_ref()?;
        let title = &part.component.component;
        let current = Value {
            value: part.current.value.as_deref(),
            is_inferred: part.current.inferred,
            by_rule: part.current.by_rule_alone,
            not_applicable: part.current.not_applicable,
        };
        Some(Row::new(vec![
            table::Cell::link(
                title.in_full(),
                place.reasons(&output.body.code, &title.code),
            ),
            value(scale, part.previous.as_deref()),
            table::Cell::shown(words(scale, current), mark(scale, current)),
            compared(part.against_previous),
            table::Cell::text(match part.change {
                Some(Change::New) => "new",
                Some(Change::Changed) => "changed",
                Some(Change::Same) | None => "",
            }),
        ]))
    });
    Table {
        name: "results".into(),
        caption: "Results".to_owned(),
        columns: columns("result"),
        rows: rows.collect(),
        otherwise: "No results are open to you.",
        is_grid: false,
    }
}

fn measures(place: &Place, cycle: &Cycle, output: &Output) -> Table {
    let since = cycle.since_previous_cycle.iter();
    let changes: HashMap<&str, &MeasureSince> = since
        .flat_map(|since| &since.measures)
        .map(|measure| (measure.measure.code.as_str(), measure))
        .collect();
    let cells = output.cells.iter().flatten();
    let rows = cells
        .filter(|cell| !cell.measure.scale.is_text)
        .map(|cell| {
            let title = &cell.measure.measure;
            let scale = &cell.measure.scale.scale;
            Row::new(vec![
                table::Cell::link(
                    title.in_full(),
                    place.reasons(&output.body.code, &title.code),
                ),
                value(scale, cell.previous.as_deref()),
                value(scale, cell.current.as_deref()),
                compared(cell.against_previous),
                table::Cell::text(
                    changes
                        .get(title.code.as_str())
                        .map(|change| asked(change))
                        .unwrap_or_default(),
                ),
            ])
        });
    Table {
        name: "measures".into(),
        caption: format!("{}s", capitalised(&cycle.heading.framework.words.measure)),
        columns: columns(&cycle.heading.framework.words.measure),
        rows: rows.collect(),
        otherwise: "",
        is_grid: false,
    }
}

/// How what a measure asks differs from the year before.
fn asked(change: &MeasureSince) -> String {
    match change.change {
        Change::New => "new".to_owned(),
        Change::Same => String::new(),
        Change::Changed => {
            let was = change.previous.as_ref();
            let was = was.filter(|was| was.code != change.measure.code);
            let mut words = match was {
                Some(was) => format!("was {}", was.code),
                None => "changed".to_owned(),
            };
            if !change.differs.is_empty() {
                words = format!("{words}: {}", change.differs.join(", "));
            }
            if change.is_split {
                words.push_str(", one of several made of it");
            }
            words
        }
    }
}
