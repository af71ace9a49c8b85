//! The database of accounts and sessions: a SQLite file of its own, or tables in a PostgreSQL database.
//!
//! A change of an account is based on a revision, and changes nothing if there is a later one. A session is
//! read together with its account, and only if both are of the same epoch: a change that ends the sessions
//! of an account raises its epoch, and no session that was begun with an earlier one is ever read again,
//! whatever is written at the same time.

mod engine;

use crate::account::AccountState;
use crate::session_cache::SessionDigest;
use engine::{Postgres, Sqlite};
use jiff::Timestamp;
use std::sync::Arc;
use wcc_ledger::{Address, StoreError};
use wcc_tokens::Grant;

/// Version of the tables.
const SCHEMA: i64 = 3;

/// An account as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AccountRow {
    pub(crate) name: String,
    pub(crate) person: String,
    pub(crate) person_key: String,
    /// Issuer and subject.
    pub(crate) identity: Option<(String, String)>,
    /// The hash.
    pub(crate) password: Option<String>,
    pub(crate) state: AccountState,
    pub(crate) is_demonstration: bool,
    pub(crate) mail: Option<String>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) revision: i64,
    pub(crate) epoch: i64,
    pub(crate) created: Timestamp,
    pub(crate) signed_in: Option<Timestamp>,
}

/// A session as it is stored, with its account.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    pub(crate) account: AccountRow,
    /// The chosen role; empty for the first.
    pub(crate) chosen: String,
    pub(crate) created: Timestamp,
    pub(crate) used: Timestamp,
}

/// A session to begin.
#[derive(Debug)]
pub(crate) struct SessionStart {
    pub(crate) digest: SessionDigest,
    /// The account as it was when its password was compared.
    pub(crate) account: AccountRow,
    pub(crate) now: Timestamp,
    /// The session that it replaces.
    pub(crate) replaces: Option<SessionDigest>,
}

/// A sign-in with a provider that has begun.
#[derive(Debug)]
pub(crate) struct PendingSignIn {
    /// The digest of its state.
    pub(crate) state: SessionDigest,
    /// The digest of what its browser has.
    pub(crate) browser: SessionDigest,
    pub(crate) return_to: String,
    pub(crate) created: Timestamp,
}

/// The result of a conditional change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChangeResult {
    /// It was written.
    Done,
    /// Something has changed since it was read, or is there already. Nothing was written.
    Stale,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// The open database of accounts.
#[derive(Clone, Debug)]
pub(crate) struct AccountStore(Arc<Engine>);

macro_rules! on_engine {
    ($self:expr, $engine:ident => $work:expr) => {
        match &*$self.0 {
            Engine::Sqlite($engine) => $work,
            Engine::Postgres($engine) => $work,
        }
    };
}

impl AccountStore {
    /// Opens the database and creates or upgrades its tables.
    pub(crate) async fn open(address: &Address) -> Result<AccountStore, StoreError> {
        let engine = match address {
            Address::Sqlite(path) => Engine::Sqlite(Sqlite::open(path).await?),
            Address::Postgres(url) => Engine::Postgres(Postgres::open(url).await?),
        };
        Ok(AccountStore(Arc::new(engine)))
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        on_engine!(self, engine => engine.close().await);
    }

    /// Adds an account. [`ChangeResult::Stale`] if there is one with its name, person or identity.
    pub(crate) async fn add(&self, account: &AccountRow) -> Result<ChangeResult, StoreError> {
        on_engine!(self, engine => engine.add(account).await)
    }

    /// Every account, by name.
    pub(crate) async fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        on_engine!(self, engine => engine.accounts().await)
    }

    /// The account with a name.
    pub(crate) async fn account(&self, name: &str) -> Result<Option<AccountRow>, StoreError> {
        on_engine!(self, engine => engine.account(name).await)
    }

    /// The account of somebody whom an issuer knows by a subject.
    pub(crate) async fn identified(
        &self,
        identity: &(String, String),
    ) -> Result<Option<AccountRow>, StoreError> {
        on_engine!(self, engine => engine.identified(identity).await)
    }

    /// Notes that a sign-in has begun, and removes those that began before `over`.
    /// [`ChangeResult::Stale`] if there are too many.
    pub(crate) async fn begin_sign_in(
        &self,
        pending: &PendingSignIn,
        over: Timestamp,
    ) -> Result<ChangeResult, StoreError> {
        on_engine!(self, engine => engine.begin_sign_in(pending, over).await)
    }

    /// Removes and returns the sign-in with the digest of a state: at most one caller gets it.
    pub(crate) async fn take_sign_in(
        &self,
        state: &SessionDigest,
    ) -> Result<Option<PendingSignIn>, StoreError> {
        on_engine!(self, engine => engine.take_sign_in(state).await)
    }

    /// Writes an account with the next revision, unless it has changed since it was read; if its epoch is
    /// a later one, removes its sessions.
    pub(crate) async fn change(&self, account: AccountRow) -> Result<ChangeResult, StoreError> {
        let store = self.clone();
        let change = async move { on_engine!(store, engine => engine.change(&account).await) };
        to_its_end(change).await
    }

    /// Begins a session, unless the account has changed its epoch or state since it was read.
    pub(crate) async fn begin(&self, start: SessionStart) -> Result<ChangeResult, StoreError> {
        let store = self.clone();
        let begin = async move { on_engine!(store, engine => engine.begin(&start).await) };
        to_its_end(begin).await
    }

    /// The session with a digest, if its account is active and of the same epoch.
    pub(crate) async fn session(
        &self,
        digest: &SessionDigest,
    ) -> Result<Option<SessionRow>, StoreError> {
        on_engine!(self, engine => engine.session(digest).await)
    }

    /// Notes the last use of a session, unless a later one is noted.
    pub(crate) async fn note_use(
        &self,
        digest: &SessionDigest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.note_use(digest, now).await)
    }

    /// Notes the chosen role of a session.
    pub(crate) async fn choose(
        &self,
        digest: &SessionDigest,
        chosen: &str,
    ) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.choose(digest, chosen).await)
    }

    /// Removes a session.
    pub(crate) async fn end(&self, digest: &SessionDigest) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.end(digest).await)
    }

    /// Removes the sessions that were last used or begun at these times or before.
    pub(crate) async fn end_expired(
        &self,
        used: Timestamp,
        created: Timestamp,
    ) -> Result<(), StoreError> {
        on_engine!(self, engine => engine.end_expired(used, created).await)
    }
}

/// Runs a transaction to its end, even if the client that caused it hangs up: the driver cannot use a
/// connection again on which the beginning of a transaction was dropped.
async fn to_its_end<T: Send + 'static>(
    transaction: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    let ended = tokio::spawn(transaction).await;
    ended.unwrap_or_else(|lost| Err(StoreError::Unavailable(lost.to_string())))
}
