//! Tests that every change made directly in the database is found.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use sha2::{Digest, Sha256};
use std::sync::Arc;
use support::case::{remark, request};
use support::{Engine, Place};
use wcc_ledger::{Head, HeadFile};
use wcc_programme::FileFormats;

on_both_engines!(
    a_changed_byte_is_found,
    a_changed_byte_with_its_hash_is_found,
    a_removed_entry_is_found,
    swapped_entries_are_found,
    wrong_columns_are_found,
    missing_newest_entries_are_found,
    a_rewritten_ledger_is_found,
);

/// Creates a closed ledger with the case and some remarks, and returns its head.
async fn made(engine: Engine) -> (Place, Head) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    for number in 0..4 {
        let id = format!("remark {number}");
        let drafts = vec![remark("as it was"), remark("as it was")];
        ledger.append(request(&id, drafts)).await.unwrap();
    }
    let head = ledger.head();
    drop(ledger);
    assert_eq!(place.verify(&[]).await.unwrap(), head);
    (place, head)
}

/// Returns the message of verifying. Opening must fail with the same entry.
async fn fault_at(place: &Place, number: u32) -> String {
    let verified = place.verify(&[]).await.unwrap_err().to_string();
    // Opening does not read the entries before a checkpoint.
    let opening = wcc_ledger::LedgerOptions {
        checkpoint: None,
        ..place.opening()
    };
    let opened = wcc_ledger::Ledger::open(opening, Arc::new(FileFormats)).await;
    let opened = opened.unwrap_err().to_string();
    let entry = format!("entry {number}");
    assert!(opened.contains(&entry), "{opened}");
    assert!(verified.contains(&entry), "{verified}");
    verified
}

/// Returns the bytes of an entry.
async fn bytes_of(place: &Place, number: u32) -> Vec<u8> {
    let store = place.store().await;
    let row = store.read(number - 1, 1).await.unwrap().remove(0);
    store.close().await;
    row.bytes
}

fn sql_bytes(place: &Place, bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match place.address {
        wcc_ledger::Address::Sqlite(_) => format!("x'{digits}'"),
        wcc_ledger::Address::Postgres(_) => format!("'\\x{digits}'"),
    }
}

/// Returns the bytes of an entry with a change that keeps it readable.
async fn changed_bytes(place: &Place, number: u32) -> Vec<u8> {
    let bytes = bytes_of(place, number).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("tester"));
    text.replacen("tester", "taster", 1).into_bytes()
}

async fn a_changed_byte_is_found(engine: Engine) {
    let (place, head) = made(engine).await;
    for number in [1, 17, head.number] {
        let (old, new) = (
            bytes_of(&place, number).await,
            changed_bytes(&place, number).await,
        );
        let set = |bytes: &[u8]| {
            let bytes = sql_bytes(&place, bytes);
            format!("UPDATE entry SET bytes = {bytes} WHERE number = {number}")
        };
        place.sql(&set(&new)).await;
        assert_eq!(
            fault_at(&place, number).await,
            format!("entry {number}: the entry was changed: its hash does not match its content")
        );
        place.sql(&set(&old)).await;
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
    }
}

async fn a_changed_byte_with_its_hash_is_found(engine: Engine) {
    let (place, head) = made(engine).await;
    let last = head.number;
    let change = async |number: u32| {
        let new = changed_bytes(&place, number).await;
        let hash = sql_bytes(&place, &Sha256::digest(&new));
        let bytes = sql_bytes(&place, &new);
        // The column for the actor is changed as well.
        format!(
            "UPDATE entry SET bytes = {bytes}, hash = {hash}, person = 'taster' \
             WHERE number = {number}"
        )
    };
    // No entry follows the newest one, so only the head file reveals the change.
    place.sql(&change(last).await).await;
    let message = fault_at(&place, last).await;
    assert!(message.contains("was replaced"), "{message}");
    place.sql(&change(17).await).await;
    // The next entry no longer follows.
    let message = fault_at(&place, 18).await;
    assert!(
        message.starts_with("entry 18: the entry does not follow the previous one"),
        "{message}"
    );
}

