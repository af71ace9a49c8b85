//! Answers to challenges.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, Method, RecordCodes, RecordId, RecordKind,
    RecordType, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Framework, MeasureIndex, Methods};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// The answer to a challenge: the reason for a value that is above what the evidence supports.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Its number.
    pub record: RecordId,
    /// The body that was challenged (a PCT, or its cluster for all of its PCTs).
    pub body: BodyIndex,
    /// The measure.
    pub measure: MeasureIndex,
    /// The method of the value that was challenged.
    pub method: Method,
    /// The reason given.
    pub reason: Box<str>,
}

/// An [`Answer`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFact {
    /// Code of the body that was challenged.
    pub body: Box<str>,
    /// Identifier of the measure.
    pub measure: Box<str>,
    /// The method of the value that was challenged.
    pub method: Method,
    /// The reason given.
    pub reason: Box<str>,
}

impl RecordCodes for AnswerFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.measure.clone(), self.method.name().into()]
    }

    fn method(&self) -> Option<Method> {
        Some(self.method)
    }

    fn summary(&self, methods: &Methods) -> String {
        let method = methods.title(self.method);
        format!("answer of {} on {}, {method}", self.body, self.measure)
    }
}

impl CycleRecord for Answer {
    fn kind(&self) -> RecordKind {
        RecordKind::Answer
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn method(&self) -> Option<Method> {
        Some(self.method)
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_measure(self.measure)
    }
}

impl RecordType for Answer {
    type Fact = AnswerFact;
    type Key = Infallible;
    type Claim<'a> = (BodyIndex, MeasureIndex, Method);
    type Order = (BodyIndex, MeasureIndex, Method, RecordId);

    const NAME: &'static str = "answer";
    const ACT: &'static str = "answer-challenge";

    const CAN_CONFLICT: bool = true;

    fn claims(&self) -> impl IntoIterator<Item = Self::Claim<'_>> {
        [(self.body, self.measure, self.method)]
    }

    fn conflict(&self, _: &Self::Claim<'_>, _: &Answer, _: &Framework) -> Option<RuleViolation> {
        Some(RuleViolation::new(
            "repeated",
            "measure",
            "this challenge has already been answered: give one answer for each body, measure and \
             method",
        ))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.measure, self.method, self.record)
    }

    fn from_codes(fact: AnswerFact, reader: &CodeReader<'_>) -> Result<Answer, UnknownCode> {
        Ok(Answer {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            measure: reader.measure("measure", &fact.measure)?,
            method: fact.method,
            reason: fact.reason,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> AnswerFact {
        AnswerFact {
            body: writer.body(self.body),
            measure: writer.measure(self.measure),
            method: self.method,
            reason: self.reason.clone(),
        }
    }
}
