//! People: accounts, their roles, and tokens. The same as `wcc account` and `wcc token`, for whoever the
//! policies let administer them.

mod account;
mod accounts;
mod grants;
mod tokens;

use super::change::Mistake;
use super::{check_form, error_summary, signed_out};
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Link, Page};
use crate::parameters::Parameters;
use crate::reader::Reader;
use crate::respond::{Pages, answer_form, failed, respond, see_other};
use crate::viewer::Viewer;
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use std::fmt::Write as _;
use std::path::Path;
use wcc_accounts::{Account, AccountError, Accounts};
use wcc_core::Actor;
use wcc_core::policy::{ADMINISTER_ACCOUNTS, ADMINISTER_OPERATORS};
use wcc_tokens::Grant;

/// The address of the list.
pub(crate) const PEOPLE: &str = "/people";

/// The routes of those who administer accounts.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route(PEOPLE, get(accounts::page))
        .route(accounts::ADD, get(accounts::add_form).post(accounts::add))
        .route(account::ACCOUNT, get(account::page).post(account::change))
        .route(tokens::TOKENS, get(tokens::page).post(tokens::change))
}

/// Whether somebody may administer accounts.
pub(crate) fn may_administer(pages: &Pages, viewer: &Viewer) -> bool {
    viewer.session.is_some()
        && pages.visitors.can_sign_in()
        && pages.api.permits(&viewer.actor, ADMINISTER_ACCOUNTS)
}

/// Somebody who administers accounts.
struct Administrator<'a> {
    viewer: &'a Viewer,
    /// The server's data folder, with its register of tokens.
    data: Option<&'a Path>,
    accounts: &'a Accounts,
    reader: Reader,
    /// Whether they may also administer operators.
    is_over_operators: bool,
}

impl<'a> Administrator<'a> {
    /// Somebody whom the policies let administer accounts; otherwise there is no such page.
    fn new(pages: &'a Pages, viewer: &'a Viewer) -> Result<Administrator<'a>, PageError> {
        if viewer.session.is_none() {
            return Err(PageError::NotSignedIn);
        }
        let accounts = pages.visitors.accounts().ok_or(PageError::Missing)?;
        if !may_administer(pages, viewer) {
            return Err(PageError::Missing);
        }
        Ok(Administrator {
            viewer,
            data: pages.data.as_deref(),
            accounts,
            reader: Reader::new(pages.api.clone(), viewer.actor.clone(), None),
            is_over_operators: pages.api.permits(&viewer.actor, ADMINISTER_OPERATORS),
        })
    }

    /// The account with a name.
    async fn account(&self, name: &str) -> Result<Account, PageError> {
        self.accounts.account(name).await.map_err(page_error)
    }

    /// Why these roles are not theirs to give or to change; `None` if they are.
    fn refusal(&self, grants: &[Grant]) -> Option<Mistake> {
        let names_operator = grants.iter().any(|grant| grant.role == Actor::OPERATOR);
        let is_refused = names_operator && !self.is_over_operators;
        is_refused.then(|| {
            Mistake::of_form("only an operator makes somebody an operator, or changes an operator")
        })
    }

    /// Whether an account is their own.
    fn is_own(&self, account: &Account) -> bool {
        let session = self.viewer.session.as_ref();
        session.is_some_and(|session| session.account().name == account.name)
    }

    /// Says in the log who did what: accounts are not in the ledger.
    fn log(&self, done: &str, what: &str) {
        tracing::info!("{} {done} {what}", self.viewer.actor);
    }
}

/// What became of a form.
enum FormResult {
    /// The browser goes on to this address.
    Done(String),
    /// The form again, or something that is shown once.
    Page(Box<Page>),
}

