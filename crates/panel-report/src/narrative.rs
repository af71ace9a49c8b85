//! Overview, commentary, potential for improvement, organisational development and the scorecard.

use crate::catalogue::Catalogue;
use crate::outline::{Document, Label, Part, Section, is_pointer};
use crate::prose::{Wrapping, paragraphs};
use crate::report::{Commentary, Confidence, LineUse, Rating, Recommendation};
use crate::signs::{MarkMethod, legend_line};
use crate::text::{key, plain};

/// Commentary and recommendations of all sections but the pages of components.
pub(crate) fn read(
    document: &mut Document,
    wrapping: &Wrapping,
    parts: &[Part],
) -> (Vec<Commentary>, Vec<Recommendation>) {
    let (mut commentary, mut recommendations) = (Vec::new(), Vec::new());
    let mut headline: Option<(u32, String)> = None;
    for part in parts {
        let heading = match part.section {
            Section::Overview => "Overview",
            Section::Commentary => "Commentary",
            Section::Potential => "Potential for improvement",
            Section::Trajectory => "Potential for improvement: PCT trajectory",
            Section::Development => "Potential for improvement: Organisational development",
            Section::Competencies => "Overview: Competencies",
            Section::Outcomes => "Observations from the analytical phase",
            Section::Front | Section::Contents | Section::Scorecard | Section::Component(_) => {
                continue;
            }
        };
        if part.section != Section::Commentary {
            headline = None;
        }
        let subheading = match &part.label {
            Some(Label::Headline(number, title)) => {
                headline = Some((*number, title.clone()));
                Some(headline_words(*number, title))
            }
            Some(Label::Recommendations) => None,
            Some(Label::Commentary) if part.section != Section::Commentary => {
                Some("Commentary".to_owned())
            }
            Some(Label::Areas) => Some("Areas for development".to_owned()),
            Some(Label::Changes) => Some("Changes in outcomes from last year".to_owned()),
            Some(Label::Performance) => Some("Performance over last year".to_owned()),
            Some(Label::Aspirations) => Some("Aspirations".to_owned()),
            Some(Label::Topline) => Some("Topline introduction".to_owned()),
            _ => headline
                .as_ref()
                .map(|(number, title)| headline_words(*number, title)),
        };
        // The outcomes page has a table; only its observations are commentary.
        if part.section == Section::Outcomes && part.label.is_none() {
            continue;
        }
        note_legends(document, part);
        let source = match (&headline, part.section) {
            (Some((number, _)), Section::Commentary) => format!("Commentary, headline {number}"),
            (_, Section::Outcomes) => "Outcomes, Panel Recommendations".to_owned(),
            _ => heading.to_owned(),
        };
        let is_recommendation = part.label == Some(Label::Recommendations);
        let mut text: Vec<String> = Vec::new();
        let mut lines: Vec<usize> = part.heading_line.into_iter().collect();
        let base = part
            .lines
            .iter()
            .filter_map(|at| document.line(*at))
            .filter(|line| crate::text::item(&line.text).is_some())
            .map(|line| indent(&line.text))
            .min()
            .unwrap_or(0);
        for paragraph in paragraphs(document, &part.lines, wrapping) {
            let words = key(&paragraph.text);
            if matches!(words.as_str(), "observation" | "observations") {
                document.structure(&paragraph.lines, "heading");
                continue;
            }
            let inline = strip_label(&paragraph.text);
            if let Some(recommendation) =
                inline.or(is_recommendation.then_some(paragraph.text.as_str()))
            {
                document.assign(&paragraph.lines, "recommendations.csv");
                let about = if part.section == Section::Outcomes {
                    vec!["outcomes".to_owned()]
                } else {
                    Vec::new()
                };
                recommendations.push(Recommendation {
                    text: recommendation.to_owned(),
                    about,
                    source: source.clone(),
                    why: paragraph.doubt.clone().filter(|_| paragraph.is_cut),
                    lines: paragraph.lines,
                });
                continue;
            }
            document.assign(&paragraph.lines, &format!("commentary.md {heading}"));
            let marker = match paragraph.marker {
                Some(_) if paragraph.indent > base => "  - ",
                Some(_) => "- ",
                None => "",
            };
            text.push(format!("{marker}{}", paragraph.text));
            lines.extend(paragraph.lines);
        }
        if text.is_empty() {
            continue;
        }
        commentary.push(Commentary {
            heading: heading.to_owned(),
            subheading,
            text,
            lines,
        });
    }
    (commentary, recommendations)
}

