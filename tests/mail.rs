//! Messages are mailed to the right people, once, whatever happens. `crates/mail/tests/smtp-server/run.sh` installs
//! the mail server and runs these tests.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "../crates/ledger/tests/support/cluster.rs"]
mod cluster;
#[path = "../crates/mail/tests/support/mail_server.rs"]
mod mail_server;
#[path = "mail/office.rs"]
mod office;
#[path = "mail/processes.rs"]
mod processes;
#[path = "support/server.rs"]
mod server;
mod support;

use mail_server::MailServer;
use office::{Office, addresses};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The mail server is away for days: nothing is sent to anybody, nothing counts as an attempt, and everything is sent
/// once it is back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn a_mail_server_that_is_away_uses_up_no_attempt() {
    let port = away();
    let office = Office::new(&port).await;
    office.add("one", "executive;body=Q30", "one").await;
    office.add("two", "executive;body=5KF", "two").await;
    office.add("board", "board;body=Q30", "board").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    let mut waits = Vec::new();
    for _ in 0..12 {
        for role in ["executive", "board"] {
            let message = serving.settled(role).await;
            assert_eq!(message["state"], "WAITING", "{message}");
            assert_eq!(message["attempts"], 0, "{message}");
            let problem = "the mail server does not respond as it should";
            assert_eq!(message["problem"], problem, "{message}");
            waits.push(serving.minutes_until(&message));
        }
        serving.later(24 * 60).await;
    }
    let longest = waits.iter().max().expect("one");
    assert!((16..=31).contains(longest), "{waits:?}");

    let mut post = MailServer::start(&[("PORT", &port)]);
    for role in ["executive", "board"] {
        let is_sent = |message: &Value| message["state"] == "SENT";
        let sent = serving.in_time(role, 31, is_sent).await;
        assert_eq!(sent["attempts"], 1, "{sent}");
    }
    serving.stop().await;
    let expected = ["board@mail.example", "one@mail.example", "two@mail.example"];
    assert_eq!(addresses(&post.taken()), expected);
}

/// An address that is put off, wrong or refused without a reason does not concern the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn each_address_is_treated_by_itself() {
    let mut post = MailServer::start(&[]);
    let office = Office::new(&post.port.to_string()).await;
    for name in ["a", "busy", "gone", "z"] {
        office.add(name, "executive;body=Q30", name).await;
    }
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    let put_off = "1 address: the mail server puts it off (code 451)";
    let is_put_off = |message: &Value| message["problem"] == put_off;
    let message = serving.in_time("executive", 2, is_put_off).await;
    assert_eq!(message["state"], "WAITING");
    assert_eq!(
        (&message["sentTo"], &message["attempts"]),
        (&json!(2), &json!(1))
    );
    let is_sent = |message: &Value| message["state"] == "SENT";
    let message = serving.in_time("executive", 31, is_sent).await;
    assert_eq!(
        (&message["sentTo"], &message["refusedBy"]),
        (&json!(3), &json!(1))
    );
    let problem = "1 address: the mail server refuses the address (code 550 5.1.1)";
    assert_eq!(message["problem"], problem, "{message}");

    // Only the address that refused it is tried again.
    let id = message["id"].as_str().expect("an identifier");
    let author = ["--author", "A. Clerk"];
    office.command(&[&["outbox", "send-again", &id[..12]], &author[..]].concat());
    let is_sent_again =
        |message: &Value| message["sentAgainBy"] == "A. Clerk" && message["state"] == "SENT";
    let again = serving.in_time("executive", 31, is_sent_again).await;
    assert_eq!(
        (&again["sentTo"], &again["problem"]),
        (&json!(3), &json!(problem))
    );
    serving.stop().await;
    let expected = ["a@mail.example", "busy@mail.example", "z@mail.example"];
    assert_eq!(addresses(&post.taken()), expected);
}

/// Only some addresses are refused by a rule of the mail server: others get their mail at once, and those few are given
/// up after some time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn a_refusal_that_does_not_say_why_holds_nobody_else_up() {
    let mut post = MailServer::start(&[]);
    let office = Office::new(&post.port.to_string()).await;
    for name in ["relay", "relay-2", "relay-3"] {
        office.add(name, "board;body=Q30", name).await;
    }
    office.add("one", "executive;body=Q30", "one").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    let why = "3 addresses: the mail server refuses it and does not say that the address is wrong (code 554 5.7.1)";
    let id = serving.settled("board").await["id"].clone();
    let mut waits = Vec::new();
    for attempt in 1..=8 {
        let is_tried = |message: &Value| message["id"] == id && message["attempts"] == attempt;
        let message = serving.message_that("board", is_tried).await;
        assert_eq!(message["state"], "WAITING", "{message}");
        assert_eq!(message["problem"], why, "{message}");
        let minutes = serving.minutes_until(&message);
        waits.push(minutes);
        if attempt == 1 {
            // Nobody else waits.
            let is_sent = |message: &Value| message["state"] == "SENT";
            let first = serving.message_that("executive", is_sent).await;
            serving.open_for_pct("partner-survey").await;
            let is_next =
                |message: &Value| message["id"] != first["id"] && message["state"] == "SENT";
            serving.message_that("executive", is_next).await;
        }
        serving.later(minutes).await;
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128]);
    let is_given_up = |message: &Value| message["id"] == id && message["state"] == "FAILED";
    let given_up = serving.message_that("board", is_given_up).await;
    let problem = format!("{why}; given up after 9 attempts");
    assert_eq!(given_up["problem"], problem.as_str(), "{given_up}");
    serving.stop().await;
    assert_eq!(addresses(&post.taken()), ["one@mail.example"; 2]);
}

