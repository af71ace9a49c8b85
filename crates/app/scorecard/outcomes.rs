//! The outcomes of a scorecard: rates and benchmarks, placings, remarks.

use super::{Card, paragraph, put};
use std::fmt::Write as _;
use wcc_core::Output;
use wcc_core::explain::{OTHER_SPAN, outcome_remarks, shared_selection_date, years_of_history};
use wcc_core::outcome::Better;
use wcc_core::output::OutcomeResult;
use wcc_core::percent;
use wcc_core::record::ChosenOutcome;

/// Indent of the lines under an outcome, which aligns them with its title.
const INDENT: &str = "     ";

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
                plugin.name_and_version()
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
            && let Some(remark) = years_of_history(card.cycle, &historic)
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
    let date = shared_selection_date(card.cycle, output);
    if let Some(date) = date {
        paragraph(text, INDENT, &format!("selected {date}"));
    }
    for outcome in &output.outcomes {
        let chosen = outcome.record(card.cycle);
        put!(text, "{}", row(card, chosen, outcome));
        let remarks = outcome_remarks(card.cycle, outcome, date.is_none());
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
