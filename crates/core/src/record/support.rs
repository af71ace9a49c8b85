//! Support for bodies in their areas of concern.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// How far an option to support a body has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SupportState {
    /// It is one of the options.
    #[default]
    Proposed,
    /// It was chosen.
    Chosen,
    /// It was declined.
    Declined,
    /// The body has received it.
    Given,
}

impl SupportState {
    /// All of them.
    pub const ALL: [SupportState; 4] = [
        SupportState::Proposed,
        SupportState::Chosen,
        SupportState::Declined,
        SupportState::Given,
    ];

    /// The word that entries use.
    pub fn name(self) -> &'static str {
        match self {
            SupportState::Proposed => "proposed",
            SupportState::Chosen => "chosen",
            SupportState::Declined => "declined",
            SupportState::Given => "given",
        }
    }

    /// Whether the body gets, or has got, this support.
    pub fn is_granted(self) -> bool {
        matches!(self, SupportState::Chosen | SupportState::Given)
    }
}

/// An option to support a body in an area of concern, and its result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SupportOption {
    /// Its number.
    pub record: RecordId,
    /// The body: that of the area of concern.
    pub body: BodyIndex,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// Identifier of the area of concern.
    pub area_of_concern: Box<str>,
    /// What the support is.
    pub text: Box<str>,
    /// Who provides it.
    pub provider: Option<Box<str>>,
    /// How far it has come.
    pub state: SupportState,
    /// Its result, or why it was declined.
    pub follow_up: Option<Box<str>>,
}

/// A [`SupportOption`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier within the cycle.
    pub id: Box<str>,
    /// Identifier of the area of concern.
    pub area_of_concern: Box<str>,
    /// What the support is.
    pub text: Box<str>,
    /// Who provides it.
    pub provider: Option<Box<str>>,
    /// How far it has come.
    pub state: SupportState,
    /// Its result, or why it was declined.
    pub follow_up: Option<Box<str>>,
}

impl RecordCodes for SupportFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.id.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.provider, &earlier.provider);
        complete(&mut self.follow_up, &earlier.follow_up);
    }

    fn summary(&self, _: &Methods) -> String {
        let (id, body, state) = (&self.id, &self.body, self.state.name());
        format!("support {id} for {body}: {state}")
    }
}

impl CycleRecord for SupportOption {
    fn kind(&self) -> RecordKind {
        RecordKind::Support
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

    fn cited_record(&self) -> Option<(RecordKind, &str)> {
        Some((RecordKind::AreaOfConcern, &self.area_of_concern))
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
    }

    fn broken_rules(&self, _: &RuleContext<'_>) -> Vec<RuleViolation> {
        if self.state == SupportState::Declined && self.follow_up.is_none() {
            let message = "say why it was declined";
            return vec![RuleViolation::new(
                "declined-with-reason",
                "follow_up",
                message,
            )];
        }
        Vec::new()
    }
}

impl RecordType for SupportOption {
    type Fact = SupportFact;
    type Key = Box<str>;
    type Claim<'a> = Infallible;
    type Order = RecordId;

    const NAME: &'static str = "support";
    const ACT: &'static str = "record-support";

    fn key(&self) -> Option<Box<str>> {
        Some(self.id.clone())
    }

    fn order(&self) -> RecordId {
        self.record
    }

    fn from_codes(
        fact: SupportFact,
        reader: &CodeReader<'_>,
    ) -> Result<SupportOption, UnknownCode> {
        let body = reader.body("body", &fact.body)?;
        reader.check_record(
            "area_of_concern",
            RecordKind::AreaOfConcern,
            &fact.area_of_concern,
        )?;
        Ok(SupportOption {
            record: reader.record,
            body,
            id: fact.id,
            area_of_concern: fact.area_of_concern,
            text: fact.text,
            provider: fact.provider,
            state: fact.state,
            follow_up: fact.follow_up,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> SupportFact {
        SupportFact {
            body: writer.body(self.body),
            id: self.id.clone(),
            area_of_concern: self.area_of_concern.clone(),
            text: self.text.clone(),
            provider: self.provider.clone(),
            state: self.state,
            follow_up: self.follow_up.clone(),
        }
    }
}
