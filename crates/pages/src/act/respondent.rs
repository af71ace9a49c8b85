//! Answering a survey with an invitation: read, answer a page at a time, come back, check, send once.
//!
//! A respondent has no account. Their invitation is typed into a form and kept in a cookie of these pages
//! for some hours, never in an address. Whoever has it is the respondent, so it is in no page either.

mod forms;
mod sheet;

use super::change::Mistake;
use crate::cookies::{CookieName, check_origin};
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::reader::Reader;
use crate::respond::{Pages, answer_form, failed, see_other, with_cookie};
use crate::viewer::Viewer;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use sheet::Sheet;
use wcc_accounts::BrowserSecret;
use wcc_core::Actor;

/// The address of the survey that somebody answers.
const SHEET: &str = "/survey";
/// As many questions as fit on a telephone without losing the thread.
const QUESTIONS_ON_A_PAGE: usize = 3;

/// The address of a page with questions.
fn questions_address(page: usize) -> String {
    format!("{SHEET}/questions/{page}")
}

/// The routes of respondents.
pub(super) fn routes() -> Router<Pages> {
    Router::new()
        .route(SHEET, get(overview).post(enter_invitation))
        .route("/survey/questions/{page}", get(questions).post(save))
        .route("/survey/check", get(check))
        .route("/survey/submit", post(submit))
        .route("/survey/submitted", get(submitted))
        .route("/survey/leave", post(leave))
}

/// A request of a respondent.
struct Respondent<'r> {
    pages: &'r Pages,
    headers: &'r HeaderMap,
    /// What only this browser has, from which its forms have their tokens.
    secret: BrowserSecret,
    invitation: Option<String>,
}

/// Why a respondent does not get the page that they asked for.
enum Refusal {
    /// They have to enter their invitation, for this reason if there is one.
    Invitation(Option<String>),
    Error(PageError),
}

impl From<PageError> for Refusal {
    fn from(error: PageError) -> Refusal {
        Refusal::Error(error)
    }
}

impl From<Mistake> for Refusal {
    fn from(mistake: Mistake) -> Refusal {
        Refusal::Invitation(Some(mistake.words()))
    }
}

impl<'r> Respondent<'r> {
    fn new(pages: &'r Pages, headers: &'r HeaderMap) -> Result<Respondent<'r>, PageError> {
        let cookies = pages.visitors.cookies(headers);
        let known = cookies.secret(CookieName::Answering);
        let secret = known.or_else(|| BrowserSecret::new().ok());
        Ok(Respondent {
            pages,
            headers,
            secret: secret.ok_or(PageError::Failed)?,
            invitation: cookies.text(CookieName::Invitation),
        })
    }

    fn reader(&self) -> Reader {
        Reader::new(self.pages.api.clone(), Actor::public(), None)
    }

    fn token(&self) -> String {
        self.secret.sign_in_token()
    }

    fn invitation(&self) -> Result<&str, Refusal> {
        self.invitation.as_deref().ok_or(Refusal::Invitation(None))
    }

    async fn sheet(&self) -> Result<Sheet, Refusal> {
        Ok(Sheet::open(&self.reader(), self.invitation()?).await??)
    }

    /// Checks that a form comes from these pages in this browser.
    fn check_form(&self, fields: &Parameters) -> Result<(), Refusal> {
        check_origin(self.headers, self.pages.visitors.public_origin())?;
        let token = fields.get("form-token").unwrap_or_default();
        let cookies = self.pages.visitors.cookies(self.headers);
        let known = cookies.secret(CookieName::Answering);
        if known.is_some_and(|secret| secret.accepts_sign_in_token(token)) {
            return Ok(());
        }
        let words = "your browser did not send the cookie of this form: try again; if this is said again, it \
                     accepts no cookies from here, which on other machines need https";
        Err(Refusal::Invitation(Some(words.to_owned())))
    }

    /// A page, with the cookie from which its form has a token.
    fn show(&self, status: StatusCode, page: &Page) -> Response {
        let response = answer_form(self.pages, status, page, SHEET, &Viewer::public());
        let cookies = self.pages.visitors.cookies(self.headers);
        with_cookie(
            response,
            cookies.keep_secret(CookieName::Answering, &self.secret),
        )
    }

    /// The page on which they enter their invitation.
    fn refuse(&self, refusal: Refusal, typed: Option<&Parameters>) -> Response {
        let problem = match refusal {
            Refusal::Invitation(problem) => problem,
            Refusal::Error(error) => {
                return failed(&error, &Viewer::public(), self.pages.visitors.can_sign_in());
            }
        };
        let typed = typed.filter(|typed| typed.typed_texts().next().is_some());
        let page = forms::invitation(&self.token(), problem.as_deref(), typed);
        let is_wrong = problem.is_some() || typed.is_some();
        let status = if is_wrong {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::OK
        };
        self.show(status, &page)
    }
}

/// What the survey is; without an invitation, the form for it.
async fn overview(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    page(&pages, &headers, async |respondent| {
        let sheet = respondent.sheet().await?;
        Ok(forms::overview(&respondent.token(), &sheet))
    })
    .await
}

