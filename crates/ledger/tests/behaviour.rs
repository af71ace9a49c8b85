//! Tests the behaviour of the ledger, which is the same on SQLite and PostgreSQL.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};
use support::case::{CLUSTER, CYCLE, judgement, remark, request, south, standing};
use support::{Engine, Place, run};
use wcc_core::Method;
use wcc_core::ledger::{EntryError, Refusal, RefusalReason, State};
use wcc_core::policy::{Decision, Policy, Question, READ};
use wcc_ledger::{AppendError, Ledger, OpenError, StoreError};
use wcc_programme::FileFormats;

on_both_engines!(
    entries_are_read_back,
    a_request_is_entered_once,
    a_request_with_an_invalid_entry_enters_nothing,
    only_the_contradictory_request_is_refused,
    the_policy_is_enforced,
    malformed_requests_are_refused,
    two_servers_see_each_others_entries,
    several_servers_can_open_an_empty_database,
    a_closed_ledger_has_released_its_database,
    a_dropped_ledger_releases_its_database,
    a_later_schema_is_refused_and_unchanged,
    authorities_are_separate,
    opening_updates_an_outdated_head_file,
);

/// Returns everything recorded in the cycle as text.
fn contents(ledger: &Ledger) -> String {
    ledger.look(|state: &State| {
        let (cycle, fact) = state.cycle_at(CYCLE, state.last()).expect("the cycle");
        format!("{fact:?}\n{:?}", cycle.records_in_codes())
    })
}

async fn entries_are_read_back(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let drafts = u32::try_from(south().len()).unwrap();
    assert_eq!(ledger.head().number, drafts);
    let old = standing(&ledger, "1a").unwrap();
    let better = judgement(CLUSTER, "1a", Method::SelfAssessment, "3", Some(old));
    let receipt = ledger
        .append(request("better", vec![better]))
        .await
        .unwrap();
    assert_eq!((receipt.first, receipt.last), (drafts + 1, drafts + 1));
    let (before, head) = (contents(&ledger), ledger.head());
    drop(ledger);
    let again = place.open().await;
    assert_eq!(again.head(), head);
    assert_eq!(contents(&again), before);
    assert_eq!(place.verify(&[head]).await.unwrap(), head);
    assert_eq!(place.head_file().read().unwrap(), Some(head));
}

async fn a_request_is_entered_once(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let twice = || request("twice", vec![remark("one"), remark("two")]);
    let first = ledger.append(twice()).await.unwrap();
    assert!(!first.repeated);
    let head = ledger.head();
    for _ in 0..2 {
        let again = ledger.append(twice()).await.unwrap();
        assert!(again.repeated);
        assert_eq!((again.first, again.last), (first.first, first.last));
    }
    // The request is sent twice at the same time, and to another server.
    let elsewhere = place.open_elsewhere().await;
    let at_once = request("at once", vec![remark("three")]);
    let (first_receipt, second, third) = tokio::join!(
        ledger.append(at_once.clone()),
        ledger.append(at_once.clone()),
        elsewhere.append(at_once)
    );
    let all = [first_receipt.unwrap(), second.unwrap(), third.unwrap()];
    assert_eq!(
        all.iter().filter(|receipt| !receipt.repeated).count(),
        1,
        "{all:?}"
    );
    assert!(all.iter().all(|receipt| receipt.first == head.number + 1));

    for other in [
        vec![remark("one")],
        vec![remark("two"), remark("one")],
        vec![remark("one"), remark("two"), remark("three")],
    ] {
        let refused = ledger.append(request("twice", other)).await.unwrap_err();
        assert!(
            matches!(refused, AppendError::AnotherRequest(_)),
            "{refused}"
        );
        assert!(
            refused
                .to_string()
                .starts_with("the request `twice` was already entered")
        );
    }
    assert_eq!(ledger.head().number, head.number + 1);
}

