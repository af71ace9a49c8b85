//! Direction contradicted by the top decile.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "direction-contradicted",
    title: "Direction contradicted by the top decile",
    severity: Severity::Error,
    what: "The top decile (the {bodies} with the largest rate of improvement) moves against the stated direction of the outcome.",
    why: "Either the direction or the benchmark is wrong, and so is every comparison of the outcome.",
    example: "Mortality is recorded with higher as better, but the top decile is -9.9% a year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let Some(top) = outcome.shown.top_decile else {
            continue;
        };
        if outcome.improvement(top) < 0.0 {
            let message = format!(
                "{}: {} is recorded as better, but the rate of the top decile is {}",
                outcome.chosen.full_title(&view.cycle.framework),
                outcome.chosen.better.name(),
                a_year(top),
            );
            findings.on_outcome(outcome.chosen, message, &[("top decile, % a year", top)]);
        }
    }
}