/// Whose role has ended by the time at which a message is sent does not get it; who comes later does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn recipients_are_those_of_the_moment() {
    let port = away();
    let office = Office::new(&port).await;
    let until_today = format!("executive;body=Q30;until={}", office.today());
    office.add("left", &until_today, "left").await;
    office.add("stays", "executive;body=Q30", "stays").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    let waiting = serving.settled("executive").await;
    assert_eq!(waiting["state"], "WAITING", "{waiting}");
    let is_for_nobody = |message: &Value| message["problem"] == "nobody to send it to";
    let nobody = serving.in_time("board", 31, is_for_nobody).await;
    assert_eq!(
        (&nobody["state"], &nobody["attempts"]),
        (&json!("WAITING"), &json!(0))
    );

    let mut post = MailServer::start(&[("PORT", &port)]);
    office.add("comes", "board;body=Q30", "comes").await;
    serving.later(24 * 60).await;
    let is_sent = |message: &Value| message["state"] == "SENT";
    serving.in_time("executive", 61, is_sent).await;
    serving.in_time("board", 61, is_sent).await;
    serving.stop().await;
    let expected = ["comes@mail.example", "stays@mail.example"];
    assert_eq!(addresses(&post.taken()), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn switching_mail_on_sends_no_backlog() {
    let mut post = MailServer::start(&[]);
    let office = Office::new(&post.port.to_string()).await;
    office.add("one", "executive;body=Q30", "one").await;
    let serving = office.serve(false).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    serving
        .message_that("executive", |message| message["state"] == "WAITING")
        .await;
    serving.stop().await;

    let serving = office.serve(true).await;
    let is_decided = |message: &Value| message["state"] != "WAITING";
    let old = serving.message_that("executive", is_decided).await;
    assert_eq!(old["state"], "NOT_SENT", "{old}");
    assert_eq!(old["problem"], "made before mail was switched on");
    assert_eq!(old["attempts"], 0);
    serving.open_for_pct("partner-survey").await;
    let is_new = |message: &Value| message["id"] != old["id"] && message["state"] == "SENT";
    serving.message_that("executive", is_new).await;
    assert_eq!(addresses(&post.taken()), ["one@mail.example"]);

    let printed = office.command(&["outbox", "--role", "executive"]);
    let words = "not-sent: made before mail was switched on";
    assert!(printed.contains(words), "{printed}");
    // It was left out on purpose, so it has not failed.
    let printed = office.command(&["outbox", "--failed"]);
    assert!(!printed.contains(words), "{printed}");
    let again = office.command(&["outbox", "send-again", "--failed"]);
    assert!(!again.contains("is sent again"), "{again}");
    let id = old["id"].as_str().expect("an identifier");
    office.command(&["outbox", "send-again", &id[..12]]);
    serving.later(1).await;
    let is_sent = |message: &Value| message["id"] == old["id"] && message["state"] == "SENT";
    serving.message_that("executive", is_sent).await;
    serving.stop().await;
    assert_eq!(addresses(&post.taken()), ["one@mail.example"]);
}

/// An OpenID provider does not say who has left, so whoever has not signed in there for long gets no mail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn who_no_longer_signs_in_at_the_provider_gets_no_mail() {
    let mut post = MailServer::start(&[]);
    let office = Office::new(&post.port.to_string()).await;
    office.add("local", "executive;body=Q30", "local").await;
    for name in ["left", "left-too"] {
        office.add(name, "executive;body=Q30", name).await;
        office
            .add(&format!("{name}-board"), "board;body=Q30", name)
            .await;
        office.sign_in_with_provider(name).await;
        office.sign_in_with_provider(&format!("{name}-board")).await;
    }
    office.wait(91 * 24 * 60);
    office.add("new", "executive;body=Q30", "new").await;
    office.sign_in_with_provider("new").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    let is_sent = |message: &Value| message["state"] == "SENT";
    serving.in_time("executive", 1, is_sent).await;
    let nobody = serving.settled("board").await;
    let problem = "nobody to send it to: 2 people have not signed in within the last 90 days";
    assert_eq!(nobody["problem"], problem, "{nobody}");
    serving.stop().await;
    let expected = ["local@mail.example", "new@mail.example"];
    assert_eq!(addresses(&post.taken()), expected);
}

