//! The database of entries: SQLite or PostgreSQL behind one interface.
//!
//! There is one table of entries, and the SQL uses only features of every engine that speaks
//! PostgreSQL's protocol: no triggers, sequences, session state or explicit locks. The primary key
//! prevents two writers from using the same number: the second gets [`StoreError::Conflict`], reads
//! the entries of the first and tries again.

mod address;
pub mod beside;
mod classify;
mod delivery;
mod messages;
mod migrations;
mod outbox;
mod postgres;
mod sqlite;
mod sqlite_log;
mod statements;

use crate::chain::{Hash, Head};
pub use address::{Address, options as postgres_options};
pub use classify::classify;
use postgres::Postgres;
use sqlite::Sqlite;
use std::borrow::Cow;
use std::iter::Peekable;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::actor::Actor;

/// Version of the tables. A database with a higher version belongs to a later version of this
/// program.
pub const SCHEMA: i32 = 4;

/// How a database is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Reads tables of an earlier version as they are.
    Read,
    /// Upgrades the tables.
    Write,
}

/// Maximum time for closing a connection.
const CLOSING: Duration = Duration::from_secs(2);

/// A row of the table: one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Number of the entry.
    pub number: u32,
    /// Who made it.
    pub actor: Arc<Actor>,
    /// The request to which it belongs.
    pub request: String,
    /// Its place in the request.
    pub part: u32,
    /// The bytes of the entry.
    pub bytes: Vec<u8>,
    /// The hash of these bytes.
    pub hash: Hash,
}

/// Rows that are made as they are written, or why one cannot be made.
pub(crate) type RowIterator<'r> =
    Box<dyn Iterator<Item = Result<Cow<'r, Row>, StoreError>> + Send + 'r>;

/// The same, looking one ahead.
type Rows<'r> = Peekable<RowIterator<'r>>;

/// Rows that are in memory.
pub(crate) fn rows_of(rows: &[Row]) -> RowIterator<'_> {
    Box::new(rows.iter().map(|row| Ok(Cow::Borrowed(row))))
}

impl Row {
    /// The key of its request.
    pub(crate) fn key(&self) -> (&Actor, &str) {
        (&self.actor, &self.request)
    }
}

/// An error of the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another writer has written an entry with this number or of this request.
    #[error("another writer was first")]
    Conflict,
    /// The database cannot be reached, or asks for a retry. It is not known whether a write
    /// succeeded.
    #[error("the database of the ledger does not respond: {0}")]
    Unavailable(String),
    /// The database refuses the operation: the disk is full, the file is read-only, or a permission
    /// is missing.
    #[error("the ledger's database reported an error: {0}")]
    Refused(String),
    /// The address of the database is malformed or contradicts itself.
    #[error("the address of the ledger's database cannot be used: {0}")]
    Address(String),
    /// The connection is not as secure as the address or the database requires.
    #[error("the connection to the ledger's database is not secure: {0}")]
    Unsafe(String),
    /// The database file and the write-ahead log beside it belong to different ledgers, or to
    /// different states of one. Nothing was changed.
    #[error(
        "the log {} does not belong to {}: the database file was copied next to the log of another \
         ledger or another state, and opening both would mix them; or another program removed \
         entries. Nothing was changed. To use the database file (for example restored from a \
         copy), move the log and {} away and run the command again; to use the log, restore \
         the database file to which it belongs",
        .log.display(), .database.display(), .memory.display()
    )]
    ForeignLog {
        /// The database file.
        database: std::path::PathBuf,
        /// The log.
        log: std::path::PathBuf,
        /// The log's index, shared by processes.
        memory: std::path::PathBuf,
    },
    /// The write-ahead log has entries, but its database file is missing or empty. Nothing was
    /// changed.
    #[error(
        "the log {} has entries, but its database file {} is missing or empty, and a new one \
         would make the log unreadable. Nothing was changed. Restore the database file to which \
         the log belongs; if you do not need the entries, move the log and {} away and run the \
         command again",
        .log.display(), .database.display(), .memory.display()
    )]
    LogAlone {
        /// The database file.
        database: std::path::PathBuf,
        /// The log.
        log: std::path::PathBuf,
        /// The log's index, shared by processes.
        memory: std::path::PathBuf,
    },
    /// A later version of this program created the database.
    #[error(
        "the ledger's database has schema {0}, but this program knows only up to {SCHEMA}; use the \
         version of wcc that created it"
    )]
    TooNew(i32),
}

