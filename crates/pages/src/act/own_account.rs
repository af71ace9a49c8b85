//! One's own account: who one is here, where messages are sent, and another password.

use super::mail::mail_field;
use super::names::ActorNames;
use super::{check_form, error_summary, form_token, signed_out};
use crate::cookies::CookieName;
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Link, Page};
use crate::parameters::{Parameters, with_query};
use crate::reader::Reader;
use crate::respond::{Pages, answer_form, failed, respond, see_other, with_cookie};
use crate::viewer::Viewer;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::html;
use wcc_accounts::{AccountError, MIN_PASSWORD_CHARACTERS, Password};

/// The address of the page.
pub(super) const OWN: &str = "/account";

/// What is wrong with what was typed: the field, and why.
type Wrong = (&'static str, String);

/// The page.
pub(super) async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    respond(&pages, &headers, &uri, |asked| {
        Box::pin(async move { make(asked.reader, asked.viewer, None, None).await })
    })
    .await
}

async fn make(
    reader: &Reader,
    viewer: &Viewer,
    typed: Option<&Parameters>,
    wrong: Option<&Wrong>,
) -> Result<Page, PageError> {
    let session = viewer.session.as_ref().ok_or(PageError::NotSignedIn)?;
    let account = session.account();
    // Whoever changes their password does not need them.
    let names = ActorNames::read(reader, session.actors()).await;
    let names = names.unwrap_or_default();
    let mut page = Page::new("Your account");
    page.above = vec![Link::new("Your desk", "/desk")];
    page.is_refused = wrong.is_some();
    let shown = wrong.map(|(field, words)| (Some(*field), words.as_str()));
    let field = |name: &str, title: &str, autocomplete: &str| {
        let message = wrong.filter(|(field, _)| *field == name);
        html! {
            div.nhsuk-form-group.nhsuk-form-group--error[message.is_some()] {
                label.nhsuk-label for=(name) { (title) }
                @if let Some((_, words)) = message {
                    span.nhsuk-error-message { span.nhsuk-u-visually-hidden { "Error: " } (words) }
                }
                input.nhsuk-input.nhsuk-input--width-20 id=(name) name=(name) type="password" autocomplete=(autocomplete)
                    required maxlength="256";
            }
        }
    };
    let mail = typed.and_then(|typed| typed.typed("mail"));
    let mail_wrong = wrong.filter(|(field, _)| *field == "mail");
    let mail_wrong = mail_wrong.map(|(_, words)| words.as_str());
    page.push(html! {
        (shown.map(|shown| error_summary([shown].into_iter())).unwrap_or_default())
        p { "You are " strong { (account.person) } " and sign in as " (account.name) "." }
        p { "Your roles today:" }
        ul { @for actor in session.actors() { li { (names.words(actor)) } } }
        h2.nhsuk-heading-m { "Messages" }
        form.wcc-form method="post" action=(OWN) {
            (form_token(viewer))
            (mail_field(mail.or(account.mail.as_deref()), mail_wrong))
            button.nhsuk-button type="submit" name="act" value="mail" { "Save e-mail address" }
        }
        @if account.has_password {
            h2.nhsuk-heading-m { "Change your password" }
            form.wcc-form method="post" action=(OWN) {
                (form_token(viewer))
                // For whatever keeps the person's passwords.
                input type="hidden" name="username" autocomplete="username" value=(account.name);
                (field("old", "Current password", "current-password"))
                p.nhsuk-hint { "Use at least " (MIN_PASSWORD_CHARACTERS) " characters. You will be signed out everywhere else." }
                (field("new", "New password", "new-password"))
                (field("again", "New password again", "new-password"))
                button.nhsuk-button type="submit" { "Change" }
            }
        }
    });
    Ok(page)
}

/// Changes the password or the e-mail address.
pub(super) async fn change(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let can_sign_in = pages.visitors.can_sign_in();
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let fields = Parameters::parse(&body);
    let changed = async {
        check_form(&viewer, &headers, &fields)?;
        match fields.get("act") {
            Some("mail") => change_mail(&pages, &viewer, &fields).await,
            _ => change_password(&pages, &headers, &fields).await,
        }
    };
    match changed.await {
        Ok(Ok(response)) => response,
        Ok(Err(wrong)) => {
            let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), None);
            match make(&reader, &viewer, Some(&fields), Some(&wrong)).await {
                Ok(page) => answer_form(
                    &pages,
                    StatusCode::UNPROCESSABLE_ENTITY,
                    &page,
                    OWN,
                    &viewer,
                ),
                Err(error) => failed(&error, &viewer, can_sign_in),
            }
        }
        // Passwords are not shown again.
        Err(PageError::NotSignedIn) => signed_out(&pages, &Parameters::parse(b"")),
        Err(error) => failed(&error, &viewer, can_sign_in),
    }
}

async fn change_mail(
    pages: &Pages,
    viewer: &Viewer,
    fields: &Parameters,
) -> Result<Result<Response, Wrong>, PageError> {
    let (Some(accounts), Some(session)) = (pages.visitors.accounts(), &viewer.session) else {
        return Err(PageError::NotSignedIn);
    };
    let mail = fields.get("mail").unwrap_or_default();
    match accounts.set_mail(&session.account().name, mail).await {
        Ok(_) => Ok(Ok(see_other(&with_query(OWN, [("saved", "1")])))),
        Err(error @ AccountError::Mail(_)) => Ok(Err(("mail", sentence(&error.to_string())))),
        Err(error) => {
            tracing::error!("{error}");
            Err(PageError::Unavailable)
        }
    }
}

async fn change_password(
    pages: &Pages,
    headers: &HeaderMap,
    fields: &Parameters,
) -> Result<Result<Response, Wrong>, PageError> {
    let cookies = pages.visitors.cookies(headers);
    let secret = cookies.secret(CookieName::Session);
    let (Some(accounts), Some(secret)) = (pages.visitors.accounts(), secret) else {
        return Err(PageError::NotSignedIn);
    };
    let typed = |name: &str| fields.typed(name).unwrap_or_default();
    if typed("new") != typed("again") {
        return Ok(Err(("again", "the two are not the same".to_owned())));
    }
    let new = match Password::new(typed("new")) {
        Ok(new) => new,
        Err(error) => return Ok(Err(("new", sentence(&error.to_string())))),
    };
    match accounts.change_password(&secret, typed("old"), new).await {
        Ok(begun) => {
            let cookie = cookies.keep_secret(CookieName::Session, &begun.secret);
            let address = with_query(OWN, [("saved", "1")]);
            Ok(Ok(with_cookie(see_other(&address), cookie)))
        }
        Err(error @ AccountError::Password(_)) => Ok(Err(("new", sentence(&error.to_string())))),
        Err(error @ AccountError::SignIn(_)) => Ok(Err(("old", sentence(&error.to_string())))),
        Err(AccountError::NoSession) => Err(PageError::NotSignedIn),
        Err(error) => {
            tracing::error!("{error}");
            Err(PageError::Unavailable)
        }
    }
}
