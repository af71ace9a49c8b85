//! Plans that bodies file, version by version.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode, check_identifier,
};
use crate::body::BodyIndex;
use crate::framework::{Methods, PlanIndex};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// One version of a plan that the framework asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FiledPlan {
    /// Its number.
    pub record: RecordId,
    /// The body whose plan it is (a cluster's plan is that of its PCTs).
    pub body: BodyIndex,
    /// The plan.
    pub plan: PlanIndex,
    /// The version, an identifier within the plan: `1`, `draft-2`, `final`.
    pub version: Box<str>,
    /// The day from which it holds: that of its adoption or, of a draft, of its submission.
    pub date: Date,
    /// SHA-256 of the document, in lower-case hexadecimal, if it was filed.
    pub document: Option<Box<str>>,
    /// The local vision that it states: what the body wants to achieve by continually commissioning better.
    pub vision: Option<Box<str>>,
    /// A note on this version.
    pub note: Option<Box<str>>,
}

/// A [`FiledPlan`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the plan in the framework.
    pub plan: Box<str>,
    /// The version, an identifier within the plan.
    pub version: Box<str>,
    /// The day from which it holds.
    pub date: Date,
    /// SHA-256 of the document, in lower-case hexadecimal, if it was filed.
    pub document: Option<Box<str>>,
    /// The local vision that it states.
    pub vision: Option<Box<str>>,
    /// A note on this version.
    pub note: Option<Box<str>>,
}

impl RecordCodes for PlanFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.plan.clone(), self.version.clone()]
    }

    fn document(&self) -> Option<&str> {
        self.document.as_deref()
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.document, &earlier.document);
        complete(&mut self.vision, &earlier.vision);
        complete(&mut self.note, &earlier.note);
    }

    fn summary(&self, _: &Methods) -> String {
        format!(
            "plan {} of {}, version {}",
            self.plan, self.body, self.version
        )
    }
}

impl CycleRecord for FiledPlan {
    fn kind(&self) -> RecordKind {
        RecordKind::Plan
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn document(&self) -> Option<&str> {
        self.document.as_deref()
    }

    fn plan(&self) -> Option<PlanIndex> {
        Some(self.plan)
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_plan(self.plan)
    }

    fn broken_rules(&self, _: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        check_identifier("version", &self.version, &mut broken);
        broken
    }
}

impl RecordType for FiledPlan {
    type Fact = PlanFact;
    type Key = (BodyIndex, PlanIndex, Box<str>);
    type Claim<'a> = Infallible;
    type Order = (BodyIndex, PlanIndex, RecordId);

    const NAME: &'static str = "plan";
    const ACT: &'static str = "file-plan";
    /// An SHA files plans of its own. Whose plan it may be is a rule of the cycle.
    const IS_REFERENCE: bool = true;

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.plan, self.version.clone()))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.plan, self.record)
    }

    fn from_codes(fact: PlanFact, reader: &CodeReader<'_>) -> Result<FiledPlan, UnknownCode> {
        Ok(FiledPlan {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            plan: reader.plan("plan", &fact.plan)?,
            version: fact.version,
            date: fact.date,
            document: fact.document,
            vision: fact.vision,
            note: fact.note,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> PlanFact {
        PlanFact {
            body: writer.body(self.body),
            plan: writer.plan(self.plan),
            version: self.version.clone(),
            date: self.date,
            document: self.document.clone(),
            vision: self.vision.clone(),
            note: self.note.clone(),
        }
    }
}
