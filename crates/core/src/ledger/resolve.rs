//! From the codes in an entry to the model's own references.

use super::Refused;
use super::fact::{
    AnswerFact, CommentaryFact, CriterionFact, EvidenceFact, JudgementFact, OutcomeFact,
    RecommendationFact, StatementFact, SurveyFact,
};
use crate::body::{BodyIndex, Organisations};
use crate::framework::{Framework, MeasureIndex};
use crate::judgement::{
    Answer, Commentary, Criterion, Evidence, Judgement, Recommendation, RecordId, Statement,
    Subject, SurveyResult, Topic,
};
use crate::outcome::ChosenOutcome;
use crate::scale::Step;

/// What stands before the identifier of an outcome among those of measures and components.
pub(super) const OUTCOME: &str = "outcome:";

/// What the codes of one cycle mean.
pub(super) struct Resolver<'a> {
    pub(super) framework: &'a Framework,
    pub(super) organisations: &'a Organisations,
    /// Whether the cycle has evidence with an identifier.
    pub(super) has_evidence: &'a dyn Fn(&str) -> bool,
    pub(super) record: RecordId,
}

impl Resolver<'_> {
    pub(super) fn judgement(&self, fact: JudgementFact) -> Result<Judgement, Refused> {
        let subject = self.subject("measure", &fact.subject)?;
        let value = fact.value.map(|key| self.step("value", &key, subject));
        let assessor = fact.assessor.map(|code| self.body("assessor", &code));
        self.evidence_there(&fact.said.evidence)?;
        Ok(Judgement {
            record: self.record,
            body: self.body("body", &fact.body)?,
            subject,
            method: fact.method,
            value: value.transpose()?,
            assessor: assessor.transpose()?,
            said: fact.said.shared(),
        })
    }

    pub(super) fn evidence(&self, fact: EvidenceFact) -> Result<Evidence, Refused> {
        Ok(Evidence {
            record: self.record,
            body: self.body("body", &fact.body)?,
            measures: self.measures("measures", &fact.measures)?,
            id: fact.id,
            kind: fact.kind,
            title: fact.title,
            issuer: fact.issuer,
            dated: fact.dated,
            source: fact.source,
            document: fact.document,
        })
    }

    pub(super) fn survey(&self, fact: SurveyFact) -> Result<SurveyResult, Refused> {
        Ok(SurveyResult {
            record: self.record,
            body: self.body("body", &fact.body)?,
            measure: self.measure("measure", &fact.measure)?,
            survey: fact.survey,
            question: fact.question,
            score: fact.score,
            wording: fact.wording,
            source: fact.source,
        })
    }

    pub(super) fn criterion(&self, fact: CriterionFact) -> Result<Criterion, Refused> {
        let measure = self.measure("measure", &fact.measure)?;
        self.evidence_there(&fact.evidence)?;
        Ok(Criterion {
            record: self.record,
            body: self.body("body", &fact.body)?,
            measure,
            supports: self.step("supports", &fact.supports, Subject::Measure(measure))?,
            kind: fact.kind,
            reason: fact.reason,
            evidence: fact.evidence,
            inferred: fact.inferred,
            source: fact.source,
        })
    }

    pub(super) fn outcome(&self, fact: OutcomeFact) -> Result<ChosenOutcome, Refused> {
        Ok(ChosenOutcome {
            record: self.record,
            pct: self.body("pct", &fact.pct)?,
            slot: fact.slot,
            outcome: fact.outcome,
            title: fact.title,
            better: fact.better,
            scope: fact.scope,
            newly_selected: fact.newly_selected,
            series: fact.series,
            rates: fact.rates,
            values: fact.values,
            stated: fact.stated,
            selection: fact.selection,
            panel_view: fact.panel_view,
            inferred: fact.inferred,
            source: fact.source,
        })
    }

    pub(super) fn answer(&self, fact: AnswerFact) -> Result<Answer, Refused> {
        Ok(Answer {
            record: self.record,
            body: self.body("body", &fact.body)?,
            measure: self.measure("measure", &fact.measure)?,
            method: fact.method,
            reason: fact.reason,
        })
    }

    pub(super) fn commentary(&self, fact: CommentaryFact) -> Result<Commentary, Refused> {
        let about = fact.components.iter();
        let about = about.map(|id| self.topic("components", id));
        Ok(Commentary {
            record: self.record,
            body: self.body("body", &fact.body)?,
            about: about.collect::<Result<_, _>>()?,
            headings: fact.headings,
            text: fact.text,
        })
    }

    pub(super) fn recommendation(
        &self,
        fact: RecommendationFact,
    ) -> Result<Recommendation, Refused> {
        let about = fact.about.iter().map(|id| self.topic("about", id));
        Ok(Recommendation {
            record: self.record,
            body: self.body("body", &fact.body)?,
            about: about.collect::<Result<_, _>>()?,
            id: fact.id,
            text: fact.text,
            source: fact.source,
        })
    }

    pub(super) fn statement(&self, fact: StatementFact) -> Result<Statement, Refused> {
        let areas = &self.framework.areas;
        let area = fact.area.map(|id| {
            let position = areas.iter().position(|area| area.id == *id);
            let known = || areas.iter().map(|area| area.id.as_str());
            position.ok_or_else(|| unknown("area", "area", &id, known()))
        });
        Ok(Statement {
            record: self.record,
            body: self.body("body", &fact.body)?,
            area: area.transpose()?,
            kind: fact.kind,
            count: fact.count,
            source: fact.source,
        })
    }

    /// The body with a code.
    pub(super) fn body(&self, field: &'static str, code: &str) -> Result<BodyIndex, Refused> {
        self.organisations.find(code).ok_or_else(|| {
            let known = self
                .organisations
                .each()
                .map(|(_, body)| body.code.as_str());
            unknown(field, "body", code, known)
        })
    }

    fn measure(&self, field: &'static str, id: &str) -> Result<MeasureIndex, Refused> {
        let found = self.framework.find_measure(id);
        found.ok_or_else(|| unknown(field, "measure", id, self.measure_ids()))
    }

    fn measures(
        &self,
        field: &'static str,
        ids: &[Box<str>],
    ) -> Result<Vec<MeasureIndex>, Refused> {
        ids.iter().map(|id| self.measure(field, id)).collect()
    }

    fn topic(&self, field: &'static str, code: &str) -> Result<Topic, Refused> {
        if let Some(id) = code.strip_prefix(OUTCOME) {
            return Ok(Topic::Outcome(id.into()));
        }
        let subject = self.subject(field, code).map(Topic::Subject);
        subject.or_else(|refused| match code {
            Topic::OUTCOMES => Ok(Topic::Outcomes),
            _ => Err(refused),
        })
    }

    fn subject(&self, field: &'static str, id: &str) -> Result<Subject, Refused> {
        let measure = self.framework.find_measure(id).map(Subject::Measure);
        let component = || self.framework.find_component(id).map(Subject::Component);
        measure.or_else(component).ok_or_else(|| {
            let known = self.measure_ids().chain(self.component_ids());
            unknown(field, "measure or component", id, known)
        })
    }

    fn step(&self, field: &'static str, key: &str, subject: Subject) -> Result<Step, Refused> {
        let scale = match subject {
            Subject::Measure(measure) => self.framework.scale_of(measure),
            Subject::Component(component) => self.framework.scale_of_component(component),
        };
        scale.step(key).ok_or_else(|| {
            let known = scale.steps.iter().map(|step| step.key.as_str());
            unknown(field, "step", key, known)
        })
    }

    fn evidence_there(&self, ids: &[Box<str>]) -> Result<(), Refused> {
        match ids.iter().find(|id| !(self.has_evidence)(id)) {
            None => Ok(()),
            Some(id) => Err(unknown("evidence", "evidence", id, std::iter::empty())),
        }
    }

    fn measure_ids(&self) -> impl Iterator<Item = &str> {
        self.framework.measures.iter().map(|one| one.id.as_str())
    }

    fn component_ids(&self) -> impl Iterator<Item = &str> {
        self.framework.components.iter().map(|one| one.id.as_str())
    }
}

/// The refusal of a word that names nothing.
pub(super) fn unknown<'a>(
    field: &'static str,
    what: &'static str,
    given: &str,
    known: impl Iterator<Item = &'a str>,
) -> Refused {
    Refused::Unknown {
        field,
        what,
        given: given.into(),
        known: known.map(Into::into).collect(),
    }
}
