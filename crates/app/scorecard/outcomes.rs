//! The outcomes of a scorecard: rates and benchmarks, placings, remarks.

use super::{Card, paragraph, put};
use std::fmt::Write as _;
use wcc_core::Output;
use wcc_core::outcome::{Better, HistoricRate};
use wcc_core::output::{BenchmarkOrigin, OutcomeResult};
use wcc_core::percent;
use wcc_core::record::{ChosenOutcome, StatedQuartiles};

/// Indent of the lines under an outcome, which aligns them with its title.
const INDENT: &str = "     ";

/// The sign of a historic rate over a span other than the framework's.
const OTHER_SPAN: &str = "‡";
/// The values of local outcomes that the region's plugins compute; a PCT reports its own values in
/// the outcomes.
pub(super) fn regional_values(card: &Card<'_>, text: &mut String, output: &Output) {
    let mut values = card.assurance.local_values(output).peekable();
    if values.peek().is_none() {
        return;
    }
    put!(text, "");
    put!(text, "REGIONAL VALUES");
    for (plugin, definition, value) in values {
        let value = match value.value {
            Some(value) => format!("{value} {}", definition.unit),
            None => "n/a".to_owned(),
        };
        paragraph(
            text,
            INDENT,
            &format!(
                "{}: {value} (plugin {})",
                definition.title,
                super::details::plugin_name(plugin)
            ),
        );
    }
}

/// The outcomes with their rates in percent a year, without remarks.
pub(super) fn brief(card: &Card<'_>, text: &mut String, output: &Output) {
    if output.outcomes.is_empty() {
        return;
    }
    heading(card, text);
    for outcome in &output.outcomes {
        let chosen = outcome.record(card.cycle);
        put!(text, "{}", row(card, chosen, outcome));
        if let Ok(historic) = outcome.historic
            && !historic.comparable
            && let Some(remark) = history(card, &historic)
        {
            paragraph(text, INDENT, &remark);
        }
    }
}

/// The outcomes with their rates in percent a year, and remarks.
pub(super) fn outcomes(card: &Card<'_>, text: &mut String, output: &Output) {
    if output.outcomes.is_empty() {
        return;
    }
    heading(card, text);
    let date = shared_date(card, output);
    if let Some(date) = date {
        paragraph(text, INDENT, &format!("selected {date}"));
    }
    for outcome in &output.outcomes {
        let chosen = outcome.record(card.cycle);
        put!(text, "{}", row(card, chosen, outcome));
        let remarks = remarks(card, chosen, outcome, date.is_none());
        if !remarks.is_empty() {
            paragraph(text, INDENT, &remarks.join("; "));
        }
    }
}

fn heading(card: &Card<'_>, text: &mut String) {
    let words = &card.cycle.framework.words;
    put!(text, "");
    put!(
        text,
        "{:<46}{:>9}{:>10}{:>9}{:>12}{:>12}",
        format!("{} (% a year)", words.outcome.many.to_uppercase()),
        "history",
        "national",
        words.peers_in_short,
        "top decile",
        "aspiration",
    );
}

fn row(card: &Card<'_>, chosen: &ChosenOutcome, outcome: &OutcomeResult) -> String {
    let arrow = match chosen.better {
        Better::Higher => "↑",
        Better::Lower => "↓",
    };
    let number = format!("{:>2} {arrow} ", chosen.slot);
    let options = textwrap::Options::new(45)
        .initial_indent(&number)
        .subsequent_indent(INDENT);
    let title = chosen.full_title(&card.cycle.framework);
    let mut title = textwrap::wrap(&title, options).into_iter();
    let first = title.next().unwrap_or_default();
    let rest: String = title.map(|line| format!("\n{line}")).collect();
    let rate = |rate: Option<f64>| rate.map_or("n/a".to_owned(), percent::figure);
    let history = match outcome.historic {
        Ok(historic) if historic.comparable => percent::figure(historic.percent),
        Ok(historic) => format!("{}{OTHER_SPAN}", percent::figure(historic.percent)),
        Err(_) => "n/a".to_owned(),
    };
    let benchmarks = outcome.benchmarks_for(&chosen.rates);
    let [national, peers, top_decile] = benchmarks.map(|benchmark| benchmark.map(|(rate, _)| rate));
    format!(
        "{first:<46}{history:>9}{:>10}{:>9}{:>12}{:>12}{rest}",
        rate(national),
        rate(peers),
        rate(top_decile),
        rate(chosen.rates.aspiration),
    )
}

