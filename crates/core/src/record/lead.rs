//! Strategic leads: who answers for which area of a body.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, Topic, UnknownCode, subject::unknown_outcomes,
};
use crate::body::BodyIndex;
use crate::framework::Methods;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// The allocation of an area of a body to a director, who works on it with operational staff; or of the
/// work as a whole to a coordinator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadAllocation {
    /// Its number.
    pub record: RecordId,
    /// The body. What is allocated for a cluster is allocated for its PCTs.
    pub body: BodyIndex,
    /// The area; `None` for the coordinator of the whole.
    pub area: Option<Topic>,
    /// The name of the person.
    pub person: Box<str>,
    /// Their job title.
    pub job_title: Option<Box<str>>,
    /// The names of the operational staff who work with them.
    pub staff: Vec<Box<str>>,
}

/// A [`LeadAllocation`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the component, area or measure; `outcomes` for the health outcomes; `None` for
    /// the coordinator of the whole.
    pub area: Option<Box<str>>,
    /// The name of the person.
    pub person: Box<str>,
    /// Their job title.
    pub job_title: Option<Box<str>>,
    /// The names of the operational staff who work with them.
    pub staff: Vec<Box<str>>,
}

impl RecordCodes for LeadFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.area.clone().unwrap_or_default()]
    }

    fn complete_from(&mut self, earlier: &Self) {
        // Another person has another job title and other staff.
        if self.person == earlier.person {
            complete(&mut self.job_title, &earlier.job_title);
            complete_list(&mut self.staff, &earlier.staff);
        }
    }

    fn summary(&self, _: &Methods) -> String {
        match &self.area {
            Some(area) => format!("{} leads {area} for {}", self.person, self.body),
            None => format!("{} coordinates the work of {}", self.person, self.body),
        }
    }
}

impl CycleRecord for LeadAllocation {
    fn kind(&self) -> RecordKind {
        RecordKind::Lead
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        let area = self.area.as_ref();
        bounds.has_body(self.body) && area.is_none_or(|area| bounds.has_topic(area))
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let Some(area) = &self.area else {
            return Vec::new();
        };
        let framework = context.framework;
        let areas = &framework.areas_to_lead;
        if areas.is_empty() || areas.contains(area) {
            return unknown_outcomes("area", std::slice::from_ref(area), context);
        }
        let ids = || areas.iter().map(|area| area.id(framework));
        let message = format!(
            "`{}` is not an area that needs a lead: expected {}",
            area.id(framework),
            crate::words::any_of(ids())
        );
        let broken = RuleViolation::new("lead-of-area", "area", message);
        vec![broken.choosing(area.id(framework), ids())]
    }
}

impl RecordType for LeadAllocation {
    type Fact = LeadFact;
    /// The latest allocation of an area counts.
    type Key = (BodyIndex, Option<Topic>);
    type Claim<'a> = Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "lead";
    const ACT: &'static str = "allocate-lead";

    fn key(&self) -> Option<Self::Key> {
        Some((self.body, self.area.clone()))
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(fact: LeadFact, reader: &CodeReader<'_>) -> Result<LeadAllocation, UnknownCode> {
        let area = fact.area.map(|area| reader.topic("area", &area));
        Ok(LeadAllocation {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            area: area.transpose()?,
            person: fact.person,
            job_title: fact.job_title,
            staff: fact.staff,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> LeadFact {
        LeadFact {
            body: writer.body(self.body),
            area: self.area.as_ref().map(|area| writer.topic(area)),
            person: self.person.clone(),
            job_title: self.job_title.clone(),
            staff: self.staff.clone(),
        }
    }
}
