//! Aspiration weaker than comparators.

use super::{Check, Findings, View, named, rate, same_rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "aspiration-weaker-than-comparators",
    title: "Aspiration weaker than comparators",
    severity: Severity::Note,
    what: "The aspiration for an outcome improves more slowly than the national rate or that of the ONS cluster.",
    why: "A PCT that aims below comparable places falls behind even when it succeeds.",
    example: "The aspiration for infant mortality is -8.6% a year, that of the ONS cluster -9.1%.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, _) in view.outcomes() {
        let Some(aspiration) = chosen.rates.aspiration else {
            continue;
        };
        let improves = chosen.better.improvement(aspiration);
        let comparators = [
            ("national", "national, % a year", chosen.rates.national),
            (
                "ONS cluster",
                "ONS cluster, % a year",
                chosen.rates.ons_cluster,
            ),
        ];
        let mut ahead = Vec::new();
        let mut numbers = vec![("aspiration, % a year", aspiration)];
        for (name, label, comparator) in comparators {
            let Some(comparator) = comparator else {
                continue;
            };
            let weaker = improves < chosen.better.improvement(comparator);
            if weaker && !same_rate(aspiration, comparator) {
                ahead.push(format!("the {name} rate of {}", rate(comparator)));
                numbers.push((label, comparator));
            }
        }
        if !ahead.is_empty() {
            let message = format!(
                "{}: the aspiration of {} is weaker than {}",
                named(chosen),
                rate(aspiration),
                crate::words::all_of(ahead.iter().map(String::as_str)),
            );
            findings.on_outcome(chosen, message, &numbers);
        }
    }
}
