//! A person's desk: what is due from them and by when, and what else is open to them.

use super::names::ActorNames;
use super::people::{PEOPLE, may_administer};
use super::{form_address, form_token};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::{long_date, quoted, sentence};
use crate::page::Page;
use crate::parameters::with_query;
use crate::parts::definition::{AnyBody, Code, Named, Titled, capitalised};
use crate::parts::role::Role;
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::respond::{PageRequest, Pages, respond};
use crate::viewer::Viewer;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use wcc_accounts::role_text;
use wcc_api::{kebab_case, mutation_forms};
use wcc_core::Actor;

#[derive(Deserialize)]
struct All {
    cycles: Vec<Titled>,
}

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cycle {
    code: String,
    title: String,
    due: Option<Vec<Duty>>,
    phase_openings: Vec<Opening>,
    assurances: Vec<Assurance>,
    framework: Framework,
}

#[derive(Deserialize)]
struct Opening {
    entry: Option<u32>,
    phase: Titled,
    body: Named,
}

#[derive(Deserialize)]
struct Assurance {
    group: Option<Code>,
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    body: Code,
}

#[derive(Deserialize)]
struct Framework {
    methods: Vec<Titled>,
    roles: Vec<Role>,
}

#[derive(Deserialize)]
struct Duty {
    kind: String,
    body: AnyBody,
    what: String,
    by: Option<Date>,
    late: bool,
}

/// The page.
pub(super) async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let pages_of_viewer = pages.clone();
    respond(&pages, &headers, &uri, move |asked| {
        Box::pin(async move {
            let administers = may_administer(&pages_of_viewer, asked.viewer);
            make(asked, administers).await
        })
    })
    .await
}

async fn make(asked: PageRequest<'_>, administers: bool) -> Result<Page, PageError> {
    let viewer = asked.viewer;
    let session = viewer.session.as_ref().ok_or(PageError::NotSignedIn)?;
    let mut page = Page::new("Your desk");
    page.caption = Some(session.account().person.to_string());
    let names = ActorNames::read(asked.reader, session.actors()).await?;
    page.push(roles(viewer, &names));
    page.push(html! {
        ul.wcc-inline {
            li { a href=(super::own_account::OWN) { "Your account" } }
            @if administers { li { a href=(PEOPLE) { "People" } } }
        }
    });
    if viewer.is_public() {
        page.push(
            html! { p { "None of your roles is in force today. Ask whoever runs this server." } },
        );
        return Ok(page);
    }
    let all = "query Cycles { cycles { code title } }";
    let All { cycles } = asked.reader.ask(all, json!({})).await?;
    let actor = &viewer.actor;
    let mut is_empty = true;
    for listed in cycles.iter().rev() {
        let is_limited = actor.cycle.as_deref();
        if is_limited.is_some_and(|only| only != listed.code) {
            continue;
        }
        let Some(cycle) = read(asked.reader, viewer, &listed.code).await? else {
            continue;
        };
        let is_due = cycle.due.as_ref().is_some_and(|due| !due.is_empty());
        if !cycle.has(actor.body.as_deref()) && !is_due {
            continue;
        }
        is_empty = false;
        page.push(section(viewer, &cycle));
    }
    if is_empty {
        page.push(without_work(viewer, &cycles));
    }
    Ok(page)
}

impl Cycle {
    /// Whether a body or group is assured in it; that of somebody who acts for none always is.
    fn has(&self, code: Option<&str>) -> bool {
        let Some(code) = code else { return true };
        self.assurances.iter().any(|assurance| {
            let group = assurance.group.as_ref();
            let is_group = group.is_some_and(|group| group.code == code);
            is_group
                || assurance
                    .outputs
                    .iter()
                    .any(|output| output.body.code == code)
        })
    }

    /// Whether it is a group, of which its bodies have the pages.
    fn is_group(&self, code: &str) -> bool {
        let mut groups = self
            .assurances
            .iter()
            .filter_map(|assurance| assurance.group.as_ref());
        groups.any(|group| group.code == code)
    }

    /// The entry by which a phase is open for a body itself, which another opening replaces.
    fn opening_of(&self, body: &str) -> Option<u32> {
        let mut openings = self.phase_openings.iter();
        openings.find(|opening| opening.body.code == body)?.entry
    }
}

