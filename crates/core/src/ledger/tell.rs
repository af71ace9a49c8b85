//! From the model's own references back to codes: what a cycle amounts to as records.

use super::fact::{
    AnswerFact, CommentaryFact, CriterionFact, EvidenceFact, JudgementFact, OutcomeFact,
    RecommendationFact, Record, StatementFact, SurveyFact,
};
use super::resolve::OUTCOME;
use crate::body::BodyIndex;
use crate::cycle::Cycle;
use crate::framework::MeasureIndex;
use crate::judgement::{Judgement, RecordId, Subject, Topic};
use crate::outcome::ChosenOutcome;
use crate::scale::Step;

/// Everything that was recorded in a cycle, in the order of the records. What refers to evidence
/// comes after it.
pub fn records_of(cycle: &Cycle) -> Vec<(RecordId, Record)> {
    let tell = Tell { cycle };
    let mut all = Vec::new();
    all.extend(cycle.evidence.iter().map(|one| {
        let fact = EvidenceFact {
            id: one.id.clone(),
            body: tell.body(one.body),
            kind: one.kind,
            title: one.title.clone(),
            measures: one.measures.iter().map(|id| tell.measure(*id)).collect(),
            issuer: one.issuer.clone(),
            dated: one.dated.clone(),
            source: one.source.clone(),
            document: one.document.clone(),
        };
        (one.record, Record::Evidence(fact))
    }));
    let evidence = all.len();
    let judgements = cycle.judgements.iter();
    all.extend(judgements.map(|one| (one.record, Record::Judgement(tell.judgement(one)))));
    all.extend(cycle.surveys.iter().map(|one| {
        let fact = SurveyFact {
            body: tell.body(one.body),
            survey: one.survey.clone(),
            measure: tell.measure(one.measure),
            question: one.question.clone(),
            score: one.score,
            wording: one.wording.clone(),
            source: one.source.clone(),
        };
        (one.record, Record::Survey(fact))
    }));
    all.extend(cycle.criteria.iter().map(|one| {
        let fact = CriterionFact {
            body: tell.body(one.body),
            measure: tell.measure(one.measure),
            kind: one.kind,
            supports: tell.step(one.supports, Subject::Measure(one.measure)),
            reason: one.reason.clone(),
            evidence: one.evidence.clone(),
            inferred: one.inferred.clone(),
            source: one.source.clone(),
        };
        (one.record, Record::Criterion(fact))
    }));
    let outcomes = cycle.outcomes.iter();
    all.extend(outcomes.map(|one| (one.record, Record::Outcome(Box::new(tell.outcome(one))))));
    all.extend(cycle.answers.iter().map(|one| {
        let fact = AnswerFact {
            body: tell.body(one.body),
            measure: tell.measure(one.measure),
            method: one.method,
            reason: one.reason.clone(),
        };
        (one.record, Record::Answer(fact))
    }));
    all.extend(tell.texts());
    // Evidence stays in front; all else is put in order.
    all[..evidence].sort_by_key(|(record, _)| *record);
    all[evidence..].sort_by_key(|(record, _)| *record);
    all
}

struct Tell<'a> {
    cycle: &'a Cycle,
}

impl Tell<'_> {
    fn body(&self, body: BodyIndex) -> Box<str> {
        self.cycle.organisations.body(body).code.as_str().into()
    }

    fn measure(&self, measure: MeasureIndex) -> Box<str> {
        self.subject(Subject::Measure(measure))
    }

    fn subject(&self, subject: Subject) -> Box<str> {
        self.cycle.subject_id(subject).into()
    }

    fn topic(&self, topic: &Topic) -> Box<str> {
        match topic {
            Topic::Subject(subject) => self.subject(*subject),
            Topic::Outcomes => Topic::OUTCOMES.into(),
            Topic::Outcome(id) => format!("{OUTCOME}{id}").into(),
        }
    }

    fn step(&self, step: Step, subject: Subject) -> Box<str> {
        let framework = &self.cycle.framework;
        let scale = match subject {
            Subject::Measure(measure) => framework.scale_of(measure),
            Subject::Component(component) => framework.scale_of_component(component),
        };
        scale.key(step).into()
    }

    fn judgement(&self, one: &Judgement) -> JudgementFact {
        JudgementFact {
            body: self.body(one.body),
            subject: self.subject(one.subject),
            method: one.method,
            value: one.value.map(|step| self.step(step, one.subject)),
            assessor: one.assessor.map(|body| self.body(body)),
            said: one.said().clone(),
        }
    }

    fn outcome(&self, one: &ChosenOutcome) -> OutcomeFact {
        OutcomeFact {
            pct: self.body(one.pct),
            slot: one.slot,
            outcome: one.outcome.clone(),
            title: one.title.clone(),
            better: one.better,
            scope: one.scope,
            newly_selected: one.newly_selected,
            series: one.series,
            rates: one.rates,
            values: one.values.clone(),
            stated: one.stated.clone(),
            selection: one.selection.clone(),
            panel_view: one.panel_view.clone(),
            inferred: one.inferred.clone(),
            source: one.source.clone(),
        }
    }

    /// Commentary, recommendations and counted statements.
    fn texts(&self) -> Vec<(RecordId, Record)> {
        let mut all = Vec::new();
        all.extend(self.cycle.commentary.iter().map(|one| {
            let fact = CommentaryFact {
                body: self.body(one.body),
                headings: one.headings.clone(),
                text: one.text.clone(),
                components: one.about.iter().map(|topic| self.topic(topic)).collect(),
            };
            (one.record, Record::Commentary(fact))
        }));
        all.extend(self.cycle.recommendations.iter().map(|one| {
            let fact = RecommendationFact {
                body: self.body(one.body),
                id: one.id.clone(),
                text: one.text.clone(),
                about: one.about.iter().map(|topic| self.topic(topic)).collect(),
                source: one.source.clone(),
            };
            (one.record, Record::Recommendation(fact))
        }));
        all.extend(self.cycle.statements.iter().map(|one| {
            let areas = &self.cycle.framework.areas;
            let fact = StatementFact {
                body: self.body(one.body),
                kind: one.kind,
                area: one
                    .area
                    .and_then(|at| areas.get(at))
                    .map(|area| area.id.as_str().into()),
                count: one.count,
                source: one.source.clone(),
            };
            (one.record, Record::Statement(fact))
        }));
        all
    }
}
