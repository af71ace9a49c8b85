//! Places of a report that do not agree. They are reported and never resolved.

use crate::catalogue::Catalogue;
use crate::outline::{Document, Label, Part, Section};
use crate::report::{Confidence, Contradiction, OutcomeRow, Prose, Rating, numbers};
use crate::signs::MarkMethod;
use crate::text::{key, number_named};

/// Adds ratings that the scorecard states. One that differs from the table's makes both illegible.
pub(crate) fn merge_scorecard(
    ratings: &mut Vec<Rating>,
    carded: Vec<Rating>,
) -> Vec<Contradiction> {
    let mut out = Vec::new();
    for rating in carded {
        match ratings
            .iter_mut()
            .find(|known| known.subject == rating.subject && known.method == rating.method)
        {
            None => ratings.push(rating),
            Some(known) if known.value.is_none() => *known = rating,
            Some(known) if known.value == rating.value => known.lines.extend(rating.lines),
            Some(known) => {
                out.push(Contradiction {
                    sentence: format!(
                        "{}: the table says {}, the scorecard {}",
                        known.subject,
                        known.value.as_deref().unwrap_or_default(),
                        rating.value.as_deref().unwrap_or_default()
                    ),
                    lines: some_numbers(&[known.lines.clone(), rating.lines].concat()),
                });
                known.value = None;
                known.confidence = Confidence::NotLegible;
                known.why = Some("the table and the scorecard differ".to_owned());
            }
        }
    }
    out
}

/// The largest number of contradictions of one kind that are listed.
const MAX_LISTED: usize = 100;
/// The largest number of lines that a contradiction names.
const MAX_LINES: usize = 200;

/// The numbers of lines, the first of them if there are too many to look up.
fn some_numbers(lines: &[usize]) -> Vec<u32> {
    let mut numbers = numbers(lines);
    numbers.truncate(MAX_LINES);
    numbers
}

/// Shortens a list of contradictions of one kind, and says how many are left out.
fn limit(found: &mut Vec<Contradiction>) {
    let more = found.len().saturating_sub(MAX_LISTED);
    if let Some(first) = found.get(MAX_LISTED).filter(|_| more > 0) {
        let last = Contradiction {
            sentence: format!("{more} more contradictions of this kind are not listed"),
            lines: first.lines.clone(),
        };
        found.truncate(MAX_LISTED);
        found.push(last);
    }
}

pub(crate) fn find(
    document: &Document,
    catalogue: &Catalogue,
    parts: &[Part],
    ratings: &[Rating],
    rationales: &[Prose],
    outcomes: &[OutcomeRow],
) -> Vec<Contradiction> {
    let mut out = Vec::new();
    let mark = |subject: &str, method: MarkMethod| {
        ratings
            .iter()
            .find(|rating| rating.subject == subject && rating.method == method)
    };
    for rationale in rationales {
        let Some(panel) = mark(&rationale.about, MarkMethod::Panel) else {
            continue;
        };
        let (Some(value), Some(text)) = (&panel.value, &rationale.text) else {
            continue;
        };
        let Ok(level) = value.parse::<u32>() else {
            continue;
        };
        if out.len() > 2 * MAX_LISTED {
            break;
        }
        for (denied, sentence) in denied_levels(text) {
            if level >= denied {
                out.push(Contradiction {
                    sentence: format!("{}: the table has the panel at level {level}, the rationale says \"{sentence}\"", rationale.about),
                    lines: some_numbers(&[panel.lines.clone(), rationale.lines.clone()].concat()),
                });
            }
        }
        for (stated, sentence) in awarded_levels(text) {
            if level != stated {
                out.push(Contradiction {
                    sentence: format!("{}: the table has the panel at level {level}, the rationale says \"{sentence}\"", rationale.about),
                    lines: some_numbers(&[panel.lines.clone(), rationale.lines.clone()].concat()),
                });
            }
        }
    }
    limit(&mut out);
    let mut others = Vec::new();
    headlines(document, parts, &mut others);
    stated_ratings(document, catalogue, parts, ratings, &mut others);
    counts(document, catalogue, parts, ratings, &mut others);
    limit(&mut others);
    out.extend(others);
    for row in outcomes {
        let historic = row.rates.iter().find(|rate| rate.column == "historic");
        let rate: Option<f64> = historic.and_then(|rate| rate.value.as_ref()?.parse().ok());
        let better = row.better.or_else(|| {
            let known = catalogue
                .outcomes
                .iter()
                .find(|known| known.id == row.outcome)?;
            Some(known.better.name())
        });
        let (Some(rate), Some(better), Some((stated, lines))) =
            (rate, better, &row.stated_position)
        else {
            continue;
        };
        let improves = if better == "higher" {
            rate > 0.0
        } else {
            rate < 0.0
        };
        if rate != 0.0
            && ((*stated == "improved" && !improves) || (*stated == "slipped" && improves))
        {
            out.push(Contradiction {
                sentence: format!("outcome {}: the text says \"{stated}\" over the last year; the rate over three years is {rate}, {better} is better", row.slot),
                lines: some_numbers(&[row.lines.clone(), lines.clone()].concat()),
            });
        }
    }
    out
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(". ").map(str::trim)
}

/// Levels that a rationale denies: `do not support a level 3 score`.
fn denied_levels(text: &str) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    for sentence in sentences(text) {
        let words = key(sentence);
        let denied = [
            "not support a level ",
            "not support level ",
            "not evidence level ",
            "not support a score of ",
            "not reach level ",
            "not meet level ",
        ];
        for pattern in denied {
            if let Some((_, rest)) = words.split_once(pattern)
                && let Some(level) = rest.split(' ').next().and_then(number_named)
            {
                out.push((level, sentence.trim_end_matches('.').to_owned()));
            }
        }
    }
    out
}