/// The information that has no column in the row.
fn remarks(
    card: &Card<'_>,
    chosen: &ChosenOutcome,
    outcome: &OutcomeResult,
    dated: bool,
) -> Vec<String> {
    let mut remarks = Vec::new();
    remarks.extend(selected(card, chosen, dated));
    match outcome.historic {
        Err(reason) => remarks.push(format!("historic rate n/a: {reason}")),
        Ok(historic) => remarks.extend(history(card, &historic)),
    }
    let benchmarks = outcome.benchmarks_for(&chosen.rates);
    let mut origins = benchmarks.into_iter().flatten().map(|(_, origin)| origin);
    if origins.any(|origin| origin != BenchmarkOrigin::Stated) {
        remarks.push("benchmarks that are not stated are those of the indicator".to_owned());
    }
    let pcts = &card.cycle.framework.words.body.many;
    let placings = [outcome.improvement, outcome.level].into_iter().flatten();
    let placings: Vec<String> = placings.map(|placing| placing.in_short()).collect();
    if !placings.is_empty() {
        let placings = placings.join(", ");
        remarks.push(format!(
            "rank among the {pcts} of this case with this outcome (1 is best): {placings}"
        ));
    }
    let stated = &chosen.stated;
    if let Some(position) = &stated.position {
        remarks.push(format!("reported over the last year: {}", position.name()));
    }
    if let Some(change) = &stated.change {
        let source = change.source.as_deref();
        let source = source.map_or_else(String::new, |source| format!(" ({source})"));
        let percent = percent::signed(change.percent);
        remarks.push(format!(
            "stated change over the last year: {percent}{source}"
        ));
    }
    remarks.extend(quartile("rate of improvement", stated.rate_quartile));
    remarks.extend(quartile("level", stated.level_quartile));
    remarks.extend(serves(card, chosen));
    if let Some(view) = &chosen.panel_view {
        let assessor = card.cycle.framework.methods.assessor();
        remarks.push(format!("{assessor}: \"{view}\""));
    }
    if let Some(from) = &chosen.inferred {
        remarks.push(format!("* inferred: {from}"));
    }
    remarks
}

/// Which aim and which goal it serves.
fn serves(card: &Card<'_>, chosen: &ChosenOutcome) -> Option<String> {
    let selection = &chosen.selection;
    let outcomes = &card.cycle.framework.outcomes;
    let aim = selection.aim.as_deref();
    let aim = aim.and_then(|id| outcomes.find_aim(id));
    let aim = aim.map(|aim| format!("serves {}", aim.title));
    let goal = selection.goal.as_ref();
    let goal = goal.map(|goal| format!("goal of the strategic plan: {goal}"));
    let parts: Vec<String> = aim.into_iter().chain(goal).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The date on which all outcomes of a PCT were selected, if it is the same for all.
fn shared_date<'a>(card: &Card<'a>, output: &Output) -> Option<&'a str> {
    let date = |outcome: &OutcomeResult| {
        let chosen = outcome.record(card.cycle);
        chosen.selection.date.as_deref()
    };
    let first = output.outcomes.first().and_then(date)?;
    let mut all = output.outcomes.iter().map(date);
    all.all(|date| date == Some(first)).then_some(first)
}

/// If the outcome is new: when it was selected (if `dated`), what it replaced, and why.
fn selected(card: &Card<'_>, chosen: &ChosenOutcome, dated: bool) -> Option<String> {
    let selection = &chosen.selection;
    let title = |id: &str| {
        let definition = card.cycle.framework.find_outcome(id);
        definition.map_or_else(|| id.to_owned(), |outcome| outcome.title.clone())
    };
    let mut parts = Vec::new();
    if chosen.newly_selected {
        parts.push("newly selected".to_owned());
    }
    if let Some(date) = selection.date.as_ref().filter(|_| dated) {
        parts.push(format!("selected {date}"));
    }
    if !selection.replaces.is_empty() {
        let replaced: Vec<String> = selection.replaces.iter().map(|id| title(id)).collect();
        parts.push(format!(
            "one of the replacements for {}",
            replaced.join(" and ")
        ));
    }
    let mut line = parts.join(", ");
    if let Some(reason) = &selection.reason {
        let start = if line.is_empty() { "selected" } else { "" };
        line.push_str(&format!("{start} ({reason})"));
    }
    (!line.is_empty()).then_some(line)
}

/// The years that a historic rate covers, unless they are clear from the column's heading.
fn history(card: &Card<'_>, historic: &HistoricRate) -> Option<String> {
    let years = historic.years?;
    if historic.comparable {
        let source = if historic.computed {
            "computed"
        } else {
            "stated"
        };
        return Some(format!(
            "historic rate {source}, {} to {}",
            years.from, years.to
        ));
    }
    let span = i32::from(card.cycle.framework.outcomes.span_years.max(1));
    Some(format!(
        "{OTHER_SPAN} historic rate {}, not over {}: not compared or ranked",
        years.in_words(),
        wcc_core::words::years(span),
    ))
}

/// The quartile marks that the report prints.
fn quartile(quantity: &str, stated: StatedQuartiles) -> Option<String> {
    let marks = [
        ("this year", stated.current),
        ("last year", stated.previous),
    ];
    let marks: Vec<String> = marks
        .into_iter()
        .filter_map(|(year, mark)| Some(format!("{} {year}", mark?)))
        .collect();
    let marks = (!marks.is_empty()).then(|| marks.join(", "))?;
    Some(format!(
        "reported quartile of the {quantity}: {marks} (1 is best)"
    ))
}
