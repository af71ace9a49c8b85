//! A whole region in one table, one line for each PCT, for cases that are too large to print body
//! by body.

use super::brief::cut;
use super::grid::WIDTH;
use super::values::ShownResult;
use super::{Card, put};
use std::fmt::Write as _;
use wcc_core::framework::{Component, Names, RuleLevel, Words};
use wcc_core::{BodyIndex, BodyKind, ChallengeState, ComponentIndex, Output, Severity};

/// Minimum width of a name.
const MIN_NAME: usize = 26;

/// One column: a component, its heading and its width.
struct Column {
    index: ComponentIndex,
    heading: String,
    width: usize,
}

/// Every PCT of the cycle, region by region.
pub(super) fn regions(card: &Card<'_>, text: &mut String) {
    let organisations = &card.cycle.organisations;
    let mut regions: Vec<(Option<BodyIndex>, Vec<&Output>)> = Vec::new();
    let clusters = card.assurance.clusters.iter();
    let clusters = clusters.filter_map(|cluster| cluster.output.as_ref());
    let outputs = card.assurance.outputs.iter().map(|output| &**output);
    for output in clusters.chain(outputs) {
        let sha = organisations.sha_of(output.body);
        match regions.iter_mut().find(|(region, _)| *region == sha) {
            Some((_, outputs)) => outputs.push(output),
            None => regions.push((sha, vec![output])),
        }
    }
    regions.sort_by_key(|(sha, _)| sha.map(|sha| organisations.body(sha).name.as_str()));
    let words = &card.cycle.framework.words;
    let columns = columns(card);
    let used: usize = columns.iter().map(|column| column.width).sum();
    let name_width = WIDTH.saturating_sub(used + 14).max(MIN_NAME);
    for (sha, outputs) in regions {
        let title = sha.map_or_else(|| without_region(words), |sha| card.name(sha));
        let headings: String = columns
            .iter()
            .map(|column| format!("{:<width$}", column.heading, width = column.width))
            .collect();
        put!(text, "\n{}", title.to_uppercase());
        put!(
            text,
            "{:<name_width$}{headings}{:>6}{:>8}",
            "",
            "open",
            "errors"
        );
        for output in outputs {
            row(card, text, output, &columns, name_width);
        }
    }
}

/// The heading of bodies whose authority is not recorded, or that have none.
fn without_region(words: &Words) -> String {
    match (words.names, &words.authority) {
        (Names::WorldClassCommissioning, _) => "No region recorded".to_owned(),
        (Names::Neutral, Some(authority)) => format!("No {} recorded", authority.one),
        (Names::Neutral, None) => words.body.many.clone(),
    }
}

fn columns(card: &Card<'_>) -> Vec<Column> {
    let framework = &card.cycle.framework;
    let scored = framework
        .each_component()
        .filter(|(_, component)| component.scored);
    scored
        .map(|(index, component)| {
            let heading = short(component);
            let scale = framework.scale_of_component(index);
            let longest = scale
                .steps()
                .iter()
                .map(|step| step.key.chars().count())
                .max();
            let signs = max_signs(card, index);
            let width = heading.chars().count().max(longest.unwrap_or(1) + signs) + 1;
            Column {
                index,
                heading,
                width,
            }
        })
        .collect()
}

/// Maximum number of signs after a result in the column of a component: one or two.
fn max_signs(card: &Card<'_>, component: ComponentIndex) -> usize {
    let results = card.assurance.outputs.iter();
    let mut results = results.map(|output| output.component(component).current());
    let both = results.any(|result| result.inferred() && result.is_by_rule_alone());
    1 + usize::from(both)
}

/// A component's identifier if it is short, otherwise the beginning of its label.
fn short(component: &Component) -> String {
    if component.id.chars().count() <= 3 {
        component.id.clone()
    } else {
        component.label.chars().take(6).collect()
    }
}

fn row(card: &Card<'_>, text: &mut String, output: &Output, columns: &[Column], name_width: usize) {
    let framework = &card.cycle.framework;
    let body = card.cycle.organisations.body(output.body);
    let mut line = if output.kind == BodyKind::Cluster {
        // The code of a cluster only repeats its name.
        let word = format!(", {}", framework.words.group.one);
        let max_length = name_width.saturating_sub(word.chars().count() + 1);
        format!(
            "{:<name_width$}",
            format!("{}{word}", cut(&body.name, max_length))
        )
    } else {
        let code = format!(" ({})", body.code);
        let max_length = name_width.saturating_sub(code.chars().count() + 1);
        format!(
            "{:<name_width$}",
            format!("{}{code}", cut(&body.name, max_length))
        )
    };
    for column in columns {
        if !output.assesses(framework, column.index) {
            line.push_str(&format!("{:<width$}", "-", width = column.width));
            continue;
        }
        let level = RuleLevel::Component(column.index);
        let result = ShownResult::current(card, output, level);
        let value = result.map_or_else(String::new, |result| result.key() + &result.signs());
        line.push_str(&format!("{value:<width$}", width = column.width));
    }
    let findings = card.assurance.findings_of(output);
    let errors = findings
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let open = output.challenges_in(ChallengeState::Open);
    put!(text, "{line}{open:>6}{errors:>8}");
}
