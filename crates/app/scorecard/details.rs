//! The parts under the grid: statements, challenges, findings.

use super::grid::star;
use super::values::step_in_words;
use super::{Card, paragraph, put};
use std::cmp::Reverse;
use std::fmt::Write as _;
use wcc_core::challenge::{Challenge, ChangeOfMind};
use wcc_core::counted::counted_statements;
use wcc_core::explain::{self, about_in_words};
use wcc_core::finding::About;
use wcc_core::{ChallengeState, Finding, Output, Scale};

/// The plugins whose checks were not made.
pub(super) fn not_checked(card: &Card<'_>, text: &mut String, output: &Output) {
    for (plugin, reason) in card.assurance.not_checked(output) {
        paragraph(
            text,
            &format!("{}: ", reason.state()),
            &format!("plugin {}: {reason}", plugin.name_and_version()),
        );
    }
}

/// The counted statements: the count from the marks, and below it the count that a report states.
pub(super) fn statements(card: &Card<'_>, text: &mut String, output: &Output) {
    put!(text, "");
    for statement in counted_statements(card.cycle, output) {
        let published = statement.published_in_words();
        match (&statement.computed, published) {
            (Some(computed), published) => {
                paragraph(text, "", computed);
                if let Some(published) = published {
                    paragraph(text, "  ", &published);
                }
            }
            (None, Some(published)) => paragraph(text, "", &published),
            (None, None) => {}
        }
    }
}

/// Values above what the evidence supports, by measure: the methods, the ceilings, the answers.
pub(super) fn challenges(card: &Card<'_>, text: &mut String, output: &Output) {
    if output.challenges.is_empty() {
        return;
    }
    put!(text, "\nCHALLENGES");
    for challenges in output
        .challenges
        .chunk_by(|left, right| left.measure == right.measure)
    {
        challenges_on(card, text, output, challenges);
    }
}

/// The challenged values of a measure by method: "self-assessment 3 and panel assessment 3*".
pub(super) fn challenged_values<'a>(
    card: &Card<'_>,
    output: &Output,
    challenges: impl IntoIterator<Item = &'a Challenge>,
) -> String {
    let values = challenges.into_iter().map(|challenge| {
        let scale = card.cycle.framework.scale_of(challenge.measure);
        let mark = output.cell(challenge.measure).mark(challenge.method);
        format!(
            "{} {}{}",
            card.cycle.framework.methods.title(challenge.method),
            scale.key(challenge.value),
            star(mark.inferred())
        )
    });
    let values: Vec<String> = values.collect();
    wcc_core::words::all_of(values.iter().map(String::as_str))
}

/// What a challenged value was changed to, by whom, when and why, as far as it is recorded.
fn change_in_words(card: &Card<'_>, scale: &Scale, change: &ChangeOfMind) -> String {
    let to = change
        .to
        .map_or_else(|| "not known".to_owned(), |step| step_in_words(scale, step));
    let mut words = format!("now {to}");
    let judgement = card.cycle.judgement(change.by);
    let details = judgement.map(|judgement| judgement.details());
    if let Some(author) = details.and_then(|details| details.author.as_deref()) {
        words.push_str(&format!(", by {author}"));
    }
    if let Some(date) = details.and_then(|details| details.date) {
        words.push_str(&format!(", on {date}"));
    }
    if let Some(reason) = card.cycle.reason_of(change.by) {
        words.push_str(&format!(": {reason}"));
    }
    words
}

fn challenges_on(card: &Card<'_>, text: &mut String, output: &Output, challenges: &[Challenge]) {
    let framework = &card.cycle.framework;
    let Some(first) = challenges.first() else {
        return;
    };
    let scale = framework.scale_of(first.measure);
    let cell = output.cell(first.measure);
    let line = format!(
        "{}: {}; the evidence supports {}{}",
        about_in_words(card.cycle, &About::Measure(first.measure)),
        challenged_values(card, output, challenges),
        step_in_words(scale, first.supported),
        star(cell.supported_inferred),
    );
    paragraph(text, "  ", &line);
    // Ceilings that limit none of the values are shown only by `wcc explain`.
    let highest = challenges.iter().map(|challenge| challenge.value).max();
    let reasons =
        wcc_core::explain::explain_ceilings(card.cycle, card.assurance, output, first.measure);
    for (ceiling, reason) in reasons {
        if Some(ceiling.supports) < highest {
            paragraph(text, "      ", &reason.text);
        }
    }
    for challenge in challenges {
        let method = card.cycle.framework.methods.title(challenge.method);
        if let Some(change) = &challenge.changed {
            let first = format!("      {method} changed: ");
            paragraph(text, &first, &change_in_words(card, scale, change));
            continue;
        }
        let answers = &card.cycle.records.answers;
        let answer = challenge.answer.and_then(|at| answers.get(at as usize));
        let Some(answer) = answer else {
            let state = match challenge.state() {
                ChallengeState::Open => "not answered".to_owned(),
                state => state.in_words(&framework.methods),
            };
            put!(text, "      {method}: {state}");
            continue;
        };
        let first = format!("      {method} answered: ");
        paragraph(text, &first, &answer.reason);
    }
}

/// Findings, grouped by subject: outcomes, then measures and strands in the order of the
/// framework.
pub(super) fn findings(card: &Card<'_>, text: &mut String, output: &Output) {
    let mut findings: Vec<&Finding> = card.assurance.findings_of(output).collect();
    if findings.is_empty() {
        return;
    }
    put!(text, "\nFINDINGS");
    findings.sort_by_key(|finding| {
        (
            finding.about.report_order(card.cycle, output),
            Reverse(finding.severity),
        )
    });
    for group in findings.chunk_by(|left, right| left.about == right.about) {
        let Some(first) = group.first() else {
            continue;
        };
        put!(text, "  {}", about_in_words(card.cycle, &first.about));
        for finding in group {
            let first = format!("    {:<8}", finding.severity.name());
            paragraph(text, &first, &finding_in_words(card, output, finding));
        }
    }
}

/// A finding's message with the body that it is on, if it is a different one, and (in full) its
/// check and plugin.
pub(super) fn finding_in_words(card: &Card<'_>, output: &Output, finding: &Finding) -> String {
    let with_check = card.detail == super::Detail::Full;
    explain::finding_in_words(card.cycle, card.assurance, output, finding, with_check)
}
