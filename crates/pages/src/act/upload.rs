//! Filing evidence with its document: a form with a file, which is stored first and then named in the record.

use super::change::{Change, ChangeOutcome, Mistake, send};
use super::choices::Choices;
use super::form::form_of;
use super::input::{Field, read_input};
use super::{check_form, error_summary, form_token, request_id, signed_out};
use crate::address::Place;
use crate::cookies::check_origin;
use crate::error::PageError;
use crate::filing::{DocumentFiler, FilingError, SentDocument};
use crate::frame::sentence;
use crate::multipart::{FileForm, read_form};
use crate::page::{Link, Page};
use crate::parameters::{Parameters, with_query};
use crate::parts::definition::{Titled, capitalised};
use crate::reader::Reader;
use crate::respond::{PageRequest, Pages, answer_form, failed, own_address, respond, see_other};
use crate::viewer::Viewer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use maud::{Markup, html};
use std::time::Duration;
use tower_http::timeout::RequestBodyTimeoutLayer;
use wcc_core::record::EvidenceKind;

/// The address of the form.
pub(crate) const UPLOAD: &str = "/evidence/file";
/// Maximum time between two parts of a file that is being sent.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
const MUTATION: &str = "fileEvidence";
/// Kinds that come as a file. The others are filed with the form of the mutation.
const KINDS: [EvidenceKind; 3] = [
    EvidenceKind::Document,
    EvidenceKind::Survey,
    EvidenceKind::Metric,
];
/// Fields that everybody fills in, in this order, and those that may be added.
const ASKED: [&str; 2] = ["issuer", "date"];
const OPTIONAL: [&str; 5] = ["validUntil", "coversFrom", "dated", "source", "id"];
/// The longest part of a title that an identifier takes over, in letters.
const IDENTIFIER: usize = 40;

/// The address of the form for a body in a cycle.
pub(crate) fn of_body(place: &Place, body: &str) -> String {
    let back = place.page(&["bodies", body, "evidence"]);
    let given = [
        ("cycle", place.cycle.as_str()),
        ("body", body),
        ("return", back.as_str()),
    ];
    with_query(UPLOAD, given)
}

/// The route of the form.
pub(super) fn route() -> MethodRouter<Pages> {
    get(page)
        .post(submit)
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
}

/// The form.
async fn page(State(pages): State<Pages>, headers: HeaderMap, uri: Uri) -> Response {
    let filer = pages.filer.clone();
    respond(&pages, &headers, &uri, move |asked: PageRequest<'_>| {
        Box::pin(async move {
            let filer = filer.ok_or(PageError::Missing)?;
            let upload = Upload {
                filer: &*filer,
                viewer: asked.viewer,
                choices: Choices::read(asked.reader, &form_of(MUTATION)?, asked.parameters).await?,
            };
            upload.form(asked.parameters, &[], &request_id()?)
        })
    })
    .await
}

/// Files what was sent.
async fn submit(State(pages): State<Pages>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let headers = &head.headers;
    let can_sign_in = pages.visitors.can_sign_in();
    let viewer = match pages.viewer_or_page(headers).await {
        Ok(viewer) => viewer,
        Err(page) => return page,
    };
    let Some(filer) = pages.filer.clone() else {
        return failed(&PageError::Missing, &viewer, can_sign_in);
    };
    // Nothing is read of what nobody may send; whoever was signed out gets the page for that.
    if viewer.session.is_none() {
        return signed_out(&pages, &Parameters::new(Vec::new()));
    }
    if let Err(error) = check_origin(headers, pages.visitors.public_origin()) {
        return failed(&error, &viewer, can_sign_in);
    }
    let form = match read_form(headers, body, filer.max_bytes()).await {
        Ok(form) => form,
        Err(error) => return failed(&error, &viewer, can_sign_in),
    };
    if let Err(error) = check_form(&viewer, headers, &form.fields) {
        return match error {
            PageError::NotSignedIn => signed_out(&pages, &form.fields),
            error => failed(&error, &viewer, can_sign_in),
        };
    }
    match enter(&pages, &viewer, &*filer, form).await {
        Ok(response) => response,
        Err(error) => failed(&error, &viewer, can_sign_in),
    }
}

