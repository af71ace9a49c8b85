//! The heading of the outcomes table: the order of its columns.

use super::COLUMNS;
use super::row::row;
use crate::outline::Document;
use crate::table::{split_cells, words};
use crate::text::key;

/// The order of the columns of rates; empty if no heading gives it.
pub(super) fn read(document: &mut Document, lines: &[usize]) -> Vec<&'static str> {
    let mut columns: Vec<&'static str> = Vec::new();
    let mut extra = None;
    let mut used = Vec::new();
    let mut joined = false;
    if let Some((wrapped, named)) =
        read_above_rows(document, lines).or_else(|| read_wrapped(document, lines))
    {
        columns = named;
        used = wrapped;
    }
    let rest: Vec<usize> = lines
        .iter()
        .copied()
        .filter(|at| !used.contains(at))
        .collect();
    for at in &rest {
        let text = document.text(*at);
        if text.chars().count() > 300 || row(text, *at, 5).is_some() {
            continue;
        }
        let found = named_columns(text);
        let has_title = key(text).contains("strategic priority")
            || key(text).contains("rate of improvement") && key(text).contains("year");
        if found.len() >= 3 {
            used.push(*at);
            joined |= is_joined(text, &found);
            if columns.is_empty() {
                columns = found;
            }
        } else if has_title
            || (!found.is_empty() && (text.contains(['\t', '|']) || text.contains("   ")))
            || (found.len() == 1 && key(text).split(' ').count() <= 4)
        {
            used.push(*at);
            if found == ["aspiration"] && extra.is_none() {
                let words = key(text);
                let before = words.find("aspiration").unwrap_or(0);
                let historic = words.find("historic").or_else(|| words.find("improvement"));
                // The heading above the four rates stands before or after that of the aspiration.
                extra = Some(historic.is_some_and(|historic| historic > before));
            } else if columns.is_empty() && !found.is_empty() && !has_title {
                // One heading on a line of its own.
                columns.extend(found);
            }
        }
    }
    if columns.len() + 1 == COLUMNS.len() && !columns.contains(&"aspiration") {
        match extra {
            Some(true) => columns.insert(0, "aspiration"),
            Some(false) => columns.push("aspiration"),
            None => {}
        }
    }
    let mut sorted = columns.clone();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() != columns.len() || columns.len() < 3 || joined {
        columns.clear();
    }
    document.structure(&used, "heading of a table");
    columns
}

/// Whether a line is two rows of headings in one, so that the order of the columns is not that of the
/// words: a cell with two names, or the heading above the rates beside their own.
fn is_joined(text: &str, found: &[&str]) -> bool {
    let words = key(text);
    let group = words.contains("rate of improvement") || words.contains("strategic priority");
    let cells = split_cells(text);
    let double = cells.len() > 1 && cells.iter().any(|cell| named_columns(cell).len() > 1);
    double || (group && found.contains(&"aspiration") && found.last() != Some(&"aspiration"))
}

