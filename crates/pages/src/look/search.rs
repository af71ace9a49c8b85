//! Bodies that reach chosen levels: "at level 3 or above on 5a and 6b".

use super::heading::{self, Heading};
use crate::address::Place;
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::parts::definition::{Named, RatedMeasure, capitalised};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

/// Number of conditions that the form offers.
const CONDITIONS: usize = 4;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Heading<Framework>>,
    search: Option<SearchResult>,
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
struct Area {
    title: String,
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    measures: Vec<RatedMeasure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SearchResult {
    total_count: u32,
    edges: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    node: Named,
    met: Vec<Met>,
}

#[derive(Deserialize)]
struct Met {
    code: String,
    value: Option<String>,
    title: Option<String>,
}

/// A condition that somebody chose.
struct Condition<'p> {
    measure: &'p str,
    at_least: &'p str,
}

fn conditions(parameters: &Parameters) -> Vec<Condition<'_>> {
    (1..=CONDITIONS)
        .filter_map(|number| {
            let measure = parameters.get(&format!("measure-{number}"))?;
            let at_least = parameters.get(&format!("level-{number}"))?;
            Some(Condition { measure, at_least })
        })
        .collect()
}

/// The page.
///
/// # Errors
/// There is no such cycle, or a condition that it cannot have.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let chosen = conditions(parameters);
    let query = include_str!("../../queries/search.graphql");
    let as_input = |condition: &Condition<'_>| -> Value {
        json!({ "measure": condition.measure, "atLeast": condition.at_least })
    };
    let variables = json!({
        "cycle": place.cycle,
        "conditions": chosen.iter().map(as_input).collect::<Vec<_>>(),
        "isSearch": !chosen.is_empty(),
    });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let regime = &cycle.framework.common.words;
    let mut page = cycle.page(place, format!("Search {}", regime.bodies));
    page.push(form(place, &cycle, &chosen));
    if let Some(found) = &data.search {
        page.push(html! {
            p role="status" { strong { (found.total_count) } " "
                (if found.total_count == 1 { &regime.body } else { &regime.bodies })
                " at or above what you chose." }
        });
        page.table(table(place, &cycle, &chosen, found));
    }
    Ok(page)
}

fn form(place: &Place, cycle: &Heading<Framework>, chosen: &[Condition<'_>]) -> Markup {
    let measures = || {
        let areas = cycle.framework.areas.iter();
        areas.map(|area| {
            let measures = area.components.iter().flat_map(|part| &part.measures);
            let rated: Vec<&RatedMeasure> =
                measures.filter(|measure| !measure.scale.is_text).collect();
            (area.title.as_str(), rated)
        })
    };
    let mut levels: Vec<&str> = Vec::new();
    for (_, rated) in measures() {
        for step in rated.iter().flat_map(|measure| &measure.scale.scale.steps) {
            if !levels.contains(&step.key.as_str()) {
                levels.push(&step.key);
            }
        }
    }
    html! {
        p { "Find " (cycle.framework.common.words.bodies) " by what they reach: choose a " (cycle.framework.common.words.measure)
            " and the lowest level, or several that all have to be met." }
        form.wcc-search method="get" action=(place.page(&["search"])) {
            @if let Some(moment) = place.as_of { input type="hidden" name="as-of" value=(moment.to_string()); }
            @for number in 1..=CONDITIONS {
                @let condition = chosen.get(number - 1);
                fieldset.nhsuk-fieldset.wcc-filter {
                    legend.nhsuk-u-visually-hidden { "Condition " (number) }
                    div.wcc-filter__field.wcc-filter__field--wide {
                        label.nhsuk-label for={ "measure-" (number) } {
                            @if number == 1 { (capitalised(&cycle.framework.common.words.measure)) } @else { "and" }
                        }
                        select.nhsuk-select id={ "measure-" (number) } name={ "measure-" (number) } {
                            option value="" { "none" }
                            @for (title, rated) in measures() {
                                optgroup label=(title) {
                                    @for measure in rated {
                                        option value=(measure.measure.code)
                                            selected[condition.is_some_and(|one| one.measure == measure.measure.code)] {
                                            (measure.measure.code) " " (measure.measure.title)
                                        }
                                    }
                                }
                            }
                        }
                    }
                    div.wcc-filter__field {
                        label.nhsuk-label for={ "level-" (number) } { "at least" }
                        select.nhsuk-select id={ "level-" (number) } name={ "level-" (number) } {
                            @for level in &levels {
                                option value=(level) selected[condition.is_some_and(|one| one.at_least == *level)] { (level) }
                            }
                        }
                    }
                }
            }
            button.nhsuk-button type="submit" { "Search" }
        }
    }
}

fn table(
    place: &Place,
    cycle: &Heading<Framework>,
    chosen: &[Condition<'_>],
    found: &SearchResult,
) -> Table {
    let mut columns = vec![Column::new(capitalised(&cycle.framework.common.words.body))];
    columns.extend(
        chosen
            .iter()
            .map(|condition| Column::new(condition.measure)),
    );
    let rows = found.edges.iter().map(|edge| {
        let mut cells = vec![Cell::link(&edge.node.name, place.body(&edge.node.code))];
        for condition in chosen {
            let met = edge.met.iter().find(|met| met.code == condition.measure);
            let value = met.and_then(|met| met.title.as_deref().or(met.value.as_deref()));
            let cell = Cell::maybe(value);
            cells.push(cell.to(place.reasons(&edge.node.code, condition.measure)));
        }
        Row::new(cells)
    });
    Table {
        name: "found".into(),
        caption: "Found".to_owned(),
        columns,
        rows: rows.collect(),
        otherwise: "",
        is_grid: false,
    }
}
