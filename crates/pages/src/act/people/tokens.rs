//! Tokens of programs: made, shown once, revoked. What `wcc token` does on the command line.

use super::super::change::Mistake;
use super::super::form_token;
use super::grants::GrantChoices;
use super::{
    Administrator, FormResult, grants_in_words, minutes, shown_once, start, submit, summary,
};
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::{Parameters, with_query};
use crate::parts::tag::{Colour, tag};
use crate::respond::Pages;
use crate::table::{Cell, Column, Row, Table};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use std::path::Path;
use wcc_tokens::{
    IssuedToken, NewToken, NewTokenError, Register, RegisterError, TOKEN_DAYS, TokenState,
};

/// The address of the page.
pub(super) const TOKENS: &str = "/people/tokens";
/// For how many days a token is valid unless somebody says otherwise.
const DAYS: &str = "90";

/// The page.
pub(super) async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    super::show(pages, headers, uri, async |administrator, _| {
        make(administrator, None, &[]).await
    })
    .await
}

/// Does something with the register, on a thread of its own: it is in files.
async fn with_register<T: Send + 'static>(
    data: Option<&Path>,
    work: impl FnOnce(&Path) -> Result<T, RegisterError> + Send + 'static,
) -> Result<T, PageError> {
    let data = data.ok_or(PageError::Missing)?.to_owned();
    let done = tokio::task::spawn_blocking(move || work(&data)).await;
    let done = done.map_err(|_| PageError::Failed)?;
    done.map_err(|error| {
        tracing::error!("{error}");
        PageError::Failed
    })
}

async fn make(
    administrator: &Administrator<'_>,
    typed: Option<&Parameters>,
    mistakes: &[Mistake],
) -> Result<Page, PageError> {
    let now = Timestamp::now();
    let register = with_register(administrator.data, move |data| {
        Register::open_or_create(data, now)
    });
    let register = register.await?;
    let choices = GrantChoices::read(&administrator.reader).await?;
    let mut page = start("Tokens");
    page.is_refused = !mistakes.is_empty();
    let value = |name: &str| typed.and_then(|typed| typed.typed(name));
    page.push(html! {
        p { "Programs and command lines use tokens instead of signing in. Whoever has one acts in its roles until it expires or is revoked." }
        (summary(mistakes))
    });
    page.table(table(&register, now));
    page.push(revoke_form(administrator, &register, now));
    page.push(html! {
        h2.nhsuk-heading-m { "Issue a token" }
        form.wcc-form method="post" action=(TOKENS) {
            (form_token(administrator.viewer))
            div.nhsuk-form-group {
                label.nhsuk-label for="person" { "Name of whoever will hold it" }
                input.nhsuk-input.nhsuk-input--width-20 id="person" name="person" type="text" autocomplete="off" required value=[value("person")];
            }
            (choices.rows(typed, &[], false))
            div.nhsuk-form-group {
                label.nhsuk-label for="from" { "First day (optional; from now on otherwise)" }
                input.nhsuk-input.nhsuk-input--width-10 id="from" name="from" type="date" value=[value("from")];
            }
            div.nhsuk-form-group {
                label.nhsuk-label for="days" { "For how many days, at most " (TOKEN_DAYS.end()) }
                input.nhsuk-input.nhsuk-input--width-4 id="days" name="days" type="text" inputmode="numeric" required
                    value=(value("days").unwrap_or(DAYS));
            }
            button.nhsuk-button type="submit" name="act" value="issue" { "Issue" }
        }
    });
    Ok(page)
}

fn is_usable(state: TokenState) -> bool {
    matches!(state, TokenState::Valid | TokenState::NotYet)
}

fn table(register: &Register, now: Timestamp) -> Table {
    let rows = register.tokens().iter().rev().map(|token| {
        let (words, colour) = match register.state(token, now) {
            TokenState::Valid => ("Valid", Colour::Green),
            TokenState::NotYet => ("Not yet", Colour::Blue),
            TokenState::Expired => ("Expired", Colour::Grey),
            TokenState::Revoked => ("Revoked", Colour::Red),
        };
        Row::new(vec![
            Cell::text(&token.person),
            Cell::text(&token.id),
            Cell::shown(words, tag(words, colour)),
            Cell::text(grants_in_words(&token.grants)),
            Cell::text(minutes(token.from)),
            Cell::text(minutes(token.until)),
        ])
    });
    let titles = ["Holder", "Identifier", "State", "Roles", "From", "Until"];
    Table {
        name: "tokens".into(),
        caption: "Issued tokens".to_owned(),
        columns: titles.into_iter().map(Column::new).collect(),
        rows: rows.collect(),
        otherwise: "No token was issued.",
        is_grid: false,
    }
}

