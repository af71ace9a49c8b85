//! Makes tokens as issuers do, serves keys as they do, and sends requests with tokens.

#![allow(dead_code, reason = "each test file uses its own part")]

#[path = "keys.rs"]
mod keys;

use crate::server::{Answer, Server};
use crate::support::{self, printed_with, settings_with, stderr, stdout, wcc_with};
#[allow(unused_imports, reason = "each test file uses its own part")]
pub(crate) use keys::{Key, encode, now, symmetric};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// An HTTP server that publishes keys.
pub(crate) struct KeyServer {
    address: SocketAddr,
    state: Arc<KeyState>,
}

#[derive(Default)]
struct KeyState {
    body: Mutex<String>,
    /// Whether it answers with an error.
    is_down: AtomicBool,
    /// Whether it takes the request and never answers.
    is_stuck: AtomicBool,
    requests: AtomicUsize,
}

impl KeyServer {
    pub(crate) fn start(keys: &[&Key]) -> KeyServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(KeyState::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream);
                    let mut line = String::new();
                    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                        line.clear();
                    }
                    state.requests.fetch_add(1, Ordering::SeqCst);
                    while state.is_stuck.load(Ordering::SeqCst) {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    let body = state.body.lock().expect("no panic").clone();
                    let status = if state.is_down.load(Ordering::SeqCst) {
                        "503 Down"
                    } else {
                        "200 OK"
                    };
                    let _ = write!(
                        reader.get_mut(),
                        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                         Connection: close\r\n\r\n{body}",
                        body.len()
                    );
                });
            }
        });
        let server = KeyServer { address, state };
        server.publish(keys);
        server
    }

    /// The URL of the keys.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/keys", self.address)
    }

    pub(crate) fn publish(&self, keys: &[&Key]) {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        self.publish_text(&json!({ "keys": keys }).to_string());
    }

    pub(crate) fn publish_text(&self, text: &str) {
        text.clone_into(&mut self.state.body.lock().expect("no panic"));
    }

    pub(crate) fn set_down(&self, is_down: bool) {
        self.state.is_down.store(is_down, Ordering::SeqCst);
    }

    pub(crate) fn set_stuck(&self, is_stuck: bool) {
        self.state.is_stuck.store(is_stuck, Ordering::SeqCst);
    }

    /// Number of requests so far.
    pub(crate) fn requests(&self) -> usize {
        self.state.requests.load(Ordering::SeqCst)
    }
}

pub(crate) const CASE: &str = "south-of-tyne-and-wear";
pub(crate) const CYCLE: &str = "south-of-tyne-and-wear/2008-09";
pub(crate) const ISSUER: &str = "https://sign-in.example";
pub(crate) const AUDIENCE: &str = "wcc.example";

/// Policies under which panels and leads comment on bodies, beside those that ship.
pub(crate) fn policies() -> PathBuf {
    let more = r#"
        @id("comments")
        permit (principal, action == Action::"record-commentary", resource is Body)
        when { ["panel", "lead"].contains(principal.role) };
    "#;
    support::policies(more)
}

/// Settings with these policies and more, and a ledger with one case.
pub(crate) fn ledger_with(more: &str) -> PathBuf {
    let settings = settings_with(&format!("policies = '{}'\n{more}", policies().display()));
    printed_with(&settings, &["ledger", "load", &format!("examples/{CASE}")]);
    settings
}

pub(crate) fn issue(settings: &Path, arguments: &[&str]) -> String {
    let output = wcc_with(settings, &[&["token", "issue"], arguments].concat());
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        stderr(&output)
    );
    let token = stdout(&output);
    assert!(
        !stderr(&output).contains(token.trim()),
        "the token is in the message"
    );
    token.trim().to_owned()
}

/// Comments on a body with a token.
pub(crate) fn comment(server: &Server, token: &str, act_as: Option<&str>, body: &str) -> Answer {
    let query = format!(
        "mutation {{ recordCommentary(input: {{ requestId: \"comment {body}\", cycle: \"{CYCLE}\", body: \"{body}\", \
         headings: [\"Remarks\"], text: \"Illustrative.\" }}) {{ entry userErrors {{ message }} }} }}"
    );
    send(server, Some(token), act_as, &query)
}

pub(crate) fn send(
    server: &Server,
    token: Option<&str>,
    act_as: Option<&str>,
    query: &str,
) -> Answer {
    let mut headers = vec![
        "Content-Type: application/json".to_owned(),
        "Accept: application/graphql-response+json".to_owned(),
    ];
    headers.extend(token.map(|token| format!("Authorization: Bearer {token}")));
    headers.extend(act_as.map(|role| format!("Act-As: {role}")));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    server.send(
        "POST /graphql",
        &headers,
        &json!({ "query": query }).to_string(),
    )
}

/// Reads with a token.
pub(crate) fn read(server: &Server, token: &str) -> Answer {
    send(server, Some(token), None, "{ cycles { code } }")
}

pub(crate) fn message(answer: &Answer) -> String {
    answer.body["errors"][0]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// What is wrong with a comment, according to the server; empty if it was recorded.
pub(crate) fn comment_error(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let payload = &answer.body["data"]["recordCommentary"];
    payload["userErrors"][0]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

pub(crate) fn assert_refused(answer: &Answer, words: &str) {
    assert_eq!(answer.status, 401, "{answer:?}");
    assert!(message(answer).contains(words), "{words:?}: {answer:?}");
    assert_eq!(
        answer.body["errors"][0]["extensions"]["code"],
        "UNAUTHENTICATED"
    );
    let head = answer.head.to_ascii_lowercase();
    assert!(
        head.contains("www-authenticate: bearer error=\"invalid_token\"\r\n"),
        "{head}"
    );
    assert!(
        answer.body.get("data").is_none(),
        "never answered as the public: {answer:?}"
    );
}
