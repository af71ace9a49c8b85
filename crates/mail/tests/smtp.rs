//! Sends mail to a mail server. `smtp-server/run.sh` installs it and runs these tests.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    dead_code,
    missing_docs,
    unreachable_pub,
    reason = "tests may panic, and each uses its own part of the helpers"
)]

#[path = "support/mail_server.rs"]
mod mail_server;

use mail_server::MailServer;
use serde_json::Value;
use std::time::Duration;
use wcc_core::outbox::{Message, MessageKind};
use wcc_mail::{MailSender, MailSettings, Security};
use wcc_server::{MessageSender as _, SendError};

fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        from: "Assurance <assurance@sha.example>"
            .parse()
            .expect("an address"),
        credentials: None,
        public_address: "https://assurance.example".parse().expect("a URL"),
        timeout: Duration::from_secs(30),
    }
}

fn sender(port: u16) -> MailSender {
    MailSender::new(settings(port)).expect("a sender")
}

fn message() -> Message {
    Message {
        id: "7f".repeat(32),
        kind: MessageKind::DeadlineNear,
        role: "chair".to_owned(),
        body: "5KF".to_owned(),
        cycle: "south-of-tyne-and-wear/2008-09".to_owned(),
        text: "Gateshead PCT (5KF), 2008/09: an assessment is due by 2009-03-01".to_owned(),
        target: "/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF".to_owned(),
    }
}

async fn send(sender: &MailSender, to: &str) -> Result<(), SendError> {
    sender.send(&message(), to).await
}

fn refused(problem: &str) -> Result<(), SendError> {
    Err(SendError::Refused(problem.to_owned()))
}

fn deferred(problem: &str) -> Result<(), SendError> {
    Err(SendError::Deferred(problem.to_owned()))
}

fn unclear(problem: &str) -> Result<(), SendError> {
    Err(SendError::Unclear(problem.to_owned()))
}

fn unavailable(problem: &str) -> Result<(), SendError> {
    Err(SendError::Unavailable(problem.to_owned()))
}

fn headers(mail: &Value) -> Vec<String> {
    let text = mail["mail"].as_str().expect("a text");
    let (headers, _) = text.split_once("\r\n\r\n").expect("headers and a body");
    let unfolded = headers.replace("\r\n ", " ");
    unfolded.lines().map(str::to_owned).collect()
}

fn header<'h>(headers: &'h [String], name: &str) -> &'h str {
    let prefix = format!("{name}: ");
    let mut found = headers.iter().filter_map(|line| line.strip_prefix(&prefix));
    let value = found
        .next()
        .unwrap_or_else(|| panic!("no {name} in {headers:?}"));
    assert_eq!(found.next(), None, "{name} comes once");
    value
}

/// The body, as somebody reads it.
fn body(mail: &Value) -> String {
    let text = mail["mail"].as_str().expect("a text");
    let (_, body) = text.split_once("\r\n\r\n").expect("headers and a body");
    body.replace("=\r\n", "").replace("=3D", "=")
}

#[tokio::test]
async fn a_malformed_address_is_refused_by_itself() {
    let expected = refused("the address is malformed");
    for address in ["nobody", "a@b@c", "a b@pct.example", ""] {
        assert_eq!(send(&sender(1), address).await, expected, "{address}");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_away_is_a_fault_of_the_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let sent = send(&sender(port), "a@pct.example").await;
    let expected = unavailable("the mail server does not respond as it should");
    assert_eq!(sent, expected);
}

/// It accepts connections and says nothing.
#[tokio::test]
async fn a_mail_server_that_says_nothing_is_given_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let settings = MailSettings {
        timeout: Duration::from_millis(200),
        ..settings(listener.local_addr().expect("an address").port())
    };
    let sender = MailSender::new(settings).expect("a sender");
    let sent = send(&sender, "a@pct.example").await;
    let expected = unavailable("the mail server does not finish within 0 seconds");
    assert_eq!(sent, expected);
}

#[test]
fn the_password_is_not_shown() {
    let settings = MailSettings {
        credentials: Some(("wcc".to_owned(), "a secret".to_owned())),
        ..settings(25)
    };
    let sender = MailSender::new(settings).expect("a sender");
    let shown = format!("{sender:?}");
    assert!(
        shown.contains("wcc") && !shown.contains("a secret"),
        "{shown}"
    );
}

