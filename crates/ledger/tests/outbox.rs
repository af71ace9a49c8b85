//! Messages for people: kept once, whoever makes them, on both engines.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use jiff::Timestamp;
use jiff::civil::date;
use std::sync::Arc;
use support::{Engine, Place};
use wcc_core::outbox::{Message, MessageKind};
use wcc_ledger::{
    DeliveryResult, MessageState, OutboxPosition, RecipientRecord, RecipientState, SendAgain,
};

on_both_engines!(
    messages_are_kept_once,
    an_attempt_is_noted,
    a_server_that_comes_late_notes_nothing,
    what_reached_whom_is_kept,
    only_what_is_made_after_the_switch_on_is_sent,
    a_message_is_sent_again,
    messages_are_postponed,
    tables_of_the_version_before_are_read_and_upgraded,
);

fn message(id: &str) -> Message {
    Message {
        id: id.to_owned(),
        kind: MessageKind::PhaseOpened,
        role: "executive".to_owned(),
        body: "5KF".to_owned(),
        cycle: "case/1".to_owned(),
        text: "Gateshead PCT (5KF): the phase \"Visit\" was opened".to_owned(),
        target: "/cycles/case/1/bodies/5KF".to_owned(),
    }
}

fn position(entry: u32) -> OutboxPosition {
    OutboxPosition {
        entry,
        began: date(2009, 11, 30),
    }
}

async fn messages_are_kept_once(engine: Engine) {
    let place = Arc::new(Place::new(engine).await);
    place.open().await.close().await;
    let servers = (0..4).map(|server| {
        let place = Arc::clone(&place);
        tokio::spawn(async move {
            let ledger = place.open_elsewhere().await;
            let messages: Vec<Message> = (0..3).map(|at| message(&format!("entry {at}"))).collect();
            // Two may write at the same moment; whoever is refused tries again, as a server does.
            let (made, position) = (Timestamp::UNIX_EPOCH, position(3 + server));
            let store = ledger.store();
            while store.add_messages(&messages, made, position).await.is_err() {}
            ledger.close().await;
        })
    });
    for server in servers.collect::<Vec<_>>() {
        server.await.unwrap();
    }
    let store = place.store().await;
    let kept = store.messages().await.unwrap();
    let ids: Vec<&str> = kept.iter().map(|kept| kept.message.id.as_str()).collect();
    assert_eq!(ids, ["entry 0", "entry 1", "entry 2"]);
    assert_eq!(kept[0].message, message("entry 0"));
    assert_eq!(kept[0].state, MessageState::Waiting);
    // The position never moves back, and the day on which messages began stays.
    let later = OutboxPosition {
        began: date(2009, 12, 1),
        ..position(5)
    };
    let made = Timestamp::UNIX_EPOCH;
    store.add_messages(&[], made, later).await.unwrap();
    assert_eq!(store.outbox_position().await.unwrap(), Some(position(6)));
    store.close().await;
}

async fn an_attempt_is_noted(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let store = ledger.store();
    assert_eq!(store.outbox_position().await.unwrap(), None);
    let made = Timestamp::UNIX_EPOCH;
    let both = [message("one"), message("two")];
    store.add_messages(&both, made, position(1)).await.unwrap();
    let until = Timestamp::from_second(60).unwrap();
    let waiting = store.messages().await.unwrap();

    // One of two servers that saw it waiting sends it.
    let claim = store.claim_message(&waiting[0], until).await.unwrap();
    let claim = claim.unwrap();
    assert_eq!(store.claim_message(&waiting[0], until).await.unwrap(), None);
    let at = Timestamp::from_second(120).unwrap();
    let problem = "no answer from the mail server".to_owned();
    let retry = DeliveryResult::Retry { at, problem };
    assert!(store.settle_message(&claim, &retry).await.unwrap());
    let kept = store.messages().await.unwrap();
    assert_eq!(
        (kept[0].state, kept[0].attempts),
        (MessageState::Waiting, 1)
    );
    assert_eq!(kept[0].next_attempt, at);
    assert_eq!(
        kept[0].problem.as_deref(),
        Some("no answer from the mail server")
    );
    assert_eq!(
        (kept[1].state, kept[1].attempts),
        (MessageState::Waiting, 0)
    );

    let claim = store.claim_message(&kept[0], until).await.unwrap();
    let claim = claim.unwrap();
    let sent = DeliveryResult::Sent { problem: None };
    assert!(store.settle_message(&claim, &sent).await.unwrap());
    // What was sent stays sent.
    let problem = "too late".to_owned();
    let failed = DeliveryResult::Failed { problem };
    assert!(!store.settle_message(&claim, &failed).await.unwrap());
    let claim = store.claim_message(&kept[1], until).await.unwrap();
    let claim = claim.unwrap();
    assert!(store.settle_message(&claim, &failed).await.unwrap());
    let kept = store.messages().await.unwrap();
    let states = kept
        .iter()
        .map(|kept| (kept.state, kept.attempts, kept.problem.as_deref()));
    let expected = [
        (MessageState::Sent, 2, None),
        (MessageState::Failed, 1, Some("too late")),
    ];
    assert_eq!(states.collect::<Vec<_>>(), expected);
    ledger.close().await;
}

