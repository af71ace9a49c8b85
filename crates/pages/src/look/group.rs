//! A group: its bodies side by side, what they share and where one departs.

use super::body::{DocumentLink, document_title};
use super::heading::{self, Heading};
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parts::definition::{Code, MeasureScale, Named, Scale, capitalised, with_code};
use crate::parts::mark::{Value, mark, words};
use crate::parts::tag::{Colour, tag};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading<Framework>>,
    assurance: Option<Assurance>,
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
struct Area {
    title: String,
    component_word: String,
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    code: String,
    title: String,
    measures: Vec<Measure>,
}

#[derive(Deserialize)]
struct Measure {
    code: String,
    scale: MeasureScale,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assurance {
    group: Option<Named>,
    outputs: Vec<Output>,
    side_by_side: Vec<SideBySide>,
    result: Option<GroupResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    body: Named,
    challenge_counts: Challenges,
    components: Option<Vec<ComponentResult>>,
}

#[derive(Deserialize)]
struct Challenges {
    open: u32,
}

#[derive(Deserialize)]
struct ComponentResult {
    component: ScaledComponent,
    current: Current,
}

#[derive(Deserialize)]
struct ScaledComponent {
    code: String,
    scale: Option<Scale>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Current {
    value: Option<String>,
    inferred: bool,
    by_rule_alone: bool,
    not_applicable: bool,
}

#[derive(Deserialize)]
struct SideBySide {
    measure: ComparedMeasure,
    shared: Option<String>,
    values: Vec<Option<String>>,
    departures: Vec<String>,
}

#[derive(Deserialize)]
struct ComparedMeasure {
    code: String,
    title: String,
    component: Code,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupResult {
    areas_of_concern: Vec<Concern>,
    documents: Vec<DocumentLink>,
}

#[derive(Deserialize)]
struct Concern {
    text: String,
    support: Vec<Support>,
}

#[derive(Deserialize)]
struct Support {
    text: String,
    state: String,
    provider: Option<String>,
}

/// The page.
///
/// # Errors
/// There is no such group, or it is not open to whoever asks.
pub(super) async fn page(reader: &Reader, place: &Place, code: &str) -> Result<Page, PageError> {
    let query = include_str!("../../queries/group.graphql");
    let variables = json!({ "cycle": place.cycle, "group": code });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let assurance = data.assurance.ok_or(PageError::Missing)?;
    // The assurance of a body is that of its group.
    let group = assurance.group.as_ref().filter(|group| group.code == code);
    let group = group.ok_or(PageError::Missing)?;
    let regime = &cycle.framework.common.words;
    let caption = format!("{}, {}", cycle.title, regime.group);
    let mut page = cycle.page_below(place, &group.name, caption);
    page.push(html! {
        p { "Assured once: what is shared was judged for all. Each " (regime.body)
            " has a scorecard of its own:" }
        ul.wcc-inline {
            @for output in &assurance.outputs {
                li { a href=(place.body(&output.body.code)) { (output.body.name) }
                    @if output.challenge_counts.open > 0 {
                        " " (tag(&format!("{} open", output.challenge_counts.open), Colour::Orange))
                    } }
            }
        }
        p { a href=(place.page(&["bodies", &group.code, "panel"])) { "The panel of " (group.name) } }
    });
    for (number, area) in (1_u32..).zip(&cycle.framework.areas) {
        let table = table(number, place, area, &assurance);
        if !table.rows.is_empty() {
            page.table(table);
        }
    }
    if let Some(result) = &assurance.result {
        page.push(concerns(result));
    }
    Ok(page)
}

fn table(number: u32, place: &Place, area: &Area, assurance: &Assurance) -> Table {
    let mut columns = vec![
        Column::new(capitalised(&area.component_word)),
        Column::new("Shared"),
    ];
    let outputs = &assurance.outputs;
    columns.extend(outputs.iter().map(|output| Column::new(&output.body.name)));
    let mut rows = Vec::new();
    for component in &area.components {
        rows.push(Row::group(results(place, component, outputs)));
        for compared in &assurance.side_by_side {
            if compared.measure.component.code != component.code {
                continue;
            }
            let mut measures = component.measures.iter();
            let measure = measures.find(|measure| measure.code == compared.measure.code);
            if let Some(measure) = measure.filter(|measure| !measure.scale.is_text) {
                rows.push(Row::new(marks(place, measure, compared, outputs)));
            }
        }
    }
    let is_rated = rows
        .iter()
        .any(|row| row.cells.iter().skip(1).any(|cell| !cell.text.is_empty()));
    Table {
        name: format!("area-{number}").into(),
        caption: area.title.clone(),
        columns,
        rows: if is_rated { rows } else { Vec::new() },
        otherwise: "",
        is_grid: false,
    }
}

/// The results of a component.
fn results(place: &Place, component: &Component, outputs: &[Output]) -> Vec<Cell> {
    let mut cells = vec![
        Cell::text(with_code(&component.code, &component.title)),
        Cell::text(""),
    ];
    cells.extend(outputs.iter().map(|output| {
        let mut results = output.components.iter().flatten();
        let result = results.find(|result| result.component.code == component.code);
        let rated = result.and_then(|result| Some((result, result.component.scale.as_ref()?)));
        let Some((result, scale)) = rated else {
            return Cell::text("");
        };
        let value = Value {
            value: result.current.value.as_deref(),
            is_inferred: result.current.inferred,
            by_rule: result.current.by_rule_alone,
            not_applicable: result.current.not_applicable,
        };
        let cell = Cell::shown(words(scale, value), mark(scale, value));
        if value.value.is_some() {
            cell.to(place.reasons(&output.body.code, &component.code))
        } else {
            cell
        }
    }));
    cells
}

/// The marks on a measure: the shared one, and each body's, with whether it departs.
fn marks(place: &Place, measure: &Measure, compared: &SideBySide, outputs: &[Output]) -> Vec<Cell> {
    let scale = &measure.scale.scale;
    let code = compared.measure.code.as_str();
    let shown = |given: Option<&str>, own: bool| {
        let value = Value {
            value: given,
            ..Value::default()
        };
        let markup = html! {
            (mark(scale, value))
            @if own { span.wcc-mark__own { "own" } }
        };
        Cell::shown(words(scale, value), markup)
    };
    let title = format!("{code} {}", compared.measure.title);
    let shared = compared.shared.as_deref();
    let mut cells = vec![
        Cell::text(title),
        match shared {
            Some(_) => shown(shared, false),
            None => Cell::text(""),
        },
    ];
    cells.extend(outputs.iter().zip(&compared.values).map(|(output, value)| {
        let departs = compared.departures.contains(&output.body.code);
        let cell = shown(value.as_deref(), departs && shared.is_some());
        if value.is_some() {
            cell.to(place.reasons(&output.body.code, code))
        } else {
            cell
        }
    }));
    cells
}

fn concerns(result: &GroupResult) -> Markup {
    html! {
        @if !result.areas_of_concern.is_empty() {
            h2.nhsuk-heading-m { "Areas of concern" }
            ul {
                @for concern in &result.areas_of_concern {
                    li { (concern.text)
                        @if !concern.support.is_empty() {
                            ul {
                                @for support in &concern.support {
                                    li { (support.text)
                                        @if let Some(provider) = &support.provider { ", by " (provider) }
                                        " (" (support.state.to_lowercase()) ")" }
                                }
                            }
                        } }
                }
            }
        }
        @if !result.documents.is_empty() {
            h2.nhsuk-heading-m { "Documents" }
            ul.wcc-inline {
                @for document in &result.documents {
                    li { a href=(document.url) { (document_title(&document.kind)) " (" (document.format) ")" } }
                }
            }
        }
    }
}
