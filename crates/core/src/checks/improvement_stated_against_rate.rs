//! Stated position against the rate.

use super::{Check, Findings, View, named, rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "improvement-stated-against-rate",
    title: "Stated position against the rate",
    severity: Severity::Note,
    what: "The report states an improvement (or a slip) while the historic rate says the opposite.",
    why: "A one-year position and a three-year rate are different things; both are kept, and the reader should know.",
    example: "Patient experience is reported as improved while its three-year rate is -1.4% a year, with higher better.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, outcome) in view.outcomes() {
        let (Some(stated), Ok(history)) = (&chosen.stated_position, outcome.historic) else {
            continue;
        };
        let improved = chosen.better.improvement(history);
        let contradicts = match stated.as_ref() {
            "improved" => improved < 0.0,
            "slipped" => improved > 0.0,
            _ => false,
        };
        if contradicts {
            let message = format!(
                "{}: stated as {stated}, while the historic rate is {} ({} is better)",
                named(chosen),
                rate(history),
                chosen.better.name(),
            );
            findings.on_outcome(chosen, message, &[("history, % a year", history)]);
        }
    }
}
