//! The planning of a body: who leads which area, its plans, its actions and what was recommended to it,
//! its areas of concern and the support for them.

mod concerns;

use super::heading::{Heading, acting_query};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::long_date;
use crate::page::Page;
use crate::parts::definition::{Code, Named, Titled, capitalised};
use crate::parts::role::Acts;
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::table::{Cell, Row, Table, columns};
use concerns::{Concern, Consequence};
use jiff::civil::Date;
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
    coordinator: Option<Lead>,
    areas_to_lead: Vec<AreaToLead>,
    plans: Vec<Plan>,
    actions: Vec<Action>,
    recommendations: Vec<Recommendation>,
    areas_of_concern: Vec<Concern>,
    consequences: Vec<Consequence>,
}

#[derive(Deserialize)]
struct AreaToLead {
    area: Titled,
    lead: Option<Lead>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lead {
    #[serde(default)]
    body: Option<Code>,
    person: String,
    job_title: Option<String>,
    #[serde(default)]
    staff: Vec<String>,
    entry: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    plan: PlanDefinition,
    newest: Option<Version>,
    versions: Vec<VersionName>,
    missing: bool,
    late: bool,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlanDefinition {
    code: String,
    title: String,
    due: Option<Date>,
    as_stated: Option<String>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    date: Date,
    document: Option<String>,
}

#[derive(Deserialize)]
struct VersionName {
    version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    title: String,
    unit: String,
    planned_in_year: Option<f64>,
    to_date: Option<ToDate>,
}

#[derive(Deserialize)]
struct ToDate {
    months: u32,
    planned: f64,
    actual: f64,
    variance: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    NotStarted,
    Started,
    Done,
    Stopped,
}

#[derive(Deserialize)]
struct Action {
    code: String,
    text: String,
    body: Named,
    owner: Option<String>,
    due: Option<Date>,
    state: State,
    late: bool,
    progress: Option<String>,
    horizon: Option<String>,
    entry: Option<u32>,
    origin: Option<Origin>,
    #[serde(flatten)]
    about: About,
}

#[derive(Deserialize)]
struct Origin {
    kind: String,
    reference: Option<String>,
}

/// What a record is about.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    measures: Vec<Code>,
    components: Vec<Code>,
    about_outcomes: bool,
    outcomes: Vec<Code>,
}

impl About {
    /// As a form takes it: one on each line.
    fn lines(&self) -> String {
        let parts = self.measures.iter().chain(&self.components);
        let parts = parts.map(|part| part.code.clone());
        let all = self.about_outcomes.then(|| "outcomes".to_owned());
        let each = self.outcomes.iter();
        let each = each.map(|outcome| format!("outcome:{}", outcome.code));
        parts.chain(all).chain(each).collect::<Vec<_>>().join("\n")
    }
}

#[derive(Deserialize)]
struct Recommendation {
    code: String,
    text: String,
    body: Named,
    owner: Option<String>,
    due: Option<Date>,
    state: Option<State>,
    late: bool,
    actions: Vec<Code>,
}

impl State {
    fn code(self) -> &'static str {
        match self {
            State::NotStarted => "NOT_STARTED",
            State::Started => "STARTED",
            State::Done => "DONE",
            State::Stopped => "STOPPED",
        }
    }

    fn cell(self, is_late: bool) -> Cell {
        let (words, colour) = match self {
            State::NotStarted => ("Not started", Colour::Grey),
            State::Started => ("Started", Colour::Blue),
            State::Done => ("Done", Colour::Green),
            State::Stopped => ("Stopped", Colour::Grey),
        };
        let text = if is_late {
            format!("{words}, late")
        } else {
            words.to_owned()
        };
        let shown = html! {
            (tag(words, colour))
            @if is_late { " " (tag("Late", Colour::Red)) }
        };
        Cell::shown(text, shown)
    }
}

