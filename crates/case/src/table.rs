//! Reads CSV tables row by row: the header against its schema, each row with the number that a
//! spreadsheet shows.

use crate::files;
use crate::nearest::nearest;
use crate::problem::{Found, Place, Problem, quoted};
use csv::ByteRecord;

/// A table may have so many rows.
const MOST_ROWS: u32 = 2_000_000;
/// No table has so many columns.
const MOST_COLUMNS: usize = 200;
/// A cell may have so many bytes.
const MOST_IN_CELL: usize = 64 * 1024;

/// A column of a table.
#[derive(Debug)]
pub(crate) struct Column {
    name: &'static str,
    required: bool,
}

/// A column that must be there, and whose cells are filled.
pub(crate) const fn required(name: &'static str) -> Column {
    Column {
        name,
        required: true,
    }
}

/// A column that may be left out, and whose cells may be empty.
pub(crate) const fn optional(name: &'static str) -> Column {
    Column {
        name,
        required: false,
    }
}

/// A table's name and columns.
#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) file: &'static str,
    pub(crate) columns: &'static [Column],
}

/// One row of a table, from whatever source.
pub(crate) struct Row<'a> {
    /// Its number, counting the header as 1.
    pub(crate) number: u32,
    schema: &'static Schema,
    /// For each column of the schema, the position of its cell.
    positions: &'a [Option<usize>],
    cells: &'a ByteRecord,
}

impl Row<'_> {
    /// The trimmed text of a cell; empty where the table does not have the column.
    pub(crate) fn cell(&self, column: &str) -> &str {
        let at = self
            .schema
            .columns
            .iter()
            .position(|one| one.name == column);
        debug_assert!(at.is_some(), "{} has no {column}", self.schema.file);
        at.and_then(|at| *self.positions.get(at)?)
            .and_then(|position| self.cells.get(position))
            .and_then(|cell| std::str::from_utf8(cell).ok())
            .map_or("", str::trim)
    }

    /// Whether the column's cells must be filled.
    pub(crate) fn is_required(&self, column: &str) -> bool {
        let mut columns = self.schema.columns.iter();
        columns.any(|one| one.name == column && one.required)
    }
}

/// Reads a table and gives each row that is not blank to `each`. Returns the last row's number.
pub(crate) fn read_rows(
    schema: &'static Schema,
    file: &str,
    bytes: &[u8],
    found: &Found,
    each: impl FnMut(&Row<'_>),
) -> u32 {
    let reading = Reading {
        schema,
        file,
        found,
    };
    let checked = files::check_size(bytes.len(), file, files::TABLE_LIMIT)
        .and_then(|()| files::without_mark(bytes, file));
    match checked {
        Ok(bytes) => reading.rows(bytes, each),
        Err(problems) => {
            found.extend(problems);
            1
        }
    }
}

struct Reading<'a> {
    schema: &'static Schema,
    file: &'a str,
    found: &'a Found,
}