/// The columns that a heading names, in order.
fn named_columns(text: &str) -> Vec<&'static str> {
    let words = format!(" {} ", key(text));
    let mut found: Vec<(usize, &'static str)> = Vec::new();
    let aspiration = words.find(" aspiration");
    let patterns: [(&'static str, &[&str]); 4] = [
        ("national", &[" national ", " england "]),
        ("ons_cluster", &[" ons cluster ", " cluster "]),
        ("top_decile", &[" top decile "]),
        (
            "aspiration",
            &[" pct aspiration ", " aspiration ", " aspirations "],
        ),
    ];
    for (column, patterns) in patterns {
        if let Some(at) = patterns.iter().find_map(|pattern| words.find(pattern)) {
            found.push((at, column));
        }
    }
    // `PCT aspiration` is not the column of the PCT's own rate.
    let own = words
        .match_indices(" pct ")
        .map(|(at, _)| at)
        .find(|at| aspiration != Some(at + 4));
    if let Some(at) = own {
        found.push((at, "historic"));
    }
    found.sort_unstable();
    found.into_iter().map(|(_, column)| column).collect()
}

/// Cells that are separated by at least two spaces, with the columns of characters that they cover.
fn placed_cells(text: &str) -> Vec<(usize, usize, String)> {
    let cells = words(text, true).into_iter();
    cells
        .map(|(start, cell)| (start, start + cell.chars().count(), cell))
        .collect()
}

/// A heading whose words are broken over lines, each in its column: `ONS` above `cluster`.
fn read_wrapped(document: &Document, lines: &[usize]) -> Option<(Vec<usize>, Vec<&'static str>)> {
    let is_plain = |text: &str| text.chars().count() <= 300 && !text.contains(['\t', '|']);
    lines.iter().take(60).find_map(|first| {
        let text = document.text(*first);
        let mut cells = placed_cells(text);
        if !is_plain(text) || cells.len() < 4 || row(text, *first, 5).is_some() {
            return None;
        }
        let mut used = vec![*first];
        for at in (first + 1)..(first + 4) {
            let next = document.text(at);
            let rest = placed_cells(next);
            if rest.is_empty()
                || !lines.contains(&at)
                || !is_plain(next)
                || row(next, at, 5).is_some()
            {
                break;
            }
            for (start, end, words) in rest {
                let mut over = cells
                    .iter_mut()
                    .filter(|(from, to, _)| start < *to && *from < end);
                let (Some((_, _, cell)), None) = (over.next(), over.next()) else {
                    return None;
                };
                cell.push(' ');
                cell.push_str(&words);
            }
            used.push(at);
        }
        let mut columns = Vec::new();
        for (_, _, cell) in &cells {
            let named = named_columns(cell);
            // A word is broken where its column ends: `aspi` above `ration`.
            let named = if named.is_empty() || key(cell).starts_with("pct aspi") {
                named_columns(
                    &cell
                        .replacen("aspi ", "aspi", 1)
                        .replacen("aspir ", "aspir", 1),
                )
            } else {
                named
            };
            match named.as_slice() {
                [] => {}
                [column] => columns.push(*column),
                _ => return None,
            }
        }
        (used.len() > 1 && columns.len() >= 4).then_some((used, columns))
    })
}

/// A heading whose words are over several lines above the first row, each in its column, the heading above the
/// rates among them.
fn read_above_rows(
    document: &Document,
    lines: &[usize],
) -> Option<(Vec<usize>, Vec<&'static str>)> {
    const MAX_LINES: usize = 12;
    let first = lines.iter().position(|at| {
        let text = document.text(*at);
        row(text, *at, 5).is_some() || super::placed::begins(text)
    })?;
    let above = lines.get(first.saturating_sub(MAX_LINES)..first)?;
    let mut used: Vec<usize> = Vec::new();
    let mut cells: Vec<(usize, usize, String)> = Vec::new();
    for at in above {
        let text = document.text(*at);
        if !document.is_free(*at) || text.trim().is_empty() {
            continue;
        }
        if text.chars().count() > 300 || text.contains(['\t', '|']) {
            return None;
        }
        for (start, end, cell) in placed_cells(text) {
            let words = key(&cell);
            // The headings of the tags and of all rates are above no single column of rates.
            if words.contains("strategic") || words == "priority" || words.contains("improvement") {
                if !used.contains(at) {
                    used.push(*at);
                }
                continue;
            }
            let known = !named_columns(&cell).is_empty()
                || matches!(words.as_str(), "ons" | "top" | "decile" | "cagr");
            if !known {
                continue;
            }
            if !used.contains(at) {
                used.push(*at);
            }
            let mut over = cells
                .iter_mut()
                .filter(|(from, to, _)| start < *to && *from < end);
            match (over.next(), over.next()) {
                (None, _) => cells.push((start, end, cell)),
                (Some(known), None) => {
                    known.0 = known.0.min(start);
                    known.1 = known.1.max(end);
                    known.2 = format!("{} {cell}", known.2);
                }
                _ => return None,
            }
        }
    }
    cells.sort_unstable();
    let columns: Option<Vec<&'static str>> = cells
        .iter()
        .map(|(_, _, cell)| match named_columns(cell).as_slice() {
            [column] => Some(*column),
            _ => None,
        })
        .collect();
    let columns = columns.filter(|columns| columns.len() == COLUMNS.len())?;
    Some((used, columns))
}
