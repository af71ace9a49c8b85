//! Recognises codes, numbers and dates that a spreadsheet has changed.

use crate::problem::quoted;
use jiff::civil::Date;
use wcc_core::text::code_point;

/// Whether a cell is an error value of a spreadsheet.
pub(crate) fn is_error(cell: &str) -> bool {
    let errors = [
        "#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
    ];
    errors.contains(&cell) || cell.len() >= 3 && cell.bytes().all(|byte| byte == b'#')
}

/// An unknown code in quotes, with a likely explanation: a character that only looks like a
/// letter, or a change made by a spreadsheet.
pub(crate) fn quoted_code(code: &str) -> String {
    let mut shown = quoted(code);
    let strange = code.chars().find(|character| {
        !character.is_ascii() && (character.is_alphanumeric() || !character.is_whitespace())
    });
    if let Some(character) = strange.filter(|character| !wcc_core::text::is_invisible(*character)) {
        shown.push_str(&format!(" (with {character}, {})", code_point(character)));
    }
    match form_of(code) {
        Some(Form::Number { .. }) if code.contains(['e', 'E']) => {
            shown.push_str(" (a number; spreadsheets turn codes with an E into numbers)");
        }
        Some(Form::Day { .. }) => {
            shown.push_str(" (a date; spreadsheets turn codes that look like dates into dates)");
        }
        _ => {}
    }
    shown
}

/// The code that a spreadsheet probably turned into this cell.
pub(crate) fn code_meant<'a>(
    cell: &str,
    codes: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    /// A suggestion must stay cheap even in a table with a million identifiers.
    const MAX_CODES: usize = 20_000;
    let form = form_of(cell)?;
    let mut codes = codes.into_iter().take(MAX_CODES);
    codes.find(|code| *code != cell && form.could_be(code))
}

/// The value that a cell looks like.
enum Form {
    Number { number: f64, tolerance: f64 },
    Day { day: u32, month: usize },
}

fn form_of(cell: &str) -> Option<Form> {
    let numeric =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E');
    if cell.bytes().all(numeric)
        && cell.starts_with(|first: char| first.is_ascii_digit())
        && let Ok(number) = cell.parse::<f64>()
    {
        // In scientific notation the digits are rounded.
        let tolerance = if cell.contains(['e', 'E']) {
            number.abs() * 0.005
        } else {
            0.0
        };
        return Some(Form::Number { number, tolerance });
    }
    let (day, month) = day_and_month(cell)?;
    Some(Form::Day { day, month })
}

impl Form {
    fn could_be(&self, code: &str) -> bool {
        match self {
            // Leading zeros are lost, "5E1" becomes 50 or 5.00E+01, and long numbers are rounded.
            Form::Number { number, tolerance } => code
                .parse::<f64>()
                .is_ok_and(|meant| (meant - number).abs() <= *tolerance),
            Form::Day { day, month } => {
                let parts = parts(code);
                let is_day = |part: &str| part.parse() == Ok(*day);
                let is_month =
                    |part: &str| month_named(part) == Some(*month) || part.parse() == Ok(*month);
                match parts.as_slice() {
                    [one, other] => {
                        is_day(one) && is_month(other) || is_month(one) && is_day(other)
                    }
                    _ => false,
                }
            }
        }
    }
}

/// Splits a text into runs of digits and runs of letters.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let kind = |character: char| match character {
        digit if digit.is_ascii_digit() => 1,
        letter if letter.is_alphabetic() => 2,
        _ => 0,
    };
    let mut before = 0;
    for (at, character) in text.char_indices().chain([(text.len(), ' ')]) {
        let this = kind(character);
        if this != before {
            if before != 0 {
                parts.extend(text.get(start..at));
            }
            start = at;
            before = this;
        }
    }
    parts
}

fn month_named(word: &str) -> Option<usize> {
    usize::try_from(wcc_core::words::month_named(word)?).ok()
}

/// `05-Mar`, `Mar-05`, `5 March`, `05/03/2008`, `2008-03-05 00:00:00`.
fn day_and_month(cell: &str) -> Option<(u32, usize)> {
    if cell.chars().all(char::is_alphanumeric) {
        return None;
    }
    let parts = parts(cell);
    let number = |part: &str| part.parse::<u32>().ok();
    match parts.as_slice() {
        [day, month] | [day, month, _] if month_named(month).is_some() => {
            Some((number(day)?, month_named(month)?))
        }
        [month, day] if month_named(month).is_some() => Some((number(day)?, month_named(month)?)),
        [year, month, day, ..] if year.len() == 4 && number(year).is_some() => {
            Some((number(day)?, number(month)? as usize))
        }
        [day, month, year] if year.len() == 4 && cell.contains(['/', '.']) => {
            Some((number(day)?, number(month)? as usize))
        }
        _ => None,
    }
}

