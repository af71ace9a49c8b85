//! A whole region in one table, one line for each PCT, for cases that are too large to print body
//! by body.

use super::brief::cut;
use super::grid::WIDTH;
use super::values::ShownResult;
use super::{Card, put};
use std::fmt::Write as _;
use wcc_core::framework::{FrameworkPart, Names, Words};
use wcc_core::{BodyIndex, BodyKind, ChallengeState, Output, Severity};

/// Minimum width of a name.
const MIN_NAME: usize = 26;

/// Maximum width of the heading of the overall result.
const MAX_OVERALL: usize = 24;

/// One column: a part of the framework that has a result, its heading and its width.
struct Column {
    level: FrameworkPart,
    heading: String,
    width: usize,
}

/// Every PCT of the cycle, region by region.
pub(super) fn regions(card: &Card<'_>, text: &mut String) {
    let organisations = &card.cycle.organisations;
    let mut regions: Vec<(Option<BodyIndex>, Vec<&Output>)> = Vec::new();
    for output in outputs(card) {
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

/// The results of each area's components, of the area, and of the whole. Headings that are not rated
/// have no column.
fn columns(card: &Card<'_>) -> Vec<Column> {
    let framework = &card.cycle.framework;
    let mut columns = Vec::new();
    for (at, area) in framework.areas.iter().enumerate() {
        let components = framework.each_component();
        let rated = components.filter(|(_, component)| {
            component.area == at && component.scored && component.rating.scale().is_some()
        });
        columns.extend(rated.map(|(index, component)| {
            let level = FrameworkPart::Component(index);
            narrow(card, level, short(&component.id, &component.label))
        }));
        if area.rating.scale().is_some() {
            let level = FrameworkPart::Area(at);
            columns.push(narrow(card, level, short(&area.id, &area.title)));
        }
    }
    let overall = framework.overall.as_ref();
    let overall = overall.filter(|overall| overall.rating.scale().is_some());
    columns.extend(overall.map(|overall| wide(card, cut(&overall.title, MAX_OVERALL))));
    columns
}

/// A column for results without their figures.
fn narrow(card: &Card<'_>, level: FrameworkPart, heading: String) -> Column {
    let scale = card.cycle.framework.scale_at(level);
    let steps = scale.steps().iter();
    let longest = steps.map(|step| step.key.chars().count()).max();
    let signs = max_signs(card, level);
    let width = heading.chars().count().max(longest.unwrap_or(1) + signs) + 1;
    Column {
        level,
        heading,
        width,
    }
}

/// The column for the overall result with its figure.
fn wide(card: &Card<'_>, heading: String) -> Column {
    let level = FrameworkPart::Overall;
    let values = outputs(card).map(|output| value(card, output, level).chars().count());
    let longest = values.max().unwrap_or_default();
    Column {
        level,
        width: heading.chars().count().max(longest) + 1,
        heading,
    }
}

/// Every output that has a row.
fn outputs<'a>(card: &Card<'a>) -> impl Iterator<Item = &'a Output> {
    let clusters = card.assurance.clusters.iter();
    let clusters = clusters.filter_map(|cluster| cluster.output.as_ref());
    clusters.chain(card.assurance.outputs.iter().map(|output| &**output))
}

/// Maximum number of signs after a result in a column: one or two.
fn max_signs(card: &Card<'_>, level: FrameworkPart) -> usize {
    let results = card.assurance.outputs.iter();
    let mut results = results.filter_map(|output| Some(output.part(level)?.current()));
    let both = results.any(|result| result.inferred() && result.is_by_rule_alone());
    1 + usize::from(both)
}

/// An identifier if it is short, otherwise the beginning of the label.
fn short(id: &str, label: &str) -> String {
    if id.chars().count() <= 3 {
        id.to_owned()
    } else {
        label.chars().take(6).collect()
    }
}

/// A result as its column shows it.
fn value(card: &Card<'_>, output: &Output, level: FrameworkPart) -> String {
    let framework = &card.cycle.framework;
    if let FrameworkPart::Component(component) = level
        && !output.assesses(framework, component)
    {
        return "-".to_owned();
    }
    let Some(result) = ShownResult::current(card, output, level) else {
        return String::new();
    };
    let figure = match level {
        FrameworkPart::Overall => result.figure(),
        FrameworkPart::Component(_) | FrameworkPart::Area(_) => String::new(),
    };
    format!("{}{}{figure}", result.key(), result.signs())
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
        let value = value(card, output, column.level);
        line.push_str(&format!("{value:<width$}", width = column.width));
    }
    let findings = card.assurance.findings_of(output);
    let errors = findings
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let open = output.challenges_in(ChallengeState::Open);
    put!(text, "{line}{open:>6}{errors:>8}");
}
