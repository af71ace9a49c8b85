//! Whether positions that come from a checkpoint exist.

use super::{Subject, Topic};
use crate::body::{BodyIndex, Organisations};
use crate::framework::{
    ApprovalIndex, ComponentIndex, Framework, MeasureIndex, PanelCategoryIndex, PhaseIndex,
    PlanIndex,
};
use crate::outcome::SeriesIndex;
use crate::scale::Step;

/// What the records of a cycle may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    pub(crate) framework: &'a Framework,
    pub(crate) organisations: &'a Organisations,
}

impl Bounds<'_> {
    pub(super) fn has_body(&self, body: BodyIndex) -> bool {
        self.organisations.has(body)
    }

    pub(super) fn has_measure(&self, measure: MeasureIndex) -> bool {
        usize::from(measure.0) < self.framework.measures.len()
    }

    fn has_component(&self, component: ComponentIndex) -> bool {
        usize::from(component.0) < self.framework.components.len()
    }

    pub(super) fn has_subject(&self, subject: Subject) -> bool {
        match subject {
            Subject::Measure(measure) => self.has_measure(measure),
            Subject::Component(component) => self.has_component(component),
            Subject::Area(area) => self.has_area(usize::from(area)),
            Subject::Overall => self.framework.overall.is_some(),
        }
    }

    pub(super) fn has_topic(&self, topic: &Topic) -> bool {
        match topic {
            Topic::Subject(subject) => self.has_subject(*subject),
            Topic::Outcomes | Topic::Outcome(_) => true,
        }
    }

    pub(super) fn has_area(&self, area: usize) -> bool {
        area < self.framework.areas.len()
    }

    pub(super) fn has_phase(&self, phase: PhaseIndex) -> bool {
        usize::from(phase.0) < self.framework.phases.len()
    }

    pub(super) fn has_plan(&self, plan: PlanIndex) -> bool {
        usize::from(plan.0) < self.framework.plans.len()
    }

    pub(super) fn has_panel_category(&self, category: PanelCategoryIndex) -> bool {
        usize::from(category.0) < self.framework.panel.categories.len()
    }

    pub(super) fn has_approval(&self, approval: ApprovalIndex) -> bool {
        usize::from(approval.0) < self.framework.approvals.len()
    }

    pub(super) fn has_series(&self, series: SeriesIndex) -> bool {
        usize::from(series.0) < self.framework.series.len()
    }

    /// Whether the scale of a subject has a step. The subject must exist.
    pub(super) fn has_step(&self, subject: Subject, step: Step) -> bool {
        subject.scale(self.framework).has(step)
    }
}
