//! Tests that a request is identified by its actor and the actor's identifier.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use support::case::{another_regime, evidence};
use support::{Engine, Place};
use wcc_core::actor::Actor;
use wcc_core::ledger::Draft;
use wcc_ledger::{AppendError, Request};

on_both_engines!(
    actors_do_not_share_request_identifiers,
    a_role_is_part_of_the_actor,
    a_malformed_actor_is_refused,
    a_large_request_is_entered_whole_or_not_at_all,
);

fn request(actor: &Actor, id: &str, draft: Draft) -> Request {
    Request {
        actor: actor.clone(),
        id: id.to_owned(),
        drafts: vec![draft],
    }
}

/// Returns a panel member who acts for a body.
fn panel(person: &str, body: &str) -> Actor {
    Actor {
        person: person.into(),
        role: "panel".into(),
        body: Some(body.into()),
        cycle: Some("another-regime/2017-18".into()),
    }
}

async fn actors_do_not_share_request_identifiers(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let loaded = support::case::request("load", another_regime());
    ledger.append(loaded).await.unwrap();
    let (first, second) = (Actor::operator("first"), Actor::operator("second"));
    // Anybody may make the same remark any number of times.
    let remark = |text: &str| {
        let mut draft = support::case::remark(text);
        if let wcc_core::ledger::Fact::Record { cycle, record } = &mut draft.fact {
            *cycle = "another-regime/2017-18".into();
            if let wcc_core::record::RecordFact::Commentary(fact) = record {
                fact.body = "00M".into();
            }
        }
        draft
    };
    let enter = async |actor: &Actor, text: &str| {
        let receipt = ledger.append(request(actor, "1", remark(text))).await;
        receipt.map(|receipt| (receipt.first, receipt.repeated))
    };
    let (own, _) = enter(&first, "the same").await.unwrap();
    // With equal content, each actor gets their own entry and learns nothing of the other.
    assert_eq!(enter(&second, "the same").await.unwrap(), (own + 1, false));
    assert_eq!(enter(&first, "the same").await.unwrap(), (own, true));
    assert_eq!(enter(&second, "the same").await.unwrap(), (own + 1, true));
    // With different content, only the actor who already used the identifier is refused.
    let reused = enter(&first, "another").await.unwrap_err();
    assert!(matches!(reused, AppendError::AnotherRequest(id) if id == "1"));
    let third = Actor::operator("third");
    assert_eq!(enter(&third, "another").await.unwrap(), (own + 2, false));
    // Both requests are in one batch.
    let (left, right) = (Actor::operator("left"), Actor::operator("right"));
    let (left, right) = tokio::join!(enter(&left, "at once"), enter(&right, "at once"));
    assert_ne!(left.unwrap().0, right.unwrap().0);
    ledger.close().await;
    // The result is the same after a restart.
    let ledger = place.open().await;
    let again = ledger.append(request(&second, "1", remark("the same")));
    let again = again.await.unwrap();
    assert_eq!((again.first, again.repeated), (own + 1, true));
    let note = ledger.look(|state| state.entry(own + 1)).unwrap();
    assert_eq!(*note.actor, second);
    ledger.close().await;
    place.verify(&[]).await.unwrap();
}

async fn a_role_is_part_of_the_actor(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let loaded = support::case::request("load", another_regime());
    ledger.append(loaded).await.unwrap();
    let actors = [
        Actor::operator("one person"),
        panel("one person", "00M"),
        panel("one person", "00N"),
    ];
    let mut numbers = Vec::new();
    for (number, actor) in actors.iter().enumerate() {
        let draft = evidence(&format!("evidence-{number}"), "paper");
        let receipt = ledger.append(request(actor, "1", draft)).await.unwrap();
        assert!(!receipt.repeated);
        numbers.push(receipt.first);
    }
    for (number, (actor, first)) in actors.iter().zip(&numbers).enumerate() {
        let draft = evidence(&format!("evidence-{number}"), "paper");
        let receipt = ledger.append(request(actor, "1", draft)).await.unwrap();
        assert_eq!((receipt.first, receipt.repeated), (*first, true));
        let note = ledger.look(|state| state.entry(*first)).unwrap();
        assert_eq!(*note.actor, *actor);
    }
    ledger.close().await;
    place.verify(&[]).await.unwrap();
    // The columns for the actor are checked against the entry.
    place
        .sql("UPDATE entry SET role = 'operator' WHERE role = 'panel' AND body = '00N'")
        .await;
    let message = place.verify(&[]).await.unwrap_err().to_string();
    assert!(message.contains("its actor"), "{message}");
}

async fn a_malformed_actor_is_refused(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let long = "x".repeat(201);
    for person in ["", "a\u{0}b", &long] {
        let actor = Actor::operator(person);
        let refused = ledger.append(request(&actor, "1", evidence("e", "paper")));
        let refused = refused.await.unwrap_err();
        assert!(matches!(&refused, AppendError::Malformed(_)), "{refused}");
        assert!(
            refused.to_string().contains("the actor's person"),
            "{refused}"
        );
    }
    let nowhere = panel("somebody", "");
    let refused = ledger.append(request(&nowhere, "1", evidence("e", "paper")));
    let refused = refused.await.unwrap_err().to_string();
    assert!(refused.contains("body that they act for"), "{refused}");
    assert_eq!(ledger.head().number, 0);
    ledger.close().await;
}

/// A request whose rows are not kept, because they are too many.
async fn a_large_request_is_entered_whole_or_not_at_all(engine: Engine) {
    let place = Place::new(engine).await;
    let ledger = place.open().await;
    let loaded = support::case::request("load", support::case::south());
    ledger.append(loaded).await.unwrap();
    let remarks = |count: usize| -> Vec<Draft> {
        let texts = (0..count).map(|at| format!("remark {at}"));
        texts.map(|text| support::case::remark(&text)).collect()
    };
    let before = ledger.head();
    let mut spoiled = remarks(5_000);
    if let Some(wcc_core::ledger::Fact::Record { cycle, .. }) =
        spoiled.last_mut().map(|draft| &mut draft.fact)
    {
        *cycle = "no-such-cycle".into();
    }
    let refused = ledger.append(support::case::request("spoiled", spoiled));
    assert!(matches!(refused.await, Err(AppendError::Refused(_))));
    assert_eq!(ledger.head(), before);
    let large = || ledger.append(support::case::request("large", remarks(5_000)));
    let small = ledger.append(support::case::request("small", remarks(1)));
    let (entered, small) = tokio::join!(large(), small);
    let entered = entered.unwrap();
    assert_eq!(entered.last - entered.first, 4_999);
    assert_eq!(small.unwrap().first, entered.last + 1);
    let again = large().await.unwrap();
    assert!(again.repeated);
    assert_eq!((again.first, again.last), (entered.first, entered.last));
    // Reading checks the hash of every entry.
    let head = ledger.head();
    ledger.close().await;
    let ledger = place.open().await;
    assert_eq!(ledger.head(), head);
    ledger.close().await;
}
