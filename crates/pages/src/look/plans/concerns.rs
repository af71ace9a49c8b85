//! Areas of concern, the support for them, and what results bring with them.

use super::About;
use crate::parts::definition::{Named, capitalised};
use crate::parts::role::Acts;
use maud::{Markup, html};
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct Concern {
    code: String,
    text: String,
    body: Named,
    support: Vec<Support>,
    entry: Option<u32>,
    #[serde(flatten)]
    about: About,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Support {
    code: String,
    text: String,
    provider: Option<String>,
    state: String,
    follow_up: Option<String>,
    entry: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct Consequence {
    kind: String,
    text: String,
    rule: Option<String>,
}

/// An area of concern with the options of support.
pub(super) fn section(acts: &Acts<'_>, concern: &Concern) -> Markup {
    let body = concern.body.code.as_str();
    let entry = concern.entry.map(|entry| entry.to_string());
    let about = concern.about.lines();
    let supersedes = entry.as_deref().map(|entry| ("supersedes", entry));
    let given = [
        ("body", body),
        ("id", concern.code.as_str()),
        ("text", concern.text.as_str()),
        ("about", about.as_str()),
    ];
    html! {
        article.wcc-judgement {
            p { (concern.text) }
            p.wcc-note { (concern.body.name) "." }
            @if !concern.support.is_empty() {
                ul {
                    @for support in &concern.support {
                        li { (support.text) @if let Some(provider) = &support.provider { " (" (provider) ")" } ": "
                            (support.state.to_lowercase())
                            @if let Some(follow_up) = &support.follow_up { ". " (follow_up) }
                            " " (choose(acts, body, concern, support)) }
                    }
                }
            }
            div { (acts.link("Offer support", "recordSupport", [("body", body), ("areaOfConcern", concern.code.as_str())])) " "
                (acts.correction("Change", "shareAreaOfConcern", given.into_iter().chain(supersedes))) }
        }
    }
}

/// The form in which the state of an option is changed.
fn choose(acts: &Acts<'_>, body: &str, concern: &Concern, support: &Support) -> Markup {
    let entry = support.entry.map(|entry| entry.to_string());
    let given = [
        ("body", Some(body)),
        ("id", Some(support.code.as_str())),
        ("areaOfConcern", Some(concern.code.as_str())),
        ("text", Some(support.text.as_str())),
        ("provider", support.provider.as_deref()),
        ("state", Some(support.state.as_str())),
        ("followUp", support.follow_up.as_deref()),
        ("supersedes", entry.as_deref()),
    ];
    let given = given
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    acts.correction("Choose or follow up", "recordSupport", given)
}

/// What the results bring with them.
pub(super) fn consequences(consequences: &[Consequence]) -> Markup {
    html! {
        @if !consequences.is_empty() {
            h2.nhsuk-heading-m { "Incentives and consequences" }
            ul {
                @for one in consequences {
                    li { (capitalised(&one.kind.to_lowercase())) ": " (one.text)
                        @if let Some(rule) = &one.rule { " (" (rule) ")" } }
                }
            }
        }
    }
}
