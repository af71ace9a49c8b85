//! Turns the sheets of a filled workbook into tables of a case.

use crate::kind::{Column, SheetKind, WorkbookKind};
use rust_xlsxwriter::column_number_to_name;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use wcc_core::framework::Framework;
use wcc_csv_text::quoted_csv_text;

/// Title of the sheet that says what the workbook is about.
pub(crate) const ABOUT: &str = "About";
/// Key of the kind of workbook on that sheet.
pub(crate) const KIND: &str = "Kind";
/// Key of the cycle.
pub(crate) const CYCLE: &str = "Cycle";
/// Key of the body.
pub(crate) const BODY: &str = "Body";
/// Key of the entry of the ledger from which the workbook was made.
pub(crate) const ENTRY: &str = "Entry";
/// Key of the version of the layout.
pub(crate) const FORMAT: &str = "Format";

/// The cells of a sheet that are not empty, by row (counted from 1) and column (from 0).
pub(crate) type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

/// A spreadsheet file as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawWorkbook {
    pub(crate) sheets: Vec<RawSheet>,
}

/// A sheet as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RawSheet {
    pub(crate) title: String,
    pub(crate) rows: Cells,
}

/// A workbook that was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledWorkbook {
    /// What it is for.
    pub kind: WorkbookKind,
    /// Identifier of the cycle.
    pub cycle: String,
    /// Code of the body.
    pub body: String,
    /// The last entry of the cycle when the workbook was made; `None` if it was made from files.
    pub entry: Option<u32>,
    /// Titles of sheets that are not part of the workbook and are not read.
    pub other_sheets: Vec<String>,
    sheets: Vec<(SheetKind, RawSheet)>,
}

/// A table of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilledTable {
    /// The name that the table has in a case folder: `judgements.csv`.
    pub name: &'static str,
    /// The sheet, for messages.
    pub sheet: &'static str,
    /// The table as CSV. Its rows have the numbers of the sheet's rows.
    pub csv: String,
}

/// Why a spreadsheet is not a workbook of ours. One line for each problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct NotOurs(Vec<String>);

impl FilledWorkbook {
    /// Finds the sheets and columns of a workbook.
    ///
    /// # Errors
    /// It was not written by [`crate::Workbook::to_xlsx`], or a sheet or a column is missing.
    pub fn of(book: RawWorkbook) -> Result<FilledWorkbook, NotOurs> {
        let about = book.sheets.iter().find(|sheet| has_title(sheet, ABOUT));
        let Some(about) = about else {
            return Err(NotOurs(vec![format!(
                "there is no sheet {ABOUT}, so this is not a workbook of this program; expected one \
                 made with `wcc template`"
            )]));
        };
        let mut problems = Vec::new();
        let mut said = |key: &str| {
            let value = value_of(about, key);
            if value.is_none() {
                problems.push(format!(
                    "sheet {ABOUT}: there is no row {key}; expected the key in column A and its \
                     value in column B, as `wcc template` writes it"
                ));
            }
            value.unwrap_or_default()
        };
        let (kind, cycle, body, format) = (said(KIND), said(CYCLE), said(BODY), said(FORMAT));
        if !format.is_empty() && format != "1" {
            problems.push(format!(
                "sheet {ABOUT}: the format is {format}; expected 1 (a newer program wrote it)"
            ));
        }
        let entry = value_of(about, ENTRY).filter(|entry| !entry.is_empty());
        let entry = entry.map(|entry| {
            entry.parse::<u32>().map_err(|_| {
                problems.push(format!(
                    "sheet {ABOUT}: \"{entry}\" is not the number of an entry"
                ));
            })
        });
        let kind = match kind.parse::<WorkbookKind>() {
            Ok(kind) => kind,
            Err(error) => {
                if !kind.is_empty() {
                    problems.push(format!("sheet {ABOUT}: {error}"));
                }
                return Err(NotOurs(problems));
            }
        };
        let mut sheets = Vec::new();
        for sheet in kind.sheets() {
            match book.sheets.iter().find(|raw| has_title(raw, sheet.title())) {
                Some(raw) => {
                    problems.extend(problems_of_headings(*sheet, raw));
                    sheets.push((*sheet, raw.clone()));
                }
                None if sheet.is_required() => {
                    problems.push(format!("there is no sheet {}", sheet.title()));
                }
                None => {}
            }
        }
        if !problems.is_empty() {
            return Err(NotOurs(problems));
        }
        let is_ours = |raw: &RawSheet| {
            let titles = kind.sheets().iter().map(|sheet| sheet.title());
            let mut titles = titles.chain([ABOUT, "Lists"]);
            titles.any(|title| has_title(raw, title))
        };
        let others = book.sheets.iter().filter(|raw| !is_ours(raw));
        Ok(FilledWorkbook {
            kind,
            cycle,
            body,
            entry: entry.and_then(Result::ok),
            other_sheets: others.map(|raw| raw.title.clone()).collect(),
            sheets,
        })
    }

