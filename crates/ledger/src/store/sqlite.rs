//! SQLite: one file with one writer and several readers.

use super::classify::{ROWS_A_STATEMENT, classify, hash_of, next_chunk, number_of, row_of};
use super::delivery::{delivery_statements, recipient_of};
use super::migrations::{self, sqlite as migrations};
use super::outbox::{MessageRow, outbox_statements, position_of, select_messages};
use super::sqlite_log::{self, Mark};
use super::statements::statements;
use super::{Access, Row, Rows, SCHEMA, StoreError};
use crate::chain::Head;
use crate::outbox::{
    DeliveryResult, MessageClaim, MessageState, OutboxPosition, RecipientRecord, SendAgain,
    StoredMessage,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Row as _, Sqlite as Database};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::{Duration, Instant};
use wcc_core::outbox::Message;

/// How long a writer waits for another process that is writing to the file.
const BUSY: Duration = Duration::from_secs(5);
/// How often to retry.
const RETRY: Duration = Duration::from_millis(20);

/// Takes the write lock at the beginning, so that a transaction never conflicts with another writer
/// half-way.
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
delivery_statements!(Sqlite, Database);
outbox_statements!(Sqlite, Database);

impl Sqlite {
    /// Opens the file after checking that the log beside it belongs to it.
    ///
    /// If two processes create the file at the same time, one of them fails at once because the
    /// file is locked: switching to a write-ahead log does not wait.
    pub(super) async fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let until = Instant::now() + BUSY;
        loop {
            match Sqlite::try_open(path, true).await {
                Err(StoreError::Conflict | StoreError::Unavailable(_))
                    if Instant::now() < until =>
                {
                    tokio::time::sleep(RETRY).await;
                }
                result => return result,
            }
        }
    }

    /// Opens the file again in a process that already has it open.
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
            // An acknowledged entry survives a power failure.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF")
            .pragma("cell_size_check", "ON");
        // Connections to a file need not expire. The pool's maintenance of expiring connections has
        // a counter of idle connections that can drop below zero just after a pool is opened, and
        // then loops for ever.
        let pool = |max| {
            SqlitePoolOptions::new()
                .max_connections(max)
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

    /// Upgrades the tables as soon as no other process is writing.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        let until = Instant::now() + BUSY;
        loop {
            match self.prepare(Access::Write).await {
                Err(StoreError::Conflict | StoreError::Unavailable(_))
                    if Instant::now() < until =>
                {
                    tokio::time::sleep(RETRY).await;
                }
                result => return result,
            }
        }
    }

    /// Writes the newest entry into the header of the file, so that a log of another file is
    /// recognised. A file that cannot be written keeps its old mark, because any entry of the
    /// ledger works.
    pub(super) async fn mark(&self) {
        if let Err(error) = Mark::renew(&self.writer, BEGIN).await {
            tracing::debug!("the database file keeps its old mark: {error}");
        }
    }

    /// Closes every connection. The last connection to close moves the log into the file and
    /// removes it. Connections that close at the same time may each assume that another is the
    /// last, so one more is opened and closed alone.
    pub(super) async fn close(&self) {
        if !self.writer.is_closed() {
            self.mark().await;
        }
        self.close_pools().await;
        sqlite_log::settle(&self.path).await;
    }
}
