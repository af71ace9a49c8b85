//! What the text says of single outcomes.

use crate::outline::{Document, Label, Part, Section};
use crate::prose::{Wrapping, paragraphs};
use crate::report::OutcomeRow;
use crate::sentences::{doubtful_word, sentences};
use crate::text::key;

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
            for sentence in sentences(&paragraph.text) {
                let named = outcome_numbers(sentence);
                let at = paragraph
                    .lines
                    .iter()
                    .copied()
                    .find(|at| !outcome_numbers(document.text(*at)).is_empty());
                let Some(at) = at.filter(|_| !named.is_empty()) else {
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
    for row in rows {
        let of = |all: &[(&'static str, u32, usize)]| -> Option<(&'static str, Vec<usize>)> {
            let own: Vec<&(&'static str, u32, usize)> = all
                .iter()
                .filter(|(_, number, _)| *number == row.slot)
                .collect();
            let (first, _, _) = own.first()?;
            // Two statements that differ are a contradiction, reported elsewhere.
            (*first != UNCLEAR && own.iter().all(|(word, _, _)| word == first))
                .then(|| (*first, own.iter().map(|(_, _, at)| *at).collect()))
        };
        row.stated_position = of(&positions);
        row.panel_view = of(&views).map(|(view, lines)| (view.to_owned(), lines));
    }
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
