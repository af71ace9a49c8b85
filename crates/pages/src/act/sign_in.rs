//! Signing in and out, and choosing a role.

use super::{check_form, check_origin, error_summary};
use crate::error::PageError;
use crate::frame::{self, Frame, sentence};
use crate::page::Page;
use crate::parameters::Parameters;
use crate::respond::{Pages, failed, html, own_address, see_other};
use crate::viewer::{SESSION, SIGNING_IN, Viewer, cookie, set_cookie};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;
use maud::html;
use wcc_accounts::{BrowserSecret, SignInError};

/// Where somebody goes who has signed in.
const DESK: &str = "/desk";

/// The form.
pub(super) async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let parameters = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    show(&pages, &headers, &parameters, None)
}

/// Shows the form, perhaps with the reason why nobody was signed in.
fn show(
    pages: &Pages,
    headers: &HeaderMap,
    given: &Parameters,
    problem: Option<&SignInError>,
) -> Response {
    let viewer = Viewer::public();
    if !pages.visitors.can_sign_in() {
        return failed(&PageError::Missing, &viewer, false);
    }
    let known = cookie(headers, SIGNING_IN);
    let Some(secret) = known.or_else(|| BrowserSecret::new().ok()) else {
        return failed(&PageError::Failed, &viewer, true);
    };
    let mut page = Page::new("Sign in");
    let message = problem.map(|problem| sentence(&problem.to_string()));
    page.push(html! {
        @if let Some(message) = &message { (error_summary([(Some("name"), message.as_str())].into_iter())) }
        form.wcc-form method="post" action="/sign-in" {
            input type="hidden" name="form-token" value=(secret.sign_in_token());
            input type="hidden" name="return" value=(own_address(given.get("return"), DESK));
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
        p.wcc-note { "Accounts are made by whoever runs this server. Without one, you see what is released to the public." }
    });
    let frame = Frame {
        address: "/sign-in",
        path: "/sign-in",
        order: None,
        as_of: None,
        saved: false,
        viewer: &viewer,
        can_sign_in: true,
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(SignInError::TooManyAttempts(_)) => StatusCode::TOO_MANY_REQUESTS,
        Some(_) => StatusCode::UNAUTHORIZED,
    };
    let response = html(status, frame::page(&page, &frame).into_string());
    with_cookie(response, set_cookie(SIGNING_IN, Some(&secret), headers))
}

fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
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
    if let Err(error) = check_origin(&headers) {
        return failed(&error, &viewer, true);
    }
    let token = fields.get("form-token").unwrap_or_default();
    let is_ours =
        cookie(&headers, SIGNING_IN).is_some_and(|secret| secret.accepts_sign_in_token(token));
    if !is_ours {
        // The page lay open for long, or cookies are off: the form again, with a new token.
        return show(&pages, &headers, &fields, None);
    }
    let name = fields.get("name").unwrap_or_default();
    let password = fields.typed("password").unwrap_or_default();
    let before = cookie(&headers, SESSION);
    match accounts.sign_in(name, password, before.as_ref()).await {
        Ok(begun) => {
            let response = see_other(&own_address(fields.get("return"), DESK));
            let response =
                with_cookie(response, set_cookie(SESSION, Some(&begun.secret), &headers));
            with_cookie(response, set_cookie(SIGNING_IN, None, &headers))
        }
        Err(error) => {
            if let SignInError::Store(error) = &error {
                tracing::error!("accounts cannot be read: {error}");
            }
            show(&pages, &headers, &fields, Some(&error))
        }
    }
}

/// Signs somebody out.
pub(super) async fn sign_out(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer(&headers).await {
        Ok(viewer) => viewer,
        Err(error) => return failed(&error, &Viewer::public(), true),
    };
    match check_form(&viewer, &headers, &Parameters::parse(&body)) {
        Ok(()) => {}
        // Whose session is over is signed out.
        Err(PageError::NotSignedIn) => return see_other("/"),
        Err(error) => return failed(&error, &viewer, true),
    }
    if let (Some(accounts), Some(secret)) = (pages.visitors.accounts(), cookie(&headers, SESSION))
        && let Err(error) = accounts.sign_out(&secret).await
    {
        tracing::error!("a session cannot be ended: {error}");
        return failed(&PageError::Unavailable, &viewer, true);
    }
    with_cookie(see_other("/"), set_cookie(SESSION, None, &headers))
}

/// Lets somebody act in another of their roles.
pub(super) async fn choose_role(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let viewer = match pages.viewer(&headers).await {
        Ok(viewer) => viewer,
        Err(error) => return failed(&error, &Viewer::public(), true),
    };
    let fields = Parameters::parse(&body);
    if let Err(error) = check_form(&viewer, &headers, &fields) {
        return failed(&error, &viewer, true);
    }
    let role = fields.get("role").unwrap_or_default();
    let (Some(accounts), Some(secret)) = (pages.visitors.accounts(), cookie(&headers, SESSION))
    else {
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