/// Shows a page to somebody who administers accounts.
async fn show(
    pages: Pages,
    headers: HeaderMap,
    uri: Uri,
    make: impl AsyncFnOnce(&Administrator<'_>, &Parameters) -> Result<Page, PageError>,
) -> Response {
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let parameters = Parameters::parse(uri.query().unwrap_or_default().as_bytes());
    let made = async {
        let administrator = Administrator::new(&pages, &viewer)?;
        make(&administrator, &parameters).await
    };
    let made = made.await;
    respond(&pages, &headers, &uri, |_| Box::pin(async move { made })).await
}

/// Does what a form of somebody asks who administers accounts.
async fn submit(
    pages: Pages,
    headers: HeaderMap,
    body: Bytes,
    path: &str,
    make: impl AsyncFnOnce(&Administrator<'_>, &Parameters) -> Result<FormResult, PageError>,
) -> Response {
    let can_sign_in = pages.visitors.can_sign_in();
    let viewer = match pages.viewer_or_page(&headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let fields = Parameters::parse(&body);
    let made = async {
        check_form(&viewer, &headers, &fields)?;
        let administrator = Administrator::new(&pages, &viewer)?;
        make(&administrator, &fields).await
    };
    match made.await {
        Ok(FormResult::Done(address)) => see_other(&address),
        Ok(FormResult::Page(page)) => {
            let status = if page.is_refused {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            answer_form(&pages, status, &page, path, &viewer)
        }
        Err(PageError::NotSignedIn) => signed_out(&pages, &fields),
        Err(error) => failed(&error, &viewer, can_sign_in),
    }
}

/// A page below the list.
fn start(title: &str) -> Page {
    let mut page = Page::new(title);
    page.above = vec![Link::new("People", PEOPLE)];
    page
}

/// What is wrong with a form, with the fields that it is about.
fn summary(mistakes: &[Mistake]) -> Markup {
    let messages: Vec<(Option<String>, String)> = mistakes
        .iter()
        .map(|mistake| {
            let field = mistake.field.as_deref();
            let field = field.and_then(|field| field.strip_prefix("input."));
            (field.map(str::to_owned), sentence(&mistake.words()))
        })
        .collect();
    let shown = messages
        .iter()
        .map(|(field, message)| (field.as_deref(), message.as_str()));
    html! { @if !mistakes.is_empty() { (error_summary(shown)) } }
}

/// Why an account cannot be shown.
fn page_error(error: AccountError) -> PageError {
    match error {
        AccountError::NoAccount(_) => PageError::NotFound(error.to_string()),
        AccountError::Store(_) => {
            tracing::error!("{error}");
            PageError::Unavailable
        }
        error => {
            tracing::error!("{error}");
            PageError::Failed
        }
    }
}

/// Why an account is not changed: a mistake of whoever asks, or a fault.
fn mistake(error: AccountError, field: &str) -> Result<Mistake, PageError> {
    match error {
        AccountError::Name(_)
        | AccountError::NameTaken(_)
        | AccountError::PersonTaken(_)
        | AccountError::Password(_)
        | AccountError::Mail(_)
        | AccountError::Grant(_)
        | AccountError::TooManyGrants => Ok(Mistake::of_field(field, &error.to_string())),
        error => Err(page_error(error)),
    }
}

/// What is wrong with the e-mail address of a form.
fn mail_mistake(mistakes: &[Mistake]) -> Option<String> {
    let is_about = |mistake: &&Mistake| mistake.field.as_deref() == Some("input.mail");
    let mistake = mistakes.iter().find(is_about);
    mistake.map(|mistake| sentence(&mistake.words()))
}

/// The roles of somebody, for people.
fn grants_in_words(grants: &[Grant]) -> String {
    match grants {
        [] => "none".to_owned(),
        grants => {
            let each: Vec<String> = grants.iter().map(grant_in_words).collect();
            each.join("; ")
        }
    }
}

fn grant_in_words(grant: &Grant) -> String {
    let mut words = super::role_words(&grant.actor(""));
    if let Some(from) = grant.from {
        let _ = write!(words, " from {from}");
    }
    if let Some(until) = grant.until {
        let _ = write!(words, " until {until}");
    }
    words
}

/// A time to the minute, in UTC.
fn minutes(time: Timestamp) -> String {
    let time = TimeZone::UTC.to_datetime(time);
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// The page that shows a secret once.
fn shown_once(title: &str, words: &str, secret: &str) -> Page {
    let mut page = start(title);
    page.push(html! {
        div.nhsuk-inset-text {
            p { strong { "It is shown here once and stored nowhere." } " " (words) }
        }
        p.wcc-kept.wcc-digest { code { (secret) } }
    });
    page
}
