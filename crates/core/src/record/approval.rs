//! Approvals that were given.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{ApprovalIndex, Methods};
use serde::{Deserialize, Serialize};

/// The approval of what is recorded on a body, as it stood when it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Approval {
    /// Its number.
    pub record: RecordId,
    /// The body.
    pub body: BodyIndex,
    /// Which approval it is.
    pub approval: ApprovalIndex,
    /// The digest of what was approved, as [`Approvals`](crate::approval::Approvals) calculates it.
    pub digest: Box<str>,
    /// What whoever approves adds: the minute of a meeting, a proviso.
    pub note: Option<Box<str>>,
}

/// An [`Approval`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the approval in the framework.
    pub approval: Box<str>,
    /// The digest of what was approved, in lower-case hexadecimal.
    pub digest: Box<str>,
    /// What whoever approves adds.
    pub note: Option<Box<str>>,
}

impl RecordCodes for ApprovalFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn approval(&self) -> Option<&str> {
        Some(&self.approval)
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.approval.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.note, &earlier.note);
    }

    fn summary(&self, _: &Methods) -> String {
        format!("approval {} of {}", self.approval, self.body)
    }
}

impl CycleRecord for Approval {
    fn kind(&self) -> RecordKind {
        RecordKind::Approval
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn approval(&self) -> Option<ApprovalIndex> {
        Some(self.approval)
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_approval(self.approval)
    }

    fn broken_rules(&self, _: &RuleContext<'_>) -> Vec<RuleViolation> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if self.digest.len() == 64 && self.digest.bytes().all(is_digit) {
            return Vec::new();
        }
        let message = "not a SHA-256: give the `digest` that was shown with what is approved, 64 \
                       hexadecimal digits in lower case";
        vec![RuleViolation::new("digest-of-approval", "digest", message)]
    }
}

impl RecordType for Approval {
    type Fact = ApprovalFact;
    type Key = (BodyIndex, ApprovalIndex);
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, ApprovalIndex, RecordId);

    const NAME: &'static str = "approval";
    const ACT: &'static str = "approve";

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.approval))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.approval, self.record)
    }

    fn from_codes(fact: ApprovalFact, reader: &CodeReader<'_>) -> Result<Approval, UnknownCode> {
        Ok(Approval {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            approval: reader.approval("approval", &fact.approval)?,
            digest: fact.digest,
            note: fact.note,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> ApprovalFact {
        ApprovalFact {
            body: writer.body(self.body),
            approval: writer.approval(self.approval),
            digest: self.digest.clone(),
            note: self.note.clone(),
        }
    }
}
