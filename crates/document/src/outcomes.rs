//! Outcomes: rates of change beside benchmarks and aspiration, with what the report says of each.

use crate::context::Context;
use crate::model::{Align, Block, Column, Row, Table, TableCell, Text, Tone};
use crate::tables::{cell, column, row};
use crate::words::capitalised;
use wcc_core::explain::{OTHER_SPAN, is_good_as_stated, outcome_remarks, shared_selection_date};
use wcc_core::outcome::Better;
use wcc_core::output::OutcomeResult;
use wcc_core::percent;
use wcc_core::record::{ChosenOutcome, StatedPerformance, StatedQuartiles};
use wcc_core::words::years;

/// The table of outcomes, and that of the region's own outcomes; empty if the body has none.
pub(crate) fn table(context: &Context<'_>) -> Vec<Block> {
    let own = (!context.output.outcomes.is_empty()).then(|| Block::Table(own(context, true)));
    own.into_iter().chain(local(context)).collect()
}

/// The table without remarks, for a page that has no room for them.
pub(crate) fn short_table(context: &Context<'_>) -> Vec<Block> {
    let own = (!context.output.outcomes.is_empty()).then(|| Block::Table(own(context, false)));
    own.into_iter().collect()
}

/// A column of rates.
fn rate_column(heading: &str, over: &str) -> Column {
    Column {
        over: Some(over.to_owned()),
        ..column(heading, Align::End, 2)
    }
}

fn own(context: &Context<'_>, with_remarks: bool) -> Table {
    let framework = context.framework();
    let words = &framework.words;
    let span = framework.outcomes.span_years.max(1);
    let over = format!("Historic rate over {}, % a year", years(i32::from(span)));
    let mut columns = vec![
        column(&capitalised(&words.outcome.one), Align::Start, 6),
        rate_column(&capitalised(&words.body.one), &over),
        rate_column("National", &over),
        rate_column(&capitalised(&words.peers.one), &over),
        rate_column("Top decile", &over),
        rate_column("Aspiration", "% a year"),
    ];
    let mut chosen = context.output.outcomes.iter();
    let states = |outcome: &OutcomeResult| {
        let stated = &outcome.record(context.cycle()).stated;
        !standing_in_words(stated).is_empty()
    };
    let with_standing = with_remarks && chosen.any(states);
    if with_standing {
        columns.push(column("As the report places it", Align::Start, 4));
    }
    let mut rows = Vec::new();
    let mut notes = Vec::new();
    let date = shared_selection_date(context.cycle(), context.output);
    if let Some(date) = date {
        notes.push(Text::plain(format!(
            "{} selected {date}.",
            capitalised(&words.outcome.many)
        )));
    }
    for outcome in &context.output.outcomes {
        let chosen = outcome.record(context.cycle());
        rows.push(outcome_row(
            context,
            outcome,
            chosen,
            with_remarks,
            with_standing,
        ));
        let remarks = outcome_remarks(context.cycle(), outcome, date.is_none());
        if with_remarks && !remarks.is_empty() {
            notes.push(Text::plain(format!(
                "{} {}: {}.",
                chosen.slot,
                chosen.full_title(framework),
                remarks.join("; ")
            )));
        }
    }
    if with_remarks {
        rows.extend(missing(context, with_standing));
        notes.extend(general_notes(context));
    }
    Table {
        caption: format!(
            "{} of {}",
            capitalised(&words.all_outcomes),
            context.cycle().organisations.body(context.output.body).name
        ),
        columns,
        rows,
        notes,
    }
}

fn general_notes(context: &Context<'_>) -> Vec<Text> {
    let words = &context.framework().words;
    let span = years(i32::from(context.framework().outcomes.span_years.max(1)));
    let mut notes = vec![
        Text::plain(format!(
            "Rates are compound annual growth rates, over {span} where values are available."
        )),
        Text::plain(format!(
            "Top decile: the {} with the largest rate of improvement.",
            words.body.many
        )),
    ];
    let mut outcomes = context.output.outcomes.iter();
    if outcomes.any(|outcome| outcome.historic.is_ok_and(|rate| !rate.comparable)) {
        notes.push(Text::plain(format!(
            "{OTHER_SPAN} not over {span}: not compared or ranked."
        )));
    }
    notes
}

