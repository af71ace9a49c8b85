//! Recommendations to a body.

use super::rules::{complete, complete_list};
use super::{
    ActionState, Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind,
    RecordType, RuleContext, RuleViolation, Topic, UnknownCode, subject::unknown_outcomes,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// A recommendation; it belongs to the report and is linked from many measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recommendation {
    /// Its number.
    pub record: RecordId,
    /// The body (a cluster's recommendation is shared by its PCTs).
    pub body: BodyIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// The text.
    pub text: Box<str>,
    /// The measures, components and outcomes that it is about; empty if it is about the whole.
    pub about: Vec<Topic>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
    /// How it is followed up.
    pub follow_up: FollowUp,
}

/// How a recommendation is followed up, as far as somebody said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Who is responsible for it.
    pub owner: Option<Box<str>>,
    /// The last day on which it is to be done.
    pub due: Option<Date>,
    /// How far it has come.
    pub state: Option<ActionState>,
}

impl FollowUp {
    /// Whether it should have been done before a day and is not.
    pub fn is_late_on(&self, day: Date) -> bool {
        self.state.is_none_or(ActionState::is_open) && self.due.is_some_and(|due| due < day)
    }

    fn complete_from(&mut self, earlier: &FollowUp) {
        complete(&mut self.owner, &earlier.owner);
        complete(&mut self.due, &earlier.due);
        complete(&mut self.state, &earlier.state);
    }
}

/// A [`Recommendation`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecommendationFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// The text.
    pub text: Box<str>,
    /// Identifiers of the measures and components that it is about; `outcomes`, or `outcome:`
    /// and an identifier, for health outcomes.
    pub about: Vec<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
    /// How it is followed up.
    pub follow_up: FollowUp,
}

impl RecordCodes for RecommendationFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete_list(&mut self.about, &earlier.about);
        complete(&mut self.source, &earlier.source);
        self.follow_up.complete_from(&earlier.follow_up);
    }

    fn summary(&self, _: &Methods) -> String {
        format!("recommendation {} for {}", self.id, self.body)
    }
}

impl CycleRecord for Recommendation {
    fn kind(&self) -> RecordKind {
        RecordKind::Recommendation
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

impl RecordType for Recommendation {
    type Fact = RecommendationFact;
    type Key = Box<str>;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "recommendation";
    const ACT: &'static str = "record-recommendation";

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(
        fact: RecommendationFact,
        reader: &CodeReader<'_>,
    ) -> Result<Recommendation, UnknownCode> {
        let about = reader.topics("about", &fact.about)?;
        Ok(Recommendation {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            id: fact.id,
            text: fact.text,
            about,
            source: fact.source,
            follow_up: fact.follow_up,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> RecommendationFact {
        RecommendationFact {
            body: writer.body(self.body),
            id: self.id.clone(),
            text: self.text.clone(),
            about: writer.topics(&self.about),
            source: self.source.clone(),
            follow_up: self.follow_up.clone(),
        }
    }
}
