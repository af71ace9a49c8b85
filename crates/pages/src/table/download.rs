//! Tables as files.

use super::Table;
use crate::error::PageError;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

/// A file that somebody asks for: `results.xlsx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Download {
    pub(crate) table: String,
    is_workbook: bool,
}

impl Download {
    /// Reads the parameter of an address.
    pub(crate) fn parse(text: &str) -> Option<Download> {
        let (table, extension) = text.rsplit_once('.')?;
        let is_workbook = match extension {
            "xlsx" => true,
            "csv" => false,
            _ => return None,
        };
        Some(Download {
            table: table.to_owned(),
            is_workbook,
        })
    }

    /// The media type of the file.
    pub(crate) fn media_type(&self) -> &'static str {
        if self.is_workbook {
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        } else {
            "text/csv; charset=utf-8"
        }
    }

    /// The name of the file.
    pub(crate) fn file_name(&self) -> String {
        let extension = if self.is_workbook { "xlsx" } else { "csv" };
        format!("{}.{extension}", self.table)
    }

    /// Writes a table.
    ///
    /// # Errors
    /// It has more rows than a sheet can hold.
    pub(crate) fn write(&self, table: &Table) -> Result<Vec<u8>, PageError> {
        let written = if self.is_workbook {
            workbook(table).map_err(|error| error.to_string())
        } else {
            comma_separated(table).map_err(|error| error.to_string())
        };
        written.map_err(|error| {
            tracing::error!("a table cannot be written: {error}");
            PageError::Failed
        })
    }
}

fn workbook(table: &Table) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The same table gives the same bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&table.caption)
            .set_creation_datetime(&created),
    );
    let sheet = workbook.add_worksheet();
    let head = Format::new().set_bold().set_text_wrap();
    for (column, heading) in (0_u16..).zip(&table.columns) {
        let title = heading.in_full.as_deref().unwrap_or(&heading.title);
        sheet.write_string_with_format(0, column, title, &head)?;
    }
    for (number, row) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(&row.cells) {
            match cell.number {
                Some(value) => sheet.write_number(number, column, value)?,
                None => sheet.write_string(number, column, &cell.text)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofit();
    workbook.save_to_buffer()
}

fn comma_separated(table: &Table) -> Result<Vec<u8>, csv::Error> {
    // Excel takes a file for UTF-8 only if it says so.
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let headings = table
        .columns
        .iter()
        .map(|heading| heading.in_full.as_deref().unwrap_or(&heading.title));
    writer.write_record(headings)?;
    for row in &table.rows {
        let cells = row.cells.iter().map(|cell| match cell.number {
            Some(_) => cell.text.clone(),
            None => harmless(&cell.text),
        });
        writer.write_record(cells)?;
    }
    writer
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))
}

/// A text that no spreadsheet program takes for a formula: one that could be is set behind an
/// apostrophe, as such programs do themselves.
fn harmless(text: &str) -> String {
    let could_be = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if could_be && text.parse::<f64>().is_err() {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_text_becomes_a_formula() {
        for (text, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-1.5", "-1.5"),
            ("-a", "'-a"),
            ("plain", "plain"),
        ] {
            assert_eq!(harmless(text), written);
        }
    }
}
