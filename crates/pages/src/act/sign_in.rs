//! Signing in and out, and choosing a role.

use super::{check_form, error_summary};
use crate::cookies::{CookieName, check_origin};
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::Page;
use crate::parameters::{Parameters, with_query};
use crate::respond::{Pages, answer_form, failed, own_address, see_other, with_cookie};
use crate::viewer::Viewer;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;
use wcc_accounts::{Accounts, BrowserSecret, OpenIdError, SignInError};
use wcc_api::json_response;

/// Where somebody goes who has signed in.
const DESK: &str = "/desk";

/// The form.
pub(super) async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let parameters = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    show(&pages, &headers, &parameters, None)
}

/// Why the form is shown again.
struct Problem {
    status: StatusCode,
    words: String,
}

impl From<&SignInError> for Problem {
    fn from(error: &SignInError) -> Problem {
        let status = match error {
            SignInError::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
            SignInError::Store(_) | SignInError::Random(_) | SignInError::Internal => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::UNAUTHORIZED,
        };
        Problem {
            status,
            words: error.to_string(),
        }
    }
}

/// Shows the form, perhaps with the reason why nobody was signed in.
fn show(
    pages: &Pages,
    headers: &HeaderMap,
    given: &Parameters,
    problem: Option<&Problem>,
) -> Response {
    let viewer = Viewer::public();
    if !pages.visitors.can_sign_in() {
        return failed(&PageError::Missing, &viewer, false);
    }
    let cookies = pages.visitors.cookies(headers);
    let known = cookies.secret(CookieName::SigningIn);
    let Some(secret) = known.or_else(|| BrowserSecret::new().ok()) else {
        return failed(&PageError::Failed, &viewer, true);
    };
    let mut page = Page::new("Sign in");
    page.is_refused = problem.is_some();
    let back = own_address(given.get("return"), DESK);
    let provider = pages.visitors.accounts().and_then(Accounts::openid_title);
    let message = problem.map(|problem| sentence(&problem.words));
    page.push(html! {
        @if let Some(message) = &message { (error_summary([(Some("name"), message.as_str())].into_iter())) }
        @if let Some(provider) = provider {
            p { a.nhsuk-button href=(with_query("/sign-in/provider", [("return", back.as_str())])) { "Sign in with " (provider) } }
        }
        form.wcc-form method="post" action="/sign-in" {
            input type="hidden" name="form-token" value=(secret.sign_in_token());
            input type="hidden" name="return" value=(back);
            div.nhsuk-form-group {
                label.nhsuk-label for="name" { "Sign-in name" }
                input.nhsuk-input.nhsuk-input--width-20 id="name" name="name" type="text" autocomplete="username"
                    autocapitalize="none" spellcheck="false" required maxlength="100" value=[given.get("name")];
            }
            div.nhsuk-form-group {
                label.nhsuk-label for="password" { "Password" }
                input.nhsuk-input.nhsuk-input--width-20 id="password" name="password" type="password"
                    autocomplete="current-password" required maxlength="256";
            }
            button.nhsuk-button type="submit" { "Sign in" }
        }
        p.wcc-note { "If you need an account or have forgotten your password, ask whoever runs this server. Without an account you see what has been released to the public." }
    });
    let status = problem.map_or(StatusCode::OK, |problem| problem.status);
    let response = answer_form(pages, status, &page, "/sign-in", &viewer);
    with_cookie(
        response,
        cookies.keep_secret(CookieName::SigningIn, &secret),
    )
}

/// Signs somebody in.
pub(super) async fn submit(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = Viewer::public();
    let Some(accounts) = pages.visitors.accounts() else {
        return failed(&PageError::Missing, &viewer, false);
    };
    let fields = Parameters::parse(&body);
    if let Err(error) = check_origin(&headers, pages.visitors.public_origin()) {
        return failed(&error, &viewer, true);
    }
    let token = fields.get("form-token").unwrap_or_default();
    let cookies = pages.visitors.cookies(&headers);
    let known = cookies.secret(CookieName::SigningIn);
    let is_ours = known.is_some_and(|secret| secret.accepts_sign_in_token(token));
    if !is_ours {
        let problem = Problem {
            status: StatusCode::BAD_REQUEST,
            words: "your browser did not send the cookie of this form: try again; if this is said again, \
                    it accepts no cookies from here, which on other machines need https"
                .to_owned(),
        };
        return show(&pages, &headers, &fields, Some(&problem));
    }
    let name = fields.get("name").unwrap_or_default();
    let password = fields.typed("password").unwrap_or_default();
    let before = cookies.secret(CookieName::Session);
    match accounts.sign_in(name, password, before.as_ref()).await {
        Ok(begun) => {
            let response = see_other(&own_address(fields.get("return"), DESK));
            let session = cookies.keep_secret(CookieName::Session, &begun.secret);
            let response = with_cookie(response, session);
            with_cookie(response, cookies.forget(CookieName::SigningIn))
        }
        Err(error) => {
            if let SignInError::Store(error) = &error {
                tracing::error!("accounts cannot be read: {error}");
            }
            show(&pages, &headers, &fields, Some(&Problem::from(&error)))
        }
    }
}

