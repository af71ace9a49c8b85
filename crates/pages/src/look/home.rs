//! The first page: every cycle, the newest first.

use crate::address::{Place, of_framework};
use crate::error::PageError;
use crate::page::Page;
use crate::parts::definition::{Named, Titled};
use crate::reader::Reader;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

/// Cycles with at most this many groups list them.
const FEW: usize = 6;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Home {
    cycles: Vec<Cycle>,
    not_assured: Vec<NotAssured>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cycle {
    code: String,
    title: String,
    body_count: u32,
    illustrative: Option<String>,
    framework: Framework,
    assurances: Vec<Assurance>,
}

#[derive(Deserialize)]
struct Framework {
    #[serde(flatten)]
    framework: Titled,
    words: Counted,
}

#[derive(Deserialize)]
struct Counted {
    body: String,
    bodies: String,
}

#[derive(Deserialize)]
struct Assurance {
    group: Option<Named>,
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
struct Output {
    body: Named,
}

#[derive(Deserialize)]
struct NotAssured {
    title: String,
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
struct Reason {
    message: String,
}

/// The page.
///
/// # Errors
/// The API does not answer.
pub(crate) async fn page(reader: &Reader) -> Result<Page, PageError> {
    let query = include_str!("../../queries/home.graphql");
    let Home {
        mut cycles,
        not_assured,
    } = reader.ask(query, json!({})).await?;
    cycles.sort_by(|left, right| right.code_year().cmp(left.code_year()));
    let mut page = Page::new("Assurance of commissioning bodies");
    page.push(html! {
        p.nhsuk-lede-text {
            "Each group is assured once, and every body in it gets its own scorecard. Choose a year to see results, what "
            "they rest on, and why each is what it is."
        }
    });
    for cycle in &cycles {
        page.push(card(reader, cycle));
    }
    if cycles.is_empty() {
        page.push(html! { p { "There is no cycle that is open to you yet." } });
    }
    for cycle in &not_assured {
        page.push(html! {
            div.nhsuk-warning-callout {
                h2.nhsuk-warning-callout__label { (cycle.title) " is not assured" }
                ul { @for reason in &cycle.reasons { li { (reason.message) } } }
            }
        });
    }
    Ok(page)
}

impl Cycle {
    /// The last part of the code, by which cycles are ordered.
    fn code_year(&self) -> &str {
        self.code.rsplit('/').next().unwrap_or_default()
    }
}

fn card(reader: &Reader, cycle: &Cycle) -> Markup {
    let place = Place {
        cycle: cycle.code.clone(),
        as_of: reader.as_of(),
    };
    let framework = &cycle.framework.framework;
    let bodies = cycle.assurances.iter().map(|assurance| &assurance.outputs);
    let shown: usize = bodies.map(Vec::len).sum();
    html! {
        div.nhsuk-card.wcc-cycle {
            div.nhsuk-card__content {
                h2.nhsuk-card__heading.nhsuk-heading-m { a href=(place.page(&[])) { (cycle.title) } }
                p { (cycle.body_count) " "
                    (if cycle.body_count == 1 { &cycle.framework.words.body } else { &cycle.framework.words.bodies }) ", by "
                    a href=(of_framework(&framework.code)) { (framework.title) } "." }
                @if shown <= FEW {
                    @for assurance in &cycle.assurances {
                        ul.wcc-inline {
                            @if let Some(group) = &assurance.group {
                                li { a href=(place.group(&group.code)) { strong { (group.name) } } }
                            }
                            @for output in &assurance.outputs {
                                li { a href=(place.body(&output.body.code)) { (output.body.name) } }
                            }
                        }
                    }
                } @else if cycle.assurances.iter().filter(|assurance| assurance.group.is_some()).count() > 0 {
                    details.nhsuk-details {
                        summary.nhsuk-details__summary {
                            span.nhsuk-details__summary-text { "Groups that are assured once" }
                        }
                        div.nhsuk-details__text {
                            ul.wcc-columns {
                                @for group in cycle.assurances.iter().filter_map(|assurance| assurance.group.as_ref()) {
                                    li { a href=(place.group(&group.code)) { (group.name) } }
                                }
                            }
                        }
                    }
                }
                @if let Some(sentence) = &cycle.illustrative {
                    p.wcc-illustrative { strong { "Invented figures. " } (sentence) }
                }
            }
        }
    }
}
