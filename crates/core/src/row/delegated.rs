//! Functions: the marks that a body inherits from those to which it delegates, and what a function
//! itself is asked.

use super::{Marks, Row};
use crate::body::{BodyIndex, BodyKind};
use crate::cycle::CheckedCycle;
use crate::delegation::{Delegator, PerformedWork};
use crate::framework::{FrameworkPart, MeasureIndex, Reach};
use crate::output::{Mark, Origin, cell_at, cell_at_mut};
use crate::record::{Method, Subject};
use std::collections::{BTreeMap, BTreeSet};

impl Row {
    /// Fills in the judgements on functions that stand for those on a body, wherever neither the
    /// body nor its cluster has one by the same method. `work` is in the order of the functions'
    /// codes: of two that perform a measure, the first that was judged on it counts.
    pub(crate) fn take_delegated<'a>(
        &mut self,
        cycle: &CheckedCycle,
        delegator: Delegator,
        work: impl Iterator<Item = &'a PerformedWork>,
    ) {
        let framework = &cycle.framework;
        let is_group = cycle.organisations.body(delegator.body).kind == BodyKind::Cluster;
        // A cluster is not assured on what is assured for each of its PCTs.
        let is_asked = |measure: MeasureIndex| {
            let measure = framework.measure(measure);
            measure.is_asked && (!is_group || measure.reach != Reach::Pct)
        };
        let mut taken: BTreeSet<Subject> = BTreeSet::new();
        for work in work {
            let judged = judgements(cycle, work.function, delegator);
            let measures = work.measures.iter();
            for measure in measures.filter(|measure| is_asked(**measure)) {
                self.take(
                    cycle,
                    &judged,
                    Subject::Measure(*measure),
                    &mut taken,
                    |_, _| true,
                );
            }
            for part in &work.parts {
                let mut measures = framework.measures_of(*part).peekable();
                if measures.peek().is_some() && !measures.any(is_asked) {
                    continue;
                }
                // A result of the function is of its own measures, so all of them must be its own.
                let function = work.function;
                let is_its_own = |row: &Row, method| row.is_of(cycle, *part, method, function);
                self.take(cycle, &judged, part.subject(), &mut taken, is_its_own);
            }
        }
    }

    /// Leaves out what a function does not perform and nobody judged it on, so that its own results
    /// are of its work alone.
    pub(crate) fn leave_out_others_work(&mut self, work: &PerformedWork) {
        for (measure, cell) in (0..).map(MeasureIndex).zip(&mut self.cells) {
            let is_judged = cell.marks.iter().any(|mark| mark.origin != Origin::Nobody);
            if !work.performs(measure) && !is_judged {
                cell.marks = [Mark::not_asked(); 5];
            }
        }
    }

    /// Takes over the judgements on one subject, unless an earlier function was judged on it.
    fn take(
        &mut self,
        cycle: &CheckedCycle,
        judged: &Judged,
        subject: Subject,
        taken: &mut BTreeSet<Subject>,
        applies: impl Fn(&Row, Method) -> bool,
    ) {
        let of_subject = judged.range((subject, Method::ALL[0])..);
        let mut of_subject = of_subject
            .take_while(|((other, _), _)| *other == subject)
            .peekable();
        if of_subject.peek().is_none() || !taken.insert(subject) {
            return;
        }
        for ((_, method), closest) in of_subject {
            if !applies(self, *method) {
                continue;
            }
            let marks = match subject {
                Subject::Measure(measure) => &mut cell_at_mut(&mut self.cells, measure).marks,
                Subject::Component(index) => self.parts.at_mut(FrameworkPart::Component(index)),
                Subject::Area(area) => self.parts.at_mut(FrameworkPart::Area(usize::from(area))),
                Subject::Overall => self.parts.at_mut(FrameworkPart::Overall),
            };
            let mark = *method.of(marks);
            let is_free = mark.origin == Origin::Nobody && !mark.not_applicable();
            // The moderation of a function does not replace what was judged for the body itself.
            let panel = Method::Panel.of(marks).origin;
            let is_moderated_alone = *method == Method::Calibrated
                && !matches!(panel, Origin::Nobody | Origin::Function);
            if is_free && !is_moderated_alone {
                let judgement = cycle.records.judgements.at(closest.at);
                *method.of_mut(marks) = Mark::judged(judgement, Origin::Function, closest.at);
            }
        }
    }

    /// Whether what is known by a method of every measure of a part comes from a function.
    fn is_of(
        &self,
        cycle: &CheckedCycle,
        part: FrameworkPart,
        method: Method,
        function: BodyIndex,
    ) -> bool {
        let is_of = |mark: Mark| match mark.origin {
            Origin::Nobody => true,
            Origin::Function => mark
                .judgement(cycle)
                .is_some_and(|judgement| judgement.body == function),
            _ => false,
        };
        let are_of = |marks: &Marks| {
            let moderates = method == Method::Calibrated;
            is_of(*method.of(marks)) && (!moderates || is_of(*Method::Panel.of(marks)))
        };
        let mut measures = cycle.framework.measures_of(part);
        let mut components = cycle.framework.each_component();
        measures.all(|measure| are_of(&cell_at(&self.cells, measure).marks))
            && components.all(|(index, component)| {
                part != FrameworkPart::Area(component.area)
                    || are_of(self.parts.at(FrameworkPart::Component(index)))
            })
    }
}

/// The judgements on a function that count for one body: at most one for each subject and method.
type Judged = BTreeMap<(Subject, Method), Closest>;

/// The judgement that counts.
struct Closest {
    /// The lower, the closer. A moderation of the whole region comes before all others.
    rank: u8,
    /// Its position in the records.
    at: usize,
}

fn judgements(cycle: &CheckedCycle, function: BodyIndex, delegator: Delegator) -> Judged {
    let mut closest = Judged::new();
    for at in cycle.judgements_of(function) {
        let judgement = cycle.records.judgements.at(at);
        let Some(nearness) = delegator.nearness(judgement.assessor) else {
            continue;
        };
        let moderates_all = nearness == Delegator::REGION
            && judgement.method == Method::Calibrated
            && judgement.value.is_some();
        let rank = if moderates_all { 0 } else { nearness + 1 };
        let key = (judgement.subject, judgement.method);
        let is_closer = closest.get(&key).is_none_or(|other: &Closest| {
            let value = cycle.records.judgements.at(other.at).value;
            // Of two judgements of the whole region, the lower applies.
            let lower = || (judgement.value.is_none(), judgement.value) < (value.is_none(), value);
            rank < other.rank || rank == other.rank && lower()
        });
        if is_closer {
            closest.insert(key, Closest { rank, at });
        }
    }
    // A moderation by somebody further away is not of the judgement that counts.
    let panels: BTreeMap<Subject, u8> = closest
        .iter()
        .filter(|((_, method), _)| *method == Method::Panel)
        .map(|((subject, _), panel)| (*subject, panel.rank))
        .collect();
    closest.retain(|(subject, method), moderation| {
        let panel = panels.get(subject);
        *method != Method::Calibrated || panel.is_none_or(|panel| moderation.rank <= *panel)
    });
    closest
}