#[tokio::test]
#[ignore = "smtp-server/run.sh installs the mail server"]
async fn each_person_gets_a_mail_of_their_own() {
    let mut server = MailServer::start(&[]);
    let to = ["a@pct.example", "b@pct.example"];
    let mut identifiers = Vec::new();
    for address in to {
        send(&sender(server.port), address).await.expect("sent");
        let mail = server.next();
        assert_eq!(mail["to"], serde_json::json!([address]));
        let headers = headers(&mail);
        assert_eq!(header(&headers, "To"), address);
        assert_eq!(
            header(&headers, "From"),
            "Assurance <assurance@sha.example>"
        );
        assert_eq!(header(&headers, "Subject"), message().text);
        assert_eq!(header(&headers, "Auto-Submitted"), "auto-generated");
        identifiers.push(header(&headers, "Message-ID").to_owned());
        let body = body(&mail);
        for expected in [
            "Gateshead PCT (5KF), 2008/09: an assessment is due by 2009-03-01.",
            "Details: https://assurance.example/cycles/south-of-tyne-and-wear/2008-09/bodies/5KF\r\n",
            "need to do: https://assurance.example/desk\r\n",
            "This mail contains no assessment results",
        ] {
            assert!(body.contains(expected), "{body}");
        }
    }
    assert_ne!(identifiers[0], identifiers[1]);
    assert!(
        identifiers[0].ends_with("@assurance.example>"),
        "{identifiers:?}"
    );

    // Should a mail ever be sent twice, mail programs recognise it.
    for (address, identifier) in to.iter().zip(&identifiers) {
        send(&sender(server.port), address).await.expect("sent");
        assert_eq!(header(&headers(&server.next()), "Message-ID"), identifier);
    }
    assert_eq!(server.end(), 0);
}

#[tokio::test]
#[ignore = "smtp-server/run.sh installs the mail server"]
async fn no_text_becomes_a_header() {
    let mut server = MailServer::start(&[]);
    let message = Message {
        text: "Léa\r\nBcc: other@pct.example\r\n\r\nwas appointed".to_owned(),
        target: "/cycles/a\r\n.\r\nMAIL FROM:<other@pct.example>".to_owned(),
        ..message()
    };
    let to = "a@pct.example";
    let sender = sender(server.port);
    sender.send(&message, to).await.expect("sent");
    let mail = server.next();
    assert_eq!(mail["to"], serde_json::json!([to]));
    let headers = headers(&mail);
    let is_added = |line: &&String| line.starts_with("Bcc") || line.starts_with("MAIL");
    assert_eq!(headers.iter().find(is_added), None);
    assert!(
        body(&mail).contains("Bcc: other@pct.example    was appointed."),
        "{mail}"
    );
    assert_eq!(server.end(), 0);
}

/// Only what the mail server says about an address when it is named is final for it.
#[tokio::test]
#[ignore = "smtp-server/run.sh installs the mail server"]
async fn only_a_wrong_address_is_refused() {
    let mut server = MailServer::start(&[]);
    let sender = sender(server.port);
    let wrong = |code: &str| {
        refused(&format!(
            "the mail server refuses the address (code {code})"
        ))
    };
    assert_eq!(send(&sender, "gone@pct.example").await, wrong("550 5.1.1"));
    assert_eq!(send(&sender, "full@pct.example").await, wrong("552 5.2.2"));
    let later = deferred("the mail server puts it off (code 451)");
    assert_eq!(send(&sender, "busy@pct.example").await, later);
    send(&sender, "busy@pct.example").await.expect("sent");
    assert_eq!(server.next()["to"][0], "busy@pct.example");
    let refuses = |code: &str| {
        unclear(&format!(
            "the mail server refuses it and does not say that the address is wrong (code {code})"
        ))
    };
    // A list that takes mail from its own organisation alone refuses it like a server that passes none on, however
    // many addresses do.
    for (address, code) in [
        ("unclear@pct.example", "550"),
        ("relay@pct.example", "554 5.7.1"),
        ("syntax@pct.example", "501 5.5.4"),
        ("unclear-2@pct.example", "550"),
    ] {
        assert_eq!(send(&sender, address).await, refuses(code), "{address}");
    }
    // The code of a wrong address, but of the mail.
    let content = unclear("the mail server refuses the mail (code 550 5.1.1)");
    assert_eq!(send(&sender, "spam@pct.example").await, content);

    // What is about the sender, the sign-in or the server concerns everybody, even if it comes late.
    for (address, problem) in [
        (
            "sender@pct.example",
            "the mail server takes no mail from the address of `mail.from` (code 550 5.1.8)",
        ),
        (
            "login@pct.example",
            "the mail server wants this server to sign in first (code 530 5.7.0)",
        ),
        (
            "system@pct.example",
            "the mail server takes no mail (code 554 5.3.2)",
        ),
    ] {
        assert_eq!(
            send(&sender, address).await,
            unavailable(problem),
            "{address}"
        );
    }
    send(&sender, "a@pct.example").await.expect("sent");
    assert_eq!(server.next()["to"][0], "a@pct.example");
    assert_eq!(server.end(), 0);
}

