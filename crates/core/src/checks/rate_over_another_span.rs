//! Rate over a span other than the framework's.

use super::{Check, Findings, View};
use crate::finding::Severity;
use crate::percent::to_one_decimal;
use crate::words::years;

pub(super) static CHECK: Check = Check {
    id: "rate-over-another-span",
    title: "Rate over another span",
    severity: Severity::Note,
    what: "The historic rate of an outcome covers more or fewer years than the framework's span.",
    why: "A rate over one year is not comparable with a rate over three. It is shown with its years, but it is not compared with benchmarks or the aspiration, and not ranked.",
    example: "Smoking is known only for 2006 and 2007; its rate covers one year, not three.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let span = i32::from(view.cycle.framework.outcomes.span_years.max(1));
    for outcome in view.outcomes() {
        let Ok(history) = outcome.result.historic else {
            continue;
        };
        let Some(covered) = history.years.filter(|_| !history.comparable) else {
            continue;
        };
        let message = format!(
            "{}: the historic rate is {}, not over {}; it is not compared or ranked",
            outcome.chosen.full_title(&view.cycle.framework),
            history.in_words(),
            years(span),
        );
        let numbers = [
            ("history, % a year", to_one_decimal(history.percent)),
            ("first year", f64::from(covered.from)),
            ("last year", f64::from(covered.to)),
        ];
        findings.on_outcome(outcome.chosen, message, &numbers);
    }
}
