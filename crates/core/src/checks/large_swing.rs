//! Large swing from history to aspiration.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::{a_year, to_one_decimal};

pub(super) static CHECK: Check = Check {
    id: "large-swing",
    title: "Large swing from history to aspiration",
    severity: Severity::Note,
    what: "The aspiration for an outcome is better than the historic rate by at least the difference, in percentage points a year, that the framework calls a large swing.",
    why: "A change of this size needs a plan that explains it; without one it may be over-ambitious.",
    example: "Childhood obesity rose by 13.5% a year; the aspiration is a fall of 1.8% a year, a swing of 15.3 percentage points.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let Some(threshold) = view.cycle.framework.outcomes.large_swing else {
        return;
    };
    for outcome in view.outcomes() {
        let (Some(aspiration), Some(history)) = (outcome.shown.aspiration, outcome.shown.historic)
        else {
            continue;
        };
        let swing = to_one_decimal(outcome.improvement(aspiration) - outcome.improvement(history));
        if swing < threshold {
            continue;
        }
        let mut message = format!(
            "{}: the historic rate is {} and the aspiration {}, a swing of {swing:.1} percentage \
             points a year",
            outcome.chosen.full_title(&view.cycle.framework),
            a_year(history),
            a_year(aspiration),
        );
        if let Some(panel_view) = &outcome.chosen.panel_view {
            let assessor = view.cycle.framework.methods.assessor();
            message.push_str(&format!("; {assessor} called it \"{panel_view}\""));
        }
        let numbers = [
            ("aspiration, % a year", aspiration),
            ("history, % a year", history),
            ("swing, percentage points a year", swing),
        ];
        findings.on_outcome(outcome.chosen, message, &numbers);
    }
}