fn indent(text: &str) -> usize {
    text.chars().take_while(|sign| sign.is_whitespace()).count()
}

fn headline_words(number: u32, title: &str) -> String {
    if number == 0 {
        format!("Headline: {title}")
    } else {
        format!("Headline {number}: {title}")
    }
}

/// The text after `Recommendation:`.
fn strip_label(text: &str) -> Option<&str> {
    let (label, rest) = text.split_once(':')?;
    let label = key(label);
    let rest = rest.trim_matches(['*', ' ']);
    (matches!(
        label.as_str(),
        "recommendation" | "recommendations" | "panel recommendation"
    ) && !rest.is_empty())
    .then_some(rest)
}

fn note_legends(document: &mut Document, part: &Part) {
    for at in &part.lines {
        if document.is_free(*at)
            && (legend_line(document.text(*at)).is_some() && !document.ends_a_sentence(*at)
                || is_pointer(document.text(*at)))
        {
            document.structure(&[*at], "legend");
        }
    }
}

/// The scorecard: its labels, and the ratings of strands that it states in words.
pub(crate) fn scorecard(
    document: &mut Document,
    catalogue: &Catalogue,
    parts: &[Part],
    body: Option<&str>,
) -> Vec<Rating> {
    let mut ratings = Vec::new();
    for part in parts
        .iter()
        .filter(|part| part.section == Section::Scorecard)
    {
        for at in &part.lines {
            if !document.is_free(*at) {
                continue;
            }
            let text = document.text(*at).to_owned();
            let words = key(plain(&text));
            let signs = text
                .trim()
                .trim_start_matches(|sign: char| !sign.is_alphanumeric());
            let labelled = catalogue.components.iter().find(|component| {
                let label = &component.label_key;
                words == *label
                    || words == component.title.key()
                    || component
                        .number
                        .is_some_and(|number| words == format!("{number} {label}"))
            });
            if labelled.is_some()
                || matches!(
                    words.as_str(),
                    "previous"
                        | "current"
                        | "health outcomes and quality"
                        | "competencies"
                        | "governance"
                        | "outcomes"
                        | "health outcomes"
                )
                || words.starts_with("outcomes selection date")
                || legend_line(&text).is_some()
                || body.is_some_and(|body| key(body) == words)
                || (words == "previous" || words == "current") && !signs.is_empty()
            {
                document.structure(&[*at], "scorecard");
                continue;
            }
            for (position, component) in catalogue
                .components
                .iter()
                .enumerate()
                .filter(|(_, component)| component.number.is_none())
            {
                let Some(rest) = words.strip_prefix(&format!("{} ", component.label_key)) else {
                    continue;
                };
                if let Some(step) = catalogue.step_named(position, rest) {
                    document.assign(&[*at], &format!("judgements.csv {}", component.id));
                    ratings.push(Rating {
                        subject: component.id.clone(),
                        method: MarkMethod::Panel,
                        value: component.steps.get(step).map(|step| step.key.clone()),
                        confidence: Confidence::Read,
                        why: None,
                        lines: vec![*at],
                    });
                }
            }
            document.note(
                *at,
                LineUse::Unplaced("a line of the scorecard that is not a label".to_owned()),
            );
        }
    }
    ratings
}
