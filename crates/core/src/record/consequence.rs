//! Incentives and consequences that a body's results have.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Whether a result is rewarded, or entails more scrutiny.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ConsequenceKind {
    /// Something that the body gains.
    Incentive,
    /// Something that the body has to bear.
    Consequence,
}

impl ConsequenceKind {
    /// All of them.
    pub const ALL: [ConsequenceKind; 2] =
        [ConsequenceKind::Incentive, ConsequenceKind::Consequence];

    /// The word that entries use.
    pub fn name(self) -> &'static str {
        match self {
            ConsequenceKind::Incentive => "incentive",
            ConsequenceKind::Consequence => "consequence",
        }
    }
}

/// An incentive or a consequence that follows from the results of a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Consequence {
    /// Its number.
    pub record: RecordId,
    /// The body.
    pub body: BodyIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// Whether it is an incentive or a consequence.
    pub kind: ConsequenceKind,
    /// What it is.
    pub text: Box<str>,
    /// The rule by which it follows from the results.
    pub rule: Option<Box<str>>,
}

/// A [`Consequence`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsequenceFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// Whether it is an incentive or a consequence.
    pub kind: ConsequenceKind,
    /// What it is.
    pub text: Box<str>,
    /// The rule by which it follows from the results.
    pub rule: Option<Box<str>>,
}

impl RecordCodes for ConsequenceFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.rule, &earlier.rule);
    }

    fn summary(&self, _: &Methods) -> String {
        format!("{} {} of {}", self.kind.name(), self.id, self.body)
    }
}

impl CycleRecord for Consequence {
    fn kind(&self) -> RecordKind {
        RecordKind::Consequence
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn identifier(&self) -> Option<&str> {
        Some(&self.id)
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
    }
}

impl RecordType for Consequence {
    type Fact = ConsequenceFact;
    type Key = Box<str>;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "consequence";
    const ACT: &'static str = "record-consequence";

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(
        fact: ConsequenceFact,
        reader: &CodeReader<'_>,
    ) -> Result<Consequence, UnknownCode> {
        Ok(Consequence {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            id: fact.id,
            kind: fact.kind,
            text: fact.text,
            rule: fact.rule,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> ConsequenceFact {
        ConsequenceFact {
            body: writer.body(self.body),
            id: self.id.clone(),
            kind: self.kind,
            text: self.text.clone(),
            rule: self.rule.clone(),
        }
    }
}
