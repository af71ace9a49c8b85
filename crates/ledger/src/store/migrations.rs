//! The versions of the database: numbered files of SQL for each engine, in `migrations/`.
//!
//! A new version is one file in each folder, named in the lists here, which ends by entering its
//! number in `wcc_schema`; [`super::SCHEMA`] is the last of them. A file that was released is never
//! changed: its checksum is kept in every database that it was applied to.

use super::StoreError;
use super::classify::classify;
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType};

/// The migrations of an engine, from the files that are named.
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
    }
}

pub(super) fn postgres() -> Vec<Migration> {
    migrations! {
        "postgres",
        1 "0001_entries",
        2 "0002_request_by_actor",
    }
}

/// The driver's table of the migrations that were applied.
const APPLIED: &str = "_sqlx_migrations";

/// Applies the migrations that were not applied yet.
///
/// Each is one transaction. Of two processes that apply one at the same time, one is refused and
/// finds it applied when it tries again; so no lock is needed, which some engines do not have, and
/// which the driver's `Migrator` would hold.
pub(super) async fn apply<C: Migrate>(
    migrations: &[Migration],
    connection: &mut C,
) -> Result<(), StoreError> {
    let ready = connection.ensure_migrations_table(APPLIED).await;
    ready.map_err(meaning_of)?;
    let applied = connection.list_applied_migrations(APPLIED).await;
    let applied = applied.map_err(meaning_of)?;
    for migration in migrations {
        let mut applied = applied.iter();
        match applied.find(|done| done.version == migration.version) {
            None => {
                let done = connection.apply(APPLIED, migration).await;
                done.map_err(meaning_of)?;
            }
            Some(done) if done.checksum == migration.checksum => {}
            Some(_) => return Err(meaning_of(MigrateError::VersionMismatch(migration.version))),
        }
    }
    Ok(())
}

/// What an error of a migration means for whoever opens the database.
fn meaning_of(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) => classify(error),
        MigrateError::ExecuteMigration(error, version) => match classify(error) {
            StoreError::Refused(why) => StoreError::Refused(format!(
                "version {version} of its tables cannot be made: {why}. `wcc verify` finds \
                 entries that were changed"
            )),
            error => error,
        },
        error => StoreError::Refused(format!("its tables cannot be brought up to date: {error}")),
    }
}
