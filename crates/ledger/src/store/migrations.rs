//! The versions of the database: numbered files of SQL for each engine, in `migrations/`.
//!
//! A new version is one file in each folder, listed here, which ends by inserting its number into
//! `wcc_schema`; [`super::SCHEMA`] is the latest version. A released file is never changed, because
//! every database to which it was applied stores its checksum.

use super::StoreError;
use super::classify::classify;
use sqlx::SqlSafeStr;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, MigrationType};

/// Lists the migrations of an engine, from these files.
macro_rules! migrations {
    ($folder:literal, $($number:literal $name:literal),* $(,)?) => {
        vec![$(Migration::new(
            $number,
            $name.into(),
            MigrationType::Simple,
            include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")).into_sql_str(),
            false,
        )),*]
    };
}

pub(super) fn sqlite() -> Vec<Migration> {
    migrations! {
        "sqlite",
        1 "0001_entries",
        2 "0002_request_by_actor",
        3 "0003_outbox",
        4 "0004_deliveries",
    }
}

pub(super) fn postgres() -> Vec<Migration> {
    migrations! {
        "postgres",
        1 "0001_entries",
        2 "0002_request_by_actor",
        3 "0003_outbox",
        4 "0004_deliveries",
    }
}

/// The driver's table of applied migrations.
const APPLIED: &str = "_sqlx_migrations";

/// Applies all pending migrations.
///
/// Each migration is one transaction. If two processes apply one at the same time, one of them
/// fails and finds it applied. No lock is needed; the driver's `Migrator` would use
/// one, which some engines lack.
pub(super) async fn apply<C: Migrate>(
    migrations: &[Migration],
    connection: &mut C,
) -> Result<(), StoreError> {
    let ready = connection.ensure_migrations_table(APPLIED).await;
    ready.map_err(classify_migration)?;
    let applied = connection.list_applied_migrations(APPLIED).await;
    let applied = applied.map_err(classify_migration)?;
    for migration in migrations {
        if is_applied(migration, &applied)? {
            continue;
        }
        if let Err(error) = connection.apply(APPLIED, migration).await {
            // Another process may have applied it meanwhile: then this one finds its columns there already.
            let applied = connection.list_applied_migrations(APPLIED).await;
            let is_done =
                applied.is_ok_and(|applied| is_applied(migration, &applied).is_ok_and(|is| is));
            if !is_done {
                return Err(classify_migration(error));
            }
        }
    }
    Ok(())
}

/// Whether a migration was applied.
fn is_applied(migration: &Migration, applied: &[AppliedMigration]) -> Result<bool, StoreError> {
    let mut applied = applied.iter();
    match applied.find(|done| done.version == migration.version) {
        None => Ok(false),
        Some(done) if done.checksum == migration.checksum => Ok(true),
        Some(_) => Err(classify_migration(MigrateError::VersionMismatch(
            migration.version,
        ))),
    }
}

/// Classifies an error of a migration.
fn classify_migration(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => classify(error),
        MigrateError::ExecuteMigration(error, version) => match classify(error) {
            StoreError::Refused(why) => StoreError::Refused(format!(
                "its tables cannot be upgraded to version {version}: {why}. `wcc verify` finds \
                 changed entries"
            )),
            error => error,
        },
        error => StoreError::Refused(format!("its tables cannot be upgraded: {error}")),
    }
}
