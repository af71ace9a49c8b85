//! A cycle: while it is under way, how far each body is; and every body by what is rated, with marks in colour, shape and word.

mod progress;

use super::navigation;
use crate::address::{Place, of_framework, segment};
use crate::error::PageError;
use crate::page::Page;
use crate::parameters::Parameters;
use crate::parts::definition::{Code, Method, Named, Scale, Titled, Words, capitalised};
use crate::parts::filter::{choose, filter};
use crate::parts::mark::{RepeatedMarks, Value, mark, words};
use crate::reader::Reader;
use crate::table::{Cell, Column, Row, Table};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;

#[derive(Deserialize)]
struct Data {
    cycle: Option<Cycle>,
    authorities: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cycle {
    title: String,
    illustrative: Option<String>,
    framework: Framework,
    phases: Vec<Code>,
    phase_openings: Vec<progress::Opening>,
    assurances: Vec<Assurance>,
    matrix: Option<Matrix>,
}

#[derive(Deserialize)]
struct Framework {
    #[serde(flatten)]
    framework: Titled,
    methods: Vec<Method>,
    roles: Vec<Titled>,
    words: Words,
    areas: Vec<Area>,
}

#[derive(Deserialize)]
struct Area {
    #[serde(flatten)]
    area: Titled,
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    code: String,
    scale: Option<Scale>,
    measures: Vec<Measure>,
}

#[derive(Deserialize)]
struct Measure {
    code: String,
    scale: Scale,
}

#[derive(Deserialize)]
struct Assurance {
    group: Option<Named>,
}

#[derive(Deserialize)]
struct Matrix {
    columns: Vec<MatrixColumn>,
    rows: Vec<MatrixRow>,
}

#[derive(Deserialize)]
struct MatrixColumn {
    code: String,
    title: String,
}

#[derive(Deserialize)]
struct MatrixRow {
    #[serde(flatten)]
    body: Named,
    group: Option<String>,
    values: Vec<Option<String>>,
    output: Output,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    challenge_counts: Challenges,
    finding_counts: Findings,
}

#[derive(Deserialize)]
struct Challenges {
    open: u32,
}

#[derive(Deserialize)]
struct Findings {
    errors: u32,
    warnings: u32,
}

/// What somebody chose to see.
struct Choice<'p> {
    columns: &'static str,
    /// A method; `None` for the result that counts.
    method: Option<&'p str>,
    area: Option<&'p str>,
    authority: Option<&'p str>,
}

impl<'p> Choice<'p> {
    fn of(parameters: &'p Parameters) -> Choice<'p> {
        let columns = match parameters.get("columns") {
            Some("measures") => "MEASURES",
            _ => "COMPONENTS",
        };
        Choice {
            columns,
            method: parameters.get("method"),
            area: parameters.get("area"),
            authority: parameters.get("authority"),
        }
    }
}

/// The page.
///
/// # Errors
/// There is no such cycle, or something that was chosen does not exist.
pub(super) async fn page(
    reader: &Reader,
    place: &Place,
    parameters: &Parameters,
) -> Result<Page, PageError> {
    let choice = Choice::of(parameters);
    let query = include_str!("../../queries/cycle.graphql");
    let variables = json!({
        "cycle": place.cycle,
        "columns": choice.columns,
        "method": choice.method,
        "areas": choice.area.map(|area| [area]),
        "authority": choice.authority,
    });
    let data: Data = reader.ask(query, variables).await?;
    let cycle = data.cycle.ok_or(PageError::Missing)?;
    let framework = &cycle.framework;
    let mut page = Page::new(&cycle.title);
    page.caption = Some(framework.framework.title.clone());
    page.above = navigation::above_cycle();
    page.beside = navigation::of_cycle(place, &framework.words);
    page.illustrative.clone_from(&cycle.illustrative);
    if let Some(progress) = progress::table(reader, place, &cycle).await? {
        page.table(progress);
        page.push(html! {
            p { "The dates of the phases, and what is missing before the next, are in the "
                a href=(place.page(&["timetable"])) { "timetable" } "." }
            h2.nhsuk-heading-m { "Results" }
        });
    }
    page.push(choices(place, &choice, framework, &data.authorities));
    if cycle.has_no_results() {
        page.push(html! { p.wcc-none { (nothing_rated(framework, &choice)) } });
        page.push(bodies(place, &cycle));
    } else if let Some(matrix) = &cycle.matrix {
        let mut marks = RepeatedMarks::default();
        let table = table(place, framework, &cycle.assurances, matrix, &mut marks);
        page.push(marks.shapes());
        page.table(table);
    }
    page.push(groups(place, &cycle));
    page.push(html! {
        p { "What these values mean, and by which rules results follow from them, is in the "
            a href=(of_framework(&framework.framework.code)) { "rule book" } "." }
    });
    Ok(page)
}

impl Cycle {
    /// What people call a role.
    fn role_title(&self, code: &str) -> String {
        let mut roles = self.framework.roles.iter();
        let role = roles.find(|role| role.code == code);
        role.map_or_else(|| code.replace('-', " "), |role| role.title.clone())
    }

