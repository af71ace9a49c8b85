//! The approvals of a body: their state, what is missing, and giving them.

use super::{form_token, request_id};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::{long_date, sentence};
use crate::look::heading::{Framework, Heading, acting_query};
use crate::page::{Link, Page};
use crate::parameters::with_query;
use crate::parts::definition::{EnteredBy, Name, Named};
use crate::parts::tag::{Colour, tag};
use crate::respond::PageRequest;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
    body: Option<Named>,
}

#[derive(Deserialize)]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    approvals: Vec<Approval>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Approval {
    code: String,
    title: String,
    body: Named,
    state: State,
    freezes: bool,
    roles: Vec<String>,
    covers: String,
    digest: Option<String>,
    missing: Vec<Missing>,
    note: Option<String>,
    given_for: Option<Named>,
    entered_by: Option<EnteredBy>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    NotGiven,
    Approved,
    OutOfDate,
}

#[derive(Deserialize)]
struct Missing {
    body: Name,
    count: u32,
}

/// The page.
///
/// # Errors
/// There is no such body, or nobody is signed in.
pub(crate) async fn page(
    asked: &PageRequest<'_>,
    place: &Place,
    code: &str,
) -> Result<Page, PageError> {
    if asked.viewer.session.is_none() {
        return Err(PageError::NotSignedIn);
    }
    let query = acting_query!("approvals");
    let variables = json!({ "cycle": place.cycle, "body": code });
    let data: Data = asked.reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let body = data.body.ok_or(PageError::Missing)?;
    let mut page = Page::new("Approvals");
    page.caption = Some(format!("{}, {}", body.name, cycle.heading.title));
    page.above = vec![Link::new("Your desk", "/desk")];
    let own: Vec<&Approval> = cycle
        .approvals
        .iter()
        .filter(|approval| approval.body.code == body.code)
        .collect();
    if own.is_empty() {
        page.push(html! { p { "The rule book asks for none here." } });
    }
    for approval in own {
        page.push(section(asked, place, &cycle.heading.framework, approval)?);
    }
    Ok(page)
}

fn section(
    asked: &PageRequest<'_>,
    place: &Place,
    framework: &Framework,
    approval: &Approval,
) -> Result<Markup, PageError> {
    let is_open = approval.state != State::Approved && approval.missing.is_empty();
    let mine = approval.roles.iter();
    let is_mine = mine
        .into_iter()
        .any(|role| **role == *asked.viewer.actor.role);
    let roles: Vec<&str> = approval
        .roles
        .iter()
        .map(|role| framework.role_title(role))
        .collect();
    let request = request_id()?;
    let back = place.page(&["bodies", &approval.body.code, "approvals"]);
    Ok(html! {
        section.wcc-judgement {
            h2.nhsuk-heading-m { (approval.title) " "
                @match approval.state {
                    State::NotGiven => (tag("Not given", Colour::Grey)),
                    State::Approved => (tag("Given", Colour::Green)),
                    State::OutOfDate => (tag("Out of date", Colour::Orange)),
                } }
            p { "It covers " (approval.covers) "."
                @if approval.freezes { " Once it is given, what it covers does not change until it is withdrawn." } }
            // Others may not see what is judged, so for them it would look missing.
            @for missing in approval.missing.iter().filter(|_| is_mine) {
                p.wcc-waiting { (missing.body.name) ": " (missing.count) " still missing." }
            }
            @if let Some(note) = &approval.note { blockquote.wcc-quote { (note) } }
            @if let Some(by) = &approval.entered_by {
                p.wcc-note { "By " (by.person.as_deref().unwrap_or("somebody")) " (" (framework.role_title(&by.role)) "), "
                    (long_date(by.day())) "." }
            }
            @if let Some(whole) = approval.given_for.as_ref().filter(|whole| whole.code != approval.body.code) {
                p.wcc-note { "It was given for " (whole.name) " with all of its members." }
            }
            @if let Some(digest) = approval.digest.as_deref().filter(|_| is_open && is_mine) {
                form method="post" action="/do/approve" {
                    (form_token(asked.viewer))
                    input type="hidden" name="request-id" value=(request);
                    input type="hidden" name="return" value=(with_query(&back, []));
                    input type="hidden" name="cycle" value=(place.cycle);
                    input type="hidden" name="body" value=(approval.body.code);
                    input type="hidden" name="approval" value=(approval.code);
                    input type="hidden" name="digest" value=(digest);
                    div.nhsuk-form-group {
                        label.nhsuk-label for={ "note-" (approval.code) } { "Note (optional)" }
                        textarea.nhsuk-textarea id={ "note-" (approval.code) } name="note" rows="2" {}
                    }
                    button.nhsuk-button type="submit" { "Give: " (approval.title) }
                }
            }
            @if approval.state != State::Approved && !is_mine {
                p.wcc-note { (sentence(&format!("it is given by: {}", roles.join(", ")))) }
            }
        }
    })
}
