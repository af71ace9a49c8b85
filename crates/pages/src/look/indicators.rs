//! The indicators of a cycle, each compared among all bodies.

use super::heading::{Heading, headed_query};
use super::navigation::{self, PageInfo};
use crate::address::Place;
use crate::error::PageError;
use crate::page::{Link, Page};
use crate::parameters::{Parameters, with_query};
use crate::parts::definition::{Better, Named, capitalised};
use crate::parts::strip::{Strip, strip};
use crate::reader::Reader;
use crate::table::{Cell, Row, Table, columns};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
}

#[derive(Deserialize)]
struct Cycle {
    #[serde(flatten)]
    heading: Heading,
    indicators: Option<Indicators>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Indicators {
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node: Indicator,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Indicator {
    code: String,
    title: String,
    unit: Option<String>,
    series_id: String,
    better: Option<Better>,
    #[serde(default)]
    source: Option<String>,
    comparison: Option<Comparison>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comparison {
    period: Option<String>,
    level_population: Option<String>,
    growth_from: Option<String>,
    growth_to: Option<String>,
    #[serde(default)]
    growth_population: Option<String>,
    #[serde(default)]
    growth_covers_span: bool,
    national: Benchmark,
    #[serde(default)]
    top_decile: Option<Benchmark>,
    #[serde(default)]
    peers: Vec<Benchmark>,
    upper_quartile: Option<f64>,
    median: Option<f64>,
    lower_quartile: Option<f64>,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    bodies: Vec<BodyPlace>,
}

#[derive(Deserialize)]
struct Benchmark {
    #[serde(default)]
    name: String,
    level: Figures,
    growth: Figures,
}

#[derive(Deserialize)]
struct Figures {
    given: Option<f64>,
    computed: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BodyPlace {
    body: Named,
    value: Option<f64>,
    level_rank: Option<Rank>,
    level_outlier: Option<String>,
    interval: Option<String>,
    growth: Option<f64>,
    growth_not_available: Option<String>,
    improvement_rank: Option<Rank>,
    growth_outlier: Option<String>,
    peers: Option<String>,
}

#[derive(Deserialize)]
struct Rank {
    place: u32,
    among: u32,
    quartile: u32,
}

impl Figures {
    /// The figure that the source gives, or else the computed one.
    fn either(&self) -> Option<f64> {
        self.given.or(self.computed)
    }
}

/// The list of indicators.
///
/// # Errors
/// There is no such cycle.
pub(super) async fn all(
    reader: &Reader,
    place: &Place,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let query = headed_query!("indicators");
    let variables = json!({ "cycle": place.cycle, "after": parameters.get("after") });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let indicators = cycle.indicators.ok_or(PageError::Missing)?;
    let mut page = cycle.heading.page(place, "Indicators");
    let bodies = &cycle.heading.framework.words.bodies;
    page.push(html! {
        p { "Each is compared among all " (bodies) " with a value. A quartile divides them into four parts of a quarter each." }
    });
    let rows = indicators.edges.iter().map(|edge| {
        let indicator = &edge.node;
        let comparison = indicator.comparison.as_ref();
        let figure = |of: fn(&Comparison) -> Option<f64>| Cell::rounded(comparison.and_then(of));
        let period = comparison.and_then(|comparison| comparison.period.as_deref());
        Row::new(vec![
            Cell::link(&indicator.title, address(place, indicator)),
            Cell::text(series(indicator)),
            Cell::maybe(indicator.unit.as_deref()),
            Cell::text(better(indicator)),
            Cell::maybe(period),
            figure(|comparison| comparison.national.level.either()),
            figure(|comparison| comparison.upper_quartile),
            figure(|comparison| comparison.median),
            figure(|comparison| comparison.lower_quartile),
        ])
    });
    page.table(Table {
        name: "indicators".into(),
        caption: "Indicators and how values are spread".to_owned(),
        columns: columns(&[
            "Indicator",
            "Series",
            "Unit",
            "Better",
            "Period",
            "National",
            "Best quarter from",
            "Median",
            "Worst quarter from",
        ]),
        rows: rows.collect(),
        otherwise: "There are no indicators, or none is open to you.",
        is_grid: false,
    });
    page.push(navigation::more(
        parameters,
        &place.page(&["indicators"]),
        &indicators.page_info,
    ));
    Ok(page)
}

/// One indicator, with every body's place.
///
/// # Errors
/// There is no such cycle or indicator.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    code: &str,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let query = headed_query!("indicator");
    let variables =
        json!({ "cycle": place.cycle, "code": code, "series": parameters.get("series") });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let indicators = cycle.indicators.ok_or(PageError::Missing)?;
    let mut edges = indicators.edges.iter();
    let indicator = &edges.next().ok_or(PageError::Missing)?.node;
    let mut page = cycle.heading.page(place, &indicator.title);
    page.above
        .push(Link::new("Indicators", place.page(&["indicators"])));
    page.push(html! {
        p { @if let Some(unit) = &indicator.unit { (capitalised(unit)) "; " }
            (better(indicator)) " is better."
            @if indicator.series_id != "persons" { " " (capitalised(&series(indicator))) "." } }
        @if indicators.edges.len() > 1 {
            ul.wcc-inline {
                @for edge in &indicators.edges {
                    li { a href=(address(place, &edge.node)) { (capitalised(&series(&edge.node))) } }
                }
            }
        }
        @if let Some(source) = &indicator.source { p.wcc-note { "Source: " (source) } }
    });
    let Some(comparison) = &indicator.comparison else {
        page.push(html! { p { "No definition of it is known, so nothing is compared." } });
        return Ok(page);
    };
    page.push(summary(comparison));
    page.table(benchmarks(comparison));
    page.table(bodies(
        place,
        &cycle.heading.framework.words.body,
        comparison,
    ));
    page.push(html! {
        @if !comparison.rules.is_empty() {
            h2.nhsuk-heading-m { "How it is compared" }
            ul { @for rule in &comparison.rules { li { (rule) } } }
        }
    });
    Ok(page)
}

/// The values as a picture, and how many there are.
fn summary(comparison: &Comparison) -> Markup {
    let values = comparison.bodies.iter();
    let values: Vec<(&str, f64)> = values
        .filter_map(|standing| Some((standing.body.name.as_str(), standing.value?)))
        .collect();
    html! {
        @if let Some(population) = &comparison.level_population { p { (capitalised(population)) "." } }
        (strip(&Strip {
            values: &values,
            quartiles: [comparison.lower_quartile, comparison.median, comparison.upper_quartile],
            national: comparison.national.level.either(),
        }))
        @if let Some(population) = &comparison.growth_population {
            p { "Growth a year from " (comparison.growth_from.as_deref().unwrap_or_default()) " to "
                (comparison.growth_to.as_deref().unwrap_or_default()) ": " (population) "."
                @if !comparison.growth_covers_span {
                    " This is not the rule book's span, so these rates are compared with each other only." } }
        }
    }
}

fn benchmarks(comparison: &Comparison) -> Table {
    let all = std::iter::once(&comparison.national)
        .chain(&comparison.top_decile)
        .chain(&comparison.peers);
    let rows = all.map(|benchmark| {
        Row::new(vec![
            Cell::text(capitalised(&benchmark.name)),
            Cell::rounded(benchmark.level.given),
            Cell::rounded(benchmark.level.computed),
            Cell::rounded(benchmark.growth.given),
            Cell::rounded(benchmark.growth.computed),
        ])
    });
    Table {
        name: "benchmarks".into(),
        caption: "Benchmarks, as given by the source and as computed".to_owned(),
        columns: columns(&[
            "Benchmark",
            "Value, given",
            "Value, computed",
            "Growth a year, given (%)",
            "Growth a year, computed (%)",
        ]),
        rows: rows.collect(),
        otherwise: "",
        is_grid: false,
    }
}

fn bodies(place: &Place, word: &str, comparison: &Comparison) -> Table {
    let rank = |rank: Option<&Rank>| {
        rank.map_or_else(
            || Cell::text(""),
            |rank| Cell {
                number: Some(f64::from(rank.place)),
                ..Cell::text(format!("{} of {}", rank.place, rank.among))
            },
        )
    };
    let quartile = |rank: Option<&Rank>| {
        rank.map_or_else(|| Cell::text(""), |rank| Cell::count(rank.quartile))
    };
    let rows = comparison.bodies.iter().map(|standing| {
        let body = &standing.body;
        let growth = match (standing.growth, &standing.growth_not_available) {
            (Some(growth), _) => Cell::rounded(Some(growth)),
            (None, Some(reason)) => Cell::text(format!("n/a: {reason}")),
            (None, None) => Cell::text(""),
        };
        let remarks = [
            &standing.level_outlier,
            &standing.interval,
            &standing.growth_outlier,
        ];
        let remarks = remarks.into_iter().flatten().map(String::as_str);
        Row::new(vec![
            Cell::link(&body.name, place.page(&["bodies", &body.code, "outcomes"])),
            Cell::rounded(standing.value),
            rank(standing.level_rank.as_ref()),
            quartile(standing.level_rank.as_ref()),
            growth,
            rank(standing.improvement_rank.as_ref()),
            quartile(standing.improvement_rank.as_ref()),
            Cell::maybe(standing.peers.as_deref()),
            Cell::text(remarks.collect::<Vec<&str>>().join("; ")),
        ])
    });
    let period = comparison.period.as_deref().unwrap_or("no period");
    Table {
        name: "bodies".into(),
        caption: format!("Values for {period} and growth, by {word}"),
        columns: columns(&[
            &capitalised(word),
            "Value",
            "Place",
            "Quartile",
            "Growth a year (%)",
            "Place by improvement",
            "Quartile by improvement",
            "Compared with",
            "Remarks",
        ]),
        rows: rows.collect(),
        otherwise: "No values are open to you.",
        is_grid: false,
    }
}

fn address(place: &Place, indicator: &Indicator) -> String {
    let address = place.page(&["indicators", &indicator.code]);
    with_query(&address, [("series", indicator.series_id.as_str())])
}

fn series(indicator: &Indicator) -> String {
    indicator.series_id.replace('-', " ")
}

fn better(indicator: &Indicator) -> &'static str {
    match indicator.better {
        Some(Better::Higher) => "More",
        Some(Better::Lower) => "Less",
        None => "It is not known which",
    }
}
