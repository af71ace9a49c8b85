//! Survey scores that rationales quote.

use crate::outline::Document;
use crate::report::{Confidence, Contradiction, Prose, Score, numbers};
use crate::sentences::sentences;
use crate::text::key;

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

/// The longest text that is a sentence, in bytes.
const MAX_SENTENCE: usize = 2_000;

/// Words of a sentence whose score may be another body's, year's or survey's, or none that was given.
const NOT_OWN: &[&str] = &[
    "average",
    "mean",
    "median",
    "nation",
    "national",
    "nationally",
    "england",
    "sha",
    "region",
    "regional",
    "regionally",
    "neighbour",
    "neighbours",
    "neighbouring",
    "peer",
    "peers",
    "pcts",
    "trusts",
    "bodies",
    "cluster",
    "other",
    "others",
    "another",
    "similar",
    "compared",
    "compares",
    "comparison",
    "comparing",
    "comparator",
    "against",
    "versus",
    "vs",
    "than",
    "target",
    "targets",
    "threshold",
    "minimum",
    "maximum",
    "benchmark",
    "benchmarks",
    "level",
    "levels",
    "last",
    "previous",
    "previously",
    "prior",
    "earlier",
    "former",
    "formerly",
    "achieve",
    "reach",
    "needed",
    "need",
    "required",
    "requires",
    "require",
    "expected",
    "aim",
    "aims",
    "aimed",
    "should",
    "would",
    "could",
    "might",
    "will",
    "not",
    "no",
    "never",
    "between",
    "range",
    "ranged",
    "ranging",
    "rose",
    "risen",
    "fell",
    "fallen",
    "increased",
    "decreased",
    "up",
    "down",
    "highest",
    "lowest",
    "best",
    "worst",
    "top",
    "bottom",
    "least",
    "most",
    "if",
    "baseline",
    "unless",
    "until",
    "next",
    "future",
];

/// A score that one sentence quotes.
struct Candidate<'a> {
    number: &'a str,
    survey: &'static str,
    named: bool,
    sentence: &'a str,
    /// The sentence up to the number.
    before: &'a str,
    /// Why it is not, or not certainly, the body's own score.
    doubt: Option<Doubt>,
}

/// Why a score is not taken.
enum Doubt {
    /// The sentence is about something else as well.
    NotOwn(String),
    /// What is printed is no score.
    NoScore(String),
}

impl Doubt {
    fn reason(&self) -> &str {
        match self {
            Doubt::NotOwn(why) | Doubt::NoScore(why) => why,
        }
    }
}

/// The scores that rationales quote: one for each measure and survey.
pub(crate) fn read(document: &Document, rationales: &[Prose]) -> Vec<Score> {
    let mut scores = Vec::new();
    for rationale in rationales {
        let Some(text) = &rationale.text else {
            continue;
        };
        let candidates = candidates(text);
        let mut surveys: Vec<&'static str> = Vec::new();
        for candidate in &candidates {
            if !surveys.contains(&candidate.survey) {
                surveys.push(candidate.survey);
            }
        }
        for survey in surveys {
            let own: Vec<&Candidate<'_>> = candidates
                .iter()
                .filter(|candidate| candidate.survey == survey)
                .collect();
            scores.extend(decide(document, rationale, &own));
        }
    }
    scores
}

/// All scores out of six in a text.
fn candidates(text: &str) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    let mut last = "";
    for sentence in sentences(text) {
        if sentence.len() > MAX_SENTENCE {
            if next_out_of(sentence, 0).is_some() {
                found.push(Candidate {
                    number: "",
                    survey: "key-stakeholder",
                    named: false,
                    sentence: "",
                    before: "",
                    doubt: Some(Doubt::NoScore(
                        "the sentence is too long to be one".to_owned(),
                    )),
                });
            }
            continue;
        }
        let words = key(sentence);
        let mut from = 0;
        while let Some((at, length)) = next_out_of(sentence, from) {
            let before = sentence.get(from..at).unwrap_or_default();
            let end = at + length;
            from = end;
            let rest = sentence.get(end..).unwrap_or_default();
            let number = before
                .trim_end()
                .rsplit([' ', '(', ':', '='])
                .next()
                .unwrap_or_default();
            // `1/600`, `out of 60`, `4 out of 6 objectives`
            if rest.starts_with(|sign: char| sign.is_ascii_digit())
                || number.is_empty()
                || counts_something(rest)
            {
                continue;
            }
            let before = sentence.get(..at).unwrap_or_default();
            let (survey, named) = match surveys_named(&words).as_slice() {
                [] => match surveys_named(&key(last)).as_slice() {
                    [survey] => (*survey, false),
                    _ => ("key-stakeholder", false),
                },
                [survey] => (*survey, true),
                [survey, ..] => (*survey, true),
            };
            found.push(Candidate {
                number,
                survey,
                named,
                sentence,
                before,
                doubt: doubt(sentence, &words, before, number),
            });
        }
        last = sentence;
    }
    found
}

