//! Survey scores and counts that sentences quote.

use crate::outline::Document;
use crate::report::{Commentary, Confidence, Contradiction, Prose, Score, Statement, numbers};
use crate::text::{key, number_named};

/// The words of the answer scale, longest first, with the whole number that each names.
const WORDINGS: &[(&str, f64)] = &[
    ("strongly disagree", 1.0),
    ("somewhat disagree", 3.0),
    ("somewhat agree", 4.0),
    ("strongly agree", 6.0),
    ("disagree", 2.0),
    ("agree", 5.0),
];

/// How the text writes that a score is out of six.
const OUT_OF: &[&str] = &["out of 6", "out of six", "/6", "/ 6"];

/// The scores that rationales quote.
pub(crate) fn read(document: &Document, rationales: &[Prose]) -> Vec<Score> {
    let mut scores = Vec::new();
    for rationale in rationales {
        let Some(text) = &rationale.text else {
            continue;
        };
        let mut from = 0;
        while let Some((at, length)) = next_out_of(text, from) {
            let before = text.get(from..at).unwrap_or_default();
            let number = before
                .trim_end()
                .rsplit([' ', '(', ':', '='])
                .next()
                .unwrap_or_default();
            let end = at + length;
            from = end;
            // `1/600`, `out of 60`
            if text
                .get(end..)
                .is_some_and(|rest| rest.starts_with(|sign: char| sign.is_ascii_digit()))
                || number.is_empty()
            {
                continue;
            }
            let window = tail(before, 300);
            let valid = is_score(number);
            let lower = key(window);
            let wording = WORDINGS
                .iter()
                .find(|(word, _)| lower.contains(word))
                .map(|(word, _)| *word);
            let (survey, named) = survey_named(&lower);
            let (confidence, why) = match (valid, named, &rationale.why) {
                (false, _, _) => (Confidence::NotLegible, Some(format!("\"{number}\" is not a score from 1 to 6"))),
                (true, false, _) => (
                    Confidence::Inferred,
                    Some("the sentence does not name the survey; scores out of 6 are those of the key stakeholder survey".to_owned()),
                ),
                (true, true, _) => (Confidence::Read, None),
            };
            let own: Vec<usize> = rationale
                .lines
                .iter()
                .copied()
                .filter(|at| document.text(*at).contains(number))
                .collect();
            scores.push(Score {
                measure: rationale.about.clone(),
                survey,
                score: valid.then(|| number.to_owned()),
                wording,
                question: question(window),
                confidence,
                why,
                lines: if own.is_empty() {
                    rationale.lines.clone()
                } else {
                    own
                },
            });
        }
    }
    scores
}

fn next_out_of(text: &str, from: usize) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    let found = OUT_OF
        .iter()
        .filter_map(|words| Some((rest.find(words)?, words.len())));
    found.min().map(|(at, length)| (from + at, length))
}

fn is_score(number: &str) -> bool {
    let figures = number
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    let places = number.split_once('.').map_or(0, |(_, part)| part.len());
    figures
        && places <= 2
        && number
            .parse::<f64>()
            .is_ok_and(|score| (1.0..=6.0).contains(&score))
}

fn tail(text: &str, count: usize) -> &str {
    let skip = text.chars().count().saturating_sub(count);
    text.char_indices()
        .nth(skip)
        .and_then(|(at, _)| text.get(at..))
        .unwrap_or(text)
}

fn survey_named(words: &str) -> (&'static str, bool) {
    if words.contains("stakeholder") {
        ("key-stakeholder", true)
    } else if words.contains("mori") || words.contains("public survey") {
        ("mori", true)
    } else if words.contains("staff survey") {
        ("staff", true)
    } else if words.contains("practice based") || words.contains("pbc") {
        ("practice-based-commissioning", true)
    } else {
        ("key-stakeholder", false)
    }
}

