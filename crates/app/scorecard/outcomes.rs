//! The outcomes of a scorecard: rates against benchmarks, placings, what was said of them.

use super::{Card, paragraph, put};
use std::fmt::Write as _;
use wcc_core::Output;
use wcc_core::outcome::{Better, ChosenOutcome, Series};
use wcc_core::output::{OutcomeResult, Placing};

/// Where the lines under an outcome begin: below its title.
const INDENT: &str = "     ";

/// The outcomes with their rates, percent a year, without remarks.
pub(super) fn brief(card: &Card<'_>, text: &mut String, output: &Output) {
    if output.outcomes.is_empty() {
        return;
    }
    heading(text);
    for outcome in &output.outcomes {
        let chosen = &card.cycle.outcomes[outcome.chosen as usize];
        put!(text, "{}", row(chosen, outcome));
    }
}

/// The outcomes with their rates, percent a year.
pub(super) fn outcomes(card: &Card<'_>, text: &mut String, output: &Output) {
    if output.outcomes.is_empty() {
        return;
    }
    heading(text);
    for outcome in &output.outcomes {
        let chosen = &card.cycle.outcomes[outcome.chosen as usize];
        put!(text, "{}", row(chosen, outcome));
        let remarks = remarks(chosen, outcome);
        if !remarks.is_empty() {
            paragraph(text, INDENT, &remarks.join("; "));
        }
    }
}

fn heading(text: &mut String) {
    put!(text, "");
    put!(
        text,
        "{:<46}{:>9}{:>10}{:>9}{:>12}{:>12}",
        "OUTCOMES (% a year)",
        "history",
        "national",
        "ONS",
        "top decile",
        "aspiration",
    );
}

fn row(chosen: &ChosenOutcome, outcome: &OutcomeResult) -> String {
    let series = match chosen.series {
        Series::Persons => String::new(),
        series => format!(" ({})", series.name()),
    };
    let arrow = match chosen.better {
        Better::Higher => "↑",
        Better::Lower => "↓",
    };
    let number = format!("{:>2} {arrow} ", chosen.slot);
    let options = textwrap::Options::new(45)
        .initial_indent(&number)
        .subsequent_indent(INDENT);
    let title = format!("{}{series}", chosen.title);
    let mut title = textwrap::wrap(&title, options).into_iter();
    let first = title.next().unwrap_or_default();
    let rest: String = title.map(|line| format!("\n{line}")).collect();
    let rate = |rate: Option<f64>| rate.map_or("n/a".to_owned(), |rate| format!("{rate:.1}"));
    format!(
        "{first:<46}{:>9}{:>10}{:>9}{:>12}{:>12}{rest}",
        rate(outcome.historic.ok()),
        rate(chosen.rates.national),
        rate(chosen.rates.ons_cluster),
        rate(chosen.rates.top_decile),
        rate(chosen.rates.aspiration),
    )
}

/// What the row has no column for.
fn remarks(chosen: &ChosenOutcome, outcome: &OutcomeResult) -> Vec<String> {
    let mut remarks = Vec::new();
    if chosen.newly_selected {
        remarks.push("newly selected".to_owned());
    }
    if let Err(why) = outcome.historic {
        remarks.push(format!("history n/a: {why}"));
    } else if outcome.computed {
        remarks.push("history computed".to_owned());
    }
    let placings = [
        ("improvement", outcome.improvement),
        ("latest value", outcome.level),
    ];
    let placings: Vec<String> = placings
        .into_iter()
        .filter_map(|(by, placing)| Some(placed(by, placing?)))
        .collect();
    if !placings.is_empty() {
        remarks.push(placings.join(", "));
    }
    if let Some(position) = &chosen.stated_position {
        remarks.push(format!("over the last year: {position}"));
    }
    if let Some(view) = &chosen.panel_view {
        remarks.push(format!("the panel: \"{view}\""));
    }
    if let Some(from) = &chosen.inferred {
        remarks.push(format!("* inferred: {from}"));
    }
    remarks
}

/// A place among the PCTs of the cycle that have the same outcome; 1 is best.
fn placed(by: &str, placing: Placing) -> String {
    format!(
        "by {by} {} of {} (quartile {})",
        placing.place, placing.among, placing.quartile
    )
}
