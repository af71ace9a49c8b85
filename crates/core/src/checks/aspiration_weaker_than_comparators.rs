//! Aspiration weaker than comparators.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "aspiration-weaker-than-comparators",
    title: "Aspiration weaker than comparators",
    severity: Severity::Note,
    what: "The aspiration for an outcome is a slower improvement than the national rate or the rate of the {peers}.",
    why: "{a body} that aims lower than comparable {bodies} falls behind even if it succeeds.",
    example: "The aspiration for infant mortality is -8.6% a year; the rate of the {peers} is -9.1% a year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let words = &view.cycle.framework.words;
    for outcome in view.outcomes() {
        let Some(aspiration) = outcome.shown.aspiration else {
            continue;
        };
        let mut ahead = Vec::new();
        let mut numbers = vec![(String::from("aspiration, % a year"), aspiration)];
        for (name, label, comparator) in outcome.comparators(words) {
            let Some(comparator) = comparator else {
                continue;
            };
            if outcome.improvement(aspiration) < outcome.improvement(comparator) {
                ahead.push(format!("the {name} rate ({})", a_year(comparator)));
                numbers.push((label, comparator));
            }
        }
        if !ahead.is_empty() {
            let message = format!(
                "{}: the aspiration, {}, is weaker than {}",
                outcome.chosen.full_title(&view.cycle.framework),
                a_year(aspiration),
                crate::words::all_of(ahead.iter().map(String::as_str)),
            );
            let numbers: Vec<(&str, f64)> = numbers
                .iter()
                .map(|(label, value)| (label.as_str(), *value))
                .collect();
            findings.on_outcome(outcome.chosen, message, &numbers);
        }
    }
}
