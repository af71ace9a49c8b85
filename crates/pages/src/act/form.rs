//! A form for every mutation, made of its declaration: whatever the API records can be recorded here.

use super::change::{Change, ChangeOutcome, Mistake, send};
use super::choices::Choices;
use super::input::{Field, in_words, read_input};
use super::{check_form, error_summary, form_token, request_id, signed_out};
use crate::address::segment;
use crate::cookies::check_origin;
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Link, Page};
use crate::parameters::{Parameters, with_query};
use crate::parts::definition::capitalised;
use crate::reader::Reader;
use crate::respond::{
    PageRequest, Pages, answer_form, failed, failed_at, own_address, respond, see_other,
};
use crate::viewer::Viewer;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::html;
use wcc_api::{MutationForm, kebab_case, mutation_forms};

/// The form of a mutation.
///
/// # Errors
/// There is none.
pub(super) fn form_of(mutation: &str) -> Result<MutationForm, PageError> {
    let mut forms = mutation_forms().into_iter();
    let form = forms.find(|form| form.name == mutation);
    form.ok_or(PageError::Missing)
}

/// An identifier for what a form records in a cycle, because people should not have to think of one:
/// `action-7f3a21` for `recordAction`. Empty if the form asks for none.
fn suggested_id(form: &MutationForm, request: &str) -> String {
    let has = |name: &str| {
        form.fields
            .iter()
            .any(|field| field.name == name && field.is_required)
    };
    let needs_id = has("id") && has("cycle");
    let name = kebab_case(form.name);
    let kind = name.split_once('-').map_or(name.as_str(), |(_, kind)| kind);
    let random = request.get(request.len().saturating_sub(6)..);
    match random {
        Some(random) if needs_id => format!("{kind}-{random}"),
        _ => String::new(),
    }
}

/// A title for a form: "File plan" for `filePlan`.
pub(super) fn title(mutation: &str) -> String {
    capitalised(&in_words(mutation))
}

/// The page with the form.
pub(super) async fn page(
    State(pages): State<Pages>,
    Path(mutation): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    respond(&pages, &headers, &uri, move |asked: PageRequest<'_>| {
        Box::pin(async move {
            let form = form_of(&mutation)?;
            let choices = Choices::read(asked.reader, &form, asked.parameters).await?;
            let request = request_id()?;
            let given = asked
                .parameters
                .with_default("id", &suggested_id(&form, &request));
            make(asked.viewer, &form, &given, &choices, &[], &request)
        })
    })
    .await
}

fn make(
    viewer: &Viewer,
    form: &MutationForm,
    given: &Parameters,
    choices: &Choices,
    mistakes: &[Mistake],
    request: &str,
) -> Result<Page, PageError> {
    if viewer.session.is_none() {
        return Err(PageError::NotSignedIn);
    }
    let mut page = Page::new(title(form.name));
    page.is_refused = !mistakes.is_empty();
    page.above = vec![Link::new("Your desk", "/desk")];
    let fields: Vec<Field<'_>> = Field::all(form, given, choices, mistakes);
    let shown: Vec<(Option<String>, String)> = mistakes
        .iter()
        .map(|mistake| {
            let of = fields.iter().find(|field| field.is_about(mistake));
            (of.map(Field::id), sentence(&mistake.words()))
        })
        .collect();
    let summary = shown
        .iter()
        .map(|(id, text)| (id.as_deref(), text.as_str()));
    let (required, optional): (Vec<&Field<'_>>, Vec<&Field<'_>>) =
        fields.iter().partition(|field| field.is_expected());
    page.push(html! {
        @if !mistakes.is_empty() { (error_summary(summary)) }
        p { (form.description.replace('`', "")) }
        form.wcc-form method="post" action={ "/do/" (form.name) } novalidate {
            (form_token(viewer))
            input type="hidden" name="request-id" value=(request);
            input type="hidden" name="return" value=(own_address(given.get("return"), "/desk"));
            @for (name, value) in context(form, given) { input type="hidden" name=(name) value=(value); }
            @for field in &required { (field.markup()) }
            @if !optional.is_empty() {
                details.nhsuk-details open[optional.iter().any(|field| field.has_mistake())] {
                    summary.nhsuk-details__summary {
                        span.nhsuk-details__summary-text { "What may be added" }
                    }
                    div.nhsuk-details__text { @for field in &optional { (field.markup()) } }
                }
            }
            button.nhsuk-button type="submit" { "Save" }
        }
    });
    Ok(page)
}

