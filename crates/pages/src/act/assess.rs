//! Assessing: a list of tasks, one component a page. People in a role judge by its method; members of a
//! panel give scores of their own, which others see only after giving theirs.

mod form;
mod subject;

use super::change::{Change, send};
use super::check_form;
use crate::address::{CyclePath, Place};
use crate::error::PageError;
use crate::frame::{self, Frame};
use crate::page::Page;
use crate::parameters::{Parameters, with_query};
use crate::parts::definition::{capitalised, with_code};
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::respond::{Asked, Pages, failed, html as response, see_other};
use crate::viewer::Viewer;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use form::{Wrong, form};
use maud::html;
use serde_json::{Map, Value, json};
use subject::{Cell, Part, Subject};

/// The method of scores, which are no judgements.
const SCORE: &str = "score";

/// The list of tasks.
///
/// # Errors
/// There is no such body or method, or nobody is signed in.
pub(crate) async fn tasks(asked: &Asked<'_>, place: &Place, body: &str) -> Result<Page, PageError> {
    let subject = Subject::read(asked, place, body).await?;
    let components = subject.components();
    let rated = |cells: &[&Cell]| {
        let known = cells.iter();
        known
            .filter(|cell| subject.recorded(cell).value.is_some())
            .count()
    };
    let done = components
        .iter()
        .filter(|(_, cells)| rated(cells) == cells.len())
        .count();
    let mut page = subject.page(capitalised(&subject.method_title()));
    page.push(html! {
        p { "You have completed " (done) " of " (components.len()) " sections. What you save stays; come back whenever you like." }
        @if let Part::Member(group) = &subject.part {
            p.nhsuk-inset-text { "These are " (subject.output.body.name) "'s own. What it shares with "
                (group.name) " is assessed once, "
                a href=(with_query(&place.page(&["bodies", &group.code, "assess"]), [("method", subject.method.as_str())])) {
                    "for the " (subject.cycle.framework.words.group) } "." }
        }
        @for tasks in components.chunk_by(|left, right| left.0.area.title == right.0.area.title) {
            @if let Some((first, _)) = tasks.first() { h2.nhsuk-heading-m { (first.area.title) } }
            ul.nhsuk-task-list {
                @for (component, cells) in tasks {
                    @let known = rated(cells);
                    li.nhsuk-task-list__item.nhsuk-task-list__item--with-link {
                        div.nhsuk-task-list__name-and-hint {
                            a.nhsuk-task-list__link href=(subject.task(place, &component.code))
                                aria-describedby={ "status-" (component.code) } {
                                (with_code(&component.code, &component.title))
                            }
                        }
                        div.nhsuk-task-list__status id={ "status-" (component.code) } {
                            @if known == cells.len() { "Completed" }
                            @else if known == 0 { (tag("Not started", Colour::Grey)) }
                            @else { (tag(&format!("{known} of {}", cells.len()), Colour::Blue)) }
                        }
                    }
                }
            }
        }
    });
    Ok(page)
}

/// The page of one component.
///
/// # Errors
/// There is no such component, body or method, or nobody is signed in.
pub(crate) async fn page(
    asked: &Asked<'_>,
    place: &Place,
    body: &str,
    component: &str,
) -> Result<Page, PageError> {
    let subject = Subject::read(asked, place, body).await?;
    form(
        &subject,
        asked.viewer,
        place,
        component,
        asked.parameters,
        &[],
    )
}

/// Saves the page of one component.
pub(crate) async fn save(
    State(pages): State<Pages>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer(&headers).await {
        Ok(viewer) => viewer,
        Err(error) => return failed(&error, &Viewer::public(), pages.visitors.can_sign_in()),
    };
    match enter(&pages, &viewer, &headers, &uri, &body).await {
        Ok(response) => response,
        Err(error) => failed(&error, &viewer, pages.visitors.can_sign_in()),
    }
}

