//! Commentary on a body.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, Subject, Topic, UnknownCode, subject::unknown_outcomes,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// A piece of commentary on a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Commentary {
    /// Its number.
    pub record: RecordId,
    /// The body (a cluster's commentary is shared by its PCTs).
    pub body: BodyIndex,
    /// Headings above it, outermost first.
    pub headings: Vec<Box<str>>,
    /// Markdown.
    pub text: Box<str>,
    /// The components and outcomes that it is about.
    pub about: Vec<Topic>,
}

impl Commentary {
    /// Whether commentary may bear on something: a component or outcomes, but not a measure.
    pub fn may_bear_on(topic: &Topic) -> bool {
        !matches!(topic, Topic::Subject(Subject::Measure(_)))
    }
}

/// A piece of [`Commentary`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentaryFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Headings above it, outermost first.
    pub headings: Vec<Box<str>>,
    /// Markdown.
    pub text: Box<str>,
    /// Identifiers of the components that it is about; `outcomes`, or `outcome:` and an identifier,
    /// for health outcomes.
    pub components: Vec<Box<str>>,
}

impl RecordCodes for CommentaryFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        self.headings.clone()
    }

    fn summary(&self, _: &Methods) -> String {
        format!("commentary on {}: {}", self.body, self.headings.join(", "))
    }
}

impl CycleRecord for Commentary {
    fn kind(&self) -> RecordKind {
        RecordKind::Commentary
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = unknown_outcomes("components", &self.about, context);
        for (item, topic) in self.about.iter().enumerate() {
            if !Commentary::may_bear_on(topic) {
                let message = "a measure is given: commentary bears on components and outcomes";
                let rule = RuleViolation::new("topic-of-commentary", "components", message);
                broken.push(rule.of_item(item));
            }
        }
        broken
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        let mut topics = self.about.iter();
        bounds.has_body(self.body) && topics.all(|topic| bounds.has_topic(topic))
    }
}

impl RecordType for Commentary {
    type Fact = CommentaryFact;
    type Key = Infallible;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "commentary";
    const ACT: &'static str = "record-commentary";

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(
        fact: CommentaryFact,
        reader: &CodeReader<'_>,
    ) -> Result<Commentary, UnknownCode> {
        let about = reader.topics("components", &fact.components)?;
        Ok(Commentary {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            headings: fact.headings,
            text: fact.text,
            about,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> CommentaryFact {
        CommentaryFact {
            body: writer.body(self.body),
            headings: self.headings.clone(),
            text: self.text.clone(),
            components: writer.topics(&self.about),
        }
    }
}
