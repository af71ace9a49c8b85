//! The rule book of a framework, readable.

use crate::address::of_framework;
use crate::error::PageError;
use crate::page::{Link, Page};
use crate::parts::definition::{Scale, Title, Titled, Words, capitalised, with_code};
use crate::parts::mark::{Value, mark};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct All {
    frameworks: Vec<Summary>,
}

#[derive(Deserialize)]
struct Summary {
    code: String,
    title: String,
    note: Option<String>,
    previous: Option<Titled>,
}

#[derive(Deserialize)]
struct Data {
    framework: Option<Framework>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Framework {
    title: String,
    note: Option<String>,
    previous: Option<Titled>,
    methods: Vec<Method>,
    overall: Option<Overall>,
    scales: Vec<TitledScale>,
    areas: Vec<Area>,
    outcomes_asked: u32,
    outcomes: Vec<Outcome>,
    phases: Vec<Phase>,
    plans: Vec<Plan>,
    areas_to_lead: Vec<Title>,
    rating_schemes: Vec<RatingScheme>,
    words: Words,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Method {
    title: String,
    used_by: Option<String>,
    phase: Option<String>,
}

#[derive(Deserialize)]
struct Overall {
    title: String,
    rule: Option<Rule>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    in_words: String,
}

#[derive(Deserialize)]
struct TitledScale {
    title: String,
    #[serde(flatten)]
    scale: Scale,
    numbers: Option<Numbers>,
}

#[derive(Deserialize)]
struct Numbers {
    from: f64,
    to: f64,
}

#[derive(Deserialize)]
struct Area {
    code: String,
    title: String,
    rule: Option<Rule>,
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    code: String,
    title: String,
    scored: bool,
    rule: Option<Rule>,
    measures: Vec<Measure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Measure {
    code: String,
    title: String,
    reach_id: String,
    looked_for: Option<String>,
    scale: Title,
    descriptors: Vec<Descriptor>,
}

#[derive(Deserialize)]
struct Descriptor {
    value: String,
    title: Option<String>,
    text: String,
}

#[derive(Deserialize)]
struct Outcome {
    title: String,
    unit: String,
    better: crate::parts::definition::Better,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Phase {
    title: String,
    as_stated: Option<String>,
    first_day: Option<String>,
    last_day: Option<String>,
    requires: Vec<Rule>,
    required_approvals: Vec<Title>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Plan {
    title: String,
    as_stated: Option<String>,
}

#[derive(Deserialize)]
struct RatingScheme {
    title: String,
    issuer: Option<String>,
    values: String,
}

/// The page of all rule books.
///
/// # Errors
/// The API does not answer.
pub(crate) async fn all(reader: &Reader) -> Result<Page, PageError> {
    let query = include_str!("../../queries/frameworks.graphql");
    let All { frameworks } = reader.ask(query, json!({})).await?;
    let mut page = Page::new("Rule books");
    page.above = vec![Link::new("All years", "/")];
    page.push(html! {
        p { "A rule book says what is rated, on which scales, and how results follow. It is a file that an authority can "
            "read and change." }
        @for framework in &frameworks {
            div.nhsuk-card {
                div.nhsuk-card__content {
                    h2.nhsuk-card__heading.nhsuk-heading-m { a href=(of_framework(&framework.code)) { (framework.title) } }
                    @if let Some(note) = &framework.note { p { (note) } }
                    @if let Some(previous) = &framework.previous { p.wcc-note { "Follows " (previous.title) "." } }
                }
            }
        }
    });
    Ok(page)
}

/// The page of one rule book.
///
/// # Errors
/// There is no such framework.
pub(crate) async fn page(reader: &Reader, code: &str) -> Result<Page, PageError> {
    let query = include_str!("../../queries/framework.graphql");
    let data: Data = reader.ask(query, json!({ "framework": code })).await?;
    let framework = data.framework.ok_or(PageError::Missing)?;
    let mut page = Page::new(&framework.title);
    page.caption = Some("Rule book".to_owned());
    page.above = vec![
        Link::new("All years", "/"),
        Link::new("Rule books", "/frameworks"),
    ];
    page.push(introduction(&framework));
    page.push(scales(&framework.scales));
    for area in &framework.areas {
        page.push(part(&framework, area));
    }
    page.table(outcomes(&framework));
    page.table(phases(&framework.phases));
    page.push(lists(&framework));
    page.table(every_measure(&framework));
    Ok(page)
}

fn introduction(framework: &Framework) -> Markup {
    html! {
        @if let Some(note) = &framework.note { div.nhsuk-inset-text { p { (note) } } }
        @if let Some(previous) = &framework.previous {
            p { "Follows " a href=(of_framework(&previous.code)) { (previous.title) } "." }
        }
        p { "Who judges: "
            @for (number, method) in framework.methods.iter().enumerate() {
                @if number > 0 { "; " }
                (method.title)
                @if let Some(role) = &method.used_by { ", by " (role) }
                @if let Some(phase) = &method.phase { ", in the phase " (phase) }
            }
            "." }
        @if let Some(overall) = &framework.overall {
            p { (capitalised(&overall.title))
                @if let Some(rule) = &overall.rule { ": " (rule.in_words) } "." }
        }
        nav.nhsuk-contents-list aria-label="Contents of the rule book" {
            h2.nhsuk-u-visually-hidden { "Contents" }
            ol.nhsuk-contents-list__list {
                @for area in &framework.areas {
                    li.nhsuk-contents-list__item { a.nhsuk-contents-list__link href={ "#" (area.code) } { (area.title) } }
                }
            }
        }
    }
}

fn scales(scales: &[TitledScale]) -> Markup {
    html! {
        h2.nhsuk-heading-m { "Scales" }
        dl.nhsuk-summary-list {
            @for scale in scales {
                div.nhsuk-summary-list__row {
                    dt.nhsuk-summary-list__key { (scale.title) }
                    dd.nhsuk-summary-list__value {
                        @if let Some(numbers) = &scale.numbers { "numbers from " (numbers.from) " to " (numbers.to) }
                        ul.wcc-inline {
                            @for step in &scale.scale.steps {
                                li { (mark(&scale.scale, Value { value: Some(&step.key), ..Value::default() }))
                                    @if step.colour.is_none() { " " (step.title) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn part(framework: &Framework, area: &Area) -> Markup {
    html! {
        section id=(area.code) {
            h2.nhsuk-heading-l { (area.title) }
            @if let Some(rule) = &area.rule { p { "Its result is " (rule.in_words) "." } }
            @for component in &area.components {
                h3.nhsuk-heading-s { (with_code(&component.code, &component.title)) }
                p {
                    @if !component.scored { "Named, but not scored. " }
                    @if let Some(rule) = &component.rule { "Its result is " (rule.in_words) "." }
                }
                @for measure in &component.measures { (self::measure(framework, measure)) }
            }
        }
    }
}

fn measure(framework: &Framework, measure: &Measure) -> Markup {
    let reach = if measure.reach_id == "group" {
        format!("shared by a {}", framework.words.group)
    } else {
        format!("each {}'s own", framework.words.body)
    };
    html! {
        details.nhsuk-details.wcc-measure {
            summary.nhsuk-details__summary {
                span.nhsuk-details__summary-text { (measure.code) " " (measure.title) }
            }
            div.nhsuk-details__text {
                p { "Scale: " (measure.scale.title) "; " (reach) "." }
                @if let Some(looked_for) = &measure.looked_for { p { (looked_for) } }
                @if !measure.descriptors.is_empty() {
                    dl {
                        @for descriptor in &measure.descriptors {
                            dt { (descriptor.value) @if let Some(title) = &descriptor.title { " " (title) } }
                            dd { (descriptor.text) }
                        }
                    }
                }
            }
        }
    }
}

fn outcomes(framework: &Framework) -> Table {
    let rows = framework.outcomes.iter().map(|outcome| {
        Row::new(vec![
            Cell::text(&outcome.title),
            Cell::text(&outcome.unit),
            Cell::text(match outcome.better {
                crate::parts::definition::Better::Higher => "higher",
                crate::parts::definition::Better::Lower => "lower",
            }),
        ])
    });
    let word = &framework.words.outcome;
    Table {
        name: "outcomes".into(),
        caption: format!(
            "{}s, of which {} are asked for",
            capitalised(word),
            framework.outcomes_asked
        ),
        columns: vec![
            Column::new(capitalised(word)),
            Column::new("Unit"),
            Column::new("Better"),
        ],
        rows: rows.collect(),
        otherwise: "",
        is_grid: false,
    }
}

fn phases(phases: &[Phase]) -> Table {
    let rows = phases.iter().map(|phase| {
        let days = match (&phase.first_day, &phase.last_day) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            (Some(first), None) => format!("from {first}"),
            (None, Some(last)) => format!("until {last}"),
            (None, None) => String::new(),
        };
        let requires = phase.requires.iter().map(|rule| rule.in_words.clone());
        let approvals = phase.required_approvals.iter();
        let approvals = approvals.map(|approval| approval.title.clone());
        let before: Vec<String> = requires.chain(approvals).collect();
        Row::new(vec![
            Cell::text(&phase.title),
            Cell::text(days),
            Cell::maybe(phase.as_stated.as_deref()),
            Cell::text(before.join("; ")),
        ])
    });
    Table {
        name: "phases".into(),
        caption: "The year".to_owned(),
        columns: vec![
            Column::new("Phase"),
            Column::new("Days"),
            Column::new("As stated"),
            Column::new("Complete before it"),
        ],
        rows: rows.collect(),
        otherwise: "",
        is_grid: false,
    }
}

fn lists(framework: &Framework) -> Markup {
    html! {
        @if !framework.plans.is_empty() {
            h2.nhsuk-heading-m { "Plans" }
            ul { @for plan in &framework.plans { li { (plan.title)
                @if let Some(stated) = &plan.as_stated { ": " (stated) } } } }
        }
        @if !framework.areas_to_lead.is_empty() {
            h2.nhsuk-heading-m { "Areas that have a lead" }
            ul.wcc-columns { @for area in &framework.areas_to_lead { li { (area.title) } } }
        }
        @if !framework.rating_schemes.is_empty() {
            h2.nhsuk-heading-m { "Ratings of others that count as evidence" }
            ul { @for scheme in &framework.rating_schemes { li { (scheme.title)
                @if let Some(issuer) = &scheme.issuer { ", by " (issuer) } ": " (scheme.values) } } }
        }
    }
}

fn every_measure(framework: &Framework) -> Table {
    let components = framework.areas.iter().flat_map(|area| &area.components);
    let rows = components.flat_map(|component| {
        component.measures.iter().map(move |measure| {
            Row::new(vec![
                Cell::text(&measure.code),
                Cell::text(&measure.title),
                Cell::text(with_code(&component.code, &component.title)),
                Cell::text(&measure.scale.title),
            ])
        })
    });
    let word = &framework.words.measure;
    Table {
        name: "measures".into(),
        caption: format!("Every {word}"),
        columns: vec![
            Column::new("Code"),
            Column::new(capitalised(word)),
            Column::new("Part of"),
            Column::new("Scale"),
        ],
        rows: rows.collect(),
        otherwise: "",
        is_grid: false,
    }
}