    /// Its sheets as tables of a case, in the words of the cycle's framework.
    pub fn tables(&self, framework: &Framework) -> Vec<FilledTable> {
        let sheets = self.sheets.iter();
        let tables = sheets.map(|(kind, raw)| {
            let mut constants = vec![("body", self.body.as_str())];
            if let (SheetKind::Judgements, Some(method)) = (kind, self.kind.method()) {
                constants.push(("method", framework.methods.id(method)));
            }
            FilledTable {
                name: kind.table(),
                sheet: kind.title(),
                csv: csv_of(*kind, raw, &constants),
            }
        });
        tables.collect()
    }
}

fn has_title(sheet: &RawSheet, title: &str) -> bool {
    sheet.title.trim().eq_ignore_ascii_case(title)
}

/// The value beside a key.
fn value_of(sheet: &RawSheet, key: &str) -> Option<String> {
    let mut rows = sheet.rows.values();
    let row = rows.find(|row| {
        let first = row.get(&0);
        first.is_some_and(|first| first.trim().eq_ignore_ascii_case(key))
    })?;
    row.get(&1).map(|value| value.trim().to_owned())
}

/// The columns of a sheet with their positions.
fn positions(kind: SheetKind, raw: &RawSheet) -> Vec<(&'static Column, Option<u32>)> {
    let headings = raw.rows.get(&1);
    let columns = kind.columns().iter();
    let position = |column: &Column| {
        let mut cells = headings.into_iter().flatten();
        let (at, _) = cells.find(|(_, text)| text.trim().eq_ignore_ascii_case(column.heading))?;
        Some(*at)
    };
    columns.map(|column| (column, position(column))).collect()
}

fn problems_of_headings(kind: SheetKind, raw: &RawSheet) -> Vec<String> {
    let title = kind.title();
    let mut problems = Vec::new();
    for (column, at) in positions(kind, raw) {
        if column.name.is_some() && at.is_none() {
            problems.push(format!(
                "sheet {title}, row 1: there is no column {}",
                column.heading
            ));
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for (at, heading) in raw.rows.get(&1).into_iter().flatten() {
        let heading = heading.trim();
        let lower = heading.to_ascii_lowercase();
        let mut columns = kind.columns().iter();
        let is_known = columns.any(|column| column.heading.eq_ignore_ascii_case(heading));
        let letters = column_number_to_name(u16::try_from(*at).unwrap_or(u16::MAX - 1));
        let cell = format!("sheet {title}, cell {letters}1");
        if !is_known {
            let headings: Vec<&str> = kind.columns().iter().map(|column| column.heading).collect();
            problems.push(format!(
                "{cell}: \"{heading}\" is not a column of this sheet; expected one of {}",
                headings.join(", ")
            ));
        } else if seen.contains(&lower) {
            problems.push(format!("{cell}: the column {heading} is there twice"));
        }
        seen.push(lower);
    }
    problems
}

/// The sheet as CSV. A row in which nothing was filled in becomes a blank line, so that the others
/// keep their numbers.
fn csv_of(kind: SheetKind, raw: &RawSheet, constants: &[(&str, &str)]) -> String {
    let columns = positions(kind, raw);
    let named = || columns.iter().filter(|(column, _)| column.name.is_some());
    let mut csv = String::new();
    let constant_names = constants.iter().map(|(name, _)| *name);
    let names = constant_names.chain(named().filter_map(|(column, _)| column.name));
    write_line(&mut csv, names);
    let last = raw.rows.keys().next_back().copied().unwrap_or(1);
    let empty = BTreeMap::new();
    for number in 2..=last {
        let row = raw.rows.get(&number).unwrap_or(&empty);
        let cell = |at: &Option<u32>| {
            at.and_then(|at| row.get(&at))
                .map_or("", |text| text.trim())
        };
        let mut filled = named().filter(|(column, _)| column.is_filled);
        if !filled.any(|(_, at)| !cell(at).is_empty()) {
            csv.push('\n');
            continue;
        }
        let constant_values = constants.iter().map(|(_, value)| *value);
        write_line(
            &mut csv,
            constant_values.chain(named().map(|(_, at)| cell(at))),
        );
    }
    csv
}

/// Adds a line. A blank line has no cells at all, which a writer of whole tables would not write.
fn write_line<'a>(csv: &mut String, cells: impl Iterator<Item = &'a str>) {
    let cells = cells.map(|cell| cell.replace("\r\n", "\n").replace('\r', "\n"));
    csv.push_str(&quoted_csv_text([cells]));
}
