//! Whoever asks the same and sees the same shares one answer.

use crate::book::CYCLE;
use crate::fixture::{Live, Rule, hides_sunderland};
use std::sync::Arc;
use std::time::Duration;
use wcc_api::{Answer, Api, Operation, Request, Settings, Subscription};
use wcc_core::Actor;

/// Subscribes many people; each gets the first answer.
async fn subscribe(api: &Api, actors: &[Actor]) -> (Vec<Subscription>, Vec<Answer>) {
    let query = format!(
        "subscription {{ outputs(cycle: \"{CYCLE}\") {{ edges {{ node {{
            values commentary {{ text }} }} }} }} }}"
    );
    let mut subscriptions = Vec::new();
    let mut answers = Vec::new();
    for actor in actors {
        let request = Request::new(query.as_str()).actor(actor.clone());
        let Operation::Subscription(mut subscription) = api.start(request).await else {
            panic!("a subscription");
        };
        answers.push(subscription.next().await);
        subscriptions.push(subscription);
    }
    (subscriptions, answers)
}

/// The next answer of each, all at the same time.
async fn next_of_all(subscriptions: Vec<Subscription>) -> Vec<Answer> {
    let tasks = subscriptions.into_iter().map(|mut subscription| {
        tokio::spawn(async move {
            let next = tokio::time::timeout(Duration::from_secs(60), subscription.next());
            next.await.expect("an answer")
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn count_copies(answers: &[Answer]) -> usize {
    let mut places: Vec<_> = answers.iter().map(|answer| answer.bytes.as_ptr()).collect();
    places.sort_unstable();
    places.dedup();
    places.len()
}

#[test]
fn an_answer_is_computed_once_for_all_who_see_the_same() {
    // With the cache and without it.
    for answer_bytes in [Settings::default().answer_bytes, 0] {
        let live = Live::with_settings(Settings {
            answer_bytes,
            ..Settings::default()
        });
        let api = live.ledger.api.clone();
        api.set_policy(Arc::new(Rule(hides_sunderland)));
        let mut actors = vec![Actor::public(); 40];
        actors.extend((0..40).map(|number| Actor::operator(&*format!("person {number}"))));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(4)
            .enable_all()
            .build()
            .unwrap();
        let (subscriptions, first) = runtime.block_on(subscribe(&api, &actors));
        assert_eq!(count_copies(&first), 2, "{answer_bytes}");
        live.comment("5KF", "Shown.");
        let second = runtime.block_on(next_of_all(subscriptions));
        assert_eq!(count_copies(&second), 2, "{answer_bytes}");
        for (first, second) in first.iter().zip(&second) {
            assert_ne!(first.bytes, second.bytes);
        }
        assert_eq!(second[0].bytes, second[39].bytes);
        assert_ne!(second[0].bytes, second[40].bytes);
    }
}

/// With a write after each other, not everybody's view is built in every state.
#[test]
fn a_view_that_was_not_asked_for_in_between_is_continued() {
    let live = Live::start();
    let api = live.ledger.api.clone();
    api.set_policy(Arc::new(Rule(|question| {
        let is_gateshead = question
            .resource
            .body
            .is_some_and(|body| body.code == "5KF");
        hides_sunderland(question) && !(is_gateshead && &*question.actor.role == "auditor")
    })));
    let auditor = Actor {
        role: "auditor".into(),
        ..Actor::operator("A. Uditor")
    };
    let ask = |actor: &Actor| {
        let request = Request::new("{ frameworks { code } }").actor(actor.clone());
        live.ledger.answer(request).bytes
    };
    let public = ask(&Actor::public());
    ask(&auditor);
    live.comment("5KG", "One.");
    ask(&auditor);
    live.comment("5KG", "Two.");
    let again = ask(&Actor::public());
    assert_eq!(public.as_ptr(), again.as_ptr(), "the cached answer is used");
}
