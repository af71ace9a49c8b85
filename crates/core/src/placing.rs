//! Ranks the outcomes of all PCTs of a cycle among the PCTs that have the same outcome.
//!
//! Only comparable figures are ranked: rates over the framework's span with each other, and values
//! with values of the same year.

use crate::cycle::CheckedCycle;
use crate::outcome::{HistoricRate, NoRate, SeriesIndex, YearSpan, series_rate};
use crate::output::{OutcomeResult, Output, PlacedBy, Placing};
use crate::record::ChosenOutcome;
use std::collections::BTreeMap;

/// The fewest PCTs for which quartiles are meaningful.
const MIN_FOR_QUARTILES: usize = 4;

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
}

fn span_of(cycle: &CheckedCycle) -> u16 {
    cycle.framework.outcomes.span_years.max(1)
}

fn outcome_result(cycle: &CheckedCycle, chosen: &ChosenOutcome, at: u32) -> OutcomeResult {
    let known = chosen.values.iter().filter(|value| value.value.is_some());
    let latest = known.max_by_key(|value| value.year);
    OutcomeResult {
        chosen: at,
        historic: historic_rate(chosen, span_of(cycle)),
        latest: latest.and_then(|value| value.value),
        latest_year: latest.map(|value| value.year),
        improvement: None,
        level: None,
    }
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
    for (entries, years) in groups.values_mut() {
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
    for ((_, year), entries) in &mut groups {
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

/// Ranks a group, best first; equal numbers share the better place. Groups that are too small are
/// not ranked.
fn rank(entries: &mut [Entry], by: PlacedBy, mut report: impl FnMut((usize, usize), Placing)) {
    if entries.len() < MIN_FOR_QUARTILES {
        return;
    }
    entries.sort_by(|left, right| right.0.total_cmp(&left.0));
    let among = entries.len();
    let mut place = 0;
    let mut last = f64::INFINITY;
    for (at, (number, output, outcome)) in entries.iter().enumerate() {
        if at == 0 || *number < last {
            place = at;
        }
        last = *number;
        let placing = Placing {
            place: u32::try_from(place + 1).unwrap_or(u32::MAX),
            among: u32::try_from(among).unwrap_or(u32::MAX),
            quartile: u8::try_from(place * 4 / among + 1).unwrap_or(4),
            by,
        };
        report((*output, *outcome), placing);
    }
}
