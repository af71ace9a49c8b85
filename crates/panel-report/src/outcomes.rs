//! The outcomes table and what the text says of single outcomes.

mod heading;
mod placed;
mod row;
mod statements;

use crate::catalogue::Catalogue;
use crate::outline::{Document, Part, Section};
use crate::prose::Wrapping;
use crate::report::{Commentary, Confidence, LineUse, OutcomeRow, Rate};
use crate::table::{MAX_TITLE, is_rule};
use crate::text::key;
use row::{TableRow, decimals, is_absent, number, numbered_title, row, usual_decimals};
use std::collections::HashMap;

const COLUMNS: &[&str] = &[
    "historic",
    "national",
    "ons_cluster",
    "top_decile",
    "aspiration",
];

/// The first row of an outcome with a row for each sex.
struct Pair {
    slot: u32,
    title: String,
    tag: Option<String>,
    /// Whether its title is legible.
    is_legible: bool,
}

/// What the outcomes page holds.
#[derive(Default)]
pub(crate) struct Outcomes {
    pub(crate) rows: Vec<OutcomeRow>,
    pub(crate) notes: Vec<Commentary>,
}

/// Reads the outcomes page.
pub(crate) fn read(
    document: &mut Document,
    catalogue: &Catalogue,
    wrapping: &Wrapping,
    parts: &[Part],
) -> Outcomes {
    let mut outcomes = Outcomes::default();
    let lines: Vec<usize> = parts
        .iter()
        .filter(|part| part.section == Section::Outcomes)
        .flat_map(|part| part.lines.clone())
        .collect();
    let table: Vec<usize> = parts
        .iter()
        .filter(|part| part.section == Section::Outcomes && part.label.is_none())
        .flat_map(|part| part.lines.clone())
        .collect();
    read_notes(document, &lines, &mut outcomes);
    let columns = heading::read(document, &table);
    for at in &table {
        if document.is_free(*at) && is_legend(document.text(*at)) {
            document.structure(&[*at], "legend");
        }
    }
    let mut found: Vec<TableRow> = Vec::new();
    for placed in placed::rows(document, &table, columns.len()).unwrap_or_default() {
        document.assign(placed.lines.get(1..).unwrap_or_default(), "outcomes.csv");
        let mut row = placed.row;
        row.is_cut |= is_broken_title(&row);
        found.push(row);
    }
    for at in &table {
        if !found.is_empty()
            && document.is_free(*at)
            && placed::is_footnote_marks(document.text(*at))
        {
            document.structure(&[*at], "marks of footnotes");
        } else if !found.is_empty()
            && document.is_free(*at)
            && heading::is_heading_line(document.text(*at))
        {
            document.structure(&[*at], "heading of a table");
        }
    }
    let is_placed = !found.is_empty();
    // Whether a line after the last row could not be read: it may be the row of another outcome.
    let mut is_broken = false;
    for at in table {
        // A line that is not part of such a table is not one of its rows either.
        if !document.is_free(at) || is_placed {
            continue;
        }
        let text = document.text(at).to_owned();
        if is_rule(&text) {
            document.note(at, LineUse::Furniture("rule".to_owned()));
        } else if let Some(row) = row(&text, at, columns.len()) {
            found.push(TableRow {
                follows_unread: std::mem::take(&mut is_broken),
                ..row
            });
        } else if let Some(last) = found.last_mut().filter(|last| {
            if last.title.len() > MAX_TITLE {
                return false;
            }
            let known = catalogue
                .outcome_titled(&clean_title(&last.title))
                .is_some();
            let is_open = !known || last.title.ends_with('&');
            last.at + 1 == at
                && (is_open && is_rest_of_title(&text)
                    || is_below_title(document.text(last.at), last, &text))
        }) {
            last.append_title_line(&text);
            document.assign(&[at], "outcomes.csv");
        } else if !text.trim().is_empty() {
            if let Some(last) = found.last_mut().filter(|_| !is_broken) {
                last.is_cut |= may_end_title(&text);
            }
            is_broken = true;
        }
    }
    let decimals = usual_decimals(&found);
    let mut pair: Option<Pair> = None;
    for found in found {
        let series = found
            .series
            .unwrap_or_else(|| series_of_title(&found.title));
        let (slot, title, tag) = match (found.slot, &pair) {
            (Some(slot), _) => (slot, clean_title(&found.title), found.tag.clone()),
            // The second row of a pair has only the series.
            (None, Some(pair))
                if series == "females"
                    && !found.follows_unread
                    && (found.title.is_empty()
                        || key(&clean_title(&found.title)) == key(&pair.title)) =>
            {
                (pair.slot, pair.title.clone(), pair.tag.clone())
            }
            _ => {
                document.note(
                    found.at,
                    LineUse::Unplaced("a row of the outcomes table without an outcome".to_owned()),
                );
                continue;
            }
        };
        let is_titled = pair.take().is_none_or(|pair| pair.is_legible) || found.slot.is_some();
        document.assign(&[found.at], &format!("outcomes.csv {slot}"));
        if matches!(key(&title).as_str(), "" | "n a" | "na" | "none") {
            continue;
        }
        let found_tag = tag.clone();
        let tag = tag.as_deref().map(key).unwrap_or_default();
        // Rates that cannot be told apart may have become part of the title.
        let known_part = if found.cells.is_err() && !found.has_whole_title {
            known_start(catalogue, &title)
        } else {
            None
        };
        let title_legible = (found.cells.is_ok() || found.has_whole_title || known_part.is_some())
            && !found.is_cut
            && !is_broken_title(&found)
            && is_titled;
        let title = known_part.unwrap_or(title);
        pair = (series == "males").then(|| Pair {
            slot,
            title: title.clone(),
            tag: found_tag,
            is_legible: title_legible,
        });
        let known = catalogue.outcome_titled(&title);
        let rates = rates(&found.cells, &columns, decimals);
        outcomes.rows.push(OutcomeRow {
            slot,
            outcome: known.map_or_else(
                || key(&title).replace(' ', "-"),
                |(known, _)| known.id.clone(),
            ),
            as_in_catalogue: known.is_some_and(|(_, same)| same),
            in_catalogue: known.is_some(),
            better: if known.is_some() {
                None
            } else {
                direction(&rates)
            },
            title,
            title_legible,
            series,
            scope: match tag.as_str() {
                "national" => Some("national"),
                "local" | "newly selected" => Some("local"),
                _ => None,
            },
            newly_selected: tag.starts_with("new"),
            rates,
            stated_position: None,
            panel_view: None,
            lines: vec![found.at],
        });
    }
    drop_doubles(&mut outcomes.rows);
    statements::read(document, wrapping, parts, &mut outcomes.rows);
    outcomes
}

