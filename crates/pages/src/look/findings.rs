//! Findings of national and regional checks, most serious first.

use super::heading::{Framework, Heading, headed_query};
use super::navigation::{self, PageInfo};
use crate::address::{Place, of_plugin};
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::parts::definition::{Code, Named, capitalised};
use crate::parts::filter::{choose, filter};
use crate::parts::tag::Severity;
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::html;
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
    plugins: Vec<PluginRun>,
    findings: Option<Findings>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PluginRun {
    code: String,
    title: Option<String>,
    not_checked: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Findings {
    total_count: u32,
    page_info: PageInfo,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node: Finding,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    severity: Severity,
    message: String,
    body: Named,
    measure: Option<Code>,
    check_id: String,
    plugin: Option<PluginTitle>,
    documentation: Option<Check>,
}

#[derive(Deserialize)]
struct PluginTitle {
    code: String,
    title: Option<String>,
}

#[derive(Deserialize)]
struct Check {
    title: String,
    what: String,
}

/// How serious the findings are that can be chosen.
const SEVERITIES: [(&str, &str); 3] = [
    ("", "all"),
    ("serious", "errors and warnings"),
    ("errors", "errors"),
];

/// The page.
///
/// # Errors
/// There is no such cycle, or no such body in it.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let severity = match parameters.get("severity") {
        Some("serious") => Some(["ERROR", "WARNING"].as_slice()),
        Some("errors") => Some(["ERROR"].as_slice()),
        _ => None,
    };
    let query = headed_query!("findings");
    let variables = json!({
        "cycle": place.cycle,
        "body": parameters.get("body"),
        "severity": severity,
        "after": parameters.get("after"),
    });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let findings = cycle.findings.ok_or(PageError::Missing)?;
    let mut page = cycle.heading.page(place, "Findings");
    page.push(html! {
        p { "What national and regional checks found. A finding changes no value." }
        @for plugin in &cycle.plugins {
            @if let Some(reason) = &plugin.not_checked {
                p.wcc-waiting { a href=(of_plugin(&plugin.code)) { (plugin.title.as_deref().unwrap_or(&plugin.code)) }
                    ": " (reason) }
            }
        }
        (filter(&place.page(&["findings"]), &[("body", parameters.get("body"))], &html! {
            (choose("severity", "Seriousness", SEVERITIES, parameters.get("severity")))
        }))
        p { (findings.total_count) " in all." }
    });
    page.table(table(place, &cycle.heading.framework, &findings.edges));
    page.push(navigation::more(
        parameters,
        &place.page(&["findings"]),
        &findings.page_info,
    ));
    Ok(page)
}

fn table(place: &Place, framework: &Framework, edges: &[Edge]) -> Table {
    let rows = edges.iter().map(|edge| {
        let finding = &edge.node;
        let body = &finding.body;
        let check = finding.documentation.as_ref();
        let title = check.map_or(finding.check_id.as_str(), |check| check.title.as_str());
        let check = match check {
            Some(check) => Cell::shown(title, html! { span title=(check.what) { (title) } }),
            None => Cell::text(title),
        };
        let message = Cell::text(&finding.message);
        Row::new(vec![
            Cell::link(&body.name, place.body(&body.code)),
            Cell::shown(finding.severity.words(), finding.severity.tag()),
            match &finding.measure {
                Some(measure) => message.to(place.reasons(&body.code, &measure.code)),
                None => message,
            },
            check,
            match &finding.plugin {
                Some(plugin) => Cell::link(
                    plugin.title.as_deref().unwrap_or(&plugin.code),
                    of_plugin(&plugin.code),
                ),
                None => Cell::text("national"),
            },
        ])
    });
    Table {
        name: "findings".into(),
        caption: "Findings, most serious first".to_owned(),
        columns: vec![
            Column::new(capitalised(&framework.words.body)),
            Column::new("Seriousness"),
            Column::new("Finding"),
            Column::new("Check"),
            Column::new("From"),
        ],
        rows: rows.collect(),
        otherwise: "There are none.",
        is_grid: false,
    }
}
