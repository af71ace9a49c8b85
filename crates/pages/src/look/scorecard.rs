//! The scorecard of a body: at a glance, then every measure, each cell open to its reasons.

mod glance;
mod marks;

use super::body::{self, DocumentLink};
use super::heading::{self, Heading};
use super::navigation;
use crate::address::Place;
use crate::error::PageError;
use crate::frame::long_date;
use crate::page::Page;
use crate::parameters::with_query;
use crate::parts::definition::{Code, InWords, MeasureScale, Name, Named, Purpose, Scale, Title};
use crate::parts::tag::{ChallengeState, Severity};
use crate::reader::Reader;
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use wcc_core::Actor;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading<Framework>>,
    output: Option<Output>,
}

#[derive(Deserialize)]
struct Framework {
    #[serde(flatten)]
    common: heading::Framework,
    areas: Vec<Area>,
}

impl AsRef<heading::Framework> for Framework {
    fn as_ref(&self) -> &heading::Framework {
        &self.common
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    body: Subject,
    assessor: Option<Name>,
    group: Option<Named>,
    being_checked: bool,
    not_checked: Vec<String>,
    release: Option<Release>,
    documents: Vec<DocumentLink>,
    counts: Vec<Counts>,
    overall: Option<Overall>,
    areas: Vec<AreaResult>,
    components: Option<Vec<Component>>,
    cells: Option<Vec<Cell>>,
    outcomes: Vec<Outcome>,
    challenge_counts: ChallengeCounts,
    findings: Option<Vec<Finding>>,
    functions: Vec<Named>,
    regional_values: Vec<RegionalValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subject {
    code: String,
    name: String,
    kind_title: String,
}

#[derive(Deserialize)]
struct Release {
    to: Vec<String>,
    from: Date,
    uses: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counts {
    area: Title,
    met_own_view_in_words: String,
    improved_on_previous_in_words: String,
}

#[derive(Deserialize)]
struct Overall {
    name: String,
    current: Current,
}

/// The result that counts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Current {
    #[serde(default)]
    method_title: Option<String>,
    value: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize)]
struct AreaResult {
    area: Code,
    current: Current,
}

/// An area of the framework.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Area {
    code: String,
    title: String,
    component_word: String,
}

/// The result of a method.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MethodResult {
    method: Purpose,
    method_id: Option<String>,
    value: Option<String>,
    inferred: bool,
    by_rule_alone: bool,
    not_applicable: bool,
}

#[derive(Deserialize)]
struct Component {
    component: ComponentTitle,
    results: Vec<MethodResult>,
    change: Option<String>,
}

