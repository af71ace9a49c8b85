//! The result of a survey on one measure.

mod figures;

pub use figures::{GroupAnswers, MAX_SURVEY_ITEMS, ResponseCount, SurveyFigures, SurveyGroup};

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
    rules::{check_identifier, complete},
};
use crate::Fraction;
use crate::body::BodyIndex;
use crate::framework::MeasureIndex;
use crate::framework::Methods;
use crate::words::number;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::sync::Arc;

/// The result of a survey on one measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurveyResult {
    /// Its number.
    pub record: RecordId,
    /// The body that the survey is about.
    pub body: BodyIndex,
    /// Which survey: `key-stakeholder`, `mori`.
    pub survey: Box<str>,
    /// The measure that it concerns.
    pub measure: MeasureIndex,
    /// The question, in short.
    pub question: Option<Box<str>>,
    /// Mean score on the survey's own scale, if known.
    pub score: Option<f64>,
    /// The result in words: "somewhat agree".
    pub wording: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
    /// The figures behind the score, if they are known.
    pub figures: Option<Arc<SurveyFigures>>,
}

/// A [`SurveyResult`] in codes.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Which survey.
    pub survey: Box<str>,
    /// Identifier of the measure.
    pub measure: Box<str>,
    /// The question, in short.
    pub question: Option<Box<str>>,
    /// Mean score on the survey's own scale.
    pub score: Option<f64>,
    /// The result in words.
    pub wording: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
    /// The figures behind the score.
    pub figures: Option<Arc<SurveyFigures>>,
}

impl RecordCodes for SurveyFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        let question = self.question.clone().unwrap_or_default();
        vec![self.survey.clone(), self.measure.clone(), question]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.score, &earlier.score);
        complete(&mut self.wording, &earlier.wording);
        complete(&mut self.source, &earlier.source);
        // The figures of another score are not those behind this one.
        if self.score == earlier.score {
            complete(&mut self.figures, &earlier.figures);
        }
    }

    fn summary(&self, _: &Methods) -> String {
        format!(
            "survey {} of {} on {}",
            self.survey, self.body, self.measure
        )
    }
}

impl CycleRecord for SurveyResult {
    fn kind(&self) -> RecordKind {
        RecordKind::Survey
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_measure(self.measure)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        check_identifier("survey", &self.survey, &mut broken);
        let rule = context.framework.survey_rule(&self.survey);
        match (self.score, self.wording.as_deref()) {
            (None, None) => broken.push(RuleViolation::new(
                "score-or-wording",
                "score",
                "a survey result has a score, a wording, or both",
            )),
            (Some(score), _) => {
                let (lowest, highest) =
                    rule.map_or((f64::MIN, f64::MAX), |rule| (rule.lowest, rule.highest));
                let shown = number(score);
                if !(lowest..=highest).contains(&score) {
                    let (lowest, highest) = (number(lowest), number(highest));
                    let message = format!("{shown} is not from {lowest} to {highest}");
                    broken.push(RuleViolation::new("score-in-range", "score", message));
                } else if Fraction::from_written(score).is_none() {
                    // A boundary may lie between two scores that differ in the last digit.
                    let message =
                        format!("{shown} cannot be stored exactly: give at most 15 digits");
                    broken.push(RuleViolation::new("score-exact", "score", message));
                }
            }
            (None, Some(wording)) => {
                let lower = wording.to_lowercase();
                let points = rule.map_or(&[][..], |rule| &rule.points);
                let words = || points.iter().map(|point| point.wording.as_str());
                if rule.is_some() && !words().any(|word| word.to_lowercase() == lower) {
                    let message = if points.is_empty() {
                        "the framework has no words for this survey: give a score".to_owned()
                    } else {
                        let known = crate::words::any_of(words());
                        format!("`{wording}` is not one of the framework's words: {known}")
                    };
                    let rule = RuleViolation::new("known-wording", "wording", message);
                    broken.push(rule.choosing(wording, words()));
                }
            }
        }
        if let Some(figures) = &self.figures {
            figures.broken_rules(self.score, rule, &mut broken);
        }
        broken
    }
}

impl RecordType for SurveyResult {
    type Fact = SurveyFact;
    type Key = Infallible;
    type Claim<'a> = Infallible;
    type Order = (BodyIndex, MeasureIndex, RecordId);

    const NAME: &'static str = "survey result";
    const ACT: &'static str = "record-survey-result";

    fn order(&self) -> Self::Order {
        (self.body, self.measure, self.record)
    }

    fn from_codes(fact: SurveyFact, reader: &CodeReader<'_>) -> Result<SurveyResult, UnknownCode> {
        Ok(SurveyResult {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            measure: reader.measure("measure", &fact.measure)?,
            survey: fact.survey,
            question: fact.question,
            score: fact.score,
            wording: fact.wording,
            source: fact.source,
            figures: fact.figures,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> SurveyFact {
        SurveyFact {
            body: writer.body(self.body),
            survey: self.survey.clone(),
            measure: writer.measure(self.measure),
            question: self.question.clone(),
            score: self.score,
            wording: self.wording.clone(),
            source: self.source.clone(),
            figures: self.figures.clone(),
        }
    }
}
