//! Aspiration weaker than comparators.

use super::{Check, Findings, View, named};
use crate::finding::Severity;
use crate::percent::a_year;

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
    for outcome in view.outcomes() {
        let Some(aspiration) = outcome.shown.aspiration else {
            continue;
        };
        let mut ahead = Vec::new();
        let mut numbers = vec![("aspiration, % a year", aspiration)];
        for (name, label, comparator) in outcome.comparators() {
            let Some(comparator) = comparator else {
                continue;
            };
            if outcome.improvement(aspiration) < outcome.improvement(comparator) {
                ahead.push(format!("the {name} rate ({})", a_year(comparator)));
                numbers.push((label, comparator));
            }
        }
        if !ahead.is_empty() {
            let message = format!(
                "{}: the aspiration, {}, is weaker than {}",
                named(outcome.chosen),
                a_year(aspiration),
                crate::words::all_of(ahead.iter().map(String::as_str)),
            );
            findings.on_outcome(outcome.chosen, message, &numbers);
        }
    }
}
