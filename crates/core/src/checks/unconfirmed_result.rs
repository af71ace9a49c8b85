//! Result to be confirmed by the panel.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "unconfirmed-result",
    title: "Result to be confirmed by {assessor}",
    severity: Severity::Warning,
    what: "The rule's result is so low that the framework asks {assessor} to record it itself, and {assessor} has not.",
    why: "A red that only the rule gives may depend on a single measure; {assessor} must confirm it.",
    example: "One red measure makes finance red; {assessor} has not recorded a rating for finance.",
    methods: &[],
    run,
};

use crate::finding::About;
use crate::framework::FrameworkPart;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    for (level, confirm) in view.to_confirm.iter().copied() {
        let (Some(combination), Some(result)) =
            (framework.combination(level), view.output.part(level))
        else {
            continue;
        };
        let current = result.current();
        let Some(step) = current.by_rule.step.filter(|step| *step <= confirm) else {
            continue;
        };
        if current.recorded.value.is_some() {
            continue;
        }
        let label = match level {
            FrameworkPart::Component(index) => framework.component(index).label.clone(),
            _ => framework.label_of(level),
        };
        let message = format!(
            "{}: {} by the rule \"{}\"; {} has yet to confirm it",
            label,
            framework.scale_at(level).key(step),
            combination.name(),
            framework.methods.assessor(),
        );
        findings.on_pct(About::part(level), message, &[]);
    }
}
