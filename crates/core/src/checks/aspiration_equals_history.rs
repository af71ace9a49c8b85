//! Aspiration equal to history.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "aspiration-equals-history",
    title: "Aspiration equal to history",
    severity: Severity::Note,
    what: "The aspiration for an outcome equals the {body}'s historic rate, to one decimal.",
    why: "Continuing as before is a forecast rather than an ambition.",
    example: "Male life expectancy rose by 0.5% a year; the aspiration is also 0.5% a year.",
    methods: &[],
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
                outcome.chosen.full_title(&view.cycle.framework),
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
