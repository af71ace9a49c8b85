//! Reads CSV tables: checks the header against the schema and passes on each row with the row
//! number that a spreadsheet shows.

use crate::files;
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::records::{Flaw, FlawKind, Record, Records};
use crate::schema::{Column, Schema};
use crate::spreadsheet;
use crate::swallowed_rows::{ColumnLayout, NameLookup};
use wcc_core::framework::Names;
use wcc_core::text::is_blank;
use wcc_core::{TextKind, words};

/// Maximum number of rows of a table.
const MAX_ROWS: u32 = 2_000_000;
/// Maximum number of columns of a table.
const MAX_COLUMNS: usize = 200;
/// Maximum size of a cell, in bytes.
const MAX_CELL_BYTES: usize = 64 * 1024;

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
    pub(crate) bytes: &'a [u8],
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
    /// Calls `each` for each row that is not blank. Returns the number of the last row.
    pub(crate) fn read_rows(&self, each: impl FnMut(&Row<'_>)) -> u32 {
        let checked = files::check_size(
            self.bytes.len(),
            self.file,
            files::table_limit(self.schema.file),
        )
        .and_then(|()| files::plain(self.bytes, self.file));
        match checked {
            Ok(bytes) => self.rows(&bytes, each),
            Err(problems) => {
                self.collector.extend(problems);
                1
            }
        }
    }

    fn rows(&self, bytes: &[u8], mut each: impl FnMut(&Row<'_>)) -> u32 {
        let mut records = Records::new(bytes);
        let mut record = Record::default();
        if !records.next(&mut record) {
            self.report(1, None, "the header row is missing".to_owned(), |problem| {
                problem.expecting_one_of(self.schema.shown(self.names))
            });
            return 1;
        }
        let mut number = record.blanks_before.saturating_add(1);
        let Some(positions) = self.header(number, &record) else {
            return number;
        };
        let layout = ColumnLayout::new(self.schema, &positions, record.len());
        while records.next(&mut record) {
            number = number
                .saturating_add(record.blanks_before)
                .saturating_add(1);
            if number > MAX_ROWS {
                self.report_too_long(number);
                break;
            }
            if let Some(flaw) = self.flaw_of(&record) {
                self.report_flaw(number, &record, flaw, &layout);
                // After a cell that spans several lines the rows cannot be told apart.
                if flaw.breaks > 0 {
                    break;
                }
                continue;
            }
            if record.iter().all(is_blank_cell) {
                continue;
            }
            match self.is_sound(number, &record, &layout) {
                Soundness::Sound => each(&Row {
                    number,
                    schema: self.schema,
                    positions: &positions,
                    cells: &record,
                    names: self.names,
                    waived: self.waived,
                }),
                Soundness::BadRow => {}
                Soundness::BadTable => break,
            }
        }
        number
    }

    fn flaw_of<'r>(&self, record: &'r Record) -> Option<&'r Flaw> {
        let flaw = record.flaw.as_ref()?;
        (!self.recorded || flaw.kind == FlawKind::Unclosed).then_some(flaw)
    }

    fn report(
        &self,
        row: u32,
        column: Option<&str>,
        message: String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        let column = column.map(str::to_owned);
        let place = Place::Row { row, column };
        self.collector.report(self.file, Some(place), message, more);
    }

    fn report_flaw(&self, row: u32, record: &Record, flaw: &Flaw, layout: &ColumnLayout) {
        let column = layout.column(flaw.cell);
        let column = column.map(|column| column.shown(self.names));
        let over = match flaw.breaks {
            0 => String::new(),
            breaks => format!(" (the cell spans {} lines)", breaks + 1),
        };
        let (message, expected) = match flaw.kind {
            FlawKind::Unclosed => (
                "a quotation mark (\") opens a cell that is never closed".to_owned(),
                "a closing quotation mark, and \"\" for each quotation mark inside a cell".to_owned(),
            ),
            FlawKind::TextAfter => (
                format!(
                    "text follows the quotation mark that closes the cell{over}: {}",
                    quoted(&lossy(record.get(flaw.cell)))
                ),
                "a comma after the closing quotation mark, \"\" for each quotation mark inside a \
                 cell, and no stray quotation mark before it"
                    .to_owned(),
            ),
            FlawKind::SpaceBefore => (
                "there are spaces before the quotation mark that opens the cell".to_owned(),
                "the quotation mark directly after the comma".to_owned(),
            ),
            FlawKind::Unopened => (
                format!(
                    "the cell ends with a quotation mark but does not begin with one: {}",
                    quoted(&lossy(record.get(flaw.cell)))
                ),
                "the whole cell in quotation marks, with \"\" for each one inside, or no quotation mark"
                    .to_owned(),
            ),
        };
        self.report(row, column, message, |problem| problem.expecting(expected));
    }

    fn report_too_long(&self, row: u32) {
        let message = format!("the table has more than {MAX_ROWS} rows");
        self.report(row, None, message, |problem| {
            problem.expecting(format!("at most {MAX_ROWS} rows"))
        });
    }

    /// Finds the columns; `None` if rows cannot be read.
    fn header(&self, number: u32, record: &Record) -> Option<Vec<Option<usize>>> {
        if let Some(flaw) = self.flaw_of(record) {
            self.report_flaw(number, record, flaw, &ColumnLayout::default());
            return None;
        }
        if record.len() > MAX_COLUMNS {
            let message = format!("the header has {} columns", record.len());
            self.report(number, None, message, |problem| {
                problem.expecting_one_of(self.schema.shown(self.names))
            });
            return None;
        }
        if self.report_separator_line(number, record) {
            return None;
        }
        let mut positions = vec![None; self.schema.columns.len()];
        let mut usable = !self.report_nameless_columns(number, record);
        // A misspelt column is not also reported as missing.
        let mut meant = Vec::new();
        for (at, cell) in record.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell) else {
                self.tell_not_utf8(number, None, cell);
                return None;
            };
            let name = name.trim();
            if name.contains('\n') {
                self.report_break(number, None, cell);
                return None;
            }
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

    /// Reports a `sep=` line above the header, which is an instruction to Excel.
    fn report_separator_line(&self, number: u32, record: &Record) -> bool {
        let first = lossy(record.get(0)).trim().to_ascii_lowercase();
        let Some(separator) = first.strip_prefix("sep=").filter(|_| record.len() <= 2) else {
            return false;
        };
        let expected = if separator.is_empty() {
            "the header row first: delete this line"
        } else {
            "the header row first, and cells separated by commas: delete this line and save as \
             \"CSV UTF-8\""
        };
        self.report(
            number,
            None,
            "the first line is an instruction to Excel (`sep=`), not the header row".to_owned(),
            |problem| problem.expecting(expected),
        );
        true
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

    fn tell_not_utf8(&self, row: u32, column: Option<&str>, cell: &[u8]) {
        let message = files::not_utf8(cell);
        self.report(row, column, message, |problem| {
            problem.expecting("text saved as UTF-8 (in a spreadsheet: save as \"CSV UTF-8\")")
        });
    }

    /// Reports a line break in a cell that does not hold prose.
    fn report_break(&self, row: u32, column: Option<&str>, cell: &[u8]) {
        let text = lossy(Some(cell));
        let lines = text.split('\n').count();
        let message = format!(
            "the cell has a line break: it spans {lines} lines, starting with {}",
            quoted(text.trim().lines().next().unwrap_or_default())
        );
        self.report(row, column, message, |problem| {
            problem.expecting(
                "one line (a stray quotation mark at the start of the cell joins the following rows \
                 to it: remove it, or write \"\" for a quotation mark that belongs to the text)",
            )
        });
    }

    /// Checks that a row has the right number of cells, and that all of them are text of an
    /// allowed size without forbidden characters.
    fn is_sound(&self, number: u32, record: &Record, layout: &ColumnLayout) -> Soundness {
        if record.len() != layout.width() {
            return self.report_width(number, record, layout.width());
        }
        let mut sound = Soundness::Sound;
        for (at, cell) in record.iter().enumerate() {
            let column = layout.column(at);
            let name = column.map(|column| column.name);
            if cell.len() > MAX_CELL_BYTES {
                sound = Soundness::BadRow;
                let message = format!("the cell has {} bytes", cell.len());
                self.report(number, name, message, |problem| {
                    problem.expecting(format!("at most {MAX_CELL_BYTES}"))
                });
                continue;
            }
            // Most cells: printable ASCII is allowed in every column, except errors of spreadsheets.
            if cell
                .iter()
                .all(|byte| matches!(byte, b' '..=b'"' | b'$'..=b'~'))
            {
                continue;
            }
            let Ok(text) = std::str::from_utf8(cell) else {
                // The whole file has the wrong encoding, so this is reported once.
                self.tell_not_utf8(number, name, cell);
                return Soundness::BadTable;
            };
            let Some(column) = column.filter(|_| !self.recorded) else {
                continue;
            };
            let kind = self.kind(column, text, record, layout);
            if !self.is_sound_text(number, column, kind, at, text, layout) {
                sound = Soundness::BadRow;
            }
        }
        sound
    }

    fn report_width(&self, number: u32, record: &Record, width: usize) -> Soundness {
        let cells: Vec<String> = record.iter().map(|cell| lossy(Some(cell))).collect();
        let breaks: usize = cells.iter().map(|cell| cell.matches('\n').count()).sum();
        let mut message = match record.len() {
            1 => "the row has 1 cell".to_owned(),
            count => format!("the row has {count} cells"),
        };
        if breaks > 0 {
            message.push_str(&format!(" and spans {} lines", breaks + 1));
        }
        let hint = if breaks > 0 {
            "a stray quotation mark at the start of a cell joins the following rows to it"
        } else if cells.iter().any(|cell| cell.contains(['“', '”'])) {
            "put a cell with a comma in straight quotation marks (\"), not in “ and ”"
        } else {
            "put a cell with a comma in quotation marks"
        };
        self.report(number, None, message, |problem| {
            problem.expecting(format!("{width}, as in the header ({hint})"))
        });
        if breaks > 0 {
            Soundness::BadTable
        } else {
            Soundness::BadRow
        }
    }

    /// The kind of text in a cell of the row. The other cells are asked only if it matters.
    fn kind(
        &self,
        column: &Column,
        text: &str,
        record: &Record,
        layout: &ColumnLayout,
    ) -> TextKind {
        if column.kind.check(text.trim()).is_ok() {
            return column.kind;
        }
        let cell = |name: &str| {
            let at = layout.position(name)?;
            Some(lossy(record.get(at)).trim().to_owned())
        };
        if (self.holds_prose)(column.name, &cell) {
            TextKind::Prose
        } else {
            column.kind
        }
    }

    /// Checks the characters of a cell.
    fn is_sound_text(
        &self,
        number: u32,
        column: &Column,
        kind: TextKind,
        at: usize,
        text: &str,
        layout: &ColumnLayout,
    ) -> bool {
        let name = Some(column.shown(self.names));
        if text.contains('\n') {
            if kind != TextKind::Prose {
                self.report_break(number, name, text.as_bytes());
                return false;
            }
            if layout.has_rows(at, text, self.names_known_item) {
                self.report_rows_inside(number, column.shown(self.names), text);
                return false;
            }
        }
        let text = text.trim();
        if let Err(error) = kind.check(text) {
            let message = format!("the cell has {error}: {}", quoted(text));
            self.report(number, name, message, |problem| {
                let without = kind.strip(text);
                problem
                    .expecting("text without it")
                    .nearest_to(Some(without.as_str()).filter(|_| kind == TextKind::Code))
            });
            return false;
        }
        if spreadsheet::is_error(text) {
            let message = format!("{} is a spreadsheet's error value", quoted(text));
            self.report(number, name, message, |problem| {
                problem.expecting("the value itself, or an empty cell")
            });
            return false;
        }
        true
    }

    fn report_rows_inside(&self, number: u32, column: &str, text: &str) {
        let lines = text.split('\n').count();
        let message = format!("the cell spans {lines} lines, which look like rows of this table");
        self.report(number, Some(column), message, |problem| {
            problem.expecting(
                "only text (a stray quotation mark at the start of the cell joins the following \
                 rows to it: remove it, or write \"\" for a quotation mark that belongs to the text)",
            )
        });
    }
}

/// The result of checking a row.
enum Soundness {
    Sound,
    BadRow,
    /// No further row can be read reliably.
    BadTable,
}

/// A file's name without its folder.
fn file_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}

fn lossy(cell: Option<&[u8]>) -> String {
    String::from_utf8_lossy(cell.unwrap_or_default()).into_owned()
}

fn is_blank_cell(cell: &[u8]) -> bool {
    match std::str::from_utf8(cell) {
        Ok(text) => is_blank(text),
        Err(_) => false,
    }
}

/// Whether a cell of the header is empty.
fn is_nameless(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|name| name.trim().is_empty())
}
