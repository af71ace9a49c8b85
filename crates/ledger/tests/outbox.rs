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
use wcc_ledger::{DeliveryResult, MessageState, OutboxPosition};

on_both_engines!(
    messages_are_kept_once,
    an_attempt_is_noted,
    a_server_that_comes_late_notes_nothing
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
        day: date(2009, 11, 30),
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
    // The position never moves back.
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
    assert_eq!(claim.attempt(), 1);
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
    let sent = DeliveryResult::Sent;
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
    let sent = DeliveryResult::Sent;
    assert!(store.settle_message(&later, &sent).await.unwrap());
    let kept = store.messages().await.unwrap();
    assert_eq!((kept[0].state, kept[0].attempts), (MessageState::Sent, 2));
    ledger.close().await;
}
