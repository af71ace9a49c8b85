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
    /// Why what it says of its row cannot be told.
    doubt: Option<&'static str>,
    /// Whether it may be a heading that the page repeats, and no part of a title.
    may_head: bool,
    /// The line above with the start of its tag.
    above: Option<usize>,
}

impl Parts {
    fn is_tag_alone(&self) -> bool {
        self.title.is_none() && self.values.is_empty() && self.doubt.is_none()
    }
}

/// A row and its lines.
pub(super) struct PlacedRow {
    pub(super) row: TableRow,
    pub(super) lines: Vec<usize>,
}

/// The rows, if the lines are those of one table whose columns are aligned. A row that has its rates on no line or on
/// two, or anything else among them, is not legible.
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
    let page = |at: usize| document.line(at).map_or(0, |line| line.page);
    drop_repeated_headings(&mut parts, text, page);
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
    if parts.iter().filter(has_values).count() < 3 {
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
        found.push(join(own, columns));
    }
    Some(found)
}

/// Drops the lines with which a page repeats the heading of the table. A heading has several cells: words of a heading
/// alone at the top of a page may as well be the end of a title that the page has cut, so they put the title in doubt.
fn drop_repeated_headings<'a>(
    parts: &mut Vec<Parts>,
    text: impl Fn(usize) -> &'a str,
    page: impl Fn(usize) -> usize,
) {
    let mut kept = Vec::with_capacity(parts.len());
    let mut last_page = parts.first().map_or(0, |part| page(part.at));
    let mut rest = std::mem::take(parts).into_iter().peekable();
    while let Some(part) = rest.next() {
        let turned = page(part.at) != last_page;
        last_page = page(part.at);
        let may_head = |part: &Parts| {
            page(part.at) == last_page
                && super::heading::is_heading_line(text(part.at))
                && !part.is_tag_alone()
        };
        if !(turned && may_head(&part)) {
            kept.push(part);
            continue;
        }
        let mut block = vec![part];
        while let Some(part) = rest.next_if(may_head) {
            block.push(part);
        }
        let has_cells = |part: &Parts| words(text(part.at), true).len() > 1;
        if !block.iter().any(has_cells) {
            block.iter_mut().for_each(|part| part.may_head = true);
            kept.append(&mut block);
        }
    }
    *parts = kept;
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
    let count = cells
        .iter()
        .rev()
        .take_while(|(start, cell)| *start > title_column + SLACK && has_rates(cell))
        .count();
    let (text_cells, values) = cells.split_at(cells.len() - count);
    let values: Vec<String> = values
        .iter()
        .flat_map(|(_, cell)| cell.split(' ').flat_map(rates_of))
        .collect();
    let is_close = values.len() > count;
    let is_lost = |value: &String| !(is_value(value) || is_absent(value) || is_damaged(value));
    // A footnote mark or a broken number among them would be taken for a rate.
    let is_whole = |value: &String| value.bytes().all(|byte| byte.is_ascii_digit());
    let doubt = if values.iter().any(is_lost) {
        Some("the rates run into each other, so which column each is in cannot be told")
    } else if is_close && values.iter().any(is_whole) {
        Some(
            "rates are one space apart, with a whole number among them, so which column each is in cannot be told",
        )
    } else {
        None
    };
    let mut parts = Parts {
        at,
        tag: String::new(),
        title: None,
        values,
        doubt,
        may_head: false,
        above: None,
    };
    for (start, cell) in text_cells {
        let tagged = numbered_title(cell).and_then(|(_, _, tag)| tag);
        if let Some(tag) = tagged.filter(|_| start + SLACK < title_column && parts.title.is_none())
        {
            let title = cell.get(tag.len()..).unwrap_or_default();
            parts.title = Some((title_column, title.trim_start().to_owned()));
            parts.tag = tag;
        } else if start + SLACK < title_column {
            // A tag that reaches the title would be one text with it.
            if !parts.tag.is_empty() || !is_tag(cell) {
                parts.doubt = Some("text beside the title is not a tag");
            }
            parts.tag.clone_from(cell);
        } else if parts.title.is_none() {
            if *start > title_column + SLACK {
                parts.doubt = Some("text among the rates is not a rate");
            }
            parts.title = Some((*start, cell.clone()));
        } else {
            parts.doubt = Some("where the title ends and the rates begin cannot be told");
        }
    }
    Some(parts)
}

