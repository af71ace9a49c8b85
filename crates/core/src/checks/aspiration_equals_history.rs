//! Aspiration equal to history.

use super::{Check, Findings, View, named, rate, same_rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "aspiration-equals-history",
    title: "Aspiration equal to history",
    severity: Severity::Note,
    what: "The aspiration for an outcome is the rate that the PCT has had so far.",
    why: "Going on as before is a forecast rather than an ambition.",
    example: "Life expectancy of males rose by 0.5% a year; the aspiration is 0.5% a year.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, outcome) in view.outcomes() {
        let (Some(aspiration), Ok(history)) = (chosen.rates.aspiration, outcome.historic) else {
            continue;
        };
        if same_rate(aspiration, history) {
            let message = format!(
                "{}: the aspiration of {} is what history already gives",
                named(chosen),
                rate(aspiration),
            );
            let numbers = [
                ("aspiration, % a year", aspiration),
                ("history, % a year", history),
            ];
            findings.on_outcome(chosen, message, &numbers);
        }
    }
}
