//! Tokens that end while a connection is open, the end of the server, and pages of other sites.

use crate::fixture::{CLERK, Live, commentary};
use crate::server::Server;
use crate::socket::{Socket, try_open};
use serde_json::json;
use std::time::{Duration, Instant};
use wcc_api::SubscriptionSettings;

fn checking() -> Live {
    Live::with(SubscriptionSettings {
        check_time: Duration::from_millis(50),
        ..SubscriptionSettings::default()
    })
}

#[test]
fn a_token_that_is_revoked_ends_the_connection() {
    let live = checking();
    let token = json!({ "Authorization": "Bearer the-clerk" });
    let mut by_payload = Socket::ready_with(&live.server, token);
    let mut by_header = Socket::open(&live.server, &[CLERK]);
    by_header.send(json!({ "type": "connection_init" }));
    by_header.receive();
    let deputy = json!({ "authorization": "Bearer the-deputy" });
    let mut other = Socket::ready_with(&live.server, deputy);
    let mut public = Socket::ready(&live.server);
    for socket in [&mut by_payload, &mut by_header, &mut other, &mut public] {
        socket.subscribe("1", commentary("5KF"));
        socket.next("1");
    }
    live.revoke();
    for socket in [&mut by_payload, &mut by_header] {
        let (code, reason) = socket.closed();
        assert_eq!(code, 4403);
        assert!(reason.contains("the token is not accepted"), "{reason}");
    }
    live.comment("5KF", "Afterwards.");
    other.next("1");
    public.next("1");
}

#[test]
fn a_server_that_stops_closes_its_subscriptions() {
    let mut live = Live::start();
    let mut idle = Socket::open(&live.server, &[]);
    let mut open = Socket::ready(&live.server);
    open.subscribe("1", commentary("5KF"));
    open.next("1");
    let started = Instant::now();
    let waiting = std::thread::spawn(move || {
        let closed = (open.closed(), idle.closed());
        // Answering the close frames lets the server finish.
        (open.receive(), idle.receive(), closed).2
    });
    live.server.stop();
    let (open, idle) = waiting.join().unwrap();
    assert_eq!((open.0, idle.0), (1001, 1001));
    assert!(
        started.elapsed() < Duration::from_secs(25),
        "it does not wait for clients until the time for requests is over"
    );
}

#[test]
fn pages_of_other_sites_may_not_open_a_socket() {
    let live = Live::with(SubscriptionSettings {
        origins: vec!["https://assurance.example".to_owned()],
        ..SubscriptionSettings::default()
    });
    let open = |server: &Server, origin: &str| {
        try_open(server, "graphql-transport-ws", &[("origin", origin)]).map(drop)
    };
    let own = format!("http://{}", live.server.address);
    assert_eq!(open(&live.server, &own), Ok(()));
    assert_eq!(open(&live.server, "https://assurance.example"), Ok(()));
    assert_eq!(open(&live.server, "https://other.example"), Err(403));
    assert_eq!(open(&live.server, "null"), Err(403));
}
