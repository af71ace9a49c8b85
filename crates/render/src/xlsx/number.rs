//! How a number is shown, so that it looks as it is printed elsewhere and stays a number.

/// The format in which a number looks as its text: "+0.4%" gives a sign, one decimal and the sign
/// of percent as text. `None` if the text has no number.
pub(super) fn format(text: &str) -> Option<String> {
    let start = text.find(|one: char| one.is_ascii_digit())?;
    let (before, rest) = text.split_at(start);
    let is_number = |one: char| one.is_ascii_digit() || one == '.' || one == ',';
    let end = rest.find(|one| !is_number(one)).unwrap_or(rest.len());
    let number = rest.get(..end)?;
    // A full stop or a comma at the end belongs to the words after the number.
    let number = number.strip_suffix(['.', ',']).unwrap_or(number);
    let after = rest.get(number.len()..)?;
    let decimals = number
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    let digits = if number.contains(',') { "#,##0" } else { "0" };
    let mut digits = digits.to_owned();
    if decimals > 0 {
        digits.push('.');
        digits.push_str(&"0".repeat(decimals));
    }
    let is_signed = before.ends_with('+') || before.ends_with('−') || before.ends_with('-');
    let before = before.trim_end_matches(['+', '-', '−']);
    let (before, after) = (quoted(before)?, quoted(after)?);
    let positive = if is_signed { "+" } else { "" };
    Some(format!(
        "{before}{positive}{digits}{after};{before}\"−\"{digits}{after};{before}{digits}{after}"
    ))
}

/// Text as a part of a format; `None` if it cannot be one.
fn quoted(text: &str) -> Option<String> {
    if text.contains('"') || text.chars().count() > 30 {
        return None;
    }
    Some(if text.is_empty() {
        String::new()
    } else {
        format!("\"{text}\"")
    })
}

#[cfg(test)]
mod tests {
    use super::format;

    #[test]
    fn a_number_looks_as_its_text() {
        for (text, expected) in [
            ("3", "0;\"−\"0;0"),
            ("+0.4%", "+0.0\"%\";\"−\"0.0\"%\";0.0\"%\""),
            ("−4.9%", "+0.0\"%\";\"−\"0.0\"%\";0.0\"%\""),
            (
                "£1,234.50",
                "\"£\"#,##0.00;\"£\"\"−\"#,##0.00;\"£\"#,##0.00",
            ),
            ("4.7 a", "0.0\" a\";\"−\"0.0\" a\";0.0\" a\""),
            ("12.", "0\".\";\"−\"0\".\";0\".\""),
        ] {
            assert_eq!(format(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(format("not known"), None);
        assert_eq!(format("3 \"inches\""), None);
    }
}
