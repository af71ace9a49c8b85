//! What the ledger does, the same on SQLite and on PostgreSQL.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};
use support::case::{CLUSTER, CYCLE, judgement, remark, request, south, standing};
use support::{Engine, Place, run};
use wcc_core::Method;
use wcc_core::ledger::{Refusal, RefusalReason, Refused, State};
use wcc_core::policy::{Decision, Policy, Question, READ};
use wcc_ledger::{AppendError, Ledger, OpenError, StoreError};
use wcc_programme::FileFormats;

on_both_engines!(
    what_is_entered_is_read_back,
    a_request_is_entered_once,
    a_request_with_a_bad_entry_enters_nothing,
    a_contradiction_is_refused_alone,
    what_the_policy_denies_is_refused,
    malformed_requests_are_told,
    two_servers_see_each_others_entries,
    two_servers_open_an_empty_database_at_once,
    a_ledger_that_is_closed_has_let_go_of_its_database,
    a_ledger_that_is_dropped_lets_go_of_its_database,
    a_later_schema_is_refused_and_left_alone,
    authorities_are_kept_apart,
    an_opened_ledger_writes_down_a_head_that_it_missed,
);

/// All that is recorded in the cycle.
fn picture(ledger: &Ledger) -> String {
    ledger.look(|state: &State| {
        let (cycle, fact) = state.cycle_at(CYCLE, state.last()).expect("the cycle");
        format!("{fact:?}\n{:?}", cycle.records_in_codes())
    })
}

async fn what_is_entered_is_read_back(engine: Engine) {
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
    let (before, head) = (picture(&ledger), ledger.head());
    drop(ledger);
    let again = place.open().await;
    assert_eq!(again.head(), head);
    assert_eq!(picture(&again), before);
    assert_eq!(place.verify(&[head]).await.unwrap(), head);
    assert_eq!(place.head_file().read().unwrap(), Some(head));
}

async fn a_request_is_entered_once(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let asked = || request("twice", vec![remark("one"), remark("two")]);
    let first = ledger.append(asked()).await.unwrap();
    assert!(!first.repeated);
    let head = ledger.head();
    for _ in 0..2 {
        let again = ledger.append(asked()).await.unwrap();
        assert!(again.repeated);
        assert_eq!((again.first, again.last), (first.first, first.last));
    }
    // Sent twice at once, and to another server.
    let elsewhere = place.open_elsewhere().await;
    let at_once = request("at once", vec![remark("three")]);
    let (one, two, three) = tokio::join!(
        ledger.append(at_once.clone()),
        ledger.append(at_once.clone()),
        elsewhere.append(at_once)
    );
    let all = [one.unwrap(), two.unwrap(), three.unwrap()];
    assert_eq!(all.iter().filter(|one| !one.repeated).count(), 1, "{all:?}");
    assert!(all.iter().all(|one| one.first == head.number + 1));

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
                .starts_with("the request `twice` was entered")
        );
    }
    assert_eq!(ledger.head().number, head.number + 1);
}

async fn a_request_with_a_bad_entry_enters_nothing(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let (before, head) = (picture(&ledger), ledger.head());
    let bad = judgement(CLUSTER, "no such measure", Method::Panel, "2", None);
    let drafts = vec![remark("good"), bad, remark("good too")];
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
                reason: RefusalReason::Refused(Refused::Unknown(_)),
                ..
            }]
        ),
        "{each:?}"
    );
    assert!(
        refused.to_string().starts_with("entry 2 of the request: "),
        "{refused}"
    );
    assert_eq!((picture(&ledger), ledger.head()), (before, head));
    // The identifier is free for the corrected request.
    let mended = request("mixed", vec![remark("good"), remark("good too")]);
    assert!(!ledger.append(mended).await.unwrap().repeated);
}

