//! Departure that a calibration of the cluster does not replace.

use super::{Check, Findings, View};
use crate::finding::{About, Severity};
use crate::judgement::{Method, Subject};
use crate::output::{Mark, Origin};
use crate::scale::Scale;

pub(super) static CHECK: Check = Check {
    id: "departure-under-calibration",
    title: "Departure under a calibrated cluster",
    severity: Severity::Warning,
    what: "The cluster was calibrated on something that the panel judged otherwise for one of its PCTs. The PCT's own judgement stands until the PCT itself is calibrated.",
    why: "A departure has its own reason, which a calibration of the cluster does not answer; whoever calibrates should decide on it as well.",
    example: "The cluster's 1a was calibrated from 2 to 1. One PCT departs from it with 3, and still has 3.",
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let framework = &view.cycle.framework;
    for (index, measure) in framework.each_measure() {
        let mark = |method| view.output.cell(index).mark(method);
        let kept = Kept {
            subject: Subject::Measure(index),
            what: &measure.id,
            scale: framework.scale_of(index),
        };
        kept.tell(view, findings, About::Measure(index), mark);
    }
    for (index, component) in framework.each_component() {
        let result = &view.output.components[usize::from(index.0)];
        let mark = |method| result.result(method).recorded;
        let what = component.numbered_label();
        let kept = Kept {
            subject: Subject::Component(index),
            what: &what,
            scale: framework.scale_of_component(index),
        };
        kept.tell(view, findings, About::Component(index), mark);
    }
}

struct Kept<'a> {
    subject: Subject,
    what: &'a str,
    scale: &'a Scale,
}

impl Kept<'_> {
    fn tell(
        &self,
        view: &View<'_>,
        findings: &mut Findings<'_>,
        about: About,
        mark: impl Fn(Method) -> Mark,
    ) {
        let Some(cluster) = view.output.cluster else {
            return;
        };
        let panel = mark(Method::Panel);
        let own = matches!(panel.origin, Origin::Own | Origin::Departure);
        if !own || mark(Method::Calibrated).origin != Origin::Nobody {
            return;
        }
        let calibrated = view
            .cycle
            .judgements_on(cluster, self.subject, Method::Calibrated)
            .first()
            .and_then(|judgement| judgement.value);
        let (Some(calibrated), Some(value)) = (calibrated, panel.value) else {
            return;
        };
        let name = |body| view.cycle.organisations.body(body).name.clone();
        let pct = name(view.output.body);
        let message = format!(
            "{}: {} was calibrated to {}, but the panel's {} for {pct} stands until {pct} itself is \
             calibrated",
            self.what,
            name(cluster),
            self.scale.key(calibrated),
            self.scale.key(value),
        );
        findings.on_pct(about, message, &[]);
    }
}
