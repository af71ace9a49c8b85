//! Writes a workbook as an Excel file.

use crate::kind::{Column, SheetKind};
use crate::layout::{Row, Sheet, Workbook};
use crate::tables::{ABOUT, BODY, CYCLE, ENTRY, FORMAT, KIND};
use rust_xlsxwriter::{
    DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula,
    ProtectionOptions, Worksheet, XlsxError, column_number_to_name,
};
use std::collections::BTreeMap;

/// Width of the instructions, in characters.
const INSTRUCTIONS: f64 = 90.0;
/// Height of a line of text, in points.
const LINE: f64 = 15.0;
/// The maximum width of a printed page, in characters; more would be too small to read.
const PAGE: f64 = 200.0;
/// The maximum height of a row in Excel, in points.
const MAX_HEIGHT: f64 = 409.0;

/// Name of the hidden sheet with the values to choose from.
const LISTS: &str = "Lists";

/// The maximum number of characters of a cell in Excel.
const MAX_CHARACTERS: usize = 32_767;

/// A workbook could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A text is longer than Excel permits.
    #[error(
        "{column} of {row} has {length} characters, but a cell of a workbook holds at most \
         {MAX_CHARACTERS}: shorten it first"
    )]
    TooLong {
        /// The heading of the column.
        column: &'static str,
        /// The first cell of the row: a measure or an identifier.
        row: String,
        /// Its length in characters.
        length: usize,
    },
    /// Excel does not permit something else.
    #[error("the workbook cannot be written: {0}")]
    Excel(#[from] XlsxError),
}

/// The formats of cells.
struct Formats {
    title: Format,
    text: Format,
    heading: Format,
    shown: Format,
    filled: Format,
}

impl Formats {
    fn new() -> Formats {
        let cell = || {
            Format::new()
                .set_text_wrap()
                .set_align(FormatAlign::Top)
                .set_border(FormatBorder::Hair)
                // As text: a code such as 1e3 or 5-3 stays as it is typed.
                .set_num_format("@")
        };
        Formats {
            title: Format::new().set_bold().set_font_size(14),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            heading: cell().set_bold().set_background_color("#D8E2EC"),
            shown: cell().set_background_color("#F0F0F0"),
            filled: cell().set_unlocked(),
        }
    }
}

impl Workbook {
    /// The workbook as an Excel file (`.xlsx`). The same workbook gives the same bytes. Text is
    /// written as text, so nothing in it can become a formula.
    ///
    /// # Errors
    /// A text is longer than Excel permits.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, WriteError> {
        self.check_lengths()?;
        let formats = Formats::new();
        let mut file = rust_xlsxwriter::Workbook::new();
        // A fixed time, so that the bytes depend on the contents alone.
        let created = ExcelDateTime::from_ymd(2009, 1, 1)?;
        file.set_properties(
            &DocProperties::new()
                .set_title(&self.title)
                .set_creation_datetime(&created),
        );
        self.write_about(file.add_worksheet(), &formats)?;
        let mut lists = Lists::default();
        for sheet in &self.sheets {
            write_sheet(file.add_worksheet(), sheet, &formats, &mut lists)?;
        }
        lists.write(file.add_worksheet())?;
        Ok(file.save_to_buffer()?)
    }

    fn check_lengths(&self) -> Result<(), WriteError> {
        let rows = self.sheets.iter().flat_map(|sheet| &sheet.rows);
        for row in rows {
            for (column, text) in &row.cells {
                let length = text.chars().count();
                if length > MAX_CHARACTERS {
                    let first = row.cells.first().map(|(_, text)| text.clone());
                    return Err(WriteError::TooLong {
                        column,
                        row: first.unwrap_or_default(),
                        length,
                    });
                }
            }
        }
        Ok(())
    }

    fn write_about(&self, page: &mut Worksheet, formats: &Formats) -> Result<(), XlsxError> {
        page.set_name(ABOUT)?;
        page.set_column_width(0, 14)?;
        page.set_column_width(1, INSTRUCTIONS)?;
        page.set_landscape();
        page.set_print_fit_to_pages(1, 0);
        page.write_string_with_format(0, 0, &self.title, &formats.title)?;
        let mut row = 2;
        for paragraph in &self.instructions {
            page.write_string_with_format(row, 1, paragraph, &formats.text)?;
            page.set_row_height(row, height_of(paragraph, INSTRUCTIONS))?;
            row += 1;
        }
        row += 1;
        let entry = self.entry.map(|entry| entry.to_string());
        for (key, value) in [
            (KIND, self.kind_name),
            (CYCLE, &self.cycle),
            (BODY, &self.body),
            (ENTRY, entry.as_deref().unwrap_or_default()),
            (FORMAT, "1"),
        ] {
            page.write_string_with_format(row, 0, key, &formats.heading)?;
            page.write_string_with_format(row, 1, value, &formats.shown)?;
            row += 1;
        }
        page.protect();
        Ok(())
    }
}

