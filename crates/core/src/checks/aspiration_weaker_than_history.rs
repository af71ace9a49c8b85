//! Aspiration weaker than history.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "aspiration-weaker-than-history",
    title: "Aspiration weaker than history",
    severity: Severity::Warning,
    what: "The aspiration for an outcome is a slower improvement than the {body} has already achieved.",
    why: "Such an aspiration means slowing down; {assessor} may have called it ambitious without seeing the historic rate.",
    example: "Cancer mortality fell by 2.5% a year over three years; the aspiration is a fall of 1.2% a year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let (Some(aspiration), Some(history)) = (outcome.shown.aspiration, outcome.shown.historic)
        else {
            continue;
        };
        let improved = outcome.improvement(history);
        if improved <= 0.0 || outcome.improvement(aspiration) >= improved {
            continue;
        }
        let mut message = format!(
            "{}: the aspiration, {}, is weaker than the historic rate, {}",
            outcome.chosen.full_title(&view.cycle.framework),
            a_year(aspiration),
            a_year(history),
        );
        if let Some(panel_view) = &outcome.chosen.panel_view {
            let assessor = view.cycle.framework.methods.assessor();
            message.push_str(&format!("; {assessor} called it \"{panel_view}\""));
        }
        let numbers = [
            ("aspiration, % a year", aspiration),
            ("history, % a year", history),
        ];
        findings.on_outcome(outcome.chosen, message, &numbers);
    }
}
