//! `cargo bench -p wcc-api`: compares the API's requests per second with two reference servers that
//! send the same answers, one serialising plain structures for each request and one sending
//! finished bytes.
//!
//! Each server is a separate process of this binary, pinned to the first core; the load runs on the
//! second (with wrk, if it is installed). Rounds are interleaved. Rates are medians, and processor
//! time is summed over all rounds. Only the ratios are comparable between machines.
//! `WCC_BENCH_ROUNDS` and `WCC_BENCH_SECONDS` set the duration.

#![allow(
    clippy::indexing_slicing,
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
use std::process::{Child, Stdio};
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
    match arguments.iter().position(|argument| argument == "--serve") {
        Some(at) => serve(&arguments[at + 1]),
        None => compare(),
    }
}

fn number(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok().and_then(|text| text.parse().ok());
    text.unwrap_or(default)
}

fn api(answer_bytes: usize) -> Api {
    let settings = Settings {
        answer_bytes,
        ..Settings::default()
    };
    Api::new(england::programme(152), settings)
}

/// Runs one of the servers until the process is killed.
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

/// The routes `/q0` to `/q3`, each of which reads its request and sends its answer.
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

/// A server in its own process.
struct ServerProcess {
    child: Child,
    address: SocketAddr,
}

impl ServerProcess {
    fn start(which: &str) -> ServerProcess {
        let executable = std::env::current_exe().unwrap();
        let mut child = load::on_core(0, &executable)
            .args(["--serve", which])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        ServerProcess {
            child,
            address: line.trim().parse().unwrap(),
        }
    }

    /// Peak memory of the process, in MiB.
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

impl ServerProcess {
    /// Processor time of the process so far, in seconds.
    fn processor_time(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        // The fields after the name in parentheses. User and system time are fields 14 and 15.
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        let ticks = |at: usize| fields[at].parse::<f64>().unwrap();
        (ticks(11) + ticks(12)) / 100.0
    }
}

impl Drop for ServerProcess {
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
    let rounds = number("WCC_BENCH_ROUNDS", 9);
    let seconds = number("WCC_BENCH_SECONDS", 1);
    let servers: Vec<ServerProcess> = SERVERS
        .iter()
        .map(|which| ServerProcess::start(which))
        .collect();
    let head = |what: &str| {
        println!(
            "\n{what:32} {:>9} {:>9} {:>9} {:>9} {:>9}  {:>10} {:>10}",
            "bytes", "cold", "warm", "serde", "finished", "cold", "warm"
        );
    };
    let mut work = Vec::new();
    head("requests/s, medians; ratios");
    for (at, (name, query)) in QUERIES.iter().enumerate() {
        let body = serde_json::json!({ "query": query }).to_string();
        let mut rates = [const { Vec::new() }; 4];
        let mut counts = [0.0; 4];
        let before = [0, 1, 2, 3].map(|which: usize| servers[which].processor_time());
        for _ in 0..rounds {
            for (which, server) in servers.iter().enumerate() {
                let is_api = which < 2;
                let path = if is_api {
                    "/graphql".to_owned()
                } else {
                    format!("/q{at}")
                };
                let (count, time) = load::load(server.address, &path, &body, seconds);
                rates[which].push(count / time);
                counts[which] += count;
            }
        }
        let after = [0, 1, 2, 3].map(|which: usize| servers[which].processor_time());
        let time_per_request =
            [0, 1, 2, 3].map(|which| (after[which] - before[which]) * 1e6 / counts[which]);
        let bytes = length(at);
        let rates = rates.map(median);
        show(name, bytes, rates, rates[0] / rates[2], rates[1] / rates[3]);
        work.push((name, bytes, time_per_request));
    }
    head("processor time/request, µs");
    for (name, bytes, each) in work {
        show(name, bytes, each, each[2] / each[0], each[3] / each[1]);
    }
    println!("\nratios: cold against serde_json at each request, warm against finished bytes;");
    println!("those of processor time hold on a busy machine too\n");
    for (which, server) in SERVERS.iter().zip(&servers) {
        println!("peak memory, {which}: {:.1} MiB", server.peak());
    }
}

fn show(name: &str, bytes: usize, each: [f64; 4], cold: f64, warm: f64) {
    let [one, two, three, four] = each;
    println!(
        "{name:32} {bytes:>9} {one:>9.0} {two:>9.0} {three:>9.0} {four:>9.0}  {cold:>10.2} \
         {warm:>10.2}"
    );
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
