//! PostgreSQL: several servers on one ledger.

use super::address;
use super::classify::{ROWS_A_STATEMENT, classify, hash_of, number_of, row_of};
use super::migrations::{self, postgres as migrations};
use super::statements::statements;
use super::{Access, Row, SCHEMA, StoreError};
use crate::chain::Head;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use sqlx::{Connection, Postgres as Database};
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// The name that servers listen on.
const CHANNEL: &str = "wcc_ledger";
/// How long a statement waits for a connection before the database counts as away.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often to look for entries of other servers while nobody tells of them.
const LOOK: Duration = Duration::from_millis(50);
/// How often to look although others would tell.
const LOOK_ANYWAY: Duration = Duration::from_millis(500);

const BEGIN: &str = "BEGIN";

#[derive(Debug)]
pub(super) struct Postgres {
    writer: PgPool,
    readers: PgPool,
    /// The version of the tables.
    schema: AtomicI32,
    /// What other servers announce; none while it cannot be listened to.
    listener: Mutex<Option<PgListener>>,
}

statements!(Postgres, Database);

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Postgres, StoreError> {
        let options = address::options(url)?.application_name("wcc");
        let pool = |most| {
            // No upkeep of ageing connections, for the reason given in `sqlite.rs`: a connection
            // that the database ended is replaced when it is used.
            PgPoolOptions::new()
                .idle_timeout(None)
                .max_lifetime(None)
                .max_connections(most)
                .acquire_timeout(PATIENCE)
        };
        let writer = pool(1)
            // Whether it still answers shows when an entry is made; whatever failed is tried again.
            .test_before_acquire(false)
            .connect_with(options.clone())
            .await
            .map_err(classify)?;
        let readers = pool(3).connect_lazy_with(options);
        let store = Postgres {
            writer,
            readers,
            schema: AtomicI32::new(0),
            listener: Mutex::new(None),
        };
        if let Err(error) = store.prepare_patiently(Access::Read).await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// Ends every connection; a server that does not answer is not waited for.
    pub(super) async fn close(&self) {
        let closing = async {
            // The pools wait for the connection that listens.
            self.listener.lock().await.take();
            self.close_pools().await;
        };
        if tokio::time::timeout(super::CLOSING, closing).await.is_err() {
            tracing::debug!("the database does not answer: its connections are dropped");
        }
    }

    /// Of two servers that make or change the tables at the same moment, one is refused; it finds
    /// them as they should be when it tries again.
    async fn prepare_patiently(&self, access: Access) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            match self.prepare(access).await {
                Err(StoreError::Conflict | StoreError::Unavailable(_)) if tries < 10 => {
                    tries += 1;
                    tokio::time::sleep(LOOK * tries).await;
                }
                done => return done,
            }
        }
    }

    /// Brings the tables up to date.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        self.prepare_patiently(Access::Write).await
    }

    /// Outside the transaction: an announcement that is lost costs the others a moment, one inside
    /// would make every commit of the whole server wait in line.
    pub(super) async fn announce(&self, sha: &str) {
        let told = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(sha);
        if let Err(error) = told.execute(&self.readers).await {
            tracing::debug!("other servers were not told, they will look: {error}");
        }
    }

    pub(super) async fn changed(&self) {
        let mut listener = self.listener.lock().await;
        if listener.is_none() {
            *listener = self.listen().await;
        }
        match listener.as_mut() {
            None => tokio::time::sleep(LOOK).await,
            Some(listening) => {
                match tokio::time::timeout(LOOK_ANYWAY, listening.try_recv()).await {
                    Err(_) | Ok(Ok(Some(_))) => {}
                    Ok(_) => *listener = None,
                }
            }
        }
    }

    /// Listens; nothing where the engine does not offer it.
    async fn listen(&self) -> Option<PgListener> {
        let mut listener = PgListener::connect_with(&self.readers).await.ok()?;
        listener.listen(CHANNEL).await.ok()?;
        Some(listener)
    }
}
