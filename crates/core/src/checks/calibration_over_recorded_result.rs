//! A result that the panel recorded, although one of its measures was calibrated afterwards.

use super::{Check, Findings, View};
use crate::finding::{About, Severity};
use crate::framework::{Framework, FrameworkPart};
use crate::record::Method;
use crate::scale::Step;
use crate::words;

pub(super) static CHECK: Check = Check {
    id: "calibration-over-recorded-result",
    title: "Recorded result overtaken by {moderation}",
    severity: Severity::Warning,
    what: "{assessor} recorded a result for a whole {any component}, and one of its measures was {moderated} afterwards. The rule's result for the {moderated} measures replaces the recorded one; if the rule has no result, the recorded one still applies.",
    why: "{assessor} recorded its result for its own marks. When a measure is {moderated}, the {any component} should be {moderated} as well, to say whether {assessor's} reason still holds.",
    example: "{assessor} recorded level 3 for {component} 10. Measure 10b was {moderated} to 1, so the rule gives the {component} level 1.",
    methods: &[Method::Panel, Method::Calibrated],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    let moderated = &framework.methods.moderated;
    for (level, result) in framework.parts().zip(view.output.parts()) {
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
        let mut changed: Vec<&str> = framework
            .measures_of(level)
            .filter(|measure| {
                let cell = view.output.cell(*measure);
                cell.mark(Method::Calibrated).value.is_some()
            })
            .map(|measure| framework.measure(measure).id.as_str())
            .collect();
        if changed.is_empty() {
            let below = framework
                .parts()
                .filter(|part| is_below(framework, *part, level));
            let below = below.filter(|part| {
                let part = view.output.part(*part);
                part.is_some_and(|part| part.result(Method::Calibrated).recorded.value.is_some())
            });
            changed.extend(below.map(|part| part.subject().id(framework)));
        }
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
            None => format!(
                "the rule has no result for the {moderated} measures, so the recorded result \
                 still applies"
            ),
        };
        let message = format!(
            "{}: {} recorded {}; {measures} {} {moderated}, and {consequence}",
            framework.label_of(level),
            framework.methods.assessor(),
            key(recorded),
            was,
        );
        findings.on_pct(About::part(level), message, &[]);
    }
}

/// Whether a part belongs to a larger one.
fn is_below(framework: &Framework, part: FrameworkPart, whole: FrameworkPart) -> bool {
    match (part, whole) {
        (FrameworkPart::Component(component), FrameworkPart::Area(area)) => {
            framework.component(component).area == area
        }
        (FrameworkPart::Component(_) | FrameworkPart::Area(_), FrameworkPart::Overall) => true,
        _ => false,
    }
}
