//! What stands under the grid: statements, outcomes, challenges, findings, recommendations.

use super::grid::{star, value};
use super::{Card, paragraph, put};
use std::fmt::Write as _;
use wcc_core::challenge::Challenge;
use wcc_core::finding::Author;
use wcc_core::output::Counts;
use wcc_core::{Output, Severity};

/// Parts that could not be checked.
pub(super) fn not_checked(card: &Card<'_>, text: &mut String, output: &Output) {
    for (plugin, why) in card.assurance.not_checked(output) {
        paragraph(
            text,
            &format!("{}: ", why.state()),
            &format!("plugin {}: {why}", named(plugin)),
        );
    }
}

/// Identifier and version of a plugin; the version is not known where it could not be asked.
fn named(plugin: &wcc_core::PluginIdentity) -> String {
    format!("{} {}", plugin.id, plugin.version)
        .trim_end()
        .to_owned()
}

/// The two counted statements of the panel report, for each area with several components.
pub(super) fn statements(card: &Card<'_>, text: &mut String, output: &Output) {
    put!(text, "");
    for counts in output.counts.iter().filter(|counts| counts.components > 0) {
        let word = &card.cycle.framework.areas[counts.area].component_word;
        let area = match counts.components {
            1 => word.clone(),
            _ => wcc_core::words::plural(word),
        };
        put!(text, "{}", met(counts, &area));
        put!(text, "{}", improved(counts, &area));
    }
}

fn met(counts: &Counts, area: &str) -> String {
    let mut line = format!(
        "met or went above its self-assessment on {}{} of {} {area}",
        counts.met_self,
        star(counts.self_inferred > 0),
        counts.components
    );
    if counts.self_unknown > 0 {
        line.push_str(&format!("; {} not known", counts.self_unknown));
    }
    line
}

fn improved(counts: &Counts, area: &str) -> String {
    let mut line = format!(
        "improved on last year in {}{} of {} {area}",
        counts.improved,
        star(counts.last_year_inferred > 0),
        counts.components
    );
    if counts.new > 0 {
        line.push_str(&format!("; {} new this year", counts.new));
    }
    if counts.last_year_unknown > 0 {
        line.push_str(&format!("; {} not known", counts.last_year_unknown));
    }
    line
}

/// Values above what the evidence supports, measure by measure: whose they are, which ceilings
/// hold them, what was answered.
pub(super) fn challenges(card: &Card<'_>, text: &mut String, output: &Output) {
    if output.challenges.is_empty() {
        return;
    }
    put!(text, "\nCHALLENGES");
    for on_measure in output
        .challenges
        .chunk_by(|one, other| one.measure == other.measure)
    {
        challenges_on(card, text, output, on_measure);
    }
}

fn challenges_on(card: &Card<'_>, text: &mut String, output: &Output, challenges: &[Challenge]) {
    let framework = &card.cycle.framework;
    let Some(first) = challenges.first() else {
        return;
    };
    let scale = framework.scale_of(first.measure);
    let cell = output.cell(first.measure);
    let values: Vec<String> = challenges
        .iter()
        .map(|one| {
            let star = star(cell.mark(one.method).inferred);
            format!("{} {}{star}", one.method.in_words(), scale.key(one.value))
        })
        .collect();
    let line = format!(
        "{}: {}; the evidence supports {}{}",
        framework.measure(first.measure).id,
        wcc_core::words::all_of(values.iter().map(String::as_str)),
        value(scale, Some(first.supported)),
        star(cell.supported_inferred),
    );
    paragraph(text, "  ", &line);
    // Ceilings that hold none of the values down are left to `wcc explain`.
    let highest = challenges.iter().map(|one| one.value).max();
    let reasons =
        wcc_core::explain::explain_ceilings(card.cycle, card.assurance, output, first.measure);
    for (ceiling, reason) in reasons {
        if Some(ceiling.supports) < highest {
            paragraph(text, "      ", &reason.text);
        }
    }
    for challenge in challenges {
        let Some(at) = challenge.answer else { continue };
        let answer = &card.cycle.answers[at as usize].reason;
        let first = format!("      {} answered: ", challenge.method.in_words());
        paragraph(text, &first, answer);
    }
}

/// Findings, the gravest first.
pub(super) fn findings(card: &Card<'_>, text: &mut String, output: &Output) {
    if output.findings.is_empty() {
        return;
    }
    put!(text, "\nFINDINGS");
    for severity in Severity::ALL.into_iter().rev() {
        for finding in card.assurance.findings_of(output) {
            if finding.severity != severity {
                continue;
            }
            let on = if finding.body == output.body {
                String::new()
            } else {
                format!("{}: ", card.name(finding.body))
            };
            let check = match finding.author {
                Author::Core => finding.check.to_string(),
                Author::Plugin(at) => {
                    let plugin = &card.assurance.plugins[usize::from(at)].plugin;
                    format!("{}, plugin {} {}", finding.check, plugin.id, plugin.version)
                }
            };
            let first = format!("  {:<8}", severity.name());
            paragraph(text, &first, &format!("{on}{} [{check}]", finding.message));
        }
    }
}

/// Recommendations to the PCT and to its cluster.
pub(super) fn recommendations(card: &Card<'_>, text: &mut String, output: &Output) {
    let on_output = card
        .cycle
        .recommendations
        .iter()
        .filter(|one| one.body == output.body || Some(one.body) == output.cluster);
    let mut heading = "\nRECOMMENDATIONS\n";
    for recommendation in on_output {
        let about: Vec<&str> = recommendation
            .about
            .iter()
            .map(|subject| card.cycle.subject_id(*subject))
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
