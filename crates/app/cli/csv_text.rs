//! Tables that commands print as CSV.

use super::Failure;

/// Rows as CSV. Spreadsheets calculate a text that begins like a formula, so it gets an apostrophe,
/// unless it is a number.
pub(super) fn csv_text<R, S>(rows: impl IntoIterator<Item = R>) -> Result<String, csv::Error>
where
    R: IntoIterator<Item = S>,
    S: AsRef<str>,
{
    let mut bytes = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut bytes);
    for row in rows {
        for cell in row {
            let cell = cell.as_ref();
            let is_formula =
                cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
            match is_formula {
                true => writer.write_field(format!("'{cell}"))?,
                false => writer.write_field(cell)?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    drop(writer);
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Failure {
        Failure::system(format!("cannot write a table: {error}"))
    }
}
