//! Direction contradicted by the top decile.

use super::{Check, Findings, View, named, rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "direction-contradicted",
    title: "Direction contradicted by the top decile",
    severity: Severity::Error,
    what: "The top decile, the PCTs with the largest rate of improvement, moves against the stated direction of the outcome.",
    why: "Either the direction or the benchmark is wrong, and with it every comparison of the outcome.",
    example: "Mortality is entered as higher better, and the top decile is -9.9% a year.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, _) in view.outcomes() {
        let Some(top) = chosen.rates.top_decile else {
            continue;
        };
        if chosen.better.improvement(top) < 0.0 {
            let message = format!(
                "{}: {} is said to be better, but the top decile moves by {}",
                named(chosen),
                chosen.better.name(),
                rate(top),
            );
            findings.on_outcome(chosen, message, &[("top decile, % a year", top)]);
        }
    }
}
