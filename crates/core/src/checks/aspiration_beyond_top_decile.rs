//! Aspiration beyond the top decile.

use super::{Check, Findings, View, named, rate, same_rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "aspiration-beyond-top-decile",
    title: "Aspiration beyond the top decile",
    severity: Severity::Note,
    what: "The aspiration for an outcome improves faster than the PCTs with the largest rate of improvement.",
    why: "It may be over-ambitious, or the benchmark may be of another definition.",
    example: "The aspiration for patient experience is +1.9% a year, the top decile +1.5%.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, _) in view.outcomes() {
        let (Some(aspiration), Some(top)) = (chosen.rates.aspiration, chosen.rates.top_decile)
        else {
            continue;
        };
        let beyond = chosen.better.improvement(aspiration) > chosen.better.improvement(top);
        if beyond && !same_rate(aspiration, top) {
            let message = format!(
                "{}: the aspiration of {} goes beyond the top decile's {}",
                named(chosen),
                rate(aspiration),
                rate(top),
            );
            let numbers = [
                ("aspiration, % a year", aspiration),
                ("top decile, % a year", top),
            ];
            findings.on_outcome(chosen, message, &numbers);
        }
    }
}
