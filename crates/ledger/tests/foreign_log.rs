//! Tests a database file beside a write-ahead log: the file's own log is recovered, and any other
//! is rejected.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use std::path::{Path, PathBuf};
use support::case::{remark, request, south};
use support::{Engine, Place, run};
use wcc_ledger::{Head, Ledger, OpenError, StoreError};

const ENDINGS: [&str; 2] = ["db", "db-wal"];

fn file(place: &Place, ending: &str) -> PathBuf {
    place.folder.path().join("ledger").with_extension(ending)
}

/// Creates a ledger with the case and some remarks.
async fn ledger_with(words: &str, entries: u32) -> (Place, Ledger) {
    let place = Place::new(Engine::Sqlite).await;
    let ledger = place.open_elsewhere().await;
    ledger.append(request("load", south())).await.unwrap();
    add(&ledger, words, entries).await;
    (place, ledger)
}

async fn add(ledger: &Ledger, words: &str, entries: u32) -> Head {
    for at in 0..entries {
        let id = format!("{words} {at}");
        // Long texts, so that many pages are written.
        let long = format!("{words} {at} {}", "and so on ".repeat(40));
        let request = request(&id, vec![remark(&long)]);
        ledger.append(request).await.unwrap();
    }
    ledger.head()
}

/// Returns the files that a killed process leaves: those of the open ledger.
fn files_left_by(place: &Place) -> Vec<(&'static str, Vec<u8>)> {
    let left = ENDINGS.map(|ending| (ending, std::fs::read(file(place, ending)).unwrap()));
    left.into()
}

