//! Overall value without a reason.

use super::{Check, Findings, View};
use crate::finding::Severity;

pub(super) static CHECK: Check = Check {
    id: "override-without-reason",
    title: "Overall value without a reason",
    severity: Severity::Error,
    what: "An overall level or rating was recorded that differs from what the framework's rule makes of the measures, and no reason is given.",
    why: "The rule is open to the panel's judgement, but only in the open.",
    example: "The rule makes level 2 of competency 10, the panel records 3 and does not say why.",
    run,
};

use crate::finding::About;
use crate::output::Origin;
use crate::record::Method;

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    for (index, component) in framework.each_component() {
        let result = &view.output.components[usize::from(index.0)];
        for method in Method::ALL {
            let by_method = result.result(method);
            let carried = by_method.recorded.origin == Origin::LastYear;
            let Some(judgement) = by_method.recorded.judgement(view.cycle) else {
                continue;
            };
            let silent = judgement.details().reason.is_none() && method != Method::Previous;
            if carried || !by_method.is_override() || !silent {
                continue;
            }
            let scale = framework.scale_of_component(index);
            let key = |step: Option<crate::Step>| step.map_or("unknown", |step| scale.key(step));
            let message = format!(
                "{} {}: {} was recorded as {}, the rule makes {}, and no reason is given",
                component.id,
                component.label,
                method.in_words(),
                key(by_method.recorded.value),
                key(by_method.by_rule.step),
            );
            findings.on(judgement.body, About::Component(index), message, &[]);
        }
    }
}