fn revoke_form(administrator: &Administrator<'_>, register: &Register, now: Timestamp) -> Markup {
    let usable: Vec<&IssuedToken> = register
        .tokens()
        .iter()
        .filter(|token| is_usable(register.state(token, now)))
        .filter(|token| administrator.refusal(&token.grants).is_none())
        .collect();
    html! {
        @if !usable.is_empty() {
            form.wcc-filter method="post" action=(TOKENS) {
                (form_token(administrator.viewer))
                div.wcc-filter__field {
                    label.nhsuk-label for="id" { "Revoke a token" }
                    select.nhsuk-select id="id" name="id" {
                        @for token in usable { option value=(token.id) { (token.person) ", " (token.id) } }
                    }
                }
                button.nhsuk-button.nhsuk-button--secondary.nhsuk-button--small type="submit" name="act" value="revoke" { "Revoke" }
            }
        }
    }
}

/// Issues or revokes a token.
pub(super) async fn change(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    submit(
        pages,
        headers,
        body,
        TOKENS,
        async |administrator, fields| {
            let changed = match fields.get("act") {
                Some("revoke") => revoke(administrator, fields).await?,
                _ => issue(administrator, fields).await?,
            };
            match changed {
                Ok(result) => Ok(result),
                Err(mistakes) => {
                    let page = make(administrator, Some(fields), &mistakes).await?;
                    Ok(FormResult::Page(Box::new(page)))
                }
            }
        },
    )
    .await
}

async fn issue(
    administrator: &Administrator<'_>,
    fields: &Parameters,
) -> Result<Result<FormResult, Vec<Mistake>>, PageError> {
    let choices = GrantChoices::read(&administrator.reader).await?;
    let grants = match choices.parse(&administrator.reader, fields).await? {
        Ok(grants) => grants,
        Err(mistakes) => return Ok(Err(mistakes)),
    };
    if let Some(refusal) = administrator.refusal(&grants) {
        return Ok(Err(vec![refusal]));
    }
    let wrong = |field: &str, words: &str| Ok(Err(vec![Mistake::of_field(field, words)]));
    let from = match fields.get("from").map(str::parse) {
        None => None,
        Some(Ok(day)) => Some(day),
        Some(Err(_)) => {
            return wrong(
                "from",
                "the first day is not a day: expected one such as 2009-11-30",
            );
        }
    };
    let Ok(days) = fields.get("days").unwrap_or(DAYS).parse() else {
        return wrong("days", "give the number of days in digits");
    };
    let person = fields.get("person").unwrap_or_default();
    let now = Timestamp::now();
    let token = match NewToken::for_days(person, grants, from, days, now) {
        Ok(token) => token,
        Err(error) => {
            let field = match error {
                NewTokenError::Person => "person",
                NewTokenError::NoGrant => "roles-0",
                NewTokenError::Days | NewTokenError::Expired(_) => "days",
                NewTokenError::Range => "from",
            };
            return wrong(field, &error.to_string());
        }
    };
    let (text, issued) = with_register(administrator.data, move |data| {
        Register::issue(data, token, now)
    })
    .await?;
    administrator.log("issued the token", &issued.id);
    let words = format!(
        "Give it to {}. Whoever has it acts in its roles until {}.",
        issued.person,
        minutes(issued.until)
    );
    let page = shown_once("A new token", &words, &text);
    Ok(Ok(FormResult::Page(Box::new(page))))
}

async fn revoke(
    administrator: &Administrator<'_>,
    fields: &Parameters,
) -> Result<Result<FormResult, Vec<Mistake>>, PageError> {
    let id = fields.get("id").unwrap_or_default().to_owned();
    let now = Timestamp::now();
    let register = with_register(administrator.data, move |data| {
        Register::open_or_create(data, now)
    });
    let register = register.await?;
    let token = register.tokens().iter().find(|token| token.id == id);
    let Some(token) = token else {
        let words = "there is no such token";
        return Ok(Err(vec![Mistake::of_field("id", words)]));
    };
    if let Some(refusal) = administrator.refusal(&token.grants) {
        return Ok(Err(vec![refusal]));
    }
    let picked = id.clone();
    with_register(administrator.data, move |data| {
        Register::revoke(data, |token| token.id == picked, now)
    })
    .await?;
    administrator.log("revoked the token", &id);
    Ok(Ok(FormResult::Done(with_query(TOKENS, [("saved", "1")]))))
}
