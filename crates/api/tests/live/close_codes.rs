//! The close codes of `graphql-transport-ws`, and malformed messages.

use crate::fixture::{CLERK, Live, commentary};
use crate::socket::{Received, Socket, try_open};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use wcc_api::SubscriptionSettings;

fn quick() -> Live {
    Live::with(SubscriptionSettings {
        init_time: Duration::from_millis(100),
        ..SubscriptionSettings::default()
    })
}

#[test]
fn a_client_that_does_not_initialise_is_closed() {
    let live = quick();
    let mut socket = Socket::open(&live.server, &[]);
    let (code, reason) = socket.closed();
    assert_eq!(
        (code, &*reason),
        (4408, "Connection initialisation timeout")
    );
    // One that has stays open.
    let mut socket = Socket::ready(&live.server);
    std::thread::sleep(Duration::from_millis(300));
    socket.send(json!({ "type": "ping" }));
    let pong = json!({ "type": "pong" });
    assert_eq!(socket.receive(), Received::Message(pong));
}

#[test]
fn another_sub_protocol_is_closed() {
    let live = Live::start();
    for protocol in ["graphql-ws", "graphql-transport-wsx, other"] {
        let mut socket = try_open(&live.server, protocol, &[]).unwrap();
        assert_eq!(socket.closed().0, 4406, "{protocol}");
    }
    // Ours may be one of several.
    let mut socket = try_open(&live.server, "other, graphql-transport-ws", &[]).unwrap();
    socket.send(json!({ "type": "connection_init" }));
    let ack = json!({ "type": "connection_ack" });
    assert_eq!(socket.receive(), Received::Message(ack));
}

#[test]
fn an_operation_needs_the_acknowledgement() {
    let live = Live::start();
    let mut socket = Socket::open(&live.server, &[]);
    socket.subscribe("1", commentary("5KF"));
    assert_eq!(socket.closed().0, 4401);
}

#[test]
fn only_one_initialisation_is_accepted() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    socket.send(json!({ "type": "connection_init" }));
    let (code, reason) = socket.closed();
    assert_eq!((code, &*reason), (4429, "Too many initialisation requests"));
}

#[test]
fn an_identifier_is_used_by_one_operation_at_a_time() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    socket.subscribe("1", commentary("5KF"));
    socket.next("1");
    // It is free again after the end of the operation.
    socket.send(json!({ "id": "1", "type": "complete" }));
    socket.subscribe("1", commentary("5KF"));
    socket.next("1");
    socket.subscribe("1", commentary("5KF"));
    let (code, reason) = socket.closed();
    assert_eq!((code, &*reason), (4409, "Subscriber for 1 already exists"));
}

#[test]
fn malformed_messages_are_closed() {
    let live = Live::start();
    let long_id = "x".repeat(300);
    let query = json!({ "query": "{ __typename }" });
    for message in [
        Message::text("nonsense"),
        Message::text(""),
        Message::text("[]"),
        Message::text("{}"),
        Message::text(r#"{"type":"ping","type":"ping"}"#),
        Message::text(r#"{"type":1}"#),
        Message::text(r#"{"type":"hello"}"#),
        Message::text(format!(r#"{{"type":"{}"}}"#, "x".repeat(500))),
        Message::text(json!({ "type": "subscribe", "payload": query }).to_string()),
        Message::text(json!({ "type": "subscribe", "id": "", "payload": query }).to_string()),
        Message::text(json!({ "type": "subscribe", "id": long_id, "payload": query }).to_string()),
        Message::text(json!({ "type": "subscribe", "id": "1" }).to_string()),
        Message::text(json!({ "type": "subscribe", "id": "1", "payload": "x" }).to_string()),
        Message::text(json!({ "type": "subscribe", "id": "1", "payload": {} }).to_string()),
        Message::text(json!({ "type": "complete" }).to_string()),
        Message::binary(b"{\"type\":\"ping\"}".to_vec()),
    ] {
        let mut socket = Socket::ready(&live.server);
        socket.send_raw(message.clone());
        let (code, reason) = socket.closed();
        assert_eq!(code, 4400, "{message:?}");
        assert!((1..=123).contains(&reason.len()), "{reason}");
    }
}

#[test]
fn a_message_that_is_too_long_is_closed() {
    let live = Live::start();
    let mut socket = Socket::ready(&live.server);
    socket.send(json!({ "type": "ping", "payload": { "x": " ".repeat(100_000) } }));
    assert_eq!(socket.closed().0, 1009);
}

#[test]
fn refused_credentials_are_forbidden() {
    let live = Live::start();
    let token = |value: &str| json!({ "Authorization": value });
    for (headers, payload) in [
        (&[][..], token("Bearer another")),
        (&[], token("Basic x")),
        (&[], token("")),
        (&[], json!({ "Act-As": "lead" })),
        (
            &[],
            json!({ "Authorization": "Bearer the-clerk", "Act-As": "lead" }),
        ),
        (&[("authorization", "Bearer another")], Value::Null),
        // Given twice.
        (&[CLERK], token("Bearer the-clerk")),
    ] {
        let mut socket = Socket::open(&live.server, headers);
        socket.send(json!({ "type": "connection_init", "payload": payload }));
        let (code, reason) = socket.closed();
        assert_eq!(code, 4403, "{headers:?} {payload}");
        assert!(!reason.contains("the-clerk"), "{reason}");
    }
}
