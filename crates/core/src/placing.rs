//! Ranks the outcomes of all PCTs of a cycle among the PCTs that have the same outcome.
//!
//! Only comparable figures are ranked: rates over the framework's span with each other, and values
//! with values of the same year.

use crate::body::BodyIndex;
use crate::cycle::CheckedCycle;
use crate::indicator::{
    IndicatorIndex, IndicatorReport, IndicatorValue, NoGrowth, begun, growth, longest_span,
    own_series, ranks,
};
use crate::outcome::{HistoricRate, NoRate, SeriesIndex, YearSpan, series_rate};
use crate::output::{OutcomeBenchmarks, OutcomeResult, Output, PlacedBy, Placing};
use crate::record::ChosenOutcome;
use std::collections::BTreeMap;

/// Fills the outcomes of every output with their rates.
pub(crate) fn fill(cycle: &CheckedCycle, outputs: &mut [Output]) {
    for output in outputs {
        output.outcomes = cycle
            .outcomes_of(output.body)
            .filter_map(|at| {
                let chosen = cycle.records.outcomes.at(at);
                Some(outcome_result(cycle, chosen, u32::try_from(at).ok()?))
            })
            .collect();
    }
}

/// Fills the outcomes of every output and ranks them. `outputs` must contain all PCTs of the cycle.
pub(crate) fn compare(cycle: &CheckedCycle, outputs: &mut [Output]) {
    fill(cycle, outputs);
    place_by_rate(cycle, outputs);
    place_by_value(cycle, outputs);
    compare_with_indicators(cycle, outputs);
}

fn span_of(cycle: &CheckedCycle) -> u16 {
    cycle.framework.outcomes.span_years.max(1)
}

fn outcome_result(cycle: &CheckedCycle, chosen: &ChosenOutcome, at: u32) -> OutcomeResult {
    let known = chosen.values.iter().filter(|value| value.value.is_some());
    let latest = known.max_by_key(|value| value.year);
    let mut latest = latest.map(|value| (value.year, value.value));
    let mut historic = historic_rate(chosen, span_of(cycle));
    if chosen.values.is_empty()
        && let Some(measured) = own_series(cycle, chosen.pct, &chosen.outcome, chosen.series)
    {
        let known = begun(&measured.values, measured.form, cycle.as_of);
        let last = known.iter().rev().find(|value| value.value.is_some());
        latest = last.map(|value| (value.year, value.value));
        if chosen.rates.historic.is_none() {
            historic = measured_rate(known, span_of(cycle));
        }
    }
    OutcomeResult {
        chosen: at,
        historic,
        latest: latest.and_then(|(_, value)| value),
        latest_year: latest.map(|(year, _)| year),
        improvement: None,
        level: None,
        benchmarks: None,
    }
}

/// The rate of an indicator's series up to its last value: over the framework's span, or over the
/// longest shorter span without a gap or break.
fn measured_rate(values: &[IndicatorValue], span: u16) -> Result<HistoricRate, NoRate> {
    let mut latest_first = values.iter().rev();
    let last = latest_first
        .find(|value| value.value.is_some())
        .ok_or(NoRate::NoValues)?;
    let years = longest_span(values, last.year, span).ok_or(NoRate::TooFewValues)?;
    let percent = growth(values, years).map_err(|reason| match reason {
        NoGrowth::Undefined(reason) => reason,
        _ => NoRate::TooFewValues,
    })?;
    Ok(HistoricRate {
        percent,
        years: Some(years),
        computed: true,
        comparable: years.years() == i32::from(span),
    })
}

/// Compares each outcome with the indicator that measures it, which covers all bodies.
fn compare_with_indicators(cycle: &CheckedCycle, outputs: &mut [Output]) {
    if cycle.records.indicators.is_empty() {
        return;
    }
    let index = IndicatorIndex::of(cycle);
    let groups = index.groups(cycle);
    let mut reports: BTreeMap<(&str, SeriesIndex), Option<IndicatorReport<'_>>> = BTreeMap::new();
    for output in outputs {
        for result in &mut output.outcomes {
            let Some(chosen) = cycle.records.outcomes.get(result.chosen as usize) else {
                continue;
            };
            let Some(group) = groups.measuring(&chosen.outcome, chosen.series) else {
                continue;
            };
            let report = reports
                .entry((group.indicator(), group.series()))
                .or_insert_with(|| IndicatorReport::of(cycle, &group));
            result.benchmarks = report
                .as_ref()
                .and_then(|report| benchmarks(report, output.body))
                .map(Box::new);
        }
    }
}