/// What a form is about and does not ask for, so that its choices are the same when it is shown again.
fn context<'g>(form: &MutationForm, given: &'g Parameters) -> Vec<(&'static str, &'g str)> {
    let names = ["cycle", "body"].into_iter();
    let names = names.filter(|name| form.fields.iter().all(|field| field.name != *name));
    names
        .filter_map(|name| Some((name, given.get(name)?)))
        .collect()
}

/// The page with the form, filled in with what a page of this server sends. Nothing is recorded, so only the
/// place that it comes from is checked.
pub(super) async fn correct(
    State(pages): State<Pages>,
    Path(mutation): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let recorded = Parameters::parse(&body);
    let made = async {
        check_origin(&headers, &viewer.public_origin)?;
        let form = form_of(&mutation)?;
        let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), None);
        let choices = Choices::read(&reader, &form, &recorded).await?;
        make(&viewer, &form, &recorded, &choices, &[], &request_id()?)
    };
    match made.await {
        Ok(page) => answer_form(
            &pages,
            StatusCode::OK,
            &page,
            &format!("/do/{mutation}"),
            &viewer,
        ),
        Err(error) => {
            // Whoever signs in again finds the button where it was.
            let back = own_address(recorded.get("return"), "/desk");
            failed_at(&error, &viewer, pages.visitors.can_sign_in(), Some(&back))
        }
    }
}

/// The address of a correction without its fields, such as one that was kept as a bookmark: leads to the page
/// whose button begins with what is recorded now, or to the empty form.
pub(super) async fn correct_again(Path(mutation): Path<String>, uri: Uri) -> Response {
    let given = uri.query().unwrap_or_default();
    let form = format!("/do/{}", segment(&mutation));
    let form = if given.is_empty() {
        form
    } else {
        format!("{form}?{given}")
    };
    let given = Parameters::parse(given.as_bytes());
    see_other(&own_address(given.get("return"), &form))
}

/// Records what was entered.
pub(super) async fn submit(
    State(pages): State<Pages>,
    Path(mutation): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let fields = Parameters::parse(&body);
    match enter(&pages, &viewer, &headers, &mutation, &fields).await {
        Ok(response) => response,
        Err(PageError::NotSignedIn) => signed_out(&pages, &fields),
        Err(error) => failed(&error, &viewer, pages.visitors.can_sign_in()),
    }
}

async fn enter(
    pages: &Pages,
    viewer: &Viewer,
    headers: &HeaderMap,
    mutation: &str,
    fields: &Parameters,
) -> Result<Response, PageError> {
    check_form(viewer, headers, fields)?;
    let form = form_of(mutation)?;
    let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), None);
    // Nothing was recorded for a request with mistakes, so the next one is another.
    let mut request = request_id()?;
    let mut mistakes = match read_input(&form, fields) {
        Ok(input) => {
            let change = Change {
                field: form.name,
                input_name: form.input,
                input,
            };
            match send(&reader, vec![change]).await? {
                ChangeOutcome::Answered(mut outcomes) => outcomes.pop().unwrap_or_default(),
                ChangeOutcome::Unknown(mistake) => {
                    fields
                        .get("request-id")
                        .unwrap_or_default()
                        .clone_into(&mut request);
                    vec![mistake]
                }
            }
        }
        Err(mistakes) => mistakes,
    };
    if mistakes.is_empty() {
        let back = own_address(fields.get("return"), "/desk");
        return Ok(see_other(&with_query(&back, [("saved", "1")])));
    }
    mistakes.dedup();
    let choices = Choices::read(&reader, &form, fields).await?;
    let page = make(viewer, &form, fields, &choices, &mistakes, &request)?;
    let path = format!("/do/{mutation}");
    Ok(answer_form(
        pages,
        StatusCode::UNPROCESSABLE_ENTITY,
        &page,
        &path,
        viewer,
    ))
}
