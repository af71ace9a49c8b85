//! Tests databases of earlier versions of this program: they can be read as they are, and a writer
//! upgrades them. `tests/recorded_ledgers` has one of every version.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use sqlx::{Connection, Row as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{Engine, Place};
use wcc_core::actor::Actor;
use wcc_ledger::store::SCHEMA;
use wcc_ledger::{Address, Hash, Request, Store, StoreError, bundle};

on_both_engines!(
    a_database_of_schema_1_is_read_and_upgraded,
    several_servers_can_upgrade_a_database,
    a_later_database_is_unchanged,
);

/// The statements that created schema 1.
const SCHEMA_1: &str = "
    CREATE TABLE entry (
        sha TEXT NOT NULL,
        number BIGINT NOT NULL,
        request TEXT NOT NULL,
        part BIGINT NOT NULL,
        bytes BYTEA NOT NULL,
        hash BYTEA NOT NULL,
        PRIMARY KEY (sha, number),
        UNIQUE (sha, request, part)
    );
    CREATE TABLE wcc_schema (version BIGINT PRIMARY KEY);
    INSERT INTO wcc_schema (version) VALUES (1)";

fn recorded() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recorded_ledgers/schema-1")
}

/// Creates a database with schema 1.
async fn schema_1(engine: Engine) -> Place {
    let mut place = Place::new(engine).await;
    place.sha = "england".to_owned();
    let file = recorded().join("ledger.db");
    let url = match &place.address {
        Address::Sqlite(path) => {
            std::fs::copy(file, path).unwrap();
            return place;
        }
        Address::Postgres(url) => url.clone(),
    };
    place.sql(SCHEMA_1).await;
    let copy = place.folder.path().join("recorded.db");
    std::fs::copy(file, &copy).unwrap();
    let from = sqlx::sqlite::SqliteConnectOptions::new().filename(copy);
    let mut from = sqlx::SqliteConnection::connect_with(&from).await.unwrap();
    let mut to = sqlx::PgConnection::connect(&url).await.unwrap();
    let rows = sqlx::query("SELECT sha, number, request, part, bytes, hash FROM entry");
    for row in rows.fetch_all(&mut from).await.unwrap() {
        sqlx::query("INSERT INTO entry VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(row.get::<String, _>(0))
            .bind(row.get::<i64, _>(1))
            .bind(row.get::<String, _>(2))
            .bind(row.get::<i64, _>(3))
            .bind(row.get::<Vec<u8>, _>(4))
            .bind(row.get::<Vec<u8>, _>(5))
            .execute(&mut to)
            .await
            .unwrap();
    }
    place
}

/// Runs a statement that counts rows.
async fn count(place: &Place, statement: &str) -> i64 {
    let statement = sqlx::AssertSqlSafe(statement.to_owned());
    match &place.address {
        Address::Sqlite(path) => {
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
            let mut file = sqlx::SqliteConnection::connect_with(&options)
                .await
                .unwrap();
            let counted = sqlx::query_scalar(statement).fetch_one(&mut file).await;
            file.close().await.unwrap();
            counted.unwrap()
        }
        Address::Postgres(url) => {
            let mut server = sqlx::PgConnection::connect(url).await.unwrap();
            let counted = sqlx::query_scalar(statement).fetch_one(&mut server).await;
            counted.unwrap()
        }
    }
}

async fn version(place: &Place) -> i64 {
    count(place, "SELECT MAX(version) FROM wcc_schema").await
}

/// Exports a bundle and returns its SHA-256.
async fn exported(place: &Place) -> String {
    let store = place.store().await;
    let mut bytes = Vec::new();
    let written = bundle::export(&store, None, &mut bytes, |_, _| {}).await;
    assert_eq!(written.unwrap().head.number, 333);
    store.close().await;
    Hash::of(&bytes).to_string()
}

async fn a_database_of_schema_1_is_read_and_upgraded(engine: Engine) {
    let place = schema_1(engine).await;
    let expected = std::fs::read_to_string(recorded().join("bundle.sha256")).unwrap();
    // Reading changes nothing.
    assert_eq!(place.verify(&[]).await.unwrap().number, 333);
    assert_eq!(exported(&place).await, expected.trim());
    assert_eq!(version(&place).await, 1);
    // A writer upgrades the tables, and the entries stay as they are.
    let ledger = place.open().await;
    assert_eq!(version(&place).await, i64::from(SCHEMA));
    assert_eq!(exported(&place).await, expected.trim());
    let by = "SELECT COUNT(*) FROM entry WHERE role = 'operator' AND body = '' AND person = ";
    assert_eq!(count(&place, &format!("{by}'the clerk'")).await, 24);
    assert_eq!(count(&place, &format!("{by}'operator'")).await, 309);
    // A request from before the upgrade is recognised.
    let last = ledger.store().read(332, 1).await.unwrap();
    let entry = wcc_ledger::format::decode(&last[0].bytes).unwrap().entry;
    let again = |actor: Actor| Request {
        actor,
        id: "a5".to_owned(),
        drafts: vec![entry.draft.clone()],
    };
    let receipt = ledger.append(again((*entry.actor).clone())).await.unwrap();
    assert_eq!((receipt.first, receipt.repeated), (333, true));
    // From another actor it is a different request, which repeats an existing fact.
    let refused = ledger.append(again(Actor::operator("somebody else")));
    let refused = refused.await.unwrap_err().to_string();
    assert!(refused.contains("entry 333 already"), "{refused}");
    ledger.close().await;
    assert_eq!(place.verify(&[]).await.unwrap().number, 333);
}

async fn several_servers_can_upgrade_a_database(engine: Engine) {
    let place = Arc::new(schema_1(engine).await);
    let servers = (0..6).map(|_| {
        let place = Arc::clone(&place);
        tokio::spawn(async move {
            let ledger = place.open_elsewhere().await;
            assert_eq!(ledger.head().number, 333);
            ledger.close().await;
        })
    });
    for server in servers.collect::<Vec<_>>() {
        server.await.unwrap();
    }
    assert_eq!(version(&place).await, i64::from(SCHEMA));
    // Several servers can also create a new database.
    let fresh = Arc::new(Place::new(engine).await);
    let servers = (0..6).map(|_| {
        let place = Arc::clone(&fresh);
        tokio::spawn(async move { place.open_elsewhere().await.close().await })
    });
    for server in servers.collect::<Vec<_>>() {
        server.await.unwrap();
    }
    assert_eq!(version(&fresh).await, i64::from(SCHEMA));
}

async fn a_later_database_is_unchanged(engine: Engine) {
    let place = schema_1(engine).await;
    let later = SCHEMA + 1;
    place
        .sql(&format!("INSERT INTO wcc_schema VALUES ({later})"))
        .await;
    let refused = Store::open(&place.address, &place.sha).await.unwrap_err();
    assert!(matches!(refused, StoreError::TooNew(found) if found == later));
    assert!(place.try_open().await.is_err());
    let tables = "SELECT COUNT(*) FROM wcc_schema";
    assert_eq!(count(&place, tables).await, 2);
}

#[test]
fn every_version_has_its_migrations() {
    for engine in ["sqlite", "postgres"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(engine);
        let files = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names.len(), usize::try_from(SCHEMA).unwrap());
        for (number, name) in (1..).zip(&names) {
            assert!(
                name.starts_with(&format!("{number:04}_")),
                "{engine}/{name}"
            );
        }
    }
}