async fn restored(files: &[(&'static str, Vec<u8>)]) -> Place {
    let place = Place::new(Engine::Sqlite).await;
    for (ending, bytes) in files {
        std::fs::write(file(&place, ending), bytes).unwrap();
    }
    place
}

async fn assert_rejected(database: &[u8], log: &[u8]) {
    let files = [("db", database.to_vec()), ("db-wal", log.to_vec())];
    let place = restored(&files).await;
    for _ in 0..2 {
        let error = place.try_open().await.unwrap_err();
        let foreign = matches!(
            error,
            OpenError::Store {
                error: StoreError::ForeignLog { .. },
                ..
            }
        );
        assert!(foreign, "{error}");
        assert!(error.to_string().contains("move the log"), "{error}");
        for (ending, bytes) in &files {
            let now = std::fs::read(file(&place, ending)).unwrap();
            assert!(now == *bytes, "the {ending} was changed");
        }
    }
    // Do what the message says.
    for ending in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(file(&place, ending));
    }
    place.open_elsewhere().await.close().await;
}

async fn assert_opens_at(place: &Place, head: Head) {
    let ledger = place.open_elsewhere().await;
    assert_eq!(ledger.head(), head);
    ledger.close().await;
    assert!(!file(place, "db-wal").exists());
    assert_eq!(place.verify(&[head]).await.unwrap(), head);
}

async fn close(place: &Place, ledger: Ledger) -> (Vec<u8>, Head) {
    let head = ledger.head();
    ledger.close().await;
    (std::fs::read(file(place, "db")).unwrap(), head)
}

#[test]
fn the_log_of_a_killed_process_is_recovered() {
    run(async {
        // The log was never checkpointed; checkpointed before and grown since; checkpointed in
        // between.
        let (place, ledger) = ledger_with("one", 5).await;
        assert_opens_at(&restored(&files_left_by(&place)).await, ledger.head()).await;
        ledger.close().await;
        let ledger = place.open_elsewhere().await;
        let head = add(&ledger, "two", 3).await;
        assert_opens_at(&restored(&files_left_by(&place)).await, head).await;
        let head = add(&ledger, "three", 900).await;
        assert_opens_at(&restored(&files_left_by(&place)).await, head).await;
        ledger.close().await;
    });
}

#[test]
fn the_log_of_another_ledger_is_rejected() {
    run(async {
        let (place, ledger) = ledger_with("ours", 6).await;
        let (database, _) = close(&place, ledger).await;
        for entries in [2, 6, 11, 700] {
            let (other, theirs) = ledger_with("theirs", entries).await;
            let left = files_left_by(&other);
            assert_rejected(&database, &left[1].1).await;
            theirs.close().await;
            // This log has only entries after a clean close.
            let theirs = other.open_elsewhere().await;
            add(&theirs, "later", 2).await;
            assert_rejected(&database, &files_left_by(&other)[1].1).await;
            theirs.close().await;
        }
    });
}

#[test]
fn the_log_of_another_day_is_rejected() {
    run(async {
        let (place, ledger) = ledger_with("monday", 40).await;
        let (monday, _) = close(&place, ledger).await;
        let ledger = place.open_elsewhere().await;
        add(&ledger, "tuesday", 300).await;
        let tuesdays = files_left_by(&place);
        add(&ledger, "tuesday evening", 20).await;
        let (tuesday, _) = close(&place, ledger).await;
        let ledger = place.open_elsewhere().await;
        let head = add(&ledger, "wednesday", 3).await;
        let wednesdays = files_left_by(&place);
        ledger.close().await;
        // An older log would revert the newer database.
        assert_rejected(&tuesday, &file_of(&tuesdays, "db-wal")).await;
        // A newer log lacks the entries in between.
        assert_rejected(&monday, &file_of(&wednesdays, "db-wal")).await;
        // The database file that belongs to the log.
        let fitting =
            restored(&[("db", tuesday), ("db-wal", file_of(&wednesdays, "db-wal"))]).await;
        assert_opens_at(&fitting, head).await;
    });
}

fn file_of(files: &[(&'static str, Vec<u8>)], ending: &str) -> Vec<u8> {
    let mut parts = files.iter();
    let (_, bytes) = parts.find(|(name, _)| *name == ending).unwrap();
    bytes.clone()
}

/// Removes the mark, which earlier versions of the program did not write.
async fn without_mark(place: &Place) {
    let unmark = "PRAGMA user_version = 0; PRAGMA application_id = 0; \
                  PRAGMA wal_checkpoint(TRUNCATE)";
    place.sql(unmark).await;
    assert_eq!(mark_in(&file(place, "db")), [0; 2]);
}

fn mark_in(path: &Path) -> [u32; 2] {
    let header = std::fs::read(path).unwrap();
    [60, 68].map(|at| u32::from_be_bytes(*header[at..].first_chunk().unwrap()))
}

#[test]
fn a_file_of_an_earlier_version_rejects_another_log_too() {
    run(async {
        let (place, ledger) = ledger_with("ours", 6).await;
        let last = ledger.head().number;
        ledger.close().await;
        assert_eq!(mark_in(&file(&place, "db"))[0], last);
        without_mark(&place).await;
        let database = std::fs::read(file(&place, "db")).unwrap();
        let (other, theirs) = ledger_with("theirs", 11).await;
        let left = files_left_by(&other);
        assert_rejected(&database, &left[1].1).await;
        // Its own log is recovered, and the mark is written.
        let mut own = files_left_by(&other);
        own[0].1[60..72].fill(0);
        let own = restored(&own).await;
        assert_opens_at(&own, theirs.head()).await;
        assert_eq!(mark_in(&file(&own, "db"))[0], theirs.head().number);
        theirs.close().await;
    });
}

#[test]
fn a_log_whose_file_is_missing_or_empty_is_kept() {
    run(async {
        let (place, ledger) = ledger_with("ours", 6).await;
        let left = files_left_by(&place);
        let log = &left[1].1;
        for database in [None, Some(Vec::new())] {
            let place = restored(&[("db-wal", log.clone())]).await;
            if let Some(bytes) = &database {
                std::fs::write(file(&place, "db"), bytes).unwrap();
            }
            let error = place.try_open().await.unwrap_err().to_string();
            assert!(error.contains("is missing or empty"), "{error}");
            assert!(std::fs::read(file(&place, "db-wal")).unwrap() == *log);
            // Do what the message says.
            std::fs::write(file(&place, "db"), &left[0].1).unwrap();
            assert_opens_at(&place, ledger.head()).await;
        }
        // This log has no committed transaction.
        let nothing = restored(&[("db-wal", log[..100].to_vec())]).await;
        nothing.open_elsewhere().await.close().await;
        ledger.close().await;
    });
}
