//! Rows of an outcomes table whose columns are aligned with spaces, each over several lines: the rates may be beside
//! any line of the title.

use super::row::{TableRow, is_absent, is_value, numbered_title};
use crate::outline::Document;
use crate::table::words;
use crate::text::key;

/// How far from each other the lines of a title may begin, in characters.
const SLACK: usize = 5;
/// The most lines of one row.
const MAX_LINES: usize = 12;

/// What a line of the table has.
struct Parts {
    at: usize,
    /// Text before the column of titles: `National`.
    tag: String,
    /// Text in the column of titles, and where it begins.
    title: Option<(usize, String)>,
    values: Vec<String>,
    /// The line above with the start of its tag.
    above: Option<usize>,
}

impl Parts {
    fn is_tag_alone(&self) -> bool {
        self.title.is_none() && self.values.is_empty()
    }
}

/// A row and its lines.
pub(super) struct PlacedRow {
    pub(super) row: TableRow,
    pub(super) lines: Vec<usize>,
}

/// The rows, if the lines are those of one table and each row has its rates on exactly one line.
pub(super) fn rows(document: &Document, lines: &[usize], columns: usize) -> Option<Vec<PlacedRow>> {
    let free: Vec<usize> = lines
        .iter()
        .copied()
        .filter(|at| document.is_free(*at) && !document.text(*at).trim().is_empty())
        .collect();
    let first = free.iter().position(|at| begins(document.text(*at)))?;
    let text = |at: usize| document.text(at);
    let title_column = free
        .iter()
        .filter_map(|at| numbered_column(text(*at)))
        .min()?;
    // A tag may begin above the first title, beside it.
    let tagged = first
        .checked_sub(1)
        .filter(|before| free.get(*before).is_some_and(|at| is_tag(text(*at).trim())));
    let mut parts: Vec<Parts> = free
        .iter()
        .skip(tagged.unwrap_or(first))
        .filter(|at| !is_footnote_marks(text(**at)))
        .map(|at| parts(text(*at), *at, title_column))
        .collect::<Option<_>>()?;
    // "Newly" alone on a line is the first half of the next row's tag; so is any tag above the first row.
    let tags: Vec<usize> = (0..parts.len())
        .filter(|at| parts.get(*at).is_some_and(|part| part.is_tag_alone()))
        .collect();
    for at in tags.into_iter().rev() {
        if parts
            .get(at + 1)
            .is_some_and(|next| is_start(next) && next.tag.is_empty())
            && let Some(tag) = parts.get(at).map(|part| part.tag.clone())
            && (tag == "Newly" || at == 0)
        {
            let moved = parts.remove(at);
            if let Some(next) = parts.get_mut(at) {
                next.tag = tag;
                next.above = Some(moved.at);
            }
        }
    }
    let has_values = |part: &&Parts| !part.values.is_empty();
    if columns < 3 || parts.iter().filter(has_values).count() < 3 {
        return None;
    }
    let starts: Vec<usize> = (0..parts.len())
        .filter(|at| parts.get(*at).is_some_and(is_start))
        .collect();
    let mut found = Vec::new();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(parts.len());
        let own = parts.get(*start..end)?;
        // The last row ends with its title; what follows is not part of the table.
        let own = if number + 1 == starts.len() {
            own.get(..end_of_last(own))?
        } else {
            own
        };
        found.push(join(own, columns)?);
    }
    Some(found)
}

pub(super) fn begins(text: &str) -> bool {
    numbered_column(text).is_some()
}

/// Where a numbered title begins in a line.
fn numbered_column(text: &str) -> Option<usize> {
    let cells = words(text, true);
    let (start, _) = cells
        .iter()
        .take(2)
        .find(|(_, cell)| numbered_title(cell).is_some_and(|(_, _, tag)| tag.is_none()))?;
    Some(*start)
}

