//! Attacks on the privacy of respondents, submissions at once, and a server that is killed.

use super::server::Server;
use super::support::printed_with;
use super::{
    Authority, CLOSE, FOLLOW, INVITE, REMIND, SAVE, SHEET, SUBMIT, SURVEY, UNUSABLE, ask,
    invitations, submission, tokens,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn whoever_tries_invitations_learns_nothing() {
    let authority = Authority::new();
    authority.open();
    let people = authority.invite(&[("local-authorities", 3)]);
    authority.submit(&people[0], 5, "");
    // A renewed invitation replaces the one before.
    let contact = json!({ "group": people[1].group, "contact": people[1].contact });
    let renew =
        json!({ "requestId": "renew", "survey": SURVEY, "contacts": [contact], "renew": true });
    let renewed = invitations(&authority.done(INVITE, &renew));
    assert_eq!(renewed.len(), 1);
    let (tag, secret) = people[0]
        .invitation
        .split_once('-')
        .expect("a tag and a secret");
    let invented = format!("{tag}-{}", secret.chars().rev().collect::<String>());
    let elsewhere = format!("0000000000-{secret}");
    let tried = [
        people[0].invitation.clone(),
        people[1].invitation.clone(),
        invented,
        elsewhere,
        "nonsense".to_owned(),
        String::new(),
    ];
    let mut told = BTreeSet::new();
    for invitation in &tried {
        for query in [SHEET, SAVE, SUBMIT] {
            let mut input = json!({ "requestId": "x", "invitation": invitation });
            if query != SHEET {
                input["answers"] = json!([{ "question": "partner", "score": 1 }]);
            }
            let payload = authority.ask(None, query, &input);
            assert!(payload.get("sheet").is_none_or(Value::is_null), "{payload}");
            told.insert(payload["userErrors"].to_string());
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told.iter().all(|told| told.contains(UNUSABLE)), "{told:?}");
    // A mistaken answer is told to nobody without a usable invitation.
    let input = json!({ "requestId": "x", "invitation": tried[0],
        "answers": [{ "question": "no such question", "score": 99 }] });
    let payload = authority.ask(None, SUBMIT, &input);
    assert_eq!(
        payload["userErrors"].to_string(),
        *told.first().expect("one")
    );
    // The invitation gives nothing else, and a token gives no sheet.
    let as_token = tokens::send(&authority.server, Some(&people[2].invitation), None, FOLLOW);
    assert_eq!(as_token.status, 401, "{as_token:?}");
    let close = json!({ "requestId": "close", "survey": SURVEY, "early": true });
    authority.done(CLOSE, &close);
    let closed = json!({ "requestId": "x", "invitation": people[2].invitation });
    let payload = authority.ask(None, SHEET, &closed);
    assert_eq!(
        payload["userErrors"].to_string(),
        *told.first().expect("one")
    );
}

#[test]
fn nothing_that_is_kept_or_logged_names_an_invitation_a_contact_or_an_answer() {
    let authority = Authority::new();
    authority.open();
    let people = authority.invite(&[("local-authorities", 3), ("public", 1)]);
    let saved = submission(&people[3], 2, "the saved secret");
    authority.ask(None, SAVE, &saved);
    for person in &people[..3] {
        authority.submit(person, 3, "the submitted secret");
    }
    let _ = authority.ask(
        None,
        SUBMIT,
        &submission(&people[0], 3, "the repeated secret"),
    );
    authority.done(REMIND, &json!({ "requestId": "r", "survey": SURVEY }));
    let log = authority.server.log_with("answered");
    assert!(log.contains("/graphql"), "requests are logged: {log}");
    let stored = authority.everything_stored();
    for person in &people {
        for secret in [&person.invitation, &person.contact] {
            assert!(!stored.contains(&**secret), "{secret}");
            assert!(!log.contains(&**secret), "{secret}");
        }
        let secret = person.invitation.split_once('-').expect("a secret").1;
        assert!(!stored.contains(secret) && !log.contains(secret));
    }
    for secret in [
        "the saved secret",
        "the submitted secret",
        "the repeated secret",
    ] {
        assert!(!stored.contains(secret), "{secret}");
        assert!(!log.contains(secret), "{secret}");
    }
    // A query by GET cannot carry an invitation: only a mutation takes one.
    let answer = authority.server.send(
        "GET /graphql?query=mutation%7BopenAnswerSheet(input:%7BrequestId:%22a%22,invitation:%22b%22%7D)%7Bserved%7D%7D",
        &["Accept: application/json"],
        "",
    );
    assert_eq!(answer.status, 405, "{answer:?}");
}

#[test]
fn of_submissions_at_once_only_one_counts() {
    let authority = Authority::new();
    authority.open();
    let people = authority.invite(&[("local-authorities", 3)]);
    let submitted: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..12)
            .map(|at| {
                let (authority, person) = (&authority, &people[at % 3]);
                scope.spawn(move || {
                    let input = submission(person, 1 + at % 6, "");
                    authority.ask(None, SUBMIT, &input)["submitted"] == true
                })
            })
            .collect();
        let results = tries
            .into_iter()
            .map(|tried| tried.join().expect("no panic"));
        results.filter(|submitted| *submitted).count()
    });
    assert_eq!(submitted, 3);
    let surveys = authority.follow(Some(&authority.assurer));
    assert_eq!(surveys[0]["groups"][0]["answered"], 3, "{surveys}");
}

