//! Turns the cells of rating tables into ratings. Whatever is in doubt is not legible.

use crate::catalogue::Catalogue;
use crate::report::{Confidence, Rating};
use crate::signs::{CellMarks, Legend, MarkMethod, cell_marks};
use crate::table::{Cells, Columns, Row, Table};
use std::collections::BTreeMap;

/// A table with the legend beside it.
pub(crate) struct LegendTable {
    pub(crate) table: Table,
    pub(crate) legend: Legend,
}

/// What all tables of a report have in common.
struct Habits {
    /// What its legends agree on.
    agreed: Legend,
    has_legend: bool,
    /// Whether empty cells at the end of a row are cut off.
    cuts_ends: bool,
    /// The headings on which all tables with as many columns agree.
    headings: BTreeMap<usize, Option<Columns>>,
}

/// Reads the ratings of all tables.
pub(crate) fn read(catalogue: &Catalogue, tables: &[LegendTable]) -> Vec<Rating> {
    let legends: Vec<Legend> = tables.iter().map(|table| table.legend.clone()).collect();
    let agreed = Legend::agreed(&legends);
    let mut headings: BTreeMap<usize, Option<Columns>> = BTreeMap::new();
    for columns in tables
        .iter()
        .filter_map(|table| table.table.columns.as_ref())
    {
        let known = headings
            .entry(columns.count())
            .or_insert_with(|| Some(columns.clone()));
        if known.as_ref() != Some(columns) {
            *known = None;
        }
    }
    let habits = Habits {
        has_legend: legends.iter().any(|legend| !legend.is_empty()),
        // A legend that is there and says nothing legible may give the signs another meaning.
        agreed: if agreed.is_empty() && !legends.iter().any(Legend::is_present) {
            Legend::template()
        } else {
            agreed
        },
        cuts_ends: tables.iter().all(|table| !table.table.writes_empty_ends),
        headings,
    };
    let mut ratings: Vec<Rating> = tables
        .iter()
        .flat_map(|table| MarkedTable::read(catalogue, table, &habits).ratings(catalogue, &habits))
        .collect();
    keep_agreeing(&mut ratings);
    ratings
}

/// A row with its marks by column.
struct MarkedRow<'a> {
    row: &'a Row,
    /// The marks of each column; an error says why they cannot be told.
    cells: Result<Vec<CellMarks>, String>,
}

impl MarkedRow<'_> {
    fn columns_with(&self, method: MarkMethod) -> Vec<usize> {
        let cells = self.cells.as_deref().unwrap_or_default();
        let marked = cells
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.methods.contains(&method));
        marked.map(|(column, _)| column).collect()
    }

    /// The step at which the row has the panel's only mark.
    fn place_under_panel(&self, steps: &[usize]) -> Option<usize> {
        match self.columns_with(MarkMethod::Panel).as_slice() {
            [column] => steps.get(*column).copied(),
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        let cells = self.cells.as_deref().unwrap_or_default();
        cells.iter().all(CellMarks::is_empty)
    }

    fn is_marked_full(&self) -> bool {
        self.cells
            .as_ref()
            .is_ok_and(|cells| cells.iter().all(|cell| !cell.methods.is_empty()))
    }

    fn is_full(&self) -> bool {
        self.cells
            .as_ref()
            .is_ok_and(|cells| !cells.is_empty() && cells.iter().all(|cell| !cell.is_empty()))
    }
}

struct MarkedTable<'a> {
    source: &'a LegendTable,
    /// What its signs stand for.
    legend: Legend,
    rows: Vec<MarkedRow<'a>>,
    columns: Option<Columns>,
    columns_inferred: bool,
    /// Whether the legend beside the table has the panel's sign.
    has_panel_sign: bool,
    facts: TableFacts,
}

/// What the rows of a table have in common.
#[derive(Default)]
struct TableFacts {
    /// Methods whose sign fills empty cells, so that it says nothing.
    fillers: Vec<MarkMethod>,
    /// Whether a row has two marks of the body's own and none has the panel's.
    box_stands_for_both: bool,
}

