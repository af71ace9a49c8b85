//! Reads CSV tables row by row: the header against its schema, each row with the number that a
//! spreadsheet shows.

use crate::files;
use crate::found::ProblemCollector;
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::records::{Flaw, FlawKind, Record, Records};
use crate::spreadsheet;
use crate::swallowed::{Layout, Names};
use wcc_core::text::is_blank;
use wcc_core::{TextKind, words};

/// A table may have so many rows.
const MOST_ROWS: u32 = 2_000_000;
/// No table has so many columns.
const MOST_COLUMNS: usize = 200;
/// A cell may have so many bytes.
const MOST_IN_CELL: usize = 64 * 1024;

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) kind: TextKind,
}

impl Column {
    /// The same column for one line of text: a title, a source.
    pub(crate) const fn line(self) -> Column {
        self.of_kind(TextKind::Line)
    }

    /// The same column for prose, which alone may have line breaks.
    pub(crate) const fn prose(self) -> Column {
        self.of_kind(TextKind::Prose)
    }

    const fn of_kind(self, kind: TextKind) -> Column {
        Column {
            name: self.name,
            required: self.required,
            kind,
        }
    }
}

/// A column that must be there, and whose cells are filled. It is for codes, identifiers, numbers
/// and the like, unless [`Column::line`] or [`Column::prose`] says otherwise.
pub(crate) const fn required(name: &'static str) -> Column {
    Column {
        name,
        required: true,
        kind: TextKind::Code,
    }
}

/// A column that may be left out, and whose cells may be empty.
pub(crate) const fn optional(name: &'static str) -> Column {
    Column {
        name,
        required: false,
        kind: TextKind::Code,
    }
}

/// A table's name and columns.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) file: &'static str,
    pub(crate) columns: &'static [Column],
}

impl Schema {
    fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|column| column.name)
    }
}

/// One row of a table.
pub(crate) struct Row<'a> {
    /// Its number, counting the header as 1.
    pub(crate) number: u32,
    schema: &'static Schema,
    /// For each column of the schema, the position of its cell.
    positions: &'a [Option<usize>],
    cells: &'a Record,
}

impl Row<'_> {
    /// The trimmed text of a cell; empty where the table does not have the column.
    pub(crate) fn cell(&self, column: &str) -> &str {
        let at = self.schema.names().position(|name| name == column);
        debug_assert!(at.is_some(), "{} has no {column}", self.schema.file);
        at.and_then(|at| *self.positions.get(at)?)
            .and_then(|position| self.cells.get(position))
            .and_then(|cell| std::str::from_utf8(cell).ok())
            .map_or("", str::trim)
    }

    /// Whether the column's cells must be filled.
    pub(crate) fn is_required(&self, column: &str) -> bool {
        self.schema
            .column(column)
            .is_some_and(|column| column.required)
    }
}

/// A table to read.
pub(crate) struct Table<'a> {
    pub(crate) schema: &'static Schema,
    /// Its name in problems.
    pub(crate) file: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) found: &'a ProblemCollector,
    /// Whether a cell of a column names something that there is. It tells a swallowed row from
    /// prose.
    pub(crate) names_something: Names<'a>,
    /// Whether the table was recorded in a ledger earlier. Later versions must read what an earlier
    /// one took, so only what cannot be read at all is refused.
    pub(crate) recorded: bool,
}

