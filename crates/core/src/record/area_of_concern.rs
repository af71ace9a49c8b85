//! Areas of concern that a body shares with those who assure it.

use super::rules::complete_list;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, Topic, UnknownCode, subject::unknown_outcomes,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// An area in which a body considers itself weak and asks for support.
///
/// A [`Concern`](crate::concern::Concern) is something else: what the checks of a result found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AreaOfConcern {
    /// Its number.
    pub record: RecordId,
    /// The body (a cluster's area of concern is that of its PCTs).
    pub body: BodyIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// What is of concern, and what would help.
    pub text: Box<str>,
    /// The measures, components and outcomes that it is about; empty if it is about the whole.
    pub about: Vec<Topic>,
}

/// An [`AreaOfConcern`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaOfConcernFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// What is of concern, and what would help.
    pub text: Box<str>,
    /// Identifiers of the measures and components that it is about; `outcomes`, or `outcome:`
    /// and an identifier, for health outcomes.
    pub about: Vec<Box<str>>,
}

impl RecordCodes for AreaOfConcernFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete_list(&mut self.about, &earlier.about);
    }

    fn summary(&self, _: &Methods) -> String {
        format!("area of concern {} of {}", self.id, self.body)
    }
}

impl CycleRecord for AreaOfConcern {
    fn kind(&self) -> RecordKind {
        RecordKind::AreaOfConcern
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
        let mut topics = self.about.iter();
        bounds.has_body(self.body) && topics.all(|topic| bounds.has_topic(topic))
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        unknown_outcomes("about", &self.about, context)
    }
}

impl RecordType for AreaOfConcern {
    type Fact = AreaOfConcernFact;
    type Key = Box<str>;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "area-of-concern";
    const ACT: &'static str = "share-area-of-concern";

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(
        fact: AreaOfConcernFact,
        reader: &CodeReader<'_>,
    ) -> Result<AreaOfConcern, UnknownCode> {
        Ok(AreaOfConcern {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            about: reader.topics("about", &fact.about)?,
            id: fact.id,
            text: fact.text,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> AreaOfConcernFact {
        AreaOfConcernFact {
            body: writer.body(self.body),
            id: self.id.clone(),
            text: self.text.clone(),
            about: writer.topics(&self.about),
        }
    }
}
