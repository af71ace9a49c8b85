//! The prose of the report: commentary, recommendations, rationales, surveys, evidence, timetable.

use super::{Card, paragraph, put};
use std::fmt::Write as _;
use wcc_core::explain::{evidence_in_words, survey_in_words, topic_in_words};
use wcc_core::output::Origin;
use wcc_core::{BodyIndex, Method, Output};

/// The bodies whose records are printed with an output: the body, and its cluster unless the
/// cluster is printed separately.
fn bodies(output: &Output, alone: bool) -> Vec<BodyIndex> {
    let all = output.bodies();
    all.filter(|body| alone || *body == output.body).collect()
}

/// Commentary in the order of the report: overview, strengths, headlines, trajectory,
/// organisational development.
pub(super) fn commentary(card: &Card<'_>, text: &mut String, output: &Output, alone: bool) {
    let bodies = bodies(output, alone);
    let mut previous_headings: &[Box<str>] = &[];
    let pieces = card.cycle.records.commentary.iter();
    for piece in pieces.filter(|piece| bodies.contains(&piece.body)) {
        let shared_depth = previous_headings.iter().zip(&piece.headings);
        let shared_depth = shared_depth
            .take_while(|(previous, current)| previous == current)
            .count();
        if previous_headings.is_empty() && piece.headings.is_empty() {
            put!(text, "");
        }
        for (depth, heading) in piece.headings.iter().enumerate().skip(shared_depth) {
            match depth {
                0 => put!(text, "\n{}", heading.to_uppercase()),
                _ => put!(text, "\n  {heading}"),
            }
        }
        previous_headings = &piece.headings;
        markdown(text, &piece.text);
        if !piece.about.is_empty() {
            let topics = piece.about.iter();
            let labels = topics.map(|topic| topic_in_words(&card.cycle.framework, topic));
            let labels: Vec<String> = labels.collect();
            paragraph(text, "  ", &format!("(about {})", labels.join(", ")));
        }
    }
}

/// Paragraphs and bullets of Markdown, wrapped to the card's width.
fn markdown(text: &mut String, source: &str) {
    let mut paragraph_text = String::new();
    let mut first = "  ";
    let close = |paragraph_text: &mut String, first: &str, text: &mut String| {
        if !paragraph_text.is_empty() {
            paragraph(text, first, paragraph_text);
            paragraph_text.clear();
        }
    };
    for line in source.lines() {
        let line = line.trim();
        if line.is_empty() {
            close(&mut paragraph_text, first, text);
            first = "  ";
            continue;
        }
        let bullet = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        if let Some(bullet) = bullet {
            close(&mut paragraph_text, first, text);
            first = "  - ";
            paragraph_text.push_str(bullet);
            continue;
        }
        if !paragraph_text.is_empty() {
            paragraph_text.push(' ');
        }
        paragraph_text.push_str(line);
    }
    close(&mut paragraph_text, first, text);
}

/// Recommendations to the body and to its cluster.
pub(super) fn recommendations(card: &Card<'_>, text: &mut String, output: &Output) {
    let on_output = card
        .cycle
        .records
        .recommendations
        .iter()
        .filter(|recommendation| output.bodies().any(|body| body == recommendation.body));
    let mut heading = "\nRECOMMENDATIONS\n";
    for recommendation in on_output {
        let about: Vec<&str> = recommendation
            .about
            .iter()
            .map(|topic| card.cycle.topic_id(topic))
            .collect();
        let about = if about.is_empty() {
            String::new()
        } else {
            format!(" [{}]", about.join(" "))
        };
        text.push_str(heading);
        paragraph(text, "  - ", &format!("{}{about}", recommendation.text));
        heading = "";
    }
}

/// The rationale of each value, in the assessor's words. Rationales that a PCT inherits are
/// printed with its cluster or with the function.
pub(super) fn rationales(card: &Card<'_>, text: &mut String, output: &Output, alone: bool) {
    let framework = &card.cycle.framework;
    let mut heading = "\nRATIONALES\n";
    for (index, measure) in framework.each_measure() {
        let cell = output.cell(index);
        for method in Method::ALL {
            let mark = cell.mark(method);
            let inherited = match mark.origin {
                Origin::Cluster => output.cluster.is_some(),
                Origin::Function => true,
                _ => false,
            };
            if inherited && !alone {
                continue;
            }
            let Some(judgement) = mark.judgement(card.cycle) else {
                continue;
            };
            let details = judgement.details();
            let reason = details
                .reason
                .as_deref()
                .map(|reason| format!("Reason: {reason}"));
            let parts = [details.rationale.as_deref(), reason.as_deref()];
            let parts: Vec<&str> = parts.into_iter().flatten().collect();
            if parts.is_empty() {
                continue;
            }
            let value = match mark.value {
                // Text is printed under its measure.
                _ if details.text.is_some() => String::new(),
                Some(step) => format!(" {}", framework.scale_of(index).key(step)),
                None if mark.not_applicable() => " not applicable".to_owned(),
                None => " not known".to_owned(),
            };
            text.push_str(heading);
            heading = "";
            put!(text, "  {} {}", measure.id, measure.title);
            let first = format!("      {}{value}: ", framework.methods.title(method));
            let body = parts.join(" ");
            paragraph(text, "      ", &format!("{}{body}", first.trim_start()));
        }
    }
}

/// Survey results on the body.
pub(super) fn surveys(card: &Card<'_>, text: &mut String, output: &Output, alone: bool) {
    let framework = &card.cycle.framework;
    let mut heading = "\nSURVEY RESULTS\n";
    let positions = bodies(output, alone).into_iter();
    let positions = positions.flat_map(|body| card.cycle.surveys_of(body));
    for result in positions.filter_map(|at| card.cycle.records.surveys.get(at)) {
        let line = survey_in_words(framework, result);
        text.push_str(heading);
        heading = "";
        paragraph(text, "  ", &line);
    }
}

/// Evidence on the body, with the measures that it lists.
pub(super) fn evidence(card: &Card<'_>, text: &mut String, output: &Output, alone: bool) {
    let bodies = bodies(output, alone);
    let mut heading = "\nEVIDENCE\n";
    let items = card.cycle.records.evidence.iter();
    for item in items.filter(|item| bodies.contains(&item.body)) {
        text.push_str(heading);
        heading = "";
        paragraph(
            text,
            "  - ",
            &evidence_in_words(&card.cycle.framework, item),
        );
    }
}

/// The phases of the cycle with their dates.
pub(super) fn timetable(card: &Card<'_>, text: &mut String) {
    let mut heading = "\nTIMETABLE\n";
    for phase in &card.cycle.framework.phases {
        let dates = match (&phase.as_stated, phase.from, phase.to) {
            (Some(stated), _, _) => stated.clone(),
            (None, Some(from), Some(to)) => format!("{from} to {to}"),
            (None, Some(from), None) => format!("from {from}"),
            (None, None, Some(to)) => format!("until {to}"),
            (None, None, None) => "no date given".to_owned(),
        };
        text.push_str(heading);
        heading = "";
        paragraph(text, "  ", &format!("{}: {dates}", phase.title));
    }
}
