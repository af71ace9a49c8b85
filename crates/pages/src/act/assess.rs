//! Assessing: a list of tasks, one component a page. People in a role judge by its method; members of a
//! panel give scores of their own, which others see only after giving theirs.

mod form;
mod subject;

use super::change::{Change, ChangeOutcome, Mistake, send};
use super::{check_form, request_id, signed_out};
use crate::address::{CyclePath, Place};
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::{Parameters, with_query};
use crate::parts::definition::{capitalised, with_code};
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::respond::{PageRequest, Pages, answer_form, failed, see_other};
use crate::viewer::Viewer;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use form::{MeasureMistake, RefusedForm, form};
use maud::html;
use serde_json::{Map, Value, json};
use subject::{Cell, Part, Subject};

/// The method of scores, which are no judgements.
const SCORE: &str = "score";

/// The list of tasks.
///
/// # Errors
/// There is no such body or method, or nobody is signed in.
pub(crate) async fn tasks(
    asked: &PageRequest<'_>,
    place: &Place,
    body: &str,
) -> Result<Page, PageError> {
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
    asked: &PageRequest<'_>,
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
        None,
        &request_id()?,
    )
}

/// Saves the page of one component.
pub(crate) async fn save(
    State(pages): State<Pages>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    match enter(&pages, &viewer, &headers, &uri, &body).await {
        Ok(response) => response,
        Err(PageError::NotSignedIn) => signed_out(&pages, &Parameters::parse(&body)),
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
    let Changes {
        measures,
        changes,
        mut wrong,
    } = Changes::of(&subject, &place, cells, &fields);
    let is_saved = !changes.is_empty();
    // What is wrong with one measure holds up no other: each is recorded on its own.
    let mut request = request_id()?;
    match send(&reader, changes).await? {
        ChangeOutcome::Answered(outcomes) => {
            for (measure, mistakes) in measures.iter().zip(outcomes) {
                let mistakes = mistakes.into_iter();
                wrong.extend(mistakes.map(|mistake| ((*measure).to_owned(), mistake)));
            }
        }
        ChangeOutcome::Unknown(mistake) => {
            fields
                .get("request-id")
                .unwrap_or_default()
                .clone_into(&mut request);
            let measures = measures.iter();
            wrong.extend(measures.map(|measure| ((*measure).to_owned(), mistake.clone())));
        }
    }
    if wrong.is_empty() {
        let next = components.get(position + 1);
        let address = match (fields.get("next"), next) {
            (Some("on"), Some((next, _))) => subject.task(&place, &next.code),
            _ => subject.list(&place),
        };
        let saved = is_saved.then_some(("saved", "1"));
        return Ok(see_other(&with_query(&address, saved)));
    }
    // As it is recorded now: some of it may have been saved, by this form or by others.
    let now = Subject::of(&reader, viewer, &place, code, method).await?;
    let again = RefusedForm {
        typed: &fields,
        wrong: &wrong,
    };
    let page = form(&now, viewer, &place, component, Some(&again), &request)?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer_form(pages, status, &page, uri.path(), viewer))
}

/// What a form changes.
#[derive(Default)]
struct Changes<'c> {
    /// The measures whose value or rationale was changed.
    measures: Vec<&'c str>,
    /// The mutation of each.
    changes: Vec<Change>,
    /// What cannot be recorded.
    wrong: Vec<MeasureMistake>,
}

impl<'c> Changes<'c> {
    fn of(
        subject: &Subject,
        place: &Place,
        cells: &[&'c Cell],
        fields: &Parameters,
    ) -> Changes<'c> {
        let mut all = Changes::default();
        for cell in cells {
            let code = cell.measure.code.as_str();
            let field = |name: &str| fields.get(&format!("{name}-{code}"));
            let is_changed = field("value") != field("was-value")
                || field("rationale").map(lines) != field("was-rationale").map(lines);
            if !is_changed {
                continue;
            }
            match field("value") {
                Some(value) => {
                    all.measures.push(code);
                    all.changes
                        .push(change(subject, place, code, value, fields));
                }
                None => {
                    let words = "choose a level: a reason alone is not recorded";
                    all.wrong.push((code.to_owned(), Mistake::of_form(words)));
                }
            }
        }
        all
    }
}

/// The mutation that records a value.
fn change(
    subject: &Subject,
    place: &Place,
    code: &str,
    value: &str,
    fields: &Parameters,
) -> Change {
    let field = |name: &str| fields.get(&format!("{name}-{code}"));
    let request = fields.get("request-id").unwrap_or_default();
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
    if subject.method == SCORE {
        return Change {
            field: "scoreMeasure",
            input_name: "ScoreMeasureInput",
            input,
        };
    }
    input.insert("methodId".to_owned(), json!(subject.method));
    Change {
        field: "recordJudgement",
        input_name: "RecordJudgementInput",
        input,
    }
}

/// A text with lines that end as on every system but one.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}