/// A reminder that could not be sent until it was out of date is not sent any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn what_is_no_longer_due_is_not_sent() {
    let port = away();
    let office = Office::new(&port).await;
    office.add("one", "executive;body=Q30", "one").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    serving.later(24 * 60).await;
    serving.settled("executive").await;
    let challenges = async || {
        let mut messages = serving.all().await;
        let is_challenge =
            |message: &Value| message["kind"] == "CHALLENGE" && message["role"] == "executive";
        messages.retain(is_challenge);
        messages
    };
    let until = Instant::now() + Duration::from_secs(60);
    while challenges().await.is_empty() {
        assert!(Instant::now() < until, "no challenge waits");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Nobody answers challenges in this phase.
    serving.open("toolkit").await;
    serving.later(24 * 60).await;

    let mut post = MailServer::start(&[("PORT", &port)]);
    let is_waiting = |message: &Value| message["state"] == "WAITING";
    let mut tries = 0;
    while challenges().await.iter().any(is_waiting) {
        tries += 1;
        assert!(tries < 20, "{:#?}", challenges().await);
        serving.later(31).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    for message in challenges().await {
        assert_eq!(message["state"], "NOT_SENT", "{message}");
        assert_eq!(message["problem"], "it is no longer due", "{message}");
    }
    serving.stop().await;
    assert_eq!(post.taken().len(), 0);
}

/// Nobody hears of what was withdrawn, or replaced, before the mail server was there again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn what_was_withdrawn_or_replaced_is_not_sent() {
    let port = away();
    let office = Office::new(&port).await;
    office.add("one", "executive;body=Q30", "one").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    serving.settled("executive").await;
    let for_pct = serving.open_for_pct("partner-survey").await;
    let is_for_pct = |message: &Value| message["text"].to_string().contains("(5KF)");
    serving.message_that("executive", is_for_pct).await;
    serving.withdraw(for_pct).await;
    serving.open("toolkit").await;
    let mut post = MailServer::start(&[("PORT", &port)]);
    let is_decided = |message: &Value| message["state"] != "WAITING";
    for _ in 0..40 {
        let messages = serving.messages("executive").await;
        if messages.len() == 2 && messages.iter().all(is_decided) {
            break;
        }
        serving.later(31).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let messages = serving.messages("executive").await;
    assert_eq!(messages.len(), 2, "{messages:#?}");
    for message in messages {
        assert_eq!(message["state"], "NOT_SENT", "{message}");
        let why = "what it is about was withdrawn or replaced";
        assert_eq!(message["problem"], why, "{message}");
    }
    serving.stop().await;
    assert_eq!(addresses(&post.taken()), Vec::<String>::new());
}

/// Somebody changes their address while a message is sent to others: it goes to the new one. Whoever has the message
/// already does not get it there as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn an_address_that_changes_while_mail_is_sent_is_not_missed() {
    let mut post = MailServer::start(&[("SLOW", "2000")]);
    let office = Office::new(&post.port.to_string()).await;
    office.add("first", "executive;body=Q30", "slow").await;
    office.add("second", "executive;body=Q30", "z-old").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    // The mail server has the first mail, and has not confirmed it.
    let mut mails = vec![post.next()];
    assert_eq!(addresses(&mails), ["slow@mail.example"]);
    office.change_address("first", "moved").await;
    office.change_address("second", "a-new").await;
    office.wait(1);
    let is_sent = |message: &Value| message["state"] == "SENT";
    let sent = serving.message_that("executive", is_sent).await;
    assert_eq!(sent["sentTo"], 2, "{sent}");
    serving.stop().await;
    mails.extend(post.taken());
    assert_eq!(
        addresses(&mails),
        ["a-new@mail.example", "slow@mail.example"]
    );
}

/// A server that is stopped finishes the mail that is under way, even if the mail server takes nearly a minute.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "crates/mail/tests/smtp-server/run.sh installs the mail server"]
async fn a_stop_while_a_mail_is_confirmed_slowly_sends_it_once() {
    let mut post = MailServer::start(&[("SLOW", "25000")]);
    let office = Office::new(&post.port.to_string()).await;
    office.add("one", "executive;body=Q30", "slow").await;
    office.add("two", "executive;body=Q30", "z").await;
    let serving = office.serve(true).await;
    serving.open("toolkit").await;
    serving.open("self-assessment").await;
    let mut mails = vec![post.next()];
    serving.stop().await;
    assert_eq!(post.taken().len(), 0, "nothing more is begun");

    let serving = office.serve(true).await;
    let is_sent = |message: &Value| message["state"] == "SENT";
    let sent = serving.message_that("executive", is_sent).await;
    assert_eq!(sent["sentTo"], 2, "{sent}");
    serving.stop().await;
    mails.extend(post.taken());
    assert_eq!(addresses(&mails), ["slow@mail.example", "z@mail.example"]);
}

/// A port on which nothing listens.
fn away() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    port.to_string()
}
