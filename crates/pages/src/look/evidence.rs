//! Evidence: what was filed, how old it is, who relies on it, and what is still asked for.

use super::heading::{Framework, Heading, acting_query};
use crate::act::upload::of_body;
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parts::definition::{Code, InWords, Named, Title, Titled, capitalised};
use crate::parts::role::Acts;
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::html;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading>,
    output: Option<Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    body: Named,
    evidence: Vec<Item>,
    asked_evidence: Vec<AskedMeasure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    kind_title: String,
    title: String,
    issuer: Option<String>,
    dated: Option<String>,
    age: Option<InWords>,
    expired: bool,
    valid_until: Option<String>,
    document: Option<String>,
    rating: Option<InWords>,
    measures: Vec<Code>,
    relied_on_by: Vec<Reliance>,
    carried_from: Option<Title>,
}

#[derive(Deserialize)]
struct Reliance {
    judgement: Option<Judgement>,
    criterion: Option<Criterion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Judgement {
    method_title: String,
    measure: Option<Code>,
}

#[derive(Deserialize)]
struct Criterion {
    measure: Code,
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AskedMeasure {
    measure: Titled,
    state: String,
    in_words: String,
}

/// The page.
///
/// # Errors
/// There is no such result, or it is not open to whoever asks.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = acting_query!("evidence");
    let variables = json!({ "cycle": place.cycle, "body": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let mut page = cycle.body_page(place, "Evidence", &output.body);
    let back = place.page(&["bodies", code, "evidence"]);
    let acts = Acts::of(reader, &cycle.framework.roles, &place.cycle, &back);
    page.push(html! {
        p { "Each item is filed once and may serve many measures." }
        @if acts.has("fileEvidence") {
            p { a.nhsuk-button.nhsuk-button--secondary href=(of_body(place, &output.body.code)) { "File evidence" } }
        }
    });
    page.table(items(&output.evidence));
    page.table(asked(place, &cycle.framework, &output));
    Ok(page)
}

fn items(evidence: &[Item]) -> Table {
    let rows = evidence.iter().map(|item| {
        let relied: Vec<String> = item.relied_on_by.iter().map(reliance).collect();
        let measures: Vec<&str> = item.measures.iter().map(|one| one.code.as_str()).collect();
        let age = item.age.as_ref().map_or("", |age| age.in_words.as_str());
        let state = match (item.expired, &item.valid_until) {
            (true, _) => Cell::shown("expired", tag("Expired", Colour::Red)),
            (false, Some(day)) => Cell::text(format!("valid until {day}")),
            (false, None) => Cell::text(""),
        };
        let mut title = item.title.clone();
        if let Some(rating) = &item.rating {
            title = format!("{title}: {}", rating.in_words);
        }
        if let Some(cycle) = &item.carried_from {
            title = format!("{title} (from {})", cycle.title);
        }
        Row::new(vec![
            match &item.document {
                Some(sha256) => Cell::link(title, format!("/documents/{sha256}")),
                None => Cell::text(title),
            },
            Cell::text(&item.kind_title),
            Cell::maybe(item.issuer.as_deref()),
            Cell::maybe(item.dated.as_deref()),
            Cell::text(age),
            state,
            Cell::text(measures.join(" ")),
            Cell::text(relied.join("; ")),
        ])
    });
    Table {
        name: "evidence".into(),
        caption: "What was filed".to_owned(),
        columns: vec![
            Column::new("Item"),
            Column::new("Kind"),
            Column::new("Issuer"),
            Column::new("Dated"),
            Column::new("Age"),
            Column::new("Valid"),
            Column::new("Serves"),
            Column::new("Relied on by"),
        ],
        rows: rows.collect(),
        otherwise: "Nothing was filed, or it is not open to you.",
        is_grid: false,
    }
}

fn reliance(reliance: &Reliance) -> String {
    match (&reliance.judgement, &reliance.criterion) {
        (Some(judgement), _) => {
            let measure = judgement.measure.as_ref();
            let measure = measure.map_or("", |measure| measure.code.as_str());
            format!("{} of {measure}", judgement.method_title)
        }
        (None, Some(criterion)) => {
            format!(
                "criterion on {}: {}",
                criterion.measure.code, criterion.reason
            )
        }
        (None, None) => String::new(),
    }
}

fn asked(place: &Place, framework: &Framework, output: &Output) -> Table {
    let rows = output
        .asked_evidence
        .iter()
        .filter(|asked| !matches!(asked.state.as_str(), "NOTHING_MORE" | "NOT_APPLICABLE"));
    let rows = rows.map(|asked| {
        let measure = &asked.measure;
        Row::new(vec![
            Cell::link(
                format!("{} {}", measure.code, measure.title),
                place.reasons(&output.body.code, &measure.code),
            ),
            Cell::text(&asked.in_words),
        ])
    });
    Table {
        name: "asked".into(),
        caption: "What is still asked for".to_owned(),
        columns: vec![
            Column::new(capitalised(&framework.words.measure)),
            Column::new("What"),
        ],
        rows: rows.collect(),
        otherwise: "Nothing more is asked for.",
        is_grid: false,
    }
}
