//! Result that the panel recorded, beneath which something was calibrated.

use super::{Check, Findings, View};
use crate::finding::{About, Severity};
use crate::record::Method;
use crate::scale::Step;
use crate::words;

pub(super) static CHECK: Check = Check {
    id: "calibration-over-recorded-result",
    title: "Recorded result overtaken by calibration",
    severity: Severity::Warning,
    what: "The panel recorded a result for a whole competency or strand, and one of its measures was calibrated afterwards. The rule over the calibrated measures takes the place of what the panel recorded, or, where it makes no result, the recorded one still applies.",
    why: "The panel recorded its result for its own marks. Whoever calibrates a measure should say whether the panel's reason still holds, by calibrating the whole as well.",
    example: "The panel recorded level 3 for competency 10. 10b was calibrated to 1, so the rule makes level 1 of the competency.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    for (index, component) in framework.each_component() {
        let result = &view.output.components[usize::from(index.0)];
        let (panel, calibrated) = (
            result.result(Method::Panel),
            result.result(Method::Calibrated),
        );
        let Some(recorded) = panel.recorded.value else {
            continue;
        };
        if calibrated.recorded.value.is_some() || calibrated.by_rule.possible.is_none() {
            continue;
        }
        let changed: Vec<&str> = component
            .measures
            .iter()
            .filter(|measure| {
                let cell = view.output.cell(**measure);
                cell.mark(Method::Calibrated).value.is_some()
            })
            .map(|measure| framework.measure(*measure).id.as_str())
            .collect();
        let was = if changed.len() == 1 { "was" } else { "were" };
        let measures = words::all_of(changed);
        let scale = framework.scale_of_component(index);
        let key = |step: Step| scale.key(step);
        let consequence = match calibrated.by_rule.step {
            // Nothing changes, so there is nothing to decide.
            Some(step) if step == recorded => continue,
            Some(step) => format!(
                "the rule over the calibrated measures makes {}, which takes its place",
                key(step)
            ),
            None => "the rule makes no result of the calibrated measures, so it still applies"
                .to_owned(),
        };
        let message = format!(
            "{}: the panel recorded {}; {measures} {} calibrated, and {consequence}",
            component.numbered_label(),
            key(recorded),
            was,
        );
        findings.on_pct(About::Component(index), message, &[]);
    }
}
