//! The records that proposed changes add and remove.

use super::change::{
    ChangeProblem, ChangeTarget, EVERY_MEASURE, ProposedChange, UNKNOWN, is_not_applicable,
    method_named,
};
use crate::body::{BodyIndex, BodyKind};
use crate::cycle::{CheckedCycle, CycleChanges};
use crate::framework::MeasureIndex;
use crate::record::{
    Criterion, CriterionKind, Judgement, JudgementDetails, Method, RecordId, Records, Subject,
    SurveyResult,
};
use crate::scale::Step;
use std::collections::{BTreeMap, BTreeSet};

/// The value that removes unmet criteria.
const MET: &str = "met";

/// The reason of a judgement that a change adds: a body's departure from its group must have one.
const REASON: &str = "what if";

type JudgementKey = (BodyIndex, Subject, Method, Option<BodyIndex>);

/// Body, measure, survey and question.
type SurveyKey = (BodyIndex, MeasureIndex, Box<str>, Option<Box<str>>);

/// A record as a change leaves it, with the change. `None` if the change removes it.
type Proposed<T> = (Option<T>, String);

/// The records as the changes leave them.
pub(super) struct ProposedRecords<'a> {
    cycle: &'a CheckedCycle,
    judgements: BTreeMap<JudgementKey, Proposed<Judgement>>,
    surveys: BTreeMap<SurveyKey, Proposed<SurveyResult>>,
    criteria: BTreeMap<(BodyIndex, MeasureIndex, &'static str), Proposed<Criterion>>,
}

/// The changes of a cycle's records.
pub(super) struct RecordChanges {
    pub(super) changes: CycleChanges,
    /// The proposed change behind each added record.
    pub(super) origins: BTreeMap<RecordId, String>,
    pub(super) already_so: Vec<String>,
}