fn parts(text: &str, at: usize, title_column: usize) -> Option<Parts> {
    if text.contains(['\t', '|']) || text.chars().count() > 400 {
        return None;
    }
    let cells = words(text, true);
    let values = cells
        .iter()
        .rev()
        .take_while(|(start, cell)| *start > title_column && (is_value(cell) || is_absent(cell)))
        .count();
    let (text_cells, values) = cells.split_at(cells.len() - values);
    let mut parts = Parts {
        at,
        tag: String::new(),
        title: None,
        values: values.iter().map(|(_, cell)| cell.clone()).collect(),
        above: None,
    };
    for (start, cell) in text_cells {
        if start + SLACK < title_column {
            // A tag that reaches the title would be one text with it.
            if !parts.tag.is_empty() || !is_tag(cell) {
                return None;
            }
            parts.tag.clone_from(cell);
        } else if parts.title.is_none() {
            parts.title = Some((*start, cell.clone()));
        } else {
            return None;
        }
    }
    Some(parts)
}

/// Whether a line has only the marks of footnotes, above the rates that they belong to.
pub(super) fn is_footnote_marks(text: &str) -> bool {
    let digit = |word: &str| word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_digit());
    text.starts_with("     ") && text.split_whitespace().all(digit)
}

fn is_tag(cell: &str) -> bool {
    matches!(
        key(cell).as_str(),
        "national" | "local" | "newly selected" | "newly" | "selected" | "new"
    )
}

fn is_start(part: &Parts) -> bool {
    part.title.as_ref().is_some_and(|(_, title)| {
        numbered_title(title).is_some() || matches!(key(title).as_str(), "f" | "females" | "female")
    })
}

/// How many lines the last row has: up to its rates, and the lines of its title below them.
fn end_of_last(own: &[Parts]) -> usize {
    let rates = own.iter().position(|part| !part.values.is_empty());
    let from = rates.map_or(1, |rates| rates + 1);
    let mut end = from;
    while let Some(part) = own.get(end) {
        let before = own.get(end - 1).map_or(0, |part| part.at);
        if part.at != before + 1
            || part
                .title
                .as_ref()
                .is_none_or(|(_, text)| text.ends_with(['.', ':']))
        {
            break;
        }
        end += 1;
    }
    end
}

/// One row from its lines; nothing if it has its rates on no line or on two.
fn join(own: &[Parts], columns: usize) -> Option<PlacedRow> {
    let mut with_values = own.iter().filter(|part| !part.values.is_empty());
    let rates = with_values.next().map(|part| part.values.clone());
    if with_values.next().is_some() || own.len() > MAX_LINES {
        return None;
    }
    let at = own.first()?.at;
    let title: Vec<&str> = own
        .iter()
        .filter_map(|part| part.title.as_ref())
        .map(|(_, text)| text.as_str())
        .collect();
    let title = title.join(" ");
    let tag: Vec<&str> = own
        .iter()
        .map(|part| part.tag.as_str())
        .filter(|tag| !tag.is_empty())
        .collect();
    let (slot, title) = match numbered_title(&title) {
        Some((slot, title, _)) => (Some(slot), title),
        None => (None, title),
    };
    let absent = matches!(key(&title).as_str(), "n a" | "na");
    let cells = match rates {
        Some(rates) if rates.len() == columns => Ok(rates),
        Some(rates) => Err(format!(
            "the row has {} rates for {columns} columns",
            rates.len()
        )),
        None if absent => Ok(Vec::new()),
        None => return None,
    };
    let mut row = TableRow {
        at,
        slot,
        title,
        series: None,
        // Half a tag says nothing.
        tag: Some(tag.join(" "))
            .filter(|tag| is_tag(tag) && !matches!(key(tag).as_str(), "newly" | "selected")),
        cells,
        follows_unread: false,
        is_cut: false,
    };
    if row.slot.is_none() {
        row.series = Some("females");
        row.title = String::new();
    } else {
        row.take_series();
    }
    Some(PlacedRow {
        row,
        lines: own
            .iter()
            .flat_map(|part| [Some(part.at), part.above])
            .flatten()
            .collect(),
    })
}
