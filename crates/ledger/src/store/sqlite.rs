//! SQLite: one file, one writer, readers beside it.

use super::classify::{ROWS_A_STATEMENT, classify, hash_of, number_of, row_of};
use super::migrations::{self, sqlite as migrations};
use super::sqlite_log::{self, Mark};
use super::statements::statements;
use super::{Access, Row, SCHEMA, StoreError};
use crate::chain::Head;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Sqlite as Database};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// How long a writer waits for another process to finish writing the file.
const BUSY: Duration = Duration::from_secs(5);
/// How often to look whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// A write that begins as one never meets another writer half-way.
const BEGIN: &str = "BEGIN IMMEDIATE";

#[derive(Debug)]
pub(super) struct Sqlite {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    /// The version of the tables.
    schema: AtomicI32,
}

statements!(Sqlite, Database);

impl Sqlite {
    /// Opens the file, once it is certain that the log beside it is its own.
    ///
    /// Of two processes that make the file at the same moment one is told that it is locked, at
    /// once: the change to a log beside the file does not wait.
    pub(super) async fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let until = Instant::now() + BUSY;
        loop {
            match Sqlite::try_open(path, true).await {
                Err(StoreError::Conflict | StoreError::Unavailable(_))
                    if Instant::now() < until =>
                {
                    tokio::time::sleep(LOOK).await;
                }
                done => return done,
            }
        }
    }

    /// Opens the file once more, beside connections of this process that have it open.
    pub(super) async fn open_again(path: &Path) -> Result<Sqlite, StoreError> {
        Sqlite::try_open(path, false).await
    }

    async fn try_open(path: &Path, check_log: bool) -> Result<Sqlite, StoreError> {
        if check_log {
            sqlite_log::check(path).await?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // An acknowledged entry survives the loss of power.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF")
            .pragma("cell_size_check", "ON");
        // Connections to a file do not age. The pool's upkeep of ageing ones counts idle connections
        // with a counter that can fall below zero when a pool has just been opened, and then never
        // stops counting.
        let pool = |most| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = pool(1)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(classify)?;
        let readers = pool(2).connect_lazy_with(options);
        let store = Sqlite {
            path: path.to_owned(),
            writer,
            readers,
            schema: AtomicI32::new(0),
        };
        if let Err(error) = store.prepare(Access::Read).await {
            store.close_pools().await;
            return Err(error);
        }
        if check_log {
            store.mark().await;
        }
        Ok(store)
    }

    /// Brings the tables up to date, as soon as no other process is writing.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        let until = Instant::now() + BUSY;
        loop {
            match self.prepare(Access::Write).await {
                Err(StoreError::Conflict | StoreError::Unavailable(_))
                    if Instant::now() < until =>
                {
                    tokio::time::sleep(LOOK).await;
                }
                done => return done,
            }
        }
    }

    /// Writes the newest entry into the header of the file, so that another file's log is told
    /// from its own. A file that cannot be written to keeps the mark that it has: any entry of
    /// the ledger will do.
    pub(super) async fn mark(&self) {
        if let Err(error) = Mark::renew(&self.writer, BEGIN).await {
            tracing::debug!("the database file keeps its old mark: {error}");
        }
    }

    /// Ends every connection. The last one to leave the file moves the log into it and removes
    /// the log; connections that leave at the same moment may each take the other for the last,
    /// so one more is opened and closed by itself.
    pub(super) async fn close(&self) {
        if !self.writer.is_closed() {
            self.mark().await;
        }
        self.close_pools().await;
        sqlite_log::settle(&self.path).await;
    }
}
