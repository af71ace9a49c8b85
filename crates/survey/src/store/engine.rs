//! The two engines, with the same statements.

use super::{ChangeResult, SCHEMA, SealedTable, SurveyChange, SurveyRow};
use sqlx::Row;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use std::path::Path;
use wcc_ledger::StoreError;
use wcc_ledger::store::beside::{
    SideMigration, SideTables, create_tables, open_postgres, open_sqlite,
};
use wcc_ledger::store::classify;

/// The version of the tables.
const TABLES: SideTables = SideTables {
    schema: SCHEMA,
    read_schema: "SELECT max(version) FROM wcc_survey_schema",
    applied: "_sqlx_survey_migrations",
};

#[derive(Debug)]
pub(super) struct Sqlite(SqlitePool);

#[derive(Debug)]
pub(super) struct Postgres(PgPool);

impl Sqlite {
    pub(super) async fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let pool = open_sqlite(path).await?;
        let sql = include_str!("../../migrations/sqlite/0001_surveys.sql");
        create_tables(&pool, TABLES, &[first_migration(sql)]).await?;
        Ok(Sqlite(pool))
    }
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Postgres, StoreError> {
        let pool = open_postgres(url, "wcc surveys").await?;
        let sql = include_str!("../../migrations/postgres/0001_surveys.sql");
        create_tables(&pool, TABLES, &[first_migration(sql)]).await?;
        Ok(Postgres(pool))
    }
}

const fn first_migration(sql: &'static str) -> SideMigration {
    SideMigration {
        number: 1,
        name: "0001_surveys",
        sql,
    }
}

/// Columns of a survey, in the order of [`SurveyRow`].
const SELECT_ALL: &str = "SELECT id, tag, cycle, body, questionnaire, closes, state, revision, roster, results, closer \
     FROM wcc_survey WHERE sha = $1 ORDER BY id";
const SELECT_BY_TAG: &str = "SELECT id, tag, cycle, body, questionnaire, closes, state, revision, roster, results, closer \
     FROM wcc_survey WHERE tag = $1";

/// Removes every sealed row of a survey.
const REMOVE_ALL: [&str; 3] = [
    "DELETE FROM wcc_survey_draft WHERE tag = $1",
    "DELETE FROM wcc_survey_box WHERE tag = $1",
    "DELETE FROM wcc_survey_import WHERE tag = $1",
];

impl SealedTable {
    const fn reading(self) -> &'static str {
        match self {
            SealedTable::Drafts => {
                "SELECT sealed FROM wcc_survey_draft WHERE tag = $1 AND key = $2"
            }
            SealedTable::Boxes => "SELECT sealed FROM wcc_survey_box WHERE tag = $1 AND key = $2",
            SealedTable::Imports => {
                "SELECT sealed FROM wcc_survey_import WHERE tag = $1 AND key = $2"
            }
        }
    }

    const fn removing(self) -> &'static str {
        match self {
            SealedTable::Drafts => "DELETE FROM wcc_survey_draft WHERE tag = $1 AND key = $2",
            SealedTable::Boxes => "DELETE FROM wcc_survey_box WHERE tag = $1 AND key = $2",
            SealedTable::Imports => "DELETE FROM wcc_survey_import WHERE tag = $1 AND key = $2",
        }
    }

    const fn writing(self) -> &'static str {
        match self {
            SealedTable::Drafts => {
                "INSERT INTO wcc_survey_draft (tag, key, sealed) VALUES ($1, $2, $3) \
                 ON CONFLICT (tag, key) DO UPDATE SET sealed = excluded.sealed"
            }
            SealedTable::Boxes => {
                "INSERT INTO wcc_survey_box (tag, key, sealed) VALUES ($1, $2, $3) \
                 ON CONFLICT (tag, key) DO UPDATE SET sealed = excluded.sealed"
            }
            SealedTable::Imports => {
                "INSERT INTO wcc_survey_import (tag, key, sealed) VALUES ($1, $2, $3) \
                 ON CONFLICT (tag, key) DO UPDATE SET sealed = excluded.sealed"
            }
        }
    }
}

