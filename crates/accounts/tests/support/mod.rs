//! Accounts in a new database, with a clock that a test moves.

use crate::cluster::Cluster;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use wcc_accounts::{AccountSettings, Accounts, NewAccount, NewAccountState, Password};
use wcc_ledger::{Address, Clock};
use wcc_tokens::Grant;

/// When every test begins: 2 March 2009, 10:00 UTC.
pub const NOW: i64 = 1_235_988_000;
/// Everybody's password.
pub const PASSWORD: &str = "correct horse";

/// A clock that moves only when it is told to.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.load(Ordering::Relaxed)).expect("a time")
    }
}

impl TestClock {
    pub fn pass_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::Relaxed);
    }

    pub fn pass_hours(&self, hours: i64) {
        self.pass_seconds(hours * 3_600);
    }

    /// Moves it to the noon of a day.
    pub fn set_day(&self, day: Date) {
        let noon = TimeZone::UTC.to_timestamp(day.at(12, 0, 0, 0));
        let noon = noon.expect("a time").as_second();
        self.0.store(noon, Ordering::Relaxed);
    }
}

/// A new database.
pub struct Place {
    address: Address,
    pub clock: Arc<TestClock>,
    /// What is removed with it.
    folder: TempDir,
    cluster: Option<Arc<Cluster>>,
}

impl Place {
    pub fn sqlite() -> Place {
        let folder = TempDir::new().expect("a folder");
        Place {
            address: Address::Sqlite(folder.path().join("data/accounts.db")),
            clock: Arc::new(TestClock(AtomicI64::new(NOW))),
            folder,
            cluster: None,
        }
    }

    pub async fn postgres() -> Place {
        let cluster = tokio::task::spawn_blocking(Cluster::shared).await;
        let cluster = cluster.expect("a server");
        Place {
            address: Address::Postgres(cluster.database().await),
            cluster: Some(cluster),
            ..Place::sqlite()
        }
    }

    /// Opens the accounts, as a process does.
    pub async fn open(&self) -> Accounts {
        self.open_with(self.settings()).await
    }

    /// The same with other settings.
    pub async fn open_with(&self, settings: AccountSettings) -> Accounts {
        let clock = Arc::clone(&self.clock);
        Accounts::open(settings, clock).await.expect("opened")
    }

    /// The usual settings.
    pub fn settings(&self) -> AccountSettings {
        AccountSettings {
            address: self.address.clone(),
            idle: Duration::from_mins(30),
            absolute: Duration::from_hours(12),
            public_address: None,
            openid: None,
        }
    }

    /// The file of the database, if it is one.
    pub fn file(&self) -> PathBuf {
        match &self.address {
            Address::Sqlite(path) => path.clone(),
            Address::Postgres(_) => panic!("a file"),
        }
    }

    /// How many sessions are stored.
    pub async fn count_sessions(&self) -> i64 {
        let count = "SELECT count(*) FROM wcc_session";
        match &self.address {
            Address::Sqlite(_) => {
                let url = format!("sqlite:{}", self.file().display());
                let mut connection = SqliteConnection::connect(&url).await.expect("connected");
                sqlx::query_scalar(count).fetch_one(&mut connection).await
            }
            Address::Postgres(url) => {
                let mut connection = PgConnection::connect(url).await.expect("connected");
                sqlx::query_scalar(count).fetch_one(&mut connection).await
            }
        }
        .expect("a number")
    }

    /// Everything that is stored.
    pub async fn stored_bytes(&self) -> Vec<u8> {
        let url = match &self.address {
            Address::Sqlite(path) => return std::fs::read(path).expect("the file"),
            Address::Postgres(url) => url,
        };
        let mut connection = PgConnection::connect(url).await.expect("connected");
        let rows = "SELECT a::text FROM wcc_account a UNION ALL SELECT s::text FROM wcc_session s \
                    UNION ALL SELECT b::text FROM wcc_sign_in b";
        let rows: Vec<String> = sqlx::query_scalar(rows)
            .fetch_all(&mut connection)
            .await
            .expect("rows");
        rows.concat().into_bytes()
    }
}

pub fn password(text: &str) -> Password {
    Password::new(text).expect("a password")
}

/// An active account with one role.
pub fn new_account(name: &str, person: &str) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        person: person.to_owned(),
        password: password(PASSWORD),
        mail: None,
        grants: vec![Grant::of_role("chair")],
        state: NewAccountState::Active,
        is_demonstration: false,
    }
}
