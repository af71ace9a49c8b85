//! Inviting people to a survey, and who has not answered. Both answers are shown once: an invitation is
//! stored nowhere, and who has not answered is in no address and in no cache.

use super::super::change::Mistake;
use super::super::{check_form, error_summary, form_token, request_id, signed_out};
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Link, Page};
use crate::parameters::Parameters;
use crate::reader::Reader;
use crate::respond::{Pages, answer_form, failed, own_address, respond};
use crate::viewer::Viewer;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

const INVITE: &str = "/surveys/invite";
const REMIND: &str = "/surveys/remind";

#[derive(Deserialize)]
struct Data<T> {
    payload: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invited {
    #[serde(default)]
    invitations: Vec<Invitation>,
    known: u32,
    elsewhere: u32,
    user_errors: Vec<Mistake>,
}

#[derive(Deserialize)]
struct Invitation {
    group: String,
    contact: String,
    invitation: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reminded {
    unanswered: Vec<Contact>,
    user_errors: Vec<Mistake>,
}

#[derive(Deserialize)]
struct Contact {
    group: String,
    contact: String,
}

/// The form in which people are invited.
pub(super) async fn invite_form(
    State(pages): State<Pages>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    respond(&pages, &headers, &uri, |asked| {
        Box::pin(async move { invite_page(asked.viewer, asked.parameters, &[]) })
    })
    .await
}

/// The form that asks who has not answered.
pub(super) async fn remind_form(
    State(pages): State<Pages>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    respond(&pages, &headers, &uri, |asked| {
        Box::pin(async move { remind_page(asked.viewer, asked.parameters, &[]) })
    })
    .await
}

fn start(title: &str, viewer: &Viewer, given: &Parameters) -> Result<Page, PageError> {
    if viewer.session.is_none() {
        return Err(PageError::NotSignedIn);
    }
    let mut page = Page::new(title);
    page.caption = given.get("survey").map(str::to_owned);
    page.above = vec![Link::new("Surveys", back(given))];
    Ok(page)
}

fn back(given: &Parameters) -> String {
    own_address(given.get("return"), "/desk")
}

fn hidden(viewer: &Viewer, given: &Parameters) -> Markup {
    html! {
        (form_token(viewer))
        input type="hidden" name="survey" value=(given.get("survey").unwrap_or_default());
        input type="hidden" name="return" value=(back(given));
    }
}

fn summary(mistakes: &[Mistake]) -> Markup {
    let messages: Vec<String> = mistakes
        .iter()
        .map(|mistake| sentence(&mistake.words()))
        .collect();
    let shown = messages.iter().map(|message| (None, message.as_str()));
    html! { @if !mistakes.is_empty() { (error_summary(shown)) } }
}

fn invite_page(
    viewer: &Viewer,
    given: &Parameters,
    mistakes: &[Mistake],
) -> Result<Page, PageError> {
    let mut page = start("Invite people", viewer, given)?;
    page.is_refused = !mistakes.is_empty();
    page.push(html! {
        (summary(mistakes))
        form.wcc-form method="post" action=(INVITE) {
            (hidden(viewer, given))
            div.nhsuk-form-group {
                label.nhsuk-label for="contacts" { "People" }
                div.nhsuk-hint id="contacts-hint" {
                    "One on each line: the code of their group in the questionnaire, a comma, and their e-mail address or another "
                    "reference. At most 500 at once. For example: local-authorities, a.person@council.example"
                }
                textarea.nhsuk-textarea id="contacts" name="contacts" rows="10" spellcheck="false" required
                    aria-describedby="contacts-hint" { (given.typed("contacts").unwrap_or_default()) }
            }
            div.nhsuk-form-group {
                div.nhsuk-checkboxes {
                    div.nhsuk-checkboxes__item {
                        input.nhsuk-checkboxes__input id="renew" name="renew" type="checkbox" value="yes"
                            aria-describedby="renew-hint" checked[given.get("renew").is_some()];
                        label.nhsuk-label.nhsuk-checkboxes__label for="renew" { "New invitations for those who were invited before" }
                        div.nhsuk-hint.nhsuk-checkboxes__hint id="renew-hint" {
                            "Only for those who have not answered. Their earlier invitation, and what they saved, no longer work."
                        }
                    }
                }
            }
            button.nhsuk-button type="submit" { "Invite" }
        }
    });
    Ok(page)
}

fn remind_page(
    viewer: &Viewer,
    given: &Parameters,
    mistakes: &[Mistake],
) -> Result<Page, PageError> {
    let mut page = start("Who has not answered", viewer, given)?;
    page.is_refused = !mistakes.is_empty();
    page.push(html! {
        (summary(mistakes))
        p { "The list names people who were invited and have not sent their answers, so that you can remind them. It changes nothing." }
        form method="post" action=(REMIND) {
            (hidden(viewer, given))
            button.nhsuk-button type="submit" { "Show the list" }
        }
    });
    Ok(page)
}

/// Invites people, and shows their invitations once.
pub(super) async fn invite(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    send(&pages, &headers, &body, INVITE, async |reader, viewer, fields| {
        let contacts = match contacts(fields.get("contacts").unwrap_or_default()) {
            Ok(contacts) => contacts,
            Err(mistakes) => return invite_page(viewer, fields, &mistakes),
        };
        let mutation = "mutation Invite($input: InviteToSurveyInput!) { payload: inviteToSurvey(input: $input) { \
                        invitations { group contact invitation } known elsewhere \
                        userErrors { code field message nearest } } }";
        let input = json!({
            "requestId": request_id()?,
            "survey": fields.get("survey").unwrap_or_default(),
            "contacts": contacts,
            "renew": fields.get("renew").is_some(),
        });
        let data: Data<Invited> = reader.change(mutation, json!({ "input": input })).await?;
        let invited = data.payload;
        if !invited.user_errors.is_empty() {
            return invite_page(viewer, fields, &invited.user_errors);
        }
        invited.page(viewer, fields)
    })
    .await
}

/// Shows who has not answered.
pub(super) async fn remind(
    State(pages): State<Pages>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    send(&pages, &headers, &body, REMIND, async |reader, viewer, fields| {
        let mutation = "mutation Remind($input: RemindOfSurveyInput!) { payload: remindOfSurvey(input: $input) { \
                        unanswered { group contact } userErrors { code field message nearest } } }";
        let survey = fields.get("survey").unwrap_or_default();
        let input = json!({ "requestId": request_id()?, "survey": survey });
        let data: Data<Reminded> = reader.change(mutation, json!({ "input": input })).await?;
        let reminded = data.payload;
        if !reminded.user_errors.is_empty() {
            return remind_page(viewer, fields, &reminded.user_errors);
        }
        let mut page = start("Who has not answered", viewer, fields)?;
        let rows = reminded.unanswered.iter();
        let rows: Vec<[&str; 2]> = rows.map(|person| [person.group.as_str(), &person.contact]).collect();
        if rows.is_empty() {
            page.push(html! { p { "Everybody who was invited has answered." } });
        } else {
            page.push(list("Invited, and not answered", ["Group", "Contact"], &rows));
        }
        Ok(page)
    })
    .await
}

async fn send(
    pages: &Pages,
    headers: &HeaderMap,
    body: &[u8],
    path: &str,
    make: impl AsyncFnOnce(&Reader, &Viewer, &Parameters) -> Result<Page, PageError>,
) -> Response {
    let viewer = match pages.viewer_or_page(headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let fields = Parameters::parse(body);
    let made = async {
        check_form(&viewer, headers, &fields)?;
        let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), None);
        make(&reader, &viewer, &fields).await
    };
    match made.await {
        Ok(page) => {
            let status = if page.is_refused {
                StatusCode::UNPROCESSABLE_ENTITY
            } else {
                StatusCode::OK
            };
            answer_form(pages, status, &page, path, &viewer)
        }
        Err(PageError::NotSignedIn) => signed_out(pages, &fields),
        Err(error) => failed(&error, &viewer, pages.visitors.can_sign_in()),
    }
}

/// The people of a text with one on each line: a group, a comma or a tab, and a contact.
///
/// # Errors
/// Lines that are not of this form.
fn contacts(text: &str) -> Result<Vec<Value>, Vec<Mistake>> {
    let mut contacts = Vec::new();
    let mut mistakes = Vec::new();
    let lines = text.lines().enumerate();
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        match line.split_once([',', '\t']) {
            Some((group, contact)) => {
                contacts.push(json!({ "group": group.trim(), "contact": contact.trim() }));
            }
            None => mistakes.push(Mistake::of_form(&format!(
                "line {} has no comma: expected a group, a comma and an e-mail address or another reference",
                number + 1
            ))),
        }
    }
    if mistakes.is_empty() {
        Ok(contacts)
    } else {
        Err(mistakes)
    }
}

