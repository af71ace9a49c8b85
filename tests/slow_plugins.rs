//! Slow plugins: clients do not wait for them, and the final results are the same as if they had.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use serde_json::{Value, json};
use server::{Server, fork_servers_of, worker_ids, workers_of};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{entry, library, settings_with, stderr, stdout, wcc_with};

const CASE: &str = "examples/south-staffordshire";
const CYCLE: &str = "south-staffordshire/2009-10";

/// Returns the settings entry of a plugin that answers after two seconds.
fn slow() -> String {
    let library = library("faulty");
    let digest = wcc_host::digest_of(&library).expect("the library");
    format!(
        "[[plugin]]\npath = '{}'\nsha256 = '{digest}'\nregions = ['Q34']\nwall_seconds = 20\n\
         [plugin.settings]\nfault = 'slow'\n",
        library.display(),
    )
}

fn settings() -> PathBuf {
    let quick = ["once-north-east", "west-midlands"].map(|name| entry(&library(name)));
    settings_with(&(quick.concat() + &slow()))
}

/// Queries every output with its plugins that failed or have not answered yet.
const ALL: &str =
    "{ cycles { code outputs(first: 50) { edges { node { notChecked beingChecked values
    findings { check message } } } } } }";

const RUNS: &str = "{ cycles { plugins { code checked beingChecked notChecked } } }";

fn runs(server: &Server) -> Vec<(String, bool, bool)> {
    let asked = server.ask(RUNS);
    let cycles = asked["cycles"].as_array().cloned().unwrap_or_default();
    let runs = cycles
        .iter()
        .flat_map(|cycle| cycle["plugins"].as_array().cloned());
    runs.flatten()
        .map(|run| {
            let code = run["code"].as_str().unwrap_or_default().to_owned();
            (code, run["checked"] == true, run["beingChecked"] == true)
        })
        .collect()
}

fn is_being_checked(server: &Server) -> bool {
    runs(server).iter().any(|(_, _, being)| *being)
}

#[test]
fn a_start_and_a_reload_do_not_wait() {
    let settings = settings();
    let begun = Instant::now();
    let server = Server::on_at_once(&settings, &[CASE.to_owned()]);
    // The plugin is called at the earliest when the server starts.
    assert!(
        is_being_checked(&server),
        "after {:?}: {:?}",
        begun.elapsed(),
        runs(&server)
    );
    let all = server.ask(ALL).to_string();
    assert!(
        all.contains("being checked: plugin faulty 0.1.0: it has not answered yet"),
        "{all}"
    );
    assert!(server.raw("GET /readyz", &[]).starts_with("HTTP/1.1 200"));
    let outputs = runs(&server);
    let quick = outputs.iter().find(|(code, ..)| code == "west-midlands");
    assert!(quick.is_some(), "{outputs:?}");
    server.wait_for_plugins();
    assert!(
        runs(&server).iter().all(|(_, checked, _)| *checked),
        "{:?}",
        runs(&server)
    );

    // The final results equal those of a server that waits for plugins.
    let waited = wcc_with(&settings, &["assure", CASE, "--json"]);
    assert!(waited.status.success(), "{}", stderr(&waited));
    let waited: Value = serde_json::from_str(&stdout(&waited)).expect("JSON");
    assert!(!waited.to_string().contains("being checked"));
    let whole = server.ask(ALL).to_string();
    assert!(
        !whole.contains("being checked") && whole.contains("west-midlands/"),
        "{whole}"
    );
    assert_eq!(workers_of(server.id()), 0);
}

fn data(settings: &Path, name: &str) -> PathBuf {
    settings.with_file_name("data").join(name)
}

/// Records the panel's judgement of 5PK on 1a with a new rationale, which is part of the plugin's
/// request; returns how long it took.
fn record(
    server: &Server,
    settings: &Path,
    value: &str,
    request: &str,
    old: &Value,
) -> (Value, Duration) {
    let token = std::fs::read_to_string(data(settings, "operator.token")).expect("the token");
    let authorization = format!("Authorization: Bearer {}", token.trim());
    let query = "mutation($input: RecordJudgementInput!) { recordJudgement(input: $input) {
        entry served userErrors { message } } }";
    let input = json!({ "input": {
        "cycle": CYCLE, "body": "5PK", "measure": "1a", "method": "ANALYST", "value": value,
        "reason": "said so", "requestId": request, "supersedes": old,
    } });
    let body = json!({ "query": query, "variables": input }).to_string();
    let begun = Instant::now();
    let headers = ["Content-Type: application/json", &authorization];
    let answer = server.send("POST /graphql", &headers, &body);
    let took = begun.elapsed();
    let payload = &answer.body["data"]["recordJudgement"];
    assert!(payload["entry"].is_number(), "{answer:?}");
    assert_eq!(payload["served"], true, "{answer:?}");
    (payload["entry"].clone(), took)
}

