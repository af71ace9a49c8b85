//! What an entry may say. It names bodies, measures and steps by their codes, so that it can be
//! read without anything else.

use crate::policy;
use crate::record::RecordFact;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What an entry says.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every fact is a record, the largest variant"
)]
pub enum Fact {
    /// A rule book comes into use, or a new wording of one.
    Framework(FrameworkText),
    /// A set of bodies comes into use, or a new state of one.
    Organisations(OrganisationTables),
    /// A cycle is opened, or described anew.
    Cycle(CycleFact),
    /// A cycle moves to another set of bodies.
    Rebase(RebaseFact),
    /// Something is recorded in a cycle.
    Record {
        /// Identifier of the cycle.
        cycle: Box<str>,
        /// What is recorded.
        record: RecordFact,
    },
    /// An entry is withdrawn: it supersedes without putting anything in its place.
    Withdrawn {
        /// Why.
        reason: Box<str>,
    },
}

impl Fact {
    /// The act that a policy is asked about when it is entered: `record-judgement`.
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
    /// What cycles call this set.
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
    /// Its name in problems: `2009-10/pct.csv`.
    pub file: Box<str>,
    /// Whether it is one that ships with the configuration.
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
    /// The day on which memberships and delegations are looked at.
    pub as_of: Date,
    /// Set where figures are invented: the sentence that every output shows.
    pub illustrative: Option<Box<str>>,
    /// Identifier of the framework.
    pub framework: Box<str>,
    /// Identifier of the set of bodies.
    pub organisations: Box<str>,
    /// Codes of the PCTs that are assured.
    pub pcts: Vec<Box<str>>,
    /// Identifier of last year's cycle.
    pub previous: Option<Box<str>>,
}

/// A cycle moves to another set of bodies: to corrected tables, or to those after a merger.
/// Everything recorded in the cycle is kept, under the same codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RebaseFact {
    /// Identifier of the cycle.
    pub cycle: Box<str>,
    /// Identifier of the set of bodies, which it takes as that set stands at this entry.
    pub organisations: Box<str>,
    /// Codes of the PCTs that are assured from now on.
    pub pcts: Vec<Box<str>>,
    /// Why.
    pub reason: Option<Box<str>>,
}
