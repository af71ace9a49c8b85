//! Aspiration equal to history.

use super::{Check, Findings, View, named};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "aspiration-equals-history",
    title: "Aspiration equal to history",
    severity: Severity::Note,
    what: "The aspiration for an outcome is the rate that the PCT has had so far, to one decimal.",
    why: "Going on as before is a forecast rather than an ambition.",
    example: "Life expectancy of males rose by 0.5% a year; the aspiration is 0.5% a year.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let (Some(aspiration), Some(history)) = (outcome.shown.aspiration, outcome.shown.historic)
        else {
            continue;
        };
        if aspiration == history {
            let message = format!(
                "{}: the aspiration, {}, is the same as the historic rate",
                named(outcome.chosen),
                a_year(aspiration),
            );
            let numbers = [
                ("aspiration, % a year", aspiration),
                ("history, % a year", history),
            ];
            findings.on_outcome(outcome.chosen, message, &numbers);
        }
    }
}