/// Two rows for one series are each other's damage.
fn drop_doubles(rows: &mut [OutcomeRow]) {
    let keys: Vec<(u32, &str)> = rows.iter().map(|row| (row.slot, row.series)).collect();
    let mut counts: HashMap<(u32, &str), usize> = HashMap::new();
    for key in &keys {
        *counts.entry(*key).or_default() += 1;
    }
    let doubled: Vec<bool> = keys
        .iter()
        .map(|key| counts.get(key).is_some_and(|count| *count > 1))
        .collect();
    for (row, _) in rows.iter_mut().zip(doubled).filter(|(_, doubled)| *doubled) {
        for rate in &mut row.rates {
            rate.value = None;
            rate.confidence = Confidence::NotLegible;
            rate.why = Some("the table has two rows for this series".to_owned());
        }
    }
}

fn is_legend(text: &str) -> bool {
    let words = key(text);
    words.contains("quartile rate of improvement")
        || matches!(
            words.as_str(),
            "previous" | "current" | "newly selected" | "upper quartile" | "lower quartile"
        )
        || words.ends_with("health outcomes and quality")
        || words.contains("upper quartile")
        || words.contains("lower quartile")
}

/// Whether a line has only text, in the column where the title of the row before begins.
fn is_below_title(row: &str, last: &TableRow, text: &str) -> bool {
    let (Some(slot), false) = (last.slot, text.contains(['\t', '|'])) else {
        return false;
    };
    let Some(start) = row.find(&format!("{slot}.")) else {
        return false;
    };
    let column = row.get(..start).map_or(0, |before| before.chars().count());
    let indent = text.chars().take_while(|sign| sign.is_whitespace()).count();
    start > 0
        && indent.abs_diff(column) <= 4
        && !text.trim().contains("  ")
        && !text.trim_end().ends_with(['.', ':'])
        && text.trim_start().starts_with(char::is_alphanumeric)
        && numbered_title(text).is_none()
}

/// Whether a title that was joined from lines has the number of the next outcome in it, or no end.
fn is_broken_title(row: &TableRow) -> bool {
    let next = row
        .slot
        .is_some_and(|slot| row.title.contains(&format!(" {}. ", slot + 1)));
    next || row.title.matches('(').count() != row.title.matches(')').count()
}

/// Whether a line has only a few words, as the end of a title that is broken has.
fn may_end_title(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() < 60
        && text.chars().any(char::is_alphabetic)
        && !text.contains("  ")
        && !text.ends_with(['.', ':', ';'])
        && numbered_title(text).is_none()
}

