//! The two engines, with the same statements.

use super::{AccountRow, ChangeResult, PendingSignIn, SCHEMA, SessionRow, SessionStart};
use crate::account::AccountState;
use crate::session_cache::SessionDigest;
use jiff::Timestamp;
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
    read_schema: "SELECT max(version) FROM wcc_account_schema",
    applied: "_sqlx_account_migrations",
};

#[derive(Debug)]
pub(super) struct Sqlite(SqlitePool);

#[derive(Debug)]
pub(super) struct Postgres(PgPool);

impl Sqlite {
    pub(super) async fn open(path: &Path) -> Result<Sqlite, StoreError> {
        let pool = open_sqlite(path).await?;
        let files = [
            include_str!("../../migrations/sqlite/0001_accounts.sql"),
            include_str!("../../migrations/sqlite/0002_sign_ins.sql"),
            include_str!("../../migrations/sqlite/0003_mail.sql"),
        ];
        create_tables(&pool, TABLES, &migrations(files)).await?;
        Ok(Sqlite(pool))
    }
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Postgres, StoreError> {
        let pool = open_postgres(url, "wcc accounts").await?;
        let files = [
            include_str!("../../migrations/postgres/0001_accounts.sql"),
            include_str!("../../migrations/postgres/0002_sign_ins.sql"),
            include_str!("../../migrations/postgres/0003_mail.sql"),
        ];
        create_tables(&pool, TABLES, &migrations(files)).await?;
        Ok(Postgres(pool))
    }
}

/// The numbered files, in their order.
fn migrations([accounts, sign_ins, mail]: [&'static str; 3]) -> [SideMigration; 3] {
    [
        SideMigration {
            number: 1,
            name: "0001_accounts",
            sql: accounts,
        },
        SideMigration {
            number: 2,
            name: "0002_sign_ins",
            sql: sign_ins,
        },
        SideMigration {
            number: 3,
            name: "0003_mail",
            sql: mail,
        },
    ]
}

/// Maximum number of sign-ins with a provider that have begun: strangers can begin them.
const MOST_SIGN_INS: i64 = 10_000;

/// Selects accounts, with their columns in the order of [`AccountRow`].
macro_rules! select_accounts {
    ($more:literal, $from:literal) => {
        concat!(
            "SELECT a.name, a.person, a.person_key, a.identity, a.password, a.state, a.demonstration, \
             a.grants, a.revision, a.epoch, a.created, a.signed_in, a.mail",
            $more,
            " FROM ",
            $from
        )
    };
}

const ACCOUNTS: &str = select_accounts!("", "wcc_account a ORDER BY a.name");
const ACCOUNT: &str = select_accounts!("", "wcc_account a WHERE a.name = $1");
const IDENTIFIED: &str = select_accounts!("", "wcc_account a WHERE a.identity = $1");
const SESSION: &str = select_accounts!(
    ", s.chosen, s.created, s.used",
    "wcc_session s JOIN wcc_account a ON a.name = s.account AND a.epoch = s.epoch \
     WHERE s.digest = $1 AND a.state = 'active'"
);

fn unreadable(what: &str, name: &str) -> StoreError {
    StoreError::Refused(format!("{what} of the account `{name}` is unreadable"))
}

fn as_json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Refused(error.to_string()))
}

fn digest(bytes: Vec<u8>) -> Result<SessionDigest, StoreError> {
    let digest = bytes.try_into();
    digest.map_err(|_| StoreError::Refused("a digest has another size".to_owned()))
}

fn identity_as_json(account: &AccountRow) -> Result<Option<String>, StoreError> {
    account.identity.as_ref().map(as_json).transpose()
}

fn time(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds)
        .map_err(|error| StoreError::Refused(error.to_string()))
}

/// The columns of an account as the database gives them.
struct Columns {
    name: String,
    person: String,
    person_key: String,
    identity: Option<String>,
    password: Option<String>,
    state: String,
    demonstration: i64,
    grants: String,
    revision: i64,
    epoch: i64,
    created: i64,
    signed_in: Option<i64>,
    mail: Option<String>,
}

impl Columns {
    fn into_row(self) -> Result<AccountRow, StoreError> {
        let name = self.name;
        let state = AccountState::named(&self.state);
        let grants = serde_json::from_str(&self.grants);
        let identity = self
            .identity
            .as_deref()
            .map(serde_json::from_str)
            .transpose();
        Ok(AccountRow {
            person: self.person,
            person_key: self.person_key,
            identity: identity.map_err(|_| unreadable("the identity", &name))?,
            password: self.password,
            state: state.ok_or_else(|| unreadable("the state", &name))?,
            is_demonstration: self.demonstration != 0,
            mail: self.mail,
            grants: grants.map_err(|_| unreadable("the list of roles", &name))?,
            revision: self.revision,
            epoch: self.epoch,
            created: time(self.created)?,
            signed_in: self.signed_in.map(time).transpose()?,
            name,
        })
    }
}

