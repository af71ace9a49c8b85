//! Answer without a challenge.

use super::{Check, Findings, View};
use crate::finding::{About, Severity};

pub(super) static CHECK: Check = Check {
    id: "answer-to-nothing",
    title: "Answer without a challenge",
    severity: Severity::Warning,
    what: "An answer was recorded on a measure that has no challenge.",
    why: "The answer may have been meant for another measure, whose challenge then stays open.",
    example: "The {group} answers on 2c, but the challenge is on 2b.",
    methods: &[],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    for at in view.cycle.answers_of(view.output.body) {
        let answer = view.cycle.records.answers.at(at);
        let challenged = view.output.challenges.iter().any(|challenge| {
            challenge.measure == answer.measure
                && (challenge.method == answer.method || challenge.answer == u32::try_from(at).ok())
        });
        if !challenged {
            let message = format!(
                "an answer is recorded on {} ({}), which has no challenge",
                view.cycle.framework.measure(answer.measure).id,
                view.cycle.framework.methods.title(answer.method),
            );
            findings.on_pct(About::Measure(answer.measure), message, &[]);
        }
    }
}
