//! Writes tables as CSV, in memory.

use csv::{QuoteStyle, WriterBuilder};
use std::borrow::Cow;

/// Rows as CSV, with quotation marks around the cells that need them.
pub fn csv_text<R>(rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item: AsRef<str>>,
{
    write(rows, QuoteStyle::Necessary)
}

/// Rows as CSV, with quotation marks around every cell: a reader that trims cells keeps the spaces at
/// the ends of these.
pub fn quoted_csv_text<R>(rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item: AsRef<str>>,
{
    write(rows, QuoteStyle::Always)
}

/// Rows as CSV for spreadsheet programs: no cell becomes a formula ([`inert`]).
pub fn spreadsheet_csv<R>(rows: impl IntoIterator<Item = R>) -> String
where
    R: IntoIterator<Item: AsRef<str>>,
{
    let rows = rows.into_iter().map(|row| {
        let cells = row.into_iter();
        let cells = cells.map(|cell| inert(cell.as_ref()).into_owned());
        cells.collect::<Vec<_>>()
    });
    csv_text(rows)
}

/// A text that no spreadsheet program calculates: one that begins like a formula gets an apostrophe, as
/// such programs write it themselves, unless it is a number.
pub fn inert(text: &str) -> Cow<'_, str> {
    let could_be_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if could_be_formula && text.parse::<f64>().is_err() {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

fn write<R>(rows: impl IntoIterator<Item = R>, quotes: QuoteStyle) -> String
where
    R: IntoIterator<Item: AsRef<str>>,
{
    let mut writer = WriterBuilder::new()
        .quote_style(quotes)
        .flexible(true)
        .from_writer(Vec::new());
    let mut rows = rows.into_iter();
    let written = rows.try_for_each(|row| {
        let mut cells = row.into_iter();
        cells.try_for_each(|cell| writer.write_field(cell.as_ref()))?;
        writer.write_record(None::<&[u8]>)
    });
    debug_assert!(written.is_ok(), "nothing can fail in memory");
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
