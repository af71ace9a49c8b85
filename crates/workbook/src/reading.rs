//! Reads the cells of a spreadsheet file within limits.

use crate::tables::{Cells, RawSheet, RawWorkbook};
use calamine::{Data, DataRef, ExcelDateTime, Ods, OdsError, Reader, SheetType, Xlsx, XlsxError};
use std::fmt;
use std::io::{Cursor, Read, Seek};
use std::path::Path;

/// Maximum size of a file, in bytes.
const MAX_BYTES: usize = 20 * 1024 * 1024;
/// Maximum number of sheets.
const MAX_SHEETS: usize = 50;
/// Maximum number of rows of a sheet.
const MAX_ROWS: u32 = 50_000;
/// Maximum number of columns of a sheet.
const MAX_COLUMNS: u32 = 200;
/// Maximum size of a cell, in bytes.
const MAX_CELL: usize = 64 * 1024;
/// Maximum size of all text, in bytes.
const MAX_TEXT: usize = 32 * 1024 * 1024;

/// The start of a compound file: Excel's format before 2007, and what Excel wraps a workbook with a
/// password in (Microsoft's MS-CFB, 2.2).
const COMPOUND_FILE: [u8; 4] = [0xD0, 0xCF, 0x11, 0xE0];
/// The part of such a file that holds an encrypted workbook (MS-OFFCRYPTO, 2.3.4.4).
const ENCRYPTED_PART: &str = "EncryptedPackage";
/// The part of an OpenDocument file that holds an encrypted one, as LibreOffice writes it.
const ENCRYPTED_DOCUMENT: &str = "encrypted-package";

/// The format of a spreadsheet file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Excel's, `.xlsx`.
    Xlsx,
    /// OpenDocument, `.ods`.
    Ods,
}

impl FileKind {
    /// The format that the name of a file says.
    pub fn of(path: &Path) -> Option<FileKind> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "xlsx" => Some(FileKind::Xlsx),
            "ods" => Some(FileKind::Ods),
            _ => None,
        }
    }
}

/// Why a spreadsheet file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file is too large.
    #[error("the file has {size} bytes; expected at most {MAX_BYTES}")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// The file is damaged, or not a spreadsheet.
    #[error("this is not a readable {kind} file: {problem}")]
    Malformed {
        /// The expected format.
        kind: FileKind,
        /// What its reader says.
        problem: String,
    },
    /// Only its password opens the file.
    #[error(
        "this file is protected with a password: open it in a spreadsheet program, and save it \
         without a password"
    )]
    Protected,
    /// The file is in Excel's format before 2007.
    #[error(
        "this is an old Excel file (.xls), whatever its name says: open it in a spreadsheet \
         program, and save it as .xlsx or .ods"
    )]
    OldFormat,
    /// More than is permitted.
    #[error("{0}")]
    BeyondLimit(String),
}

impl fmt::Display for FileKind {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            FileKind::Xlsx => "Excel (.xlsx)",
            FileKind::Ods => "OpenDocument (.ods)",
        })
    }
}

/// Reads all sheets of a file: text, numbers and dates as they would be typed. Formulas count as
/// their last result.
///
/// # Errors
/// The file is damaged, protected with a password, in an old format or beyond a limit.
pub fn read(bytes: &[u8], kind: FileKind) -> Result<RawWorkbook, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { size: bytes.len() });
    }
    if bytes.starts_with(&COMPOUND_FILE) {
        let name: Vec<u8> = ENCRYPTED_PART
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        return Err(match contains(bytes, &name) {
            true => ReadError::Protected,
            false => ReadError::OldFormat,
        });
    }
    let read = match kind {
        FileKind::Xlsx => read_xlsx(Cursor::new(bytes)),
        FileKind::Ods => read_ods(Cursor::new(bytes)),
    };
    match read {
        Err(ReadError::Malformed { .. }) if contains(bytes, ENCRYPTED_DOCUMENT.as_bytes()) => {
            Err(ReadError::Protected)
        }
        read => read,
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Collects the cells of a file within the limits.
#[derive(Default)]
struct Collector {
    book: RawWorkbook,
    text: usize,
}

impl Collector {
    fn start(&mut self, title: &str) -> Result<(), ReadError> {
        if self.book.sheets.len() >= MAX_SHEETS {
            let message = format!("there are more than {MAX_SHEETS} sheets");
            return Err(ReadError::BeyondLimit(message));
        }
        self.book.sheets.push(RawSheet {
            title: title.to_owned(),
            rows: Cells::new(),
        });
        Ok(())
    }

    fn cell(&mut self, (row, column): (u32, u32), text: String) -> Result<(), ReadError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let Some(sheet) = self.book.sheets.last_mut() else {
            return Ok(());
        };
        let title = &sheet.title;
        let beyond = if row >= MAX_ROWS {
            Some(format!(
                "sheet {title} has a cell in row {}; expected at most {MAX_ROWS} rows",
                u64::from(row) + 1
            ))
        } else if column >= MAX_COLUMNS {
            Some(format!(
                "sheet {title}, row {}, has a cell in column {}; expected at most {MAX_COLUMNS} columns",
                row + 1,
                u64::from(column) + 1
            ))
        } else if text.len() > MAX_CELL {
            Some(format!(
                "sheet {title}, row {}, has a cell of {} bytes; expected at most {MAX_CELL}",
                row + 1,
                text.len()
            ))
        } else {
            None
        };
        if let Some(message) = beyond {
            return Err(ReadError::BeyondLimit(message));
        }
        self.text += text.len();
        if self.text > MAX_TEXT {
            let message = format!("the cells hold more than {MAX_TEXT} bytes of text");
            return Err(ReadError::BeyondLimit(message));
        }
        sheet.rows.entry(row + 1).or_default().insert(column, text);
        Ok(())
    }
}

