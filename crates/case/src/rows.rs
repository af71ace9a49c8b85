//! Reads the rows of a table strictly: nothing is joined, cut or dropped silently, whatever the columns
//! are.

use crate::files;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::record_stream::RecordStream;
use crate::records::{Flaw, FlawKind, Record};
use crate::spreadsheet;
use std::io::Read;
use wcc_core::TextKind;
use wcc_core::text::is_blank;

/// Maximum number of rows of a table.
const MAX_ROWS: u32 = 2_000_000;
/// Maximum number of columns of a table.
pub(crate) const MAX_COLUMNS: usize = 200;
/// Maximum size of a cell, in bytes.
const MAX_CELL_BYTES: usize = 64 * 1024;

/// What the reader must know of the columns of a table.
pub(crate) trait Layout {
    /// The number of cells of a row.
    fn width(&self) -> usize;

    /// The name of a column in messages; `None` if it has none.
    fn name(&self, at: usize) -> Option<&str>;

    /// The kind of text in a cell of a row; `None` if any text is allowed.
    fn kind(&self, at: usize, text: &str, record: &Record) -> Option<TextKind>;

    /// Whether prose contains rows of the table, joined by a stray quotation mark.
    fn has_rows(&self, at: usize, text: &str) -> bool;

    /// Whether a cell with this text is known to mean a missing value.
    fn is_missing(&self, text: &str) -> bool;
}

/// Reads rows, and reports what is wrong with them.
#[derive(Clone, Copy)]
pub(crate) struct RowReader<'a> {
    /// The name of the table in problems.
    pub(crate) file: &'a str,
    pub(crate) collector: &'a ProblemCollector,
    /// Maximum size of the table, in bytes.
    pub(crate) limit: u64,
    /// The row of the header, if it is known. Rows before it are not looked at. Otherwise the first
    /// row that is not blank is the header.
    pub(crate) header_row: Option<u32>,
    /// Whether the table was recorded in a ledger earlier. Whatever an earlier version accepted
    /// must stay readable, so only unreadable text is refused.
    pub(crate) recorded: bool,
}