async fn enter(
    pages: &Pages,
    viewer: &Viewer,
    filer: &dyn DocumentFiler,
    form: FileForm,
) -> Result<Response, PageError> {
    let FileForm { mut fields, file } = form;
    if fields.get("id").is_none() {
        let title = fields.get("title").unwrap_or_default();
        // The same for a second click.
        let request = fields.get("request-id").unwrap_or_default().to_owned();
        fields.set("id", identifier(title, &request));
    }
    let mut mistakes = Vec::new();
    if let Some(file) = file {
        let document = SentDocument {
            actor: viewer.actor.clone(),
            cycle: fields.get("cycle").unwrap_or_default().to_owned(),
            body: fields.get("body").unwrap_or_default().to_owned(),
            ending: file.ending,
            bytes: file.bytes,
        };
        match filer.file(document).await {
            Ok(sha256) => fields.set("document", sha256),
            Err(FilingError::Refused(words)) => {
                mistakes.push(Mistake::of_field("document", &words))
            }
            Err(FilingError::Unavailable) => return Err(PageError::Unavailable),
        }
    } else if fields.get("document").is_none() {
        mistakes.push(Mistake::of_field("document", "choose the file"));
    }
    let reader = Reader::new(pages.api.clone(), viewer.actor.clone(), None);
    // Nothing was recorded for a request with mistakes, so the next one is another.
    let mut request = request_id()?;
    if mistakes.is_empty() {
        mistakes = match record(&reader, &fields).await? {
            ChangeOutcome::Answered(mut outcomes) => outcomes.pop().unwrap_or_default(),
            ChangeOutcome::Unknown(mistake) => {
                fields
                    .get("request-id")
                    .unwrap_or_default()
                    .clone_into(&mut request);
                vec![mistake]
            }
        };
    }
    if mistakes.is_empty() {
        let back = own_address(fields.get("return"), "/desk");
        return Ok(see_other(&with_query(&back, [("saved", "1")])));
    }
    let upload = Upload {
        filer,
        viewer,
        choices: Choices::read(&reader, &form_of(MUTATION)?, &fields).await?,
    };
    let page = upload.form(&fields, &mistakes, &request)?;
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer_form(pages, status, &page, UPLOAD, viewer))
}

async fn record(reader: &Reader, fields: &Parameters) -> Result<ChangeOutcome, PageError> {
    let form = form_of(MUTATION)?;
    let input = match read_input(&form, fields) {
        Ok(input) => input,
        Err(mistakes) => return Ok(ChangeOutcome::Answered(vec![mistakes])),
    };
    let change = Change {
        field: form.name,
        input_name: form.input,
        input,
    };
    send(reader, vec![change]).await
}

/// An identifier that says what it is of: `strategic-plan-2008-3fa9`.
fn identifier(title: &str, random: &str) -> String {
    let mut words = String::new();
    for sign in title.chars().take(IDENTIFIER) {
        match sign {
            sign if sign.is_ascii_alphanumeric() => words.push(sign.to_ascii_lowercase()),
            _ if words.ends_with('-') || words.is_empty() => {}
            _ => words.push('-'),
        }
    }
    let ending = random
        .get(random.len().saturating_sub(4)..)
        .unwrap_or_default();
    let words = words.trim_end_matches('-');
    match words {
        "" => format!("document-{ending}"),
        words => format!("{words}-{ending}"),
    }
}

struct Upload<'u> {
    filer: &'u dyn DocumentFiler,
    viewer: &'u Viewer,
    choices: Choices,
}