/// A sender took so long that another server tried meanwhile: what the later attempt found out holds.
async fn a_server_that_comes_late_notes_nothing(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let store = ledger.store();
    let made = Timestamp::UNIX_EPOCH;
    let waiting = [message("one")];
    store
        .add_messages(&waiting, made, position(1))
        .await
        .unwrap();
    let time = |seconds| Timestamp::from_second(seconds).unwrap();
    let waiting = store.messages_to_send(made).await.unwrap();
    let slow = store.claim_message(&waiting[0], time(60)).await.unwrap();
    let slow = slow.unwrap();

    let waiting = store.messages_to_send(time(60)).await.unwrap();
    let later = store.claim_message(&waiting[0], time(120)).await.unwrap();
    let later = later.unwrap();
    let problem = "no answer from the mail server".to_owned();
    let failed = DeliveryResult::Failed { problem };
    assert!(!store.settle_message(&slow, &failed).await.unwrap());
    let kept = store.messages().await.unwrap();
    assert_eq!(
        (kept[0].state, &kept[0].problem),
        (MessageState::Waiting, &None)
    );
    assert_eq!(kept[0].next_attempt, time(120));
    let sent = DeliveryResult::Sent { problem: None };
    assert!(store.settle_message(&later, &sent).await.unwrap());
    let kept = store.messages().await.unwrap();
    // The attempt that was given up is not counted.
    assert_eq!((kept[0].state, kept[0].attempts), (MessageState::Sent, 1));
    ledger.close().await;
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

fn record(recipient: &str, state: RecipientState) -> RecipientRecord {
    RecipientRecord {
        recipient: recipient.to_owned(),
        state,
        noted: at(30),
        problem: (state != RecipientState::Sent).then(|| "a problem".to_owned()),
    }
}

/// Whoever has claimed a message keeps the claim as long as they renew it; what was sent to whom is known to every
/// server, and stays.
async fn what_reached_whom_is_kept(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let store = ledger.store();
    let one = message("one");
    let messages = [one.clone(), message("two")];
    store
        .add_messages(&messages, at(0), position(1))
        .await
        .unwrap();
    let waiting = store.messages_to_send(at(0)).await.unwrap();
    let claim = store.claim_message(&waiting[0], at(60)).await.unwrap();
    let claim = claim.unwrap();
    assert!(store.renew_claim(&claim, at(120)).await.unwrap());
    let to_send = store.messages_to_send(at(60)).await.unwrap();
    assert_eq!(to_send.len(), 1, "{to_send:?}");
    for record in [
        record("a", RecipientState::Deferred),
        record("b", RecipientState::Refused),
        record("a", RecipientState::Sent),
        // A server that was slow does not take it back.
        record("a", RecipientState::Deferred),
    ] {
        store.note_recipient(&one, &record).await.unwrap();
    }
    let elsewhere = place.store().await;
    let mut found = elsewhere.message_recipients(&one).await.unwrap();
    found.sort_by(|one, other| one.recipient.cmp(&other.recipient));
    let expected = [
        record("a", RecipientState::Sent),
        record("b", RecipientState::Refused),
    ];
    assert_eq!(found, expected);
    let waiting = elsewhere.messages_to_send(at(120)).await.unwrap();
    let waiting = waiting.iter().find(|stored| stored.message == one).unwrap();
    let later = elsewhere.claim_message(waiting, at(300)).await.unwrap();
    assert!(!store.renew_claim(&claim, at(500)).await.unwrap());
    let problem = Some("1 address: refused".to_owned());
    let sent = DeliveryResult::Sent { problem };
    let later = later.unwrap();
    assert!(elsewhere.settle_message(&later, &sent).await.unwrap());
    elsewhere.close().await;
    let kept = store.messages().await.unwrap();
    let counts = (kept[0].sent_to, kept[0].refused_by, kept[0].attempts);
    assert_eq!(counts, (1, 1, 1));
    ledger.close().await;
}

async fn only_what_is_made_after_the_switch_on_is_sent(engine: Engine) {
    use jiff::SignedDuration;
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let store = ledger.store();
    let add = async |id: &str, made: i64| {
        let messages = [message(id)];
        store
            .add_messages(&messages, at(made), position(1))
            .await
            .unwrap();
    };
    let day = SignedDuration::from_hours(24);
    let hour = 3_600;
    let note = async |seconds: i64| {
        let noted = store.note_sender(at(seconds), day, "made before mail was switched on");
        noted.await.unwrap()
    };
    add("before", 0).await;
    assert_eq!(note(10).await, 1);
    add("first", 20).await;
    assert_eq!(note(hour).await, 0);
    // The servers were away for an hour, or for a night.
    add("meanwhile", 2 * hour).await;
    assert_eq!(note(20 * hour).await, 0);
    // Mail was switched off for days. What waited before is still sent.
    add("off", 40 * hour).await;
    assert_eq!(note(100 * hour).await, 1);
    let kept = store.messages().await.unwrap();
    let states = kept
        .iter()
        .map(|kept| (kept.message.id.as_str(), kept.state));
    let expected = [
        ("before", MessageState::NotSent),
        ("first", MessageState::Waiting),
        ("meanwhile", MessageState::Waiting),
        ("off", MessageState::NotSent),
    ];
    assert_eq!(states.collect::<Vec<_>>(), expected);
    let problem = kept[0].problem.as_deref();
    assert_eq!(problem, Some("made before mail was switched on"));
    ledger.close().await;
}

async fn a_message_is_sent_again(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let store = ledger.store();
    let one = message("one");
    store
        .add_messages(std::slice::from_ref(&one), at(0), position(1))
        .await
        .unwrap();
    let request = SendAgain {
        at: at(500),
        by: "A. Operator".to_owned(),
    };
    assert!(!store.send_message_again("one", &request).await.unwrap());
    assert!(!store.send_message_again("none", &request).await.unwrap());
    for (recipient, state) in [("a", RecipientState::Sent), ("b", RecipientState::Refused)] {
        let record = record(recipient, state);
        store.note_recipient(&one, &record).await.unwrap();
    }
    let settle = async |result: DeliveryResult| {
        let waiting = store.messages_to_send(at(1_000)).await.unwrap();
        let claim = store.claim_message(&waiting[0], at(2_000)).await.unwrap();
        let settled = store.settle_message(&claim.unwrap(), &result).await;
        assert!(settled.unwrap());
    };
    let problem = "1 address: refused".to_owned();
    settle(DeliveryResult::Failed { problem }).await;
    assert!(store.send_message_again("one", &request).await.unwrap());
    let kept = store.messages().await.unwrap();
    assert_eq!(kept[0].state, MessageState::Waiting);
    assert_eq!((kept[0].attempts, &kept[0].problem), (0, &None));
    assert_eq!((kept[0].sent_to, kept[0].refused_by), (1, 0));
    assert_eq!(kept[0].sent_again.as_ref(), Some(&request));
    assert_eq!(kept[0].next_attempt, at(500));
    // The refused address is tried again, and nobody else.
    let found = store.message_recipients(&one).await.unwrap();
    assert_eq!(found, [record("a", RecipientState::Sent)]);
    settle(DeliveryResult::Sent { problem: None }).await;
    assert!(!store.send_message_again("one", &request).await.unwrap());
    ledger.close().await;
}

async fn messages_are_postponed(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let store = ledger.store();
    let messages = ["one", "two", "three"].map(message);
    store
        .add_messages(&messages, at(0), position(1))
        .await
        .unwrap();
    let waiting = store.messages_to_send(at(0)).await.unwrap();
    let claim = store.claim_message(&waiting[0], at(600)).await.unwrap();
    let claimed = &waiting[0].message.id;
    let chosen = waiting[1].message.id.as_str();
    store
        .postpone_messages(Some(&[chosen]), at(0), at(60), "nobody")
        .await
        .unwrap();
    store
        .postpone_messages(None, at(0), at(90), "away")
        .await
        .unwrap();
    for kept in store.messages().await.unwrap() {
        let expected = match &kept.message.id {
            id if id == claimed => (at(600), None),
            id if id == chosen => (at(60), Some("nobody")),
            _ => (at(90), Some("away")),
        };
        assert_eq!((kept.next_attempt, kept.problem.as_deref()), expected);
        assert_eq!(kept.attempts, 0);
    }
    // A fault of the mail server is no attempt.
    let postponed = DeliveryResult::Postponed {
        at: at(60),
        problem: None,
    };
    let settled = store.settle_message(&claim.unwrap(), &postponed).await;
    assert!(settled.unwrap());
    let to_send = store.messages_to_send(at(60)).await.unwrap();
    assert_eq!(to_send.len(), 2, "{to_send:?}");
    assert_eq!(to_send[0].attempts, 0);
    ledger.close().await;
}

async fn tables_of_the_version_before_are_read_and_upgraded(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    ledger
        .store()
        .add_messages(&[message("one")], at(0), position(1))
        .await
        .unwrap();
    ledger.close().await;
    for undone in [
        "DROP TABLE message_recipient",
        "DROP TABLE message_sender",
        "DROP INDEX message_to_send",
        "ALTER TABLE message DROP COLUMN claims",
        "ALTER TABLE message DROP COLUMN sent_to",
        "ALTER TABLE message DROP COLUMN refused_by",
        "ALTER TABLE message DROP COLUMN sent_again_by",
        "ALTER TABLE message DROP COLUMN sent_again_at",
        "DELETE FROM wcc_schema WHERE version = 4",
        "DELETE FROM _sqlx_migrations WHERE version = 4",
    ] {
        place.sql(undone).await;
    }
    let store = place.store().await;
    let kept = store.messages().await.unwrap();
    assert_eq!((kept[0].state, kept[0].sent_to), (MessageState::Waiting, 0));
    store.migrate().await.unwrap();
    assert_eq!(store.messages().await.unwrap(), kept);
    store.close().await;
}
