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

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    for (index, component) in framework.each_component() {
        let result = &view.output.components[usize::from(index.0)];
        let current = result.current();
        let (Some(confirm), Some(step)) = (component.combination.confirm, current.by_rule.step)
        else {
            continue;
        };
        if step > confirm || current.recorded.value.is_some() {
            continue;
        }
        let message = format!(
            "{}: {} by the rule \"{}\"; {} has yet to confirm it",
            component.label,
            framework.scale_of_component(index).key(step),
            component.combination.rule.name(),
            framework.methods.assessor(),
        );
        findings.on_pct(About::Component(index), message, &[]);
    }
}