async fn a_removed_entry_is_found(engine: Engine) {
    let (place, _) = made(engine).await;
    place.sql("DELETE FROM entry WHERE number = 17").await;
    assert_eq!(
        fault_at(&place, 17).await,
        "entry 17: the entry is missing; the next one is 18"
    );
    place.sql("DELETE FROM entry WHERE number < 17").await;
    fault_at(&place, 1).await;
}

async fn swapped_entries_are_found(engine: Engine) {
    let (place, _) = made(engine).await;
    for (from, to) in [(20, 1_000_000), (21, 20), (1_000_000, 21)] {
        let statement = format!("UPDATE entry SET number = {to} WHERE number = {from}");
        place.sql(&statement).await;
    }
    let message = fault_at(&place, 20).await;
    assert!(
        message.starts_with("entry 20: the entry does not follow"),
        "{message}"
    );
}

async fn wrong_columns_are_found(engine: Engine) {
    let (place, _) = made(engine).await;
    place
        .sql("UPDATE entry SET request = 'another' WHERE number = 30")
        .await;
    let message = fault_at(&place, 30).await;
    assert!(message.ends_with("its request"), "{message}");
    let mut other = place.another().await;
    other.sha = "Q31".to_owned();
    drop(other.with_case().await);
    other.sql("UPDATE entry SET sha = 'Q30'").await;
    other.sha = "Q30".to_owned();
    let message = fault_at(&other, 1).await;
    assert!(message.ends_with("its authority"), "{message}");
    let bad = sql_bytes(&place, b"short");
    place
        .sql(&format!("UPDATE entry SET hash = {bad} WHERE number = 12"))
        .await;
    fault_at(&place, 12).await;
}

async fn missing_newest_entries_are_found(engine: Engine) {
    let (place, head) = made(engine).await;
    place
        .sql(&format!("DELETE FROM entry WHERE number = {}", head.number))
        .await;
    let message = fault_at(&place, head.number).await;
    let expected = format!(
        "the ledger ends at entry {}, but it had entry {}",
        head.number - 1,
        head.number
    );
    assert!(message.starts_with(&expected), "{message}");
    // If that file is missing too, a head stored elsewhere reveals it.
    std::fs::remove_file(place.head_path()).unwrap();
    let message = place.verify(&[head]).await.unwrap_err().to_string();
    assert!(
        message.starts_with(&format!(
            "entry {} does not match the given head",
            head.number
        )),
        "{message}"
    );
    place.verify(&[]).await.unwrap();
}

async fn a_rewritten_ledger_is_found(engine: Engine) {
    let (place, head) = made(engine).await;
    place.sql("DELETE FROM entry").await;
    let rewritten = wcc_ledger::LedgerOptions {
        head_file: None,
        checkpoint: None,
        ..place.opening()
    };
    let rewritten = wcc_ledger::Ledger::open(rewritten, Arc::new(FileFormats)).await;
    let rewritten = rewritten.unwrap();
    rewritten
        .append(request("load", support::case::south()))
        .await
        .unwrap();
    for number in 0..8 {
        let id = format!("remark {number}");
        rewritten
            .append(request(&id, vec![remark("forged")]))
            .await
            .unwrap();
    }
    assert_eq!(rewritten.head().number, head.number);
    drop(rewritten);
    fault_at(&place, head.number).await;
    let first = [Head { number: 1, ..head }];
    let store = place.store().await;
    let none: Option<&HeadFile> = None;
    let message = wcc_ledger::verify(&store, Arc::new(FileFormats), none, None, &first, |_| {});
    let message = message.await.unwrap_err().to_string();
    assert!(
        message.starts_with("entry 1 does not match the given head"),
        "{message}"
    );
}
