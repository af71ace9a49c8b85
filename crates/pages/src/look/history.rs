//! The history of a measure: the marks that are current, those that they took the place of, and those that were withdrawn, the latest
//! first. A mark that another took the place of is found as it was before that, and the API says which were withdrawn, so whoever may
//! not see a mark does not see it here either.

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
#[serde(rename_all = "camelCase")]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    /// Asked for only once.
    withdrawn_marks: Option<Vec<WithdrawnMark>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithdrawnMark {
    #[serde(flatten)]
    mark: Mark,
    withdrawal: Option<u32>,
    withdrawn_by: Option<EnteredBy>,
    withdrawal_reason: String,
}

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
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
    #[serde(skip)]
    withdrawal: Option<Withdrawal>,
}

/// That a mark was withdrawn.
struct Withdrawal {
    entry: Option<u32>,
    by: Option<EnteredBy>,
    reason: String,
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
    let variables = |withdrawn: bool| {
        json!({
            "cycle": place.cycle, "body": code, "measures": [subject], "measure": subject, "withdrawn": withdrawn,
        })
    };
    let query = headed_query!("history");
    let data: Data = reader.ask(query, variables(true)).await?;
    let Cycle {
        heading: cycle,
        withdrawn_marks,
    } = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let cell = output.cells.into_iter().flatten().next();
    let cell = cell.ok_or(PageError::Missing)?;
    let mut marks = BTreeMap::new();
    keep(&mut marks, cell.marks);
    let withdrawn = withdrawn_marks.into_iter().flatten();
    keep(&mut marks, withdrawn.map(WithdrawnMark::into_mark));
    let mut latest = marks.keys().next_back().copied();
    let mut is_whole = true;
    for step in 0.. {
        let Some(newer) = latest else { break };
        let before = newer.saturating_sub(1);
        if step == STEPS {
            is_whole = false;
            break;
        }
        // The cycle, or the body in it, may not have been there yet.
        let earlier = reader.at(Moment::Entry(before));
        let earlier = match earlier.ask::<Data>(query, variables(false)).await {
            Ok(earlier) => earlier.output,
            Err(PageError::NotFound(_) | PageError::Refused(_)) => None,
            Err(error) => return Err(error),
        };
        let cells = earlier.and_then(|output| output.cells);
        let cell = cells.and_then(|cells| cells.into_iter().next());
        keep(&mut marks, cell.into_iter().flat_map(|cell| cell.marks));
        latest = marks.range(..newer).next_back().map(|(entry, _)| *entry);
    }
    let title = with_code(&cell.measure.code, &cell.measure.title);
    let caption = format!("{}, {}", output.body.name, cycle.title);
    let mut page = cycle.page_below(place, format!("History of {title}"), caption);
    page.above
        .push(Link::new(&output.body.name, place.body(code)));
    page.above
        .push(Link::new(title, place.reasons(code, subject)));
    page.push(html! {
        p { "Nothing that was recorded is ever changed or removed: a correction is a new entry, and the old one stays. A mark that was withdrawn counts for nothing from then on." }
        @if !is_whole { p.wcc-waiting { "There are more; these are the latest. Show the page as of an earlier moment for those before." } }
    });
    page.table(table(place, code, subject, &cell.measure.scale, &marks));
    Ok(page)
}

impl WithdrawnMark {
    fn into_mark(self) -> Mark {
        let withdrawal = Withdrawal {
            entry: self.withdrawal,
            by: self.withdrawn_by,
            reason: self.withdrawal_reason,
        };
        Mark {
            withdrawal: Some(withdrawal),
            ..self.mark
        }
    }
}

/// Keeps the marks that were entered in a ledger; of one that was withdrawn, that it was.
fn keep(marks: &mut BTreeMap<u32, Mark>, found: impl IntoIterator<Item = Mark>) {
    for mark in found {
        if let Some(entry) = mark.entry {
            marks.entry(entry).or_insert(mark);
        }
    }
}

impl Withdrawal {
    /// When, by whom, by which entry and why.
    fn in_words(&self) -> String {
        let day = self
            .by
            .as_ref()
            .map(|by| format!(" on {} by {}", long_date(by.day()), who(by)));
        let entry = self.entry.map(|entry| format!(" (entry {entry})"));
        let (day, entry) = (day.unwrap_or_default(), entry.unwrap_or_default());
        format!("Withdrawn{day}{entry}: {}", self.reason)
    }
}

/// Who made an entry, in words.
fn who(by: &EnteredBy) -> String {
    let role = by.role.replace('-', " ");
    match &by.person {
        Some(person) => format!("{person} ({role})"),
        None => role,
    }
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
        let who = by.map(who);
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
            Cell::text(
                given
                    .withdrawal
                    .as_ref()
                    .map_or_else(String::new, Withdrawal::in_words),
            ),
        ])
    });
    Table {
        name: "history".into(),
        caption: "What was recorded, the latest first".to_owned(),
        columns: columns(&[
            "Entry",
            "Day",
            "By",
            "Method",
            "Value",
            "Of",
            "Why",
            "Withdrawn",
        ]),
        rows: rows.collect(),
        otherwise: "No mark was entered in a ledger.",
        is_grid: false,
    }
}
