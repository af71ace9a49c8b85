//! Why a value is what it is: the marks with their rationales, what limits them, the rules, the
//! challenges.

use super::heading::{Heading, acting_query};
use crate::address::Place;
use crate::error::PageError;
use crate::frame::sentence;
use crate::page::{Link, Page};
use crate::parts::definition::{EnteredBy, Name, Named, Scale, Titled, capitalised, with_code};
use crate::parts::mark::{Value, mark};
use crate::parts::role::Acts;
use crate::parts::tag::ChallengeState;
use crate::reader::Reader;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading>,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct Output {
    body: Named,
    cells: Option<Vec<Cell>>,
    components: Option<Vec<Component>>,
    areas: Vec<Area>,
    overall: Option<Overall>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cell {
    measure: Measure,
    marks: Vec<Mark>,
    supported: Option<String>,
    ceilings: Vec<Ceiling>,
    why: Vec<Reason>,
    challenges: Vec<Challenge>,
    external_ratings: Vec<External>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Measure {
    code: String,
    title: String,
    looked_for: Option<String>,
    component: Titled,
    scale: Scale,
    descriptors: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    value: String,
    title: Option<String>,
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    method_title: String,
    value: Option<String>,
    title: Option<String>,
    is_inferred: bool,
    not_applicable: bool,
    origin_id: String,
    body: Option<Name>,
    rationale: Option<String>,
    author: Option<String>,
    date: Option<String>,
    reason: Option<String>,
    inferred: Option<String>,
    source: Option<String>,
    entry: Option<u32>,
    entered_by: Option<EnteredBy>,
}

#[derive(Deserialize)]
struct Ceiling {
    supports: String,
    reason: String,
    inferred: Option<String>,
    plugin: Option<PluginTitle>,
}

#[derive(Deserialize)]
struct PluginTitle {
    title: Option<String>,
}

#[derive(Deserialize)]
struct Reason {
    text: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Challenge {
    state: ChallengeState,
    method_id: Option<String>,
    method_title: String,
    value: String,
    supported: String,
    answer: Option<String>,
}

#[derive(Deserialize)]
struct External {
    title: String,
    rating: Option<Rating>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rating {
    in_words: String,
}

#[derive(Deserialize)]
struct Component {
    component: ComponentTitle,
    results: Vec<MethodResult>,
    why: Vec<Reason>,
}

#[derive(Deserialize)]
struct ComponentTitle {
    code: String,
    title: String,
    scale: Option<Scale>,
    measures: Vec<Titled>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MethodResult {
    method_title: String,
    value: Option<String>,
    title: Option<String>,
    inferred: bool,
    by_rule_alone: bool,
    not_applicable: bool,
    rule_in_words: Option<String>,
    recorded: Option<Recorded>,
}

#[derive(Deserialize)]
struct Recorded {
    rationale: Option<String>,
}

#[derive(Deserialize)]
struct Area {
    area: Titled,
    why: Vec<Reason>,
}

#[derive(Deserialize)]
struct Overall {
    name: String,
    why: Vec<Reason>,
}

/// The page.
///
/// # Errors
/// There is no such result or subject, or it is not open to whoever asks.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    code: &str,
    subject: &str,
) -> Result<Page, PageError> {
    let query = acting_query!("reasons");
    let variables = json!({ "cycle": place.cycle, "body": code, "measures": null });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let back = place.reasons(code, subject);
    let acts = Acts::of(reader, &cycle.framework.roles, &place.cycle, &back);
    let contents = contents(place, &output, subject, &acts);
    let (title, contents) = contents.ok_or(PageError::Missing)?;
    let caption = format!("{}, {}", output.body.name, cycle.title);
    let mut page = cycle.page_below(place, title, caption);
    page.above
        .push(Link::new(&output.body.name, place.body(&output.body.code)));
    page.push(contents);
    page.push(html! {
        p.wcc-note { "A " (cycle.framework.words.measure) " is judged by people. A value above what the evidence supports "
            "is never changed: it is challenged." }
    });
    Ok(page)
}

fn contents(
    place: &Place,
    output: &Output,
    subject: &str,
    acts: &Acts<'_>,
) -> Option<(String, Markup)> {
    let mut cells = output.cells.iter().flatten();
    if let Some(cell) = cells.find(|cell| cell.measure.code == subject) {
        let title = format!("{} {}", cell.measure.code, cell.measure.title);
        return Some((title, measure(place, &output.body.code, cell, acts)));
    }
    let mut components = output.components.iter().flatten();
    if let Some(part) = components.find(|part| part.component.code == subject) {
        let title = with_code(&part.component.code, &part.component.title);
        return Some((title, component(place, &output.body.code, part)));
    }
    let mut areas = output.areas.iter();
    if let Some(area) = areas.find(|area| area.area.code == subject) {
        return Some((area.area.title.clone(), reasons(&area.why)));
    }
    let overall = output.overall.as_ref().filter(|_| subject == "overall")?;
    Some((capitalised(&overall.name), reasons(&overall.why)))
}

/// The way to the form in which a challenge is answered.
fn answer(acts: &Acts<'_>, body: &str, measure: &str, challenge: &Challenge) -> Markup {
    let method = challenge.method_id.as_deref().unwrap_or_default();
    let about = [("body", body), ("measure", measure), ("methodId", method)];
    acts.link("Answer this challenge", "answerChallenge", about)
}

fn measure(place: &Place, body: &str, cell: &Cell, acts: &Acts<'_>) -> Markup {
    let measure = &cell.measure;
    let component = &measure.component;
    html! {
        p { "A measure of "
            a href=(place.reasons(body, &component.code)) { (component.in_full()) } "." }
        @if let Some(looked_for) = &measure.looked_for { p { "Looked for: " (looked_for) } }
        h2.nhsuk-heading-m { "Marks" }
        @for one in cell.marks.iter().filter(|mark| mark.value.is_some() || mark.not_applicable || mark.reason.is_some()) {
            (marked(&measure.scale, one))
        }
        @if !cell.marks.iter().any(|mark| mark.value.is_some() || mark.not_applicable) {
            p.wcc-none { "Nobody has rated this yet." }
        }
        // Marks that were read from a file have no history.
        @if cell.marks.iter().all(|mark| mark.value.is_none()) || cell.marks.iter().any(|mark| mark.entry.is_some()) {
            p { a href=(place.page(&["bodies", body, "history", &measure.code])) { "History of this measure" } }
        }
        h2.nhsuk-heading-m { "What the evidence supports" }
        @match cell.supported.as_deref() {
            Some(supported) => p { (mark(&measure.scale, Value { value: Some(supported), ..Value::default() })) },
            None => p { "Nothing that was filed limits this measure." },
        }
        ul {
            @for ceiling in &cell.ceilings {
                li { "At most " strong { (ceiling.supports) } ": " (ceiling.reason)
                    @if let Some(inferred) = &ceiling.inferred { " (inferred: " (inferred) ")" }
                    @if let Some(title) = ceiling.plugin.as_ref().and_then(|plugin| plugin.title.as_ref()) {
                        " (" (title) ")"
                    } }
            }
            @for external in &cell.external_ratings {
                li { (external.title)
                    @if let Some(rating) = &external.rating { ": " (rating.in_words) } }
            }
        }
        @if !cell.challenges.is_empty() {
            h2.nhsuk-heading-m { "Challenges" }
            @for challenge in &cell.challenges {
                div.wcc-challenge {
                    p { (challenge.state.tag()) " " (capitalised(&challenge.method_title)) ": " strong { (challenge.value) }
                        ", while the evidence supports " strong { (challenge.supported) } "." }
                    @if let Some(answer) = &challenge.answer { blockquote.wcc-quote { (answer) } }
                    @if challenge.state == ChallengeState::Open && acts.has("answerChallenge") {
                        p { (answer(acts, body, &measure.code, challenge)) }
                    }
                }
            }
        }
        h2.nhsuk-heading-m { "Step by step" }
        (reasons(&cell.why))
        @if !measure.descriptors.is_empty() {
            h2.nhsuk-heading-m { "What each level means" }
            dl.nhsuk-summary-list {
                @for descriptor in &measure.descriptors {
                    div.nhsuk-summary-list__row {
                        dt.nhsuk-summary-list__key { (descriptor.value)
                            @if let Some(title) = &descriptor.title { " " (title) } }
                        dd.nhsuk-summary-list__value { (descriptor.text) }
                    }
                }
            }
        }
    }
}

fn marked(scale: &Scale, given: &Mark) -> Markup {
    let value = Value {
        value: given.value.as_deref(),
        is_inferred: given.is_inferred,
        by_rule: false,
        not_applicable: given.not_applicable,
    };
    html! {
        div.wcc-judgement {
            h3.nhsuk-heading-s { (capitalised(&given.method_title)) }
            p { (mark(scale, value)) " " @if let Some(title) = &given.title { (title) }
                @match given.origin_id.as_str() {
                    "group" => { ", shared by the group" },
                    "departure" => { ", its own: it departs from the group" },
                    "function" => { ", given by whoever performs the function" },
                    _ => {},
                }
                @if let Some(body) = &given.body { " (" (body.name) ")" }
            }
            @if let Some(rationale) = &given.rationale { blockquote.wcc-quote { (rationale) } }
            @if let Some(reason) = &given.reason { p { "Reason: " (reason) } }
            @if let Some(inferred) = &given.inferred { p { "Inferred: " (inferred) } }
            (signed(given))
        }
    }
}

/// Who gave a mark, when, and where it is recorded.
fn signed(given: &Mark) -> Markup {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(given.author.clone());
    parts.extend(given.date.clone());
    parts.extend(given.source.clone());
    if let Some(by) = &given.entered_by {
        let day = by.day();
        parts.push(match &by.person {
            Some(person) => format!("entered by {person} ({}) on {day}", by.role),
            None => format!("entered by somebody in the role {} on {day}", by.role),
        });
    }
    parts.extend(given.entry.map(|entry| format!("entry {entry}")));
    html! { @if !parts.is_empty() { p.wcc-note { (parts.join(", ")) } } }
}

fn component(place: &Place, body: &str, part: &Component) -> Markup {
    html! {
        h2.nhsuk-heading-m { "Results" }
        @for result in part.results.iter().filter(|result| result.value.is_some() || result.not_applicable) {
            div.wcc-judgement {
                h3.nhsuk-heading-s { (capitalised(&result.method_title)) }
                p {
                    @if let Some(scale) = &part.component.scale {
                        (mark(scale, Value {
                            value: result.value.as_deref(),
                            is_inferred: result.inferred,
                            by_rule: result.by_rule_alone,
                            not_applicable: result.not_applicable,
                        })) " "
                    }
                    @if let Some(title) = &result.title { (title) }
                    @if result.by_rule_alone {
                        ", computed by the rule"
                        @if let Some(rule) = &result.rule_in_words { " (" (rule) ")" }
                        "; nobody recorded it"
                    }
                }
                @if let Some(rationale) = result.recorded.as_ref().and_then(|recorded| recorded.rationale.as_ref()) {
                    blockquote.wcc-quote { (rationale) }
                }
            }
        }
        @if !part.component.measures.is_empty() {
            h2.nhsuk-heading-m { "Its measures" }
            ul {
                @for measure in &part.component.measures {
                    li { a href=(place.reasons(body, &measure.code)) { (measure.code) " " (measure.title) } }
                }
            }
        }
        h2.nhsuk-heading-m { "Step by step" }
        (reasons(&part.why))
    }
}

fn reasons(why: &[Reason]) -> Markup {
    html! {
        @if why.is_empty() { p.wcc-none { "There is nothing to explain yet." } }
        ol.wcc-reasons {
            @for reason in why {
                li { (sentence(&reason.text)) }
            }
        }
    }
}
