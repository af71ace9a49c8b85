//! PostgreSQL: several servers on one ledger.

use super::address;
use super::classify::{ROWS_A_STATEMENT, classify, hash_of, next_chunk, number_of, row_of};
use super::delivery::{delivery_statements, recipient_of};
use super::migrations::{self, postgres as migrations};
use super::outbox::{MessageRow, outbox_statements, position_of, select_messages};
use super::statements::statements;
use super::{Access, Row, Rows, SCHEMA, StoreError};
use crate::chain::Head;
use crate::outbox::{
    DeliveryResult, MessageClaim, MessageState, OutboxPosition, RecipientRecord, SendAgain,
    StoredMessage,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use sqlx::{Connection, Postgres as Database, Row as _};
use std::borrow::Cow;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use wcc_core::outbox::Message;

/// Name of the channel on which servers listen.
const CHANNEL: &str = "wcc_ledger";
/// How long a statement waits for a connection before the database counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often to poll for entries of other servers without notifications.
const POLL: Duration = Duration::from_millis(50);
/// How often to poll with notifications.
const POLL_WITH_NOTIFICATIONS: Duration = Duration::from_millis(500);

const BEGIN: &str = "BEGIN";

#[derive(Debug)]
pub(super) struct Postgres {
    writer: PgPool,
    readers: PgPool,
    /// The version of the tables.
    schema: AtomicI32,
    /// Notifications of other servers; `None` while they are not available.
    listener: Mutex<Option<PgListener>>,
}

statements!(Postgres, Database);
delivery_statements!(Postgres, Database);
outbox_statements!(Postgres, Database);

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Postgres, StoreError> {
        let options = address::options(url)?.application_name("wcc");
        let pool = |max| {
            // Connections do not expire, for the reason given in `sqlite.rs`. A connection that the
            // database has closed is replaced when it is used.
            PgPoolOptions::new()
                .idle_timeout(None)
                .max_lifetime(None)
                .max_connections(max)
                .acquire_timeout(PATIENCE)
        };
        let writer = pool(1)
            // The connection is not tested first: a failed write is retried anyway.
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
        if let Err(error) = store.prepare_with_retries(Access::Read).await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// Closes every connection, but does not wait for a server that does not respond.
    pub(super) async fn close(&self) {
        let closing = async {
            // Closing the pools would wait for the listening connection.
            self.listener.lock().await.take();
            self.close_pools().await;
        };
        if tokio::time::timeout(super::CLOSING, closing).await.is_err() {
            tracing::debug!("the database does not respond; its connections are dropped");
        }
    }

    /// If two servers create or change the tables at the same time, one of them fails and finds
    /// them in place when it retries.
    async fn prepare_with_retries(&self, access: Access) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            match self.prepare(access).await {
                Err(StoreError::Conflict | StoreError::Unavailable(_)) if tries < 10 => {
                    tries += 1;
                    tokio::time::sleep(POLL * tries).await;
                }
                result => return result,
            }
        }
    }

    /// Upgrades the tables.
    pub(super) async fn migrate(&self) -> Result<(), StoreError> {
        self.prepare_with_retries(Access::Write).await
    }

    /// Runs outside the transaction. A lost notification only delays the others a little, but a
    /// notification inside would serialise all commits of the server.
    pub(super) async fn announce(&self, sha: &str) {
        let notify = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(sha);
        if let Err(error) = notify.execute(&self.readers).await {
            tracing::debug!("other servers were not notified and will poll: {error}");
        }
    }

    pub(super) async fn changed(&self) {
        let mut listener = self.listener.lock().await;
        if listener.is_none() {
            *listener = self.listen().await;
        }
        match listener.as_mut() {
            None => tokio::time::sleep(POLL).await,
            Some(listening) => {
                match tokio::time::timeout(POLL_WITH_NOTIFICATIONS, listening.try_recv()).await {
                    Err(_) | Ok(Ok(Some(_))) => {}
                    Ok(_) => *listener = None,
                }
            }
        }
    }

    /// Starts listening; `None` if the engine does not support it.
    async fn listen(&self) -> Option<PgListener> {
        let mut listener = PgListener::connect_with(&self.readers).await.ok()?;
        listener.listen(CHANNEL).await.ok()?;
        Some(listener)
    }
}
