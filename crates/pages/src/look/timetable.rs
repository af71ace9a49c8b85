//! The phases of a cycle: their dates, what is open for whom, what is missing before the next, and to
//! whom results are released.

use super::heading::{Heading, acting_query};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::{long_date, sentence};
use crate::page::Page;
use crate::parts::definition::{AnyBody, EnteredBy, InWords, Name, Title, Titled, capitalised};
use crate::parts::role::Acts;
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::table::{Cell, Row, Table, columns};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    phases: Vec<Phase>,
    timetable: Vec<Dates>,
    phase_openings: Vec<Opening>,
    releases: Vec<Release>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Phase {
    code: String,
    title: String,
    first_day: Option<Date>,
    last_day: Option<Date>,
    as_stated: Option<String>,
    after: Option<Title>,
    requires: Vec<InWords>,
    required_approvals: Vec<Title>,
    ready: Option<bool>,
    missing: Option<Vec<Missing>>,
    missing_approvals: Option<Vec<MissingApproval>>,
}

#[derive(Deserialize)]
struct Missing {
    body: Name,
    count: u32,
}

#[derive(Deserialize)]
struct MissingApproval {
    title: String,
    body: Name,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Dates {
    phase: Titled,
    body: AnyBody,
    first_day: Option<Date>,
    last_day: Option<Date>,
    note: Option<String>,
    entry: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opening {
    phase: Titled,
    body: AnyBody,
    reason: Option<String>,
    entry: Option<u32>,
    entered_by: Option<EnteredBy>,
}

#[derive(Deserialize)]
struct Release {
    body: AnyBody,
    to: Vec<String>,
    from: Date,
    uses: Option<String>,
    entry: Option<u32>,
}

/// The page.
///
/// # Errors
/// There is no such cycle.
pub(super) async fn page(reader: &Reader, place: &Place) -> Result<Page, PageError> {
    let query = acting_query!("timetable");
    let data: Data = reader.ask(query, json!({ "cycle": place.cycle })).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let back = place.page(&["timetable"]);
    let acts = Acts::of(reader, &cycle.heading.framework.roles, &place.cycle, &back);
    let mut page = cycle.heading.page(place, "Timetable and releases");
    page.push(html! {
        h2.nhsuk-heading-m { "Phases" }
        ol.wcc-phases { @for phase in &cycle.phases { (section(&cycle, phase)) } }
    });
    page.push(html! { h2.nhsuk-heading-m { "What is open now" } });
    page.table(openings(place, &acts, &cycle));
    page.push(html! { p { (acts.link("Open a phase", "openPhase", [])) } });
    page.push(html! { h2.nhsuk-heading-m { "Dates of this year" } });
    page.table(dates(place, &acts, &cycle));
    page.push(html! { p { (acts.link("Set the dates of a phase", "setTimetable", [])) } });
    page.push(html! { h2.nhsuk-heading-m { "Releases" } });
    page.table(releases(place, &acts, &cycle));
    page.push(html! { p { (acts.link("Release results", "releaseResults", [])) } });
    Ok(page)
}

fn section(cycle: &Cycle, phase: &Phase) -> Markup {
    let is_open = cycle
        .phase_openings
        .iter()
        .any(|opening| opening.phase.code == phase.code);
    let required = phase.requires.iter().map(|one| one.in_words.as_str());
    let approvals = phase
        .required_approvals
        .iter()
        .map(|one| one.title.as_str());
    let required: Vec<&str> = required.chain(approvals).collect();
    html! {
        li.wcc-phase.wcc-phase--open[is_open] {
            h3.nhsuk-heading-s { (phase.title) " "
                @if is_open { (tag("Open", Colour::Green)) }
                @else if phase.ready == Some(true) && !required.is_empty() { (tag("Ready to open", Colour::Blue)) } }
            p { (days(phase)) }
            @if let Some(after) = &phase.after { p.wcc-note { "After: " (after.title) "." } }
            @if !required.is_empty() {
                p.wcc-note { "Before it opens: " (required.join("; ")) "." }
            }
            (missing(phase))
        }
    }
}

/// The dates of a phase in the rule book.
fn days(phase: &Phase) -> String {
    let stated = phase.as_stated.as_deref();
    match (phase.first_day, phase.last_day, stated) {
        (Some(first), Some(last), _) => format!("{} to {}", long_date(first), long_date(last)),
        (Some(first), None, _) => format!("From {}", long_date(first)),
        (None, Some(last), _) => format!("Until {}", long_date(last)),
        (None, None, Some(stated)) => capitalised(stated),
        (None, None, None) => "The rule book gives no dates.".to_owned(),
    }
}

/// What is missing before a phase opens, as far as the viewer may know.
fn missing(phase: &Phase) -> Markup {
    let mut bodies: Vec<(&str, u32)> = Vec::new();
    for missing in phase.missing.iter().flatten() {
        match bodies.last_mut() {
            Some((name, count)) if *name == missing.body.name => *count += missing.count,
            _ => bodies.push((&missing.body.name, missing.count)),
        }
    }
    let approvals = phase.missing_approvals.iter().flatten();
    let approvals: Vec<&MissingApproval> = approvals.collect();
    let count = bodies.len() + approvals.len();
    html! {
        @if count > 0 {
            details.nhsuk-details {
                summary.nhsuk-details__summary {
                    span.nhsuk-details__summary-text { "What is missing (" (count) ")" }
                }
                div.nhsuk-details__text {
                    ul {
                        @for (name, count) in &bodies { li { (name) ": " (count) " to be rated" } }
                        @for approval in &approvals { li { (approval.body.name) ": " (approval.title) } }
                    }
                }
            }
        }
    }
}

fn openings(place: &Place, acts: &Acts<'_>, cycle: &Cycle) -> Table {
    let rows = cycle.phase_openings.iter().map(|opening| {
        let since = opening.entered_by.as_ref();
        let since = since.map(|by| by.day());
        let entry = opening.entry.map(|entry| entry.to_string());
        let supersedes = entry.as_deref().map(|entry| ("supersedes", entry));
        let body = [("body", opening.body.code.as_str())].into_iter();
        let next = acts.link("Open another phase", "openPhase", body.chain(supersedes));
        Row::new(vec![
            Cell::body(&opening.body, place),
            Cell::text(&opening.phase.title),
            Cell::text(since.map(long_date).unwrap_or_default()),
            Cell::maybe(opening.reason.as_deref()),
            Cell::shown("", next),
        ])
    });
    Table {
        name: "openings".into(),
        caption: "What is open, and for whom".to_owned(),
        columns: columns(&["Body", "Phase", "Since", "Reason", ""]),
        rows: rows.collect(),
        otherwise: "No phase was opened: the dates of the rule book decide.",
        is_grid: false,
    }
}

fn dates(place: &Place, acts: &Acts<'_>, cycle: &Cycle) -> Table {
    let rows = cycle.timetable.iter().map(|dates| {
        let entry = dates.entry.map(|entry| entry.to_string());
        let supersedes = entry.as_deref().map(|entry| ("supersedes", entry));
        let first = dates.first_day.map(|day| day.to_string());
        let last = dates.last_day.map(|day| day.to_string());
        let given = [
            ("body", dates.body.code.as_str()),
            ("phase", dates.phase.code.as_str()),
            ("from", first.as_deref().unwrap_or_default()),
            ("to", last.as_deref().unwrap_or_default()),
            ("note", dates.note.as_deref().unwrap_or_default()),
        ];
        let change = acts.correction(
            "Change",
            "setTimetable",
            given.into_iter().chain(supersedes),
        );
        Row::new(vec![
            Cell::text(&dates.phase.title),
            Cell::body(&dates.body, place),
            Cell::text(dates.first_day.map(long_date).unwrap_or_default()),
            Cell::text(dates.last_day.map(long_date).unwrap_or_default()),
            Cell::maybe(dates.note.as_deref()),
            Cell::shown("", change),
        ])
    });
    Table {
        name: "dates".into(),
        caption: "Dates that were set for this year".to_owned(),
        columns: columns(&["Phase", "Body", "First day", "Last day", "Note", ""]),
        rows: rows.collect(),
        otherwise: "None was set, so those above hold.",
        is_grid: false,
    }
}

fn releases(place: &Place, acts: &Acts<'_>, cycle: &Cycle) -> Table {
    let framework = &cycle.heading.framework;
    let rows = cycle.releases.iter().map(|release| {
        let to = release.to.iter().map(|code| match framework.role(code) {
            Some(role) => role.title.clone(),
            None if code == "public" => "everybody".to_owned(),
            None => code.clone(),
        });
        let entry = release.entry.map(|entry| entry.to_string());
        let supersedes = entry.as_deref().map(|entry| ("supersedes", entry));
        let body = [("body", release.body.code.as_str())].into_iter();
        let change = acts.link("Change", "releaseResults", body.chain(supersedes));
        Row::new(vec![
            Cell::body(&release.body, place),
            Cell::text(to.collect::<Vec<String>>().join(", ")),
            Cell::text(long_date(release.from)),
            Cell::text(release.uses.as_deref().map(sentence).unwrap_or_default()),
            Cell::shown("", change),
        ])
    });
    Table {
        name: "releases".into(),
        caption: "Results that were released".to_owned(),
        columns: columns(&["Body", "To", "From", "Use", ""]),
        rows: rows.collect(),
        otherwise: "Nothing was released.",
        is_grid: false,
    }
}