impl Upload<'_> {
    fn form(
        &self,
        given: &Parameters,
        mistakes: &[Mistake],
        request: &str,
    ) -> Result<Page, PageError> {
        if self.viewer.session.is_none() {
            return Err(PageError::NotSignedIn);
        }
        let declared = form_of(MUTATION)?;
        let fields = Field::all(&declared, given, &self.choices, mistakes);
        let field = |name: &str| fields.iter().find(|field| field.is_named(name));
        let messages: Vec<(String, String)> = mistakes
            .iter()
            .map(|mistake| {
                let about = fields.iter().find(|field| field.is_about(mistake));
                let id = about.map_or_else(|| "title".to_owned(), Field::id);
                (id, sentence(&mistake.words()))
            })
            .collect();
        let shown = messages
            .iter()
            .map(|(id, message)| (Some(id.as_str()), message.as_str()));
        let body = given.get("body").unwrap_or_default();
        let named = self.choices.of("body", &[body]).unwrap_or_default().iter();
        let named = named.clone().find(|one| one.code == body);
        let mut page = Page::new("File evidence");
        page.caption = Some(named.map_or(body, |body| body.title.as_str()).to_owned());
        page.above = vec![Link::new(
            "Evidence",
            own_address(given.get("return"), "/desk"),
        )];
        page.is_refused = !mistakes.is_empty();
        page.push(html! {
            @if !mistakes.is_empty() { (error_summary(shown)) }
            form.wcc-form method="post" action=(UPLOAD) enctype="multipart/form-data" novalidate {
                (form_token(self.viewer))
                input type="hidden" name="request-id" value=(request);
                input type="hidden" name="return" value=(own_address(given.get("return"), "/desk"));
                input type="hidden" name="cycle" value=(given.get("cycle").unwrap_or_default());
                input type="hidden" name="body" value=(body);
                @if let Some(field) = field("title") { (field.markup()) }
                (kinds(given))
                (self.measures(given))
                @for name in ASKED { @if let Some(field) = field(name) { (field.markup()) } }
                details.nhsuk-details open[OPTIONAL.iter().any(|name| field(name).is_some_and(Field::has_mistake))] {
                    summary.nhsuk-details__summary { span.nhsuk-details__summary-text { "What may be added" } }
                    div.nhsuk-details__text {
                        @for name in OPTIONAL { @if let Some(field) = field(name) { (field.markup()) } }
                    }
                }
                // The last part of the form, so that everything else is known before it arrives.
                (self.file(given, &messages))
                button.nhsuk-button type="submit" { "File" }
            }
        });
        Ok(page)
    }

    fn file(&self, given: &Parameters, messages: &[(String, String)]) -> Markup {
        let endings = self.filer.endings();
        let accept: Vec<String> = endings.iter().map(|ending| format!(".{ending}")).collect();
        let megabytes = self.filer.max_bytes() / (1024 * 1024);
        let wrong: Vec<&str> = messages
            .iter()
            .filter(|(id, _)| id == "document")
            .map(|(_, message)| message.as_str())
            .collect();
        let stored = given.get("document");
        html! {
            div.nhsuk-form-group.nhsuk-form-group--error[!wrong.is_empty()] {
                label.nhsuk-label for="document" { "The file" }
                div.nhsuk-hint id="document-hint" {
                    "At most " (megabytes) " MB; one of: " (endings.join(", ")) ". Its name is not kept."
                }
                @for message in &wrong {
                    span.nhsuk-error-message id="document-error" { span.nhsuk-u-visually-hidden { "Error: " } (message) }
                }
                @if let Some(sha256) = stored {
                    input type="hidden" name="document" value=(sha256);
                    p.nhsuk-inset-text { "The file that you chose has arrived. Choose another one only to replace it." }
                }
                input.nhsuk-input id="document" name="file" type="file" accept=(accept.join(",")) aria-describedby="document-hint"
                    required[stored.is_none()];
            }
        }
    }

    /// The measures that it serves, chosen from a list.
    fn measures(&self, given: &Parameters) -> Markup {
        let chosen: Vec<&str> = given
            .all("measures")
            .flat_map(str::lines)
            .map(str::trim)
            .collect();
        let measures: &[Titled] = self.choices.of("measure", &[]).unwrap_or_default();
        html! {
            fieldset.nhsuk-fieldset.nhsuk-form-group {
                legend.nhsuk-fieldset__legend.nhsuk-fieldset__legend--s { "What it serves" }
                div.nhsuk-hint { "Everything that it is evidence for. An item is filed once, however many it serves." }
                details.nhsuk-details open[!chosen.is_empty()] {
                    summary.nhsuk-details__summary { span.nhsuk-details__summary-text { "Show " (measures.len()) " choices" } }
                    div.nhsuk-details__text.nhsuk-checkboxes.nhsuk-checkboxes--small {
                        @for measure in measures {
                            @let id = format!("measures-{}", measure.code);
                            div.nhsuk-checkboxes__item {
                                input.nhsuk-checkboxes__input id=(id) name="measures" type="checkbox" value=(measure.code)
                                    checked[chosen.contains(&measure.code.as_str())];
                                label.nhsuk-label.nhsuk-checkboxes__label for=(id) { (measure.in_full()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn kinds(given: &Parameters) -> Markup {
    let chosen = given.get("kindId").unwrap_or(EvidenceKind::Document.name());
    html! {
        div.nhsuk-form-group {
            label.nhsuk-label for="kindId" { "Kind" }
            select.nhsuk-select id="kindId" name="kindId" {
                @for kind in KINDS {
                    option value=(kind.name()) selected[kind.name() == chosen] { (capitalised(kind.name())) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::identifier;

    #[test]
    fn an_identifier_says_what_it_is_of() {
        for (title, expected) in [
            ("Strategic plan, 2008/09", "strategic-plan-2008-09-3fa9"),
            ("  -- ", "document-3fa9"),
            ("Ⅻ 中", "document-3fa9"),
        ] {
            assert_eq!(identifier(title, "page-00003fa9"), expected);
        }
    }
}