#[derive(Deserialize)]
struct ComponentTitle {
    code: String,
    title: String,
    /// A short title.
    label: String,
    area: Code,
    scale: Option<Scale>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cell {
    measure: Measure,
    marks: Vec<Mark>,
    supported: Option<String>,
    supported_inferred: bool,
    challenges: Vec<Challenge>,
}

#[derive(Deserialize)]
struct Measure {
    code: String,
    title: String,
    component: Code,
    scale: MeasureScale,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mark {
    method_id: Option<String>,
    value: Option<String>,
    is_inferred: bool,
    not_applicable: bool,
    origin_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Challenge {
    state: ChallengeState,
    method_title: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    code: String,
    series_id: String,
    series_title: String,
    title: String,
    historic: InWords,
    level_place: Option<Placing>,
    improvement_place: Option<Placing>,
    values: Vec<Value>,
}

/// A place among bodies.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Placing {
    quartile: u32,
    in_words: String,
}

#[derive(Deserialize)]
struct Value {
    year: i32,
    value: f64,
}

#[derive(Deserialize)]
struct ChallengeCounts {
    open: u32,
    answered: u32,
    corrected: u32,
    changed: u32,
}

#[derive(Deserialize)]
struct Finding {
    severity: Severity,
    message: String,
}

#[derive(Deserialize)]
struct RegionalValue {
    code: String,
    value: Option<f64>,
    definition: Option<RegionalDefinition>,
    plugin: PluginTitle,
}

#[derive(Deserialize)]
struct RegionalDefinition {
    title: String,
    unit: String,
}

#[derive(Deserialize)]
struct PluginTitle {
    title: Option<String>,
}

/// The page.
///
/// # Errors
/// There is no such result, or it is not open to whoever asks.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = include_str!("../../queries/scorecard.graphql");
    let variables = json!({ "cycle": place.cycle, "body": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let output = data.output.ok_or(PageError::Missing)?;
    let subject = &output.body;
    let caption = format!("{}, {}", cycle.title, subject.kind_title);
    let mut page = cycle.page_below(place, &subject.name, caption);
    page.beside = navigation::of_body(place, &subject.code);
    page.push(about(place, &output));
    page.push(glance::glance(place, &cycle.framework, &output));
    for (number, area) in (1_u32..).zip(&cycle.framework.areas) {
        let table = marks::table(place, &cycle.framework.common, &output, area, number);
        if let Some(table) = table {
            page.table(table);
        }
    }
    page.push(body::legend());
    page.push(regional(&output));
    page.push(findings(place, &output));
    page.push(downloads(&output));
    page.push(body::as_of(place, code));
    Ok(page)
}

fn about(place: &Place, output: &Output) -> Markup {
    html! {
        @if let Some(group) = &output.group {
            p { "Assured with " a href=(place.group(&group.code)) { (group.name) }
                @if !output.functions.is_empty() {
                    "; what is delegated is assured too: "
                    @for (number, function) in output.functions.iter().enumerate() {
                        @if number > 0 { ", " }
                        a href=(place.page(&["functions", &function.code])) { (function.name) }
                    }
                }
                "." }
        }
        @if let Some(assessor) = &output.assessor { p { "Assessed by " (assessor.name) "." } }
        @if let Some(release) = &output.release {
            p { "Released to " (released_to(&release.to)) " from " (long_date(release.from)) "."
                @if let Some(uses) = &release.uses { " Use: " (uses) } }
        }
        @if output.being_checked { p.wcc-waiting { "A regional check is still running; the page will show what it finds." } }
        @for problem in &output.not_checked { p.wcc-waiting { (problem) } }
    }
}

/// To whom results are released, in words.
fn released_to(roles: &[String]) -> String {
    let words = roles.iter().map(|role| match role.as_str() {
        Actor::PUBLIC => "everybody".to_owned(),
        role => role.replace('-', " "),
    });
    words.collect::<Vec<String>>().join(", ")
}

/// Outcomes that a region added.
fn regional(output: &Output) -> Markup {
    html! {
        @if !output.regional_values.is_empty() {
            h2.nhsuk-heading-m { "Regional outcomes" }
            ul {
                @for regional in &output.regional_values {
                    li { @match &regional.definition {
                            Some(definition) => (definition.title),
                            None => (regional.code),
                        }
                        ": " @match regional.value { Some(value) => (value), None => "not known" }
                        @if let Some(definition) = &regional.definition { " " (definition.unit) }
                        @if let Some(title) = &regional.plugin.title { " (" (title) ")" } }
                }
            }
        }
    }
}

/// The most serious findings.
fn findings(place: &Place, output: &Output) -> Markup {
    let body = [("body", output.body.code.as_str())];
    let counts = &output.challenge_counts;
    let findings = output.findings.iter().flatten();
    let serious: Vec<&Finding> = findings
        .filter(|finding| finding.severity != Severity::Note)
        .collect();
    html! {
        h2.nhsuk-heading-m { "Challenges and findings" }
        p { (counts.open) " open, " (counts.answered) " answered, "
            (counts.corrected + counts.changed) " settled by another value. "
            a href=(with_query(&place.page(&["challenges"]), body)) {
                "Challenges of " (output.body.name)
            } }
        @if serious.is_empty() {
            p { "No check found an error or gave a warning." }
        } @else {
            ul.wcc-findings {
                @for finding in serious { li { (finding.severity.tag()) " " (finding.message) } }
            }
        }
        p { a href=(with_query(&place.page(&["findings"]), body)) {
            "All findings on " (output.body.name)
        } }
    }
}

fn downloads(output: &Output) -> Markup {
    html! {
        @if !output.documents.is_empty() {
            h2.nhsuk-heading-m { "Documents" }
            ul {
                @for documents in output.documents.chunk_by(|left, right| left.kind == right.kind) {
                    @if let Some(first) = documents.first() {
                        li { (body::document_title(&first.kind)) ": "
                            @for document in documents {
                                a href=(document.url) { (document.format) } " "
                            } }
                    }
                }
            }
        }
    }
}
