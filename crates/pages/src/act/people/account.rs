//! One account: approving, disabling, roles, a new password, the end of its sessions.

use super::super::change::Mistake;
use super::super::form_token;
use super::super::mail::mail_field;
use super::accounts::state;
use super::grants::GrantChoices;
use super::{Administrator, FormResult, grants_in_words, mail_mistake, minutes, mistake};
use super::{shown_once, start, submit, summary};
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::{Parameters, with_query};
use crate::respond::Pages;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use maud::{Markup, html};
use wcc_accounts::{Account, AccountError, AccountState, Password};

/// The address of the page.
pub(super) const ACCOUNT: &str = "/people/account";

/// The address of the page of an account.
pub(super) fn address(name: &str) -> String {
    with_query(ACCOUNT, [("name", name)])
}

/// The page.
pub(super) async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    super::show(pages, headers, uri, async |administrator, parameters| {
        let name = parameters.get("name").unwrap_or_default();
        let account = administrator.account(name).await?;
        let choices = GrantChoices::read(&administrator.reader).await?;
        Ok(make(administrator, &account, &choices, None, &[]))
    })
    .await
}

fn make(
    administrator: &Administrator<'_>,
    account: &Account,
    choices: &GrantChoices,
    typed: Option<&Parameters>,
    mistakes: &[Mistake],
) -> Page {
    let mut page = start(&account.person);
    page.caption = Some("Account".to_owned());
    page.is_refused = !mistakes.is_empty();
    let identity = account.identity.as_ref();
    // What was typed into one form says nothing about the others: roles shown as empty would be removed when saved.
    let typed_in = |act: &str| typed.filter(|typed| typed.get("act") == Some(act));
    page.push(html! {
        (summary(mistakes))
        dl.nhsuk-summary-list {
            (row("Signs in as", &html! { (account.name) }))
            (row("E-mail address", &html! { (account.mail.as_deref().unwrap_or("None")) }))
            (row("State", &state(account)))
            (row("Roles", &html! { (grants_in_words(&account.grants)) }))
            @if let Some((issuer, subject)) = identity { (row("Known to", &html! { (issuer) " as " (subject) })) }
            (row("Made on", &html! { (minutes(account.created)) }))
            (row("Last signed in", &html! { @match account.signed_in { Some(at) => (minutes(at)), None => "never" } }))
        }
    });
    let is_own = administrator.is_own(account);
    if is_own {
        page.push(html! { p { "This is your own account: another administrator changes its roles and its state. You "
            a href="/account" { "change your password and your e-mail address" } " yourself." } });
        return page;
    }
    if administrator.refusal(&account.grants).is_some() {
        page.push(html! { p { "Only an operator changes the account of an operator." } });
        return page;
    }
    page.push(html! {
        @if account.state != AccountState::Active {
            (act(administrator, account, "approve", "Let them sign in", "", false))
        }
        h2.nhsuk-heading-m { "Roles" }
        @if identity.is_some() {
            p.wcc-note { "If the settings name roles for what the provider says about people, its roles replace these at the next sign-in." }
        }
        form method="post" action=(ACCOUNT) {
            (form_token(administrator.viewer))
            input type="hidden" name="name" value=(account.name);
            (choices.rows(typed_in("roles"), &account.grants, true))
            button.nhsuk-button type="submit" name="act" value="roles" { "Save the roles" }
        }
        h2.nhsuk-heading-m { "Mail" }
        form method="post" action=(ACCOUNT) {
            (form_token(administrator.viewer))
            input type="hidden" name="name" value=(account.name);
            (mail_field(typed_in("mail").and_then(|typed| typed.typed("mail")).or(account.mail.as_deref()), mail_mistake(mistakes).as_deref()))
            button.nhsuk-button type="submit" name="act" value="mail" { "Save e-mail address" }
        }
        @if account.has_password {
            h2.nhsuk-heading-m { "Password" }
            (act(administrator, account, "password", "Make a new password",
                "The old one no longer works, and their sessions end. The new one is shown once.", true))
        }
        h2.nhsuk-heading-m { "Sessions" }
        (act(administrator, account, "end-sessions", "End their sessions", "They have to sign in again, wherever they are signed in.", true))
        @if account.state != AccountState::Disabled {
            h2.nhsuk-heading-m { "Disable" }
            (act(administrator, account, "disable", "Disable the account",
                "They are signed out at once and cannot sign in. Accounts are not removed, because entries name their persons.", true))
        }
    });
    page
}

