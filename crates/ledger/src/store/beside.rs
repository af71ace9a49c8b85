//! Databases beside the ledger's, with tables of their own: how they are opened, and how their tables are
//! created and upgraded.

use super::StoreError;
use super::address::options;
use super::classify::classify;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{
    ColumnIndex, Database, Decode, Executor, IntoArguments, Pool, SqlSafeStr, Type, query_scalar,
};
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

/// How long a writer waits for another.
const BUSY: Duration = Duration::from_secs(10);
/// How long to wait before tables are tried again that two processes create at the same time.
const PAUSE: Duration = Duration::from_millis(20);
/// How often they are tried.
const TRIES: u32 = 50;
/// How often they are tried if the database refuses them.
const TRIES_REFUSED: u32 = 3;

/// The tables of a database beside the ledger's.
#[derive(Clone, Copy, Debug)]
pub struct SideTables {
    /// Their version. A database with a higher one belongs to a later version of this program.
    pub schema: i64,
    /// Reads the version of the tables that are there.
    pub read_schema: &'static str,
    /// The driver's table of applied migrations.
    pub applied: &'static str,
}

/// One numbered file with statements.
#[derive(Clone, Copy, Debug)]
pub struct SideMigration {
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: &'static str,
    /// Its statements, which end by entering the number.
    pub sql: &'static str,
}

/// Opens a SQLite file that only its owner can read, and creates it and its folder if they are missing.
/// Removed rows are overwritten, and there is no write-ahead log, which would keep them.
///
/// # Errors
/// The file cannot be created or opened.
pub async fn open_sqlite(path: &Path) -> Result<SqlitePool, StoreError> {
    create_private(path)
        .map_err(|error| StoreError::Refused(format!("{}: {error}", path.display())))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF");
    SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(BUSY)
        .connect_with(options)
        .await
        .map_err(classify)
}

fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
        let mut folders = DirBuilder::new();
        folders.recursive(true).mode(0o700).create(folder)?;
    }
    let mut options = OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Connects to a PostgreSQL database; `name` is shown in its list of connections.
///
/// # Errors
/// The address is malformed, or the database does not respond.
pub async fn open_postgres(url: &str, name: &str) -> Result<PgPool, StoreError> {
    PgPoolOptions::new()
        .max_connections(2)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(BUSY)
        .connect_with(options(url)?.application_name(name))
        .await
        .map_err(classify)
}

/// Creates or upgrades tables; tables of a later version are left alone. Several processes may do so at
/// the same time.
///
/// # Errors
/// The database does not respond or refuses, or the tables are those of a later version.
pub async fn create_tables<D>(
    pool: &Pool<D>,
    tables: SideTables,
    migrations: &[SideMigration],
) -> Result<(), StoreError>
where
    D: Database,
    D::Connection: Migrate,
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    for<'r> i64: Decode<'r, D>,
    i64: Type<D>,
    usize: ColumnIndex<D::Row>,
{
    let mut tries = 0;
    loop {
        match try_create(pool, tables, migrations).await {
            Err(StoreError::Conflict | StoreError::Unavailable(_)) if tries < TRIES => {}
            // Another process may just have created them.
            Err(StoreError::Refused(_)) if tries < TRIES_REFUSED => {}
            result => return result,
        }
        tries += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_create<D>(
    pool: &Pool<D>,
    tables: SideTables,
    migrations: &[SideMigration],
) -> Result<(), StoreError>
where
    D: Database,
    D::Connection: Migrate,
    D::Arguments: IntoArguments<D>,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    for<'r> i64: Decode<'r, D>,
    i64: Type<D>,
    usize: ColumnIndex<D::Row>,
{
    let mut connection = pool.acquire().await.map_err(classify)?;
    // Before the tables are created, there is no version to read.
    let found: Option<Option<i64>> = query_scalar(tables.read_schema)
        .fetch_optional(&mut *connection)
        .await
        .unwrap_or_default();
    match found.flatten() {
        Some(version) if version == tables.schema => return Ok(()),
        Some(version) if version > tables.schema => {
            return Err(StoreError::TooNew(
                i32::try_from(version).unwrap_or(i32::MAX),
            ));
        }
        _ => {}
    }
    let connection = &mut *connection;
    connection
        .ensure_migrations_table(tables.applied)
        .await
        .map_err(refused)?;
    let applied = connection.list_applied_migrations(tables.applied).await;
    let applied = applied.map_err(refused)?;
    for migration in migrations {
        if !applied.iter().any(|done| done.version == migration.number) {
            let migration = Migration::new(
                migration.number,
                migration.name.into(),
                MigrationType::Simple,
                migration.sql.into_sql_str(),
                false,
            );
            connection
                .apply(tables.applied, &migration)
                .await
                .map_err(refused)?;
        }
    }
    Ok(())
}

fn refused(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => classify(error),
        error => StoreError::Refused(error.to_string()),
    }
}
