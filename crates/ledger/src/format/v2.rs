//! Format 2. An entry names the actor with their role, the body for which they act, and the cycle
//! to which the role is limited.
//!
//! Empty fields are left out. Numbers are JSON numbers; dates and times are ISO 8601.

use super::envelope::{Origin, read_hash};
use super::facts::Fact;
use super::field::{Field, Text};
use super::{ChainedEntry, FormatError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;
use wcc_core::actor::Actor as CoreActor;
use wcc_core::ledger::{Draft, Entry as CoreEntry, Fact as CoreFact};

/// An entry in format 2.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry<'a> {
    format: u32,
    sha: Text<'a>,
    number: u32,
    previous: Text<'a>,
    at: Timestamp,
    actor: Actor<'a>,
    request: Text<'a>,
    part: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    supersedes: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    origin: Option<Origin<'a>>,
    /// The cycle in which the fact is recorded, if it is a record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cycle: Option<Text<'a>>,
    fact: Fact<'a>,
}

/// The actor who made the entry.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Actor<'a> {
    person: Text<'a>,
    role: Text<'a>,
    /// Code of the body for which they acted.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    body: Option<Text<'a>>,
    /// The cycle to which the role is limited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cycle: Option<Text<'a>>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(chained: &'a ChainedEntry) -> Entry<'a> {
        let entry = &chained.entry;
        Entry {
            format: 2,
            sha: Cow::Borrowed(&chained.sha),
            number: entry.number,
            previous: chained.previous.to_string().into(),
            at: entry.at,
            actor: Actor {
                person: entry.actor.person.form(),
                role: entry.actor.role.form(),
                body: entry.actor.body.form(),
                cycle: entry.actor.cycle.form(),
            },
            request: entry.request.form(),
            part: entry.part,
            supersedes: entry.draft.supersedes,
            origin: entry.draft.origin.as_ref().map(Origin::of),
            cycle: match &entry.draft.fact {
                CoreFact::Record { cycle, .. } => Some(cycle.form()),
                _ => None,
            },
            fact: Fact::of(&entry.draft.fact),
        }
    }

    pub(super) fn read(self) -> Result<ChainedEntry, FormatError> {
        Ok(ChainedEntry {
            sha: self.sha.into_owned(),
            previous: read_hash(&self.previous)?,
            entry: CoreEntry {
                number: self.number,
                at: self.at,
                actor: Arc::new(CoreActor {
                    person: self.actor.person.into(),
                    role: self.actor.role.into(),
                    body: self.actor.body.map(Into::into),
                    cycle: self.actor.cycle.map(Into::into),
                }),
                request: self.request.into(),
                part: self.part,
                draft: Draft {
                    fact: self.fact.read(self.cycle)?,
                    supersedes: self.supersedes,
                    origin: self.origin.map(Into::into),
                },
            },
        })
    }
}
