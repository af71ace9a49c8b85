//! Functions that are delegated region-wide: who performs and assesses them, and whom they affect.

use super::heading::{Heading, headed_query};
use crate::address::Place;
use crate::error::PageError;
use crate::page::{Link, Page};
use crate::parts::definition::{Name, Named, RatedMeasure, Words, capitalised};
use crate::parts::mark::{Value, mark, words};
use crate::parts::tag::Severity;
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::html;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
}

#[derive(Deserialize)]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    functions: Vec<Assurance>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assurance {
    function: Function,
    delegated_by: Vec<Named>,
    by_assessor: Vec<Assessed>,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Function {
    code: String,
    name: String,
    effect: Option<String>,
    performs: Vec<String>,
    authority: Option<Name>,
    source: Option<String>,
    note: Option<String>,
}

#[derive(Deserialize)]
struct Assessed {
    assessor: Option<Named>,
    cells: Option<Vec<AssessedCell>>,
}

#[derive(Deserialize)]
struct AssessedCell {
    measure: RatedMeasure,
    marks: Vec<Mark>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    method_title: String,
    value: Option<String>,
    is_inferred: bool,
    not_applicable: bool,
    rationale: Option<String>,
}

#[derive(Deserialize)]
struct Finding {
    severity: Severity,
    message: String,
}

impl Function {
    /// What its results mean for those who delegate it.
    fn effect(&self, regime: &Words) -> String {
        match self.effect.as_deref() {
            Some("CEILING") => format!(
                "limits what evidence supports for the {} that delegate it",
                regime.bodies
            ),
            Some("JUDGEMENT") => format!(
                "its judgements stand for the {} that delegate it",
                regime.bodies
            ),
            _ => "affects others through regional checks alone".to_owned(),
        }
    }
}

/// The page of all functions.
///
/// # Errors
/// There is no such cycle.
pub(super) async fn all(reader: &Reader, place: &Place) -> Result<Page, PageError> {
    let query = headed_query!("functions");
    let data: Data = reader.ask(query, json!({ "cycle": place.cycle })).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let regime = &cycle.heading.framework.words;
    let mut page = cycle.heading.page(place, "Functions");
    page.push(html! {
        p { "What " (regime.bodies) " delegate to somebody who does it for many. Each is assured too, and its results "
            "reach everyone who delegates it, and no one else." }
    });
    let rows = cycle.functions.iter().map(|assurance| {
        let function = &assurance.function;
        let delegating: Vec<&str> = assurance
            .delegated_by
            .iter()
            .map(|body| body.name.as_str())
            .collect();
        let assessors: Vec<&str> = assurance
            .by_assessor
            .iter()
            .filter_map(|assessed| assessed.assessor.as_ref())
            .map(|assessor| assessor.name.as_str())
            .collect();
        Row::new(vec![
            Cell::link(&function.name, place.page(&["functions", &function.code])),
            Cell::maybe(function.authority.as_ref().map(|one| one.name.as_str())),
            Cell::text(delegating.join(", ")),
            Cell::text(assessors.join(", ")),
            Cell::text(function.effect(regime)),
        ])
    });
    page.table(Table {
        name: "functions".into(),
        caption: "Delegated functions".to_owned(),
        columns: vec![
            Column::new("Function"),
            Column::new(capitalised(
                regime.authority.as_deref().unwrap_or("authority"),
            )),
            Column::new("Delegated by"),
            Column::new("Assessed by"),
            Column::new("What it means"),
        ],
        rows: rows.collect(),
        otherwise: "Nothing is delegated in this cycle.",
        is_grid: false,
    });
    Ok(page)
}

/// The page of one function.
///
/// # Errors
/// There is no such function in the cycle.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = headed_query!("function");
    let variables = json!({ "cycle": place.cycle, "function": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let mut functions = cycle.functions.iter();
    let assurance = functions
        .find(|assurance| assurance.function.code == code)
        .ok_or(PageError::Missing)?;
    let function = &assurance.function;
    let regime = &cycle.heading.framework.words;
    let caption = format!("{}, function", cycle.heading.title);
    let mut page = cycle.heading.page_below(place, &function.name, caption);
    page.above
        .push(Link::new("Functions", place.page(&["functions"])));
    page.push(html! {
        dl.nhsuk-summary-list {
            div.nhsuk-summary-list__row {
                dt.nhsuk-summary-list__key { "What it means" }
                dd.nhsuk-summary-list__value { (capitalised(&function.effect(regime))) }
            }
            @if !function.performs.is_empty() {
                div.nhsuk-summary-list__row {
                    dt.nhsuk-summary-list__key { "Performs" }
                    dd.nhsuk-summary-list__value { (function.performs.join(", ")) }
                }
            }
            div.nhsuk-summary-list__row {
                dt.nhsuk-summary-list__key { "Delegated by" }
                dd.nhsuk-summary-list__value {
                    @if assurance.delegated_by.is_empty() { "nobody in this cycle" }
                    @for (number, body) in assurance.delegated_by.iter().enumerate() {
                        @if number > 0 { ", " }
                        a href=(place.body(&body.code)) { (body.name) }
                    }
                }
            }
            @if let Some(note) = &function.note {
                div.nhsuk-summary-list__row {
                    dt.nhsuk-summary-list__key { "Note" }
                    dd.nhsuk-summary-list__value { (note) }
                }
            }
            @if let Some(source) = &function.source {
                div.nhsuk-summary-list__row {
                    dt.nhsuk-summary-list__key { "Source" }
                    dd.nhsuk-summary-list__value { (source) }
                }
            }
        }
    });
    page.table(judgements(&assurance.by_assessor, regime));
    page.push(html! {
        @if !assurance.findings.is_empty() {
            h2.nhsuk-heading-m { "Findings" }
            ul.wcc-findings {
                @for finding in &assurance.findings { li { (finding.severity.tag()) " " (finding.message) } }
            }
        }
    });
    Ok(page)
}

/// What every assessor gave the function, side by side and never combined.
fn judgements(assessors: &[Assessed], regime: &Words) -> Table {
    let mut rows = Vec::new();
    for assessed in assessors {
        let assessor = assessed.assessor.as_ref();
        let name = assessor.map_or("", |assessor| assessor.name.as_str());
        for cell in assessed.cells.iter().flatten() {
            if cell.measure.scale.is_text {
                continue;
            }
            for given in cell.marks.iter().filter(|mark| mark.value.is_some()) {
                let scale = &cell.measure.scale.scale;
                let value = Value {
                    value: given.value.as_deref(),
                    is_inferred: given.is_inferred,
                    by_rule: false,
                    not_applicable: given.not_applicable,
                };
                let measure = &cell.measure.measure;
                rows.push(Row::new(vec![
                    Cell::text(format!("{} {}", measure.code, measure.title)),
                    Cell::text(name),
                    Cell::text(capitalised(&given.method_title)),
                    Cell::shown(words(scale, value), mark(scale, value)),
                    Cell::maybe(given.rationale.as_deref()),
                ]));
            }
        }
    }
    Table {
        name: "judgements".into(),
        caption: "What its assessors judged".to_owned(),
        columns: vec![
            Column::new(capitalised(&regime.measure)),
            Column::new("Assessor"),
            Column::new("Method"),
            Column::new("Value"),
            Column::new("Rationale"),
        ],
        rows,
        otherwise: "Nobody has judged this function yet.",
        is_grid: false,
    }
}