/// An open ledger database.
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

/// Makes the same call on either engine.
macro_rules! on_engine {
    ($store:expr, $engine:ident => $call:expr) => {
        match &$store.engine {
            Engine::Sqlite($engine) => $call,
            Engine::Postgres($engine) => $call,
        }
    };
}
use on_engine;

impl Store {
    /// Opens a ledger's database, and creates its tables if there are none. Tables of an earlier
    /// version are read as they are; [`Store::migrate`] upgrades them. Any number of processes may
    /// do this at the same time.
    ///
    /// # Errors
    /// The database's error.
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

    /// Upgrades the tables, which a writer must do first.
    ///
    /// # Errors
    /// The database's error; the tables stay as they were.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.migrate().await)
    }

    /// Opens the database again in a process that already has it open.
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

    /// Returns the head of the chain.
    ///
    /// # Errors
    /// The database's error.
    pub async fn head(&self) -> Result<Head, StoreError> {
        on_engine!(self, engine => engine.head(&self.sha).await)
    }

    /// Returns up to `limit` entries after a number, in order.
    ///
    /// # Errors
    /// The database's error.
    pub async fn read(&self, after: u32, limit: u32) -> Result<Vec<Row>, StoreError> {
        on_engine!(self, engine => engine.read(&self.sha, after, limit).await)
    }

    /// Returns the entries of requests, each given by person and identifier, in no particular
    /// order. A person may have acted in several roles: see [`Row::actor`].
    ///
    /// # Errors
    /// The database's error.
    pub async fn of_requests(&self, requests: &[(&str, &str)]) -> Result<Vec<Row>, StoreError> {
        on_engine!(self, engine => engine.of_requests(&self.sha, requests).await)
    }

    /// Adds entries, all or none, and returns once they are on disk.
    ///
    /// # Errors
    /// The database's error. After [`StoreError::Unavailable`], the entries may or may not have
    /// been written.
    pub async fn append(&self, rows: &[Row]) -> Result<(), StoreError> {
        self.append_each(rows_of(rows)).await
    }

    /// Adds entries that are made as they are written, so that only a few are in memory at a time. If
    /// one cannot be made, none is added.
    pub(crate) async fn append_each(&self, rows: RowIterator<'_>) -> Result<(), StoreError> {
        let mut rows = rows.peekable();
        // An empty bundle has no entries, and SQL has no empty insert.
        let is_first = match rows.peek() {
            None => return Ok(()),
            Some(row) => row.as_ref().is_ok_and(|row| row.number == 1),
        };
        on_engine!(self, engine => engine.append(&self.sha, &mut rows).await)?;
        if let Engine::Sqlite(engine) = &self.engine
            && is_first
        {
            engine.mark().await;
        }
        Ok(())
    }

    /// Notifies the other servers on this database of new entries. They also poll, but this is
    /// faster.
    pub async fn announce(&self) {
        if let Engine::Postgres(engine) = &self.engine {
            engine.announce(&self.sha).await;
        }
    }

    /// Waits until another process may have written: until a notification, or the next poll.
    pub async fn changed(&self) {
        match &self.engine {
            // The command line may write to the same file.
            Engine::Sqlite(_) => tokio::time::sleep(Duration::from_millis(250)).await,
            Engine::Postgres(engine) => engine.changed().await,
        }
    }

    /// Closes every connection. With SQLite, the log beside the file is then empty, unless another
    /// process has the file open. If a store is dropped without closing it, threads close its
    /// connections, which may not finish before the process ends.
    pub async fn close(&self) {
        on_engine!(self, engine => engine.close().await);
    }
}