impl Table<'_> {
    /// Gives each row that is not blank to `each`. Returns the last row's number.
    pub(crate) fn read_rows(&self, each: impl FnMut(&Row<'_>)) -> u32 {
        let checked = files::check_size(self.bytes.len(), self.file, files::TABLE_LIMIT)
            .and_then(|()| files::plain(self.bytes, self.file));
        match checked {
            Ok(bytes) => self.rows(&bytes, each),
            Err(problems) => {
                self.found.extend(problems);
                1
            }
        }
    }

    fn rows(&self, bytes: &[u8], mut each: impl FnMut(&Row<'_>)) -> u32 {
        let mut records = Records::new(bytes);
        let mut record = Record::default();
        if !records.next(&mut record) {
            self.tell(1, None, "the header row is missing".to_owned(), |problem| {
                problem.expecting_one_of(self.schema.names())
            });
            return 1;
        }
        let mut number = record.blanks_before.saturating_add(1);
        let Some(positions) = self.header(number, &record) else {
            return number;
        };
        let layout = Layout::new(self.schema, &positions, record.len());
        while records.next(&mut record) {
            number = number
                .saturating_add(record.blanks_before)
                .saturating_add(1);
            if number > MOST_ROWS {
                self.tell_too_long(number);
                break;
            }
            if let Some(flaw) = self.flaw_of(&record) {
                self.tell_flaw(number, &record, flaw, &layout);
                // Behind a cell that goes over several lines nobody knows what is a row.
                if flaw.breaks > 0 {
                    break;
                }
                continue;
            }
            if record.iter().all(shows_nothing) {
                continue;
            }
            match self.is_sound(number, &record, &layout) {
                Soundness::Sound => each(&Row {
                    number,
                    schema: self.schema,
                    positions: &positions,
                    cells: &record,
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

    fn tell(
        &self,
        row: u32,
        column: Option<&str>,
        message: String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        let column = column.map(str::to_owned);
        let place = Place::Row { row, column };
        self.found.tell(self.file, Some(place), message, more);
    }

    fn tell_flaw(&self, row: u32, record: &Record, flaw: &Flaw, layout: &Layout) {
        let column = layout.column(flaw.cell).map(|column| column.name);
        let over = match flaw.breaks {
            0 => String::new(),
            breaks => format!(" (it goes on over {} lines)", breaks + 1),
        };
        let (message, expected) = match flaw.kind {
            FlawKind::Unclosed => (
                "a quotation mark (\") opens a cell that is never closed".to_owned(),
                "a closing quotation mark, and \"\" for each one inside a cell".to_owned(),
            ),
            FlawKind::TextAfter => (
                format!(
                    "text follows the quotation mark that closes the cell{over}: {}",
                    quoted(&lossy(record.get(flaw.cell)))
                ),
                "a comma after the closing quotation mark, \"\" for each one inside a cell, and \
                 none that opens a cell by mistake"
                    .to_owned(),
            ),
            FlawKind::SpaceBefore => (
                "there are spaces before the quotation mark that opens the cell".to_owned(),
                "the quotation mark right after the comma".to_owned(),
            ),
            FlawKind::Unopened => (
                format!(
                    "a quotation mark ends the cell and none opens it: {}",
                    quoted(&lossy(record.get(flaw.cell)))
                ),
                "the whole cell in quotation marks, with \"\" for each one inside, or no mark"
                    .to_owned(),
            ),
        };
        self.tell(row, column, message, |problem| problem.expecting(expected));
    }

    fn tell_too_long(&self, row: u32) {
        let message = format!("the table goes on after row {MOST_ROWS}");
        self.tell(row, None, message, |problem| {
            problem.expecting(format!("at most {MOST_ROWS} rows"))
        });
    }

    /// Finds the columns; `None` if rows cannot be read.
    fn header(&self, number: u32, record: &Record) -> Option<Vec<Option<usize>>> {
        if let Some(flaw) = self.flaw_of(record) {
            self.tell_flaw(number, record, flaw, &Layout::default());
            return None;
        }
        if record.len() > MOST_COLUMNS {
            let message = format!("the header has {} columns", record.len());
            self.tell(number, None, message, |problem| {
                problem.expecting_one_of(self.schema.names())
            });
            return None;
        }
        if self.tell_separator_line(number, record) {
            return None;
        }
        let mut positions = vec![None; self.schema.columns.len()];
        let mut usable = !self.tell_nameless_columns(number, record);
        // A column that is misspelt is not missing as well.
        let mut meant = Vec::new();
        for (at, cell) in record.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell) else {
                self.tell_not_utf8(number, None, cell);
                return None;
            };
            let name = name.trim();
            if name.contains('\n') {
                self.tell_break(number, None, cell);
                return None;
            }
            if name.is_empty() {
                continue;
            }
            let known = self.schema.names().position(|one| one == name);
            match known.and_then(|known| positions.get_mut(known)) {
                Some(position @ None) => *position = Some(at),
                Some(Some(_)) => {
                    usable = false;
                    let message = "the column is there twice".to_owned();
                    self.tell(number, Some(name), message, |problem| problem);
                }
                None if record.len() == 1 && name.contains([';', '\t', '|', '，']) => {
                    let message = "the columns are not separated by commas".to_owned();
                    self.tell(number, None, message, |problem| {
                        problem.expecting("commas (in a spreadsheet: save as \"CSV UTF-8\")")
                    });
                    return None;
                }
                None => {
                    usable = false;
                    meant.extend(nearest(name, self.schema.names()));
                    self.tell_unknown_column(number, name);
                }
            }
        }
        if positions.iter().all(Option::is_none) && record.iter().all(is_nameless) {
            return None;
        }
        let missing = self.schema.columns.iter().zip(&positions);
        for (column, _) in missing.filter(|(column, at)| column.required && at.is_none()) {
            usable = false;
            if meant.contains(&column.name) {
                continue;
            }
            let message = format!("the column {} is missing", column.name);
            self.tell(number, None, message, |problem| problem);
        }
        usable.then_some(positions)
    }

    /// The line that Excel writes, or is told, above the header.
    fn tell_separator_line(&self, number: u32, record: &Record) -> bool {
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
        self.tell(
            number,
            None,
            "the first line is a note to Excel (`sep=`), not the header row".to_owned(),
            |problem| problem.expecting(expected),
        );
        true
    }

    /// The columns without a name, as one problem: spreadsheets add them at the end of every row.
    fn tell_nameless_columns(&self, number: u32, record: &Record) -> bool {
        let cells = record.iter().enumerate();
        let numbers: Vec<String> = cells
            .filter(|(_, cell)| is_nameless(cell))
            .map(|(at, _)| (at + 1).to_string())
            .collect();
        if numbers.len() == record.len() {
            self.tell(number, None, "the row is empty".to_owned(), |problem| {
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
        self.tell(number, None, message, |problem| {
            problem.expecting_one_of(self.schema.names())
        });
        true
    }

    fn tell_unknown_column(&self, number: u32, name: &str) {
        let message = format!("{} is not a column of {}", quoted(name), self.schema.file);
        self.tell(number, None, message, |problem| {
            problem
                .expecting_one_of(self.schema.names())
                .nearest_to(nearest(name, self.schema.names()))
        });
    }

    fn tell_not_utf8(&self, row: u32, column: Option<&str>, cell: &[u8]) {
        let message = files::not_utf8(cell);
        self.tell(row, column, message, |problem| {
            problem.expecting("text saved as UTF-8 (in a spreadsheet: save as \"CSV UTF-8\")")
        });
    }

    /// Tells a line break in a cell that is not prose.
    fn tell_break(&self, row: u32, column: Option<&str>, cell: &[u8]) {
        let text = lossy(Some(cell));
        let lines = text.split('\n').count();
        let message = format!(
            "the cell has a line break: it goes on over {lines} lines, from {} on",
            quoted(text.trim().lines().next().unwrap_or_default())
        );
        self.tell(row, column, message, |problem| {
            problem.expecting(
                "one line (if a quotation mark opens this cell by mistake, it takes the rows after \
                 it with it: remove it, or write \"\" for one that belongs to the text)",
            )
        });
    }

    /// Whether a row has the right number of cells, all of them text of a bearable size with
    /// nothing in it that does not belong there.
    fn is_sound(&self, number: u32, record: &Record, layout: &Layout) -> Soundness {
        if record.len() != layout.width() {
            return self.tell_width(number, record, layout.width());
        }
        let mut sound = Soundness::Sound;
        for (at, cell) in record.iter().enumerate() {
            let column = layout.column(at);
            let name = column.map(|column| column.name);
            if cell.len() > MOST_IN_CELL {
                sound = Soundness::BadRow;
                let message = format!("the cell has {} bytes", cell.len());
                self.tell(number, name, message, |problem| {
                    problem.expecting(format!("at most {MOST_IN_CELL}"))
                });
                continue;
            }
            let Ok(text) = std::str::from_utf8(cell) else {
                // The whole file has the wrong encoding, so it is told once.
                self.tell_not_utf8(number, name, cell);
                return Soundness::BadTable;
            };
            if let Some(column) = column.filter(|_| !self.recorded)
                && !self.is_sound_text(number, column, at, text, layout)
            {
                sound = Soundness::BadRow;
            }
        }
        sound
    }

    fn tell_width(&self, number: u32, record: &Record, width: usize) -> Soundness {
        let cells: Vec<String> = record.iter().map(|cell| lossy(Some(cell))).collect();
        let breaks: usize = cells.iter().map(|cell| cell.matches('\n').count()).sum();
        let mut message = match record.len() {
            1 => "the row has 1 cell".to_owned(),
            count => format!("the row has {count} cells"),
        };
        if breaks > 0 {
            message.push_str(&format!(" and goes on over {} lines", breaks + 1));
        }
        let hint = if breaks > 0 {
            "a quotation mark that opens a cell by mistake takes the rows after it with it"
        } else if cells.iter().any(|cell| cell.contains(['“', '”'])) {
            "a cell with a comma in it stands in straight quotation marks (\"), not in “ and ”"
        } else {
            "a cell with a comma in it stands in quotation marks"
        };
        self.tell(number, None, message, |problem| {
            problem.expecting(format!("{width}, as the header has ({hint})"))
        });
        if breaks > 0 {
            Soundness::BadTable
        } else {
            Soundness::BadRow
        }
    }

    /// Checks the characters of a cell.
    fn is_sound_text(
        &self,
        number: u32,
        column: &Column,
        at: usize,
        text: &str,
        layout: &Layout,
    ) -> bool {
        let name = Some(column.name);
        if text.contains('\n') {
            if column.kind != TextKind::Prose {
                self.tell_break(number, name, text.as_bytes());
                return false;
            }
            if layout.has_rows(at, text, self.names_something) {
                self.tell_rows_inside(number, column.name, text);
                return false;
            }
        }
        let text = text.trim();
        if let Err(error) = column.kind.check(text) {
            let message = format!("the cell has {error}: {}", quoted(text));
            self.tell(number, name, message, |problem| {
                let without = column.kind.strip(text);
                problem
                    .expecting("text without it")
                    .nearest_to(Some(without.as_str()).filter(|_| column.kind == TextKind::Code))
            });
            return false;
        }
        if spreadsheet::is_error(text) {
            let message = format!("{} is what a spreadsheet shows for an error", quoted(text));
            self.tell(number, name, message, |problem| {
                problem.expecting("the value itself, or an empty cell")
            });
            return false;
        }
        true
    }

    fn tell_rows_inside(&self, number: u32, column: &str, text: &str) {
        let lines = text.split('\n').count();
        let message =
            format!("the cell goes on over {lines} lines, which look like rows of this table");
        self.tell(number, Some(column), message, |problem| {
            problem.expecting(
                "the text alone (a quotation mark that opens this cell by mistake takes the rows \
                 after it with it: remove it, or write \"\" for one that belongs to the text)",
            )
        });
    }
}

/// What came of looking at a row.
enum Soundness {
    Sound,
    BadRow,
    /// No further row can be right.
    BadTable,
}

fn lossy(cell: Option<&[u8]>) -> String {
    String::from_utf8_lossy(cell.unwrap_or_default()).into_owned()
}

fn shows_nothing(cell: &[u8]) -> bool {
    match std::str::from_utf8(cell) {
        Ok(text) => is_blank(text),
        Err(_) => false,
    }
}

/// Whether a cell of the header names no column.
fn is_nameless(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|name| name.trim().is_empty())
}
