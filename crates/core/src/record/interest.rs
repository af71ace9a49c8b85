//! The interests that members of panels declare.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use crate::words::counted;
use serde::{Deserialize, Serialize};

/// What a member of a panel says about their interests. A member without such a record has not
/// declared anything, which is not the same as having nothing to declare.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterestDeclaration {
    /// Its number.
    pub record: RecordId,
    /// The body that the panel reviews.
    pub body: BodyIndex,
    /// The member, as their token or sign-in names them.
    pub person: Box<str>,
    /// The interests.
    pub interests: Vec<Interest>,
    /// Whether the member states that there is nothing to declare.
    pub nothing_to_declare: bool,
}

/// One interest of a member of a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interest {
    /// In whom: the code of a body, or a name.
    pub organisation: Box<str>,
    /// What the interest is: "employed until 2007", "spouse is a director".
    pub nature: Box<str>,
}

/// An [`InterestDeclaration`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterestDeclarationFact {
    /// Code of the body that the panel reviews.
    pub body: Box<str>,
    /// The member, as their token or sign-in names them. Empty in a request: whoever makes it.
    pub person: Box<str>,
    /// The interests.
    pub interests: Vec<Interest>,
    /// Whether the member states that there is nothing to declare.
    pub nothing_to_declare: bool,
}

impl RecordCodes for InterestDeclarationFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn belongs_to(&self) -> Option<&str> {
        Some(&self.person)
    }

    fn belongs_to_mut(&mut self) -> Option<&mut Box<str>> {
        Some(&mut self.person)
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.person.clone()]
    }

    fn summary(&self, _: &Methods) -> String {
        let what = match self.interests.len() {
            0 => "nothing to declare".to_owned(),
            count => counted(count, "interest"),
        };
        format!("interests of {} in {}: {what}", self.person, self.body)
    }
}

impl CycleRecord for InterestDeclaration {
    fn kind(&self) -> RecordKind {
        RecordKind::InterestDeclaration
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn belongs_to(&self) -> Option<&str> {
        Some(&self.person)
    }

    fn broken_rules(&self, _: &RuleContext<'_>) -> Vec<RuleViolation> {
        let message = match (self.interests.is_empty(), self.nothing_to_declare) {
            (true, true) | (false, false) => return Vec::new(),
            (true, false) => "list the interests, or state that there is nothing to declare",
            (false, true) => "interests are listed, so there is something to declare",
        };
        let field = "nothing_to_declare";
        vec![RuleViolation::new("interests-or-none", field, message)]
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
    }
}

impl RecordType for InterestDeclaration {
    type Fact = InterestDeclarationFact;
    /// The latest declaration of a member counts.
    type Key = (BodyIndex, Box<str>);
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "interest-declaration";
    const ACT: &'static str = "declare-interests";
    const IS_PERSONAL: bool = true;

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.person.clone()))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(
        fact: InterestDeclarationFact,
        reader: &CodeReader<'_>,
    ) -> Result<InterestDeclaration, UnknownCode> {
        Ok(InterestDeclaration {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            person: fact.person,
            interests: fact.interests,
            nothing_to_declare: fact.nothing_to_declare,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> InterestDeclarationFact {
        InterestDeclarationFact {
            body: writer.body(self.body),
            person: self.person.clone(),
            interests: self.interests.clone(),
            nothing_to_declare: self.nothing_to_declare,
        }
    }
}
