//! The scores that members of a panel give before the panel agrees.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, Subject, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use crate::scale::Step;
use serde::{Deserialize, Serialize};

/// A score that one member of a panel gives before the panel agrees on a value. It is not a
/// judgement, and no result takes it into account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Its number.
    pub record: RecordId,
    /// The body that is reviewed.
    pub body: BodyIndex,
    /// The measure or component.
    pub subject: Subject,
    /// The member, as their token or sign-in names them.
    pub member: Box<str>,
    /// The value.
    pub value: Step,
    /// The member's reasons.
    pub rationale: Option<Box<str>>,
}

/// A [`Score`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScoreFact {
    /// Code of the body that is reviewed.
    pub body: Box<str>,
    /// Identifier of the measure or component.
    pub subject: Box<str>,
    /// The member, as their token or sign-in names them. Empty in a request: whoever makes it.
    pub member: Box<str>,
    /// Key of the step.
    pub value: Box<str>,
    /// The member's reasons.
    pub rationale: Option<Box<str>>,
}

impl RecordCodes for ScoreFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn belongs_to(&self) -> Option<&str> {
        Some(&self.member)
    }

    fn belongs_to_mut(&mut self) -> Option<&mut Box<str>> {
        Some(&mut self.member)
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.subject.clone(), self.member.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.rationale, &earlier.rationale);
    }

    fn summary(&self, _: &Methods) -> String {
        let ScoreFact { member, body, .. } = self;
        format!(
            "score of {body} on {} by {member}: {}",
            self.subject, self.value
        )
    }
}

impl CycleRecord for Score {
    fn kind(&self) -> RecordKind {
        RecordKind::Score
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn belongs_to(&self) -> Option<&str> {
        Some(&self.member)
    }

    fn scored(&self) -> Option<Subject> {
        Some(self.subject)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let framework = context.framework;
        let id = self.subject.id(framework);
        let message = if self.subject.scale(framework).is_text() {
            format!("`{id}` is judged in text, which is not scored")
        } else if !self.subject.takes_marks(framework) {
            format!("`{id}` is not judged: only its rule gives it a result")
        } else {
            return Vec::new();
        };
        vec![RuleViolation::new("is-scored", "measure", message)]
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
            && bounds.has_subject(self.subject)
            && bounds.has_step(self.subject, self.value)
    }
}

impl RecordType for Score {
    type Fact = ScoreFact;
    type Key = (BodyIndex, Subject, Box<str>);
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, Subject, RecordId);

    const NAME: &'static str = "score";
    const ACT: &'static str = "score-measure";
    const IS_PERSONAL: bool = true;

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.subject, self.member.clone()))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.subject, self.record)
    }

    fn from_codes(fact: ScoreFact, reader: &CodeReader<'_>) -> Result<Score, UnknownCode> {
        let subject = reader.subject("measure", &fact.subject)?;
        Ok(Score {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            subject,
            member: fact.member,
            value: reader.step("value", &fact.value, subject)?,
            rationale: fact.rationale,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> ScoreFact {
        ScoreFact {
            body: writer.body(self.body),
            subject: writer.subject(self.subject),
            member: self.member.clone(),
            value: writer.step(self.value, self.subject),
            rationale: self.rationale.clone(),
        }
    }
}