fn outcome_row(
    context: &Context<'_>,
    outcome: &OutcomeResult,
    chosen: &ChosenOutcome,
    with_remarks: bool,
    with_standing: bool,
) -> Row {
    let better = match chosen.better {
        Better::Higher => "higher is better",
        Better::Lower => "lower is better",
    };
    let mut aside = format!("{}, {better}", chosen.scope.name());
    if chosen.newly_selected {
        aside.push_str(", newly selected");
    }
    let title = chosen.full_title(context.framework());
    let name = TableCell {
        aside: with_remarks.then_some(aside),
        ..cell(format!("{} {title}", chosen.slot))
    };
    let history = match outcome.historic {
        Ok(historic) if historic.comparable => rate(Some(historic.percent)),
        Ok(historic) => TableCell {
            text: Text::plain(format!("{}{OTHER_SPAN}", percent::figure(historic.percent))),
            ..rate(Some(historic.percent))
        },
        Err(_) => rate(None),
    };
    let benchmarks = outcome.benchmarks_for(&chosen.rates);
    let benchmarks = benchmarks.map(|benchmark| rate(benchmark.map(|(rate, _)| rate)));
    let standing = with_standing.then(|| standing(chosen));
    let rates = std::iter::once(history)
        .chain(benchmarks)
        .chain([rate(chosen.rates.aspiration)]);
    row(name, rates.chain(standing))
}

/// A rate in percent a year, with one decimal.
fn rate(percent: Option<f64>) -> TableCell {
    TableCell {
        number: percent.map(percent::to_one_decimal),
        ..cell(percent.map_or_else(|| "n/a".to_owned(), percent::figure))
    }
}

/// The quartile marks and the change over the last year, as the report states them.
fn standing(chosen: &ChosenOutcome) -> TableCell {
    let stated = &chosen.stated;
    let parts = standing_in_words(stated);
    let text = if parts.is_empty() {
        "none stated".to_owned()
    } else {
        capitalised(&parts.join("; "))
    };
    let tone = match is_good_as_stated(stated) {
        Some(true) => Tone::Good,
        Some(false) => Tone::Bad,
        None => Tone::Neutral,
    };
    TableCell { tone, ..cell(text) }
}

/// Each quartile and the change over the last year, as far as they are stated.
fn standing_in_words(stated: &StatedPerformance) -> Vec<String> {
    let mut parts = Vec::new();
    let quartiles = [
        ("rate of improvement", stated.rate_quartile),
        ("level", stated.level_quartile),
    ];
    parts.extend(
        quartiles
            .into_iter()
            .filter_map(|(of, quartiles)| quartile_in_words(of, quartiles)),
    );
    if let Some(position) = &stated.position {
        parts.push(format!("over the last year: {}", position.name()));
    }
    parts
}

/// "bottom quartile of the rate of improvement, last year second quartile".
fn quartile_in_words(of: &str, quartiles: StatedQuartiles) -> Option<String> {
    let name = |quartile: u8| match quartile {
        1 => "top quartile",
        2 => "second quartile",
        3 => "third quartile",
        _ => "bottom quartile",
    };
    match (quartiles.current, quartiles.previous) {
        (None, None) => None,
        (Some(now), None) => Some(format!("{} of the {of}", name(now))),
        (None, Some(before)) => Some(format!("last year {} of the {of}", name(before))),
        (Some(now), Some(before)) => Some(format!(
            "{} of the {of}, last year {}",
            name(now),
            name(before)
        )),
    }
}

/// Rows for the outcomes that the framework asks for and that nobody recorded.
fn missing(context: &Context<'_>, with_standing: bool) -> Vec<Row> {
    let cycle = context.cycle();
    let recorded = |slot: u16| {
        let mut outcomes = context.output.outcomes.iter();
        outcomes.any(|outcome| outcome.record(cycle).slot == slot)
    };
    let asked = context.framework().outcomes.asked;
    let slots = (1..=asked).filter(|slot| !recorded(*slot));
    let rows = slots.map(|slot| {
        let figures = std::iter::repeat_with(|| rate(None)).take(5);
        row(
            cell(format!("{slot} not recorded")),
            figures.chain(with_standing.then(|| cell("none stated"))),
        )
    });
    rows.collect()
}

/// The region's own outcomes, which its plugins compute.
fn local(context: &Context<'_>) -> Option<Block> {
    let values = context.source.assurance.local_values(context.output);
    let rows: Vec<Row> = values
        .map(|(plugin, definition, value)| {
            let figure = match value.value {
                Some(figure) => format!("{figure} {}", definition.unit),
                None => "n/a".to_owned(),
            };
            let figure = TableCell {
                number: value.value,
                ..cell(figure)
            };
            let name = cell(definition.title.as_str());
            row(name, [figure, cell(plugin.name_and_version())])
        })
        .collect();
    let outcome = capitalised(&context.framework().words.outcome.one);
    (!rows.is_empty()).then(|| {
        Block::Table(Table {
            caption: "Regional values".to_owned(),
            columns: vec![
                column(&outcome, Align::Start, 4),
                column("Value", Align::End, 2),
                column("Computed by", Align::Start, 2),
            ],
            rows,
            notes: Vec::new(),
        })
    })
}
