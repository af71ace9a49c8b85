//! The check of facts: the draft report, what its body says is wrong in it, and what the panel replies.

use super::body::{DocumentLink, document_title};
use super::heading::{Framework, Heading, acting_query};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::long_date;
use crate::page::Page;
use crate::parts::definition::{EnteredBy, Named};
use crate::parts::role::Acts;
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading>,
    output: Option<Output>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    body: Named,
    documents: Vec<DocumentLink>,
    release: Option<Release>,
    fact_comments: Vec<Comment>,
}

#[derive(Deserialize)]
struct Release {
    from: Date,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comment {
    code: String,
    body: Named,
    about: Vec<String>,
    quoted: Option<String>,
    comment: String,
    reply: Option<Reply>,
    entry: Option<u32>,
    entered_by: Option<EnteredBy>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    accepted: bool,
    reason: String,
    entry: Option<u32>,
    entered_by: Option<EnteredBy>,
}

/// The page.
///
/// # Errors
/// There is no such result, or it is not open to whoever asks.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = acting_query!("facts");
    let variables = json!({ "cycle": place.cycle, "body": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let back = place.page(&["bodies", code, "facts"]);
    let acts = Acts::of(reader, &cycle.framework.roles, &place.cycle, &back);
    let mut page = cycle.body_page(place, "Check of facts", &output.body);
    page.is_live = reader.is_for_somebody();
    page.push(html! {
        p { (output.body.name) " reads the draft report, and says what in it is wrong. The panel accepts a comment and "
            "changes the report, or gives its reason. Comments and replies are printed with the report." }
        @if let Some(release) = &output.release { p { "Results are released from " (long_date(release.from)) "." } }
        (documents(&output.documents))
        p { (acts.link("Comment on the draft", "commentOnFacts", [("body", code)])) }
    });
    let open = output
        .fact_comments
        .iter()
        .filter(|comment| comment.reply.is_none());
    let open = open.count();
    page.push(html! {
        h2.nhsuk-heading-m { "Comments" }
        @if output.fact_comments.is_empty() { p.wcc-none { "There are none, or none is open to you." } }
        @else { p role="status" { (output.fact_comments.len()) ", of which " (open) " without a reply." } }
        @for comment in &output.fact_comments { (section(&acts, &cycle.framework, comment)) }
    });
    Ok(page)
}

fn documents(documents: &[DocumentLink]) -> Markup {
    let reports = documents
        .iter()
        .filter(|document| document.kind == "panel-report");
    let reports: Vec<&DocumentLink> = reports.collect();
    html! {
        @if !reports.is_empty() {
            p { (document_title("panel-report")) ": "
                @for report in reports { a href=(report.url) { (report.format) } " " } }
        }
    }
}

fn section(acts: &Acts<'_>, framework: &Framework, comment: &Comment) -> Markup {
    let body = comment.body.code.as_str();
    let entry = comment.entry.map(|entry| entry.to_string());
    let about = comment.about.join(", ");
    let about_lines = comment.about.join("\n");
    let reply = [("body", body), ("comment", comment.code.as_str())];
    html! {
        article.wcc-judgement {
            h3.nhsuk-heading-s { @if about.is_empty() { "The report as a whole" } @else { (about) } " "
                @match &comment.reply {
                    None => (tag("Waits for a reply", Colour::Orange)),
                    Some(reply) if reply.accepted => (tag("Accepted", Colour::Green)),
                    Some(_) => (tag("Not accepted", Colour::Grey)),
                } }
            @if let Some(quoted) = &comment.quoted { blockquote.wcc-quote { (quoted) } }
            p { (comment.comment) }
            (by(framework, comment.entered_by.as_ref()))
            @match &comment.reply {
                Some(reply) => {
                    p { strong { "Reply: " } (reply.reason) }
                    (by(framework, reply.entered_by.as_ref()))
                    @if let Some(entry) = reply.entry.map(|entry| entry.to_string()) {
                        (acts.correction("Change the reply", "replyToComment",
                            [("body", body), ("comment", comment.code.as_str()), ("reason", reply.reason.as_str()), ("supersedes", entry.as_str())]))
                    }
                },
                None => p { (acts.link("Reply", "replyToComment", reply)) },
            }
            @if let Some(entry) = entry.filter(|_| comment.reply.is_none()) {
                (acts.correction("Change the comment", "commentOnFacts",
                    [("body", body), ("id", comment.code.as_str()), ("about", about_lines.as_str()), ("comment", comment.comment.as_str()),
                     ("quoted", comment.quoted.as_deref().unwrap_or_default()), ("supersedes", entry.as_str())]))
            }
        }
    }
}

/// Who entered something, and when.
fn by(framework: &Framework, by: Option<&EnteredBy>) -> Markup {
    html! {
        @if let Some(by) = by {
            p.wcc-note { "By " (framework.role_title(&by.role)) ", " (long_date(by.day())) "." }
        }
    }
}
