//! Reads CSV tables: checks the header against the schema and passes on each row with the row
//! number that a spreadsheet shows.

use crate::files;
use crate::nearest::nearest;
use crate::problem::{Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::records::Record;
use crate::rows::{Layout, RowReader, lossy};
use crate::schema::Schema;
use crate::swallowed_rows::{ColumnLayout, NameLookup};
use std::io::Read;
use wcc_core::framework::Names;
use wcc_core::{TextKind, words};

/// One row of a table.
pub(crate) struct Row<'a> {
    /// The number of the row, counting the header as 1.
    pub(crate) number: u32,
    schema: &'static Schema,
    /// The position of the cell of each column of the schema.
    positions: &'a [Option<usize>],
    cells: &'a Record,
    names: Names,
    /// Columns of the schema that this table need not have although they are required.
    waived: &'a [&'static str],
}

impl Row<'_> {
    /// The trimmed text of a cell; empty if the table does not have the column.
    pub(crate) fn cell(&self, column: &str) -> &str {
        let mut columns = self.schema.columns.iter();
        let at = columns.position(|known| known.name == column);
        debug_assert!(at.is_some(), "{} has no {column}", self.schema.file);
        at.and_then(|at| *self.positions.get(at)?)
            .and_then(|position| self.cells.get(position))
            .and_then(|cell| std::str::from_utf8(cell).ok())
            .map_or("", str::trim)
    }

    /// The trimmed texts of the schema's columns, in their order: cheaper than one by one.
    pub(crate) fn cells<const N: usize>(&self) -> [&str; N] {
        debug_assert!(N == self.schema.columns.len(), "{}", self.schema.file);
        std::array::from_fn(|at| {
            let position = self.positions.get(at).copied().flatten();
            let cell = position.and_then(|position| self.cells.get(position));
            cell.and_then(|cell| std::str::from_utf8(cell).ok())
                .map_or("", str::trim)
        })
    }

    /// Whether the column's cells must be filled.
    pub(crate) fn is_required(&self, column: &str) -> bool {
        self.schema
            .column(column)
            .is_some_and(|column| column.required && !self.waived.contains(&column.name))
    }

    /// The name of a column in messages.
    pub(crate) fn shown<'c>(&self, column: &'c str) -> &'c str {
        let known = self.schema.column(column);
        known.map_or(column, |known| known.shown(self.names))
    }
}

/// A table to read.
pub(crate) struct Table<'a> {
    pub(crate) schema: &'static Schema,
    /// Its name in problems.
    pub(crate) file: &'a str,
    pub(crate) collector: &'a ProblemCollector,
    /// Looks up whether a cell is a known code or identifier, to distinguish swallowed rows from
    /// prose.
    pub(crate) names_known_item: NameLookup<'a>,
    /// Whether the table was recorded in a ledger earlier. Whatever an earlier version accepted
    /// must stay readable, so only unreadable text is refused.
    pub(crate) recorded: bool,
    /// Which names of columns messages use.
    pub(crate) names: Names,
    /// Columns of the schema that this table need not have although they are required.
    pub(crate) waived: &'a [&'static str],
    /// Whether a cell holds prose although its column usually does not.
    pub(crate) holds_prose: ProseCells<'a>,
}

/// Whether a cell of a column holds prose, which may depend on the other cells of its row. The
/// second argument gives the cell of a column as it is written.
pub(crate) type ProseCells<'a> = &'a dyn Fn(&str, &dyn Fn(&str) -> Option<String>) -> bool;

/// The [`ProseCells`] of a table in which columns alone decide.
pub(crate) const PROSE_BY_COLUMN: ProseCells<'static> = &|_, _| false;

