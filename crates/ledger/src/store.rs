//! Where the entries are kept: SQLite or PostgreSQL behind one interface.
//!
//! One table of entries, and of SQL only what every engine that speaks PostgreSQL's protocol has: no trigger,
//! no sequence, no session state, no lock of its own. That two writers never take one number is
//! the primary key's doing: whoever comes second is told [`StoreError::Conflict`], reads what the
//! other wrote and tries again.

mod address;
mod classify;
mod migrations;
mod postgres;
mod sqlite;
mod sqlite_log;
mod statements;

use crate::chain::{Hash, Head};
pub use address::Address;
use postgres::Postgres;
use sqlite::Sqlite;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::actor::Actor;

/// The version of the tables. A database with a higher one belongs to a later version of this
/// program.
pub const SCHEMA: i32 = 2;

/// What a database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Tables of an earlier version are read as they are.
    Read,
    /// They are brought up to date.
    Write,
}

/// The longest that closing a connection may take.
const CLOSING: Duration = Duration::from_secs(2);

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number.
    pub number: u32,
    /// Who entered it.
    pub actor: Arc<Actor>,
    /// The request that it came with.
    pub request: String,
    /// Its place in the request.
    pub part: u32,
    /// What was written.
    pub bytes: Vec<u8>,
    /// The hash of what was written.
    pub hash: Hash,
}

impl Row {
    /// What its request is known by.
    pub(crate) fn key(&self) -> (&Actor, &str) {
        (&self.actor, &self.request)
    }
}

/// What a database answered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else wrote an entry of this number, or of this request, meanwhile.
    #[error("another writer was first")]
    Conflict,
    /// The database cannot be reached, or asks to try again. What was being written may have been
    /// written or not.
    #[error("the database of the ledger does not answer: {0}")]
    Unavailable(String),
    /// The database refuses: the disk is full, the file is read-only, a permission is missing.
    #[error("the database of the ledger refuses: {0}")]
    Refused(String),
    /// The address of the database is none, or contradicts itself.
    #[error("the address of the ledger's database cannot be used: {0}")]
    Address(String),
    /// The database is there, and is not reached as safely as its address asks, or as it asks
    /// itself.
    #[error("the ledger's database is not reached safely: {0}")]
    Unsafe(String),
    /// The database file and the write-ahead log beside it belong to different ledgers, or to
    /// different moments of one. Nothing was changed.
    #[error(
        "the log {} does not belong to {}: the database file was put beside the log of another \
         ledger or of another day, and opening them together would mix the two; or entries were \
         removed with another program. Nothing was changed. If the database file is the one \
         that you want (restored from a copy), move the log and {} away, and run the command \
         again; if the log is, put back the database file that it was left with",
        .log.display(), .database.display(), .memory.display()
    )]
    ForeignLog {
        /// The database file.
        database: std::path::PathBuf,
        /// The log beside it.
        log: std::path::PathBuf,
        /// The log's index, which processes share.
        memory: std::path::PathBuf,
    },
    /// The write-ahead log has entries, and the database file that it belongs to is missing or
    /// empty. Nothing was changed.
    #[error(
        "the log {} holds entries, but its database file {} is missing or empty, and a new one \
         would make the log unreadable. Nothing was changed. Put back the database file that the \
         log was left with; if nothing of it is needed, move the log and {} away, and run the \
         command again",
        .log.display(), .database.display(), .memory.display()
    )]
    LogAlone {
        /// The database file.
        database: std::path::PathBuf,
        /// The log beside it.
        log: std::path::PathBuf,
        /// The log's index, which processes share.
        memory: std::path::PathBuf,
    },
    /// The database was made by a later version of this program.
    #[error(
        "the ledger's database has schema {0}, this program knows {SCHEMA}: use the version of \
         wcc that made it"
    )]
    TooNew(i32),
}

