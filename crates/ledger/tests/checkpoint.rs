//! Tests that a start from a checkpoint equals a start from the first entry, whatever the state of
//! the file.

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
use support::case::{CLUSTER, CYCLE, judgement, remark, request, standing};
use support::{Engine, Place, run};
use wcc_core::Method;
use wcc_core::ledger::{Draft, Fact, State};
use wcc_ledger::{CheckpointFile, Ledger, LedgerOptions};
use wcc_programme::FileFormats;

on_both_engines!(
    a_start_resumes_from_the_checkpoint,
    a_checkpoint_grows_with_the_ledger,
    a_damaged_checkpoint_is_rebuilt,
    the_checkpoint_of_another_ledger_is_not_used,
    verifying_finds_a_changed_checkpoint,
    two_writers_share_a_checkpoint,
);

/// Returns the recorded state after every seventh entry and after the last.
fn history(ledger: &Ledger) -> Vec<String> {
    let contents = |state: &State, number: u32| {
        let cycle = state.cycle_at(CYCLE, number);
        let records =
            cycle.map(|(cycle, fact)| format!("{fact:?}\n{:?}", cycle.records_in_codes()));
        format!("{records:?} {:?}", state.entry(number))
    };
    let last = ledger.head().number;
    ledger.look(|state| {
        let numbers = (1..last).step_by(7).chain([last]);
        numbers.map(|number| contents(state, number)).collect()
    })
}

/// Opens the ledger and folds it from its first entry.
async fn open_without_checkpoint(place: &Place) -> Ledger {
    let opening = LedgerOptions {
        checkpoint: None,
        ..place.opening()
    };
    let ledger = Ledger::open(opening, Arc::new(FileFormats)).await.unwrap();
    assert_eq!(ledger.resumed(), 0);
    ledger
}

fn bytes(place: &Place) -> Vec<u8> {
    std::fs::read(place.checkpoint().path()).unwrap()
}

/// Creates a ledger with the case, a superseded judgement, and withdrawn remarks.
async fn made(engine: Engine) -> Place {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let old = standing(&ledger, "1a");
    let better = judgement(CLUSTER, "1a", Method::SelfAssessment, "3", old);
    ledger
        .append(request("better", vec![better]))
        .await
        .unwrap();
    for number in 0..50 {
        let drafts = vec![remark(&format!("remark {number}"))];
        let id = format!("remark {number}");
        let receipt = ledger.append(request(&id, drafts)).await.unwrap();
        if number % 7 == 0 {
            let reason = "not so".into();
            let withdrawal = Draft {
                supersedes: Some(receipt.first),
                ..Fact::Withdrawn { reason }.into()
            };
            let id = format!("withdrawn {number}");
            ledger.append(request(&id, vec![withdrawal])).await.unwrap();
        }
    }
    ledger.close().await;
    place
}

async fn a_start_resumes_from_the_checkpoint(engine: Engine) {
    let place = made(engine).await;
    let expected = open_without_checkpoint(&place).await;
    let again = place.open().await;
    let (resumed, last) = (again.resumed(), expected.head().number);
    assert!(resumed > last - 40 && resumed <= last, "{resumed} {last}");
    assert_eq!(again.head(), expected.head());
    assert_eq!(history(&again), history(&expected));
    // Later requests are admitted and refused as usual.
    let twice = judgement(CLUSTER, "1a", Method::SelfAssessment, "2", None);
    let refused = again.append(request("twice", vec![twice])).await;
    assert!(refused.unwrap_err().to_string().contains("already records"));
    let old = standing(&again, "1a");
    let next = judgement(CLUSTER, "1a", Method::SelfAssessment, "2", old);
    again.append(request("next", vec![next])).await.unwrap();
    again.close().await;
    place.verify(&[]).await.unwrap();
}

async fn a_checkpoint_grows_with_the_ledger(engine: Engine) {
    let place = made(engine).await;
    let before = bytes(&place);
    let ledger = place.open().await;
    for number in 0..100 {
        let id = format!("more {number}");
        let drafts = vec![remark("more")];
        ledger.append(request(&id, drafts)).await.unwrap();
    }
    let last = ledger.head().number;
    ledger.close().await;
    let after = bytes(&place);
    assert!(after.len() > before.len() && after.starts_with(&before));
    assert!(place.open().await.resumed() > last - 40);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place.checkpoint().path()).unwrap();
        assert_eq!(mode.permissions().mode() & 0o777, 0o600);
    }
}

