//! The pages in which somebody does something. Each act is a mutation of the API: the ledger and the
//! policies decide, and a page says in words what they decided.

pub(crate) mod approvals;
pub(crate) mod assess;
mod change;
mod choices;
mod desk;
mod form;
mod input;
mod mail;
mod names;
mod own_account;
pub(crate) mod people;
mod respondent;
pub(crate) mod send_again;
mod sign_in;
pub(crate) mod surveys;
pub(crate) mod upload;

use crate::cookies::check_origin;
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::{Parameters, with_query};
use crate::respond::{Pages, answer_form, own_address};
use crate::viewer::Viewer;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use wcc_accounts::{OPENID_PATH, role_text};
use wcc_core::Actor;

/// The routes of acts.
pub(crate) fn routes() -> Router<Pages> {
    Router::new()
        .route("/sign-in", get(sign_in::page).post(sign_in::submit))
        .route("/sign-in/provider", get(sign_in::begin))
        .route(OPENID_PATH, get(sign_in::finish))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/session", get(sign_in::remaining))
        .route("/role", post(sign_in::choose_role))
        .route("/desk", get(desk::page))
        .route("/do/{mutation}", get(form::page).post(form::submit))
        .route(
            "/do/{mutation}/correct",
            get(form::correct_again).post(form::correct),
        )
        .route(send_again::SEND_AGAIN, post(send_again::submit))
        .route(upload::UPLOAD, upload::route())
        .route(
            own_account::OWN,
            get(own_account::page).post(own_account::change),
        )
        .merge(people::routes())
        .merge(surveys::routes())
        .merge(respondent::routes())
}

/// The address of the form of a mutation, which leads back to a page; `values` are those that it starts
/// with.
pub(crate) fn form_address<'v>(
    mutation: &str,
    cycle: &'v str,
    back: &'v str,
    values: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> String {
    let parameters = [("cycle", cycle), ("return", back)].into_iter();
    with_query(&format!("/do/{mutation}"), parameters.chain(values))
}

/// A button that opens the form of a mutation with values that were recorded before.
pub(crate) fn correction<'v>(
    text: &str,
    mutation: &str,
    cycle: &'v str,
    back: &'v str,
    values: impl IntoIterator<Item = (&'v str, &'v str)>,
) -> Markup {
    let parameters = [("cycle", cycle), ("return", back)];
    // The address of the form says where it came from, too: a browser may ask for it again without the fields.
    let action = with_query(&format!("/do/{mutation}/correct"), parameters);
    html! {
        form.wcc-correction.wcc-no-print method="post" action=(action) {
            @for (name, value) in parameters.into_iter().chain(values) {
                input type="hidden" name=(name) value=(value);
            }
            button.wcc-act type="submit" { (text) }
        }
    }
}

/// Checks that a form comes from a page of this server, shown to the session that sends it.
///
/// # Errors
/// It does not, or nobody is signed in.
fn check_form(viewer: &Viewer, headers: &HeaderMap, fields: &Parameters) -> Result<(), PageError> {
    check_origin(headers, &viewer.public_origin)?;
    let Some(session) = &viewer.session else {
        return Err(PageError::NotSignedIn);
    };
    let token = fields.get("form-token").unwrap_or_default();
    if !session.accepts_form_token(token) {
        return Err(PageError::NotDone(
            "this form was made for another session: open the page again and send it from there"
                .to_owned(),
        ));
    }
    // Another tab may have chosen another role since.
    let acting = fields.get("acting-as");
    if acting.is_some_and(|role| role != role_text(&viewer.actor)) {
        return Err(PageError::NotDone(format!(
            "this form was opened in another role than {}, in which you act now: open the page again",
            role_words(&viewer.actor)
        )));
    }
    Ok(())
}

/// A role with its body, for people.
fn role_words(actor: &Actor) -> String {
    let role = actor.role.replace('-', " ");
    let body = actor.body.as_deref();
    let body = body.map(|body| format!(" for {body}")).unwrap_or_default();
    let cycle = actor.cycle.as_deref();
    let cycle = cycle
        .map(|cycle| format!(" in {cycle}"))
        .unwrap_or_default();
    format!("{role}{body}{cycle}")
}

/// The hidden field that proves where a form comes from.
pub(crate) fn form_token(viewer: &Viewer) -> Markup {
    html! {
        @if let Some(session) = &viewer.session {
            input type="hidden" name="form-token" value=(session.form_token());
            input type="hidden" name="acting-as" value=(role_text(&viewer.actor));
        }
    }
}

/// The page for somebody whose session ended while they were typing: what they typed, to be copied.
fn signed_out(pages: &Pages, fields: &Parameters) -> Response {
    let mut page = Page::new("You were signed out");
    let back = own_address(fields.get("return"), "/desk");
    let sign_in = with_query("/sign-in", [("return", back.as_str())]);
    page.push(html! {
        p { "Nothing was recorded. " a href=(sign_in) { "Sign in" } ", open the form again, and copy from here what you typed." }
        (typed_texts(fields))
    });
    let status = StatusCode::UNAUTHORIZED;
    answer_form(pages, status, &page, "/desk", &Viewer::public())
}

/// What somebody typed into a form that cannot be used, to be copied.
fn typed_texts(fields: &Parameters) -> Markup {
    html! {
        dl.nhsuk-summary-list {
            @for (name, value) in fields.typed_texts() {
                div.nhsuk-summary-list__row {
                    dt.nhsuk-summary-list__key { (name) }
                    dd.nhsuk-summary-list__value.wcc-kept { (value) }
                }
            }
        }
    }
}

/// An identifier for what a form asks, so that sending it twice does it once.
///
/// # Errors
/// The system has no random bytes.
fn request_id() -> Result<String, PageError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!("the system gives no random bytes: {error}");
        PageError::Failed
    })?;
    Ok(format!("page-{:032x}", u128::from_le_bytes(bytes)))
}

/// A summary of what is wrong with a form: each mistake with the field that it is about, if there is one.
fn error_summary<'m>(mistakes: impl Iterator<Item = (Option<&'m str>, &'m str)>) -> Markup {
    html! {
        div.nhsuk-error-summary {
            div role="alert" {
                h2.nhsuk-error-summary__heading { "There is a problem" }
                div.nhsuk-error-summary__body {
                    ul.nhsuk-list.nhsuk-error-summary__list {
                        @for (field, message) in mistakes {
                            li { @match field {
                                Some(field) => a href={ "#" (field) } { (message) },
                                None => (message),
                            } }
                        }
                    }
                }
            }
        }
    }
}
