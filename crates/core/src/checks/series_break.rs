//! Series with a break.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "series-break",
    title: "Series with a break",
    severity: Severity::Note,
    what: "The definition of an outcome changed within its series; the rate uses only the years since the change.",
    why: "A drop at a change of definition is not an improvement.",
    example: "A prevalence falls by a sixth in the year in which the survey changed.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for outcome in view.outcomes() {
        let chosen = outcome.chosen;
        for value in chosen.values.iter().filter(|value| value.break_before) {
            let message = format!(
                "{}: the definition changed in {}; earlier values are not comparable",
                chosen.full_title(&view.cycle.framework),
                value.year,
            );
            findings.on_outcome(chosen, message, &[("year", f64::from(value.year))]);
        }
    }
}