impl RowReader<'_> {
    /// Reads the header with `header`, then calls `each` for each row that is not blank. Returns the
    /// number of the last row. `expected` completes the problem of a missing header.
    pub(crate) fn read<L: Layout>(
        &self,
        input: impl Read,
        expected: impl FnOnce(Problem) -> Problem,
        header: impl FnOnce(u32, &Record) -> Option<L>,
        mut each: impl FnMut(u32, &Record, &L),
    ) -> u32 {
        let mut records = RecordStream::new(input, self.limit);
        let mut record = Record::default();
        let mut number = 0;
        if !self.find_header(&mut records, &mut record, &mut number, expected) {
            return number.max(1);
        }
        let Some(layout) = self.header(number, &record, header) else {
            return number;
        };
        while self.next(&mut records, &mut record, &mut number) {
            if number > MAX_ROWS {
                self.report_too_long(number);
                break;
            }
            if let Some(flaw) = self.flaw_of(&record) {
                self.report_flaw(number, &record, flaw, layout.name(flaw.cell));
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
                Soundness::Sound => each(number, &record, &layout),
                Soundness::BadRow => {}
                Soundness::BadTable => break,
            }
        }
        number
    }

    /// Reads the next record and counts its row. False at the end, and after a problem that ends the
    /// reading.
    fn next(
        &self,
        records: &mut RecordStream<impl Read>,
        record: &mut Record,
        number: &mut u32,
    ) -> bool {
        match records.next(record) {
            Ok(true) => {
                *number = number
                    .saturating_add(record.blanks_before)
                    .saturating_add(1);
                true
            }
            Ok(false) => false,
            Err(error) => {
                let row = number.saturating_add(1);
                self.collector.add(|| error.problem(self.file, row));
                false
            }
        }
    }

    /// Reads up to the header. False, with a problem, if there is none.
    fn find_header(
        &self,
        records: &mut RecordStream<impl Read>,
        record: &mut Record,
        number: &mut u32,
        expected: impl FnOnce(Problem) -> Problem,
    ) -> bool {
        let problems = self.collector.count();
        while self.next(records, record, number) {
            let Some(row) = self.header_row.filter(|row| *row != *number) else {
                return true;
            };
            if *number > row {
                self.report(row, None, "the row is blank".to_owned(), expected);
                return false;
            }
            // After a cell that spans several lines the rows cannot be told apart.
            if let Some(flaw) = self.flaw_of(record).filter(|flaw| flaw.breaks > 0) {
                self.report_flaw(*number, record, flaw, None);
                return false;
            }
        }
        if self.collector.count() == problems {
            let row = self.header_row.unwrap_or(1);
            self.report(row, None, "the header row is missing".to_owned(), expected);
        }
        false
    }

    fn header<L>(
        &self,
        number: u32,
        record: &Record,
        header: impl FnOnce(u32, &Record) -> Option<L>,
    ) -> Option<L> {
        if let Some(flaw) = self.flaw_of(record) {
            self.report_flaw(number, record, flaw, None);
            return None;
        }
        if record.len() > MAX_COLUMNS {
            let message = format!("the header has {} columns", record.len());
            self.report(number, None, message, |problem| {
                problem.expecting(format!("at most {MAX_COLUMNS}"))
            });
            return None;
        }
        if self.report_separator_line(number, record) {
            return None;
        }
        header(number, record)
    }

    /// The name of a column as the header writes it; `None`, and a problem, if no rows can be read
    /// because of it.
    pub(crate) fn column_name<'r>(&self, number: u32, cell: &'r [u8]) -> Option<&'r str> {
        let Ok(name) = std::str::from_utf8(cell) else {
            self.tell_not_utf8(number, None, cell);
            return None;
        };
        let name = name.trim();
        if name.contains('\n') {
            self.report_break(number, None, cell);
            return None;
        }
        Some(name)
    }

    fn flaw_of<'r>(&self, record: &'r Record) -> Option<&'r Flaw> {
        let flaw = record.flaw.as_ref()?;
        (!self.recorded || flaw.kind == FlawKind::Unclosed).then_some(flaw)
    }

    /// Reports a problem of a row.
    pub(crate) fn report(
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

    fn report_flaw(&self, row: u32, record: &Record, flaw: &Flaw, column: Option<&str>) {
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
    fn is_sound(&self, number: u32, record: &Record, layout: &impl Layout) -> Soundness {
        if record.len() != layout.width() {
            return self.report_width(number, record, layout.width());
        }
        let mut sound = Soundness::Sound;
        for (at, cell) in record.iter().enumerate() {
            let name = layout.name(at);
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
            if self.recorded {
                continue;
            }
            if let Some(kind) = layout.kind(at, text, record)
                && !self.is_sound_text(number, kind, at, text, layout)
            {
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

    /// Checks the characters of a cell.
    fn is_sound_text(
        &self,
        number: u32,
        kind: TextKind,
        at: usize,
        text: &str,
        layout: &impl Layout,
    ) -> bool {
        let name = layout.name(at);
        if text.contains('\n') {
            if kind != TextKind::Prose {
                self.report_break(number, name, text.as_bytes());
                return false;
            }
            if layout.has_rows(at, text) {
                self.report_rows_inside(number, name, text);
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
        if spreadsheet::is_error(text) && !layout.is_missing(text) {
            let message = format!("{} is a spreadsheet's error value", quoted(text));
            self.report(number, name, message, |problem| {
                problem.expecting("the value itself, or an empty cell")
            });
            return false;
        }
        true
    }

    fn report_rows_inside(&self, number: u32, column: Option<&str>, text: &str) {
        let lines = text.split('\n').count();
        let message = format!("the cell spans {lines} lines, which look like rows of this table");
        self.report(number, column, message, |problem| {
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

/// The text of a cell, with `U+FFFD` for what is not UTF-8.
pub(crate) fn lossy(cell: Option<&[u8]>) -> String {
    String::from_utf8_lossy(cell.unwrap_or_default()).into_owned()
}

fn is_blank_cell(cell: &[u8]) -> bool {
    match std::str::from_utf8(cell) {
        Ok(text) => is_blank(text),
        Err(_) => false,
    }
}