#[test]
fn writes_do_not_wait_and_the_newest_state_is_checked_in_the_end() {
    let settings = settings();
    let loaded = wcc_with(&settings, &["ledger", "load", CASE]);
    assert!(loaded.status.success(), "{}", stderr(&loaded));
    let server = Server::on_ledger(&settings);
    assert!(!is_being_checked(&server));
    let mut old = Value::Null;
    for (value, request) in (0..12).map(|at| (["2", "3"][at % 2], format!("write {at}"))) {
        let (entry, took) = record(&server, &settings, value, &request, &old);
        assert!(took < Duration::from_secs(1), "{request} took {took:?}");
        assert!(is_being_checked(&server), "{request}: {:?}", runs(&server));
        // Despite many changes, the plugin is called only a few times.
        let workers = workers_of(server.id());
        assert!(workers <= 3, "{workers} workers");
        old = entry;
    }
    server.wait_for_plugins();
    assert!(
        runs(&server).iter().all(|(_, checked, _)| *checked),
        "{:?}",
        runs(&server)
    );
    // A server that starts with the same ledger and waits has the same results.
    let again = Server::on_ledger(&settings);
    assert_eq!(server.ask(ALL), again.ask(ALL));
    assert_eq!(server.terminate(), Some(0));
}

/// Kills a process; says whether it was still there.
fn kill(process: u32) -> bool {
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &process.to_string()])
        .status();
    killed.expect("kill runs").success()
}

/// Waits until a server has one worker; returns its process identifier. On a busy machine an entry may take
/// two calls, and the second spare worker ends after a minute.
fn the_worker(server: u32) -> u32 {
    let end = Instant::now() + Duration::from_secs(90);
    loop {
        if let [id] = worker_ids(server)[..] {
            return id;
        }
        assert!(Instant::now() < end, "{:?}", worker_ids(server));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_worker_waits_for_the_next_entry_and_serves_one_call() {
    // Without a fault, the plugin answers at once, and every judgement is part of its request.
    let slow = slow();
    let (quick, _) = slow.split_once("[plugin.settings]").expect("its settings");
    let settings = settings_with(quick);
    let loaded = wcc_with(&settings, &["ledger", "load", CASE]);
    assert!(loaded.status.success(), "{}", stderr(&loaded));
    let server = Server::on_ledger(&settings);
    assert_eq!(workers_of(server.id()), 0, "nobody has written yet");
    let (old, _) = record(&server, &settings, "2", "first", &Value::Null);
    let first = the_worker(server.id());
    let (old, _) = record(&server, &settings, "3", "second", &old);
    let end = Instant::now() + Duration::from_secs(5);
    while worker_ids(server.id()).contains(&first) {
        assert!(Instant::now() < end, "a worker outlives its call");
        std::thread::sleep(Duration::from_millis(5));
    }
    // A worker that ends while it waits has no effect.
    let second = loop {
        // A worker that has just served its call may end by itself meanwhile.
        let worker = the_worker(server.id());
        if kill(worker) {
            break worker;
        }
    };
    let (old, _) = record(&server, &settings, "4", "third", &old);
    assert!(runs(&server).iter().all(|(_, checked, _)| *checked));
    let third = the_worker(server.id());
    assert_ne!(third, second);
    // Nor has the end of the process from which workers are copied.
    let forks = fork_servers_of(server.id());
    assert_eq!(forks.len(), 1, "{forks:?}");
    assert!(kill(forks[0]));
    let (old, _) = record(&server, &settings, "2", "fourth", &old);
    record(&server, &settings, "3", "fifth", &old);
    assert!(runs(&server).iter().all(|(_, checked, _)| *checked));
    assert_ne!(fork_servers_of(server.id()), forks);
    // Without the plugin, its worker ends.
    let text = std::fs::read_to_string(&settings).expect("the settings");
    let (without, _) = text.split_once("[[plugin]]").expect("an entry");
    std::fs::write(&settings, without).expect("the settings");
    assert!(server.reload().contains("reloaded"));
    let end = Instant::now() + Duration::from_secs(5);
    while workers_of(server.id()) > 0 {
        assert!(Instant::now() < end, "a worker outlives its plugin");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(server.terminate(), Some(0));
}
