//! Aspiration is a worsening.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "aspiration-is-a-worsening",
    title: "Aspiration is a worsening",
    severity: Severity::Warning,
    what: "The aspiration for an outcome goes the wrong way: up although lower is better, or down although higher is better.",
    why: "It may still be slower than the historic worsening, but it must be a deliberate choice, not an oversight.",
    example: "Alcohol-related admissions rise by 15.8% a year; the aspiration is a rise of 7.7% a year, although lower is better.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let Some(aspiration) = outcome.shown.aspiration else {
            continue;
        };
        let improves = outcome.improvement(aspiration);
        if improves >= 0.0 {
            continue;
        }
        let mut message = format!(
            "{}: the aspiration, {}, is a worsening ({} is better)",
            outcome.chosen.full_title(&view.cycle.framework),
            a_year(aspiration),
            outcome.chosen.better.name(),
        );
        let mut numbers = vec![("aspiration, % a year", aspiration)];
        if let Some(history) = outcome.shown.historic {
            numbers.push(("history, % a year", history));
            let improved = outcome.improvement(history);
            let rate = a_year(history);
            message.push_str(&if improved > 0.0 {
                format!(", although the historic rate, {rate}, was an improvement")
            } else if improved == 0.0 {
                format!(", although the historic rate, {rate}, was not a worsening")
            } else if improves > improved {
                format!(", though slower than the historic rate, {rate}")
            } else if improves == improved {
                ", the same as the historic rate".to_owned()
            } else {
                format!(", faster than the historic rate, {rate}")
            });
        }
        findings.on_outcome(outcome.chosen, message, &numbers);
    }
}
