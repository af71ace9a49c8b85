//! Codes of bodies, measures and steps: entries contain codes, and records contain positions.

use super::{RecordId, RecordKind, Subject, Topic};
use crate::body::{BodyIndex, Organisations};
use crate::framework::{
    ApprovalIndex, Framework, MeasureIndex, PanelCategoryIndex, PhaseIndex, PlanIndex,
};
use crate::outcome::SeriesIndex;
use crate::scale::Step;

/// The prefix of an outcome's identifier among those of measures and components.
pub(super) const OUTCOME_PREFIX: &str = "outcome:";

/// An unknown code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: there is no {what} `{given}`")]
pub struct UnknownCode {
    /// The field that holds it.
    pub field: &'static str,
    /// The kind of object that it should name: `body`, `measure`.
    pub what: &'static str,
    /// The given code.
    pub given: Box<str>,
    /// The known codes.
    pub known: Vec<Box<str>>,
}

impl UnknownCode {
    pub(crate) fn new<'a>(
        field: &'static str,
        what: &'static str,
        given: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> UnknownCode {
        UnknownCode {
            field,
            what,
            given: given.into(),
            known: known.map(Into::into).collect(),
        }
    }
}

/// Looks up the codes of one entry in its cycle.
pub struct CodeReader<'a> {
    pub(crate) framework: &'a Framework,
    pub(crate) organisations: &'a Organisations,
    /// Whether the cycle has a record of a kind with an identifier.
    pub(crate) has_record: &'a dyn Fn(RecordKind, &str) -> bool,
    /// Whether the author of the entry may see a body. A hidden body is treated as absent.
    pub(crate) shows: &'a dyn Fn(BodyIndex) -> bool,
    /// The number of the record that the entry contains.
    pub(crate) record: RecordId,
}

impl CodeReader<'_> {
    pub(super) fn body(&self, field: &'static str, code: &str) -> Result<BodyIndex, UnknownCode> {
        let found = self.organisations.find(code);
        found.filter(|body| (self.shows)(*body)).ok_or_else(|| {
            let bodies = self.organisations.each();
            let bodies = bodies.filter(|(body, _)| (self.shows)(*body));
            let known = bodies.map(|(_, body)| body.code.as_str());
            UnknownCode::new(field, "body", code, known)
        })
    }

    pub(super) fn measure(
        &self,
        field: &'static str,
        id: &str,
    ) -> Result<MeasureIndex, UnknownCode> {
        let found = self.framework.find_measure(id);
        found.ok_or_else(|| UnknownCode::new(field, "measure", id, self.measure_ids()))
    }

    pub(super) fn measures(
        &self,
        field: &'static str,
        ids: &[Box<str>],
    ) -> Result<Vec<MeasureIndex>, UnknownCode> {
        ids.iter().map(|id| self.measure(field, id)).collect()
    }

    pub(super) fn topics(
        &self,
        field: &'static str,
        ids: &[Box<str>],
    ) -> Result<Vec<Topic>, UnknownCode> {
        ids.iter().map(|id| self.topic(field, id)).collect()
    }

    pub(super) fn topic(&self, field: &'static str, code: &str) -> Result<Topic, UnknownCode> {
        if let Some(id) = code.strip_prefix(OUTCOME_PREFIX) {
            return Ok(Topic::Outcome(id.into()));
        }
        let subject = self.subject(field, code).map(Topic::Subject);
        subject.or_else(|unknown| match code {
            Topic::OUTCOMES => Ok(Topic::Outcomes),
            _ => Err(unknown),
        })
    }

    pub(super) fn subject(&self, field: &'static str, id: &str) -> Result<Subject, UnknownCode> {
        Subject::find(self.framework, id).ok_or_else(|| {
            let known = Subject::all(self.framework);
            let ids = known.map(|subject| subject.id(self.framework));
            UnknownCode::new(field, "measure or component", id, ids)
        })
    }

    pub(super) fn step(
        &self,
        field: &'static str,
        key: &str,
        subject: Subject,
    ) -> Result<Step, UnknownCode> {
        let scale = subject.scale(self.framework);
        scale.step(key).ok_or_else(|| {
            let known = scale.steps().iter().map(|step| step.key.as_str());
            UnknownCode::new(field, "step", key, known)
        })
    }

    pub(super) fn area(&self, field: &'static str, id: &str) -> Result<usize, UnknownCode> {
        let areas = &self.framework.areas;
        let position = areas.iter().position(|area| area.id == *id);
        position.ok_or_else(|| {
            let known = areas.iter().map(|area| area.id.as_str());
            UnknownCode::new(field, "area", id, known)
        })
    }

    pub(super) fn phase(&self, field: &'static str, id: &str) -> Result<PhaseIndex, UnknownCode> {
        let found = self.framework.phase_index(id);
        found.ok_or_else(|| {
            let known = self.framework.phases.iter().map(|phase| phase.id.as_str());
            UnknownCode::new(field, "phase", id, known)
        })
    }

    pub(super) fn plan(&self, field: &'static str, id: &str) -> Result<PlanIndex, UnknownCode> {
        let found = self.framework.plan_index(id);
        found.ok_or_else(|| {
            let known = self.framework.plans.iter().map(|plan| plan.id.as_str());
            UnknownCode::new(field, "plan", id, known)
        })
    }

    pub(super) fn panel_category(
        &self,
        field: &'static str,
        id: &str,
    ) -> Result<PanelCategoryIndex, UnknownCode> {
        let panel = &self.framework.panel;
        panel.find_category(id).ok_or_else(|| {
            let known = panel.categories.iter();
            let known = known.map(|category| category.id.as_str());
            UnknownCode::new(field, "category of panel members", id, known)
        })
    }

    pub(super) fn approval(
        &self,
        field: &'static str,
        id: &str,
    ) -> Result<ApprovalIndex, UnknownCode> {
        let found = self.framework.approval_index(id);
        found.ok_or_else(|| {
            let approvals = self.framework.approvals.iter();
            let known = approvals.map(|approval| approval.id.as_str());
            UnknownCode::new(field, "approval", id, known)
        })
    }

    pub(super) fn series(&self, field: &'static str, id: &str) -> Result<SeriesIndex, UnknownCode> {
        let found = self.framework.find_series(id);
        found.ok_or_else(|| {
            let known = self
                .framework
                .series
                .iter()
                .map(|series| series.id.as_str());
            UnknownCode::new(field, "series", id, known)
        })
    }

    /// Checks that the cycle has every item of evidence that a record cites.
    pub(super) fn check_evidence(&self, ids: &[Box<str>]) -> Result<(), UnknownCode> {
        let mut ids = ids.iter();
        ids.try_for_each(|id| self.check_record("evidence", RecordKind::Evidence, id))
    }

    /// Checks that the cycle has a record on which another relies.
    pub(super) fn check_record(
        &self,
        field: &'static str,
        kind: RecordKind,
        id: &str,
    ) -> Result<(), UnknownCode> {
        if (self.has_record)(kind, id) {
            return Ok(());
        }
        let known = std::iter::empty();
        let what = match kind {
            RecordKind::AreaOfConcern => "area of concern",
            kind => kind.name(),
        };
        Err(UnknownCode::new(field, what, id, known))
    }

    fn measure_ids(&self) -> impl Iterator<Item = &str> {
        let measures = self.framework.measures.iter();
        measures.map(|measure| measure.id.as_str())
    }
}

