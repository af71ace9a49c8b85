//! Having a message for people sent again, with a button on the page of messages.

use super::change::{Change, ChangeOutcome, Mistake, send};
use super::form::form_of;
use super::input::read_input;
use super::{check_form, form_token, request_id};
use crate::error::PageError;
use crate::parameters::{Parameters, with_query};
use crate::reader::Reader;
use crate::respond::{Pages, failed_at, own_address, see_other};
use crate::viewer::Viewer;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use maud::{Markup, html};

/// The address to which the button sends.
pub(crate) const SEND_AGAIN: &str = "/messages/send-again";
/// The parameter with the identifier of the message, on the page that says what has become of it.
pub(crate) const SENT_AGAIN: &str = "sent-again";

const MUTATION: &str = "sendMessageAgain";

/// The button for a message, which leads back to a page. `since` is when the message was last sent again, or else when it
/// was made: a second click finds that it was sent again since, and does nothing.
///
/// # Errors
/// The system has no random bytes.
pub(crate) fn button(
    viewer: &Viewer,
    message: &str,
    text: &str,
    since: &str,
    back: &str,
) -> Result<Markup, PageError> {
    let request = request_id()?;
    Ok(html! {
        form.wcc-correction.wcc-no-print method="post" action=(SEND_AGAIN) {
            (form_token(viewer))
            input type="hidden" name="request-id" value=(request);
            input type="hidden" name="return" value=(back);
            input type="hidden" name="message" value=(message);
            input type="hidden" name="unlessSentAgainSince" value=(since);
            button.wcc-act type="submit" { "Send again" span.nhsuk-u-visually-hidden { ": " (text) } }
        }
    })
}

/// Has the message sent again, and leads back to the page that says so.
pub(super) async fn submit(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let fields = Parameters::parse(&body);
    let back = own_address(fields.get("return"), "/desk");
    match send_again(&pages, &viewer, &headers, &fields).await {
        Ok(message) => see_other(&with_query(&back, [(SENT_AGAIN, message)])),
        Err(error) => failed_at(&error, &viewer, pages.visitors.can_sign_in(), Some(&back)),
    }
}

async fn send_again<'f>(
    pages: &Pages,
    viewer: &Viewer,
    headers: &HeaderMap,
    fields: &'f Parameters,
) -> Result<&'f str, PageError> {
    check_form(viewer, headers, fields)?;
    let form = form_of(MUTATION)?;
    let refused = |mistake: &Mistake| PageError::NotDone(mistake.words());
    let input = read_input(&form, fields);
    let input = input.map_err(|mistakes| mistakes.first().map_or(PageError::Failed, refused))?;
    let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), None);
    let change = Change {
        field: form.name,
        input_name: form.input,
        input,
    };
    let mistake = match send(&reader, vec![change]).await? {
        ChangeOutcome::Answered(outcomes) => outcomes.into_iter().flatten().next(),
        ChangeOutcome::Unknown(mistake) => Some(mistake),
    };
    match mistake {
        None => Ok(fields.get("message").unwrap_or_default()),
        Some(mistake) => Err(refused(&mistake)),
    }
}