async fn a_contradiction_is_refused_alone(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let head = ledger.head();
    // Its cluster has another value, and it does not say why it departs from it.
    let departs = judgement("5KF", "1a", Method::SelfAssessment, "4", None);
    let mut waiting = Vec::new();
    for number in 0..20 {
        let draft = match number {
            7 => departs.clone(),
            _ => remark("sound"),
        };
        let asked = request(&format!("batch {number}"), vec![draft]);
        let ledger = ledger.clone();
        waiting.push(tokio::spawn(async move { ledger.append(asked).await }));
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

/// Lets panels record commentary, and everybody read.
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

async fn what_the_policy_denies_is_refused(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let (before, head) = (picture(&ledger), ledger.head());
    let of_panel = |id: &str, drafts| {
        let mut request = request(id, drafts);
        request.actor.role = "panel".into();
        request
    };
    let judged = judgement("5KF", "1a", Method::Panel, "2", None);
    ledger.set_policy(Arc::new(PanelsComment));
    for denied in [
        request("operator", vec![remark("mine")]),
        of_panel("judges", vec![judged.clone()]),
        of_panel("both", vec![remark("mine"), judged]),
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
    assert_eq!((picture(&ledger), ledger.head()), (before, head));
    let comments = of_panel("comments", vec![remark("mine")]);
    let entered = ledger.append(comments.clone()).await.unwrap();
    // A request that was entered is answered as it was, whatever the policy says by now.
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

async fn malformed_requests_are_told(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let long = "x".repeat(101);
    for (asked, expected) in [
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
        let refused = ledger.append(asked).await.unwrap_err();
        assert_eq!(refused.to_string(), expected);
    }
    // Text that databases have trouble with arrives as it is.
    let drafts = south();
    ledger.append(request("'; -- ☃", drafts)).await.unwrap();
    let odd = "nul \0, quote ' and \u{10FFFF}";
    ledger
        .append(request("odd", vec![remark(odd)]))
        .await
        .unwrap();
    drop(ledger);
    assert!(picture(&place.open().await).contains("quote ' and"));
}

async fn two_servers_see_each_others_entries(engine: Engine) {
    let place = Place::new(engine).await;
    let one = place.with_case().await;
    let two = place.open_elsewhere().await;
    let mut delays = Vec::new();
    for number in 0..20 {
        let (from, to) = if number % 2 == 0 {
            (&one, &two)
        } else {
            (&two, &one)
        };
        let mut heads = to.heads();
        let asked = request(&format!("seen {number}"), vec![remark("hello")]);
        let receipt = from.append(asked).await.unwrap();
        let begun = Instant::now();
        let seen = heads.wait_for(|head| head.number >= receipt.last);
        let seen = tokio::time::timeout(Duration::from_secs(20), seen).await;
        seen.expect("the other server sees it").unwrap();
        delays.push(begun.elapsed());
        assert_eq!(picture(&one), picture(&two));
        assert_eq!(one.head(), two.head());
    }
    delays.sort();
    println!(
        "{engine:?}: seen by the other server after {:?} (median), {:?} (longest)",
        delays[delays.len() / 2],
        delays[delays.len() - 1]
    );
}

async fn two_servers_open_an_empty_database_at_once(engine: Engine) {
    let kept = Place::new(engine).await;
    for _ in 0..5 {
        let place = kept.another().await;
        let opening = || place.open_elsewhere();
        let (one, two, three, four) = tokio::join!(opening(), opening(), opening(), opening());
        let ledgers = [one, two, three, four];
        for (number, ledger) in ledgers.iter().enumerate() {
            let drafts = if number == 0 {
                south()
            } else {
                vec![remark("also here")]
            };
            let asked = request(&format!("request {number}"), drafts);
            ledger.append(asked).await.unwrap();
        }
        place.verify(&[]).await.unwrap();
    }
}

/// Nothing is waited for: what `close` promises is so when it comes back.
async fn a_ledger_that_is_closed_has_let_go_of_its_database(engine: Engine) {
    let place = Place::new(engine).await;
    let (one, two) = (place.with_case().await, place.open_elsewhere().await);
    let other_hold = one.clone();
    let mut heads = two.heads();
    one.append(request("told", vec![remark("hello")]))
        .await
        .unwrap();
    let head = one.head();
    heads.wait_for(|seen| *seen == head).await.unwrap();
    let late = tokio::spawn({
        let one = one.clone();
        async move { one.append(request("late", vec![remark("late")])).await }
    });
    two.close().await;
    one.close().await;
    // Every hold is closed; what had come in time is entered.
    let refused = other_hold
        .append(request("too late", vec![remark("too late")]))
        .await;
    assert!(matches!(refused, Err(AppendError::Stopping)), "{refused:?}");
    let head = match late.await.unwrap() {
        Ok(receipt) => {
            assert_eq!(receipt.last, other_hold.head().number);
            other_hold.head()
        }
        Err(error) => {
            assert!(matches!(error, AppendError::Stopping), "{error}");
            head
        }
    };
    if let wcc_ledger::Address::Sqlite(path) = &place.address {
        for ending in ["db-wal", "db-shm"] {
            let left = path.with_extension(ending);
            assert!(!left.exists(), "{} is left behind", left.display());
        }
        let copy = Place::new(engine).await;
        std::fs::copy(path, copy.folder.path().join("ledger.db")).unwrap();
        assert_eq!(copy.verify(&[head]).await.unwrap(), head);
    } else {
        place.settle().await;
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
    }
}

async fn a_ledger_that_is_dropped_lets_go_of_its_database(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let writing = ledger.ended();
    drop(ledger);
    // However long that takes on a busy machine.
    writing.await;
    if let wcc_ledger::Address::Sqlite(path) = &place.address {
        let log = path.with_extension("db-wal");
        assert!(!log.exists(), "the file is still open");
    }
    place.settle().await;
}

async fn a_later_schema_is_refused_and_left_alone(engine: Engine) {
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
    let told = refused.to_string();
    assert!(
        told.contains("schema 7, this program knows 2: use the version"),
        "{told}"
    );
    // It may hold anything: nothing was added to it.
    place.sql("CREATE TABLE entry (another BIGINT)").await;
    assert_eq!(place.sql("DELETE FROM wcc_schema").await, 1);
}

async fn authorities_are_kept_apart(engine: Engine) {
    let mut place = Place::new(engine).await;
    let north = place.with_case().await;
    place.sha = "Q31".to_owned();
    let south = place.open().await;
    assert_eq!(south.head().number, 0);
    // The same request and the same cycle in both.
    let drafts = support::case::south();
    let receipt = south.append(request("load", drafts)).await.unwrap();
    assert_eq!((receipt.first, receipt.repeated), (1, false));
    let head = north.head();
    assert_eq!(south.head().number, head.number);
    assert_ne!(south.head().hash, head.hash);
    south
        .append(request("more", vec![remark("here alone")]))
        .await
        .unwrap();
    place.verify(&[south.head()]).await.unwrap();
    place.sha = "Q30".to_owned();
    assert_eq!(place.verify(&[]).await.unwrap(), head);
}

/// A server that died between the commit and the head's file leaves the newest entries uncovered
/// until the next opens the ledger.
async fn an_opened_ledger_writes_down_a_head_that_it_missed(engine: Engine) {
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

/// What some file systems leave of a file that was replaced just before the power went.
#[test]
fn an_empty_head_file_is_as_none() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        let head = place.with_case().await.head();
        std::fs::write(place.head_path(), "").unwrap();
        assert_eq!(place.verify(&[head]).await.unwrap(), head);
        drop(place.open().await);
        assert_eq!(place.head_file().read().unwrap(), Some(head));
        std::fs::write(place.head_path(), "something else").unwrap();
        let told = place.try_open().await.unwrap_err().to_string();
        assert!(told.contains("expected NUMBER:SHA256"), "{told}");
    });
}

#[test]
fn a_missing_file_is_told() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        let opening = wcc_ledger::Opening {
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
fn without_patience_a_refusal_is_still_told_as_such() {
    run(async {
        let place = Place::new(Engine::Sqlite).await;
        place.with_case().await.close().await;
        let opening = wcc_ledger::Opening {
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
