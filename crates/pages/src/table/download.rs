//! Tables as files.

use super::Table;
use crate::error::PageError;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use std::borrow::Cow;
use wcc_csv_text::{csv_text, inert};

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
            Ok(comma_separated(table).into_bytes())
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

fn comma_separated(table: &Table) -> String {
    let headings = table
        .columns
        .iter()
        .map(|heading| heading.in_full.as_deref().unwrap_or(&heading.title));
    let headings: Vec<Cow<'_, str>> = headings.map(Cow::Borrowed).collect();
    let rows = table.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| match cell.number {
            Some(_) => Cow::Borrowed(&*cell.text),
            None => inert(&cell.text),
        });
        cells.collect()
    });
    let rows = std::iter::once(headings).chain(rows);
    // Excel takes a file for UTF-8 only if it says so.
    format!("\u{feff}{}", csv_text(rows))
}
