//! Whatever is done to a ledger behind its back is found.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
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
    misfiled_entries_are_found,
    the_newest_cut_off_are_found,
    a_ledger_written_anew_is_found,
);

/// A ledger with the case and some remarks, closed; its head.
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

/// What verifying says now; opening must refuse with the same entry.
async fn found(place: &Place, number: u32) -> String {
    let verified = place.verify(&[]).await.unwrap_err().to_string();
    // What lies in front of a checkpoint is not read when a ledger is opened.
    let opening = wcc_ledger::Opening {
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

/// The bytes of an entry as SQL.
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

/// An entry with one of its bytes changed, so that it can still be read.
async fn changed(place: &Place, number: u32) -> Vec<u8> {
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
            changed(&place, number).await,
        );
        let set = |bytes: &[u8]| {
            let bytes = sql_bytes(&place, bytes);
            format!("UPDATE entry SET bytes = {bytes} WHERE number = {number}")
        };
        place.sql(&set(&new)).await;
        assert_eq!(
            found(&place, number).await,
            format!("entry {number}: it was changed: its hash is not that of its content")
        );
        place.sql(&set(&old)).await;
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
    }
}

async fn a_changed_byte_with_its_hash_is_found(engine: Engine) {
    let (place, head) = made(engine).await;
    let last = head.number;
    let change = async |number: u32| {
        let new = changed(&place, number).await;
        let hash = sql_bytes(&place, &Sha256::digest(&new));
        let bytes = sql_bytes(&place, &new);
        // The column that says who entered it is changed alike.
        format!(
            "UPDATE entry SET bytes = {bytes}, hash = {hash}, person = 'taster' \
             WHERE number = {number}"
        )
    };
    // The newest: nothing follows it, so only the head that was written down tells.
    place.sql(&change(last).await).await;
    let told = found(&place, last).await;
    assert!(told.contains("is not the one that was there"), "{told}");
    place.sql(&change(17).await).await;
    // The one behind it no longer follows.
    let told = found(&place, 18).await;
    assert!(
        told.starts_with("entry 18: it does not follow the entry in front of it"),
        "{told}"
    );
}

async fn a_removed_entry_is_found(engine: Engine) {
    let (place, _) = made(engine).await;
    place.sql("DELETE FROM entry WHERE number = 17").await;
    assert_eq!(
        found(&place, 17).await,
        "entry 17: it is missing: the next one there is 18"
    );
    place.sql("DELETE FROM entry WHERE number < 17").await;
    found(&place, 1).await;
}

async fn swapped_entries_are_found(engine: Engine) {
    let (place, _) = made(engine).await;
    for (from, to) in [(20, 1_000_000), (21, 20), (1_000_000, 21)] {
        let statement = format!("UPDATE entry SET number = {to} WHERE number = {from}");
        place.sql(&statement).await;
    }
    let told = found(&place, 20).await;
    assert!(told.starts_with("entry 20: it does not follow"), "{told}");
}

async fn misfiled_entries_are_found(engine: Engine) {
    let (place, _) = made(engine).await;
    place
        .sql("UPDATE entry SET request = 'another' WHERE number = 30")
        .await;
    let told = found(&place, 30).await;
    assert!(told.ends_with("its request"), "{told}");
    let mut other = place.another().await;
    other.sha = "Q31".to_owned();
    drop(other.with_case().await);
    other.sql("UPDATE entry SET sha = 'Q30'").await;
    other.sha = "Q30".to_owned();
    let told = found(&other, 1).await;
    assert!(told.ends_with("its authority"), "{told}");
    let bad = sql_bytes(&place, b"short");
    place
        .sql(&format!("UPDATE entry SET hash = {bad} WHERE number = 12"))
        .await;
    found(&place, 12).await;
}

async fn the_newest_cut_off_are_found(engine: Engine) {
    let (place, head) = made(engine).await;
    place
        .sql(&format!("DELETE FROM entry WHERE number = {}", head.number))
        .await;
    let told = found(&place, head.number).await;
    let expected = format!(
        "the ledger ends at entry {}, but entry {} was there",
        head.number - 1,
        head.number
    );
    assert!(told.starts_with(&expected), "{told}");
    // Where that file is gone too, a head that was kept elsewhere tells.
    std::fs::remove_file(place.head_path()).unwrap();
    let told = place.verify(&[head]).await.unwrap_err().to_string();
    assert!(
        told.starts_with(&format!("entry {} is not the one", head.number)),
        "{told}"
    );
    place.verify(&[]).await.unwrap();
}

async fn a_ledger_written_anew_is_found(engine: Engine) {
    let (place, head) = made(engine).await;
    place.sql("DELETE FROM entry").await;
    let anew = wcc_ledger::Opening {
        head_file: None,
        checkpoint: None,
        ..place.opening()
    };
    let anew = wcc_ledger::Ledger::open(anew, Arc::new(FileFormats)).await;
    let anew = anew.unwrap();
    anew.append(request("load", support::case::south()))
        .await
        .unwrap();
    for number in 0..8 {
        let id = format!("remark {number}");
        anew.append(request(&id, vec![remark("forged")]))
            .await
            .unwrap();
    }
    assert_eq!(anew.head().number, head.number);
    drop(anew);
    found(&place, head.number).await;
    let first = [Head { number: 1, ..head }];
    let store = place.store().await;
    let none: Option<&HeadFile> = None;
    let told = wcc_ledger::verify(&store, Arc::new(FileFormats), none, None, &first, |_| {});
    let told = told.await.unwrap_err().to_string();
    assert!(told.starts_with("entry 1 is not the one"), "{told}");
}