#[test]
fn a_server_that_is_killed_loses_no_answer_and_counts_none_twice() {
    let mut authority = Authority::new();
    authority.open();
    let people = authority.invite(&[("local-authorities", 8)]);
    for (at, person) in people.iter().enumerate() {
        let input = submission(person, 4, "");
        let (server, delay) = (&authority.server, Duration::from_millis(3 * at as u64));
        let confirmed = std::thread::scope(|scope| {
            let sent = scope.spawn(|| {
                // The server may be gone before it answers.
                std::panic::catch_unwind(|| ask(server, None, SUBMIT, &input)).ok()
            });
            std::thread::sleep(delay);
            let id = server.id().to_string();
            let killed = std::process::Command::new("kill")
                .args(["-KILL", &id])
                .status();
            assert!(killed.expect("kill runs").success());
            sent.join().expect("no panic")
        });
        let confirmed =
            confirmed.is_some_and(|answer| answer.body["data"]["it"]["submitted"] == true);
        authority.server = Server::on_ledger(&authority.settings);
        // Either nothing was submitted, and it still can be, or all of it was.
        let again = authority.ask(None, SUBMIT, &submission(person, 4, ""));
        assert!(
            !(confirmed && again["submitted"] == true),
            "submitted twice"
        );
        let surveys = authority.follow(Some(&authority.assurer));
        assert_eq!(surveys[0]["groups"][0]["answered"], at + 1, "{surveys}");
    }
    // Closing that is killed is completed, and records once.
    let close = json!({ "requestId": "close", "survey": SURVEY, "early": true });
    let (server, token) = (&authority.server, &authority.assurer);
    std::thread::scope(|scope| {
        scope.spawn(|| std::panic::catch_unwind(|| ask(server, Some(token), CLOSE, &close)).ok());
        std::thread::sleep(Duration::from_millis(25));
        let id = server.id().to_string();
        let killed = std::process::Command::new("kill")
            .args(["-KILL", &id])
            .status();
        assert!(killed.expect("kill runs").success());
    });
    authority.server = Server::on_ledger(&authority.settings);
    let closed = authority.done(CLOSE, &close);
    assert_eq!(closed["survey"]["state"], "CLOSED", "{closed}");
    let ledger = printed_with(&authority.settings, &["ledger", "show"]);
    let results = ledger
        .lines()
        .filter(|line| line.contains("survey key-stakeholder of 5KF"));
    let results: Vec<&str> = results.collect();
    let printed = printed_with(&authority.settings, &["survey", "results", "partners-360"]);
    assert!(
        printed.contains("4.00 (somewhat agree), 8 answers"),
        "{printed}"
    );
    let by_survey = results.iter().filter(|line| line.contains("an.assurer"));
    assert_eq!(by_survey.count(), 2, "{results:?}");
}
