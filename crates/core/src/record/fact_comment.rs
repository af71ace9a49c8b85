//! The check of facts: what a body says about the draft of its report, and what the panel replies.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, Topic, UnknownCode, subject::unknown_outcomes,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};

/// What a body says about a fact in the draft of its report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactComment {
    /// Its number.
    pub record: RecordId,
    /// The body whose report it is.
    pub body: BodyIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// The measures, components and outcomes that it is about; empty if it is about the whole.
    pub about: Vec<Topic>,
    /// The words of the draft that it is about.
    pub quoted: Option<Box<str>>,
    /// What is wrong, and what is right instead.
    pub comment: Box<str>,
}

/// A [`FactComment`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactCommentFact {
    /// Code of the body whose report it is.
    pub body: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// Identifiers of the measures and components that it is about; `outcomes`, or `outcome:` and an
    /// identifier, for health outcomes.
    pub about: Vec<Box<str>>,
    /// The words of the draft that it is about.
    pub quoted: Option<Box<str>>,
    /// What is wrong, and what is right instead.
    pub comment: Box<str>,
}

impl RecordCodes for FactCommentFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete_list(&mut self.about, &earlier.about);
        complete(&mut self.quoted, &earlier.quoted);
    }

    fn summary(&self, _: &Methods) -> String {
        format!("comment {} of {} on its draft report", self.id, self.body)
    }
}

impl CycleRecord for FactComment {
    fn kind(&self) -> RecordKind {
        RecordKind::FactComment
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

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        unknown_outcomes("about", &self.about, context)
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        let mut topics = self.about.iter();
        bounds.has_body(self.body) && topics.all(|topic| bounds.has_topic(topic))
    }
}

impl RecordType for FactComment {
    type Fact = FactCommentFact;
    type Key = Box<str>;
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "fact-comment";
    const ACT: &'static str = "comment-on-facts";

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(
        fact: FactCommentFact,
        reader: &CodeReader<'_>,
    ) -> Result<FactComment, UnknownCode> {
        let about = reader.topics("about", &fact.about)?;
        Ok(FactComment {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            id: fact.id,
            about,
            quoted: fact.quoted,
            comment: fact.comment,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> FactCommentFact {
        FactCommentFact {
            body: writer.body(self.body),
            id: self.id.clone(),
            about: writer.topics(&self.about),
            quoted: self.quoted.clone(),
            comment: self.comment.clone(),
        }
    }
}
