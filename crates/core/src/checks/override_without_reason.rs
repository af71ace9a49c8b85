//! Overall value without a reason.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "override-without-reason",
    title: "Overall value without a reason",
    severity: Severity::Error,
    what: "A recorded overall level or rating differs from the result of the framework's rule, and no reason is given.",
    why: "{assessor} may override the rule, but it must say why.",
    example: "The rule gives {component} 10 level 2; {assessor} records 3 without saying why.",
    methods: &[],
    run,
};

use crate::finding::About;
use crate::framework::FrameworkPart;
use crate::output::{MethodResult, Origin, PartResult};
use crate::record::Method;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let is_override = |part: &PartResult| part.results.iter().any(MethodResult::is_override);
    if !view.output.parts().any(is_override) {
        return;
    }
    let framework = &view.cycle.framework;
    for (level, result) in framework.parts().zip(view.output.parts()) {
        for (method, by_method) in Method::ALL.iter().zip(&result.results) {
            let method = *method;
            if method == Method::Previous || !by_method.is_override() {
                continue;
            }
            let Some(judgement) = by_method.recorded.judgement(view.cycle) else {
                continue;
            };
            if judgement.details().reason.is_some() {
                continue;
            }
            let scale = framework.scale_at(level);
            let key =
                |step: Option<crate::Step>| step.map_or("unknown".into(), |step| scale.key(step));
            let label = match level {
                FrameworkPart::Component(index) => {
                    let component = framework.component(index);
                    format!("{} {}", component.id, component.label)
                }
                _ => framework.label_of(level),
            };
            let message = format!(
                "{label}: the {} was recorded as {}, but the rule gives {}, and no reason is given",
                framework.methods.title(method),
                key(by_method.recorded.value),
                key(by_method.by_rule.step),
            );
            // A finding is on a body whose own records decide whether there is one: each body that
            // inherits from a function has its own rule's result.
            let body = match by_method.recorded.origin {
                Origin::Function => view.output.body,
                _ => judgement.body,
            };
            findings.on(body, About::part(level), message, &[]);
        }
    }
}