macro_rules! statements {
    ($engine:ty, $row:ty, $begin:literal) => {
        impl $engine {
            pub(super) async fn close(&self) {
                self.0.close().await;
            }

            pub(super) async fn add(&self, sha: &str, survey: &SurveyRow) -> Result<ChangeResult, StoreError> {
                let insert = sqlx::query(
                    "INSERT INTO wcc_survey \
                     (sha, id, tag, cycle, body, questionnaire, closes, state, revision, roster) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
                )
                .bind(sha)
                .bind(&survey.id)
                .bind(&survey.tag)
                .bind(&survey.cycle)
                .bind(&survey.body)
                .bind(&survey.questionnaire)
                .bind(&survey.closes)
                .bind(&survey.state)
                .bind(survey.revision)
                .bind(&survey.roster);
                let inserted = insert.execute(&self.0).await.map_err(classify)?;
                Ok(match inserted.rows_affected() {
                    0 => ChangeResult::Stale,
                    _ => ChangeResult::Done,
                })
            }

            pub(super) async fn surveys(&self, sha: &str) -> Result<Vec<SurveyRow>, StoreError> {
                let rows = sqlx::query(SELECT_ALL).bind(sha).fetch_all(&self.0).await;
                rows.map_err(classify)?.iter().map(Self::row).collect()
            }

            pub(super) async fn by_tag(&self, tag: &str) -> Result<Option<SurveyRow>, StoreError> {
                let row = sqlx::query(SELECT_BY_TAG).bind(tag).fetch_optional(&self.0).await;
                row.map_err(classify)?.as_ref().map(Self::row).transpose()
            }

            fn row(row: &$row) -> Result<SurveyRow, StoreError> {
                let read = || {
                    Ok(SurveyRow {
                        id: row.try_get(0)?,
                        tag: row.try_get(1)?,
                        cycle: row.try_get(2)?,
                        body: row.try_get(3)?,
                        questionnaire: row.try_get(4)?,
                        closes: row.try_get(5)?,
                        state: row.try_get(6)?,
                        revision: row.try_get(7)?,
                        roster: row.try_get(8)?,
                        results: row.try_get(9)?,
                        closer: row.try_get(10)?,
                    })
                };
                read().map_err(classify)
            }

            pub(super) async fn change(
                &self,
                survey: &SurveyRow,
                change: &SurveyChange<'_>,
            ) -> Result<ChangeResult, StoreError> {
                let mut transaction = self.0.begin_with($begin).await.map_err(classify)?;
                let raised = sqlx::query(
                    "UPDATE wcc_survey SET revision = revision + 1 \
                     WHERE tag = $1 AND revision = $2 AND state = 'open'",
                )
                .bind(&survey.tag)
                .bind(survey.revision)
                .execute(&mut *transaction)
                .await
                .map_err(classify)?;
                if raised.rows_affected() == 0 {
                    transaction.rollback().await.map_err(classify)?;
                    return Ok(ChangeResult::Stale);
                }
                for (table, key) in &change.removed {
                    sqlx::query(table.removing())
                        .bind(&survey.tag)
                        .bind(*key)
                        .execute(&mut *transaction)
                        .await
                        .map_err(classify)?;
                }
                for (table, (key, sealed)) in &change.written {
                    sqlx::query(table.writing())
                        .bind(&survey.tag)
                        .bind(*key)
                        .bind(*sealed)
                        .execute(&mut *transaction)
                        .await
                        .map_err(classify)?;
                }
                if let Some(roster) = change.roster {
                    sqlx::query("UPDATE wcc_survey SET roster = $2 WHERE tag = $1")
                        .bind(&survey.tag)
                        .bind(roster)
                        .execute(&mut *transaction)
                        .await
                        .map_err(classify)?;
                }
                if let Some(closes) = change.closes {
                    sqlx::query("UPDATE wcc_survey SET closes = $2 WHERE tag = $1")
                        .bind(&survey.tag)
                        .bind(closes)
                        .execute(&mut *transaction)
                        .await
                        .map_err(classify)?;
                }
                if let Some((results, closer)) = change.closing {
                    sqlx::query(
                        "UPDATE wcc_survey SET state = 'closing', results = $2, closer = $3 \
                         WHERE tag = $1",
                    )
                    .bind(&survey.tag)
                    .bind(results)
                    .bind(closer)
                    .execute(&mut *transaction)
                    .await
                    .map_err(classify)?;
                }
                transaction.commit().await.map_err(classify)?;
                Ok(ChangeResult::Done)
            }

            pub(super) async fn empty(&self, survey: &SurveyRow) -> Result<(), StoreError> {
                let mut transaction = self.0.begin_with($begin).await.map_err(classify)?;
                for statement in [
                    "UPDATE wcc_survey SET state = 'closed', roster = NULL, closer = NULL \
                     WHERE tag = $1",
                ]
                .into_iter()
                .chain(REMOVE_ALL)
                {
                    sqlx::query(statement)
                        .bind(&survey.tag)
                        .execute(&mut *transaction)
                        .await
                        .map_err(classify)?;
                }
                transaction.commit().await.map_err(classify)
            }

            pub(super) async fn discard(&self, survey: &SurveyRow) -> Result<ChangeResult, StoreError> {
                let mut transaction = self.0.begin_with($begin).await.map_err(classify)?;
                let removed = sqlx::query(
                    "DELETE FROM wcc_survey WHERE tag = $1 AND revision = $2 AND state = 'open'",
                )
                .bind(&survey.tag)
                .bind(survey.revision)
                .execute(&mut *transaction)
                .await
                .map_err(classify)?;
                if removed.rows_affected() == 0 {
                    transaction.rollback().await.map_err(classify)?;
                    return Ok(ChangeResult::Stale);
                }
                for statement in REMOVE_ALL {
                    sqlx::query(statement)
                        .bind(&survey.tag)
                        .execute(&mut *transaction)
                        .await
                        .map_err(classify)?;
                }
                transaction.commit().await.map_err(classify)?;
                Ok(ChangeResult::Done)
            }

            pub(super) async fn sealed(
                &self,
                table: SealedTable,
                tag: &str,
                key: &[u8],
            ) -> Result<Option<Vec<u8>>, StoreError> {
                sqlx::query_scalar(table.reading())
                    .bind(tag)
                    .bind(key)
                    .fetch_optional(&self.0)
                    .await
                    .map_err(classify)
            }
        }
    };
}

statements!(Sqlite, sqlx::sqlite::SqliteRow, "BEGIN IMMEDIATE");
statements!(Postgres, sqlx::postgres::PgRow, "BEGIN");
