//! The list of accounts, and making one.

use super::super::change::Mistake;
use super::super::form_token;
use super::super::mail::mail_field;
use super::account::address;
use super::grants::GrantChoices;
use super::tokens::TOKENS;
use super::{Administrator, FormResult, grants_in_words, mail_mistake, minutes, mistake};
use super::{page_error, shown_once, start, submit, summary};
use crate::error::PageError;
use crate::page::{Link, Page};
use crate::parameters::Parameters;
use crate::parts::tag::{Colour, tag};
use crate::respond::Pages;
use crate::table::{Cell, Column, Row, Table};
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use maud::{Markup, html};
use wcc_accounts::{Account, AccountError, AccountState, NewAccount, NewAccountState, Password};

/// The address of the form that makes an account.
pub(super) const ADD: &str = "/people/add";

/// The list.
pub(super) async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    super::show(pages, headers, uri, async |administrator, _| {
        let accounts = administrator.accounts.list().await.map_err(page_error)?;
        let mut page = Page::new("People");
        page.above = vec![Link::new("Your desk", "/desk")];
        let waiting: Vec<&Account> = accounts
            .iter()
            .filter(|account| account.state == AccountState::Pending)
            .collect();
        page.push(html! {
            p { "Who signs in to these pages, and in which roles. What a role may do and see is for the policies to decide." }
            ul.wcc-inline {
                li { a href=(ADD) { "Make an account" } }
                li { a href=(TOKENS) { "Tokens" } }
            }
            @if !waiting.is_empty() {
                h2.nhsuk-heading-m { "Waiting for approval" }
                ul.nhsuk-task-list {
                    @for account in &waiting {
                        li.nhsuk-task-list__item.nhsuk-task-list__item--with-link {
                            div.nhsuk-task-list__name-and-hint {
                                a.nhsuk-task-list__link href=(address(&account.name)) { (account.person) }
                                div.nhsuk-task-list__hint { (account.name) @if let Some((issuer, _)) = &account.identity { ", known to " (issuer) } }
                            }
                            div.nhsuk-task-list__status { (minutes(account.created)) }
                        }
                    }
                }
            }
        });
        page.table(table(&accounts));
        Ok(page)
    })
    .await
}

fn table(accounts: &[Account]) -> Table {
    let rows = accounts.iter().map(|account| {
        Row::new(vec![
            Cell::link(&account.person, address(&account.name)),
            Cell::text(&account.name),
            Cell::shown(account.state.name(), state(account)),
            Cell::text(grants_in_words(&account.grants)),
            Cell::text(account.signed_in.map(minutes).unwrap_or_default()),
        ])
    });
    let titles = ["Person", "Signs in as", "State", "Roles", "Last signed in"];
    Table {
        name: "accounts".into(),
        caption: "Accounts".to_owned(),
        columns: titles.into_iter().map(Column::new).collect(),
        rows: rows.collect(),
        otherwise: "There is no account.",
        is_grid: false,
    }
}

/// The state of an account.
pub(super) fn state(account: &Account) -> Markup {
    let (words, colour) = match account.state {
        AccountState::Pending => ("Waits for approval", Colour::Orange),
        AccountState::Active => ("Active", Colour::Green),
        AccountState::Disabled => ("Disabled", Colour::Grey),
    };
    html! { (tag(words, colour)) @if account.is_demonstration { " for demonstration" } }
}

/// The form that makes an account.
pub(super) async fn add_form(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    super::show(pages, headers, uri, async |administrator, _| {
        let choices = GrantChoices::read(&administrator.reader).await?;
        Ok(add_page(administrator, &choices, None, &[]))
    })
    .await
}

fn add_page(
    administrator: &Administrator<'_>,
    choices: &GrantChoices,
    typed: Option<&Parameters>,
    mistakes: &[Mistake],
) -> Page {
    let mut page = start("Make an account");
    page.is_refused = !mistakes.is_empty();
    let value = |name: &str| typed.and_then(|typed| typed.typed(name));
    page.push(html! {
        (summary(mistakes))
        form.wcc-form method="post" action=(ADD) {
            (form_token(administrator.viewer))
            div.nhsuk-form-group {
                label.nhsuk-label for="name" { "Sign-in name" }
                div.nhsuk-hint id="name-hint" { "Letters a to z, digits and . - _ @ + ' such as an e-mail address. It never changes." }
                input.nhsuk-input.nhsuk-input--width-20 id="name" name="name" type="text" autocomplete="off" autocapitalize="none"
                    spellcheck="false" required maxlength="100" aria-describedby="name-hint" value=[value("name")];
            }
            div.nhsuk-form-group {
                label.nhsuk-label for="person" { "Name of the person" }
                div.nhsuk-hint id="person-hint" { "As the records will name them with each of their entries. No two accounts have the same." }
                input.nhsuk-input.nhsuk-input--width-20 id="person" name="person" type="text" autocomplete="off" required
                    aria-describedby="person-hint" value=[value("person")];
            }
            (mail_field(value("mail"), mail_mistake(mistakes).as_deref()))
            h2.nhsuk-heading-m { "Roles" }
            (choices.rows(typed, &[], true))
            p.wcc-note { "A password is made for them and shown once. They can change it when they have signed in." }
            button.nhsuk-button type="submit" { "Make the account" }
        }
    });
    page
}

/// Makes an account, and shows its password once.
pub(super) async fn add(State(pages): State<Pages>, headers: HeaderMap, body: Bytes) -> Response {
    submit(pages, headers, body, ADD, async |administrator, fields| {
        let choices = GrantChoices::read(&administrator.reader).await?;
        let again = |mistakes: &[Mistake]| {
            let page = add_page(administrator, &choices, Some(fields), mistakes);
            Ok(FormResult::Page(Box::new(page)))
        };
        let grants = match choices.parse(&administrator.reader, fields).await? {
            Ok(grants) => grants,
            Err(mistakes) => return again(&mistakes),
        };
        if let Some(refusal) = administrator.refusal(&grants) {
            return again(&[refusal]);
        }
        let (password, text) = Password::random().map_err(|_| PageError::Failed)?;
        let new = NewAccount {
            name: fields.get("name").unwrap_or_default().to_owned(),
            person: fields.get("person").unwrap_or_default().to_owned(),
            password,
            mail: fields.get("mail").map(str::to_owned),
            grants,
            state: NewAccountState::Active,
            is_demonstration: false,
        };
        match administrator.accounts.add(new).await {
            Ok(account) => {
                administrator.log("made the account", &account.name);
                let words = format!(
                    "Give it to {}, who signs in as {} and should change it then.",
                    account.person, account.name
                );
                let mut page = shown_once("The password of a new account", &words, &text);
                page.push(html! { p { a href=(address(&account.name)) { "The account" } } });
                Ok(FormResult::Page(Box::new(page)))
            }
            Err(error) => {
                let is_mail = matches!(error, AccountError::Mail(_));
                again(&[mistake(error, if is_mail { "mail" } else { "name" })?])
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::super::account::address;

    #[test]
    fn a_name_is_written_into_an_address() {
        assert_eq!(
            address("o'neil+x@a.example"),
            "/people/account?name=o%27neil%2Bx%40a.example"
        );
    }
}
