//! Creates ledgers on either engine, for tests.

#![allow(
    clippy::indexing_slicing,
    dead_code,
    missing_docs,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "test helpers may panic, and each test uses some"
)]

pub mod bundles;
pub mod case;
pub mod cluster;
pub mod process;

use cluster::Cluster;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use wcc_ledger::{
    Address, CheckpointFile, Head, HeadFile, Ledger, LedgerOptions, OpenError, Store,
    VerifiedLedger, VerifyError,
};
use wcc_programme::FileFormats;

/// The database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// An empty place for a ledger: a database and a folder.
pub struct Place {
    pub address: Address,
    pub sha: String,
    pub folder: tempfile::TempDir,
    cluster: Option<Arc<Cluster>>,
}

impl Place {
    pub async fn new(engine: Engine) -> Place {
        match engine {
            Engine::Sqlite => Place::of(None).await,
            Engine::Postgres => Place::of(Some(Cluster::shared())).await,
        }
    }

    /// Creates a database on a server, or a SQLite file without one.
    pub async fn of(cluster: Option<Arc<Cluster>>) -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        let address = match &cluster {
            None => Address::Sqlite(folder.path().join("ledger.db")),
            Some(cluster) => Address::Postgres(cluster.database().await),
        };
        Place {
            address,
            sha: "Q30".to_owned(),
            folder,
            cluster,
        }
    }

    /// Creates another empty place on the same server.
    pub async fn another(&self) -> Place {
        Place::of(self.cluster.clone()).await
    }

    /// Returns the address as in the settings.
    pub fn url(&self) -> String {
        match &self.address {
            Address::Sqlite(path) => path.display().to_string(),
            Address::Postgres(url) => url.clone(),
        }
    }

    pub fn head_path(&self) -> PathBuf {
        self.folder.path().join(format!("{}.head", self.sha))
    }

    pub fn head_file(&self) -> HeadFile {
        HeadFile::new(self.head_path())
    }

    /// Returns a checkpoint that grows often.
    pub fn checkpoint(&self) -> CheckpointFile {
        let file = self.folder.path().join(format!("{}.checkpoint", self.sha));
        CheckpointFile::new(file).every(40)
    }

    pub fn opening(&self) -> LedgerOptions {
        LedgerOptions {
            address: self.address.clone(),
            sha: self.sha.clone(),
            head_file: Some(self.head_path()),
            checkpoint: Some(self.checkpoint()),
            patience: Duration::from_secs(20),
            create: true,
            clock: Arc::new(wcc_ledger::SystemClock),
            policy: Arc::new(wcc_core::policy::Unrestricted),
        }
    }

    pub async fn try_open(&self) -> Result<Ledger, OpenError> {
        Ledger::open(self.opening(), Arc::new(FileFormats)).await
    }

    pub async fn open(&self) -> Ledger {
        self.try_open().await.expect("the ledger opens")
    }

    /// Opens the ledger without a head file and checkpoint, like another server.
    pub async fn open_elsewhere(&self) -> Ledger {
        let opening = LedgerOptions {
            head_file: None,
            checkpoint: None,
            ..self.opening()
        };
        let opened = Ledger::open(opening, Arc::new(FileFormats)).await;
        opened.expect("the ledger opens")
    }

    /// Opens the ledger and enters the case.
    pub async fn with_case(&self) -> Ledger {
        let ledger = self.open().await;
        let loaded = ledger.append(case::request("load", case::south())).await;
        loaded.expect("the case is entered");
        ledger
    }

    pub async fn store(&self) -> Store {
        let opened = Store::open(&self.address, &self.sha).await;
        opened.expect("the database opens")
    }

    pub async fn verify(&self, heads: &[Head]) -> Result<Head, VerifyError> {
        self.verified(heads).await.map(|verified| verified.head)
    }

    pub async fn verified(&self, heads: &[Head]) -> Result<VerifiedLedger, VerifyError> {
        let (store, file) = (self.store().await, self.head_file());
        let (books, checkpoint) = (Arc::new(FileFormats), self.checkpoint());
        let (file, checkpoint) = (Some(&file), Some(&checkpoint));
        let done = wcc_ledger::verify(&store, books, file, checkpoint, heads, |_| {}).await;
        store.close().await;
        done
    }

    /// Waits until the server has closed the connections of a killed client, because a commit in
    /// progress still completes.
    pub async fn settle(&self) {
        use sqlx::Connection;
        let Address::Postgres(url) = &self.address else {
            return;
        };
        let mut connection = sqlx::PgConnection::connect(url).await.expect("the server");
        let until = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            assert!(std::time::Instant::now() < until, "connections are left");
            let (others,): (i64,) = sqlx::query_as(
                "SELECT COUNT(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND application_name = 'wcc'",
            )
            .fetch_one(&mut connection)
            .await
            .expect("an answer");
            if others == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Runs a statement directly on the database.
    pub async fn sql(&self, statement: &str) -> u64 {
        use sqlx::Connection;
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        let done = match &self.address {
            Address::Sqlite(path) => {
                let options = sqlx::sqlite::SqliteConnectOptions::new()
                    .filename(path)
                    .create_if_missing(true);
                let mut connection = sqlx::SqliteConnection::connect_with(&options)
                    .await
                    .expect("the file");
                let done = sqlx::raw_sql(statement).execute(&mut connection).await;
                // A dropped connection would close later and leave its log.
                connection.close().await.expect("the file is closed");
                done.map(|done| done.rows_affected())
            }
            Address::Postgres(url) => {
                let mut connection = sqlx::PgConnection::connect(url).await.expect("the server");
                let done = sqlx::raw_sql(statement).execute(&mut connection).await;
                done.map(|done| done.rows_affected())
            }
        };
        done.expect("the statement")
    }
}

/// Runs the body of a test on a multi-threaded runtime.
pub fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test);
}

/// Reads a count from the environment, or returns the default.
pub fn count(name: &str, default: u32) -> u32 {
    let value = std::env::var(name).ok();
    value.map_or(default, |value| value.parse().expect("a number"))
}

/// Runs the same tests on both engines.
#[macro_export]
macro_rules! on_both_engines {
    ($($(#[$note:meta])* $name:ident),* $(,)?) => {
        mod sqlite {
            $(#[test] $(#[$note])* fn $name() {
                $crate::support::run(super::$name($crate::support::Engine::Sqlite));
            })*
        }
        mod postgres {
            $(#[test] $(#[$note])* fn $name() {
                $crate::support::run(super::$name($crate::support::Engine::Postgres));
            })*
        }
    };
}

/// A source of random numbers that differ in each run.
pub struct Dice(u64);

impl Dice {
    pub fn new() -> Dice {
        use std::hash::{BuildHasher, Hasher};
        let seed = std::hash::RandomState::new().build_hasher().finish();
        println!("seed {seed}");
        Dice(seed | 1)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