/// The page.
///
/// # Errors
/// There is no such result, or it is not open to whoever asks.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = acting_query!("plans");
    let variables = json!({ "cycle": place.cycle, "body": code, "today": reader.today() });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let back = place.page(&["bodies", code, "plans"]);
    let acts = Acts::of(reader, &cycle.framework.roles, &place.cycle, &back);
    let body = [("body", code)];
    let mut page = cycle.body_page(place, "Plans and actions", &output.body);
    page.push(html! { h2.nhsuk-heading-m { "Actions" } });
    page.table(actions(&acts, &output.actions));
    page.push(html! { p { (acts.link("Add an action", "recordAction", body)) } });
    page.push(html! { h2.nhsuk-heading-m { "Recommendations" } });
    page.table(recommendations(&acts, code, &output.recommendations));
    page.push(html! { h2.nhsuk-heading-m { "Plans" } });
    page.table(plans(&acts, code, &output.plans));
    for table in lines(&output.plans) {
        page.table(table);
    }
    page.push(html! {
        p { (acts.link("Record a line of a plan", "recordPlanLine", body)) }
        h2.nhsuk-heading-m { "Leads" }
        @if let Some(coordinator) = &output.coordinator {
            p { "Coordinator: " (coordinator.person) @if let Some(title) = &coordinator.job_title { ", " (title) } }
        }
    });
    page.table(leads(&acts, code, &output.areas_to_lead));
    page.push(html! { h2.nhsuk-heading-m { "Areas of concern and support" } });
    for concern in &output.areas_of_concern {
        page.push(concerns::section(&acts, concern));
    }
    page.push(html! {
        @if output.areas_of_concern.is_empty() { p.wcc-none { "None was shared, or none is open to you." } }
        p { (acts.link("Share an area of concern", "shareAreaOfConcern", body)) }
        (concerns::consequences(&output.consequences))
    });
    Ok(page)
}

fn actions(acts: &Acts<'_>, actions: &[Action]) -> Table {
    let rows = actions.iter().map(|action| {
        let due = action.due.map(|due| due.to_string());
        let entry = action.entry.map(|entry| entry.to_string());
        let about = action.about.lines();
        let origin = action.origin.as_ref();
        // A correction takes the place of all that was recorded, so the form begins with all of it.
        let given = [
            ("body", Some(action.body.code.as_str())),
            ("id", Some(action.code.as_str())),
            ("text", Some(action.text.as_str())),
            ("owner", action.owner.as_deref()),
            ("due", due.as_deref()),
            ("state", Some(action.state.code())),
            ("progress", action.progress.as_deref()),
            ("horizon", action.horizon.as_deref()),
            ("about", Some(about.as_str())),
            ("origin.0.kind", origin.map(|origin| origin.kind.as_str())),
            (
                "origin.0.reference",
                origin.and_then(|origin| origin.reference.as_deref()),
            ),
            ("supersedes", entry.as_deref()),
        ];
        let given = given
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        Row::new(vec![
            Cell::text(&action.text),
            Cell::maybe(action.owner.as_deref()),
            day(action.due),
            action.state.cell(action.late),
            Cell::maybe(action.progress.as_deref()),
            Cell::shown(
                "",
                acts.correction("Report progress", "recordAction", given),
            ),
        ])
    });
    Table {
        name: "actions".into(),
        caption: "What is to be done".to_owned(),
        columns: columns(&["Action", "Owner", "Due", "State", "Progress", ""]),
        rows: rows.collect(),
        otherwise: "No action is recorded, or none is open to you.",
        is_grid: false,
    }
}

fn recommendations(acts: &Acts<'_>, code: &str, all: &[Recommendation]) -> Table {
    let rows = all.iter().map(|one| {
        let actions: Vec<&str> = one
            .actions
            .iter()
            .map(|action| action.code.as_str())
            .collect();
        let take_up = acts.link(
            "Take it up in an action",
            "recordAction",
            [
                ("body", code),
                ("origin.0.kind", "RECOMMENDATION"),
                ("origin.0.reference", one.code.as_str()),
            ],
        );
        Row::new(vec![
            Cell::text(&one.text),
            Cell::text(&one.body.name),
            Cell::maybe(one.owner.as_deref()),
            day(one.due),
            one.state
                .map_or_else(|| Cell::text(""), |state| state.cell(one.late)),
            Cell::text(actions.join(", ")),
            Cell::shown("", take_up),
        ])
    });
    Table {
        name: "recommendations".into(),
        caption: "What panels recommended".to_owned(),
        columns: columns(&[
            "Recommendation",
            "To",
            "Owner",
            "Due",
            "State",
            "Taken up by",
            "",
        ]),
        rows: rows.collect(),
        otherwise: "There are none, or none is open to you.",
        is_grid: false,
    }
}

