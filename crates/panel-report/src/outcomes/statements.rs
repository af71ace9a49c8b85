//! What the text says of single outcomes.

use crate::outline::{Document, Label, Part, Section};
use crate::prose::{Wrapping, paragraphs};
use crate::report::OutcomeRow;
use crate::sentences::{doubtful_word, sentences};
use crate::text::key;
use std::collections::HashMap;

/// What cannot be told from a sentence.
const UNCLEAR: &str = "";

/// How the text says the position of an outcome, and its name.
const POSITIONS: &[(&str, &str)] = &[
    ("little change", "little change"),
    ("no change", "little change"),
    ("slipped", "slipped"),
    ("deteriorat", "slipped"),
    ("worsen", "slipped"),
    ("improvement", "improved"),
    ("improved", "improved"),
];

/// How the text says the panel's view of an aspiration, and its name.
const VIEWS: &[(&str, &str)] = &[
    ("over ambitious", "over-ambitious"),
    ("overambitious", "over-ambitious"),
    ("ambitious but credible", "ambitious but credible"),
    ("might be more aggressive", "might be more aggressive"),
    ("could be more aggressive", "might be more aggressive"),
    ("more aggressive", "might be more aggressive"),
];

/// The name of the only phrase of a sentence; `UNCLEAR` if it has several, denies it or limits it.
fn stated(sentence: &str, phrases: &[(&str, &'static str)]) -> Option<&'static str> {
    let mut rest = key(sentence);
    let mut found: Vec<&'static str> = Vec::new();
    for (phrase, name) in phrases {
        if rest.contains(phrase) {
            rest = rest.replacen(phrase, " ", 1);
            found.push(name);
        }
    }
    // `appears to be over-ambitious` is the panel's way to say that it is.
    let rest = rest
        .replace("appears to be", "appears")
        .replace("appear to be", "appear");
    match found.as_slice() {
        [] => None,
        [name] if doubtful_word(&rest).is_none() => Some(name),
        _ => Some(UNCLEAR),
    }
}

/// All numbers from the first `#` on.
fn numbers_after_sign(text: &str) -> Vec<u32> {
    let from = text.find('#').and_then(|at| text.get(at..));
    from.unwrap_or_default()
        .split(|sign: char| !sign.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect()
}

/// What the text says of single outcomes: `There has been improvement in #5 and #6`.
pub(super) fn read(
    document: &Document,
    wrapping: &Wrapping,
    parts: &[Part],
    rows: &mut [OutcomeRow],
) {
    let mut positions: Vec<(&'static str, u32, usize)> = Vec::new();
    let mut views: Vec<(&'static str, u32, usize)> = Vec::new();
    for part in parts
        .iter()
        .filter(|part| part.section == Section::Outcomes)
    {
        for paragraph in paragraphs(document, &part.lines, wrapping) {
            let numbered = paragraph
                .lines
                .iter()
                .copied()
                .find(|at| !outcome_numbers(document.text(*at)).is_empty());
            for sentence in sentences(&paragraph.text) {
                let named = outcome_numbers(sentence);
                let Some(at) = numbered.filter(|_| !named.is_empty()) else {
                    continue;
                };
                let (phrases, target) = match part.label {
                    Some(Label::Performance) => (POSITIONS, &mut positions),
                    Some(Label::Aspirations) => (VIEWS, &mut views),
                    _ => continue,
                };
                let Some(word) = stated(sentence, phrases) else {
                    continue;
                };
                let all = numbers_after_sign(sentence);
                // Numbers beyond the list are an exception or a second statement.
                let word = if all == named { word } else { UNCLEAR };
                target.extend(all.iter().map(|number| (word, *number, at)));
            }
        }
    }
    let (positions, views) = (by_number(positions), by_number(views));
    for row in rows {
        let of = |all: &HashMap<u32, Statement>| {
            all.get(&row.slot)
                .filter(|(word, _)| *word != UNCLEAR)
                .cloned()
        };
        row.stated_position = of(&positions);
        row.panel_view = of(&views).map(|(view, lines)| (view.to_owned(), lines));
    }
}

/// What is said of one outcome, and on which lines.
type Statement = (&'static str, Vec<usize>);

/// Statements by the number of the outcome. Two that differ are a contradiction, reported elsewhere.
fn by_number(all: Vec<(&'static str, u32, usize)>) -> HashMap<u32, Statement> {
    let mut statements: HashMap<u32, Statement> = HashMap::new();
    for (word, number, at) in all {
        let (known, lines) = statements.entry(number).or_insert((word, Vec::new()));
        if *known != word {
            *known = UNCLEAR;
        }
        if lines.last() != Some(&at) {
            lines.push(at);
        }
    }
    statements
}

/// The outcomes that a sentence names: `#4,5,6`, `#7 and 8`.
fn outcome_numbers(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let Some(start) = text.find('#') else {
        return found;
    };
    let mut digits = String::new();
    for sign in text.get(start..).unwrap_or_default().chars().chain([' ']) {
        if sign.is_ascii_digit() {
            digits.push(sign);
            continue;
        }
        if !digits.is_empty() {
            found.extend(
                digits
                    .parse::<u32>()
                    .ok()
                    .filter(|number| (1..=20).contains(number)),
            );
            digits.clear();
        }
        if !matches!(sign, '#' | ',' | ' ' | '&' | 'a' | 'n' | 'd' | ';' | '.') {
            break;
        }
    }
    found
}