    /// Whether bodies are shown, and no value of any is known.
    fn has_no_results(&self) -> bool {
        let rows = self.matrix.iter().flat_map(|matrix| &matrix.rows);
        let mut rows = rows.peekable();
        rows.peek().is_some() && rows.flat_map(|row| &row.values).all(Option::is_none)
    }
}

/// Says that no value is known of what was chosen, and what to do.
fn nothing_rated(framework: &Framework, choice: &Choice<'_>) -> String {
    let chosen = choice.method.and_then(|code| {
        let mut methods = framework.methods.iter();
        methods.find(|method| method.code == code)
    });
    let missing = match chosen {
        Some(method) => format!("There is no {} here yet.", method.title),
        None => "There are no results here yet.".to_owned(),
    };
    format!("{missing} Choose other values above to see what has been recorded so far.")
}

/// The bodies, where no table lists them.
fn bodies(place: &Place, cycle: &Cycle) -> Markup {
    let rows = cycle.matrix.iter().flat_map(|matrix| &matrix.rows);
    html! {
        ul.wcc-columns {
            @for row in rows { li { a href=(place.body(&row.body.code)) { (row.body.name) } } }
        }
    }
}

fn choices(
    place: &Place,
    choice: &Choice<'_>,
    framework: &Framework,
    authorities: &[Named],
) -> Markup {
    let authority = framework.words.authority.as_deref().unwrap_or("authority");
    let fields = html! {
            (choose("method", "Values", [("", "results")].into_iter().chain(
                framework.methods.iter().map(|method| (method.code.as_str(), method.title.as_str()))), choice.method))
            (choose("columns", "Columns", [("", "results"), ("measures", framework.words.measure.as_str())],
                (choice.columns == "MEASURES").then_some("measures")))
            @if framework.areas.len() > 1 {
                (choose("area", "Area", [("", "all")].into_iter().chain(
                    framework.areas.iter().map(|area| (area.area.code.as_str(), area.area.title.as_str()))), choice.area))
            }
            @if authorities.len() > 1 {
                (choose("authority", &capitalised(authority), [("", "all")].into_iter().chain(
                    authorities.iter().map(|named| (named.code.as_str(), named.name.as_str()))), choice.authority))
            }
    };
    filter(&place.page(&[]), &[], &fields)
}

fn table<'m>(
    place: &Place,
    framework: &'m Framework,
    assurances: &[Assurance],
    matrix: &'m Matrix,
    marks: &mut RepeatedMarks<'m>,
) -> Table {
    let mut scales = HashMap::new();
    for component in framework.areas.iter().flat_map(|area| &area.components) {
        if let Some(scale) = &component.scale {
            scales.insert(component.code.as_str(), scale);
        }
        for measure in &component.measures {
            scales.insert(measure.code.as_str(), &measure.scale);
        }
    }
    let groups: HashMap<&str, &str> = assurances
        .iter()
        .filter_map(|assurance| assurance.group.as_ref())
        .map(|group| (group.code.as_str(), group.name.as_str()))
        .collect();
    let words_of = &framework.words;
    let mut columns = vec![Column::new(capitalised(&words_of.body))];
    if !groups.is_empty() {
        columns.push(Column::new(capitalised(&words_of.group)));
    }
    let headings = matrix.columns.iter();
    columns.extend(headings.map(|column| Column::short(&column.code, &column.title)));
    columns.push(Column::short("Open", "Open challenges"));
    columns.push(Column::short("Found", "Errors and warnings of checks"));
    let subjects = matrix.columns.iter().map(|column| segment(&column.code));
    let subjects: Vec<String> = subjects.collect();
    let rows = matrix.rows.iter().map(|row| {
        let code = row.body.code.as_str();
        let mut cells = vec![Cell::link(&row.body.name, place.body(code))];
        if !groups.is_empty() {
            let group = row.group.as_deref();
            let name = group.and_then(|group| groups.get(group));
            cells.push(match (group, name) {
                (Some(group), Some(name)) => Cell::link(*name, place.group(group)),
                _ => Cell::text(""),
            });
        }
        let reasons = place.reasons_of(code);
        for ((column, subject), value) in matrix.columns.iter().zip(&subjects).zip(&row.values) {
            let value = Value {
                value: value.as_deref(),
                ..Value::default()
            };
            cells.push(match (scales.get(column.code.as_str()), value.value) {
                (Some(scale), Some(key)) => {
                    Cell::shown(words(scale, value), marks.mark(scale, key)).to(reasons(subject))
                }
                (Some(scale), None) => Cell::shown("", mark(scale, value)),
                (None, value) => Cell::maybe(value),
            });
        }
        let Output {
            challenge_counts,
            finding_counts,
        } = &row.output;
        cells.push(Cell::count(challenge_counts.open));
        cells.push(Cell::count(finding_counts.errors + finding_counts.warnings));
        Row::new(cells)
    });
    Table {
        name: "results".into(),
        caption: format!("{} and what each was rated", capitalised(&words_of.bodies)),
        columns,
        rows: rows.collect(),
        otherwise: "No results are open to you here.",
        is_grid: true,
    }
}

fn groups(place: &Place, cycle: &Cycle) -> Markup {
    let groups = cycle.assurances.iter();
    let groups: Vec<&Named> = groups
        .filter_map(|assurance| assurance.group.as_ref())
        .collect();
    html! {
        @if !groups.is_empty() {
            h2.nhsuk-heading-m { (capitalised(&cycle.framework.words.groups)) }
            p { "Each is assured once; its sheet shows what its " (cycle.framework.words.bodies)
                " share and where one departs." }
            ul.wcc-columns {
                @for group in groups { li { a href=(place.group(&group.code)) { (group.name) } } }
            }
        }
    }
}
