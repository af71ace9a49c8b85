//! Departure that remains in force after its cluster was calibrated.

use super::{Check, Findings, View};
use crate::body::BodyIndex;
use crate::finding::{About, Severity};
use crate::output::{Mark, Origin};
use crate::record::{Method, Subject};
use crate::scale::{Scale, Step};

pub(super) static CHECK: Check = Check {
    id: "departure-under-calibration",
    title: "Departure from {a moderated} {group}",
    severity: Severity::Warning,
    what: "The {group} was {moderated} on a measure, {any component} that {assessor} judged separately for one of its {bodies}. The {body} keeps its own judgement until it is {moderated} itself.",
    why: "A departure has its own reason, which {moderating} the {group} does not address. {moderation} should decide on the departure as well.",
    example: "The {group}'s 1a was {moderated} from 2 to 1. One {body} departs from it with 3, and keeps 3.",
    methods: &[Method::Panel, Method::Calibrated],
    run,
};

fn run(view: &View<'_>, findings: &mut Findings<'_>) {
    let Some(cluster) = view.output.cluster else {
        return;
    };
    // Most PCTs follow their cluster in everything.
    let mut cells = view.output.cells.iter();
    let mut parts = view.output.parts();
    let departs_somewhere = cells.any(|cell| departs(cell.mark(Method::Panel)))
        || parts.any(|part| departs(part.result(Method::Panel).recorded));
    if !departs_somewhere {
        return;
    }
    let framework = &view.cycle.framework;
    for (index, measure) in framework.each_measure() {
        let cell = view.output.cell(index);
        if !departs(cell.mark(Method::Panel)) || calibrated(cell.mark(Method::Calibrated)) {
            continue;
        }
        let departure = Departure {
            cluster,
            subject: Subject::Measure(index),
            about: About::Measure(index),
            what: measure.id.clone(),
            scale: framework.scale_of(index),
            value: cell.current(),
        };
        departure.report(view, findings);
    }
    for level in framework.parts() {
        let Some(result) = view.output.part(level) else {
            continue;
        };
        let mark = |method| result.result(method).recorded;
        // The cluster's result was calibrated for the cluster's measures, not for its own.
        let mut measures = framework.measures_of(level);
        let measure_departs =
            measures.any(|measure| departs(view.output.cell(measure).mark(Method::Panel)));
        let departs = departs(mark(Method::Panel)) || measure_departs;
        if !departs || calibrated(mark(Method::Calibrated)) {
            continue;
        }
        let departure = Departure {
            cluster,
            subject: level.subject(),
            about: About::part(level),
            what: framework.label_of(level),
            scale: framework.scale_at(level),
            value: result.current().value(),
        };
        departure.report(view, findings);
    }
}

/// Whether the panel judged the PCT separately.
fn departs(panel: Mark) -> bool {
    panel.value.is_some() && matches!(panel.origin, Origin::Own | Origin::Departure)
}

/// Whether the PCT has a calibrated value.
fn calibrated(mark: Mark) -> bool {
    mark.origin != Origin::Nobody
}

struct Departure<'a> {
    cluster: BodyIndex,
    subject: Subject,
    about: About,
    what: String,
    scale: &'a Scale,
    value: Option<Step>,
}

impl Departure<'_> {
    fn report(self, view: &View<'_>, findings: &mut Findings<'_>) {
        let calibrated = view
            .cycle
            .judgements_on(self.cluster, self.subject, Method::Calibrated)
            .first()
            .and_then(|judgement| judgement.value);
        let Some(calibrated) = calibrated else {
            return;
        };
        let name = |body| view.cycle.organisations.body(body).name.clone();
        let pct = name(view.output.body);
        let key = |step: Option<Step>| step.map_or("not known".into(), |step| self.scale.key(step));
        let methods = &view.cycle.framework.methods;
        let (moderated, assessor) = (&methods.moderated, methods.assessor());
        let message = format!(
            "{}: {} was {moderated} to {}, but {assessor} judged {pct} separately, so it keeps {} \
             until it is {moderated} itself",
            self.what,
            name(self.cluster),
            key(Some(calibrated)),
            key(self.value),
        );
        findings.on_pct(self.about, message, &[]);
    }
}
