//! No aspiration.

use super::{Check, Findings, View, named};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "aspiration-missing",
    title: "No aspiration",
    severity: Severity::Warning,
    what: "A chosen outcome has no aspiration.",
    why: "Each chosen outcome needs a rate of improvement that it is examined against.",
    example: "Smoking quitters is chosen in slot 6, and the aspiration is empty.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        if outcome.shown.aspiration.is_none() {
            let message = format!("{}: no aspiration is set", named(outcome.chosen));
            findings.on_outcome(outcome.chosen, message, &[]);
        }
    }
}