impl<'a> ProposedRecords<'a> {
    pub(super) fn new(cycle: &'a CheckedCycle) -> ProposedRecords<'a> {
        ProposedRecords {
            cycle,
            judgements: BTreeMap::new(),
            surveys: BTreeMap::new(),
            criteria: BTreeMap::new(),
        }
    }

    /// Applies a change after the earlier ones.
    pub(super) fn apply(&mut self, change: &ProposedChange) -> Result<(), ChangeProblem> {
        let body = self.body(&change.body)?;
        match &change.target {
            ChangeTarget::Judgement { method, assessor } => {
                let method = method_named(&self.cycle.framework, method)?;
                let assessor = assessor
                    .as_deref()
                    .map(|code| self.body(code))
                    .transpose()?;
                self.judge(change, body, method, assessor)
            }
            ChangeTarget::Survey(survey) => self.survey(change, body, survey.as_deref()),
            ChangeTarget::Criterion(kind) => self.criterion(change, body, *kind),
        }
    }

    fn body(&self, code: &str) -> Result<BodyIndex, ChangeProblem> {
        let organisations = &self.cycle.organisations;
        organisations.find(code).ok_or_else(|| {
            let codes = organisations.each().map(|(_, body)| body.code.as_str());
            ChangeProblem::unknown("body", code, codes)
        })
    }

    fn measure(&self, id: &str) -> Result<MeasureIndex, ChangeProblem> {
        let framework = &self.cycle.framework;
        framework.find_measure(id).ok_or_else(|| {
            let ids = framework.each_measure().map(|(_, measure)| &*measure.id);
            ChangeProblem::unknown(&*framework.words.measure.one, id, ids)
        })
    }

    fn judge(
        &mut self,
        change: &ProposedChange,
        body: BodyIndex,
        method: Method,
        assessor: Option<BodyIndex>,
    ) -> Result<(), ChangeProblem> {
        let cycle = self.cycle;
        let recorded = cycle
            .records
            .judgements
            .slice(cycle.judgements_of(body))
            .iter()
            .filter(|judgement| judgement.method == method)
            .filter(|judgement| assessor.is_none() || judgement.assessor == assessor);
        if change.subject == EVERY_MEASURE {
            let measures: Vec<&Judgement> = recorded
                .filter(|judgement| matches!(judgement.subject, Subject::Measure(_)))
                .collect();
            if measures.is_empty() {
                let body = change.body.clone();
                return Err(ChangeProblem::NoJudgement { body });
            }
            for judgement in measures {
                self.propose(change, judgement.subject, judgement.assessor, body, method)?;
            }
            return Ok(());
        }
        let framework = &cycle.framework;
        let subject = Subject::find(framework, &change.subject).ok_or_else(|| {
            let subjects = Subject::all(framework);
            let ids = subjects.map(|subject| subject.id(framework));
            ChangeProblem::unknown("measure or part", &change.subject, ids)
        })?;
        // Without an assessor, the judgements of all assessors of a function change.
        let assessors: Vec<Option<BodyIndex>> = recorded
            .filter(|judgement| judgement.subject == subject)
            .map(|judgement| judgement.assessor)
            .collect();
        let assessors = if assessors.is_empty() {
            vec![assessor]
        } else {
            assessors
        };
        for assessor in assessors {
            self.propose(change, subject, assessor, body, method)?;
        }
        Ok(())
    }

    fn propose(
        &mut self,
        change: &ProposedChange,
        subject: Subject,
        assessor: Option<BodyIndex>,
        body: BodyIndex,
        method: Method,
    ) -> Result<(), ChangeProblem> {
        let cycle = self.cycle;
        let key = (body, subject, method, assessor);
        let value = &*change.value;
        if value == UNKNOWN {
            self.judgements.insert(key, (None, change.to_string()));
            return Ok(());
        }
        let scale = subject.scale(&cycle.framework);
        let not_applicable = is_not_applicable(value);
        let step = if not_applicable {
            None
        } else {
            Some(self.step(value, subject)?)
        };
        let recorded = cycle.judgements_on(body, subject, method).iter();
        let mut recorded = recorded.filter(|judgement| judgement.assessor == assessor);
        let reason = recorded
            .next()
            .and_then(|judgement| judgement.details().reason.clone());
        let departs = cycle.organisations.body(body).kind == BodyKind::Pct;
        let details = JudgementDetails {
            reason: reason.or_else(|| departs.then(|| REASON.into())),
            text: scale.is_text().then(|| value.into()),
            ..JudgementDetails::default()
        };
        let judgement = Judgement {
            record: RecordId::default(),
            body,
            subject,
            method,
            value: step,
            not_applicable,
            assessor,
            details: details.shared(),
        };
        let proposed = (Some(judgement), change.to_string());
        self.judgements.insert(key, proposed);
        Ok(())
    }

    fn step(&self, value: &str, subject: Subject) -> Result<Step, ChangeProblem> {
        let scale = subject.scale(&self.cycle.framework);
        scale.step(value).ok_or_else(|| ChangeProblem::NotOnScale {
            given: value.to_owned(),
            subject: subject.id(&self.cycle.framework).to_owned(),
            expected: scale.keys_in_words(),
        })
    }

    fn survey(
        &mut self,
        change: &ProposedChange,
        body: BodyIndex,
        survey: Option<&str>,
    ) -> Result<(), ChangeProblem> {
        let cycle = self.cycle;
        let measure = self.measure(&change.subject)?;
        let score = if change.value == UNKNOWN {
            None
        } else {
            let score: Option<f64> = change.value.parse().ok();
            let score = score.filter(|score| score.is_finite());
            Some(score.ok_or_else(|| ChangeProblem::NotAScore {
                given: change.value.clone(),
            })?)
        };
        let of_measure = |body: BodyIndex| {
            let results = cycle.records.surveys.slice(cycle.surveys_of(body)).iter();
            results.filter(move |result| result.measure == measure)
        };
        let recorded: Vec<&SurveyResult> = of_measure(body)
            .filter(|result| survey.is_none_or(|survey| *result.survey == *survey))
            .collect();
        let surveys_of = |has_score: bool| {
            let results = recorded.iter();
            let results = results.filter(|result| !has_score || result.score.is_some());
            let surveys: BTreeSet<&str> = results.map(|result| &*result.survey).collect();
            surveys
        };
        // Of several surveys, the one with a score is meant.
        let mut surveys = surveys_of(false);
        if surveys.len() > 1 && surveys_of(true).len() == 1 {
            surveys = surveys_of(true);
        }
        if surveys.len() > 1 {
            return Err(ChangeProblem::SeveralSurveys {
                body: change.body.clone(),
                measure: change.subject.clone(),
                surveys: crate::words::all_of(surveys),
            });
        }
        let recorded = recorded.iter();
        let recorded = recorded.filter(|result| surveys.contains(&*result.survey));
        let recorded: Vec<SurveyResult> = recorded.copied().cloned().collect();
        let new = match (recorded.is_empty(), survey) {
            (false, _) => recorded,
            (true, Some(survey)) => vec![SurveyResult {
                record: RecordId::default(),
                body,
                survey: survey.into(),
                measure,
                question: None,
                score,
                wording: None,
                figures: None,
                source: None,
            }],
            (true, None) => {
                let cluster = cycle.organisations.cluster_of(body, cycle.as_of);
                let with_result = cluster.filter(|group| of_measure(*group).next().is_some());
                let subject = &change.subject;
                let hint = match with_result {
                    Some(group) => {
                        let group = &cycle.organisations.body(group).code;
                        format!("its result is that of survey:{group}.{subject}")
                    }
                    None => format!(
                        "name the survey, as in survey:{}.{subject}.SURVEY",
                        change.body
                    ),
                };
                return Err(ChangeProblem::NoSurvey {
                    body: change.body.clone(),
                    measure: subject.clone(),
                    hint,
                });
            }
        };
        for result in new {
            let key = (
                body,
                measure,
                result.survey.clone(),
                result.question.clone(),
            );
            let changed = score.map(|score| SurveyResult {
                score: Some(score),
                wording: None,
                figures: None,
                ..result
            });
            self.surveys.insert(key, (changed, change.to_string()));
        }
        Ok(())
    }

    fn criterion(
        &mut self,
        change: &ProposedChange,
        body: BodyIndex,
        kind: CriterionKind,
    ) -> Result<(), ChangeProblem> {
        let measure = self.measure(&change.subject)?;
        let key = (body, measure, kind.name());
        if change.value == MET || change.value == UNKNOWN {
            self.criteria.insert(key, (None, change.to_string()));
            return Ok(());
        }
        let criterion = Criterion {
            record: RecordId::default(),
            body,
            measure,
            kind,
            supports: self.step(&change.value, Subject::Measure(measure))?,
            reason: REASON.into(),
            evidence: Vec::new(),
            inferred: None,
            source: None,
        };
        let proposed = (Some(criterion), change.to_string());
        self.criteria.insert(key, proposed);
        Ok(())
    }

    /// The records to remove and to add.
    pub(super) fn finish(self) -> RecordChanges {
        let records = &self.cycle.records;
        let mut ids = (0..=u32::MAX).rev().map(RecordId);
        let mut changes = RecordChanges {
            changes: CycleChanges::default(),
            origins: BTreeMap::new(),
            already_so: Vec::new(),
        };
        let mut changed: BTreeSet<String> = BTreeSet::new();
        for ((body, subject, method, assessor), (proposed, origin)) in self.judgements {
            let on = self.cycle.judgements_on(body, subject, method).iter();
            let recorded: Vec<&Judgement> = on
                .filter(|judgement| judgement.assessor == assessor)
                .collect();
            let is_same = |proposed: &Judgement| {
                let same = |recorded: &&Judgement| {
                    recorded.value == proposed.value
                        && recorded.not_applicable == proposed.not_applicable
                        && recorded.details().text == proposed.details().text
                };
                recorded.iter().any(same)
            };
            if proposed.as_ref().map_or(recorded.is_empty(), is_same) {
                changes.already_so.push(origin);
                continue;
            }
            changed.insert(origin.clone());
            let removed = &mut changes.changes.removed.judgements;
            removed.extend(recorded.into_iter().cloned());
            if let (Some(mut judgement), Some(id)) = (proposed, ids.next()) {
                judgement.record = id;
                changes.origins.insert(id, origin);
                changes.changes.added.judgements.push(judgement);
            }
        }
        for ((body, measure, survey, question), (proposed, origin)) in self.surveys {
            let of_body = records.surveys.slice(self.cycle.surveys_of(body)).iter();
            let recorded: Vec<&SurveyResult> = of_body
                .filter(|result| {
                    result.measure == measure
                        && result.survey == survey
                        && result.question == question
                })
                .collect();
            let is_same = |proposed: &SurveyResult| {
                let mut recorded = recorded.iter();
                recorded.any(|recorded| recorded.score == proposed.score)
            };
            if proposed.as_ref().map_or(recorded.is_empty(), is_same) {
                changes.already_so.push(origin);
                continue;
            }
            changed.insert(origin.clone());
            let removed = &mut changes.changes.removed.surveys;
            removed.extend(recorded.into_iter().cloned());
            if let (Some(mut result), Some(id)) = (proposed, ids.next()) {
                result.record = id;
                changes.origins.insert(id, origin);
                changes.changes.added.surveys.push(result);
            }
        }
        for ((body, measure, kind), (proposed, origin)) in self.criteria {
            let of_body = records.criteria.slice(self.cycle.criteria_of(body)).iter();
            let recorded: Vec<&Criterion> = of_body
                .filter(|criterion| criterion.measure == measure && criterion.kind.name() == kind)
                .collect();
            let is_same = |proposed: &Criterion| {
                let supports = recorded.iter().map(|recorded| recorded.supports).min();
                supports == Some(proposed.supports)
            };
            if proposed.as_ref().map_or(recorded.is_empty(), is_same) {
                changes.already_so.push(origin);
                continue;
            }
            changed.insert(origin.clone());
            let removed = &mut changes.changes.removed.criteria;
            removed.extend(recorded.into_iter().cloned());
            if let (Some(mut criterion), Some(id)) = (proposed, ids.next()) {
                criterion.record = id;
                changes.origins.insert(id, origin);
                changes.changes.added.criteria.push(criterion);
            }
        }
        changes.already_so.dedup();
        // A change of every measure is so already only if all of them are.
        let changed = &changed;
        changes
            .already_so
            .retain(|origin| !changed.contains(origin));
        sort(&mut changes.changes.removed);
        sort(&mut changes.changes.added);
        changes
    }
}

fn sort(records: &mut Records) {
    records.sort();
}
