//! The panel's replies in the check of facts.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};

/// What the panel replies to a comment on the draft of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FactReply {
    /// Its number.
    pub record: RecordId,
    /// The body whose report it is.
    pub body: BodyIndex,
    /// Identifier of the comment.
    pub comment: Box<str>,
    /// Whether the panel accepts the comment.
    pub accepted: bool,
    /// What was changed, or why nothing is.
    pub reason: Box<str>,
}

/// A [`FactReply`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactReplyFact {
    /// Code of the body whose report it is.
    pub body: Box<str>,
    /// Identifier of the comment.
    pub comment: Box<str>,
    /// Whether the panel accepts the comment.
    pub accepted: bool,
    /// What was changed, or why nothing is.
    pub reason: Box<str>,
}

impl RecordCodes for FactReplyFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.comment.clone()]
    }

    fn summary(&self, _: &Methods) -> String {
        let what = if self.accepted {
            "accepted"
        } else {
            "declined"
        };
        format!("comment {} of {} {what}", self.comment, self.body)
    }
}

impl CycleRecord for FactReply {
    fn kind(&self) -> RecordKind {
        RecordKind::FactReply
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
    }
}

impl RecordType for FactReply {
    type Fact = FactReplyFact;
    /// A comment has one reply: the latest counts.
    type Key = Box<str>;
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "fact-reply";
    const ACT: &'static str = "reply-to-comment";

    fn key(&self) -> Option<Box<str>> {
        Some(self.comment.clone())
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(fact: FactReplyFact, reader: &CodeReader<'_>) -> Result<FactReply, UnknownCode> {
        Ok(FactReply {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            comment: fact.comment,
            accepted: fact.accepted,
            reason: fact.reason,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> FactReplyFact {
        FactReplyFact {
            body: writer.body(self.body),
            comment: self.comment.clone(),
            accepted: self.accepted,
            reason: self.reason.clone(),
        }
    }
}