impl<'a> MarkedTable<'a> {
    fn read(catalogue: &Catalogue, source: &'a LegendTable, habits: &Habits) -> MarkedTable<'a> {
        let component = catalogue.components.get(source.table.component);
        let steps = component.map_or(0, |component| component.steps.len());
        let own = source.table.columns.clone();
        let common = habits.headings.get(&steps).cloned().flatten();
        let columns_inferred = own.is_none() && common.is_some();
        let legend = source.legend.completed_by(&habits.agreed);
        let has_empty_inside = source.table.rows.iter().any(|row| match &row.cells {
            Cells::Whole(cells) | Cells::Short(cells) => cells.iter().any(String::is_empty),
            Cells::Unclear(_) => false,
        });
        let columns = own.or(common);
        let count = columns.as_ref().map_or(steps, Columns::count);
        let rows = source
            .table
            .rows
            .iter()
            .map(|row| {
                let cells = match &row.cells {
                    Cells::Whole(cells) => Ok(cells.clone()),
                    Cells::Short(cells) if cells.iter().all(String::is_empty) => {
                        Ok(vec![String::new(); count])
                    }
                    Cells::Short(cells) if habits.cuts_ends && has_empty_inside => {
                        let mut cells = cells.clone();
                        cells.resize(count, String::new());
                        Ok(cells)
                    }
                    Cells::Short(cells) => Err(format!(
                        "the row has {} cells for {count} columns",
                        cells.len()
                    )),
                    Cells::Unclear(why) => Err(why.clone()),
                };
                let cells = cells.and_then(|cells| marks_of(&cells, &legend));
                MarkedRow { row, cells }
            })
            .collect();
        let mut table = MarkedTable {
            has_panel_sign: source.legend.has_sign_of(MarkMethod::Panel),
            source,
            legend,
            rows,
            columns,
            columns_inferred,
            facts: TableFacts::default(),
        };
        table.facts = table.facts();
        table
    }

    fn facts(&self) -> TableFacts {
        TableFacts {
            fillers: MarkMethod::ALL
                .into_iter()
                .filter(|method| self.is_filler(*method))
                .collect(),
            box_stands_for_both: self.box_stands_for_both(),
        }
    }

    /// Whether a sign fills empty cells, so that it says nothing.
    fn is_filler(&self, method: MarkMethod) -> bool {
        let marked: Vec<&MarkedRow<'_>> = self
            .rows
            .iter()
            .filter(|row| !row.columns_with(method).is_empty())
            .collect();
        if marked.is_empty() {
            return false;
        }
        let flooded = marked
            .iter()
            .filter(|row| row.is_full() && row.columns_with(method).len() >= 2)
            .count();
        let enough = if method == MarkMethod::Previous { 1 } else { 2 };
        // A row whose marks were not found says nothing of empty cells.
        let mut readable = self
            .rows
            .iter()
            .filter(|row| row.cells.is_ok() && !row.is_empty());
        // A cell with a sign that no legend explains is not filled by this one.
        let all_full = readable.all(MarkedRow::is_marked_full);
        flooded >= enough || (all_full && method == MarkMethod::Previous)
    }

    fn ratings(&self, catalogue: &Catalogue, habits: &Habits) -> Vec<Rating> {
        let mut ratings = Vec::new();
        for row in &self.rows {
            let Some(measure) = row.row.measure.and_then(|at| catalogue.measures.get(at)) else {
                continue;
            };
            for method in MarkMethod::ALL {
                let (value, confidence, why) = self.value(catalogue, habits, row, method);
                // A new measure has no last year; the template says so in a footnote.
                if method == MarkMethod::Previous && measure.is_new && value.is_none() {
                    continue;
                }
                ratings.push(Rating {
                    subject: measure.id.clone(),
                    method,
                    value,
                    confidence,
                    why,
                    lines: row.row.lines.clone(),
                });
            }
        }
        ratings.extend(self.overall(catalogue));
        ratings
    }

    fn value(
        &self,
        catalogue: &Catalogue,
        habits: &Habits,
        row: &MarkedRow<'_>,
        method: MarkMethod,
    ) -> (Option<String>, Confidence, Option<String>) {
        let component = self.source.table.component;
        let key_of = |step: usize| {
            let steps = catalogue
                .components
                .get(component)
                .map(|component| component.steps.as_slice());
            steps
                .and_then(|steps| steps.get(step))
                .map(|step| step.key.clone())
        };
        let not_legible = |why: &str| (None, Confidence::NotLegible, Some(why.to_owned()));
        let stated: Vec<&String> = row
            .row
            .stated
            .iter()
            .filter(|(stated, _)| *stated == method)
            .map(|(_, value)| value)
            .collect();
        let mut reasons: Vec<String> = row.row.measure_inferred.iter().cloned().collect();
        let step = if let [value] = stated.as_slice() {
            match catalogue.step_named(component, value) {
                Some(step) => step,
                None => return not_legible(&format!("\"{value}\" is not a step of the scale")),
            }
        } else if !stated.is_empty() {
            return not_legible("the value is stated more than once");
        } else {
            if let Err(why) = &row.cells {
                return not_legible(why);
            }
            let Some(columns) = &self.columns else {
                return not_legible("no heading says what the columns are");
            };
            // The other tables of a report may have the other order.
            if self.columns_inferred {
                return not_legible(
                    "the heading of the table is missing, so the order of its columns is not certain",
                );
            }
            match columns {
                Columns::Methods(methods) => {
                    let Some(column) = methods.iter().position(|known| *known == method) else {
                        return not_legible("the table has no column for it");
                    };
                    let Cells::Whole(cells) = &row.row.cells else {
                        return not_legible("the row has fewer cells than columns");
                    };
                    let cell = cells.get(column).map(String::as_str).unwrap_or_default();
                    match catalogue.step_named(component, cell) {
                        Some(step) => step,
                        None if cell.is_empty() => return not_legible("the cell is empty"),
                        None => {
                            return not_legible(&format!("\"{cell}\" is not a step of the scale"));
                        }
                    }
                }
                Columns::Steps(steps) => {
                    let found = row.columns_with(method);
                    if self.facts.fillers.contains(&method) {
                        return not_legible(
                            "the same sign fills every empty cell of the table, so it says nothing",
                        );
                    }
                    if found.is_empty() && self.legend.is_empty() && self.source.legend.is_present()
                    {
                        return not_legible("the legend of the signs is not legible");
                    }
                    match found.as_slice() {
                        [column] => {
                            if !habits.has_legend {
                                reasons.push("no legend is legible; the signs are taken to be those of the national template".to_owned());
                            }
                            if method == MarkMethod::Own && self.facts.box_stands_for_both {
                                return not_legible(
                                    "the panel's sign is lost in this table and the box stands for both marks",
                                );
                            }
                            let Some(step) = steps.get(*column) else {
                                return not_legible("the mark is outside the columns");
                            };
                            *step
                        }
                        [] if method == MarkMethod::Own => {
                            let place = row.place_under_panel(steps).and_then(key_of);
                            return not_legible(&no_own_mark(place));
                        }
                        [] => return not_legible("no mark is legible"),
                        _ => return not_legible("the mark is in more than one cell"),
                    }
                }
            }
        };
        let value = key_of(step);
        if reasons.is_empty() {
            (value, Confidence::Read, None)
        } else {
            (value, Confidence::Inferred, Some(reasons.join("; ")))
        }
    }

    /// A table without the panel's sign in which a row has two boxes: one of them is the panel's.
    fn box_stands_for_both(&self) -> bool {
        let no_panel = self
            .rows
            .iter()
            .all(|row| row.columns_with(MarkMethod::Panel).is_empty());
        no_panel
            && !self.has_panel_sign
            && self
                .rows
                .iter()
                .any(|row| row.columns_with(MarkMethod::Own).len() == 2)
    }

    /// The panel's rating of the component as a whole, in the column before the measures.
    fn overall(&self, catalogue: &Catalogue) -> Option<Rating> {
        let component = catalogue.components.get(self.source.table.component)?;
        if !self.source.table.has_assessment {
            return None;
        }
        let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut strange = None;
        for row in &self.rows {
            for cell in row.row.before.iter().filter(|cell| !cell.is_empty()) {
                match catalogue.step_named(self.source.table.component, cell) {
                    Some(step) => found.push((step, row.row.lines.clone())),
                    None => strange = Some(cell.clone()),
                }
            }
        }
        let mut steps: Vec<usize> = found.iter().map(|(step, _)| *step).collect();
        steps.sort_unstable();
        steps.dedup();
        let lines: Vec<usize> = found.iter().flat_map(|(_, lines)| lines.clone()).collect();
        let (value, confidence, why) = match (steps.as_slice(), strange) {
            ([step], None) => (
                component.steps.get(*step).map(|step| step.key.clone()),
                Confidence::Read,
                None,
            ),
            ([], None) => (
                None,
                Confidence::NotLegible,
                Some("the column for the assessment as a whole is empty".to_owned()),
            ),
            ([], Some(cell)) => (
                None,
                Confidence::NotLegible,
                Some(format!("\"{cell}\" is not a step of the scale")),
            ),
            _ => (
                None,
                Confidence::NotLegible,
                Some("the column for the assessment as a whole has several values".to_owned()),
            ),
        };
        let lines = if lines.is_empty() {
            self.source.table.heading.clone()
        } else {
            lines
        };
        Some(Rating {
            subject: component.id.clone(),
            method: MarkMethod::Panel,
            value,
            confidence,
            why,
            lines,
        })
    }
}

/// Why the body's own mark is not read where only the panel's is seen, at a step. A sign that the panel's covers and
/// one that a conversion lost look alike, so the step is a hint and not a value.
fn no_own_mark(panel: Option<String>) -> String {
    match panel {
        Some(step) => format!("no mark is legible; it may be under the panel's mark, at {step}"),
        None => "no mark is legible".to_owned(),
    }
}

/// The marks of the cells of a row, unless a word in one of them may be more than one mark.
fn marks_of(cells: &[String], legend: &Legend) -> Result<Vec<CellMarks>, String> {
    let marks = cells.iter().map(|cell| {
        let marks = cell_marks(cell, legend);
        if marks.hides_a_sign {
            return Err(format!(
                "\"{cell}\" is no sign of the legend, and has one in it"
            ));
        }
        Ok(marks)
    });
    marks.collect()
}

/// A row that is printed twice must say the same twice.
fn keep_agreeing(ratings: &mut Vec<Rating>) {
    let mut merged: Vec<Rating> = Vec::new();
    for rating in ratings.drain(..) {
        let known = merged
            .iter_mut()
            .find(|known| known.subject == rating.subject && known.method == rating.method);
        match known {
            None => merged.push(rating),
            Some(known) => {
                known.lines.extend(rating.lines);
                match (&known.value, &rating.value) {
                    (Some(one), Some(other)) if one != other => {
                        known.value = None;
                        known.confidence = Confidence::NotLegible;
                        known.why = Some("the measure has two rows that differ".to_owned());
                    }
                    (None, Some(_)) => {
                        // Of two rows one is not legible: which is right cannot be told.
                        known.why = Some(
                            "the measure has two rows, of which one is not legible".to_owned(),
                        );
                    }
                    (Some(_), None) => {
                        known.value = None;
                        known.confidence = Confidence::NotLegible;
                        known.why = Some(
                            "the measure has two rows, of which one is not legible".to_owned(),
                        );
                    }
                    _ => {}
                }
            }
        }
    }
    *ratings = merged;
}