/// Whether a number has a separator before each three digits of its whole part: `1,234,567.8`.
/// English tables write thousands so, and a comma before exactly three digits is read as one.
fn has_separators(number: &str, separator: char, point: char) -> bool {
    let number = number.trim_start_matches(['-', '+']);
    let (whole, decimals) = number.split_once(point).unwrap_or((number, ""));
    let mut groups = whole.split(separator);
    let first = groups.next().unwrap_or_default();
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut others = groups.peekable();
    others.peek().is_some()
        && (1..=3).contains(&first.len())
        && are_digits(first)
        && first != "0"
        && are_digits(decimals)
        && others.all(|group| group.len() == 3 && are_digits(group))
}

/// The number that a cell was probably meant to be: it has separators of thousands, a decimal comma,
/// a per cent sign, or a dash for a minus sign.
pub(crate) fn number_meant(cell: &str) -> Option<String> {
    let mut text = cell.trim_end_matches('%').trim().to_owned();
    for minus in ['\u{2212}', '\u{2013}', '\u{2012}', '\u{2010}', '\u{2011}'] {
        text = text.replace(minus, "-");
    }
    text.retain(|character| !character.is_whitespace());
    if has_separators(&text, ',', '.') {
        text = text.replace(',', "");
    } else if text.contains(',') && has_separators(&text, '.', ',') {
        text = text.replace('.', "").replace(',', ".");
    } else if !text.contains('.') && text.matches(',').count() == 1 {
        text = text.replace(',', ".");
    }
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    (is_number && text != cell).then_some(text)
}

/// The date that a cell was probably meant to be, if only one is possible.
pub(crate) fn day_meant(cell: &str) -> Option<Date> {
    let parts = parts(cell);
    let number = |part: &str| part.parse::<i16>().ok();
    let small = |part: &str| part.parse::<i8>().ok();
    match parts.as_slice() {
        [year, month, day, ..] if year.len() == 4 => {
            Date::new(number(year)?, small(month)?, small(day)?).ok()
        }
        [day, month, year] if year.len() == 4 => {
            let named = wcc_core::words::month_named(month);
            let month = match named {
                Some(month) => month,
                // 05/03 may be a day in March or in May.
                None if small(day)? <= 12 && small(day)? != small(month)? => return None,
                None => small(month)?,
            };
            Date::new(number(year)?, month, small(day)?).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{code_meant, day_meant, is_error, number_meant, quoted_code};

    #[test]
    fn codes_that_a_spreadsheet_changed_are_recognised() {
        let codes = ["5KF", "5E1", "007", "MAR5", "3-12", "1.10", "2E12"];
        let cases = [
            ("5.00E+01", Some("5E1")),
            ("50", Some("5E1")),
            ("5E+01", Some("5E1")),
            ("2.00E+12", Some("2E12")),
            ("7", Some("007")),
            ("05-Mar", Some("MAR5")),
            ("Mar-05", Some("MAR5")),
            ("03-Dec", Some("3-12")),
            ("12-Mar", Some("3-12")),
            ("1.1", Some("1.10")),
            ("5KG", None),
            ("9.00E+09", None),
        ];
        for (cell, code) in cases {
            assert_eq!(code_meant(cell, codes), code, "{cell}");
        }
    }

    #[test]
    fn a_code_is_shown_with_what_is_wrong() {
        assert_eq!(quoted_code("5KX"), "\"5KX\"");
        assert_eq!(
            quoted_code("5\u{41A}F"),
            "\"5\u{41A}F\" (with \u{41A}, U+041A)"
        );
        assert_eq!(
            quoted_code("5.00E+01"),
            "\"5.00E+01\" (a number; spreadsheets turn codes with an E into numbers)"
        );
        assert_eq!(
            quoted_code("05-Mar"),
            "\"05-Mar\" (a date; spreadsheets turn codes that look like dates into dates)"
        );
    }

    #[test]
    fn numbers_and_days_are_recognised() {
        assert_eq!(number_meant("1,5").as_deref(), Some("1.5"));
        assert_eq!(number_meant("4.9%").as_deref(), Some("4.9"));
        assert_eq!(number_meant("\u{2212}1.5").as_deref(), Some("-1.5"));
        assert_eq!(number_meant("many"), None);
        let separated = [
            ("1,234", "1234"),
            ("1,234.5", "1234.5"),
            ("-12,345,678", "-12345678"),
            ("1 234", "1234"),
            ("1.234,5", "1234.5"),
            ("0,123", "0.123"),
            ("1234,567", "1234.567"),
            ("12,34", "12.34"),
        ];
        for (cell, meant) in separated {
            assert_eq!(number_meant(cell).as_deref(), Some(meant), "{cell}");
        }
        let day = |cell| day_meant(cell).map(|day| day.to_string());
        assert_eq!(day("20/11/2008").as_deref(), Some("2008-11-20"));
        assert_eq!(day("5 March 2008").as_deref(), Some("2008-03-05"));
        assert_eq!(day("2008-3-5").as_deref(), Some("2008-03-05"));
        assert_eq!(day("05/03/2008"), None);
        assert!(is_error("#REF!") && is_error("####") && !is_error("#1"));
    }
}
