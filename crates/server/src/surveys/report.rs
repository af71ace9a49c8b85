//! What may be published of a closed survey, as the API has it.

use wcc_api::{AnswerFigures, GroupComments, QuestionReport, SupportedLevel, SurveyReport};
use wcc_survey::{PublishedFigures, PublishedQuestion, PublishedResults, TrainingNeed};

pub(super) fn report(results: &PublishedResults) -> SurveyReport {
    // A survey whose results are recorded under one of the framework expects no answer.
    let needs = match results.framework_survey {
        Some(_) => Vec::new(),
        None => results.training_needs(),
    };
    SurveyReport {
        lowest: results.lowest,
        wordings: owned(&results.wordings),
        questions: results.questions.iter().map(question).collect(),
        needs: needs.iter().map(need).collect(),
    }
}

fn question(question: &PublishedQuestion) -> QuestionReport {
    let supports = question.supports.iter().map(|supported| SupportedLevel {
        measure: supported.measure.as_str().into(),
        level: supported.level.as_str().into(),
    });
    let comments = question.comments.iter().map(|shown| GroupComments {
        group: shown.group.as_str().into(),
        comments: owned(&shown.comments),
    });
    QuestionReport {
        code: question.id.as_str().into(),
        text: question.text.as_str().into(),
        measures: owned(&question.measures),
        components: owned(&question.components),
        expected: question.expected,
        overall: question.overall.as_ref().map(figures),
        supports: supports.collect(),
        groups: question.groups.iter().map(figures).collect(),
        comments: comments.collect(),
    }
}

fn figures(figures: &PublishedFigures) -> AnswerFigures {
    AnswerFigures {
        groups: owned(&figures.groups),
        answers: figures.answers,
        mean: number(&figures.mean),
        spread: number(&figures.spread),
        wording: figures.wording.as_deref().map(Into::into),
        is_below_expected: figures.below_expected,
        counts: figures.distribution.clone(),
    }
}

fn need(need: &TrainingNeed<'_>) -> wcc_api::TrainingNeed {
    wcc_api::TrainingNeed {
        groups: need.groups.iter().map(|group| (*group).into()).collect(),
        question: need.question.into(),
        text: need.text.into(),
        components: owned(need.components),
        expected: need.expected,
        mean: number(need.mean),
        answers: need.answers,
        below: need.below,
        is_needed: need.needs_training,
    }
}

fn owned(texts: &[String]) -> Vec<Box<str>> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

/// A figure as it was published. Published figures are decimals, which are never out of range.
fn number(decimals: &str) -> f64 {
    decimals.parse().unwrap_or(f64::NAN)
}