/// The height in points of a cell with wrapped text, in a column of a width in characters. Not every
/// program fits the height of a row to its text.
fn height_of(text: &str, width: f64) -> f64 {
    let lines = text.lines().map(|line| {
        let characters = u16::try_from(line.chars().count()).unwrap_or(u16::MAX);
        (f64::from(characters) / width).ceil().max(1.0)
    });
    (LINE * lines.sum::<f64>()).clamp(LINE, MAX_HEIGHT)
}

fn write_sheet(
    page: &mut Worksheet,
    sheet: &Sheet,
    formats: &Formats,
    lists: &mut Lists,
) -> Result<(), XlsxError> {
    let columns = sheet.kind.columns();
    page.set_name(sheet.kind.title())?;
    let mut heading_height = LINE;
    for (at, column) in (0..).zip(columns) {
        page.set_column_width(at, column.width)?;
        page.write_string_with_format(0, at, column.heading, &formats.heading)?;
        // Bold letters are wider.
        heading_height = heading_height.max(height_of(column.heading, column.width * 0.9));
    }
    page.set_row_height(0, heading_height)?;
    let empty = Row::default();
    let rows = sheet.rows.iter();
    let rows = rows.chain(std::iter::repeat_n(&empty, sheet.empty_rows));
    let mut last = 0;
    for (number, row) in (1..).zip(rows) {
        write_row(page, number, row, columns, formats)?;
        for (heading, values) in &row.choices {
            choose(page, lists, columns, heading, values, number..=number)?;
        }
        last = number;
    }
    for (heading, values) in &sheet.choices {
        choose(page, lists, columns, heading, values, 1..=last)?;
    }
    let frozen = frozen_columns(sheet.kind);
    page.set_freeze_panes(1, frozen)?;
    page.set_landscape();
    page.set_print_fit_to_pages(pages_across(columns), 0);
    page.set_repeat_rows(0, 0)?;
    if let Some(last) = frozen.checked_sub(1) {
        page.set_repeat_columns(0, last)?;
    }
    page.protect_with_options(&ProtectionOptions {
        format_columns: true,
        format_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::default()
    });
    Ok(())
}

fn write_row(
    page: &mut Worksheet,
    number: u32,
    row: &Row,
    columns: &[Column],
    formats: &Formats,
) -> Result<(), XlsxError> {
    let mut height = LINE;
    for (at, column) in (0..).zip(columns) {
        let mut cells = row.cells.iter();
        let cell = cells.find(|(heading, _)| *heading == column.heading);
        let format = if column.is_filled {
            &formats.filled
        } else {
            &formats.shown
        };
        match cell {
            Some((_, text)) => {
                height = height.max(height_of(text, column.width));
                page.write_string_with_format(number, at, text, format)?
            }
            None => page.write_blank(number, at, format)?,
        };
    }
    page.set_row_height(number, height)?;
    Ok(())
}

/// The number of pages across which a sheet is printed, so that it stays legible.
fn pages_across(columns: &[Column]) -> u16 {
    let mut pages = 1;
    let mut width = 0.0;
    for column in columns {
        if width + column.width > PAGE && width > 0.0 {
            pages += 1;
            width = 0.0;
        }
        width += column.width;
    }
    pages
}

/// The number of columns that stay in view.
fn frozen_columns(kind: SheetKind) -> u16 {
    match kind {
        SheetKind::Judgements => 2,
        SheetKind::Outcomes => 2,
        SheetKind::Recommendations
        | SheetKind::Survey
        | SheetKind::Criteria
        | SheetKind::Values => 0,
    }
}

fn choose(
    page: &mut Worksheet,
    lists: &mut Lists,
    columns: &[Column],
    heading: &str,
    values: &[String],
    rows: std::ops::RangeInclusive<u32>,
) -> Result<(), XlsxError> {
    let mut positions = (0..).zip(columns);
    let Some((at, _)) = positions.find(|(_, column)| column.heading == heading) else {
        return Ok(());
    };
    let validation = DataValidation::new()
        .allow_list_formula(Formula::new(lists.range_of(values)))
        .set_error_title("Not one of the values")?
        .set_error_message("Choose a value from the list, or leave the cell empty.")?;
    page.add_data_validation(*rows.start(), at, *rows.end(), at, &validation)?;
    Ok(())
}

/// The lists of values to choose from, each in a column of a hidden sheet: Excel limits lists in
/// the cell itself to 255 characters.
#[derive(Default)]
struct Lists {
    columns: BTreeMap<Vec<String>, u16>,
}

impl Lists {
    /// The cells that hold the values.
    fn range_of(&mut self, values: &[String]) -> String {
        let next = u16::try_from(self.columns.len()).unwrap_or(u16::MAX);
        let column = *self.columns.entry(values.to_vec()).or_insert(next);
        let column = column_number_to_name(column);
        format!("={LISTS}!${column}$1:${column}${}", values.len().max(1))
    }

    fn write(&self, page: &mut Worksheet) -> Result<(), XlsxError> {
        page.set_name(LISTS)?;
        for (values, column) in &self.columns {
            for (row, value) in (0..).zip(values) {
                page.write_string(row, *column, value)?;
            }
        }
        page.set_hidden(true);
        page.protect();
        Ok(())
    }
}
