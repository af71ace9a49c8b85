//! The dates of a phase in one cycle, as an authority sets them.

use super::rules::complete;
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Methods, PhaseIndex};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The first and the last day of a phase for a body, or for everything below it, in place of those
/// that the framework gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhaseDates {
    /// Its number.
    pub record: RecordId,
    /// The body. The dates hold for everything below it as well.
    pub body: BodyIndex,
    /// The phase.
    pub phase: PhaseIndex,
    /// The first day; `None` if it is left open.
    pub from: Option<Date>,
    /// The last day; `None` if it is left open.
    pub to: Option<Date>,
    /// Why, or what else people should know.
    pub note: Option<Box<str>>,
}

/// [`PhaseDates`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseDatesFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the phase.
    pub phase: Box<str>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
    /// Why, or what else people should know.
    pub note: Option<Box<str>>,
}

impl RecordCodes for PhaseDatesFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.phase.clone()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.note, &earlier.note);
    }

    fn summary(&self, _: &Methods) -> String {
        let from = self.from.map(|from| format!(" from {from}"));
        let to = self.to.map(|to| format!(" to {to}"));
        format!(
            "phase {} of {}{}{}",
            self.phase,
            self.body,
            from.unwrap_or_default(),
            to.unwrap_or_default()
        )
    }
}

impl CycleRecord for PhaseDates {
    fn kind(&self) -> RecordKind {
        RecordKind::PhaseDates
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

    fn broken_rules(&self, _: &RuleContext<'_>) -> Vec<RuleViolation> {
        let message = match (self.from, self.to) {
            (None, None) => "give the first day of the phase, the last, or both".to_owned(),
            (Some(from), Some(to)) if to < from => {
                format!("the last day, {to}, is before the first, {from}")
            }
            _ => return Vec::new(),
        };
        vec![RuleViolation::new("phase-has-dates", "to", message)]
    }
}

impl RecordType for PhaseDates {
    type Fact = PhaseDatesFact;
    /// The latest dates of a phase for a body count.
    type Key = (BodyIndex, PhaseIndex);
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, PhaseIndex, RecordId);

    const NAME: &'static str = "phase dates";
    const ACT: &'static str = "set-timetable";
    /// An SHA is not assured itself.
    const IS_REFERENCE: bool = true;

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.phase))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.phase, self.record)
    }

    fn from_codes(fact: PhaseDatesFact, reader: &CodeReader<'_>) -> Result<Self, UnknownCode> {
        Ok(PhaseDates {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            phase: reader.phase("phase", &fact.phase)?,
            from: fact.from,
            to: fact.to,
            note: fact.note,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> PhaseDatesFact {
        PhaseDatesFact {
            body: writer.body(self.body),
            phase: writer.phase(self.phase),
            from: self.from,
            to: self.to,
            note: self.note.clone(),
        }
    }
}
