//! `cargo bench -p wcc-api`: requests per second of the API, beside two servers that only send
//! the same answers: serialised from plain structures at each request, and as finished bytes.
//!
//! Each server is a process of its own, this same binary, kept on the first core; the load comes
//! from the second (wrk where it is installed). Rounds are interleaved, medians are printed: only
//! the ratios mean anything on another machine. `WCC_BENCH_ROUNDS` and `WCC_BENCH_SECONDS` set
//! how long it takes.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a benchmark: it stops at the first surprise"
)]

#[path = "../../tests/support/england.rs"]
mod england;
mod load;
mod plain;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::Response;
use axum::routing::post;
use plain::Plain;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use wcc_api::{Api, Request, Settings};

const QUERIES: [(&str, &str); 4] = [
    (
        "Q1 one PCT, everything",
        include_str!("../queries/q1.graphql"),
    ),
    (
        "Q2 nation, levels and ratings",
        include_str!("../queries/q2.graphql"),
    ),
    (
        "Q3 nation, all but rationales",
        include_str!("../queries/q3.graphql"),
    ),
    (
        "Q4 one cluster, two years",
        include_str!("../queries/q4.graphql"),
    ),
];

const SERVERS: [&str; 4] = ["cold", "warm", "serde", "bytes"];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.iter().position(|one| one == "--serve") {
        Some(at) => serve(&arguments[at + 1]),
        None => compare(),
    }
}

fn number(name: &str, default: u64) -> u64 {
    let given = std::env::var(name)
        .ok()
        .and_then(|given| given.parse().ok());
    given.unwrap_or(default)
}

fn api(answer_bytes: usize) -> Api {
    let settings = Settings {
        answer_bytes,
        ..Settings::default()
    };
    Api::new(england::programme(152), settings)
}

/// Runs one of the servers until it is killed.
fn serve(which: &str) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let router = match which {
            "cold" => wcc_api::router(api(0)),
            "warm" => wcc_api::router(api(Settings::default().answer_bytes)),
            "serde" => plain_router(&answers().await, false),
            _ => plain_router(&answers().await, true),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap());
        wcc_api::serve_router(listener, router, std::future::pending())
            .await
            .unwrap();
    });
}

async fn answers() -> Vec<Bytes> {
    let api = api(0);
    let mut answers = Vec::new();
    for (_, query) in QUERIES {
        let bytes = api.execute(Request::new(query)).await.bytes;
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(400)]).into_owned();
        assert!(start.starts_with("{\"data\""), "{start}");
        answers.push(bytes);
    }
    answers
}

/// `/q0` to `/q3`, each of which reads its request and sends its answer.
fn plain_router(answers: &[Bytes], finished: bool) -> Router {
    let mut router = Router::new();
    for (at, answer) in answers.iter().enumerate() {
        let path = format!("/q{at}");
        let plain = Arc::new(Plain::read(at, answer));
        let answer = Bytes::copy_from_slice(answer);
        let send = move |_: Bytes| {
            let bytes = if finished {
                answer.clone()
            } else {
                Bytes::from(serde_json::to_vec(&*plain).unwrap())
            };
            std::future::ready(
                Response::builder()
                    .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
                    .body(Body::from(bytes))
                    .unwrap(),
            )
        };
        router = router.route(&path, post(send));
    }
    router
}

/// A server in a process of its own.
struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    fn start(which: &str) -> Running {
        let own = std::env::current_exe().unwrap();
        let mut child = Command::new("taskset")
            .args(["-c", "0"])
            .arg(own)
            .args(["--serve", which])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        Running {
            child,
            address: line.trim().parse().unwrap(),
        }
    }

    /// The most memory that the process has held, in MiB.
    fn peak(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        let kilobytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kilobytes / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn compare() {
    let rounds = number("WCC_BENCH_ROUNDS", 5);
    let seconds = number("WCC_BENCH_SECONDS", 2);
    let servers: Vec<Running> = SERVERS.iter().map(|which| Running::start(which)).collect();
    println!(
        "{:32} {:>9} {:>9} {:>9} {:>9} {:>9}  {:>11} {:>11}",
        "requests/s", "bytes", "cold", "warm", "serde", "finished", "cold/serde", "warm/fin."
    );
    for (at, (name, query)) in QUERIES.iter().enumerate() {
        let body = serde_json::json!({ "query": query }).to_string();
        let mut rates = [const { Vec::new() }; 4];
        for _ in 0..rounds {
            for (which, server) in servers.iter().enumerate() {
                let ours = which < 2;
                let path = if ours {
                    "/graphql".to_owned()
                } else {
                    format!("/q{at}")
                };
                rates[which].push(load::load(server.address, &path, &body, seconds));
            }
        }
        let [cold, warm, serde, finished] = rates.map(median);
        let bytes = length(at);
        println!(
            "{name:32} {bytes:>9} {cold:>9.0} {warm:>9.0} {serde:>9.0} {finished:>9.0}  \
             {:>11.2} {:>11.2}",
            cold / serde,
            warm / finished
        );
    }
    for (which, server) in SERVERS.iter().zip(&servers) {
        println!("peak memory, {which}: {:.1} MiB", server.peak());
    }
}

fn length(at: usize) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime
        .block_on(api(0).execute(Request::new(QUERIES[at].1)))
        .bytes
        .len()
}
