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
    if let Some((above, named)) = read_above_rows(document, lines) {
        document.structure(&above, "heading of a table");
        return named;
    }
    if let Some((wrapped, named)) = read_wrapped(document, lines) {
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
            || (!found.is_empty()
                && (text.contains(['\t', '|']) || text.contains("   ") && is_heading_line(text)))
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
    // Every name in a cell of its own is one row of headings, in whichever order.
    let names = cells.iter().filter(|cell| named_columns(cell).len() == 1);
    if !double && names.count() == COLUMNS.len() && found.len() == COLUMNS.len() {
        return false;
    }
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

/// The words that headings of the outcomes table have, apart from numbers.
const WORDS: &[&str] = &[
    "aspiration",
    "aspirations",
    "cagr",
    "cluster",
    "decile",
    "england",
    "growth",
    "historic",
    "improvement",
    "national",
    "of",
    "ons",
    "outcome",
    "outcomes",
    "pct",
    "priority",
    "rate",
    "strategic",
    "top",
    "year",
    "years",
];

/// A word of a heading and the characters that it covers.
#[derive(Clone, Copy)]
struct HeadingWord {
    at: usize,
    start: usize,
    end: usize,
    word: &'static str,
}

impl HeadingWord {
    fn overlaps(&self, other: &HeadingWord) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// The words of a line, if all of them are words of headings. Conversions lose the space between two columns:
/// `clusterdecile`.
fn heading_words(text: &str, at: usize) -> Option<Vec<HeadingWord>> {
    let mut found = Vec::new();
    for (start, word) in words(text, false) {
        let letters: String = word.chars().map(|sign| sign.to_ascii_lowercase()).collect();
        let mut place = start;
        let mut rest = letters.trim_matches(|sign: char| !sign.is_alphabetic());
        place += letters
            .chars()
            .take_while(|sign| !sign.is_alphabetic())
            .count();
        while !rest.is_empty() {
            let (known, left) = WORDS
                .iter()
                .filter_map(|known| Some((*known, rest.strip_prefix(known)?)))
                .max_by_key(|(known, _)| known.len())?;
            found.push(HeadingWord {
                at,
                start: place,
                end: place + known.len(),
                word: known,
            });
            place += known.len();
            rest = left;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Whether a heading is certainly left of another: by the lines that have words of both, if there are any, and
/// else by where their words begin. A conversion from PDF keeps texts in the order in which they begin, however
/// much it moves them.
fn are_ordered(one: &[HeadingWord], next: &[HeadingWord]) -> bool {
    let pairs = || {
        one.iter()
            .flat_map(|word| next.iter().map(move |other| (word, other)))
    };
    let shared = || pairs().filter(|(word, other)| word.at == other.at);
    let is_before = |(word, other): (&HeadingWord, &HeadingWord)| word.start < other.start;
    if shared().next().is_some() {
        return shared().all(is_before);
    }
    pairs().all(is_before)
}

/// Whether all words of a line are words of a heading.
pub(super) fn is_heading_line(text: &str) -> bool {
    text.chars().count() <= 300 && heading_words(text, 0).is_some()
}

/// A heading whose words are over several lines above the first row, each in its column: by which words are left of
/// which. Nothing if a name is missing or the order is in doubt.
fn read_above_rows(
    document: &Document,
    lines: &[usize],
) -> Option<(Vec<usize>, Vec<&'static str>)> {
    const MAX_LINES: usize = 14;
    let first = lines.iter().position(|at| {
        let text = document.text(*at);
        row(text, *at, 5).is_some() || super::placed::begins(text)
    })?;
    let page = |at: usize| document.line(at).map(|line| line.page);
    let own_page = lines.get(first).and_then(|at| page(*at));
    let above = lines.get(first.saturating_sub(MAX_LINES)..first)?;
    let mut used: Vec<usize> = Vec::new();
    let mut found: Vec<HeadingWord> = Vec::new();
    for at in above.iter().filter(|at| page(**at) == own_page) {
        let text = document.text(*at);
        if !document.is_free(*at) || text.trim().is_empty() || super::is_legend(text) {
            continue;
        }
        if text.chars().count() > 300 || text.contains(['\t', '|']) {
            return None;
        }
        if let Some(words) = heading_words(text, *at) {
            used.push(*at);
            found.extend(words);
        }
    }
    let named = |names: &[&str]| -> Vec<HeadingWord> {
        let named = found.iter().filter(|word| names.contains(&word.word));
        named.copied().collect()
    };
    let [aspiration] = named(&["aspiration", "aspirations"])[..] else {
        return None;
    };
    // `PCT aspiration` is one heading, on one line or on two.
    let (of_aspiration, own): (Vec<HeadingWord>, Vec<HeadingWord>) =
        named(&["pct"]).into_iter().partition(|word| {
            if word.at == aspiration.at {
                word.end + 1 == aspiration.start
            } else {
                word.overlaps(&aspiration)
            }
        });
    let [own] = own[..] else { return None };
    if of_aspiration.len() > 1 {
        return None;
    }
    let mut columns = vec![
        ("historic", vec![own]),
        ("national", named(&["national", "england"])),
        ("ons_cluster", named(&["ons", "cluster"])),
        ("top_decile", named(&["top", "decile"])),
        ("aspiration", vec![aspiration]),
    ];
    let is_named_once = |(_, words): &(&str, Vec<HeadingWord>)| {
        let mut distinct: Vec<&str> = words.iter().map(|word| word.word).collect();
        distinct.sort_unstable();
        distinct.dedup();
        !words.is_empty() && distinct.len() == words.len()
    };
    if !columns.iter().all(is_named_once) {
        return None;
    }
    columns.sort_by_key(|(_, words)| words.iter().map(|word| word.start + word.end).min());
    let mut pairs = columns.iter().zip(columns.iter().skip(1));
    let is_ordered = pairs.all(|((_, one), (_, next))| are_ordered(one, next));
    is_ordered.then(|| {
        (
            used,
            columns.into_iter().map(|(column, _)| column).collect(),
        )
    })
}