/// What is due in a cycle; `None` if its rule book does not know the role.
async fn read(reader: &Reader, viewer: &Viewer, code: &str) -> Result<Option<Cycle>, PageError> {
    let query = include_str!("../../queries/desk.graphql");
    let actor = &viewer.actor;
    let variables = json!({
        "cycle": code,
        "role": &*actor.role,
        "body": actor.body.as_deref(),
        "today": reader.today(),
    });
    match reader.ask::<Data>(query, variables).await {
        Ok(data) => Ok(data.cycle),
        // Another regime, or a body that this cycle does not have.
        Err(PageError::NotFound(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What somebody finds whose role has no work in any year.
fn without_work(viewer: &Viewer, cycles: &[Titled]) -> Markup {
    let pages = |cycle: &Titled| Place {
        cycle: cycle.code.clone(),
        as_of: None,
    };
    html! {
        @if *viewer.actor.role == *Actor::OPERATOR {
            p { "Nothing is due from the operator, who may do everything: each page of a year has the forms for what it shows." }
        } @else {
            p { "Your role has nothing to do in any year that you can see. If you expected work here, ask whoever gave you the role." }
        }
        @if !cycles.is_empty() {
            ul {
                @for cycle in cycles.iter().rev() {
                    @let place = pages(cycle);
                    li { a href=(place.page(&[])) { (cycle.title) } " ("
                        a href=(place.page(&["messages"])) { "messages" span.nhsuk-u-visually-hidden { " of " (cycle.title) } } ")" }
                }
            }
        }
    }
}

fn roles(viewer: &Viewer, names: &ActorNames) -> Markup {
    let Some(session) = &viewer.session else {
        return html! {};
    };
    let actors = session.actors();
    html! {
        @if actors.len() > 1 {
            form.wcc-filter method="post" action="/role" {
                (form_token(viewer))
                div.wcc-filter__field {
                    label.nhsuk-label for="role" { "You act as" }
                    select.nhsuk-select id="role" name="role" {
                        @for actor in actors {
                            @let text = role_text(actor);
                            option value=(text) selected[*actor == viewer.actor] { (names.words(actor)) }
                        }
                    }
                }
                button.nhsuk-button.nhsuk-button--secondary.nhsuk-button--small type="submit" { "Change" }
            }
        } @else if let Some(actor) = actors.first() {
            p { "You act as " strong { (names.words(actor)) } "." }
        }
    }
}

fn section(viewer: &Viewer, cycle: &Cycle) -> Markup {
    let mut roles = cycle.framework.roles.iter();
    let role = roles.find(|role| *role.code == *viewer.actor.role);
    let duties = cycle.due.iter().flatten();
    let place = Place {
        cycle: cycle.code.clone(),
        as_of: None,
    };
    html! {
        section {
            h2.nhsuk-heading-m { a href=(place.page(&[])) { (cycle.title) } }
            p { a href=(place.page(&["messages"])) { "Messages" } }
            @for opening in &cycle.phase_openings {
                p { strong { (opening.phase.title) } " is open for " (opening.body.name) "." }
            }
            @if cycle.phase_openings.is_empty() {
                p.wcc-none { "No phase is open yet, so only the operator can record anything." }
            } @else {
                @if cycle.due.as_ref().is_none_or(Vec::is_empty) { p.wcc-none { "Nothing is due from you at the moment." } }
                ul.nhsuk-task-list {
                    @for duty in duties { (task(role, cycle, &place, duty)) }
                }
                @if let Some(role) = role { (work(viewer, cycle, &place, role)) (acts(viewer, cycle, role)) }
            }
        }
    }
}

fn task(role: Option<&Role>, cycle: &Cycle, place: &Place, duty: &Duty) -> Markup {
    let address = address(role, cycle, place, duty);
    html! {
        li.nhsuk-task-list__item.nhsuk-task-list__item--with-link {
            div.nhsuk-task-list__name-and-hint {
                a.nhsuk-task-list__link href=(address) { (sentence(&quoted(&duty.what))) }
                @if !duty.what.contains(&duty.body.name) { div.nhsuk-task-list__hint { (duty.body.name) } }
            }
            div.nhsuk-task-list__status {
                @match duty.by {
                    Some(by) if duty.late => (tag(&format!("Late: due {}", long_date(by)), Colour::Red)),
                    Some(by) => (tag(&format!("Due by {}", long_date(by)), Colour::Blue)),
                    None => (tag("To do", Colour::Grey)),
                }
            }
        }
    }
}

/// Where somebody does what is due.
fn address(role: Option<&Role>, cycle: &Cycle, place: &Place, duty: &Duty) -> String {
    let body = duty.body.code.as_str();
    let form = |mutation: &str| of_form(mutation, &place.cycle, Some(body));
    // A page shows what there is, with a form for each; only what bodies themselves do is on one.
    let page_or_form = |page: &str, mutation: &str| {
        if duty.body.kind_id == "body" {
            place.page(&["bodies", body, page])
        } else {
            form(mutation)
        }
    };
    match duty.kind.as_str() {
        "JUDGE" => {
            let method = role.and_then(|role| role.method_ids.first());
            let method = method.map(|method| ("method", method.as_str()));
            with_query(&place.page(&["bodies", body, "assess"]), method)
        }
        "ANSWER_CHALLENGE" => {
            let open = [("body", body), ("state", "open")];
            with_query(&place.page(&["challenges"]), open)
        }
        "APPROVE" => place.page(&["bodies", body, "approvals"]),
        "RENEW_EVIDENCE" => super::upload::of_body(place, body),
        "OPEN_PHASE" => {
            let opened = cycle.opening_of(body).map(|entry| entry.to_string());
            let opened = opened.as_deref().map(|entry| ("supersedes", entry));
            let form = form("openPhase");
            opened.map_or(form.clone(), |(name, entry)| {
                format!("{form}&{name}={entry}")
            })
        }
        "ALLOCATE_LEAD" => page_or_form("plans", "allocateLead"),
        "FILE_PLAN" => page_or_form("plans", "filePlan"),
        "FINISH_ACTION" => page_or_form("plans", "recordAction"),
        "CHOOSE_SUPPORT" => page_or_form("plans", "recordSupport"),
        "APPOINT_PANEL" => form("appointPanelMember"),
        "PLAN_PANEL_DAY" => form("planPanelDay"),
        "DECLARE_INTERESTS" => form("declareInterests"),
        "REPLY_TO_COMMENT" => page_or_form("facts", "replyToComment"),
        "CONFIRM_CARRIED" => form("confirmCarried"),
        _ => place.body(body),
    }
}

fn of_form(mutation: &str, cycle: &str, body: Option<&str>) -> String {
    form_address(mutation, cycle, "/desk", body.map(|body| ("body", body)))
}

/// The assessments that people in a role make for their body, finished or not.
fn work(viewer: &Viewer, cycle: &Cycle, place: &Place, role: &Role) -> Markup {
    let body = viewer.actor.body.as_deref();
    let Some(body) = body.filter(|body| cycle.has(Some(body))) else {
        return html! {};
    };
    let scores = role.has("score-measure");
    let methods = role.method_ids.iter().filter_map(|id| {
        let mut methods = cycle.framework.methods.iter();
        methods.find(|method| method.code == *id)
    });
    let methods = methods.map(|method| (method.code.as_str(), method.title.as_str()));
    let assess = place.page(&["bodies", body, "assess"]);
    html! {
        ul.wcc-inline {
            @for (method, title) in methods.chain(scores.then_some(("score", "your own scores"))) {
                li { a href=(with_query(&assess, [("method", method)])) { (capitalised(title)) } }
            }
            li { a href=(place.page(&["bodies", body, "approvals"])) { "Approvals" } }
            li { a href=(place.page(&["bodies", body, "panel"])) { "Panel" } }
            @if !cycle.is_group(body) {
                li { a href=(place.page(&["bodies", body, "plans"])) { "Plans and actions" } }
                li { a href=(place.page(&["bodies", body, "facts"])) { "Check of facts" } }
            }
        }
    }
}

/// Everything that the rule book opens to the role, in every phase or in one.
fn acts(viewer: &Viewer, cycle: &Cycle, role: &Role) -> Markup {
    let in_phases = role.phases.iter();
    let in_phases =
        in_phases.flat_map(|phase| phase.acts.iter().map(move |act| (act, Some(phase))));
    let always = role.acts.iter().map(|act| (act, None));
    let mut forms: Vec<(&'static str, String, Vec<&str>)> = Vec::new();
    for (act, phase) in always.chain(in_phases) {
        let mut known = mutation_forms().into_iter();
        let Some(form) = known.find(|form| kebab_case(form.name) == *act) else {
            continue;
        };
        let phase = phase.map(|phase| phase.phase.title.as_str());
        match forms.iter_mut().find(|(name, ..)| *name == form.name) {
            Some((_, _, phases)) => phases.extend(phase),
            None => {
                let title = super::form::title(form.name);
                forms.push((form.name, title, phase.into_iter().collect()));
            }
        }
    }
    html! {
        @if !forms.is_empty() {
            details.nhsuk-details {
                summary.nhsuk-details__summary {
                    span.nhsuk-details__summary-text { "Everything that your role may do" }
                }
                div.nhsuk-details__text {
                    ul {
                        @for (name, title, phases) in &forms {
                            li { a href=(of_form(name, &cycle.code, viewer.actor.body.as_deref())) { (title) }
                                @if !phases.is_empty() { " (" (phases.join(", ")) ")" } }
                        }
                    }
                }
            }
        }
    }
}
