//! Aspiration beyond the top decile.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "aspiration-beyond-top-decile",
    title: "Aspiration beyond the top decile",
    severity: Severity::Note,
    what: "The aspiration for an outcome is a faster improvement than that of the {bodies} with the largest rate of improvement.",
    why: "It may be over-ambitious, or the benchmark may use a different definition.",
    example: "The aspiration for patient experience is +1.9% a year; the top decile is +1.5% a year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let (Some(aspiration), Some(top)) = (outcome.shown.aspiration, outcome.shown.top_decile)
        else {
            continue;
        };
        if outcome.improvement(aspiration) > outcome.improvement(top) {
            let message = format!(
                "{}: the aspiration, {}, is beyond the top decile, {}",
                outcome.chosen.full_title(&view.cycle.framework),
                a_year(aspiration),
                a_year(top),
            );
            let numbers = [
                ("aspiration, % a year", aspiration),
                ("top decile, % a year", top),
            ];
            findings.on_outcome(outcome.chosen, message, &numbers);
        }
    }
}
