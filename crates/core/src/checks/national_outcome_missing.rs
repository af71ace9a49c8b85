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
    let framework = &view.cycle.framework;
    for national in framework
        .outcomes
        .catalogue
        .iter()
        .filter(|outcome| outcome.scope == OutcomeScope::National)
    {
        for id in &national.series {
            let Some(series) = framework.find_series(id) else {
                continue;
            };
            let has = view.outcomes().any(|outcome| {
                *outcome.chosen.outcome == *national.id && outcome.chosen.series == series
            });
            if !has {
                let message = format!(
                    "{} ({}) is a national {} and is missing",
                    national.title,
                    framework.series_at(series).title,
                    framework.words.outcome.one,
                );
                findings.on_pct(About::Outcome(national.id.as_str().into()), message, &[]);
            }
        }
    }
}
