//! Subscriptions of the real server: its tokens, its reloads and its end.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use server::Server;
use std::time::Duration;
use support::printed_with;
use tokens::{
    AUDIENCE, CYCLE, ISSUER, Key, KeyServer, comment, comment_error, issue, ledger_with, now,
};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long a test waits for something that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A WebSocket to a server.
struct Socket {
    runtime: Runtime,
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Socket {
    /// Opens a connection with a token.
    fn open(server: &Server, token: &str) -> Socket {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_all().build().expect("a runtime");
        let url = format!("ws://{}/graphql", server.address());
        let mut request = url.into_client_request().expect("a request");
        let protocol = "graphql-transport-ws".parse().expect("a header");
        request
            .headers_mut()
            .insert("sec-websocket-protocol", protocol);
        let opened = runtime.block_on(connect_async(request));
        let (stream, _) = opened.expect("the server opens a WebSocket");
        let mut socket = Socket { runtime, stream };
        let token = json!({ "Authorization": format!("Bearer {token}") });
        socket.send(&json!({ "type": "connection_init", "payload": token }));
        assert_eq!(socket.receive(), Ok(json!({ "type": "connection_ack" })));
        socket
    }

    /// Watches the commentary on Gateshead.
    fn watch(server: &Server, token: &str) -> Socket {
        let mut socket = Socket::open(server, token);
        let query = format!(
            "subscription {{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ commentary {{ text }} }} }}"
        );
        socket.send(&json!({ "id": "1", "type": "subscribe", "payload": { "query": query } }));
        assert!(socket.next()["output"].is_object());
        socket
    }

    fn send(&mut self, message: &Value) {
        let message = Message::text(message.to_string());
        let sent = self.runtime.block_on(self.stream.send(message));
        sent.expect("the server reads");
    }

    /// Waits for the next message; an error is the code and the reason of a close frame.
    fn receive(&mut self) -> Result<Value, (u16, String)> {
        self.runtime.block_on(async {
            loop {
                let next = tokio::time::timeout(PATIENCE, self.stream.next()).await;
                match next.expect("the server sends something") {
                    Some(Ok(Message::Text(text))) => {
                        return Ok(serde_json::from_str(&text).expect("JSON"));
                    }
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return Err((frame.code.into(), frame.reason.to_string()));
                    }
                    Some(Ok(_)) => {}
                    other => panic!("{other:?}"),
                }
            }
        })
    }

    /// The `data` of the next answer.
    fn next(&mut self) -> Value {
        let mut message = self.receive().expect("an answer");
        assert_eq!(message["type"], "next", "{message}");
        message["payload"]["data"].take()
    }
}

fn panel(settings: &std::path::Path, person: &str) -> String {
    issue(settings, &["--person", person, "--role", "panel"])
}

#[test]
fn a_subscription_lasts_as_long_as_its_token() {
    let key = Key::ed25519("ed");
    let keys = KeyServer::start(&[&key]);
    let settings = ledger_with(&format!(
        "[subscriptions]\ncheck_seconds = 1\n[tokens]\nleeway_seconds = 0\n[[issuer]]\nname = '{ISSUER}'\n\
         audience = '{AUDIENCE}'\njwks_url = '{}'\nalgorithms = ['EdDSA']\n",
        keys.url()
    ));
    let server = Server::on_ledger(&settings);
    let (kept, revoked) = (panel(&settings, "A. Person"), panel(&settings, "B. Person"));
    let short = key.token(&json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "C. Person", "role": "panel", "exp": now() + 15,
    }));
    let mut kept = Socket::watch(&server, &kept);
    let mut withdrawn = Socket::watch(&server, &revoked);
    let mut short = Socket::watch(&server, &short);
    let writer = panel(&settings, "D. Person");
    assert_eq!(comment_error(&comment(&server, &writer, None, "5KF")), "");
    for socket in [&mut kept, &mut withdrawn, &mut short] {
        let answer = socket.next().to_string();
        assert!(answer.contains("Illustrative."), "{answer}");
    }
    printed_with(&settings, &["token", "revoke", "--person", "B. Person"]);
    let (code, reason) = withdrawn.receive().expect_err("it is closed");
    assert!(
        code == 4403 && reason.contains("revoked"),
        "{code} {reason}"
    );
    let (code, reason) = short.receive().expect_err("it is closed");
    assert!(
        code == 4403 && reason.contains("expired"),
        "{code} {reason}"
    );
    // The others have not noticed anything.
    kept.send(&json!({ "type": "ping" }));
    assert_eq!(kept.receive(), Ok(json!({ "type": "pong" })));
}

#[test]
fn a_server_that_is_stopped_closes_its_subscriptions() {
    let settings = ledger_with("");
    let server = Server::on_ledger(&settings);
    let mut socket = Socket::watch(&server, &panel(&settings, "A. Person"));
    let closed = std::thread::spawn(move || {
        let end = socket.receive();
        // Reading on answers the close frame.
        let _ = socket.runtime.block_on(socket.stream.next());
        end
    });
    assert_eq!(server.terminate(), Some(0));
    let end = closed.join().expect("no panic");
    assert_eq!(end.expect_err("it is closed").0, 1001);
}

#[test]
fn settings_of_subscriptions_are_checked() {
    for (text, words) in [
        ("origins = ['assurance.example']", "not an origin"),
        ("origins = ['https://assurance.example/']", "not an origin"),
        ("ping_seconds = 0", "a whole number from 1 to 600"),
        (
            "conections = 5",
            "did you mean `subscriptions.connections`?",
        ),
    ] {
        let settings = support::settings_with(&format!("[subscriptions]\n{text}\n"));
        let (_, message) = support::refused_with(&settings, &["config"]);
        assert!(message.contains(words), "{text}: {message}");
    }
    let origins =
        "[subscriptions]\norigins = ['https://assurance.example', 'http://127.0.0.1:9000']\n";
    let settings = support::settings_with(origins);
    assert!(printed_with(&settings, &["config"]).contains("https://assurance.example"));
}
