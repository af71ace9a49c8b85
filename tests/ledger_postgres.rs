//! Two servers on one PostgreSQL database, also while it is unavailable.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "../crates/ledger/tests/support/cluster.rs"]
mod cluster;
#[path = "support/server.rs"]
mod server;
mod support;

use cluster::Cluster;
use serde_json::{Value, json};
use server::Server;
use std::path::Path;
use std::time::{Duration, Instant};
use support::{settings_with, stderr, stdout, wcc_with};

const CYCLE: &str = "another-regime/2017-18";

/// Waits for a condition; returns how long it took.
fn until(what: &str, holds: impl Fn() -> bool) -> Duration {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
    start.elapsed()
}

fn head(server: &Server) -> u64 {
    let head = server.ask("{ ledger { head { entry } } }");
    head["ledger"]["head"]["entry"].as_u64().expect("an entry")
}

fn is_ready(server: &Server) -> bool {
    server.raw("GET /readyz", &[]).starts_with("HTTP/1.1 200")
}

/// Files evidence on a body of the cycle; returns the answer.
fn file(server: &Server, settings: &Path, body: &str, id: &str) -> Value {
    let token = settings.with_file_name("data").join("operator.token");
    let token = std::fs::read_to_string(token).expect("the token");
    let query = "mutation($input: FileEvidenceInput!) { fileEvidence(input: $input) {
        entry repeated userErrors { message } } }";
    let input = json!({
        "cycle": CYCLE, "id": id, "body": body, "kind": "PANEL_DAY", "title": "Minutes",
        "requestId": id,
    });
    let body = json!({ "query": query, "variables": { "input": input } }).to_string();
    let authorization = format!("Authorization: Bearer {}", token.trim());
    let headers = ["Content-Type: application/json", &authorization];
    server.send("POST /graphql", &headers, &body).body
}

#[test]
fn two_servers_share_a_ledger_and_outlive_its_database() {
    let cluster = Cluster::start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let address = runtime.block_on(cluster.database());
    let entries = format!("[ledger]\naddress = '{address}'\npatience_seconds = 2\n");
    let settings = settings_with(&entries);
    let loaded = wcc_with(&settings, &["ledger", "load", "examples/another-regime"]);
    assert!(loaded.status.success(), "{}", stderr(&loaded));
    let files = wcc_with(&settings, &["assure", "examples/another-regime", "--json"]);
    let ledger = wcc_with(&settings, &["assure", "ledger:", "--json"]);
    assert!(stdout(&files) == stdout(&ledger), "the same bytes");

    let (first, second) = (Server::on_ledger(&settings), Server::on_ledger(&settings));
    let pcts = first.ask(&format!(
        "{{ outputs(cycle: \"{CYCLE}\") {{ edges {{ node {{ pct {{ code }} }} }} }} }}"
    ));
    let pct = pcts["outputs"]["edges"][0]["node"]["pct"]["code"]
        .as_str()
        .expect("a body")
        .to_owned();
    let filed = file(&first, &settings, &pct, "minutes-1");
    let entry = filed["data"]["fileEvidence"]["entry"]
        .as_u64()
        .unwrap_or_else(|| panic!("{filed}"));
    let took = until("the other server sees it", || head(&second) == entry);
    println!("seen on the other server after {took:?}");

    // The same database, by an address other than localhost.
    let elsewhere = Server::on_ledger(&settings_with(&entries.replace("127.0.0.1", "0.0.0.0")));
    let log = elsewhere.log_with("add `sslmode=verify-full` to ledger.address");
    assert!(log.contains("can read and change the traffic"), "{log}");
    drop(elsewhere);
    assert!(
        !first.log_with("").contains("sslmode"),
        "nobody is on the way"
    );

    cluster.stop_immediately();
    until("a server that cannot write says so", || {
        !is_ready(&first) && !is_ready(&second)
    });
    assert_eq!(
        head(&first),
        entry,
        "the entries that were read are still served"
    );
    let away = file(&first, &settings, &pct, "minutes-2");
    assert_eq!(
        away["errors"][0]["extensions"]["code"], "SERVICE_UNAVAILABLE",
        "{away}"
    );
    let words = away.to_string();
    assert!(!words.contains("127.0.0.1"), "no address is told: {words}");

    cluster.start_again();
    until("both recover without help", || {
        is_ready(&first) && is_ready(&second)
    });
    let filed = file(&second, &settings, &pct, "minutes-2");
    assert_eq!(filed["data"]["fileEvidence"]["entry"], entry + 1, "{filed}");
    until("the other server sees it", || head(&first) == entry + 1);
    let verified = wcc_with(&settings, &["verify"]);
    assert!(verified.status.success(), "{}", stderr(&verified));
}