async fn a_damaged_checkpoint_is_rebuilt(engine: Engine) {
    let place = made(engine).await;
    let folded = open_without_checkpoint(&place).await;
    let (whole, expected, last) = (bytes(&place), history(&folded), folded.head().number);
    let file = place.checkpoint();
    let half = whole.len() / 2;
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= byte;
        bytes
    };
    let mut longer = whole.clone();
    longer.extend(b"more");
    let cases = [
        ("empty", Vec::new()),
        ("cut in the first length", whole[..5].to_vec()),
        ("cut in the first segment", whole[..100].to_vec()),
        ("cut in half", whole[..half].to_vec()),
        ("cut at the end", whole[..whole.len() - 1].to_vec()),
        ("a length changed", with(0, 1)),
        ("a great length", with(7, 0x7f)),
        ("a digest changed", with(10, 1)),
        ("the layout changed", with(40, 1)),
        ("the content changed", with(half, 1)),
        ("more data at the end", longer),
        (
            "something else",
            b"not a checkpoint, and longer than the front of a segment".to_vec(),
        ),
    ];
    for (what, damaged) in cases {
        std::fs::write(file.path(), &damaged).unwrap();
        let opened = place.open().await;
        assert!(opened.resumed() <= last, "{what}");
        assert_eq!(history(&opened), expected, "{what}");
        opened.close().await;
        // The file was repaired, and the next start uses it.
        let again = place.open().await;
        assert!(again.resumed() > last - 40, "{what}");
        assert_eq!(history(&again), expected, "{what}");
        again.close().await;
        place.verify(&[]).await.unwrap();
    }
    std::fs::remove_file(file.path()).unwrap();
    std::fs::create_dir(file.path()).unwrap();
    let without = place.open().await;
    assert_eq!(without.resumed(), 0);
    assert_eq!(history(&without), expected);
}

async fn the_checkpoint_of_another_ledger_is_not_used(engine: Engine) {
    let (place, other) = (made(engine).await, made(engine).await);
    let expected = history(&open_without_checkpoint(&place).await);
    // The checkpoint has the same authority, as after a restore from an older backup.
    std::fs::copy(other.checkpoint().path(), place.checkpoint().path()).unwrap();
    let opened = place.open().await;
    assert_eq!(opened.resumed(), 0);
    assert_eq!(history(&opened), expected);
    opened.close().await;
    assert!(place.open().await.resumed() > 0);
    // The checkpoint has another authority in the same database.
    let mut theirs = Place::new(engine).await;
    theirs.sha = "Q31".to_owned();
    theirs.with_case().await.close().await;
    std::fs::copy(place.checkpoint().path(), theirs.checkpoint().path()).unwrap();
    assert_eq!(theirs.open().await.resumed(), 0);
}

/// Rewrites segments and corrects their digests.
fn forge(whole: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut forged = whole.to_vec();
    let mut at = 0;
    let mut changed = false;
    while at < whole.len() {
        let length = u64::from_le_bytes(whole[at..at + 8].try_into().unwrap());
        let (start, end) = (at + 40, at + 40 + length as usize);
        let content = &mut forged[start..end];
        let places: Vec<usize> = (0..content.len() - from.len())
            .filter(|place| content[*place..].starts_with(from.as_bytes()))
            .collect();
        for place in places {
            content[place..place + to.len()].copy_from_slice(to.as_bytes());
            changed = true;
        }
        let digest = Sha256::digest(&forged[start..end]);
        forged[at + 8..start].copy_from_slice(&digest);
        at = end;
    }
    assert!(changed, "`{from}` is in the checkpoint");
    forged
}

async fn verifying_finds_a_changed_checkpoint(engine: Engine) {
    let place = made(engine).await;
    let file = place.checkpoint();
    let forged = forge(&bytes(&place), "remark 17", "praise 17");
    std::fs::write(file.path(), forged).unwrap();
    let message = place.verify(&[]).await.unwrap_err().to_string();
    assert!(
        message.contains("does not match the entries up to"),
        "{message}"
    );
    assert!(message.contains("Remove it"), "{message}");
    std::fs::remove_file(file.path()).unwrap();
    place.verify(&[]).await.unwrap();
}

async fn two_writers_share_a_checkpoint(engine: Engine) {
    let place = made(engine).await;
    let (first, second) = (place.open().await, place.open().await);
    for number in 0..120 {
        let writer = if number % 3 == 0 { &first } else { &second };
        let id = format!("of two {number}");
        let request = request(&id, vec![remark("of two")]);
        writer.append(request).await.unwrap();
    }
    first.close().await;
    second.close().await;
    let again = place.open().await;
    assert!(again.resumed() > again.head().number - 60);
    assert_eq!(
        history(&again),
        history(&open_without_checkpoint(&place).await)
    );
    again.close().await;
    place.verify(&[]).await.unwrap();
}

#[test]
fn a_long_request_needs_several_segments() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        let ledger = place.with_case().await;
        let drafts = (0..45_000).map(|number| remark(&format!("remark {number}")));
        let request = request("many", drafts.collect());
        ledger.append(request).await.unwrap();
        let head = ledger.head();
        ledger.close().await;
        // If a write was cut off between its segments, the checkpoint is used up to the previous
        // write.
        let file = place.checkpoint();
        let whole = std::fs::read(file.path()).unwrap();
        let again = place.open().await;
        assert_eq!((again.resumed(), again.head()), (head.number, head));
        again.close().await;
        std::fs::write(file.path(), &whole[..whole.len() - 10]).unwrap();
        let patient = LedgerOptions {
            checkpoint: Some(CheckpointFile::new(file.path().to_owned()).every(1_000_000)),
            ..place.opening()
        };
        let cut = Ledger::open(patient, Arc::new(FileFormats)).await.unwrap();
        assert!(cut.resumed() < 1_000, "{}", cut.resumed());
        assert_eq!(cut.head(), head);
    });
}