/// Whether what follows `out of 6` says what there are six of.
fn counts_something(rest: &str) -> bool {
    const AFTER: &[&str] = &[
        "in",
        "on",
        "for",
        "from",
        "and",
        "which",
        "that",
        "this",
        "but",
        "by",
        "is",
        "was",
        "with",
        "when",
        "where",
        "as",
        "to",
        "against",
        "compared",
        "indicating",
        "showing",
        "suggesting",
        "average",
        "at",
    ];
    let next = rest
        .strip_prefix(' ')
        .map(|rest| key(rest.split_whitespace().next().unwrap_or_default()));
    next.is_some_and(|word| !word.is_empty() && !AFTER.contains(&word.as_str()))
}

fn doubt(sentence: &str, words: &str, before: &str, number: &str) -> Option<Doubt> {
    let head = before.trim_end();
    let head = head.strip_suffix(number).unwrap_or(head).trim_end();
    let broken = head
        .strip_suffix(['.', ','])
        .unwrap_or(head)
        .ends_with(|sign: char| sign.is_ascii_digit());
    if !is_score(number) || broken {
        return Some(Doubt::NoScore(format!(
            "\"{number}\" is not a score from 1 to 6"
        )));
    }
    let not_own = |what: &str| {
        Some(Doubt::NotOwn(format!(
            "the sentence says \"{what}\", so the score may not be the body's own of this year"
        )))
    };
    if let Some(word) = words.split(' ').find(|word| {
        NOT_OWN.contains(word)
            || (word.len() == 4
                && word.starts_with("20")
                && word.bytes().all(|byte| byte.is_ascii_digit()))
    }) {
        return not_own(word);
    }
    if words.contains("strategic health authority") {
        return not_own("strategic health authority");
    }
    if matches!(
        key(head).rsplit(' ').next(),
        Some("by" | "from" | "to" | "or" | "about" | "under" | "over" | "below" | "above")
    ) {
        return not_own(key(head).rsplit(' ').next().unwrap_or_default());
    }
    // Another number with decimals may be the score that is meant.
    let other = sentence
        .split(|sign: char| !(sign.is_ascii_digit() || sign == '.'))
        .map(|part| part.trim_matches('.'))
        .find(|part| part.contains('.') && *part != number);
    if let Some(other) = other {
        return not_own(other);
    }
    match surveys_named(words).as_slice() {
        [] if words.contains("survey")
            && !["the survey", "this survey"]
                .iter()
                .any(|known| words.contains(known)) =>
        {
            not_own("survey")
        }
        [] | [_] => None,
        _ => Some(Doubt::NotOwn("the sentence names two surveys".to_owned())),
    }
}

/// One score from all that a rationale quotes from one survey.
fn decide(document: &Document, rationale: &Prose, own: &[&Candidate<'_>]) -> Option<Score> {
    let certain = |candidate: &&&Candidate<'_>| candidate.doubt.is_none();
    let first = own.iter().find(certain).or(own.first())?;
    let differing = own
        .iter()
        .filter(certain)
        .any(|other| other.number != first.number);
    let damaged = own
        .iter()
        .find(|other| matches!(other.doubt, Some(Doubt::NoScore(_))));
    let refused = if let Some(doubt) = &first.doubt {
        Some(doubt.reason().to_owned())
    } else if differing {
        Some("the text quotes different scores".to_owned())
    } else {
        damaged
            .and_then(|other| other.doubt.as_ref())
            .map(|doubt| doubt.reason().to_owned())
    };
    let (confidence, why) = match (refused, first.named) {
        (Some(why), _) => (Confidence::NotLegible, Some(why)),
        (None, false) => (
            Confidence::Inferred,
            Some("the sentence does not name the survey; scores out of 6 are those of the key stakeholder survey".to_owned()),
        ),
        (None, true) => (Confidence::Read, None),
    };
    let lower = key(first.before);
    let wording = WORDINGS
        .iter()
        .find(|(word, _)| lower.contains(word))
        .map(|(word, _)| *word);
    let lines: Vec<usize> = rationale
        .lines
        .iter()
        .copied()
        .filter(|at| document.text(*at).contains(first.number))
        .collect();
    Some(Score {
        measure: rationale.about.clone(),
        survey: first.survey,
        score: (confidence != Confidence::NotLegible).then(|| first.number.to_owned()),
        wording,
        question: if first.doubt.is_none() {
            question(first.before)
        } else {
            first.sentence.to_owned()
        },
        confidence,
        why,
        lines: if lines.is_empty() {
            rationale.lines.clone()
        } else {
            lines
        },
    })
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

/// The surveys that a key names.
fn surveys_named(words: &str) -> Vec<&'static str> {
    let names: [(&'static str, &[&str]); 4] = [
        ("key-stakeholder", &["stakeholder"]),
        ("mori", &["mori", "public survey"]),
        ("staff", &["staff survey"]),
        ("practice-based-commissioning", &["practice based", "pbc"]),
    ];
    names
        .iter()
        .filter(|(_, patterns)| patterns.iter().any(|pattern| words.contains(pattern)))
        .map(|(survey, _)| *survey)
        .collect()
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
