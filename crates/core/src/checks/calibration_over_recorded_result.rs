//! A result that the panel recorded, although one of its measures was calibrated afterwards.

use super::{Check, Findings, View};
use crate::finding::{About, Severity};
use crate::record::Method;
use crate::scale::Step;
use crate::words;

pub(super) static CHECK: Check = Check {
    id: "calibration-over-recorded-result",
    title: "Recorded result overtaken by calibration",
    severity: Severity::Warning,
    what: "The panel recorded a result for a whole competency or strand, and one of its measures was calibrated afterwards. The rule's result for the calibrated measures replaces the recorded one; if the rule has no result, the recorded one still applies.",
    why: "The panel recorded its result for its own marks. When a measure is calibrated, the competency or strand should be calibrated as well, to say whether the panel's reason still holds.",
    example: "The panel recorded level 3 for competency 10. Measure 10b was calibrated to 1, so the rule gives the competency level 1.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    for level in framework.levels() {
        let Some(result) = view.output.part(level) else {
            continue;
        };
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
        let changed: Vec<&str> = framework
            .measures_of(level)
            .filter(|measure| {
                let cell = view.output.cell(*measure);
                cell.mark(Method::Calibrated).value.is_some()
            })
            .map(|measure| framework.measure(measure).id.as_str())
            .collect();
        let was = if changed.len() == 1 { "was" } else { "were" };
        let measures = words::all_of(changed);
        let scale = framework.scale_at(level);
        let key = |step: Step| scale.key(step);
        let consequence = match calibrated.by_rule.step {
            // Nothing changes, so there is nothing to decide.
            Some(step) if step == recorded => continue,
            Some(step) => format!(
                "the rule now gives {}, which replaces the recorded result",
                key(step)
            ),
            None => "the rule has no result for the calibrated measures, so the recorded result \
                     still applies"
                .to_owned(),
        };
        let message = format!(
            "{}: the panel recorded {}; {measures} {} calibrated, and {consequence}",
            framework.label_of(level),
            key(recorded),
            was,
        );
        findings.on_pct(About::part(level), message, &[]);
    }
}
