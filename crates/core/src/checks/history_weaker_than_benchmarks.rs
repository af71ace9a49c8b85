//! History weaker than benchmarks.

use super::{Check, Findings, View, named, rate, same_rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "history-weaker-than-benchmarks",
    title: "History weaker than benchmarks",
    severity: Severity::Note,
    what: "The PCT's historic rate of improvement is behind the national rate, that of its ONS \
           cluster, or both.",
    why: "It tells where a PCT falls behind comparable places, before any aspiration is looked at.",
    example: "Infant mortality has not changed, while the ONS cluster improved by 9.1% a year.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, outcome) in view.outcomes() {
        let Ok(history) = outcome.historic else {
            continue;
        };
        let improved = chosen.better.improvement(history);
        let benchmarks = [
            ("national", "national, % a year", chosen.rates.national),
            (
                "ONS cluster",
                "ONS cluster, % a year",
                chosen.rates.ons_cluster,
            ),
        ];
        let mut ahead = Vec::new();
        let mut numbers = vec![("history, % a year", history)];
        for (name, label, benchmark) in benchmarks {
            let Some(benchmark) = benchmark else { continue };
            if improved < chosen.better.improvement(benchmark) && !same_rate(history, benchmark) {
                ahead.push(format!("the {name} rate of {}", rate(benchmark)));
                numbers.push((label, benchmark));
            }
        }
        if !ahead.is_empty() {
            let message = format!(
                "{}: the history of {} is behind {}",
                named(chosen),
                rate(history),
                crate::words::all_of(ahead.iter().map(String::as_str)),
            );
            findings.on_outcome(chosen, message, &numbers);
        }
    }
}
