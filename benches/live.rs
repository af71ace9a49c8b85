//! `cargo bench -p wcc --bench live`: measures how soon subscribers get a new answer after a write.
//!
//! Runs the actual binary with both regional plugins on a fully synced SQLite ledger that holds two
//! national years. A thousand WebSockets without a token watch the results of one region; another client
//! records a judgement there, and each subscriber notes when its answer arrives. The clients run on the
//! same cores as the server.
//!
//! `WCC_BENCH_SUBSCRIBERS` and `WCC_BENCH_WRITES` set the numbers. Each subscriber needs a file descriptor
//! here and one in the server: the benchmark raises its own limit as far as it may, and the server
//! inherits it.

#![allow(
    clippy::indexing_slicing,
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark: it stops at the first surprise"
)]

#[path = "writing/client.rs"]
mod client;
#[path = "writing/server.rs"]
mod server;
#[path = "../tests/support/mod.rs"]
mod support;

use client::Client;
use futures_util::{SinkExt, StreamExt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use server::{Server, ledger_with};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

const CASE: &str = "england";
const CYCLE: &str = "england/2009-10";

fn number(name: &str, default: usize) -> usize {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    let subscribers = number("WCC_BENCH_SUBSCRIBERS", 1_000);
    let writes = number("WCC_BENCH_WRITES", 30);
    raise_limit();
    let binary = Path::new(env!("CARGO_BIN_EXE_wcc"));
    let settings = ledger_with(binary, CASE);
    let mut text = std::fs::read_to_string(&settings).unwrap();
    text.push_str(&format!(
        "\n[subscriptions]\nconnections = {0}\nconnections_without_token = {0}\n",
        subscribers + 10
    ));
    std::fs::write(&settings, text).unwrap();
    let server = Server::start(binary, &settings);
    let mut target = client::targets(server.address(), CYCLE).swap_remove(0);
    let (arrived, arrivals) = channel();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    for _ in 0..subscribers {
        let watching = watch(
            server.address().to_owned(),
            target.region.clone(),
            arrived.clone(),
        );
        runtime.spawn(watching);
    }
    drop(arrived);
    let bytes = collect(&arrivals, subscribers)[0].1;
    println!("{subscribers} subscribers, answers of {bytes} bytes, {writes} writes");
    let mut writer = Client::new(server.address(), server.token());
    let (mut after_sending, mut after_answer) = (Vec::new(), Vec::new());
    let processor = server.processor_time();
    for at in 0..writes + 3 {
        let sent = Instant::now();
        target = writer.write(target);
        let answered = Instant::now();
        let arrivals = collect(&arrivals, subscribers);
        // The first writes warm up the server and are not counted.
        if at >= 3 {
            let since = |start: Instant| {
                let times = arrivals.iter().map(move |(at, _)| *at);
                times.map(move |at| at.saturating_duration_since(start).as_secs_f64() * 1e3)
            };
            after_sending.extend(since(sent));
            after_answer.extend(since(answered));
        }
        // A pause, as there is between the writes of people.
        std::thread::sleep(Duration::from_millis(50));
    }
    let processor = (server.processor_time() - processor) * 1e3 / (writes + 3) as f64;
    print("after the write was answered", after_answer);
    print("after the write was sent", after_sending);
    println!(
        "    {processor:.1} ms of processor time for each write; peak memory {:.1} MiB",
        server.peak_memory()
    );
    runtime.shutdown_background();
}

/// Allows as many open files as the system lets this process have.
fn raise_limit() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}

/// Watches a region, and reports when each answer arrives and how long it is.
async fn watch(address: String, region: String, arrived: Sender<(Instant, usize)>) {
    let mut request = format!("ws://{address}/graphql")
        .into_client_request()
        .unwrap();
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await.unwrap();
    let query = format!(
        "subscription {{ outputs(cycle: \"{CYCLE}\", authority: \"{region}\") {{
            edges {{ node {{ body {{ code name }} values componentValues }} }} }} }}"
    );
    for message in [
        json!({ "type": "connection_init" }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": query } }),
    ] {
        socket
            .send(Message::text(message.to_string()))
            .await
            .unwrap();
    }
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message.unwrap() {
            let at = Instant::now();
            if text.contains("\"type\":\"next\"") {
                assert!(!text.contains("\"errors\""), "{text}");
                if arrived.send((at, text.len())).is_err() {
                    return;
                }
            } else {
                assert!(text.contains("connection_ack"), "{text}");
            }
        }
    }
}

/// Waits for one answer of each subscriber.
fn collect(arrivals: &Receiver<(Instant, usize)>, subscribers: usize) -> Vec<(Instant, usize)> {
    let next = |_| {
        let next = arrivals.recv_timeout(Duration::from_secs(60));
        next.expect("every subscriber gets an answer")
    };
    (0..subscribers).map(next).collect()
}

fn print(title: &str, mut milliseconds: Vec<f64>) {
    milliseconds.sort_by(f64::total_cmp);
    let at = |share: f64| milliseconds[((milliseconds.len() - 1) as f64 * share) as usize];
    println!(
        "    {title:30} {:7.2} median {:7.2} 99th percentile {:7.2} last, ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
