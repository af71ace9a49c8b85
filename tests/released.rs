//! Released outputs are kept as those to whom they are released see them, for them alone, and show
//! what today's calculation would change.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/ratified.rs"]
mod ratified;
#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::Server;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{entry, library, policies, printed_with, root, settings_with};
use tokens::send;

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// The kept outputs of Gateshead and what the given selection says of them.
fn kept(server: &Server, token: Option<&str>, selection: &str) -> Vec<Value> {
    let query = format!(
        "{{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ releasedOutputs {{ {selection} }} }} }}"
    );
    let answer = send(server, token, None, &query);
    assert_eq!(answer.status, 200, "{answer:?}");
    let kept = answer.body["data"]["output"]["releasedOutputs"].as_array();
    kept.cloned().unwrap_or_default()
}

/// Waits until so many outputs of Gateshead are kept and compared.
fn compared(server: &Server, token: &str, number: usize) -> Vec<Value> {
    let until = Instant::now() + Duration::from_secs(120);
    loop {
        let selection = "release document differences { path released today }";
        let kept = kept(server, Some(token), selection);
        if kept.len() == number && kept.iter().all(|one| !one["differences"].is_null()) {
            return kept;
        }
        assert!(Instant::now() < until, "{kept:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn document(server: &Server, token: Option<&str>, sha256: &str) -> Option<Value> {
    let header = token.map(|token| format!("Authorization: Bearer {token}"));
    let headers: Vec<&str> = header.iter().map(String::as_str).collect();
    let answer = server.send(&format!("GET /documents/{sha256}"), &headers, "");
    match answer.status {
        200 => Some(answer.body),
        404 => None,
        _ => panic!("{answer:?}"),
    }
}

/// What `wcc assure --json` asks for about Gateshead, asked over the network.
fn output_now(server: &Server, token: Option<&str>) -> Value {
    let query = fs::read_to_string(root().join("crates/api/src/cycle.graphql"));
    let body = json!({
        "query": query.expect("the query"),
        "operationName": "Pct",
        "variables": { "cycle": CYCLE, "body": "5KF" },
    });
    let mut headers = vec!["Content-Type: application/json".to_owned()];
    headers.extend(token.map(|token| format!("Authorization: Bearer {token}")));
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let answer = server.send("POST /graphql", &headers, &body.to_string());
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"].clone()
}

fn issue(settings: &Path, role: &str, body: &str) -> String {
    let who = ["--person", role, "--role", role, "--body", body];
    tokens::issue(settings, &who)
}

/// Settings with the plugin of the North East, and what they are without it.
fn settings_with_plugin() -> (PathBuf, String) {
    let settings = settings_with("[server]\nrequest_seconds = 120\n");
    let without = fs::read_to_string(&settings).expect("the settings");
    let plugin = entry(&library("once_north_east"));
    fs::write(&settings, format!("{without}{plugin}")).expect("written");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-of-tyne-and-wear"],
    );
    ratified::ratify(&settings, CYCLE);
    for phase in ["toolkit", "self-assessment", "panel-days"] {
        printed_with(&settings, &["phase", "open", CYCLE, phase]);
    }
    (settings, without)
}

#[test]
fn a_kept_output_is_for_those_to_whom_it_is_released() {
    let (settings, without_plugin) = settings_with_plugin();
    let server = Server::on_ledger(&settings);
    let operator = issue(&settings, "operator", "Q30");
    let assurer = issue(&settings, "assurer", "Q30");
    let executive = issue(&settings, "executive", "5KF");
    let board = issue(&settings, "board", "5KF");
    let release = |to: &str, more: &[&str]| {
        let arguments = ["release", CYCLE, "--to", to, "--from", "2009-02-15"];
        printed_with(&settings, &[&arguments, more].concat());
    };

    release("executive", &["--for", "5KF"]);
    let first = compared(&server, &operator, 1).remove(0);
    assert_eq!(first["differences"], json!([]), "nothing has changed yet");
    let sha256 = first["document"].as_str().expect("a digest").to_owned();
    for reader in [&executive, &assurer] {
        assert_eq!(kept(&server, Some(reader), "document").len(), 1);
        assert!(document(&server, Some(reader), &sha256).is_some());
    }
    let narrow = document(&server, Some(&executive), &sha256).expect("read above");
    let whole = output_now(&server, Some(&operator));
    assert_ne!(
        narrow, whole,
        "what others were judged on is not released with it"
    );
    for stranger in [None, Some(&*board)] {
        assert_eq!(kept(&server, stranger, "document"), Vec::<Value>::new());
        assert_eq!(document(&server, stranger, &sha256), None);
    }

    // What is kept of a release to the public is what the public sees.
    release("public", &[]);
    let second = compared(&server, &operator, 2).remove(1);
    let sha256 = second["document"].as_str().expect("a digest").to_owned();
    let public = document(&server, None, &sha256).expect("the public reads it");
    assert_eq!(public, output_now(&server, None));
    // Nobody reads less for being signed in.
    let neighbour = issue(&settings, "executive", "5KG");
    assert!(document(&server, Some(&neighbour), &sha256).is_some());
    assert_eq!(server.terminate(), Some(0));

    // Without the plugin, today's calculation differs: everybody who reads the output sees how.
    fs::write(&settings, without_plugin).expect("written");
    let server = Server::on_ledger(&settings);
    let later = compared(&server, &operator, 2).remove(1);
    let differences = later["differences"].as_array().expect("a list");
    let of_findings = |difference: &&Value| {
        let path = difference["path"].as_str().unwrap_or_default();
        path.contains("findings") || path.contains("ceiling")
    };
    assert!(differences.iter().any(|one| of_findings(&one)), "{later}");
    assert_eq!(later["document"], json!(sha256), "what was released stays");
    let shown = kept(&server, None, "differences { path }");
    assert_eq!(
        shown[1]["differences"].as_array().map(Vec::len),
        Some(differences.len())
    );
    assert_eq!(document(&server, None, &sha256), Some(public));
    assert_eq!(server.terminate(), Some(0));

    let printed = printed_with(&settings, &["released", CYCLE, "--body", "5KF"]);
    let path = differences[0]["path"].as_str().expect("a path");
    assert!(printed.contains(path), "{printed}");
    assert!(
        printed.contains("as released -> calculated today"),
        "{printed}"
    );
}

#[test]
fn a_body_that_readers_do_not_see_costs_the_others_nothing() {
    let folder = policies(
        "forbid (principal in Role::\"public\", action == Action::\"read\", resource is Body) \
         when { resource.code == \"5KG\" };",
    );
    let people = root().join("configs/policies/people.cedar");
    fs::copy(people, folder.join("people.cedar")).expect("a policy that ships");
    let paths = format!(
        "policies = '{}'\n[server]\nrequest_seconds = 120\n",
        folder.display()
    );
    let settings = settings_with(&paths);
    let example = "examples/south-of-tyne-and-wear";
    printed_with(&settings, &["ledger", "load", example]);
    printed_with(&settings, &["phase", "open", CYCLE, "toolkit"]);
    let release = ["release", CYCLE, "--to", "board", "--from", "2009-02-15"];
    printed_with(&settings, &release);
    let server = Server::on_ledger(&settings);
    let operator = issue(&settings, "operator", "Q30");
    compared(&server, &operator, 1);
    server.log_with("the output of 5KG that entry");
}
