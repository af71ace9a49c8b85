//! Aspiration weaker than history.

use super::{Check, Findings, View, named, rate, same_rate};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "aspiration-weaker-than-history",
    title: "Aspiration weaker than history",
    severity: Severity::Warning,
    what: "The aspiration for an outcome improves more slowly than the PCT has improved so far.",
    why: "An aspiration below what is already achieved asks for a loss of pace; the panel may have called it ambitious without seeing the history.",
    example: "Cancer mortality fell by 2.5% a year over three years; the aspiration is a fall of 1.2% a year.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for (chosen, outcome) in view.outcomes() {
        let (Some(aspiration), Ok(history)) = (chosen.rates.aspiration, outcome.historic) else {
            continue;
        };
        let improved = chosen.better.improvement(history);
        let improves = chosen.better.improvement(aspiration);
        if same_rate(aspiration, history) || improved <= 0.0 || improves >= improved {
            continue;
        }
        let mut message = format!(
            "{}: the aspiration of {} is weaker than the {} already achieved",
            named(chosen),
            rate(aspiration),
            rate(history),
        );
        if let Some(panel_view) = &chosen.panel_view {
            message.push_str(&format!("; the panel called it \"{panel_view}\""));
        }
        let numbers = [
            ("aspiration, % a year", aspiration),
            ("history, % a year", history),
        ];
        findings.on_outcome(chosen, message, &numbers);
    }
}