/// Writes positions as codes.
#[derive(Clone, Copy, Debug)]
pub struct CodeWriter<'a> {
    pub(crate) framework: &'a Framework,
    pub(crate) organisations: &'a Organisations,
}

impl CodeWriter<'_> {
    pub(super) fn body(&self, body: BodyIndex) -> Box<str> {
        self.organisations.body(body).code.as_str().into()
    }

    pub(super) fn measure(&self, measure: MeasureIndex) -> Box<str> {
        self.subject(Subject::Measure(measure))
    }

    pub(super) fn measures(&self, measures: &[MeasureIndex]) -> Vec<Box<str>> {
        measures.iter().map(|id| self.measure(*id)).collect()
    }

    pub(super) fn subject(&self, subject: Subject) -> Box<str> {
        subject.id(self.framework).into()
    }

    pub(super) fn topics(&self, topics: &[Topic]) -> Vec<Box<str>> {
        topics.iter().map(|topic| self.topic(topic)).collect()
    }

    pub(super) fn topic(&self, topic: &Topic) -> Box<str> {
        topic.code(self.framework).into()
    }

    pub(super) fn step(&self, step: Step, subject: Subject) -> Box<str> {
        subject.scale(self.framework).key(step).into_owned().into()
    }

    pub(super) fn series(&self, series: SeriesIndex) -> Box<str> {
        self.framework.series_at(series).id.as_str().into()
    }

    pub(super) fn phase(&self, phase: PhaseIndex) -> Box<str> {
        self.framework.phase(phase).id.as_str().into()
    }

    pub(super) fn plan(&self, plan: PlanIndex) -> Box<str> {
        self.framework.plan(plan).id.as_str().into()
    }

    pub(super) fn panel_category(&self, category: PanelCategoryIndex) -> Box<str> {
        let category = self.framework.panel.category(category);
        category.id.as_str().into()
    }

    pub(super) fn approval(&self, approval: ApprovalIndex) -> Box<str> {
        self.framework.approval(approval).id.as_str().into()
    }

    pub(super) fn area(&self, area: usize) -> Option<Box<str>> {
        let area = self.framework.areas.get(area)?;
        Some(area.id.as_str().into())
    }
}