impl Invited {
    fn page(&self, viewer: &Viewer, fields: &Parameters) -> Result<Page, PageError> {
        let mut page = start("Invitations", viewer, fields)?;
        let rows = self.invitations.iter();
        let rows: Vec<[&str; 3]> = rows
            .map(|one| [one.group.as_str(), &one.contact, &one.invitation])
            .collect();
        page.push(html! {
            @if rows.is_empty() {
                p { "Nobody new is invited." }
            } @else {
                div.nhsuk-inset-text {
                    p { strong { "These invitations are shown here once and stored nowhere." } " Send each person theirs, with the address "
                        span.wcc-kept { "/survey" } " of this server, before you leave this page. Whoever has one answers in that person's place." }
                }
                (list("New invitations", ["Group", "Contact", "Invitation"], &rows))
            }
            @if self.known > 0 {
                p { (self.known) " of these people had been invited already; their invitations stay." }
            }
            @if self.elsewhere > 0 { p { (self.elsewhere) " of them in another group than the one given here." } }
        });
        Ok(page)
    }
}

/// A table that is shown once, and so can be neither sorted nor downloaded.
fn list<const N: usize>(caption: &str, titles: [&str; N], rows: &[[&str; N]]) -> Markup {
    html! {
        div.wcc-table__scroll tabindex="0" role="region" aria-label=(caption) {
            table.nhsuk-table {
                caption.nhsuk-table__caption.nhsuk-table__caption--s { (caption) }
                thead.nhsuk-table__head {
                    tr { @for title in titles { th.nhsuk-table__header scope="col" { (title) } } }
                }
                tbody.nhsuk-table__body {
                    @for row in rows {
                        tr { @for cell in row { td.nhsuk-table__cell { (cell) } } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::contacts;
    use serde_json::json;

    #[test]
    fn each_line_is_a_person() {
        let typed = "local-authorities, a@council.example\r\n\r\npublic\tB, 2nd letter\r\n";
        let expected = vec![
            json!({ "group": "local-authorities", "contact": "a@council.example" }),
            json!({ "group": "public", "contact": "B, 2nd letter" }),
        ];
        assert_eq!(contacts(typed).unwrap(), expected);
        let mistakes = contacts("public,a\n\nnobody").unwrap_err();
        let words: Vec<String> = mistakes.iter().map(super::Mistake::words).collect();
        assert!(words[0].contains("line 3"), "{words:?}");
    }
}