fn read_xlsx(file: impl Read + Seek) -> Result<RawWorkbook, ReadError> {
    let malformed = |error: XlsxError| match error {
        XlsxError::Password => ReadError::Protected,
        error => ReadError::Malformed {
            kind: FileKind::Xlsx,
            problem: error.to_string(),
        },
    };
    let mut book = Xlsx::new(file).map_err(malformed)?;
    let mut collector = Collector::default();
    for title in worksheets(book.sheets_metadata()) {
        collector.start(&title)?;
        let mut cells = book.worksheet_cells_reader(&title).map_err(malformed)?;
        while let Some(cell) = cells.next_cell().map_err(malformed)? {
            collector.cell(cell.get_position(), text_of_ref(cell.get_value()))?;
        }
    }
    Ok(collector.book)
}

fn read_ods(file: impl Read + Seek) -> Result<RawWorkbook, ReadError> {
    let malformed = |error: OdsError| match error {
        OdsError::Password => ReadError::Protected,
        error => ReadError::Malformed {
            kind: FileKind::Ods,
            problem: error.to_string(),
        },
    };
    let mut book = Ods::new(file).map_err(malformed)?;
    let mut collector = Collector::default();
    for title in worksheets(book.sheets_metadata()) {
        collector.start(&title)?;
        let range = book.worksheet_range(&title).map_err(malformed)?;
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let at = |first: u32, more: usize| {
                first.saturating_add(u32::try_from(more).unwrap_or(u32::MAX))
            };
            let place = (at(first_row, row), at(first_column, column));
            collector.cell(place, text_of(value))?;
        }
    }
    Ok(collector.book)
}

fn worksheets(sheets: &[calamine::Sheet]) -> Vec<String> {
    let sheets = sheets.iter();
    let worksheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
    worksheets.map(|sheet| sheet.name.clone()).collect()
}

fn text_of_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_as_typed(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => bool_as_typed(*value),
        DataRef::DateTime(time) => date_as_typed(time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn text_of(value: &Data) -> String {
    match value {
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_as_typed(*number),
        Data::String(text) | Data::DurationIso(text) => text.clone(),
        Data::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        Data::Bool(value) => bool_as_typed(*value),
        Data::DateTime(time) => date_as_typed(time),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn bool_as_typed(value: bool) -> String {
    if value { "TRUE" } else { "FALSE" }.to_owned()
}

/// A number with as many digits as it takes, and without an exponent.
fn number_as_typed(number: f64) -> String {
    // Spreadsheets show 15 digits; what follows them is an artefact of binary fractions.
    let digits = format!("{number:.14e}");
    match digits.parse::<f64>() {
        Ok(rounded) => rounded.to_string(),
        Err(_) => number.to_string(),
    }
}

fn date_as_typed(time: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute) == (0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_were_typed() {
        for (number, typed) in [
            (2.0, "2"),
            (0.1 + 0.2, "0.3"),
            (4.35, "4.35"),
            (-12.5, "-12.5"),
            (1e15, "1000000000000000"),
            (0.000_001, "0.000001"),
        ] {
            assert_eq!(number_as_typed(number), typed);
        }
    }
}