impl Reading<'_> {
    fn rows(&self, bytes: &[u8], mut each: impl FnMut(&Row<'_>)) -> u32 {
        let mut records = Records::new(bytes);
        let mut record = ByteRecord::new();
        let Some(read) = records.next(&mut record) else {
            self.tell(1, None, "the header row is missing".to_owned(), |problem| {
                problem.expecting_one_of(self.schema.columns.iter().map(|one| one.name))
            });
            return 1;
        };
        let mut number = read.blanks_before + 1;
        if read.open {
            self.tell_open_quote(number);
            return number;
        }
        let Some(positions) = self.header(number, &record) else {
            return number;
        };
        let width = record.len();
        while let Some(read) = records.next(&mut record) {
            number = number.saturating_add(read.blanks_before + 1);
            if number > MOST_ROWS {
                self.tell_too_long(number);
                break;
            }
            if read.open {
                self.tell_open_quote(number);
                break;
            }
            if record.iter().all(is_blank) || !self.is_sound(number, &record, width, &positions) {
                continue;
            }
            each(&Row {
                number,
                schema: self.schema,
                positions: &positions,
                cells: &record,
            });
        }
        number
    }

    fn tell(
        &self,
        row: u32,
        column: Option<&str>,
        message: String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        self.found.add(|| {
            let column = column.map(str::to_owned);
            more(Problem::at(self.file, Place::Row { row, column }, message))
        });
    }

    fn tell_open_quote(&self, row: u32) {
        let message = "a quotation mark (\") opens a cell that is never closed".to_owned();
        self.tell(row, None, message, |problem| {
            problem.expecting("a closing quotation mark, and \"\" for each one inside a cell")
        });
    }

    fn tell_too_long(&self, row: u32) {
        let message = format!("the table goes on after row {MOST_ROWS}");
        self.tell(row, None, message, |problem| {
            problem.expecting(format!("at most {MOST_ROWS} rows"))
        });
    }

    /// Finds the columns; `None` where rows cannot be read.
    fn header(&self, number: u32, record: &ByteRecord) -> Option<Vec<Option<usize>>> {
        if record.len() > MOST_COLUMNS {
            let message = format!("the header has {} columns", record.len());
            self.tell(number, None, message, |problem| {
                problem.expecting_one_of(self.schema.columns.iter().map(|one| one.name))
            });
            return None;
        }
        let mut positions = vec![None; self.schema.columns.len()];
        let mut usable = true;
        for (at, cell) in record.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell) else {
                self.tell_not_utf8(number, None);
                return None;
            };
            let name = name.trim();
            let known = self.schema.columns.iter().position(|one| one.name == name);
            match known.and_then(|known| positions.get_mut(known)) {
                Some(position @ None) => *position = Some(at),
                Some(Some(_)) => {
                    usable = false;
                    let message = "the column is there twice".to_owned();
                    self.tell(number, Some(name), message, |problem| problem);
                }
                None if record.len() == 1 && name.contains([';', '\t']) => {
                    let message = "the columns are not separated by commas".to_owned();
                    self.tell(number, None, message, |problem| {
                        problem.expecting("commas (in a spreadsheet: save as \"CSV UTF-8\")")
                    });
                    return None;
                }
                None => self.tell_unknown_column(number, at, name),
            }
        }
        let missing = self.schema.columns.iter().zip(&positions);
        for (column, _) in missing.filter(|(column, at)| column.required && at.is_none()) {
            usable = false;
            let message = format!("the column {} is missing", column.name);
            self.tell(number, None, message, |problem| problem);
        }
        usable.then_some(positions)
    }

    fn tell_unknown_column(&self, number: u32, at: usize, name: &str) {
        let names = || self.schema.columns.iter().map(|one| one.name);
        let message = if name.is_empty() {
            format!("column {} of the header has no name", at + 1)
        } else {
            format!("{} is not a column of {}", quoted(name), self.schema.file)
        };
        self.tell(number, None, message, |problem| {
            problem
                .expecting_one_of(names())
                .nearest_to(nearest(name, names()))
        });
    }

    fn tell_not_utf8(&self, row: u32, column: Option<&str>) {
        let message = "a character is not UTF-8".to_owned();
        self.tell(row, column, message, |problem| {
            problem.expecting("text saved as UTF-8 (in a spreadsheet: save as \"CSV UTF-8\")")
        });
    }

    /// Whether a row has the right number of cells, all of them text of a bearable size.
    fn is_sound(
        &self,
        number: u32,
        record: &ByteRecord,
        width: usize,
        positions: &[Option<usize>],
    ) -> bool {
        if record.len() != width {
            let message = format!("the row has {} cells", record.len());
            self.tell(number, None, message, |problem| {
                problem.expecting(format!(
                    "{width}, as the header has (a cell with a comma in it stands in quotation \
                     marks)"
                ))
            });
            return false;
        }
        let name_of = |at| {
            let known = positions
                .iter()
                .position(|position| *position == Some(at))?;
            Some(self.schema.columns.get(known)?.name)
        };
        let mut sound = true;
        for (at, cell) in record.iter().enumerate() {
            if cell.len() > MOST_IN_CELL {
                sound = false;
                let message = format!("the cell has {} bytes", cell.len());
                self.tell(number, name_of(at), message, |problem| {
                    problem.expecting(format!("at most {MOST_IN_CELL}"))
                });
            } else if std::str::from_utf8(cell).is_err() {
                sound = false;
                self.tell_not_utf8(number, name_of(at));
            }
        }
        sound
    }
}

fn is_blank(cell: &[u8]) -> bool {
    cell.iter().all(u8::is_ascii_whitespace)
}

/// The records of a table, with the blank lines between them counted: the CSV reader skips
/// those, a spreadsheet shows them.
struct Records<'a> {
    bytes: &'a [u8],
    reader: csv::Reader<std::io::Chain<&'a [u8], &'static [u8]>>,
}

/// What is known of a record besides its cells.
struct ReadRecord {
    /// Blank lines before it.
    blanks_before: u32,
    /// Whether it ends, with the table, in a cell whose quotation mark was never closed.
    open: bool,
}

impl<'a> Records<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        use std::io::Read;
        // A cell that swallows this line break was never closed.
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes.chain(&b"\n"[..]));
        Self { bytes, reader }
    }

    fn next(&mut self, record: &mut ByteRecord) -> Option<ReadRecord> {
        let start = self.offset();
        // Reading from memory fails on nothing that these settings look at.
        if !self.reader.read_byte_record(record).ok()? {
            return None;
        }
        Some(ReadRecord {
            blanks_before: self.blank_lines_at(start),
            open: self.offset() >= self.bytes.len()
                && record
                    .iter()
                    .next_back()
                    .is_some_and(|cell| cell.ends_with(b"\n"))
                && self.has_odd_quotes(start),
        })
    }

    fn offset(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX)
    }

    fn blank_lines_at(&self, start: usize) -> u32 {
        let mut rest = self.bytes.get(start..).unwrap_or_default();
        // A line may end in two characters, of which the reader has taken the first.
        let after_return = start > 0 && self.bytes.get(start - 1) == Some(&b'\r');
        if after_return && let Some(after) = rest.strip_prefix(b"\n") {
            rest = after;
        }
        let mut blanks = 0;
        while let Some(after) = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .or_else(|| rest.strip_prefix(b"\r"))
        {
            blanks += 1;
            rest = after;
        }
        blanks
    }

    fn has_odd_quotes(&self, start: usize) -> bool {
        let raw = self.bytes.get(start..).unwrap_or_default();
        raw.iter().filter(|byte| **byte == b'"').count() % 2 == 1
    }
}