/// A ledger's database, opened.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    sha: String,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The same call on whichever engine there is.
macro_rules! on_engine {
    ($store:expr, $engine:ident => $call:expr) => {
        match &$store.engine {
            Engine::Sqlite($engine) => $call,
            Engine::Postgres($engine) => $call,
        }
    };
}

impl Store {
    /// Opens a ledger's database, and makes its tables if there are none. Those that an earlier
    /// version of this program made are read as they are; [`Store::migrate`] brings them up to
    /// date. Any number of processes may do so at once.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn open(address: &Address, sha: &str) -> Result<Store, StoreError> {
        let engine = match address {
            Address::Sqlite(path) => Engine::Sqlite(Sqlite::open(path).await?),
            Address::Postgres(url) => Engine::Postgres(Postgres::open(url).await?),
        };
        Ok(Store {
            engine,
            sha: sha.to_owned(),
        })
    }

    /// Brings the tables up to date, for whoever is going to write.
    ///
    /// # Errors
    /// What the database answered; the tables are then as before.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.migrate().await)
    }

    /// Opens the database once more, beside a store of this process that has it open.
    pub(crate) async fn open_again(address: &Address, sha: &str) -> Result<Store, StoreError> {
        let engine = match address {
            Address::Sqlite(path) => Engine::Sqlite(Sqlite::open_again(path).await?),
            Address::Postgres(url) => Engine::Postgres(Postgres::open(url).await?),
        };
        Ok(Store {
            engine,
            sha: sha.to_owned(),
        })
    }

    /// Code of the authority that keeps the ledger.
    pub fn sha(&self) -> &str {
        &self.sha
    }

    /// Where the chain ends.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn head(&self) -> Result<Head, StoreError> {
        on_engine!(self, engine => engine.head(&self.sha).await)
    }

    /// The entries after a number, in order, at most `limit`.
    ///
    /// # Errors
    /// What the database answered.
    pub async fn read(&self, after: u32, limit: u32) -> Result<Vec<Row>, StoreError> {
        on_engine!(self, engine => engine.read(&self.sha, after, limit).await)
    }

    /// The entries of requests, each given by its person and identifier, in no particular order.
    /// A person may have acted in several roles: see [`Row::actor`].
    ///
    /// # Errors
    /// What the database answered.
    pub async fn of_requests(&self, requests: &[(&str, &str)]) -> Result<Vec<Row>, StoreError> {
        on_engine!(self, engine => engine.of_requests(&self.sha, requests).await)
    }

    /// Adds entries, all or none, and comes back once they are on disk.
    ///
    /// # Errors
    /// What the database answered; on [`StoreError::Unavailable`] nobody knows whether they are
    /// there.
    pub async fn append(&self, rows: &[Row]) -> Result<(), StoreError> {
        // The bundle of an empty ledger has none, and SQL has no way to say so.
        if rows.is_empty() {
            return Ok(());
        }
        on_engine!(self, engine => engine.append(&self.sha, rows).await)?;
        if let Engine::Sqlite(engine) = &self.engine
            && rows.first().is_some_and(|row| row.number == 1)
        {
            engine.mark().await;
        }
        Ok(())
    }

    /// Tells the other servers on this database to look. They look anyway; this makes it sooner.
    pub async fn announce(&self) {
        if let Engine::Postgres(engine) = &self.engine {
            engine.announce(&self.sha).await;
        }
    }

    /// Waits until somebody may have written: a word from another server, or the time to look.
    pub async fn changed(&self) {
        match &self.engine {
            // Another process may write the same file: the command line.
            Engine::Sqlite(_) => tokio::time::sleep(Duration::from_millis(250)).await,
            Engine::Postgres(engine) => engine.changed().await,
        }
    }

    /// Ends every connection, and comes back once they are gone. Of SQLite nothing is left in the
    /// log beside the file then, unless another process has it open. A store that is dropped
    /// without this leaves its connections to threads that may not finish before the process ends.
    pub async fn close(&self) {
        on_engine!(self, engine => engine.close().await);
    }
}