fn is_rest_of_title(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() < 80
        && text.chars().any(char::is_alphabetic)
        && !text.ends_with('.')
        && !text.ends_with(':')
        && text.starts_with(|sign: char| sign.is_lowercase() || sign == '&' || sign == '(')
}

fn rates(
    cells: &Result<Vec<String>, String>,
    columns: &[&'static str],
    usual: Option<usize>,
) -> Vec<Rate> {
    let not_legible = |column: &'static str, why: String| Rate {
        column,
        value: None,
        confidence: Confidence::NotLegible,
        why: Some(why),
    };
    let all = if columns.is_empty() { COLUMNS } else { columns };
    all.iter()
        .enumerate()
        .map(|(at, column)| {
            if columns.is_empty() {
                return not_legible(column, "no heading gives the order of the columns".to_owned());
            }
            let cells = match cells {
                Ok(cells) => cells,
                Err(why) => return not_legible(column, why.clone()),
            };
            let cell = cells.get(at).map(String::as_str).unwrap_or_default();
            let read = |value: String| Rate { column, value: Some(value), confidence: Confidence::Read, why: None };
            if is_absent(cell) {
                return read("n/a".to_owned());
            }
            match number(cell) {
                None if cell.is_empty() => not_legible(column, "the cell is empty".to_owned()),
                None => not_legible(column, format!("\"{cell}\" is not a number")),
                Some(number) => match usual {
                    Some(usual) if decimals(&number) != usual => {
                        not_legible(column, format!("\"{cell}\" has another number of decimals than the rest of the table; a point or a footnote mark may be lost in it"))
                    }
                    _ => read(number),
                },
            }
        })
        .collect()
}

/// The longest start of a text that is a title of the catalogue.
fn known_start(catalogue: &Catalogue, text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    (1..=words.len().min(60)).rev().find_map(|count| {
        let start = words.get(..count)?.join(" ");
        let start_key = key(&start);
        let is_title = catalogue
            .outcomes
            .iter()
            .any(|outcome| outcome.title.key() == start_key);
        is_title.then_some(start)
    })
}

fn series_of_title(title: &str) -> &'static str {
    let words = key(title);
    match (
        words.contains("females"),
        words.replace("females", "").contains("males"),
    ) {
        (true, false) => "females",
        (false, true) => "males",
        _ => "persons",
    }
}

/// `Life expectancy (Males) & Life expectancy (Females)`: the title without the series.
fn clean_title(title: &str) -> String {
    let lower = title.to_lowercase();
    let at = ["(males)", "(females)", "(male)", "(female)"]
        .iter()
        .filter_map(|word| lower.find(word))
        .min();
    let short = at.and_then(|at| title.get(..at)).unwrap_or(title);
    short
        .trim()
        .trim_end_matches(['-', '–', ',', '¹', '²', '³', '⁴'])
        .trim()
        .to_owned()
}

/// The better direction: the top decile improves most, so it is on the better side of the nation.
fn direction(rates: &[Rate]) -> Option<&'static str> {
    let of = |column: &str| -> Option<f64> {
        rates
            .iter()
            .find(|rate| rate.column == column)?
            .value
            .as_ref()?
            .parse()
            .ok()
    };
    let (national, top) = (of("national")?, of("top_decile")?);
    if top == national {
        return None;
    }
    Some(if top > national { "higher" } else { "lower" })
}

fn read_notes(document: &mut Document, lines: &[usize], outcomes: &mut Outcomes) {
    let mut notes = Commentary {
        heading: "Observations from the analytical phase".to_owned(),
        subheading: Some("Notes on the rates".to_owned()),
        text: Vec::new(),
        lines: Vec::new(),
    };
    for at in lines {
        let text = document.text(*at).trim().to_owned();
        let small = text.starts_with(|sign: char| sign.is_lowercase());
        if document.is_free(*at) && small && notes.lines.last().is_some_and(|last| last + 1 == *at)
        {
            document.assign(&[*at], "commentary.md Notes on the rates");
            if let Some(note) = notes.text.last_mut() {
                note.push(' ');
                note.push_str(&text);
            }
            notes.lines.push(*at);
            continue;
        }
        let marked = text.starts_with(['¹', '²', '³', '⁴', '⁵', '†', '‡'])
            || text.starts_with('*') && !text.starts_with("**") && text.len() > 2;
        if document.is_free(*at) && marked && text.split(' ').count() > 2 {
            document.assign(&[*at], "commentary.md Notes on the rates");
            notes
                .text
                .push(format!("- {}", text.replacen('*', "\\*", 1)));
            notes.lines.push(*at);
        }
    }
    if !notes.text.is_empty() {
        outcomes.notes.push(notes);
    }
}
