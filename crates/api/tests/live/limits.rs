//! Limits on connections and operations, and clients that do not read.

use crate::book::CYCLE;
use crate::client::send;
use crate::fixture::{Live, commentary};
use crate::socket::{Received, Socket, try_open};
use serde_json::json;
use std::time::Duration;
use wcc_api::{Limits, Settings, SubscriptionSettings};

#[test]
fn connections_are_limited() {
    let live = Live::with(SubscriptionSettings {
        connections: 4,
        connections_per_person: 2,
        connections_without_token: 1,
        ..SubscriptionSettings::default()
    });
    let token = json!({ "Authorization": "Bearer the-clerk" });
    let refused = |payload: serde_json::Value| {
        let mut socket = Socket::open(&live.server, &[]);
        socket.send(json!({ "type": "connection_init", "payload": payload }));
        socket.closed()
    };
    let _public = Socket::ready(&live.server);
    let (code, reason) = refused(json!({}));
    assert_eq!(code, 1013);
    assert!(reason.contains("without a token"), "{reason}");
    let _first = Socket::ready_with(&live.server, token.clone());
    let _second = Socket::ready_with(&live.server, token.clone());
    let (code, reason) = refused(token);
    assert_eq!(code, 1013);
    assert!(reason.contains("2 connections"), "{reason}");
    let deputy = json!({ "Authorization": "Bearer the-deputy" });
    let _other = Socket::ready_with(&live.server, deputy);
    let opened = try_open(&live.server, "graphql-transport-ws", &[]);
    assert_eq!(opened.map(drop), Err(503));
    let headers = [
        ("accept", "text/event-stream"),
        ("content-type", "application/json"),
    ];
    let body = commentary("5KF").to_string();
    let response = send(
        live.server.address,
        "POST",
        "/graphql",
        &headers,
        body.as_bytes(),
    );
    assert_eq!(response.status, 503);
    let code = &response.json()["errors"][0]["extensions"]["code"];
    assert_eq!(code, "TOO_MANY_SUBSCRIPTIONS");
    // A query is not a subscription, whatever its client accepts.
    let query = br#"{"query":"{ __typename }"}"#;
    let response = send(live.server.address, "POST", "/graphql", &headers, query);
    assert_eq!(response.status, 200);
}

#[test]
fn operations_of_a_connection_are_limited() {
    let live = Live::with(SubscriptionSettings {
        operations_per_connection: 2,
        ..SubscriptionSettings::default()
    });
    let mut socket = Socket::ready(&live.server);
    for id in ["1", "2"] {
        socket.subscribe(id, commentary("5KF"));
        socket.next(id);
    }
    socket.subscribe("3", commentary("5KF"));
    let (kind, errors) = socket.message("3");
    assert_eq!(kind, "error");
    assert_eq!(errors[0]["extensions"]["code"], "TOO_MANY_SUBSCRIPTIONS");
    socket.send(json!({ "id": "1", "type": "complete" }));
    socket.subscribe("3", commentary("5KF"));
    socket.next("3");
}

#[test]
fn the_subscriptions_of_a_connection_together_cost_as_much_as_a_query() {
    let live = Live::with_settings(Settings {
        limits: Limits {
            cost: 500,
            ..Limits::default()
        },
        ..Settings::default()
    });
    // Each costs twice its rows.
    let query =
        format!("subscription {{ outputs(cycle: \"{CYCLE}\", first: 100) {{ totalCount }} }}");
    let payload = json!({ "query": query });
    let mut socket = Socket::ready(&live.server);
    for id in ["1", "2"] {
        socket.subscribe(id, payload.clone());
        socket.next(id);
    }
    for _ in 0..3 {
        socket.subscribe("3", payload.clone());
        let (kind, errors) = socket.message("3");
        assert_eq!(kind, "error");
        assert_eq!(errors[0]["extensions"]["code"], "TOO_MANY_SUBSCRIPTIONS");
    }
    socket.send(json!({ "id": "1", "type": "complete" }));
    socket.subscribe("3", payload.clone());
    socket.next("3");
    // A query is answered once, so it has the whole limit for itself.
    socket.subscribe(
        "4",
        json!({ "query": query.replace("subscription", "query") }),
    );
    socket.next("4");
}

/// A client that asks for much and reads nothing.
#[test]
fn a_client_that_does_not_read_is_dropped() {
    let live = Live::with(SubscriptionSettings {
        connections_without_token: 1,
        send_time: Duration::from_millis(200),
        ..SubscriptionSettings::default()
    });
    let mut slow = Socket::ready(&live.server);
    let everything = format!(
        "{{ outputs(cycle: \"{CYCLE}\") {{ edges {{ node {{ cells {{ why {{ text }} marks {{ rationale value }} }} }} }} }} }}"
    );
    // Until more is under way than the system buffers.
    for id in 0..50 {
        slow.subscribe(&id.to_string(), json!({ "query": everything }));
    }
    let is_free = || {
        let mut socket = Socket::open(&live.server, &[]);
        socket.send(json!({ "type": "connection_init" }));
        matches!(socket.receive(), Received::Message(_))
    };
    let mut asked = 50;
    while !is_free() {
        asked += 1;
        assert!(asked < 2_000, "it is still open");
        let id = asked.to_string();
        let message = json!({ "id": id, "type": "subscribe", "payload": { "query": everything } });
        slow.send_or_ignore(message);
        std::thread::sleep(Duration::from_millis(20));
    }
    let end = loop {
        match slow.receive() {
            Received::Message(_) | Received::Ping => {}
            other => break other,
        }
    };
    assert_eq!(end, Received::Gone, "dropped without a word");
}
