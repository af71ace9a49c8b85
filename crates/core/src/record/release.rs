//! Results that were released.

use super::rules::{complete, complete_list};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::actor::Actor;
use crate::body::BodyIndex;
use crate::framework::Methods;
use crate::words::all_of;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The results of a body, or of everything below it, released to people in some roles from a day on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Its number.
    pub record: RecordId,
    /// The body. The release holds for everything below it as well.
    pub body: BodyIndex,
    /// Identifiers of the roles; [`Actor::PUBLIC`] for everybody.
    pub to: Vec<Box<str>>,
    /// The first day, inclusive.
    pub from: Date,
    /// What the results may be used for, in the words of whoever releases them.
    pub uses: Option<Box<str>>,
}

/// A [`Release`] in codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifiers of the roles; [`Actor::PUBLIC`] for everybody.
    pub to: Vec<Box<str>>,
    /// The first day, inclusive.
    pub from: Date,
    /// What the results may be used for, in the words of whoever releases them.
    pub uses: Option<Box<str>>,
}

impl RecordCodes for ReleaseFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        Vec::new()
    }

    fn complete_from(&mut self, earlier: &Self) {
        complete_list(&mut self.to, &earlier.to);
        complete(&mut self.uses, &earlier.uses);
    }

    fn summary(&self, _: &Methods) -> String {
        let to = all_of(self.to.iter().map(|role| &**role));
        format!(
            "results of {} released to {to} from {}",
            self.body, self.from
        )
    }
}

impl CycleRecord for Release {
    fn kind(&self) -> RecordKind {
        RecordKind::Release
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

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        if self.to.is_empty() {
            let message = "name at least one role, or `public` for everybody";
            return vec![RuleViolation::new("release-to-roles", "to", message)];
        }
        let roles = context.framework.roles.iter().map(|role| role.id.as_str());
        let known: Vec<&str> = roles.chain([Actor::PUBLIC]).collect();
        let unknown = self.to.iter().enumerate();
        let unknown = unknown.filter(|(_, role)| !known.contains(&&***role));
        unknown
            .map(|(at, role)| {
                let message = format!("there is no role `{role}` in this framework");
                RuleViolation::new("release-to-roles", "to", message)
                    .of_item(at)
                    .choosing(role, known.iter().copied())
            })
            .collect()
    }
}

impl RecordType for Release {
    type Fact = ReleaseFact;
    /// The latest release of a body counts.
    type Key = BodyIndex;
    type Claim<'a> = std::convert::Infallible;
    type Order = (BodyIndex, RecordId);

    const NAME: &'static str = "release";
    const ACT: &'static str = "release-results";
    /// An SHA releases the results of its region.
    const IS_REFERENCE: bool = true;

    fn key(&self) -> Option<BodyIndex> {
        Some(self.body)
    }

    fn order(&self) -> Self::Order {
        (self.body, self.record)
    }

    fn from_codes(fact: ReleaseFact, reader: &CodeReader<'_>) -> Result<Release, UnknownCode> {
        Ok(Release {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            to: fact.to,
            from: fact.from,
            uses: fact.uses,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> ReleaseFact {
        ReleaseFact {
            body: writer.body(self.body),
            to: self.to.clone(),
            from: self.from,
            uses: self.uses.clone(),
        }
    }
}
