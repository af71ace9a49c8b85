//! The history of a measure: the marks that are current and those that they took the place of, the latest first. Each is found as it was
//! before the one that took its place, so whoever may not see a mark does not see it here either.

use super::heading::{Heading, headed_query};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::long_date;
use crate::moment::Moment;
use crate::page::{Link, Page};
use crate::parts::definition::{EnteredBy, Name, Named, Scale, capitalised, with_code};
use crate::parts::mark::{Value, mark, words};
use crate::reader::Reader;
use crate::table::{Cell, Row, Table, columns};
use maud::html;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

/// How far back a page goes, in steps; each asks for the measure as it was.
const STEPS: usize = 24;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading>,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct Output {
    body: Named,
    cells: Option<Vec<MeasureCell>>,
}

#[derive(Deserialize)]
struct MeasureCell {
    measure: Measure,
    marks: Vec<Mark>,
}

#[derive(Deserialize)]
struct Measure {
    code: String,
    title: String,
    scale: Scale,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    method_title: String,
    value: Option<String>,
    not_applicable: bool,
    is_inferred: bool,
    rationale: Option<String>,
    reason: Option<String>,
    body: Option<Name>,
    entry: Option<u32>,
    entered_by: Option<EnteredBy>,
}

/// The page.
///
/// # Errors
/// There is no such measure of the body, or it is not open to whoever asks.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    code: &str,
    subject: &str,
) -> Result<Page, PageError> {
    let variables = json!({ "cycle": place.cycle, "body": code, "measures": [subject] });
    let query = headed_query!("history");
    let data: Data = reader.ask(query, variables.clone()).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let cell = output.cells.into_iter().flatten().next();
    let cell = cell.ok_or(PageError::Missing)?;
    let mut marks = BTreeMap::new();
    let mut latest = keep(&mut marks, cell.marks);
    let mut is_whole = true;
    for step in 0.. {
        let Some(before) = latest.and_then(|entry| entry.checked_sub(1)) else {
            break;
        };
        if step == STEPS {
            is_whole = false;
            break;
        }
        // The cycle, or the body in it, may not have been there yet.
        let earlier = reader.at(Moment::Entry(before));
        let earlier = match earlier.ask::<Data>(query, variables.clone()).await {
            Ok(earlier) => earlier.output,
            Err(PageError::NotFound(_) | PageError::Refused(_)) => None,
            Err(error) => return Err(error),
        };
        let cells = earlier.and_then(|output| output.cells);
        let cell = cells.and_then(|cells| cells.into_iter().next());
        latest = cell.and_then(|cell| keep(&mut marks, cell.marks));
    }
    let title = with_code(&cell.measure.code, &cell.measure.title);
    let caption = format!("{}, {}", output.body.name, cycle.title);
    let mut page = cycle.page_below(place, format!("History of {title}"), caption);
    page.above
        .push(Link::new(&output.body.name, place.body(code)));
    page.above
        .push(Link::new(title, place.reasons(code, subject)));
    page.push(html! {
        p { "Nothing that was recorded is ever changed or removed: a correction is a new entry, and the old one stays. Marks that were withdrawn before another took their place are not listed." }
        @if !is_whole { p.wcc-waiting { "There are more; these are the latest. Show the page as of an earlier moment for those before." } }
    });
    page.table(table(place, code, subject, &cell.measure.scale, &marks));
    Ok(page)
}

/// Keeps the marks that were entered in a ledger, and returns the latest entry.
fn keep(marks: &mut BTreeMap<u32, Mark>, found: Vec<Mark>) -> Option<u32> {
    let mut latest = None;
    for mark in found {
        let Some(entry) = mark.entry else { continue };
        latest = latest.max(Some(entry));
        marks.insert(entry, mark);
    }
    latest
}

fn table(
    place: &Place,
    code: &str,
    subject: &str,
    scale: &Scale,
    marks: &BTreeMap<u32, Mark>,
) -> Table {
    let rows = marks.iter().rev().map(|(entry, given)| {
        let value = Value {
            value: given.value.as_deref(),
            is_inferred: given.is_inferred,
            not_applicable: given.not_applicable,
            ..Value::default()
        };
        let then = Place {
            as_of: Some(Moment::Entry(*entry)),
            ..place.clone()
        };
        let by = given.entered_by.as_ref();
        let day = by.map(|by| long_date(by.day()));
        let who = by.map(|by| match &by.person {
            Some(person) => format!("{person} ({})", by.role.replace('-', " ")),
            None => by.role.replace('-', " "),
        });
        let why = [&given.rationale, &given.reason];
        let why = why.into_iter().flatten().map(String::as_str);
        Row::new(vec![
            Cell::link(format!("Entry {entry}"), then.reasons(code, subject)),
            Cell::text(day.unwrap_or_default()),
            Cell::text(who.unwrap_or_default()),
            Cell::text(capitalised(&given.method_title)),
            Cell::shown(words(scale, value), mark(scale, value)),
            Cell::maybe(given.body.as_ref().map(|body| body.name.as_str())),
            Cell::text(why.collect::<Vec<&str>>().join(" ")),
        ])
    });
    Table {
        name: "history".into(),
        caption: "What was recorded, the latest first".to_owned(),
        columns: columns(&["Entry", "Day", "By", "Method", "Value", "Of", "Why"]),
        rows: rows.collect(),
        otherwise: "No mark of a ledger is current.",
        is_grid: false,
    }
}
