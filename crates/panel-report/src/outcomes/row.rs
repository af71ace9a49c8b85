//! One row of the outcomes table, and the numbers in it.

use crate::table::split_cells;
use crate::text::key;

/// A line of the table before its numbers are judged.
pub(super) struct TableRow {
    pub(super) at: usize,
    pub(super) slot: Option<u32>,
    pub(super) title: String,
    pub(super) series: Option<&'static str>,
    pub(super) tag: Option<String>,
    pub(super) cells: Result<Vec<String>, String>,
    /// Whether a line that could not be read is between this row and the one before.
    pub(super) follows_unread: bool,
    /// Whether a line that may be the rest of its title is below it and could not be joined to it.
    pub(super) is_cut: bool,
    /// Whether its title is known to be all of its text, even if its rates are not legible.
    pub(super) has_whole_title: bool,
}

impl TableRow {
    /// Adds the next line of its title, which may end with the series.
    pub(super) fn append_title_line(&mut self, text: &str) {
        let rest = text.trim().trim_matches('|').trim();
        self.title = format!("{} {rest}", self.title);
        self.take_series();
    }

    /// Takes the series from the end of the title.
    pub(super) fn take_series(&mut self) {
        for (end, series) in [(" M", "males"), (" F", "females")] {
            if let Some(title) = self.title.strip_suffix(end).map(str::to_owned) {
                self.title = title;
                self.series = Some(series);
                return;
            }
        }
    }
}

/// One row: a tag, a numbered title or a series, and the rates.
pub(super) fn row(text: &str, at: usize, columns: usize) -> Option<TableRow> {
    if text.chars().count() > 400 {
        return None;
    }
    let mut cells = if text.contains('\t') || text.matches('|').count() >= 2 {
        split_cells(text)
    } else {
        gaps(text)
    };
    let exact = text.contains('\t') || text.matches('|').count() >= 2;
    let first_value = cells.iter().position(|cell| {
        is_value(cell) && !cell.chars().all(|sign| sign.is_ascii_digit()) || is_absent(cell)
    });
    let mut found = TableRow {
        at,
        slot: None,
        title: String::new(),
        series: None,
        tag: None,
        cells: Ok(Vec::new()),
        follows_unread: false,
        is_cut: false,
        has_whole_title: false,
    };
    let mut unclear = false;
    // Single spaces between the rates.
    if !exact && first_value.is_none() {
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut values = words
            .iter()
            .rev()
            .take_while(|word| is_value(word) || is_absent(word))
            .count();
        // `Healthy life expectancy at 65 0.3 ...`: a whole number may be the end of the title.
        let first = words.get(words.len() - values).copied().unwrap_or_default();
        let whole = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_digit());
        if whole && values == columns + 1 {
            values -= 1;
        } else if whole {
            unclear = true;
        }
        if values >= 3 {
            let (title, rates) = words.split_at(words.len() - values);
            cells = vec![title.join(" ")];
            cells.extend(rates.iter().map(|word| (*word).to_owned()));
        }
    }
    let mut rest = 0;
    for (column, cell) in cells.iter().enumerate() {
        let words = key(cell);
        match words.as_str() {
            "national" | "local" | "newly selected" | "new"
                if found.title.is_empty() && found.slot.is_none() =>
            {
                found.tag = Some(cell.clone())
            }
            "m" | "males" | "male" => found.series = Some("males"),
            "f" | "females" | "female" => found.series = Some("females"),
            _ if found.slot.is_none() && found.title.is_empty() => {
                let Some((slot, title, tag)) = numbered_title(cell) else {
                    if is_of_females(cell) {
                        found.series = Some("females");
                        found.title = cell.clone();
                    } else if !cell.is_empty() {
                        break;
                    }
                    rest = column + 1;
                    continue;
                };
                found.slot = Some(slot);
                found.title = title;
                found.tag = found.tag.or(tag);
            }
            _ => break,
        }
        rest = column + 1;
    }
    found.take_series();
    let values: Vec<String> = cells.get(rest..).unwrap_or_default().to_vec();
    let numbers = values
        .iter()
        .filter(|value| is_value(value) || is_absent(value))
        .count();
    if found.slot.is_none() && (found.series.is_none() || numbers < 3) {
        return None;
    }
    if found.slot.is_some() && numbers == 0 && values.iter().any(|value| !value.is_empty()) {
        return None;
    }
    // A numbered line of prose has no rates.
    if found.slot.is_some()
        && numbers == 0
        && !exact
        && !matches!(key(&found.title).as_str(), "n a" | "na")
    {
        return None;
    }
    found.cells = if unclear {
        Err("whether a whole number belongs to the title or to the rates cannot be told".to_owned())
    } else if values.len() == columns || (exact && columns == 0) {
        Ok(values)
    } else {
        Err(format!(
            "the row has {} rates for {columns} columns",
            values.len()
        ))
    };
    Some(found)
}