async fn enter(
    pages: &Pages,
    viewer: &Viewer,
    headers: &HeaderMap,
    uri: &Uri,
    body: &[u8],
) -> Result<Response, PageError> {
    let fields = Parameters::parse(body);
    check_form(viewer, headers, &fields)?;
    let path = uri.path().strip_prefix("/cycles/");
    let path = path.and_then(CyclePath::parse).ok_or(PageError::Missing)?;
    let rest: Vec<&str> = path.rest.iter().map(String::as_str).collect();
    let ["bodies", code, "assess", component] = rest.as_slice() else {
        return Err(PageError::Missing);
    };
    let place = Place {
        cycle: path.cycle.clone(),
        as_of: None,
    };
    let query = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let method = query.get("method").unwrap_or("self");
    let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), None);
    let subject = Subject::of(&reader, viewer, &place, code, method).await?;
    let components = subject.components();
    let position = components
        .iter()
        .position(|(one, _)| one.code == *component);
    let position = position.ok_or(PageError::Missing)?;
    let (_, cells) = components.get(position).ok_or(PageError::Missing)?;
    let (measures, changes) = changes(&subject, &place, cells, &fields);
    let outcomes = send(&reader, changes).await?;
    let wrong: Vec<Wrong> = measures
        .into_iter()
        .zip(outcomes)
        .flat_map(|(measure, mistakes)| {
            mistakes
                .into_iter()
                .map(move |mistake| (measure.to_owned(), mistake))
        })
        .collect();
    if wrong.is_empty() {
        let next = components.get(position + 1);
        let address = match (fields.get("next"), next) {
            (Some("on"), Some((next, _))) => subject.task(&place, &next.code),
            _ => subject.list(&place),
        };
        return Ok(see_other(&format!("{address}&saved=1")));
    }
    let page = form(&subject, viewer, &place, component, &fields, &wrong)?;
    let frame = Frame {
        address: uri.path(),
        path: uri.path(),
        order: None,
        as_of: None,
        saved: false,
        viewer,
        can_sign_in: true,
    };
    let text = frame::page(&page, &frame).into_string();
    Ok(response(StatusCode::UNPROCESSABLE_ENTITY, text))
}

/// The measures whose value or rationale was changed, each with its mutation.
fn changes<'c>(
    subject: &Subject,
    place: &Place,
    cells: &[&'c Cell],
    fields: &Parameters,
) -> (Vec<&'c str>, Vec<Change>) {
    let request = fields.get("request-id").unwrap_or_default();
    let mut measures = Vec::new();
    let mut changes = Vec::new();
    for cell in cells {
        let code = cell.measure.code.as_str();
        let field = |name: &str| fields.get(&format!("{name}-{code}"));
        let is_changed = field("value") != field("was-value")
            || field("rationale").map(lines) != field("was-rationale").map(lines);
        let Some(value) = field("value").filter(|_| is_changed) else {
            continue;
        };
        let mut input = Map::new();
        input.insert("requestId".to_owned(), json!(format!("{request}-{code}")));
        input.insert("cycle".to_owned(), json!(place.cycle));
        input.insert("body".to_owned(), json!(subject.output.body.code));
        input.insert("measure".to_owned(), json!(code));
        input.insert("value".to_owned(), json!(value));
        if let Some(rationale) = field("rationale") {
            input.insert("rationale".to_owned(), json!(lines(rationale)));
        }
        if let Some(entry) = field("entry").and_then(|entry| entry.parse::<i32>().ok()) {
            input.insert("supersedes".to_owned(), Value::from(entry));
        }
        let is_score = subject.method == SCORE;
        if !is_score {
            input.insert("methodId".to_owned(), json!(subject.method));
        }
        measures.push(code);
        changes.push(if is_score {
            Change {
                field: "scoreMeasure",
                input_name: "ScoreMeasureInput",
                input,
            }
        } else {
            Change {
                field: "recordJudgement",
                input_name: "RecordJudgementInput",
                input,
            }
        });
    }
    (measures, changes)
}

/// A text with lines that end as on every system but one.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
