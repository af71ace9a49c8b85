//! The database of surveys: a SQLite file of its own, or tables in a PostgreSQL database.
//!
//! Each change is one transaction that first raises the revision of its survey, which locks it: a
//! change based on an earlier revision changes nothing ([`ChangeResult::Stale`]) and is tried again.

mod engine;

use engine::{Postgres, Sqlite};
use wcc_ledger::{Address, StoreError};

/// Version of the tables.
const SCHEMA: i64 = 1;

/// A survey as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct SurveyRow {
    pub(crate) id: String,
    pub(crate) tag: String,
    pub(crate) cycle: String,
    pub(crate) body: String,
    pub(crate) questionnaire: String,
    pub(crate) closes: String,
    pub(crate) state: String,
    pub(crate) revision: i64,
    pub(crate) roster: Option<Vec<u8>>,
    pub(crate) results: Option<String>,
    pub(crate) closer: Option<String>,
}

/// A table of sealed rows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SealedTable {
    /// Sheets that are saved, and not submitted.
    Drafts,
    /// Boxes of submitted sheets.
    Boxes,
    /// Counts of answers that were collected elsewhere.
    Imports,
}

/// A row to write: its key and its sealed bytes.
pub(crate) type SealedRow<'a> = (&'a [u8], &'a [u8]);

/// The result of a conditional change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeResult {
    /// It was written.
    Done,
    /// The survey has changed since it was read, or is no longer open. Nothing was written.
    Stale,
}

/// A change of an open survey. What is `None` or empty stays.
#[derive(Debug, Default)]
pub(crate) struct SurveyChange<'a> {
    /// The roster, sealed for the next revision.
    pub(crate) roster: Option<&'a [u8]>,
    /// Rows to remove: their keys.
    pub(crate) removed: Vec<(SealedTable, &'a [u8])>,
    /// Rows to write, in place of those with the same key.
    pub(crate) written: Vec<(SealedTable, SealedRow<'a>)>,
    /// Another last day for answers.
    pub(crate) closes: Option<&'a str>,
    /// The results with which the survey starts to close, and who closes it.
    pub(crate) closing: Option<(&'a str, &'a str)>,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The open database of surveys.
#[derive(Debug)]
pub struct SurveyStore {
    engine: Engine,
    sha: String,
}

macro_rules! on_engine {
    ($self:expr, $engine:ident => $work:expr) => {
        match &$self.engine {
            Engine::Sqlite($engine) => $work,
            Engine::Postgres($engine) => $work,
        }
    };
}

impl SurveyStore {
    /// Opens the database and creates or upgrades its tables; `sha` is the authority whose surveys
    /// are used.
    ///
    /// # Errors
    /// The database cannot be opened, or belongs to a later version of this program.
    pub async fn open(address: &Address, sha: &str) -> Result<SurveyStore, StoreError> {
        let engine = match address {
            Address::Sqlite(path) => Engine::Sqlite(Sqlite::open(path).await?),
            Address::Postgres(url) => Engine::Postgres(Postgres::open(url).await?),
        };
        Ok(SurveyStore {
            engine,
            sha: sha.to_owned(),
        })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        on_engine!(self, engine => engine.close().await);
    }

    /// Adds a survey. [`ChangeResult::Stale`] if there is one with this identifier.
    pub(crate) async fn add(&self, survey: &SurveyRow) -> Result<ChangeResult, StoreError> {
        on_engine!(self, engine => engine.add(&self.sha, survey).await)
    }

    /// Every survey, by identifier.
    pub(crate) async fn surveys(&self) -> Result<Vec<SurveyRow>, StoreError> {
        on_engine!(self, engine => engine.surveys(&self.sha).await)
    }

    /// The survey with a tag, whatever its authority: a token is all that a respondent needs.
    pub(crate) async fn by_tag(&self, tag: &str) -> Result<Option<SurveyRow>, StoreError> {
        on_engine!(self, engine => engine.by_tag(tag).await)
    }

    /// Changes an open survey, unless it has changed since it was read.
    pub(crate) async fn change(
        &self,
        survey: &SurveyRow,
        change: &SurveyChange<'_>,
    ) -> Result<ChangeResult, StoreError> {
        on_engine!(self, engine => engine.change(survey, change).await)
    }

    /// Removes everything about people from a survey that is closing.
    pub(crate) async fn empty(&self, survey: &SurveyRow) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.empty(survey).await)
    }

    /// Removes an open survey with everything that belongs to it, unless it has changed since it was
    /// read.
    pub(crate) async fn discard(&self, survey: &SurveyRow) -> Result<ChangeResult, StoreError> {
        on_engine!(self, engine => engine.discard(survey).await)
    }

    /// The sealed bytes of a row.
    pub(crate) async fn sealed(
        &self,
        table: SealedTable,
        tag: &str,
        key: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        on_engine!(self, engine => engine.sealed(table, tag, key).await)
    }
}
