//! Openings of phases.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Methods, PhaseIndex};
use serde::{Deserialize, Serialize};

/// The opening of a phase by somebody, for one body or for everything below it: an SHA for the bodies of
/// its region, a cluster for its PCTs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseOpening {
    /// Its number.
    pub record: RecordId,
    /// The body. The phase holds for everything below it as well.
    pub body: BodyIndex,
    /// The phase.
    pub phase: PhaseIndex,
    /// Why; required if the phase comes before the one that was open.
    pub reason: Option<Box<str>>,
}

/// A [`PhaseOpening`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the phase.
    pub phase: Box<str>,
    /// Why; required if the phase comes before the one that was open.
    pub reason: Option<Box<str>>,
}

impl RecordCodes for PhaseFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        Vec::new()
    }

    fn complete_from(&mut self, earlier: &Self) {
        if self.phase == earlier.phase {
            complete(&mut self.reason, &earlier.reason);
        }
    }

    fn summary(&self, _: &Methods) -> String {
        format!("phase {} opened for {}", self.phase, self.body)
    }
}

impl CycleRecord for PhaseOpening {
    fn kind(&self) -> RecordKind {
        RecordKind::Phase
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_phase(self.phase)
    }
}

impl RecordType for PhaseOpening {
    type Fact = PhaseFact;
    /// The latest phase that was opened for a body counts.
    type Key = BodyIndex;
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "phase";
    const ACT: &'static str = crate::policy::OPEN_PHASE;
    /// An SHA is not assured itself.
    const IS_REFERENCE: bool = true;

    fn key(&self) -> Option<BodyIndex> {
        Some(self.body)
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(fact: PhaseFact, reader: &CodeReader<'_>) -> Result<PhaseOpening, UnknownCode> {
        Ok(PhaseOpening {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            phase: reader.phase("phase", &fact.phase)?,
            reason: fact.reason,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> PhaseFact {
        PhaseFact {
            body: writer.body(self.body),
            phase: writer.phase(self.phase),
            reason: self.reason.clone(),
        }
    }
}
