//! Every query of the documentation has the same answer for a case in a ledger as for the case in
//! files.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use support::{entry, library, settings_with, stderr, wcc_with};

const CASES: [&str; 5] = [
    "another-regime",
    "england",
    "north-east",
    "south-of-tyne-and-wear",
    "south-staffordshire",
];

/// Returns every recorded query, except the one on the ledger itself.
fn queries() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/api/tests/queries");
    let each = std::fs::read_dir(folder).expect("the queries");
    let each = each.map(|entry| entry.expect("an entry").path());
    let asks = |path: &PathBuf| {
        path.extension().is_some_and(|ending| ending == "graphql")
            && path.file_stem().is_some_and(|name| name != "ledger")
    };
    each.filter(asks).collect()
}

fn answer(server: &Server, query: &Path) -> Value {
    let text = std::fs::read_to_string(query).expect("the query");
    let variables = std::fs::read_to_string(query.with_extension("variables.json"));
    let variables = variables.map_or(Value::Null, |text| {
        serde_json::from_str(&text).expect("variables")
    });
    let body = json!({ "query": text, "variables": variables }).to_string();
    let json = ["Content-Type: application/json"];
    server.send("POST /graphql", &json, &body).body
}

#[test]
fn every_query_is_answered_as_from_files() {
    let plugins = ["once-north-east", "west-midlands"].map(library);
    let settings = settings_with(&plugins.iter().map(|path| entry(path)).collect::<String>());
    let folders = CASES.map(|case| format!("examples/{case}"));
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    let loaded = wcc_with(&settings, &[&["ledger", "load"], &folders[..]].concat());
    assert!(loaded.status.success(), "{}", stderr(&loaded));
    let files = Server::start(&settings, &CASES);
    let ledger = Server::on_ledger(&settings);
    let queries = queries();
    assert!(queries.len() > 15, "{queries:?}");
    for query in queries {
        let expected = answer(&files, &query);
        assert!(expected["data"].is_object(), "{query:?}: {expected}");
        assert_eq!(answer(&ledger, &query), expected, "{query:?}");
    }
}