async fn a_request_with_an_invalid_entry_enters_nothing(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let (before, head) = (contents(&ledger), ledger.head());
    let invalid = judgement(CLUSTER, "no such measure", Method::Panel, "2", None);
    let drafts = vec![remark("good"), invalid, remark("good too")];
    let refused = ledger.append(request("mixed", drafts)).await.unwrap_err();
    let AppendError::Refused(refusals) = &refused else {
        panic!("{refused}");
    };
    let each: Vec<_> = refusals.each().collect();
    assert!(
        matches!(
            each[..],
            [Refusal {
                part: Some(1),
                reason: RefusalReason::Entry(EntryError::Unknown(_)),
                ..
            }]
        ),
        "{each:?}"
    );
    assert!(
        refused.to_string().starts_with("entry 2 of the request: "),
        "{refused}"
    );
    assert_eq!((contents(&ledger), ledger.head()), (before, head));
    // The corrected request can use the same identifier.
    let corrected = request("mixed", vec![remark("good"), remark("good too")]);
    assert!(!ledger.append(corrected).await.unwrap().repeated);
}

async fn only_the_contradictory_request_is_refused(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let head = ledger.head();
    // The PCT departs from its cluster's value without a reason.
    let departs = judgement("5KF", "1a", Method::SelfAssessment, "4", None);
    let mut waiting = Vec::new();
    for number in 0..20 {
        let draft = match number {
            7 => departs.clone(),
            _ => remark("sound"),
        };
        let request = request(&format!("batch {number}"), vec![draft]);
        let ledger = ledger.clone();
        waiting.push(tokio::spawn(async move { ledger.append(request).await }));
    }
    for (number, answer) in waiting.into_iter().enumerate() {
        match (number, answer.await.unwrap()) {
            (7, Err(AppendError::Refused(refusals))) => {
                assert!(refusals.to_string().contains("say why in `reason`"));
            }
            (7, other) => panic!("{other:?}"),
            (_, answer) => drop(answer.unwrap()),
        }
    }
    assert_eq!(ledger.head().number, head.number + 19);
    place.verify(&[head]).await.unwrap();
}

/// Allows panels to record commentary, and everybody to read.
#[derive(Debug)]
struct PanelsComment;

impl Policy for PanelsComment {
    fn decide(&self, question: &Question<'_>) -> Decision {
        let comments = &*question.actor.role == "panel" && question.act == "record-commentary";
        if comments || question.act == READ {
            return Decision::Allowed;
        }
        Decision::Denied {
            reason: "only a panel may do this, and only comment".to_owned(),
        }
    }
}

async fn the_policy_is_enforced(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let (before, head) = (contents(&ledger), ledger.head());
    let of_panel = |id: &str, drafts| {
        let mut request = request(id, drafts);
        request.actor.role = "panel".into();
        request
    };
    let panel_mark = judgement("5KF", "1a", Method::Panel, "2", None);
    ledger.set_policy(Arc::new(PanelsComment));
    for denied in [
        request("operator", vec![remark("mine")]),
        of_panel("judges", vec![panel_mark.clone()]),
        of_panel("both", vec![remark("mine"), panel_mark]),
    ] {
        let part = denied.drafts.len() - 1;
        let refused = ledger.append(denied).await.unwrap_err();
        let AppendError::Refused(refusals) = &refused else {
            panic!("{refused}");
        };
        let refusal = refusals.each().next().unwrap();
        assert!(
            matches!(refusal.reason, RefusalReason::NotPermitted { .. }),
            "{refused}"
        );
        assert_eq!(refusal.part, u32::try_from(part).ok());
    }
    assert_eq!((contents(&ledger), ledger.head()), (before, head));
    let comments = of_panel("comments", vec![remark("mine")]);
    let entered = ledger.append(comments.clone()).await.unwrap();
    // A request that was already entered gets the same answer, regardless of the current policy.
    ledger.set_policy(Arc::new(NobodyWrites));
    let again = ledger.append(comments).await.unwrap();
    assert_eq!((again.first, again.repeated), (entered.first, true));
}

#[derive(Debug)]
struct NobodyWrites;

impl Policy for NobodyWrites {
    fn decide(&self, _: &Question<'_>) -> Decision {
        Decision::Denied {
            reason: "nobody may do this".to_owned(),
        }
    }
}

