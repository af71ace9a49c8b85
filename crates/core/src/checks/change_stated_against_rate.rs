//! Stated change against the rate.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::{signed, to_one_decimal};

pub(super) static CHECK: Check = Check {
    id: "change-stated-against-rate",
    title: "Stated change against the rate",
    severity: Severity::Warning,
    what: "The source states a change over the last year in the opposite direction to the historic rate.",
    why: "One of the two figures may be wrong, or use a different definition. Anyone who quotes one should know the other.",
    example: "A rationale says that obesity fell by about 1% in the past year, but the table gives a rise of 13.5% a year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let (Some(change), Ok(history)) = (&outcome.chosen.stated.change, outcome.result.historic)
        else {
            continue;
        };
        let (stated, rate) = (
            to_one_decimal(change.percent),
            to_one_decimal(history.percent),
        );
        if stated * rate < 0.0 {
            let source = change.source.as_deref();
            let source = source.map_or_else(String::new, |source| format!(" ({source})"));
            let message = format!(
                "{}: a change of {} over the last year is stated{source}, but the historic rate \
                 is {} ({} is better)",
                outcome.chosen.full_title(&view.cycle.framework),
                signed(stated),
                history.in_words(),
                outcome.chosen.better.name(),
            );
            let numbers = [("stated change, %", stated), ("history, % a year", rate)];
            findings.on_outcome(outcome.chosen, message, &numbers);
        }
    }
}