macro_rules! statements {
    ($engine:ty, $row:ty, $begin:literal) => {
        impl $engine {
            pub(super) async fn close(&self) {
                self.0.close().await;
            }

            pub(super) async fn add(&self, account: &AccountRow) -> Result<ChangeResult, StoreError> {
                let insert = sqlx::query(
                    "INSERT INTO wcc_account \
                     (name, person, person_key, identity, password, state, demonstration, grants, \
                     revision, epoch, created, signed_in, mail) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) \
                     ON CONFLICT DO NOTHING",
                )
                .bind(&account.name)
                .bind(&account.person)
                .bind(&account.person_key)
                .bind(identity_as_json(account)?)
                .bind(&account.password)
                .bind(account.state.name())
                .bind(i64::from(account.is_demonstration))
                .bind(as_json(&account.grants)?)
                .bind(account.revision)
                .bind(account.epoch)
                .bind(account.created.as_millisecond())
                .bind(account.signed_in.map(Timestamp::as_millisecond))
                .bind(&account.mail);
                let inserted = insert.execute(&self.0).await.map_err(classify)?;
                Ok(changed(inserted.rows_affected()))
            }

            pub(super) async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
                let rows = sqlx::query(ACCOUNTS).fetch_all(&self.0).await;
                rows.map_err(classify)?.iter().map(Self::row).collect()
            }

            pub(super) async fn account(&self, name: &str) -> Result<Option<AccountRow>, StoreError> {
                let row = sqlx::query(ACCOUNT).bind(name).fetch_optional(&self.0).await;
                row.map_err(classify)?.as_ref().map(Self::row).transpose()
            }

            pub(super) async fn identified(
                &self,
                identity: &(String, String),
            ) -> Result<Option<AccountRow>, StoreError> {
                let identity = as_json(identity)?;
                let row = sqlx::query(IDENTIFIED).bind(identity).fetch_optional(&self.0).await;
                row.map_err(classify)?.as_ref().map(Self::row).transpose()
            }

            pub(super) async fn begin_sign_in(
                &self,
                pending: &PendingSignIn,
                over: Timestamp,
            ) -> Result<ChangeResult, StoreError> {
                sqlx::query("DELETE FROM wcc_sign_in WHERE created <= $1")
                    .bind(over.as_millisecond())
                    .execute(&self.0)
                    .await
                    .map_err(classify)?;
                let inserted = sqlx::query(
                    "INSERT INTO wcc_sign_in (state, browser, return_to, created) \
                     SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM wcc_sign_in) < $5",
                )
                .bind(pending.state.as_slice())
                .bind(pending.browser.as_slice())
                .bind(&pending.return_to)
                .bind(pending.created.as_millisecond())
                .bind(MOST_SIGN_INS)
                .execute(&self.0)
                .await
                .map_err(classify)?;
                Ok(changed(inserted.rows_affected()))
            }

            pub(super) async fn take_sign_in(
                &self,
                state: &SessionDigest,
            ) -> Result<Option<PendingSignIn>, StoreError> {
                let row = sqlx::query(
                    "DELETE FROM wcc_sign_in WHERE state = $1 \
                     RETURNING browser, return_to, created",
                )
                .bind(state.as_slice())
                .fetch_optional(&self.0)
                .await;
                let Some(row) = row.map_err(classify)? else {
                    return Ok(None);
                };
                let read = || Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
                let (browser, return_to, created) = read().map_err(classify)?;
                Ok(Some(PendingSignIn {
                    state: *state,
                    browser: digest(browser)?,
                    return_to,
                    created: time(created)?,
                }))
            }

            fn row(row: &$row) -> Result<AccountRow, StoreError> {
                let read = || {
                    Ok(Columns {
                        name: row.try_get(0)?,
                        person: row.try_get(1)?,
                        person_key: row.try_get(2)?,
                        identity: row.try_get(3)?,
                        password: row.try_get(4)?,
                        state: row.try_get(5)?,
                        demonstration: row.try_get(6)?,
                        grants: row.try_get(7)?,
                        revision: row.try_get(8)?,
                        epoch: row.try_get(9)?,
                        created: row.try_get(10)?,
                        signed_in: row.try_get(11)?,
                        mail: row.try_get(12)?,
                    })
                };
                read().map_err(classify)?.into_row()
            }

            pub(super) async fn change(&self, account: &AccountRow) -> Result<ChangeResult, StoreError> {
                let mut transaction = self.0.begin_with($begin).await.map_err(classify)?;
                let updated = sqlx::query(
                    "UPDATE wcc_account SET identity = $3, password = $4, state = $5, \
                     demonstration = $6, grants = $7, epoch = $8, mail = $9, revision = revision + 1 \
                     WHERE name = $1 AND revision = $2",
                )
                .bind(&account.name)
                .bind(account.revision)
                .bind(identity_as_json(account)?)
                .bind(&account.password)
                .bind(account.state.name())
                .bind(i64::from(account.is_demonstration))
                .bind(as_json(&account.grants)?)
                .bind(account.epoch)
                .bind(&account.mail)
                .execute(&mut *transaction)
                .await
                .map_err(classify)?;
                if updated.rows_affected() == 0 {
                    transaction.rollback().await.map_err(classify)?;
                    return Ok(ChangeResult::Stale);
                }
                sqlx::query("DELETE FROM wcc_session WHERE account = $1 AND epoch < $2")
                    .bind(&account.name)
                    .bind(account.epoch)
                    .execute(&mut *transaction)
                    .await
                    .map_err(classify)?;
                transaction.commit().await.map_err(classify)?;
                Ok(ChangeResult::Done)
            }

            pub(super) async fn begin(
                &self,
                start: &SessionStart,
            ) -> Result<ChangeResult, StoreError> {
                let now = start.now.as_millisecond();
                let mut transaction = self.0.begin_with($begin).await.map_err(classify)?;
                let inserted = sqlx::query(
                    "INSERT INTO wcc_session (digest, account, epoch, chosen, created, used) \
                     SELECT $1, name, epoch, '', $4, $4 FROM wcc_account \
                     WHERE name = $2 AND epoch = $3 AND state = 'active'",
                )
                .bind(start.digest.as_slice())
                .bind(&start.account.name)
                .bind(start.account.epoch)
                .bind(now)
                .execute(&mut *transaction)
                .await
                .map_err(classify)?;
                if inserted.rows_affected() == 0 {
                    transaction.rollback().await.map_err(classify)?;
                    return Ok(ChangeResult::Stale);
                }
                sqlx::query("UPDATE wcc_account SET signed_in = $2 WHERE name = $1")
                    .bind(&start.account.name)
                    .bind(now)
                    .execute(&mut *transaction)
                    .await
                    .map_err(classify)?;
                if let Some(replaced) = &start.replaces {
                    sqlx::query("DELETE FROM wcc_session WHERE digest = $1")
                        .bind(replaced.as_slice())
                        .execute(&mut *transaction)
                        .await
                        .map_err(classify)?;
                }
                transaction.commit().await.map_err(classify)?;
                Ok(ChangeResult::Done)
            }

            pub(super) async fn session(
                &self,
                digest: &[u8],
            ) -> Result<Option<SessionRow>, StoreError> {
                let row = sqlx::query(SESSION).bind(digest).fetch_optional(&self.0).await;
                let Some(row) = row.map_err(classify)? else {
                    return Ok(None);
                };
                let read = || Ok((row.try_get(13)?, row.try_get(14)?, row.try_get(15)?));
                let (chosen, created, used) = read().map_err(classify)?;
                Ok(Some(SessionRow {
                    account: Self::row(&row)?,
                    chosen,
                    created: time(created)?,
                    used: time(used)?,
                }))
            }

            pub(super) async fn note_use(
                &self,
                digest: &[u8],
                now: Timestamp,
            ) -> Result<(), StoreError> {
                sqlx::query("UPDATE wcc_session SET used = $2 WHERE digest = $1 AND used < $2")
                    .bind(digest)
                    .bind(now.as_millisecond())
                    .execute(&self.0)
                    .await
                    .map_err(classify)?;
                Ok(())
            }

            pub(super) async fn choose(&self, digest: &[u8], chosen: &str) -> Result<(), StoreError> {
                sqlx::query("UPDATE wcc_session SET chosen = $2 WHERE digest = $1")
                    .bind(digest)
                    .bind(chosen)
                    .execute(&self.0)
                    .await
                    .map_err(classify)?;
                Ok(())
            }

            pub(super) async fn end(&self, digest: &[u8]) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM wcc_session WHERE digest = $1")
                    .bind(digest)
                    .execute(&self.0)
                    .await
                    .map_err(classify)?;
                Ok(())
            }

            pub(super) async fn end_expired(
                &self,
                used: Timestamp,
                created: Timestamp,
            ) -> Result<(), StoreError> {
                sqlx::query("DELETE FROM wcc_session WHERE used <= $1 OR created <= $2")
                    .bind(used.as_millisecond())
                    .bind(created.as_millisecond())
                    .execute(&self.0)
                    .await
                    .map_err(classify)?;
                Ok(())
            }
        }
    };
}

fn changed(rows: u64) -> ChangeResult {
    match rows {
        0 => ChangeResult::Stale,
        _ => ChangeResult::Done,
    }
}

statements!(Sqlite, sqlx::sqlite::SqliteRow, "BEGIN IMMEDIATE");
statements!(Postgres, sqlx::postgres::PgRow, "BEGIN");