async fn malformed_requests_are_refused(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let long = "x".repeat(101);
    for (request, expected) in [
        (request("empty", Vec::new()), "the request has no entry"),
        (
            request("", vec![remark("a")]),
            "the request's identifier has 0 bytes: expected 1 to 100",
        ),
        (
            request(&long, vec![remark("a")]),
            "the request's identifier has 101 bytes: expected 1 to 100",
        ),
        (
            request("a\0b", vec![remark("a")]),
            "the request's identifier has a control character",
        ),
    ] {
        let refused = ledger.append(request).await.unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
    // Databases have trouble with this text, but it must be stored unchanged.
    let drafts = south();
    ledger.append(request("'; -- ☃", drafts)).await.unwrap();
    let odd = "nul \0, quote ' and \u{10FFFF}";
    ledger
        .append(request("odd", vec![remark(odd)]))
        .await
        .unwrap();
    drop(ledger);
    assert!(contents(&place.open().await).contains("quote ' and"));
}

async fn two_servers_see_each_others_entries(engine: Engine) {
    let place = Place::new(engine).await;
    let first = place.with_case().await;
    let second = place.open_elsewhere().await;
    let mut delays = Vec::new();
    for number in 0..20 {
        let (from, to) = if number % 2 == 0 {
            (&first, &second)
        } else {
            (&second, &first)
        };
        let mut heads = to.heads();
        let request = request(&format!("seen {number}"), vec![remark("hello")]);
        let receipt = from.append(request).await.unwrap();
        let start = Instant::now();
        let waiting = heads.wait_for(|head| head.number >= receipt.last);
        let result = tokio::time::timeout(Duration::from_secs(20), waiting).await;
        result.expect("the other server sees it").unwrap();
        delays.push(start.elapsed());
        assert_eq!(contents(&first), contents(&second));
        assert_eq!(first.head(), second.head());
    }
    delays.sort();
    println!(
        "{engine:?}: seen by the other server after {:?} (median), {:?} (longest)",
        delays[delays.len() / 2],
        delays[delays.len() - 1]
    );
}

async fn several_servers_can_open_an_empty_database(engine: Engine) {
    let first = Place::new(engine).await;
    for _ in 0..5 {
        let place = first.another().await;
        let opening = || place.open_elsewhere();
        let (first, second, third, fourth) =
            tokio::join!(opening(), opening(), opening(), opening());
        let ledgers = [first, second, third, fourth];
        for (number, ledger) in ledgers.iter().enumerate() {
            let drafts = if number == 0 {
                south()
            } else {
                vec![remark("also here")]
            };
            let request = request(&format!("request {number}"), drafts);
            ledger.append(request).await.unwrap();
        }
        place.verify(&[]).await.unwrap();
    }
}

/// Checks without waiting that `close` has kept its promises when it returns.
async fn a_closed_ledger_has_released_its_database(engine: Engine) {
    let place = Place::new(engine).await;
    let (first, second) = (place.with_case().await, place.open_elsewhere().await);
    let clone = first.clone();
    let mut heads = second.heads();
    first
        .append(request("message", vec![remark("hello")]))
        .await
        .unwrap();
    let head = first.head();
    heads.wait_for(|seen| *seen == head).await.unwrap();
    let late = tokio::spawn({
        let first = first.clone();
        async move { first.append(request("late", vec![remark("late")])).await }
    });
    second.close().await;
    first.close().await;
    // Every clone is closed, and requests that arrived in time are entered.
    let refused = clone
        .append(request("too late", vec![remark("too late")]))
        .await;
    assert!(matches!(refused, Err(AppendError::Stopping)), "{refused:?}");
    let head = match late.await.unwrap() {
        Ok(receipt) => {
            assert_eq!(receipt.last, clone.head().number);
            clone.head()
        }
        Err(error) => {
            assert!(matches!(error, AppendError::Stopping), "{error}");
            head
        }
    };
    if let wcc_ledger::Address::Sqlite(path) = &place.address {
        for ending in ["db-wal", "db-shm"] {
            let left = path.with_extension(ending);
            assert!(!left.exists(), "{} still exists", left.display());
        }
        let copy = Place::new(engine).await;
        std::fs::copy(path, copy.folder.path().join("ledger.db")).unwrap();
        assert_eq!(copy.verify(&[head]).await.unwrap(), head);
    } else {
        place.settle().await;
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
    }
}

async fn a_dropped_ledger_releases_its_database(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let writing = ledger.ended();
    drop(ledger);
    // This may take long on a busy machine.
    writing.await;
    if let wcc_ledger::Address::Sqlite(path) = &place.address {
        let log = path.with_extension("db-wal");
        assert!(!log.exists(), "the file is still open");
    }
    place.settle().await;
}

async fn a_later_schema_is_refused_and_unchanged(engine: Engine) {
    let place = Place::new(engine).await;
    place
        .sql("CREATE TABLE wcc_schema (version BIGINT PRIMARY KEY)")
        .await;
    place.sql("INSERT INTO wcc_schema VALUES (7)").await;
    let refused = place.try_open().await.unwrap_err();
    assert!(
        matches!(
            refused,
            OpenError::Store {
                error: StoreError::TooNew(7),
                ..
            }
        ),
        "{refused}"
    );
    let message = refused.to_string();
    assert!(
        message.contains("schema 7, but this program knows only up to 4; use the version"),
        "{message}"
    );
    // Nothing was added to the database.
    place.sql("CREATE TABLE entry (another BIGINT)").await;
    assert_eq!(place.sql("DELETE FROM wcc_schema").await, 1);
}

async fn authorities_are_separate(engine: Engine) {
    let mut place = Place::new(engine).await;
    let north = place.with_case().await;
    place.sha = "Q31".to_owned();
    let south = place.open().await;
    assert_eq!(south.head().number, 0);
    // Both have the same request and the same cycle.
    let drafts = support::case::south();
    let receipt = south.append(request("load", drafts)).await.unwrap();
    assert_eq!((receipt.first, receipt.repeated), (1, false));
    let head = north.head();
    assert_eq!(south.head().number, head.number);
    assert_ne!(south.head().hash, head.hash);
    south
        .append(request("more", vec![remark("only here")]))
        .await
        .unwrap();
    place.verify(&[south.head()]).await.unwrap();
    place.sha = "Q30".to_owned();
    assert_eq!(place.verify(&[]).await.unwrap(), head);
}

/// If a server dies after a commit but before it writes the head file, the file is outdated until
/// the ledger is opened again.
async fn opening_updates_an_outdated_head_file(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let before = ledger.head();
    ledger
        .append(request("newest", vec![remark("a")]))
        .await
        .unwrap();
    let head = ledger.head();
    drop(ledger);
    place.head_file().write(before).unwrap();
    drop(place.open().await);
    assert_eq!(place.head_file().read().unwrap(), Some(head));
}

/// Some file systems leave a replaced file empty after a power failure.
#[test]
fn an_empty_head_file_counts_as_missing() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        let head = place.with_case().await.head();
        std::fs::write(place.head_path(), "").unwrap();
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
        drop(place.open().await);
        assert_eq!(place.head_file().read().unwrap(), Some(head));
        std::fs::write(place.head_path(), "something else").unwrap();
        let message = place.try_open().await.unwrap_err().to_string();
        assert!(message.contains("expected NUMBER:SHA256"), "{message}");
    });
}

