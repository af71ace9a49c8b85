//! Whether references that come from outside are to something.

use super::cycles::Resolved;
use crate::body::{BodyIndex, Organisations};
use crate::framework::{ComponentIndex, Framework, MeasureIndex};
use crate::judgement::{Subject, Topic};
use crate::scale::{Scale, Step};

/// What records may refer to.
pub(super) struct Within<'a> {
    pub(super) framework: &'a Framework,
    pub(super) organisations: &'a Organisations,
}

impl Within<'_> {
    pub(super) fn holds(&self, record: &Resolved) -> bool {
        match record {
            Resolved::Judgement(one) => {
                self.body(one.body)
                    && self.subject(one.subject)
                    && one.value.is_none_or(|step| self.step(one.subject, step))
                    && one.assessor.is_none_or(|body| self.body(body))
            }
            Resolved::Evidence(one) => {
                self.body(one.body) && one.measures.iter().all(|measure| self.measure(*measure))
            }
            Resolved::Survey(one) => self.body(one.body) && self.measure(one.measure),
            Resolved::Criterion(one) => {
                self.body(one.body)
                    && self.measure(one.measure)
                    && self.step(Subject::Measure(one.measure), one.supports)
            }
            Resolved::Outcome(one) => self.body(one.pct),
            Resolved::Answer(one) => self.body(one.body) && self.measure(one.measure),
            Resolved::Commentary(one) => {
                self.body(one.body) && one.about.iter().all(|topic| self.topic(topic))
            }
            Resolved::Recommendation(one) => {
                self.body(one.body) && one.about.iter().all(|topic| self.topic(topic))
            }
            Resolved::Statement(one) => {
                let areas = self.framework.areas.len();
                self.body(one.body) && one.area.is_none_or(|area| area < areas)
            }
        }
    }

    fn body(&self, body: BodyIndex) -> bool {
        self.organisations.has(body)
    }

    fn measure(&self, measure: MeasureIndex) -> bool {
        usize::from(measure.0) < self.framework.measures.len()
    }

    fn component(&self, component: ComponentIndex) -> bool {
        usize::from(component.0) < self.framework.components.len()
    }

    fn subject(&self, subject: Subject) -> bool {
        match subject {
            Subject::Measure(measure) => self.measure(measure),
            Subject::Component(component) => self.component(component),
        }
    }

    fn topic(&self, topic: &Topic) -> bool {
        match topic {
            Topic::Subject(subject) => self.subject(*subject),
            Topic::Outcomes | Topic::Outcome(_) => true,
        }
    }

    /// Of a subject that there is.
    fn step(&self, subject: Subject, step: Step) -> bool {
        usize::from(step.0) < self.scale(subject).steps.len()
    }

    fn scale(&self, subject: Subject) -> &Scale {
        match subject {
            Subject::Measure(measure) => self.framework.scale_of(measure),
            Subject::Component(component) => self.framework.scale_of_component(component),
        }
    }
}
