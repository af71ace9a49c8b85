//! National outcome missing.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "national-outcome-missing",
    title: "National outcome missing",
    severity: Severity::Warning,
    what: "One of the outcomes that every {body} must have, or one of its series, is missing.",
    why: "All {bodies} can be compared only on the national outcomes.",
    example: "Health inequalities are given for males only.",
    methods: &[],
    run,
};

use crate::finding::About;
use crate::outcome::OutcomeScope;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    if view.output.outcomes.is_empty() {
        return;
    }
    let catalogue = &view.cycle.framework.outcomes.catalogue;
    for national in catalogue
        .iter()
        .filter(|outcome| outcome.scope == OutcomeScope::National)
    {
        for series in &national.series {
            let has = view.outcomes().any(|outcome| {
                *outcome.chosen.outcome == *national.id && outcome.chosen.series == *series
            });
            if !has {
                let message = format!(
                    "{} ({}) is a national {} and is missing",
                    national.title,
                    series.name(),
                    view.cycle.framework.words.outcome.one,
                );
                findings.on_pct(About::Outcome(national.id.as_str().into()), message, &[]);
            }
        }
    }
}