#[test]
fn a_missing_database_is_reported() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        let opening = wcc_ledger::LedgerOptions {
            create: false,
            clock: Arc::new(wcc_ledger::SystemClock),
            ..place.opening()
        };
        let missing = Ledger::open(opening, Arc::new(FileFormats))
            .await
            .unwrap_err();
        assert!(matches!(missing, OpenError::Missing(_)), "{missing}");
        assert!(std::fs::read_dir(place.folder.path()).unwrap().count() == 0);
    });
}

#[test]
fn a_refusal_is_reported_as_such_without_retries() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        place.with_case().await.close().await;
        let opening = wcc_ledger::LedgerOptions {
            patience: Duration::ZERO,
            ..place.opening()
        };
        let ledger = Ledger::open(opening, Arc::new(FileFormats)).await.unwrap();
        let drafts = vec![remark("once")];
        let first = ledger.append(request("one", drafts.clone())).await.unwrap();
        let again = ledger.append(request("one", drafts)).await.unwrap();
        assert_eq!((again.first, again.repeated), (first.first, true));
        let bad = judgement("nobody", "1a", Method::Panel, "2", None);
        let refused = ledger.append(request("bad", vec![bad])).await.unwrap_err();
        assert!(matches!(refused, AppendError::Refused(_)), "{refused}");
    });
}
