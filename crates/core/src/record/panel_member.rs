//! Members of panels.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Framework, Methods, PanelCategoryIndex};
use serde::{Deserialize, Serialize};

/// A person who sits on the panel of a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelMember {
    /// Its number.
    pub record: RecordId,
    /// The body that the panel reviews.
    pub body: BodyIndex,
    /// The person, as their token or sign-in names them.
    pub person: Box<str>,
    /// Their name, as reports print it.
    pub name: Box<str>,
    /// What they are on the panel for.
    pub category: PanelCategoryIndex,
    /// Whether they chair the panel.
    pub chairs: bool,
    /// Whom they work for: the code of a body, or a name.
    pub organisation: Option<Box<str>>,
}

/// A [`PanelMember`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelMemberFact {
    /// Code of the body that the panel reviews.
    pub body: Box<str>,
    /// The person, as their token or sign-in names them.
    pub person: Box<str>,
    /// Their name, as reports print it.
    pub name: Box<str>,
    /// Identifier of the category.
    pub category: Box<str>,
    /// Whether they chair the panel.
    pub chairs: bool,
    /// Whom they work for: the code of a body, or a name.
    pub organisation: Option<Box<str>>,
}

impl RecordCodes for PanelMemberFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.person.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.organisation, &earlier.organisation);
    }

    fn summary(&self, _: &Methods) -> String {
        let what = if self.chairs { "chair" } else { "member" };
        format!("{} {what} of the panel of {}", self.name, self.body)
    }
}

impl CycleRecord for PanelMember {
    fn kind(&self) -> RecordKind {
        RecordKind::PanelMember
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn employer(&self) -> Option<&str> {
        self.organisation.as_deref()
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_panel_category(self.category)
    }
}

impl RecordType for PanelMember {
    type Fact = PanelMemberFact;
    type Key = (BodyIndex, Box<str>);
    /// A panel has one chair.
    type Claim<'a> = BodyIndex;
    type Order = (BodyIndex, PanelCategoryIndex, RecordId);

    const NAME: &'static str = "panel-member";
    const ACT: &'static str = "appoint-panel-member";

    const CAN_CONFLICT: bool = true;

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.person.clone()))
    }

    fn claims(&self) -> impl IntoIterator<Item = BodyIndex> {
        self.chairs.then_some(self.body)
    }

    fn conflict(&self, _: &BodyIndex, first: &Self, _: &Framework) -> Option<RuleViolation> {
        let message = format!(
            "{} chairs this panel already, and a panel has one chair: correct that appointment first",
            first.name
        );
        Some(RuleViolation::new("one-chair", "chairs", message))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.category, self.record)
    }

    fn from_codes(
        fact: PanelMemberFact,
        reader: &CodeReader<'_>,
    ) -> Result<PanelMember, UnknownCode> {
        Ok(PanelMember {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            person: fact.person,
            name: fact.name,
            category: reader.panel_category("category", &fact.category)?,
            chairs: fact.chairs,
            organisation: fact.organisation,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> PanelMemberFact {
        PanelMemberFact {
            body: writer.body(self.body),
            person: self.person.clone(),
            name: self.name.clone(),
            category: writer.panel_category(self.category),
            chairs: self.chairs,
            organisation: self.organisation.clone(),
        }
    }
}
