//! History weaker than benchmarks.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::a_year;

pub(super) static CHECK: Check = Check {
    id: "history-weaker-than-benchmarks",
    title: "History weaker than benchmarks",
    severity: Severity::Note,
    what: "The {body}'s historic rate of improvement is behind the national rate, that of its \
           {peers}, or both. A rate over a span other than the framework's is not compared.",
    why: "It shows whether {a body} is falling behind comparable {bodies}, whatever its aspiration.",
    example: "Infant mortality has not changed, but in the {peers} it improved by 9.1% a year.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let words = &view.cycle.framework.words;
    for outcome in view.outcomes() {
        let Some(history) = outcome.shown.historic else {
            continue;
        };
        let mut ahead = Vec::new();
        let mut numbers = vec![(String::from("history, % a year"), history)];
        for (name, label, benchmark) in outcome.comparators(words) {
            let Some(benchmark) = benchmark else { continue };
            if outcome.improvement(history) < outcome.improvement(benchmark) {
                ahead.push(format!("the {name} rate ({})", a_year(benchmark)));
                numbers.push((label, benchmark));
            }
        }
        if !ahead.is_empty() {
            let message = format!(
                "{}: the historic rate, {}, is behind {}",
                outcome.chosen.full_title(&view.cycle.framework),
                a_year(history),
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
