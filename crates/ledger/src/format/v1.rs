//! Format 1, which is no longer written. It has only the author of an entry, because only the
//! operator could make entries.

use super::envelope::{Origin, read_hash};
use super::facts::Fact;
use super::field::Text;
use super::{ChainedEntry, FormatError};
use jiff::Timestamp;
use serde::Deserialize;
use std::sync::Arc;
use wcc_core::actor::Actor;
use wcc_core::ledger::{Draft, Entry as CoreEntry};

/// An entry in format 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry<'a> {
    #[serde(rename = "format")]
    _format: u32,
    sha: Text<'a>,
    number: u32,
    previous: Text<'a>,
    at: Timestamp,
    author: Text<'a>,
    request: Text<'a>,
    part: u32,
    supersedes: Option<u32>,
    origin: Option<Origin<'a>>,
    /// The cycle that the fact is recorded in, if it is a record.
    cycle: Option<Text<'a>>,
    fact: Fact<'a>,
}

impl Entry<'_> {
    pub(super) fn read(self) -> Result<ChainedEntry, FormatError> {
        Ok(ChainedEntry {
            sha: self.sha.into_owned(),
            previous: read_hash(&self.previous)?,
            entry: CoreEntry {
                number: self.number,
                at: self.at,
                actor: Arc::new(Actor::operator(self.author)),
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