/// Whether a cell has only rates, or what may be some.
fn has_rates(cell: &str) -> bool {
    cell.split(' ').all(|word| {
        let mut letters = word.chars().filter(|sign| sign.is_alphabetic());
        is_absent(word)
            || rates_of(word).len() > 1
            || word == "#"
            || letters.next().is_none()
            || is_damaged(word)
    })
}

/// The rates that a word is made of, if the sign of each shows where it begins: `-12.4-11.8n/a`. A rate without a sign
/// may begin at any digit.
fn rates_of(word: &str) -> Vec<String> {
    const ABSENT: &str = "n/a";
    let mut rates = vec![String::new()];
    let mut rest = word;
    while let Some(sign) = rest.chars().next() {
        let is_new = matches!(sign, '-' | '–' | '−') || rest.starts_with(ABSENT);
        if is_new && rates.last().is_some_and(|rate| !rate.is_empty()) {
            rates.push(String::new());
        }
        let length = if rest.starts_with(ABSENT) {
            ABSENT.len()
        } else {
            sign.len_utf8()
        };
        let (taken, after) = rest.split_at(length);
        if let Some(rate) = rates.last_mut() {
            rate.push_str(taken);
        }
        rest = after;
    }
    if rates.iter().all(|rate| is_value(rate) || is_absent(rate)) {
        return rates;
    }
    vec![word.to_owned()]
}

/// Whether a word is one rate with a digit that is not legible: `l1.4`.
fn is_damaged(word: &str) -> bool {
    let letters = word.chars().filter(|sign| sign.is_alphabetic()).count();
    let restored = word.replace(['l', 'I', 'O', 'o'], "1");
    word == "#" || letters == 1 && is_value(&restored)
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
        // The end of a tag may be between two lines of the title.
        let is_of_row = match &part.title {
            Some((_, text)) => !text.ends_with(['.', ':']),
            None => part.is_tag_alone(),
        };
        if part.at != before + 1 || !is_of_row {
            break;
        }
        end += 1;
    }
    end
}

/// One row from its lines.
fn join(own: &[Parts], columns: usize) -> PlacedRow {
    let with_values: Vec<&Parts> = own.iter().filter(|part| !part.values.is_empty()).collect();
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
    let doubt = own.iter().find_map(|part| part.doubt);
    let cells = match (doubt, with_values.as_slice()) {
        (Some(doubt), _) => Err(doubt.to_owned()),
        (None, [part]) if part.values.len() == columns => Ok(part.values.clone()),
        (None, [part]) => Err(format!(
            "the row has {} rates for {columns} columns",
            part.values.len()
        )),
        (None, []) if absent => Ok(Vec::new()),
        (None, []) => Err("no rates are beside the title".to_owned()),
        (None, _) => {
            Err("its rates are on several lines, of which some may be another row's".to_owned())
        }
    };
    // A rate one space behind a title is part of its text.
    let has_a_rate = |(_, text): &(usize, String)| {
        let mut words = text.split(' ');
        words.any(|word| is_absent(word) || word.contains('.') && has_rates(word))
    };
    let titles = || own.iter().filter_map(|part| part.title.as_ref());
    let is_text_doubtful = own
        .iter()
        .any(|part| (part.doubt.is_some() || part.may_head) && part.title.is_some())
        || own.len() > MAX_LINES;
    let mut row = TableRow {
        at: own.first().map_or(0, |part| part.at),
        slot,
        title,
        series: None,
        // Half a tag says nothing.
        tag: Some(tag.join(" "))
            .filter(|tag| is_tag(tag) && !matches!(key(tag).as_str(), "newly" | "selected")),
        cells,
        follows_unread: false,
        is_cut: is_text_doubtful,
        has_whole_title: !is_text_doubtful && !titles().any(has_a_rate),
    };
    if row.slot.is_none() {
        row.series = Some("females");
        row.title = String::new();
    } else {
        row.take_series();
    }
    PlacedRow {
        row,
        lines: own
            .iter()
            .flat_map(|part| [Some(part.at), part.above])
            .flatten()
            .collect(),
    }
}
