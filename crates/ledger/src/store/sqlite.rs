//! SQLite: one file, one writer, readers beside it.

use super::classify::{ROWS_A_STATEMENT, classify, hash_of, number_of, row_of};
use super::statements::statements;
use super::{Row, SCHEMA, StoreError};
use crate::chain::Head;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Connection, Sqlite as Database};
use std::path::Path;
use std::time::{Duration, Instant};

const CREATE: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS entry (
        sha TEXT NOT NULL,
        number INTEGER NOT NULL,
        request TEXT NOT NULL,
        part INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        hash BLOB NOT NULL,
        PRIMARY KEY (sha, number),
        UNIQUE (sha, request, part)
    ) STRICT",
    "CREATE TABLE IF NOT EXISTS wcc_schema (version INTEGER PRIMARY KEY) STRICT",
    "INSERT INTO wcc_schema (version) VALUES (1) ON CONFLICT DO NOTHING",
];

/// How long a writer waits for another process to finish writing the file.
const BUSY: Duration = Duration::from_secs(5);
/// How often to look whether it has.
const LOOK: Duration = Duration::from_millis(20);

/// A write that begins as one never meets another writer half-way.
const BEGIN: &str = "BEGIN IMMEDIATE";

#[derive(Debug)]
pub(super) struct Sqlite {
    writer: SqlitePool,
    readers: SqlitePool,
}

statements!(Sqlite, Database);

impl Sqlite {
    /// Of two processes that make the file at the same moment one is told that it is locked, at
    /// once: the change to a log beside the file does not wait.
    pub(super) async fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let until = Instant::now() + BUSY;
        loop {
            match Sqlite::try_open(path).await {
                Err(StoreError::Unavailable(_)) if Instant::now() < until => {
                    tokio::time::sleep(LOOK).await;
                }
                done => return done,
            }
        }
    }

    async fn try_open(path: &Path) -> Result<Sqlite, StoreError> {
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
        let pool = |most| SqlitePoolOptions::new().max_connections(most);
        let writer = pool(1)
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(classify)?;
        let readers = pool(2).connect_lazy_with(options);
        let store = Sqlite { writer, readers };
        store.prepare(&CREATE).await?;
        Ok(store)
    }
}
