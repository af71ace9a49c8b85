//! The canonical order of a cycle's records.

use super::Cycle;
use crate::body::BodyIndex;
use crate::framework::MeasureIndex;
use crate::judgement::{Answer, Criterion, Judgement, Method, RecordId, Subject, SurveyResult};
use crate::outcome::{ChosenOutcome, Series};

impl Cycle {
    /// Puts every list into its order.
    pub(super) fn sort(&mut self) {
        self.pcts
            .sort_by_cached_key(|pct| self.organisations.body(*pct).code.clone());
        self.pcts.dedup();
        self.judgements.sort_by_key(judgement_key);
        self.surveys.sort_by_key(survey_key);
        self.criteria.sort_by_key(criterion_key);
        self.outcomes.sort_by_key(outcome_key);
        self.answers.sort_by_key(answer_key);
        self.evidence.sort_by_key(|item| item.record);
        self.commentary.sort_by_key(|item| item.record);
        self.recommendations.sort_by_key(|item| item.record);
        self.statements.sort_by_key(|item| item.record);
    }
}

pub(super) fn judgement_key(
    one: &Judgement,
) -> (BodyIndex, Subject, Method, Option<BodyIndex>, RecordId) {
    (one.body, one.subject, one.method, one.assessor, one.record)
}

pub(super) fn survey_key(one: &SurveyResult) -> (BodyIndex, MeasureIndex, RecordId) {
    (one.body, one.measure, one.record)
}

pub(super) fn criterion_key(one: &Criterion) -> (BodyIndex, MeasureIndex, RecordId) {
    (one.body, one.measure, one.record)
}

pub(super) fn outcome_key(one: &ChosenOutcome) -> (BodyIndex, u16, Series, RecordId) {
    (one.pct, one.slot, one.series, one.record)
}

pub(super) fn answer_key(one: &Answer) -> (BodyIndex, MeasureIndex, Method, RecordId) {
    (one.body, one.measure, one.method, one.record)
}
