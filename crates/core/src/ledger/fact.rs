//! Facts, the contents of entries. They name bodies, measures and steps by their codes, so that each
//! can be read on its own.

use crate::framework::Framework;
use crate::policy;
use crate::record::{RecordFact, UnknownCode};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The fact of an entry.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every fact is a record, the largest variant"
)]
pub enum Fact {
    /// A new rule book, or a new wording of one.
    Framework(FrameworkText),
    /// A new set of bodies, or a new version of one.
    Organisations(OrganisationTables),
    /// A cycle is opened, or described again.
    Cycle(CycleFact),
    /// A cycle moves to another set of bodies.
    Rebase(RebaseFact),
    /// A record of a cycle.
    Record {
        /// Identifier of the cycle.
        cycle: Box<str>,
        /// The record.
        record: RecordFact,
    },
    /// An entry is withdrawn: it is superseded without a replacement.
    Withdrawn {
        /// Why.
        reason: Box<str>,
    },
}

impl Fact {
    /// The act of entering the fact, for policies: `record-judgement`.
    pub fn act(&self) -> &'static str {
        match self {
            Fact::Framework(_) => policy::ENTER_FRAMEWORK,
            Fact::Organisations(_) => policy::ENTER_BODIES,
            Fact::Cycle(_) => policy::OPEN_CYCLE,
            Fact::Rebase(_) => policy::REBASE_CYCLE,
            Fact::Record { record, .. } => record.kind().act(),
            Fact::Withdrawn { .. } => policy::WITHDRAW,
        }
    }
}

/// The version of the grammar that a framework file or a set of tables is written in. Its text is
/// always read by the reader of that version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileFormat(pub u16);

impl FileFormat {
    /// The first grammar: that of files and entries that name no version.
    pub const FIRST: FileFormat = FileFormat(1);
}

impl Default for FileFormat {
    fn default() -> FileFormat {
        FileFormat::FIRST
    }
}

/// A framework file as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameworkText {
    /// Identifier: `wcc-2009-10`.
    pub id: Box<str>,
    /// The grammar of the text.
    pub format: FileFormat,
    /// The file's text.
    pub text: Box<str>,
}

/// Tables of bodies as they were written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationTables {
    /// The identifier of this set in cycles.
    pub id: Box<str>,
    /// The grammar of the tables.
    pub format: FileFormat,
    /// The tables.
    pub tables: Vec<OrganisationTable>,
}

/// One table of bodies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationTable {
    /// Which table: `pct.csv`.
    pub name: Box<str>,
    /// Its name in messages: `2009-10/pct.csv`.
    pub file: Box<str>,
    /// Whether it is part of the shipped configuration.
    pub shipped: bool,
    /// CSV.
    pub text: Box<str>,
}

/// A cycle as it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleFact {
    /// Identifier: `south-staffordshire/2009-10`.
    pub id: Box<str>,
    /// Title as printed.
    pub title: Box<str>,
    /// The date of the memberships and delegations.
    pub as_of: Date,
    /// The sentence that every output shows if the figures are invented.
    pub illustrative: Option<Box<str>>,
    /// Identifier of the framework.
    pub framework: Box<str>,
    /// Identifier of the set of bodies.
    pub organisations: Box<str>,
    /// Codes of the PCTs that are assured.
    pub pcts: Vec<Box<str>>,
    /// Identifier of last year's cycle.
    pub previous: Option<Box<str>>,
    /// Identifier of the review of the framework that it is; `None` for a full round.
    pub review: Option<Box<str>>,
}

impl CycleFact {
    /// The rule book of the cycle: that of a full round, or what its review leaves of it.
    ///
    /// # Errors
    /// The framework has no such review.
    pub(super) fn framework(&self, full: &Arc<Framework>) -> Result<Arc<Framework>, UnknownCode> {
        let Some(id) = &self.review else {
            return Ok(Arc::clone(full));
        };
        let limited = full.for_review(id).map(Arc::new);
        limited.ok_or_else(|| {
            let known = full.reviews.iter().map(|review| review.id.as_str());
            UnknownCode::new("review", "review", id, known)
        })
    }
}

/// A cycle moves to another set of bodies: to corrected tables, or to those after a merger.
/// Everything recorded in the cycle is kept, under the same codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebaseFact {
    /// Identifier of the cycle.
    pub cycle: Box<str>,
    /// Identifier of the set of bodies. The cycle uses its version as of this entry.
    pub organisations: Box<str>,
    /// Codes of the PCTs that are assured from now on.
    pub pcts: Vec<Box<str>>,
    /// Why.
    pub reason: Option<Box<str>>,
}