/// A page with questions.
async fn questions(
    State(pages): State<Pages>,
    Path(number): Path<usize>,
    headers: HeaderMap,
) -> Response {
    page(&pages, &headers, async |respondent| {
        let sheet = respondent.sheet().await?;
        let questions = sheet.questions(number).ok_or(PageError::Missing)?;
        let token = respondent.token();
        Ok(forms::questions(&token, &sheet, number, questions, None))
    })
    .await
}

/// Everything that would be sent.
async fn check(State(pages): State<Pages>, headers: HeaderMap) -> Response {
    page(&pages, &headers, async |respondent| {
        let sheet = respondent.sheet().await?;
        Ok(forms::check(&respondent.token(), &sheet, &[]))
    })
    .await
}

/// Said once the answers are sent.
async fn submitted(State(pages): State<Pages>) -> Response {
    answer_form(
        &pages,
        StatusCode::OK,
        &forms::submitted(),
        SHEET,
        &Viewer::public(),
    )
}

async fn page(
    pages: &Pages,
    headers: &HeaderMap,
    make: impl AsyncFnOnce(&Respondent<'_>) -> Result<Page, Refusal>,
) -> Response {
    match Respondent::new(pages, headers) {
        Ok(respondent) => match make(&respondent).await {
            Ok(page) => respondent.show(StatusCode::OK, &page),
            Err(refusal) => respondent.refuse(refusal, None),
        },
        Err(error) => failed(&error, &Viewer::public(), pages.visitors.can_sign_in()),
    }
}

/// Takes the invitation that somebody entered.
async fn enter_invitation(State(pages): State<Pages>, headers: HeaderMap, body: Bytes) -> Response {
    change(&pages, &headers, &body, async |respondent, fields| {
        let given = fields.get("invitation").unwrap_or_default();
        // A letter may have broken it.
        let given: String = given.split_whitespace().collect();
        Sheet::open(&respondent.reader(), &given).await??;
        let cookies = pages.visitors.cookies(&headers);
        let kept = cookies.keep(CookieName::Invitation, &given);
        Ok(with_cookie(see_other(SHEET), kept))
    })
    .await
}

/// Saves the answers on a page.
async fn save(
    State(pages): State<Pages>,
    Path(number): Path<usize>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    change(&pages, &headers, &body, async |respondent, fields| {
        let sheet = respondent.sheet().await?;
        let questions = sheet.questions(number).ok_or(PageError::Missing)?;
        let invitation = respondent.invitation()?;
        let mistakes = sheet::save(&respondent.reader(), invitation, questions, fields).await?;
        if !mistakes.is_empty() {
            let token = respondent.token();
            let again = Some((fields, mistakes.as_slice()));
            let page = forms::questions(&token, &sheet, number, questions, again);
            return Ok(respondent.show(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
        let address = match fields.get("next") {
            Some("later") => SHEET.to_owned(),
            _ if number < sheet.pages() => questions_address(number + 1),
            _ => format!("{SHEET}/check"),
        };
        let cookies = pages.visitors.cookies(&headers);
        // Whoever goes on answering keeps it for as long again.
        let kept = cookies.keep(CookieName::Invitation, invitation);
        Ok(with_cookie(see_other(&address), kept))
    })
    .await
}

/// Sends the answers, once and for all.
async fn submit(State(pages): State<Pages>, headers: HeaderMap, body: Bytes) -> Response {
    change(&pages, &headers, &body, async |respondent, _| {
        let invitation = respondent.invitation()?;
        let mistakes = sheet::submit(&respondent.reader(), invitation).await?;
        if !mistakes.is_empty() {
            // It can no longer be opened if a second click came after the first one.
            let sheet = respondent.sheet().await.map_err(sent_before)?;
            let page = forms::check(&respondent.token(), &sheet, &mistakes);
            return Ok(respondent.show(StatusCode::UNPROCESSABLE_ENTITY, &page));
        }
        let cookies = pages.visitors.cookies(&headers);
        let address = format!("{SHEET}/submitted");
        Ok(with_cookie(
            see_other(&address),
            cookies.forget(CookieName::Invitation),
        ))
    })
    .await
}

fn sent_before(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invitation(Some(words)) => Refusal::Invitation(Some(format!(
            "{words}. If you have just sent your answers, they have arrived"
        ))),
        refusal => refusal,
    }
}

/// Forgets the invitation.
async fn leave(State(pages): State<Pages>, headers: HeaderMap, body: Bytes) -> Response {
    change(&pages, &headers, &body, async |_, _| {
        let cookies = pages.visitors.cookies(&headers);
        Ok(with_cookie(
            see_other(SHEET),
            cookies.forget(CookieName::Invitation),
        ))
    })
    .await
}

async fn change(
    pages: &Pages,
    headers: &HeaderMap,
    body: &[u8],
    make: impl AsyncFnOnce(&Respondent<'_>, &Parameters) -> Result<Response, Refusal>,
) -> Response {
    let respondent = match Respondent::new(pages, headers) {
        Ok(respondent) => respondent,
        Err(error) => return failed(&error, &Viewer::public(), pages.visitors.can_sign_in()),
    };
    let fields = Parameters::parse(body);
    let made = match respondent.check_form(&fields) {
        Ok(()) => make(&respondent, &fields).await,
        Err(refusal) => Err(refusal),
    };
    made.unwrap_or_else(|refusal| respondent.refuse(refusal, Some(&fields)))
}