impl Table<'_> {
    /// Reads the table, and calls `each` for each row that is not blank. Returns the number of the
    /// last row.
    pub(crate) fn read_rows(&self, input: impl Read, mut each: impl FnMut(&Row<'_>)) -> u32 {
        self.reader().read(
            input,
            |problem| problem.expecting_one_of(self.schema.shown(self.names)),
            |number, record| {
                let positions = self.header(number, record)?;
                Some(TableLayout {
                    table: self,
                    columns: ColumnLayout::new(self.schema, &positions, record.len()),
                    positions,
                })
            },
            |number, record, layout| {
                each(&Row {
                    number,
                    schema: self.schema,
                    positions: &layout.positions,
                    cells: record,
                    names: self.names,
                    waived: self.waived,
                });
            },
        )
    }

    fn reader(&self) -> RowReader<'_> {
        RowReader {
            file: self.file,
            collector: self.collector,
            limit: files::table_limit(self.schema.file),
            header_row: None,
            recorded: self.recorded,
        }
    }

    fn report(
        &self,
        row: u32,
        column: Option<&str>,
        message: String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        self.reader().report(row, column, message, more);
    }

    /// Finds the columns; `None` if rows cannot be read.
    fn header(&self, number: u32, record: &Record) -> Option<Vec<Option<usize>>> {
        let mut positions = vec![None; self.schema.columns.len()];
        let mut usable = !self.report_nameless_columns(number, record);
        // A misspelt column is not also reported as missing.
        let mut meant = Vec::new();
        for (at, cell) in record.iter().enumerate() {
            let name = self.reader().column_name(number, cell)?;
            if name.is_empty() {
                continue;
            }
            let mut columns = self.schema.columns.iter();
            let known = columns.position(|column| {
                column.name == name || column.neutral.is_some_and(|neutral| neutral == name)
            });
            match known.and_then(|known| positions.get_mut(known)) {
                Some(position @ None) => *position = Some(at),
                Some(Some(_)) => {
                    usable = false;
                    let message = "the column is given twice".to_owned();
                    self.report(number, Some(name), message, |problem| problem);
                }
                None if record.len() == 1 && name.contains([';', '\t', '|', '，']) => {
                    let message = "the columns are not separated by commas".to_owned();
                    self.report(number, None, message, |problem| {
                        problem.expecting("commas (in a spreadsheet: save as \"CSV UTF-8\")")
                    });
                    return None;
                }
                None => {
                    usable = false;
                    meant.extend(nearest(name, self.schema.shown(self.names)));
                    self.report_unknown_column(number, name);
                }
            }
        }
        if positions.iter().all(Option::is_none) && record.iter().all(is_nameless) {
            return None;
        }
        let missing = self.schema.columns.iter().zip(&positions);
        for (column, _) in missing.filter(|(column, at)| {
            column.required && at.is_none() && !self.waived.contains(&column.name)
        }) {
            usable = false;
            let name = column.shown(self.names);
            if meant.contains(&name) {
                continue;
            }
            let message = format!("the column {name} is missing");
            self.report(number, None, message, |problem| problem);
        }
        usable.then_some(positions)
    }
    /// Reports all columns without a name as one problem: spreadsheets add them at the end of
    /// every row.
    fn report_nameless_columns(&self, number: u32, record: &Record) -> bool {
        let cells = record.iter().enumerate();
        let numbers: Vec<String> = cells
            .filter(|(_, cell)| is_nameless(cell))
            .map(|(at, _)| (at + 1).to_string())
            .collect();
        if numbers.len() == record.len() {
            self.report(number, None, "the row is empty".to_owned(), |problem| {
                problem.expecting("the header row first")
            });
            return true;
        }
        let message = match &numbers[..] {
            [] => return false,
            [only] => format!("column {only} of the header has no name"),
            _ => format!(
                "columns {} of the header have no names",
                words::all_of(numbers.iter().map(String::as_str))
            ),
        };
        self.report(number, None, message, |problem| {
            problem.expecting_one_of(self.schema.shown(self.names))
        });
        true
    }
    fn report_unknown_column(&self, number: u32, name: &str) {
        let message = format!(
            "{} is not a column of {}",
            quoted(name),
            file_name(self.file)
        );
        self.report(number, None, message, |problem| {
            problem
                .expecting_one_of(self.schema.shown(self.names))
                .nearest_to(nearest(name, self.schema.shown(self.names)))
        });
    }
}

/// The columns of a table with a schema.
struct TableLayout<'t> {
    table: &'t Table<'t>,
    columns: ColumnLayout,
    /// The position of the cell of each column of the schema.
    positions: Vec<Option<usize>>,
}

impl Layout for TableLayout<'_> {
    fn width(&self) -> usize {
        self.columns.width()
    }

    fn name(&self, at: usize) -> Option<&str> {
        let column = self.columns.column(at)?;
        Some(column.shown(self.table.names))
    }

    fn kind(&self, at: usize, text: &str, record: &Record) -> Option<TextKind> {
        let column = self.columns.column(at)?;
        if column.kind.check(text.trim()).is_ok() {
            return Some(column.kind);
        }
        // The other cells are asked only if it matters.
        let cell = |name: &str| {
            let at = self.columns.position(name)?;
            Some(lossy(record.get(at)).trim().to_owned())
        };
        let is_prose = (self.table.holds_prose)(column.name, &cell);
        Some(if is_prose {
            TextKind::Prose
        } else {
            column.kind
        })
    }

    fn has_rows(&self, at: usize, text: &str) -> bool {
        self.columns.has_rows(at, text, self.table.names_known_item)
    }

    fn is_missing(&self, _: &str) -> bool {
        false
    }
}

/// A file's name without its folder.
fn file_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}
/// Whether a cell of the header is empty.
fn is_nameless(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|name| name.trim().is_empty())
}
