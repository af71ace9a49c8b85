//! Compares the outcomes of all PCTs of a cycle: rates, and placings among those who have the
//! same outcome.

use crate::cycle::CheckedCycle;
use crate::outcome::{ChosenOutcome, Series, series_rate};
use crate::output::{OutcomeResult, Output, Placing};
use std::collections::BTreeMap;

/// The fewest PCTs among which a quartile means anything.
const FEWEST_FOR_QUARTILES: usize = 4;

/// Fills the outcomes of every output.
pub(crate) fn compare(cycle: &CheckedCycle, outputs: &mut [Output]) {
    for output in &mut *outputs {
        output.outcomes = cycle
            .outcomes_of(output.body)
            .filter_map(|at| {
                let chosen = &cycle.outcomes[at];
                Some(outcome_result(cycle, chosen, u32::try_from(at).ok()?))
            })
            .collect();
    }
    let improvement = |outcome: &OutcomeResult, chosen: &ChosenOutcome| {
        outcome
            .historic
            .ok()
            .map(|rate| chosen.better.improvement(rate))
    };
    place(cycle, outputs, improvement, |outcome| {
        &mut outcome.improvement
    });
    let level = |outcome: &OutcomeResult, chosen: &ChosenOutcome| {
        outcome.latest.map(|value| chosen.better.improvement(value))
    };
    place(cycle, outputs, level, |outcome| &mut outcome.level);
}

fn outcome_result(cycle: &CheckedCycle, chosen: &ChosenOutcome, at: u32) -> OutcomeResult {
    let computed = series_rate(&chosen.values, cycle.framework.outcomes.span_years.max(1));
    let latest = chosen.values.iter().filter(|value| value.value.is_some());
    OutcomeResult {
        chosen: at,
        historic: chosen.rates.historic.map_or(computed, Ok),
        computed: chosen.rates.historic.is_none() && computed.is_ok(),
        latest: latest
            .max_by_key(|value| value.year)
            .and_then(|value| value.value),
        improvement: None,
        level: None,
    }
}

/// Where each compared number was found: output and outcome.
type Places = Vec<(f64, usize, usize)>;

/// Places every PCT by a number of which more is better.
fn place(
    cycle: &CheckedCycle,
    outputs: &mut [Output],
    number: impl Fn(&OutcomeResult, &ChosenOutcome) -> Option<f64>,
    slot: impl Fn(&mut OutcomeResult) -> &mut Option<Placing>,
) {
    let mut groups: BTreeMap<(&str, Series), Places> = BTreeMap::new();
    for (output_at, output) in outputs.iter().enumerate() {
        for (outcome_at, outcome) in output.outcomes.iter().enumerate() {
            let chosen = &cycle.outcomes[outcome.chosen as usize];
            if let Some(number) = number(outcome, chosen) {
                let key = (chosen.outcome.as_ref(), chosen.series);
                groups
                    .entry(key)
                    .or_default()
                    .push((number, output_at, outcome_at));
            }
        }
    }
    for places in groups
        .values_mut()
        .filter(|places| places.len() >= FEWEST_FOR_QUARTILES)
    {
        places.sort_by(|one, other| other.0.total_cmp(&one.0));
        let among = places.len();
        let mut place = 0;
        for at in 0..among {
            // Equal numbers share the better place.
            if at == 0 || places[at].0 < places[at - 1].0 {
                place = at;
            }
            let (_, output_at, outcome_at) = places[at];
            *slot(&mut outputs[output_at].outcomes[outcome_at]) = Some(Placing {
                place: u32::try_from(place + 1).unwrap_or(u32::MAX),
                among: u32::try_from(among).unwrap_or(u32::MAX),
                quartile: u8::try_from(place * 4 / among + 1).unwrap_or(4),
            });
        }
    }
}