fn plans(acts: &Acts<'_>, code: &str, plans: &[Plan]) -> Table {
    let rows = plans.iter().map(|plan| {
        let due = plan.plan.due.map(long_date);
        let due = due
            .or_else(|| plan.plan.as_stated.clone())
            .unwrap_or_default();
        let newest = plan.newest.as_ref();
        let state = match (plan.missing, plan.late) {
            (true, true) => tag("Missing, late", Colour::Red),
            (true, false) => tag("Not filed yet", Colour::Grey),
            (false, true) => tag("Filed late", Colour::Orange),
            (false, false) => tag("Filed", Colour::Green),
        };
        let words = if plan.missing { "not filed" } else { "filed" };
        let file = acts.link(
            "File a version",
            "filePlan",
            [("body", code), ("plan", plan.plan.code.as_str())],
        );
        let document = newest.and_then(|newest| newest.document.as_deref());
        let version = Cell::text(
            newest
                .map(|newest| newest.version.clone())
                .unwrap_or_default(),
        );
        Row::new(vec![
            Cell::text(&plan.plan.title),
            Cell::text(due),
            Cell::shown(words, state),
            match document {
                Some(document) => version.to(format!("/documents/{document}")),
                None => version,
            },
            day(newest.map(|newest| newest.date)),
            Cell::text(
                plan.versions
                    .iter()
                    .map(|one| one.version.as_str())
                    .collect::<Vec<&str>>()
                    .join(", "),
            ),
            Cell::shown("", file),
        ])
    });
    Table {
        name: "plans".into(),
        caption: "The plans that it is to file".to_owned(),
        columns: columns(&[
            "Plan",
            "Due",
            "State",
            "Newest version",
            "Of",
            "All versions",
            "",
        ]),
        rows: rows.collect(),
        otherwise: "The rule book asks for none.",
        is_grid: false,
    }
}

/// The lines of each plan that has lines by month.
fn lines(plans: &[Plan]) -> impl Iterator<Item = Table> {
    let with_lines = plans.iter().filter(|plan| !plan.lines.is_empty());
    with_lines.map(|plan| {
        let rows = plan.lines.iter().map(|line| {
            let to_date = line.to_date.as_ref();
            let figure = |of: fn(&ToDate) -> f64| {
                to_date.map_or_else(|| Cell::text(""), |to_date| Cell::number(of(to_date)))
            };
            Row::new(vec![
                Cell::text(&line.title),
                Cell::text(&line.unit),
                line.planned_in_year
                    .map_or_else(|| Cell::text(""), Cell::number),
                to_date.map_or_else(|| Cell::text(""), |to_date| Cell::count(to_date.months)),
                figure(|to_date| to_date.planned),
                figure(|to_date| to_date.actual),
                figure(|to_date| to_date.variance),
            ])
        });
        Table {
            name: format!("lines-{}", plan.plan.code).into(),
            caption: format!("{}: planned and actual", plan.plan.title),
            columns: columns(&[
                "Line",
                "Unit",
                "Planned in the year",
                "Months with figures",
                "Planned for these",
                "Actual",
                "Variance",
            ]),
            rows: rows.collect(),
            otherwise: "",
            is_grid: false,
        }
    })
}

fn leads(acts: &Acts<'_>, code: &str, areas: &[AreaToLead]) -> Table {
    let rows = areas.iter().map(|of| {
        let lead = of.lead.as_ref();
        // What the group allocated is its own: another allocation here departs from it.
        let entry = lead.filter(|lead| lead.body.as_ref().is_some_and(|body| body.code == code));
        let entry = entry
            .and_then(|lead| lead.entry)
            .map(|entry| entry.to_string());
        let supersedes = entry.as_deref().map(|entry| ("supersedes", entry));
        let given = [("body", code), ("area", of.area.code.as_str())].into_iter();
        let name = lead.map_or_else(
            || Cell::shown("nobody", tag("Nobody yet", Colour::Orange)),
            |lead| Cell::text(&lead.person),
        );
        let title = lead.and_then(|lead| lead.job_title.as_deref());
        let staff = lead.map(|lead| lead.staff.join(", ")).unwrap_or_default();
        Row::new(vec![
            Cell::text(capitalised(&of.area.title)),
            name,
            Cell::maybe(title),
            Cell::text(staff),
            Cell::shown(
                "",
                acts.link("Allocate", "allocateLead", given.chain(supersedes)),
            ),
        ])
    });
    Table {
        name: "leads".into(),
        caption: "Who leads which area".to_owned(),
        columns: columns(&["Area", "Lead", "Job title", "Staff", ""]),
        rows: rows.collect(),
        otherwise: "The rule book has no areas to lead.",
        is_grid: false,
    }
}

fn day(day: Option<Date>) -> Cell {
    Cell::text(day.map(long_date).unwrap_or_default())
}
