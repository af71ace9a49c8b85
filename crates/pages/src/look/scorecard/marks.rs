//! Every measure of an area: what each method gave it, what the evidence supports, what is challenged.

use super::glance::value_of;
use super::{Area, Cell, Mark, Output};
use crate::address::Place;
use crate::look::heading::Framework;
use crate::parts::definition::{Method, capitalised, with_code};
use crate::parts::mark::{Value, mark, words};
use crate::table::{self, Column, Row, Table};
use maud::html;

/// The table of an area; `None` if nothing in it is rated.
pub(super) fn table(
    place: &Place,
    framework: &Framework,
    output: &Output,
    area: &Area,
    number: u32,
) -> Option<Table> {
    let components = output.components.iter().flatten();
    let components: Vec<_> = components
        .filter(|component| component.component.area.code == area.code)
        .collect();
    let cells_of = |code: &str| -> Vec<&Cell> {
        let cells = output.cells.iter().flatten();
        cells
            .filter(|cell| cell.measure.component.code == code && !cell.measure.scale.is_text)
            .collect()
    };
    let methods: Vec<&Method> = framework
        .methods
        .iter()
        .filter(|method| {
            components.iter().any(|component| {
                let cells = cells_of(&component.component.code);
                let mut marks = cells.iter().flat_map(|cell| &cell.marks);
                let by = |id: &Option<String>| id.as_deref() == Some(method.code.as_str());
                let mut results = component.results.iter();
                marks.any(|mark| by(&mark.method_id) && mark.value.is_some())
                    || results.any(|result| by(&result.method_id) && result.value.is_some())
            })
        })
        .collect();
    if methods.is_empty() {
        return None;
    }
    let mut columns = vec![Column::new(capitalised(&area.component_word))];
    columns.extend(
        methods
            .iter()
            .map(|method| Column::short(capitalised(&method.short), capitalised(&method.title))),
    );
    columns.push(Column::short("Supports", "What the evidence supports"));
    columns.push(Column::new("Challenge"));
    let body = &output.body.code;
    let mut rows = Vec::new();
    for component in components {
        let title = &component.component;
        let mut cells = vec![table::Cell::link(
            with_code(&title.code, &title.title),
            place.reasons(body, &title.code),
        )];
        for method in &methods {
            let result = component
                .results
                .iter()
                .find(|result| result.method_id.as_deref() == Some(method.code.as_str()));
            let shown = result.zip(title.scale.as_ref()).map(|(result, scale)| {
                let value = value_of(result);
                shown(scale, value)
            });
            cells.push(shown.unwrap_or_else(|| table::Cell::text("")));
        }
        cells.push(table::Cell::text(""));
        cells.push(match component.change.as_deref() {
            Some("NEW") => table::Cell::text("new this year"),
            _ => table::Cell::text(""),
        });
        rows.push(Row::group(cells));
        for cell in cells_of(&title.code) {
            rows.push(row(place, body, &methods, cell));
        }
    }
    Some(Table {
        name: format!("area-{number}").into(),
        caption: area.title.clone(),
        columns,
        rows,
        otherwise: "",
        is_grid: false,
    })
}

fn shown(scale: &crate::parts::definition::Scale, value: Value<'_>) -> table::Cell {
    table::Cell::shown(words(scale, value), mark(scale, value))
}

fn row(place: &Place, body: &str, methods: &[&Method], cell: &Cell) -> Row {
    let measure = &cell.measure;
    let scale = &measure.scale.scale;
    let why = place.reasons(body, &measure.code);
    let mut cells = vec![table::Cell::link(
        format!("{} {}", measure.code, measure.title),
        why.clone(),
    )];
    for method in methods {
        let given = cell
            .marks
            .iter()
            .find(|mark| mark.method_id.as_deref() == Some(method.code.as_str()));
        cells.push(match given {
            Some(given) => own(scale, given, &why),
            None => table::Cell::text(""),
        });
    }
    let supported = Value {
        value: cell.supported.as_deref(),
        is_inferred: cell.supported_inferred,
        ..Value::default()
    };
    cells.push(match supported.value {
        Some(_) => shown(scale, supported),
        None => table::Cell::text(""),
    });
    cells.push(challenges(cell));
    Row::new(cells)
}

/// A mark, and whether it is the body's own where its group shares one.
fn own(scale: &crate::parts::definition::Scale, given: &Mark, why: &str) -> table::Cell {
    let value = Value {
        value: given.value.as_deref(),
        is_inferred: given.is_inferred,
        by_rule: false,
        not_applicable: given.not_applicable,
    };
    let text = words(scale, value);
    let markup = html! {
        (mark(scale, value))
        @if given.origin_id == "departure" { span.wcc-mark__own { "own" } }
    };
    let cell = table::Cell::shown(text, markup);
    if given.value.is_some() {
        cell.to(why)
    } else {
        cell
    }
}

fn challenges(cell: &Cell) -> table::Cell {
    let words: Vec<String> = cell
        .challenges
        .iter()
        .map(|challenge| format!("{}: {}", challenge.method_title, challenge.state.words()))
        .collect();
    let markup = html! {
        @for challenge in &cell.challenges {
            span.wcc-challenged title=(capitalised(&challenge.method_title)) { (challenge.state.tag())
                span.nhsuk-u-visually-hidden { " " (challenge.method_title) } }
            " "
        }
    };
    table::Cell::shown(words.join("; "), markup)
}