/// Whether a title names the females alone: the second row of an outcome that repeats its title.
fn is_of_females(cell: &str) -> bool {
    let words = key(cell);
    words.ends_with(" females") && !words.replace("females", "").contains("males")
}

/// `National 3. Infant mortality`: the number, the title and a tag before it.
pub(super) fn numbered_title(cell: &str) -> Option<(u32, String, Option<String>)> {
    let mut text = cell.trim();
    let mut tag = None;
    for word in ["National", "Newly Selected", "Newly selected", "Local"] {
        if let Some(rest) = text
            .strip_prefix(word)
            .map(str::trim_start)
            .filter(|rest| rest.starts_with(|sign: char| sign.is_ascii_digit()))
        {
            tag = Some(word.to_owned());
            text = rest;
        }
    }
    let end = text.find(|sign: char| !sign.is_ascii_digit())?;
    let (digits, rest) = text.split_at(end);
    let rest = rest.strip_prefix(['.', ')'])?;
    let is_apart = rest.starts_with(' ');
    let rest = rest.trim_start();
    // `1. 4.5` is no title, but `9. 18-week referral` is one.
    let first = rest.split(' ').next().unwrap_or_default();
    let begins_with_number = first.starts_with(|sign: char| sign.is_ascii_digit());
    let is_number = begins_with_number && (!is_apart || !first.contains(char::is_alphabetic));
    if digits.is_empty() || digits.len() > 2 || is_number {
        return None;
    }
    Some((digits.parse().ok()?, rest.to_owned(), tag))
}

/// Cells that are separated by at least two spaces.
fn gaps(text: &str) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for part in text.trim().split("  ") {
        let part = part.trim();
        if !part.is_empty() {
            cells.push(part.to_owned());
        }
    }
    cells
}

fn without_marks(cell: &str) -> &str {
    cell.trim().trim_end_matches([
        '¹', '²', '³', '⁴', '⁵', '*', '†', '‡', '%', ' ', '■', '★', '●',
    ])
}

pub(super) fn is_value(cell: &str) -> bool {
    number(cell).is_some()
}

pub(super) fn is_absent(cell: &str) -> bool {
    matches!(
        without_marks(cell).to_lowercase().as_str(),
        "n/a" | "na" | "n.a." | "n/a." | "not available"
    )
}

/// A rate with an ordinary minus, if the cell is one number and nothing else.
pub(super) fn number(cell: &str) -> Option<String> {
    let text = without_marks(cell);
    let (sign, digits) = match text.strip_prefix(['-', '−', '–', '—', '‐', '‑']) {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let figures = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let valid = figures(whole)
        && whole.len() <= 3
        && (!digits.contains('.') || (figures(part) && part.len() <= 3));
    valid.then(|| format!("{sign}{digits}"))
}

pub(super) fn decimals(number: &str) -> usize {
    number.split_once('.').map_or(0, |(_, part)| part.len())
}

/// The number of decimals that nearly all rates of the table have.
pub(super) fn usual_decimals(found: &[TableRow]) -> Option<usize> {
    let cells = found
        .iter()
        .filter_map(|row| row.cells.as_ref().ok())
        .flatten();
    let all: Vec<usize> = cells
        .filter_map(|cell| number(cell))
        .map(|number| decimals(&number))
        .collect();
    let best = (0..=3).max_by_key(|count| all.iter().filter(|other| *other == count).count())?;
    let same = all.iter().filter(|other| **other == best).count();
    (all.len() >= 8 && same * 10 >= all.len() * 7).then_some(best)
}
