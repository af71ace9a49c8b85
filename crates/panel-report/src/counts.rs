//! Counts of competencies and outcomes that the text states.

use crate::outline::Document;
use crate::report::{Commentary, Contradiction, Statement, numbers};
use crate::sentences::{doubtful_word, sentences};
use crate::text::{key, number_named};
use std::collections::{HashMap, HashSet};

/// A count of competencies that a sentence states: `to improve on last year in 8 competencies`.
fn count_before(words: &[&str], noun: &str) -> Option<u32> {
    let at = words.iter().position(|word| word.starts_with(noun))?;
    let before = words.get(at.saturating_sub(3)..at)?;
    before.iter().rev().find_map(|word| number_named(word))
}

/// Splits what a report without full stops runs together: `... on 7 competencies PCT has showed ...`.
fn clauses_about_the_body(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let subjects = text.match_indices("PCT ha").map(|(at, _)| {
        // The article belongs to the subject.
        let before = text.get(..at).unwrap_or_default();
        let article = ["The ", "the "]
            .into_iter()
            .find(|article| before.ends_with(article));
        at - article.map_or(0, str::len)
    });
    for at in subjects.chain([text.len()]) {
        clauses.extend(
            text.get(start..at)
                .filter(|clause| !clause.trim().is_empty()),
        );
        start = at;
    }
    clauses
}

/// A sentence as a key. `To meet or go above`, `met or exceeded` are one count.
fn context_of(sentence: &str) -> String {
    let mut context = key(sentence);
    for beyond in [" or go above", " or went above", " or exceed", " or above"] {
        context = context.replace(beyond, " ");
    }
    context
}

/// The counts that the text states, and statements of one count that differ.
pub(crate) fn read(
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
        let mut lines_by_count: HashMap<u32, Vec<usize>> = HashMap::new();
        for paragraph in &section.text {
            let clauses = sentences(paragraph).into_iter().flat_map(|sentence| {
                let is_doubtful = doubtful_word(&context_of(sentence)).is_some();
                sentence
                    .split([',', ';'])
                    .flat_map(clauses_about_the_body)
                    .map(move |clause| (is_doubtful, clause))
            });
            for (is_doubtful, sentence) in clauses {
                let whole = key(sentence);
                let words: Vec<&str> = whole.split(' ').collect();
                // Two numbers are a range, a part of a whole, or two counts.
                let numbers = words
                    .iter()
                    .filter(|word| {
                        number_named(word).is_some()
                            || word.starts_with(|sign: char| sign.is_ascii_digit())
                    })
                    .count();
                if numbers != 1 || is_doubtful {
                    continue;
                }
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
                } else if (whole.contains("improved") || whole.contains("evidence to improve"))
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
                    let lines = lines_by_count.entry(count).or_insert_with(|| {
                        let lines: Vec<usize> =
                            section.lines.iter().copied().filter(named).collect();
                        if lines.is_empty() {
                            section.lines.clone()
                        } else {
                            lines
                        }
                    });
                    found.push(Statement {
                        statement,
                        count,
                        sentence: sentence.trim().to_owned(),
                        lines: lines.clone(),
                    });
                }
            }
        }
    }
    let mut kept: Vec<Statement> = Vec::new();
    let mut contradictions = Vec::new();
    // Repetitions of a count say nothing new.
    let mut seen = HashSet::new();
    found.retain(|statement| {
        seen.insert((
            statement.statement,
            statement.count,
            statement.lines.clone(),
        ))
    });
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
