//! Panel days, with their interviews.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use crate::words::counted;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// The day on which a panel reviews a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanelDay {
    /// Its number.
    pub record: RecordId,
    /// The body that is reviewed.
    pub body: BodyIndex,
    /// The day.
    pub date: Date,
    /// Where the panel meets.
    pub venue: Option<Box<str>>,
    /// Whom the panel meets, in the order of the day.
    pub interviews: Vec<Interview>,
}

/// An interview on a panel day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interview {
    /// When it begins.
    pub starts: Time,
    /// With whom: "chief executive and director of finance".
    pub with: Box<str>,
    /// What about.
    pub topic: Option<Box<str>>,
}

/// A [`PanelDay`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelDayFact {
    /// Code of the body that is reviewed.
    pub body: Box<str>,
    /// The day.
    pub date: Date,
    /// Where the panel meets.
    pub venue: Option<Box<str>>,
    /// Whom the panel meets.
    pub interviews: Vec<Interview>,
}

impl RecordCodes for PanelDayFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        Vec::new()
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete(&mut self.venue, &earlier.venue);
        complete_list(&mut self.interviews, &earlier.interviews);
    }

    fn summary(&self, _: &Methods) -> String {
        let interviews = counted(self.interviews.len(), "interview");
        format!("panel day of {} on {}, {interviews}", self.body, self.date)
    }
}

impl CycleRecord for PanelDay {
    fn kind(&self) -> RecordKind {
        RecordKind::PanelDay
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body)
    }
}

impl RecordType for PanelDay {
    type Fact = PanelDayFact;
    /// A body has one panel day: the latest plan counts.
    type Key = BodyIndex;
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "panel-day";
    const ACT: &'static str = "plan-panel-day";

    fn key(&self) -> Option<BodyIndex> {
        Some(self.body)
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(fact: PanelDayFact, reader: &CodeReader<'_>) -> Result<PanelDay, UnknownCode> {
        let mut interviews = fact.interviews;
        interviews.sort_by_key(|interview| interview.starts);
        Ok(PanelDay {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            date: fact.date,
            venue: fact.venue,
            interviews,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> PanelDayFact {
        PanelDayFact {
            body: writer.body(self.body),
            date: self.date,
            venue: self.venue.clone(),
            interviews: self.interviews.clone(),
        }
    }
}
