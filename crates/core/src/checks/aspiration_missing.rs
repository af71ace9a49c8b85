//! No aspiration.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "aspiration-missing",
    title: "No aspiration",
    severity: Severity::Warning,
    what: "A chosen outcome has no aspiration.",
    why: "A chosen outcome can only be assessed against an aspired rate of improvement.",
    example: "Smoking quitters is chosen in slot 6, but its aspiration is empty.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        if outcome.shown.aspiration.is_none() {
            let message = format!(
                "{}: no aspiration is set",
                outcome.chosen.full_title(&view.cycle.framework)
            );
            findings.on_outcome(outcome.chosen, message, &[]);
        }
    }
}
