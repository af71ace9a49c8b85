//! The outcomes of a body: trends against benchmarks and trajectory, places, and what was said of them.

use super::heading::{Heading, headed_query};
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parts::definition::{Better, InWords, Named, Title, capitalised};
use crate::parts::trend::{Line, LineKind, Point, trend};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading>,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct Output {
    body: Named,
    outcomes: Vec<Outcome>,
    indicators: Vec<Series>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    code: String,
    title: String,
    unit: Option<String>,
    better: Better,
    series_id: String,
    series_title: String,
    newly_selected: bool,
    selection_reason: Option<String>,
    aim: Option<Title>,
    goal: Option<String>,
    historic: InWords,
    national: InWords,
    peers: InWords,
    top_decile: InWords,
    aspiration: InWords,
    improvement_place: Option<InWords>,
    level_place: Option<InWords>,
    values: Vec<Value>,
    stated_position: Option<String>,
    stated_rate_quartile: Quartiles,
    stated_level_quartile: Quartiles,
    assessor_view: Option<String>,
    inferred: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Value {
    year: i32,
    value: Option<f64>,
    break_before: bool,
}

#[derive(Deserialize)]
struct Quartiles {
    current: Option<u32>,
    previous: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Series {
    indicator: String,
    role: Role,
    series_id: String,
    values: Vec<Value>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Role {
    Own,
    Target,
    National,
    Peers,
    TopDecile,
}

/// The page.
///
/// # Errors
/// There is no such result, or it is not open to whoever asks.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = headed_query!("outcomes");
    let variables = json!({ "cycle": place.cycle, "body": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let outcome_word = &cycle.framework.words.outcome;
    let mut page = cycle.body_page(
        place,
        format!("{}s", capitalised(outcome_word)),
        &output.body,
    );
    page.table(summary(outcome_word, &output.outcomes));
    for outcome in &output.outcomes {
        page.push(section(outcome, &output.indicators));
    }
    page.table(figures(&output));
    Ok(page)
}

fn name(outcome: &Outcome) -> String {
    if outcome.series_title.is_empty() || outcome.series_id == "persons" {
        outcome.title.clone()
    } else {
        format!("{} ({})", outcome.title, outcome.series_title)
    }
}

fn summary(word: &str, outcomes: &[Outcome]) -> Table {
    let rows = outcomes.iter().map(|outcome| {
        let place = |placing: &Option<InWords>| {
            Cell::maybe(placing.as_ref().map(|placing| placing.in_words.as_str()))
        };
        Row::new(vec![
            Cell::link(name(outcome), format!("#{}", anchor(outcome))),
            Cell::text(&outcome.historic.in_words),
            Cell::text(&outcome.aspiration.in_words),
            Cell::text(&outcome.national.in_words),
            Cell::text(&outcome.peers.in_words),
            Cell::text(&outcome.top_decile.in_words),
            place(&outcome.improvement_place),
            place(&outcome.level_place),
        ])
    });
    Table {
        name: "outcomes".into(),
        caption: "Rates of change a year, and places".to_owned(),
        columns: vec![
            Column::new(capitalised(word)),
            Column::new("So far"),
            Column::new("Aspiration"),
            Column::new("National"),
            Column::new("Peers"),
            Column::new("Top decile"),
            Column::new("Place by improvement"),
            Column::new("Place by level"),
        ],
        rows: rows.collect(),
        otherwise: "None were chosen, or they are not open to you.",
        is_grid: false,
    }
}

fn anchor(outcome: &Outcome) -> String {
    format!("{}-{}", outcome.code, outcome.series_id)
}

fn section(outcome: &Outcome, indicators: &[Series]) -> Markup {
    let better = match outcome.better {
        Better::Higher => "higher is better",
        Better::Lower => "lower is better",
    };
    let lines = lines(outcome, indicators);
    let title = name(outcome);
    html! {
        section.wcc-outcome id=(anchor(outcome)) {
            h2.nhsuk-heading-m { (title) @if outcome.newly_selected { " (newly chosen)" } }
            p { @if let Some(unit) = &outcome.unit { (capitalised(unit)) "; " } (better) "."
                @if let Some(aim) = &outcome.aim { " National aim: " (aim.title) "." }
                @if let Some(goal) = &outcome.goal { " Goal of the plan: " (goal) "." } }
            (trend(&title, &lines))
            @if lines.iter().all(|line| line.points.is_empty()) {
                p.wcc-none { "No values were given year by year; the rates above are as stated." }
            }
            dl.nhsuk-summary-list {
                @for (label, quartiles) in [("Stated quartile of improvement", &outcome.stated_rate_quartile), ("Stated quartile of level", &outcome.stated_level_quartile)] {
                    @if let Some(current) = quartiles.current {
                        (row(label, &match quartiles.previous {
                            Some(previous) => format!("{current} (previous year {previous})"),
                            None => current.to_string(),
                        }))
                    }
                }
                @for (label, words) in [
                    ("Stated position", &outcome.stated_position), ("Why it was chosen", &outcome.selection_reason),
                    ("Panel's view", &outcome.assessor_view), ("Inferred", &outcome.inferred), ("Source", &outcome.source),
                ] {
                    @if let Some(words) = words { (row(label, words)) }
                }
            }
        }
    }
}

fn row(label: &str, words: &str) -> Markup {
    html! {
        div.nhsuk-summary-list__row {
            dt.nhsuk-summary-list__key { (label) }
            dd.nhsuk-summary-list__value { (words) }
        }
    }
}

/// The lines of an outcome's chart: its own values, and the series of the same indicator.
fn lines(outcome: &Outcome, indicators: &[Series]) -> Vec<Line> {
    let points = |values: &[Value]| -> Vec<Point> {
        let known = values.iter();
        known
            .filter_map(|value| {
                Some(Point {
                    year: value.year,
                    value: value.value?,
                    breaks: value.break_before,
                })
            })
            .collect()
    };
    let mut lines = vec![Line {
        title: "own values".to_owned(),
        kind: LineKind::Own,
        points: points(&outcome.values),
    }];
    for series in indicators {
        if series.indicator != outcome.code || series.series_id != outcome.series_id {
            continue;
        }
        let (kind, title) = match series.role {
            // An outcome's own values are on it already.
            Role::Own if !outcome.values.is_empty() => continue,
            Role::Own => (LineKind::Own, "own values"),
            Role::Target => (LineKind::Target, "trajectory"),
            Role::National => (LineKind::National, "national"),
            Role::Peers => (LineKind::Peers, "peers"),
            Role::TopDecile => (LineKind::TopDecile, "top decile"),
        };
        lines.push(Line {
            title: title.to_owned(),
            kind,
            points: points(&series.values),
        });
    }
    lines
}

/// Every value of the charts.
fn figures(output: &Output) -> Table {
    let mut rows = Vec::new();
    for outcome in &output.outcomes {
        for line in lines(outcome, &output.indicators) {
            for point in line.points {
                rows.push(Row::new(vec![
                    Cell::text(name(outcome)),
                    Cell::text(&line.title),
                    Cell::number(f64::from(point.year)),
                    Cell::number(point.value),
                    Cell::text(if point.breaks { "break before" } else { "" }),
                ]));
            }
        }
    }
    Table {
        name: "figures".into(),
        caption: "The figures of the charts".to_owned(),
        columns: vec![
            Column::new("Series"),
            Column::new("Line"),
            Column::new("Year"),
            Column::new("Value"),
            Column::new("Note"),
        ],
        rows,
        otherwise: "",
        is_grid: false,
    }
}