fn row(title: &str, value: &Markup) -> Markup {
    html! {
        div.nhsuk-summary-list__row {
            dt.nhsuk-summary-list__key { (title) }
            dd.nhsuk-summary-list__value { (value) }
        }
    }
}

/// A form with one button.
fn act(
    administrator: &Administrator<'_>,
    account: &Account,
    act: &str,
    title: &str,
    words: &str,
    is_secondary: bool,
) -> Markup {
    html! {
        form method="post" action=(ACCOUNT) {
            (form_token(administrator.viewer))
            input type="hidden" name="name" value=(account.name);
            @if !words.is_empty() { p { (words) } }
            button.nhsuk-button.nhsuk-button--secondary[is_secondary] type="submit" name="act" value=(act) { (title) }
        }
    }
}

/// Changes an account.
pub(super) async fn change(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    submit(pages, headers, body, ACCOUNT, async |administrator, fields| {
        let name = fields.get("name").unwrap_or_default();
        let account = administrator.account(name).await?;
        let choices = GrantChoices::read(&administrator.reader).await?;
        let again = |mistakes: &[Mistake]| {
            let page = make(administrator, &account, &choices, Some(fields), mistakes);
            Ok(FormResult::Page(Box::new(page)))
        };
        if administrator.is_own(&account) {
            let words = "another administrator changes your account; you change your password and your e-mail address on your own page";
            return again(&[Mistake::of_form(words)]);
        }
        if let Some(refusal) = administrator.refusal(&account.grants) {
            return again(&[refusal]);
        }
        let accounts = administrator.accounts;
        let (done, changed): (&str, Result<Account, AccountError>) = match fields.get("act") {
            Some("approve") => ("approved", accounts.approve(name).await),
            Some("disable") => ("disabled", accounts.disable(name).await),
            Some("end-sessions") => ("ended the sessions of", accounts.end_sessions(name).await),
            Some("mail") => {
                let mail = fields.get("mail").unwrap_or_default();
                ("changed the e-mail address of", accounts.set_mail(name, mail).await)
            }
            Some("password") => return new_password(administrator, &account).await,
            Some("roles") => {
                let grants = match choices.parse(&administrator.reader, fields).await? {
                    Ok(grants) => grants,
                    Err(mistakes) => return again(&mistakes),
                };
                if let Some(refusal) = administrator.refusal(&grants) {
                    return again(&[refusal]);
                }
                ("changed the roles of", accounts.set_grants(name, &grants).await)
            }
            _ => return again(&[Mistake::of_form("choose what to do")]),
        };
        match changed {
            Ok(account) => {
                administrator.log(done, &account.name);
                let address = with_query(&address(&account.name), [("saved", "1")]);
                Ok(FormResult::Done(address))
            }
            Err(error) => {
                let is_mail = matches!(error, AccountError::Mail(_));
                again(&[mistake(error, if is_mail { "mail" } else { "roles-0" })?])
            }
        }
    })
    .await
}

async fn new_password(
    administrator: &Administrator<'_>,
    account: &Account,
) -> Result<FormResult, PageError> {
    let (password, text) = Password::random().map_err(|_| PageError::Failed)?;
    let changed = administrator.accounts.set_password(&account.name, password);
    changed.await.map_err(super::page_error)?;
    administrator.log("made a new password for", &account.name);
    let words = format!("Give it to {}, who should change it then.", account.person);
    let page = shown_once("A new password", &words, &text);
    Ok(FormResult::Page(Box::new(page)))
}
