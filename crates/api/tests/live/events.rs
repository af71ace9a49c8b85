//! Subscriptions as server-sent events.

use crate::book::CYCLE;
use crate::client::send;
use crate::fixture::{CLERK, Live, commentary, last_text};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use wcc_api::SubscriptionSettings;

const JSON: (&str, &str) = ("content-type", "application/json");
const EVENTS: (&str, &str) = ("accept", "text/event-stream");

/// An open stream of events.
struct Events {
    reader: BufReader<TcpStream>,
    head: String,
}

/// What a stream holds next.
#[derive(Debug, PartialEq)]
enum Event {
    Next(Value),
    Complete,
    Comment,
    /// The response has ended.
    End,
}

impl Events {
    fn open(live: &Live, headers: &[(&str, &str)], payload: &Value) -> Events {
        let body = payload.to_string();
        let mut head = format!(
            "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(live.server.address).unwrap();
        let patience = Some(Duration::from_secs(60));
        stream.set_read_timeout(patience).unwrap();
        write!(stream, "{head}\r\n{body}").unwrap();
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
        }
        Events { reader, head }
    }

    /// Reads one chunk of the response, which is one event.
    fn next(&mut self) -> Event {
        let mut size = String::new();
        if self.reader.read_line(&mut size).unwrap() == 0 {
            return Event::End;
        }
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        let mut chunk = vec![0; size + 2];
        self.reader.read_exact(&mut chunk).unwrap();
        let chunk = std::str::from_utf8(&chunk[..size]).unwrap();
        if chunk.is_empty() {
            return Event::End;
        }
        assert!(chunk.ends_with("\n\n"), "{chunk:?}");
        if chunk.starts_with(':') {
            return Event::Comment;
        }
        match chunk.trim_end().split_once("\ndata:").unwrap() {
            ("event: next", data) => Event::Next(serde_json::from_str(data).unwrap()),
            ("event: complete", "") => Event::Complete,
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self) -> Value {
        match self.next() {
            Event::Next(answer) => answer,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn an_answer_is_sent_at_once_and_when_it_changes() {
    let live = Live::start();
    let mut events = Events::open(&live, &[EVENTS], &commentary("5KF"));
    let head = events.head.to_ascii_lowercase();
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert!(
        head.contains("\r\ncontent-type: text/event-stream; charset=utf-8\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\ncache-control: no-store\r\n"), "{head}");
    assert!(events.answer()["data"]["output"].is_object());
    live.comment("5KG", "Elsewhere.");
    live.comment("5KF", "One.");
    assert_eq!(last_text(&events.answer()), "One.");
}

#[test]
fn a_browser_may_use_get() {
    let live = Live::start();
    let target = format!(
        "/graphql?query=subscription%7Bcycle(id:%22{}%22)%7Bcode%7D%7D",
        CYCLE.replace('/', "%2F")
    );
    let mut stream = TcpStream::connect(live.server.address).unwrap();
    write!(
        stream,
        "GET {target} HTTP/1.1\r\nhost: test\r\naccept: text/event-stream\r\n\r\n"
    )
    .unwrap();
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "event: next"));
    let data = lines.next().unwrap();
    assert!(data.contains(CYCLE), "{data}");
    let target = "/graphql?query=mutation%7B__typename%7D";
    let response = send(live.server.address, "GET", target, &[EVENTS], b"");
    assert_eq!(response.status, 405);
}

#[test]
fn queries_are_answered_once() {
    let live = Live::start();
    let query = json!({ "query": "{ cycles { code } }" });
    let expected = live.ledger.ask("{ cycles { code } }");
    let response = |accept: &str| {
        let headers = [JSON, ("accept", accept)];
        let body = query.to_string();
        send(
            live.server.address,
            "POST",
            "/graphql",
            &headers,
            body.as_bytes(),
        )
    };
    let streamed = response("text/event-stream");
    let text = streamed.text();
    let data = text
        .strip_prefix("event: next\ndata: ")
        .unwrap_or_else(|| panic!("{text}"));
    let data = data.strip_suffix("\n\nevent: complete\ndata:\n\n").unwrap();
    assert_eq!(serde_json::from_str::<Value>(data).unwrap(), expected);
    // A client that accepts JSON as well gets it, and events only for a subscription.
    let both = "application/json, text/event-stream";
    assert_eq!(response(both).json(), expected);
    let mut events = Events::open(&live, &[("accept", both)], &commentary("5KF"));
    assert!(events.answer()["data"]["output"].is_object());
}

#[test]
fn mistakes_are_answered_before_a_stream_is_opened() {
    let live = Live::start();
    let post = |headers: &[(&str, &str)], body: &str| {
        let headers: Vec<_> = [JSON, EVENTS]
            .into_iter()
            .chain(headers.iter().copied())
            .collect();
        send(
            live.server.address,
            "POST",
            "/graphql",
            &headers,
            body.as_bytes(),
        )
    };
    let invalid = json!({ "query": "subscription { nope }" }).to_string();
    let response = post(&[], &invalid);
    assert_eq!(response.status, 400);
    assert_eq!(
        response.json()["errors"][0]["extensions"]["code"],
        "GRAPHQL_VALIDATION_FAILED"
    );
    assert_eq!(post(&[], "nonsense").status, 400);
    let good = commentary("5KF").to_string();
    let refused = post(&[("authorization", "Bearer another")], &good);
    assert_eq!(refused.status, 401);
    assert!(refused.header("www-authenticate").is_some());
    // Without `Accept`, there is no stream to send it in.
    let response = send(
        live.server.address,
        "POST",
        "/graphql",
        &[JSON],
        good.as_bytes(),
    );
    assert_eq!(
        response.json()["errors"][0]["extensions"]["code"],
        "STREAM_REQUIRED"
    );
}

#[test]
fn a_token_that_is_revoked_ends_the_stream() {
    let live = Live::with(SubscriptionSettings {
        check_time: Duration::from_millis(50),
        ..SubscriptionSettings::default()
    });
    let mut events = Events::open(&live, &[EVENTS, CLERK], &commentary("5KF"));
    events.answer();
    live.revoke();
    let end = events.answer();
    assert_eq!(
        end["errors"][0]["extensions"]["code"], "UNAUTHENTICATED",
        "{end}"
    );
    assert_eq!(events.next(), Event::Complete);
    assert_eq!(events.next(), Event::End);
}

#[test]
fn a_server_that_stops_ends_its_streams() {
    let mut live = Live::start();
    let mut events = Events::open(&live, &[EVENTS], &commentary("5KF"));
    events.answer();
    live.server.stop();
    assert_eq!(
        events.next(),
        Event::End,
        "not complete: the client connects again"
    );
}

#[test]
fn an_idle_stream_is_kept_alive() {
    let live = Live::with(SubscriptionSettings {
        ping_time: Duration::from_millis(50),
        ..SubscriptionSettings::default()
    });
    let mut events = Events::open(&live, &[EVENTS], &commentary("5KF"));
    events.answer();
    for _ in 0..3 {
        assert_eq!(events.next(), Event::Comment);
    }
}
