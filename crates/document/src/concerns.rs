//! Challenges with their answers, findings, and the most serious of both.

use crate::context::Context;
use crate::model::{Block, Section, Style, Text};
use crate::words::{bullets, capitalised, lines, paragraph, strong, value};
use std::cmp::Reverse;
use wcc_core::concern::Concern;
use wcc_core::explain::{
    ReasonKind, about_in_words, explain_ceilings, explain_measure, finding_in_words,
};
use wcc_core::finding::{About, Author};
use wcc_core::{Challenge, ChallengeState, Finding, Severity};

/// Maximum number of concerns on a page that shows the most serious.
const MAX_CONCERNS: usize = 6;

/// The challenges by measure: the values, what limits them, and the answers. `None` if there are
/// none.
pub(crate) fn challenges(context: &Context<'_>) -> Option<Block> {
    let by_measure = context
        .output
        .challenges
        .chunk_by(|left, right| left.measure == right.measure);
    let items: Vec<Vec<Block>> = by_measure
        .map(|challenges| on_measure(context, challenges))
        .collect();
    (!items.is_empty()).then(|| bullets(items))
}

fn on_measure(context: &Context<'_>, challenges: &[Challenge]) -> Vec<Block> {
    let Some(first) = challenges.first() else {
        return Vec::new();
    };
    let (cycle, assurance, output) = (context.cycle(), context.source.assurance, context.output);
    let about = about_in_words(cycle, &About::Measure(first.measure));
    let highest = challenges.iter().map(|challenge| challenge.value).max();
    let ceilings = explain_ceilings(cycle, assurance, output, first.measure);
    // Ceilings that limit none of the values explain nothing here.
    let deciding = ceilings.filter(|(ceiling, _)| Some(ceiling.supports) < highest);
    let deciding = deciding.map(|(_, reason)| capitalised(&reason.text));
    let reasons = explain_measure(cycle, assurance, output, first.measure).into_iter();
    let challenges = reasons.filter(|reason| reason.kind == ReasonKind::Challenge);
    let challenges = challenges.map(|reason| {
        let words = reason.text.strip_prefix("challenge: ");
        capitalised(words.unwrap_or(&reason.text))
    });
    vec![paragraph(strong(about)), lines(challenges.chain(deciding))]
}

/// The findings of the program, then those of each plugin, as sections.
pub(crate) fn findings(context: &Context<'_>) -> Vec<Section> {
    let assurance = context.source.assurance;
    let mut findings: Vec<&Finding> = assurance.findings_of(context.output).collect();
    findings.sort_by_key(|finding| {
        (
            finding.author,
            finding.about.report_order(context.cycle(), context.output),
            Reverse(finding.severity),
        )
    });
    let by_author = findings.chunk_by(|left, right| left.author == right.author);
    let sections = by_author.map(|findings| {
        let author = findings.first().map(|finding| finding.author);
        let title = match author {
            Some(Author::Plugin(at)) => {
                let plugin = &assurance.plugin_run(at).plugin;
                format!("Checks of {}", plugin.name_and_version())
            }
            Some(Author::Core) | None => "Checks of the program".to_owned(),
        };
        let by_subject = findings.chunk_by(|left, right| left.about == right.about);
        let items = by_subject.map(|findings| on_subject(context, findings));
        Section {
            title,
            blocks: vec![bullets(items.collect())],
            ..Section::default()
        }
    });
    sections.collect()
}

fn on_subject(context: &Context<'_>, findings: &[&Finding]) -> Vec<Block> {
    let cycle = context.cycle();
    let about = findings
        .first()
        .map(|first| about_in_words(cycle, &first.about));
    let messages = findings.iter().map(|finding| {
        let assurance = context.source.assurance;
        let words = finding_in_words(cycle, assurance, context.output, finding, true);
        severity(finding.severity).and(words, Style::Plain)
    });
    vec![
        paragraph(strong(about.unwrap_or_default())),
        lines(messages),
    ]
}

fn severity(severity: Severity) -> Text {
    let style = match severity {
        Severity::Error => Style::Strong,
        Severity::Warning => Style::Emphasis,
        Severity::Note => Style::Quiet,
    };
    Text::styled(format!("{}: ", capitalised(severity.name())), style)
}

/// The most serious challenges and findings in short; `None` if there are none.
pub(crate) fn most_serious(context: &Context<'_>) -> Option<Block> {
    let concerns = context.source.assurance.concerns(context.output);
    let serious = concerns.iter().filter(|concern| concern.is_serious());
    let mut items: Vec<Text> = serious
        .clone()
        .take(MAX_CONCERNS)
        .map(|concern| in_short(context, concern))
        .collect();
    let more = concerns.len() - items.len();
    if concerns.is_empty() {
        return None;
    }
    if more > 0 {
        let words = match items.is_empty() {
            true => format!("{more} of lower severity"),
            false => format!("and {more} more"),
        };
        items.push(Text::styled(words, Style::Quiet));
    }
    Some(lines(items))
}

fn in_short(context: &Context<'_>, concern: &Concern<'_>) -> Text {
    let (cycle, framework) = (context.cycle(), context.framework());
    let mut parts: Vec<String> = Vec::new();
    if let Some(first) = concern.challenges.first() {
        let scale = framework.scale_of(first.measure);
        let values = concern.challenges.iter().map(|challenge| {
            format!(
                "{} {}",
                context.methods.title(challenge.method),
                value(scale, challenge.value)
            )
        });
        let values: Vec<String> = values.collect();
        let mut states = concern.challenges.iter().map(|challenge| challenge.state());
        let state = match states.any(|state| state == ChallengeState::Open) {
            true => "not answered",
            false => "answered",
        };
        parts.push(format!(
            "{}, but the evidence supports {}; {state}",
            values.join(" and "),
            value(scale, first.supported)
        ));
    }
    let findings = concern.findings.iter();
    let shown = findings.take(if parts.is_empty() { 1 } else { 0 });
    parts.extend(shown.map(|finding| {
        finding_in_words(
            cycle,
            context.source.assurance,
            context.output,
            finding,
            false,
        )
    }));
    let name = about_in_words(cycle, &concern.about);
    let names_it = parts.first().is_some_and(|part| part.contains(&name));
    let about = match concern.about {
        About::Body => String::new(),
        About::Outcome(_) | About::Function(_) if names_it => String::new(),
        _ => format!("{name}: "),
    };
    let words = format!("{about}{}", parts.join("; "));
    severity(concern.severity()).and(words, Style::Plain)
}