/// Sends somebody to the provider with which they sign in.
pub(super) async fn begin(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let Some(accounts) = pages.visitors.accounts() else {
        return failed(&PageError::Missing, &Viewer::public(), false);
    };
    let parameters = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let back = own_address(parameters.get("return"), DESK);
    match accounts.begin_openid(&back).await {
        Ok(begun) => {
            let cookies = pages.visitors.cookies(&headers);
            let cookie = cookies.keep_secret(CookieName::AtProvider, &begun.browser);
            with_cookie(see_other(begun.url.as_str()), cookie)
        }
        Err(error) => show(&pages, &headers, &parameters, Some(&of_provider(&error))),
    }
}

/// Signs somebody in whom the provider sends back.
pub(super) async fn finish(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let Some(accounts) = pages.visitors.accounts() else {
        return failed(&PageError::Missing, &Viewer::public(), false);
    };
    let query = uri.query().unwrap_or_default();
    let cookies = pages.visitors.cookies(&headers);
    let browser = cookies.secret(CookieName::AtProvider);
    let before = cookies.secret(CookieName::Session);
    let finished = accounts
        .finish_openid(query, browser.as_ref(), before.as_ref())
        .await;
    let response = match finished {
        Ok(signed_in) => {
            let session = cookies.keep_secret(CookieName::Session, &signed_in.new.secret);
            with_cookie(see_other(&signed_in.return_to), session)
        }
        Err(error) => show(
            &pages,
            &headers,
            &Parameters::parse(b""),
            Some(&of_provider(&error)),
        ),
    };
    with_cookie(response, cookies.forget(CookieName::AtProvider))
}

fn of_provider(error: &OpenIdError) -> Problem {
    Problem {
        status: StatusCode::UNAUTHORIZED,
        words: error.to_string(),
    }
}

/// Signs somebody out.
pub(super) async fn sign_out(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    match check_form(&viewer, &headers, &Parameters::parse(&body)) {
        Ok(()) => {}
        // Whose session is over is signed out.
        Err(PageError::NotSignedIn) => return see_other("/"),
        Err(error) => return failed(&error, &viewer, true),
    }
    let cookies = pages.visitors.cookies(&headers);
    if let (Some(accounts), Some(secret)) = (
        pages.visitors.accounts(),
        cookies.secret(CookieName::Session),
    ) && let Err(error) = accounts.sign_out(&secret).await
    {
        tracing::error!("a session cannot be ended: {error}");
        return failed(&PageError::Unavailable, &viewer, true);
    }
    with_cookie(see_other("/"), cookies.forget(CookieName::Session))
}

/// For how long the session goes on, now that it was used: for the script that warns before its end.
pub(super) async fn remaining(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    let session = match pages.viewer(&headers).await {
        Ok(viewer) => viewer.session,
        Err(error) => return error.status().into_response(),
    };
    match session {
        Some(session) => json_response(
            StatusCode::OK,
            &json!({ "seconds": session.seconds_left() }),
        ),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// Lets somebody act in another of their roles.
pub(super) async fn choose_role(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let fields = Parameters::parse(&body);
    if let Err(error) = check_form(&viewer, &headers, &fields) {
        return failed(&error, &viewer, true);
    }
    let role = fields.get("role").unwrap_or_default();
    let cookies = pages.visitors.cookies(&headers);
    let (Some(accounts), Some(secret)) = (
        pages.visitors.accounts(),
        cookies.secret(CookieName::Session),
    ) else {
        return failed(&PageError::NotSignedIn, &viewer, true);
    };
    match accounts.choose_role(&secret, role).await {
        Ok(_) => see_other(DESK),
        Err(error) => {
            let error = PageError::Refused(error.to_string());
            failed(&error, &viewer, true)
        }
    }
}