#[tokio::test]
#[ignore = "smtp-server/run.sh installs the mail server"]
async fn a_refused_sender_is_a_fault_of_the_server() {
    let server = MailServer::start(&[("REFUSE_SENDER", "yes")]);
    let sent = send(&sender(server.port), "a@pct.example").await;
    let expected = unavailable(
        "the mail server takes no mail from the address of `mail.from` (code 550 5.1.1)",
    );
    assert_eq!(sent, expected);
    assert_eq!(server.end(), 0);
}

/// The time for a mail includes every answer, not only the connection.
#[tokio::test]
#[ignore = "smtp-server/run.sh installs the mail server"]
async fn an_address_without_an_answer_is_given_up() {
    let mut server = MailServer::start(&[]);
    let settings = MailSettings {
        timeout: Duration::from_secs(1),
        ..settings(server.port)
    };
    let sender = MailSender::new(settings).expect("a sender");
    let sent = send(&sender, "silent@pct.example").await;
    let silence = "the mail server does not finish within 1 second";
    assert_eq!(sent, deferred(silence));
    send(&sender, "a@pct.example").await.expect("sent");
    assert_eq!(server.next()["to"][0], "a@pct.example");

    // No answer at one address after another is hardly about them.
    for expected in [deferred(silence), deferred(silence), unavailable(silence)] {
        assert_eq!(send(&sender, "silent@pct.example").await, expected);
    }

    // What was given whole may have arrived: sent again, it would be there twice.
    let unconfirmed = refused("the mail server did not confirm it; it may have arrived");
    assert_eq!(send(&sender, "mute@pct.example").await, unconfirmed);
    assert_eq!(server.next()["to"][0], "mute@pct.example");
    assert_eq!(server.end(), 0);
}

#[tokio::test]
#[ignore = "smtp-server/run.sh installs the mail server"]
async fn a_wrong_password_is_a_fault_of_the_server() {
    let mut server = MailServer::start(&[("PASSWORD", "a secret")]);
    let with = |password: &str| {
        let credentials = Some(("wcc".to_owned(), password.to_owned()));
        let settings = MailSettings {
            credentials,
            ..settings(server.port)
        };
        MailSender::new(settings).expect("a sender")
    };
    let (wrong, right) = (with("another"), with("a secret"));
    let sent = send(&wrong, "a@pct.example").await;
    let expected = unavailable(
        "the mail server does not accept the user and password of `mail.user` and `mail.password_file` \
         (code 535 5.7.8)",
    );
    assert_eq!(sent, expected);
    send(&right, "a@pct.example").await.expect("sent");
    assert_eq!(server.next()["to"][0], "a@pct.example");
    assert_eq!(server.end(), 0);
}

#[tokio::test]
#[ignore = "smtp-server/run.sh installs the mail server"]
async fn nothing_is_sent_without_the_protection_that_was_asked_for() {
    for (offered, asked) in [("starttls", Security::StartTls), ("tls", Security::Tls)] {
        let mut server = MailServer::start(&[("TLS", offered)]);
        let at = |host: &str, port| MailSettings {
            host: host.to_owned(),
            security: asked,
            ..settings(port)
        };
        // Its certificate is for `localhost` alone.
        let other = MailSender::new(at("127.0.0.1", server.port)).expect("a sender");
        let sent = send(&other, "a@pct.example").await;
        assert!(matches!(sent, Err(SendError::Unavailable(_))), "{sent:?}");
        let own = MailSender::new(at("localhost", server.port)).expect("a sender");
        send(&own, "b@pct.example").await.expect("sent");
        let mail = server.next();
        assert_eq!(
            (&mail["to"][0], &mail["secure"]),
            (&"b@pct.example".into(), &true.into())
        );
        assert_eq!(server.end(), 0);

        let unprotected = MailServer::start(&[("TLS", "none")]);
        let sender = MailSender::new(at("localhost", unprotected.port)).expect("a sender");
        let sent = send(&sender, "a@pct.example").await;
        assert!(matches!(sent, Err(SendError::Unavailable(_))), "{sent:?}");
        assert_eq!(unprotected.end(), 0);
    }
}