/// Levels that a rationale says the panel gave: `the panel awarded level 2`.
fn awarded_levels(text: &str) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    for sentence in sentences(text) {
        let words = key(sentence);
        if words.contains(" not ") {
            continue;
        }
        for pattern in [
            "panel awarded a level ",
            "panel awarded level ",
            "panel scored this as level ",
            "panel assessed this as level ",
            "panel assessed this at level ",
            "panel agreed a level ",
            "panel agreed level ",
            "panel gave a level ",
            "panel gave level ",
        ] {
            if let Some((_, rest)) = words.split_once(pattern)
                && let Some(level) = rest.split(' ').next().and_then(number_named)
            {
                out.push((level, sentence.trim_end_matches('.').to_owned()));
            }
        }
    }
    out
}

/// The number of main areas that the text announces, against the headlines.
fn headlines(document: &Document, parts: &[Part], out: &mut Vec<Contradiction>) {
    let found: Vec<usize> = parts
        .iter()
        .filter(|part| matches!(part.label, Some(Label::Headline(..))))
        .filter_map(|part| part.heading_line)
        .collect();
    if found.is_empty() {
        return;
    }
    for part in parts
        .iter()
        .filter(|part| matches!(part.section, Section::Overview | Section::Commentary))
    {
        for at in &part.lines {
            let words = key(document.text(*at));
            let words: Vec<&str> = words.split(' ').collect();
            let announced = words.windows(3).find_map(|run| match run {
                [number, "main" | "major", "areas"] => number_named(number),
                _ => None,
            });
            if let Some(announced) =
                announced.filter(|number| usize::try_from(*number) != Ok(found.len()))
            {
                if out.len() > MAX_LISTED {
                    return;
                }
                out.push(Contradiction {
                    sentence: format!(
                        "the text announces {announced} main areas; {} headlines follow",
                        found.len()
                    ),
                    lines: some_numbers(&[vec![*at], found.clone()].concat()),
                });
            }
        }
    }
}

/// Ratings of strands that the commentary names: `The amber rating reflects the strategic plan`.
fn stated_ratings(
    document: &Document,
    catalogue: &Catalogue,
    parts: &[Part],
    ratings: &[Rating],
    out: &mut Vec<Contradiction>,
) {
    for part in parts.iter().filter(|part| {
        matches!(
            part.section,
            Section::Trajectory | Section::Commentary | Section::Overview
        )
    }) {
        for at in &part.lines {
            for sentence in sentences(document.text(*at)) {
                let words = key(sentence);
                for component in catalogue
                    .components
                    .iter()
                    .filter(|component| component.number.is_none())
                {
                    let label = &component.label_key;
                    let Some(rating) = ratings.iter().find(|rating| rating.subject == component.id)
                    else {
                        continue;
                    };
                    for step in &component.steps {
                        let said = words.contains(&format!("{} rating", step.key))
                            && (words.contains(&format!("{label} "))
                                || words.contains(&format!(" {label}")))
                            || words.contains(&format!("{label} was rated {}", step.key));
                        if said
                            && rating
                                .value
                                .as_ref()
                                .is_some_and(|value| *value != step.key)
                        {
                            out.push(Contradiction {
                                sentence: format!(
                                    "{}: the table says {}, the text says \"{}\"",
                                    component.label,
                                    rating.value.as_deref().unwrap_or_default(),
                                    sentence
                                ),
                                lines: some_numbers(&[rating.lines.clone(), vec![*at]].concat()),
                            });
                        }
                    }
                }
            }
        }
    }
}

/// The number of competencies that met their self-assessment, if every mark is legible and the count
/// comes out otherwise however a competency is made of its measures.
fn counts(
    document: &Document,
    catalogue: &Catalogue,
    parts: &[Part],
    ratings: &[Rating],
    out: &mut Vec<Contradiction>,
) {
    let value = |id: &str, method: MarkMethod| -> Option<u32> {
        ratings
            .iter()
            .find(|rating| rating.subject == id && rating.method == method)?
            .value
            .as_ref()?
            .parse()
            .ok()
    };
    let mut pairs: Vec<(bool, bool)> = Vec::new();
    for component in catalogue
        .components
        .iter()
        .filter(|component| component.number.is_some() && !component.measures.is_empty())
    {
        let mut every = true;
        let mut none = true;
        for measure in component
            .measures
            .iter()
            .filter_map(|at| catalogue.measures.get(*at))
        {
            let (Some(panel), Some(own)) = (
                value(&measure.id, MarkMethod::Panel),
                value(&measure.id, MarkMethod::Own),
            ) else {
                return;
            };
            every &= panel >= own;
            none &= panel < own;
        }
        pairs.push((every, none));
    }
    if pairs.is_empty() {
        return;
    }
    let least = pairs.iter().filter(|(every, _)| *every).count();
    let most = pairs.iter().filter(|(_, none)| !*none).count();
    for part in parts
        .iter()
        .filter(|part| part.section == Section::Competencies)
    {
        for at in &part.lines {
            let words = key(document.text(*at));
            if !(words.contains("self assess")
                && (words.contains("meet") || words.contains("met ")))
            {
                continue;
            }
            let words: Vec<&str> = words.split(' ').collect();
            let stated = words.windows(2).find_map(|pair| match pair {
                [number, noun] if noun.starts_with("competenc") => number_named(number),
                _ => None,
            });
            let Some(stated) = stated.and_then(|stated| usize::try_from(stated).ok()) else {
                continue;
            };
            if stated < least || stated > most {
                out.push(Contradiction {
                    sentence: format!("the text says that {stated} competencies met their self-assessment; by the tables it is at least {least} and at most {most}"),
                    lines: some_numbers(&[*at]),
                });
            }
        }
    }
}