/// The sentence before a score, without the brackets around the score.
fn question(window: &str) -> String {
    let cut = window
        .rfind('(')
        .filter(|at| window.len() - at < 40)
        .unwrap_or(window.len());
    let text = window
        .get(..cut)
        .unwrap_or(window)
        .trim()
        .trim_end_matches(['.', ',', ' ']);
    let start = text.rfind(". ").map_or(0, |at| at + 2);
    let text = text.get(start..).unwrap_or(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Scores whose word is not the one nearest to the number.
pub(crate) fn contradictions(scores: &[Score]) -> Vec<Contradiction> {
    let mut out = Vec::new();
    for score in scores {
        let (Some(number), Some(wording)) = (
            score
                .score
                .as_ref()
                .and_then(|score| score.parse::<f64>().ok()),
            score.wording,
        ) else {
            continue;
        };
        let point = WORDINGS
            .iter()
            .find(|(word, _)| *word == wording)
            .map_or(0.0, |(_, point)| *point);
        if (number.round() - point).abs() > 0.5 {
            out.push(Contradiction {
                sentence: format!(
                    "{}: the survey score {number} out of 6 is called \"{wording}\"",
                    score.measure
                ),
                lines: numbers(&score.lines),
            });
        }
    }
    out
}

/// A count of competencies that a sentence states: `to improve on last year in 8 competencies`.
fn count_before(words: &[&str], noun: &str) -> Option<u32> {
    let at = words.iter().position(|word| word.starts_with(noun))?;
    let before = words.get(at.saturating_sub(3)..at)?;
    before.iter().rev().find_map(|word| number_named(word))
}

/// The counts that the text states, and statements of one count that differ.
pub(crate) fn statements(
    document: &Document,
    commentary: &[Commentary],
) -> (Vec<Statement>, Vec<Contradiction>) {
    let mut found: Vec<Statement> = Vec::new();
    for section in commentary {
        let is_outcomes = section.heading.starts_with("Observations");
        let counts_competencies =
            section.heading.ends_with("Competencies") || section.heading.ends_with("trajectory");
        if !counts_competencies && !is_outcomes {
            continue;
        }
        for paragraph in &section.text {
            for sentence in paragraph.split(['.', ',', ';']) {
                let whole = key(sentence);
                let words: Vec<&str> = whole.split(' ').collect();
                let is_self = whole.contains("self assess")
                    || whole.contains("self rating")
                    || whole.contains("self score");
                let met = whole.contains("meet")
                    || whole.contains("met ")
                    || whole.contains("above")
                    || whole.contains("exceed");
                let statement = if is_outcomes {
                    if whole.contains("outcomes have slipped") {
                        count_before(&words, "outcomes").map(|count| ("outcomes-slipped", count))
                    } else if whole.contains("bottom quartile rate")
                        && whole.contains("outcomes are")
                    {
                        count_before(&words, "outcomes")
                            .map(|count| ("outcomes-in-bottom-quartile", count))
                    } else {
                        None
                    }
                } else if is_self && met {
                    count_before(&words, "competenc").map(|count| ("met-self-assessment", count))
                } else if whole.contains("improve")
                    && (whole.contains("last year") || whole.contains("of its competenc"))
                {
                    count_before(&words, "competenc").map(|count| ("improved-on-last-year", count))
                } else {
                    None
                };
                if let Some((statement, count)) = statement {
                    let number = count.to_string();
                    let named = |at: &usize| {
                        let words = key(document.text(*at));
                        words
                            .split(' ')
                            .any(|word| word == number || number_named(word) == Some(count))
                    };
                    let lines: Vec<usize> = section.lines.iter().copied().filter(named).collect();
                    let lines = if lines.is_empty() {
                        section.lines.clone()
                    } else {
                        lines
                    };
                    found.push(Statement {
                        statement,
                        count,
                        sentence: sentence.trim().to_owned(),
                        lines,
                    });
                }
            }
        }
    }
    let mut kept: Vec<Statement> = Vec::new();
    let mut contradictions = Vec::new();
    for statement in found {
        match kept
            .iter_mut()
            .find(|known| known.statement == statement.statement)
        {
            None => kept.push(statement),
            Some(known) if known.count == statement.count => known.lines.extend(statement.lines),
            Some(known) => contradictions.push(Contradiction {
                sentence: format!(
                    "the count `{}` is stated as {} and as {}",
                    known.statement, known.count, statement.count
                ),
                lines: numbers(&[known.lines.clone(), statement.lines].concat()),
            }),
        }
    }
    // Of two counts that differ neither is taken.
    let differing: Vec<&str> = contradictions
        .iter()
        .filter_map(|found: &Contradiction| found.sentence.split('`').nth(1))
        .collect();
    kept.retain(|statement| !differing.contains(&statement.statement));
    (kept, contradictions)
}