/// The rates of an indicator's benchmarks, if they cover the framework's span.
fn benchmarks(report: &IndicatorReport<'_>, body: BodyIndex) -> Option<OutcomeBenchmarks> {
    report.span.filter(|span| span.is_frameworks)?;
    let peers = report.body(body).map(|body| report.peers_of(body).growth);
    Some(OutcomeBenchmarks {
        national: report.national.growth,
        peers: peers.unwrap_or_default(),
        top_decile: report.top_decile.growth,
    })
}

/// The rate as stated, or else computed from the values.
fn historic_rate(chosen: &ChosenOutcome, span: u16) -> Result<HistoricRate, NoRate> {
    let (percent, years, computed) = match chosen.rates.historic {
        Some(percent) => (percent, chosen.rates.historic_years, false),
        None => {
            let (percent, years) = series_rate(&chosen.values, span)?;
            (percent, Some(years), true)
        }
    };
    Ok(HistoricRate {
        percent,
        years,
        computed,
        comparable: years.is_none_or(|years| years.years() == i32::from(span)),
    })
}

/// An outcome and its series.
type Key<'a> = (&'a str, SeriesIndex);

/// A number to rank by (more is better), and the positions of its output and outcome.
type Entry = (f64, usize, usize);

/// Every outcome of every output, with its key and position.
fn each<'a>(
    cycle: &'a CheckedCycle,
    outputs: &'a [Output],
) -> impl Iterator<Item = (Key<'a>, &'a ChosenOutcome, &'a OutcomeResult, usize, usize)> {
    outputs
        .iter()
        .enumerate()
        .flat_map(move |(output_at, output)| {
            let outcomes = output.outcomes.iter().enumerate();
            outcomes.map(move |(outcome_at, outcome)| {
                let chosen = cycle.records.outcomes.at(outcome.chosen as usize);
                let key = (chosen.outcome.as_ref(), chosen.series);
                (key, chosen, outcome, output_at, outcome_at)
            })
        })
}

/// Ranks by rate of improvement, among rates over the framework's span.
fn place_by_rate(cycle: &CheckedCycle, outputs: &mut [Output]) {
    let span = span_of(cycle);
    let mut groups: BTreeMap<Key<'_>, (Vec<Entry>, Vec<Option<YearSpan>>)> = BTreeMap::new();
    for (key, chosen, outcome, output_at, outcome_at) in each(cycle, outputs) {
        if let Ok(rate) = outcome.historic
            && rate.comparable
        {
            let number = chosen.better.improvement(rate.percent);
            let (entries, years) = groups.entry(key).or_default();
            entries.push((number, output_at, outcome_at));
            years.push(rate.years);
        }
    }
    let mut placed = Vec::new();
    for (entries, years) in groups.values() {
        let first = years.first().copied().flatten();
        let years = first.filter(|_| years.iter().all(|span| *span == first));
        rank(entries, PlacedBy::Rate { span, years }, |at, placing| {
            placed.push((at, placing));
        });
    }
    for ((output, outcome), placing) in placed {
        outcome_mut(outputs, output, outcome).improvement = Some(placing);
    }
}

/// Ranks each PCT by its latest value, among all values of that year.
fn place_by_value(cycle: &CheckedCycle, outputs: &mut [Output]) {
    let mut groups: BTreeMap<(Key<'_>, i16), Vec<Entry>> = BTreeMap::new();
    for (key, chosen, _, output_at, outcome_at) in each(cycle, outputs) {
        for value in &chosen.values {
            if let Some(number) = value.value {
                let number = chosen.better.improvement(number);
                let entries = groups.entry((key, value.year)).or_default();
                entries.push((number, output_at, outcome_at));
            }
        }
    }
    let mut placed = Vec::new();
    for ((_, year), entries) in &groups {
        let year = *year;
        rank(entries, PlacedBy::Value { year }, |at, placing| {
            placed.push((year, at, placing));
        });
    }
    for (year, (output, outcome), placing) in placed {
        let result = outcome_mut(outputs, output, outcome);
        if result.latest_year == Some(year) {
            result.level = Some(placing);
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "both positions are those that `each` gave of the same outputs"
)]
fn outcome_mut(outputs: &mut [Output], output: usize, outcome: usize) -> &mut OutcomeResult {
    &mut outputs[output].outcomes[outcome]
}

/// Ranks the entries of a group. Groups that are too small are not ranked.
fn rank(entries: &[Entry], by: PlacedBy, mut report: impl FnMut((usize, usize), Placing)) {
    let figures: Vec<f64> = entries.iter().map(|(figure, ..)| *figure).collect();
    let ranks = ranks(&figures).unwrap_or_default();
    for ((_, output, outcome), rank) in entries.iter().zip(ranks) {
        let placing = Placing {
            place: rank.place,
            among: rank.among,
            quartile: rank.quartile,
            by,
        };
        report((*output, *outcome), placing);
    }
}
