//! Survey results that have the figures behind their scores.

use super::{bare, full};
use std::sync::Arc;
use wcc_core::ledger::Draft;
use wcc_core::record::{
    GroupAnswers, RecordFact, ResponseCount, SurveyFact, SurveyFigures, SurveyGroup,
};

/// A survey result with the figures behind its score.
pub(super) fn with_figures() -> Vec<Draft> {
    let response = |invited, responded, imported| ResponseCount {
        invited: Some(invited),
        responded: Some(responded),
        imported: Some(imported),
    };
    let group = |code: &str, response, shown| SurveyGroup {
        code: code.into(),
        title: format!("The {code}").into(),
        response,
        shown,
    };
    let answers = |answers, score, counts| GroupAnswers {
        answers,
        score,
        spread: 0.5,
        counts,
    };
    let figures = SurveyFigures {
        answers: 8,
        spread: Some(1.05),
        counts: vec![1, 0, 0, 3, 4, 0],
        response: response(20, 6, 2),
        groups: vec![
            group(
                "council",
                response(10, 4, 0),
                Some(answers(4, 4.5, vec![0, 0, 0, 2, 2, 0])),
            ),
            group("public", response(10, 2, 2), None),
            group("trusts", ResponseCount::default(), None),
        ],
        pooled: Some(answers(4, 3.75, vec![1, 0, 0, 1, 2, 0])),
    };
    let least = SurveyFigures {
        answers: 8,
        ..SurveyFigures::default()
    };
    let survey = |figures| SurveyFact {
        body: "5KF".into(),
        survey: "partners".into(),
        measure: "2a".into(),
        question: None,
        score: Some(4.13),
        wording: None,
        source: None,
        figures: Some(Arc::new(figures)),
    };
    vec![
        full(RecordFact::Survey(survey(figures))),
        bare(RecordFact::Survey(survey(least))),
    ]
}
