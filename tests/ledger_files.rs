//! The files of a ledger in SQLite: the database is complete whenever it is closed, and the files of
//! another ledger are refused.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    dead_code,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

mod support;

#[path = "support/server.rs"]
mod server;

use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use support::{settings_with, stderr, stdout, wcc_with};

const CYCLE: &str = "another-regime/2017-18";

fn data(settings: &Path, name: &str) -> PathBuf {
    settings.with_file_name("data").join(name)
}

fn loaded() -> PathBuf {
    let settings = settings_with("");
    load(&settings, "examples/another-regime");
    settings
}

fn load(settings: &Path, case: &str) {
    let output = wcc_with(settings, &["ledger", "load", case]);
    assert!(output.status.success(), "{}", stderr(&output));
}

/// Checks that no other file is left beside the database, and that a copy has all entries.
fn is_complete(settings: &Path, entries: u32, after: &str) {
    for name in ["ledger.db-wal", "ledger.db-shm", "ledger.db-journal"] {
        assert!(!data(settings, name).exists(), "{after} left {name} behind");
    }
    let copy = settings_with("");
    std::fs::create_dir_all(data(&copy, "")).expect("a folder");
    std::fs::copy(data(settings, "ledger.db"), data(&copy, "ledger.db")).expect("a copy");
    let verified = wcc_with(&copy, &["verify"]);
    let told = stdout(&verified);
    assert!(
        told.starts_with(&format!("{entries} entries, every one as it was entered")),
        "{after}: {told}{}",
        stderr(&verified)
    );
}

#[test]
fn every_command_leaves_the_database_complete() {
    let settings = loaded();
    is_complete(&settings, 24, "load");
    let bundle = data(&settings, "bundle.tar").display().to_string();
    for (arguments, code) in [
        (&["assure", "ledger:"][..], 0),
        (&["assure", "ledger:12"], 0),
        (&["assure", "ledger:99"], 4),
        (&["ledger", "load", "examples/another-regime"], 1),
        (&["ledger", "head"], 0),
        (&["ledger", "show"], 0),
        (&["ledger", "show", "24"], 0),
        (&["ledger", "show", "99"], 4),
        (&["verify"], 0),
        (&["verify", "--head", &format!("24:{}", "0".repeat(64))], 1),
        (&["export", &bundle], 0),
        (&["backup", &bundle], 0),
        (&["backup", "/nowhere/at/all.tar"], 5),
        (&["import", &bundle], 1),
        (&["serve", "ledger:", "--listen", "nowhere"], 5),
    ] {
        let output = wcc_with(&settings, arguments);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            stderr(&output)
        );
        is_complete(&settings, 24, &format!("{arguments:?}"));
    }
    let other = settings_with("");
    let imported = wcc_with(&other, &["import", &bundle]);
    assert!(imported.status.success(), "{}", stderr(&imported));
    is_complete(&other, 24, "import");
}

/// Files evidence, which is acknowledged and served.
fn record(server: &Server, settings: &Path, request: &str) {
    let token = std::fs::read_to_string(data(settings, "operator.token")).expect("the token");
    let authorization = format!("Authorization: Bearer {}", token.trim());
    let query = "mutation($input: FileEvidenceInput!) { fileEvidence(input: $input) {
        entry served userErrors { message } } }";
    let input = json!({ "input": {
        "cycle": CYCLE, "id": request, "body": "00M",
        "kind": "DOCUMENT", "title": "Strategy", "requestId": request,
    } });
    let body = json!({ "query": query, "variables": input }).to_string();
    let headers = ["Content-Type: application/json", &authorization];
    let answer = server.send("POST /graphql", &headers, &body);
    let payload = &answer.body["data"]["fileEvidence"];
    assert!(payload["entry"].is_number(), "{answer:?}");
    assert_eq!(payload["served"], Value::Bool(true), "{answer:?}");
}

#[test]
fn a_server_that_is_stopped_leaves_the_database_complete() {
    let settings = loaded();
    for (round, signal) in (1..).zip(["TERM", "INT", "TERM"]) {
        let server = Server::on_ledger(&settings);
        record(&server, &settings, &format!("request-{round}"));
        assert_eq!(server.stop(signal), Some(0), "SIG{signal}");
        is_complete(&settings, 24 + round, signal);
    }
}

#[test]
fn a_file_restored_beside_the_log_of_another_ledger_is_refused() {
    let (ours, theirs) = (loaded(), loaded());
    // A server that is killed leaves its log, which belongs to its database.
    let server = Server::on_ledger(&theirs);
    record(&server, &theirs, "theirs");
    drop(server);
    assert!(data(&theirs, "ledger.db-wal").exists());
    std::fs::copy(data(&ours, "ledger.db"), data(&theirs, "ledger.db")).expect("restored");
    let restored = std::fs::read(data(&theirs, "ledger.db")).expect("the file");
    for arguments in [
        &["verify"][..],
        &["assure", "ledger:"],
        &["ledger", "load", "examples/south-staffordshire"],
        &["serve", "ledger:"],
    ] {
        let output = wcc_with(&theirs, arguments);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains("does not belong to"), "{told}");
        assert!(told.contains("move the log"), "{told}");
    }
    let now = std::fs::read(data(&theirs, "ledger.db")).expect("the file");
    assert!(now == restored, "the restored file was changed");
    // Follow the message. Next, the head of the other ledger is refused.
    for name in ["ledger.db-wal", "ledger.db-shm"] {
        std::fs::remove_file(data(&theirs, name)).expect("it was left");
    }
    let output = wcc_with(&theirs, &["verify"]);
    assert!(stderr(&output).contains("cut off"), "{}", stderr(&output));
    std::fs::remove_file(data(&theirs, "ledger.head")).expect("it was left");
    is_complete(&theirs, 24, "the restored ledger");
}

#[test]
fn the_files_of_a_killed_server_are_recovered() {
    let settings = loaded();
    let server = Server::on_ledger(&settings);
    record(&server, &settings, "acknowledged");
    drop(server);
    let verified = wcc_with(&settings, &["verify"]);
    let told = stdout(&verified);
    assert!(
        told.starts_with("25 entries, every one"),
        "{told}{}",
        stderr(&verified)
    );
    is_complete(&settings, 25, "recovery");
}

#[test]
fn an_empty_ledger_fails_verification() {
    let settings = settings_with("");
    let server = Server::on_ledger(&settings);
    assert_eq!(server.terminate(), Some(0));
    let verified = wcc_with(&settings, &["verify"]);
    assert_eq!(verified.status.code(), Some(4));
    assert_eq!(stdout(&verified), "");
    let told = stderr(&verified);
    assert!(told.contains("is empty: nothing to verify"), "{told}");
}

#[test]
fn the_displayed_time_of_an_entry_includes_it() {
    let settings = loaded();
    for (case, id) in [
        (
            "examples/south-staffordshire",
            "south-staffordshire/2009-10",
        ),
        (
            "examples/south-of-tyne-and-wear",
            "south-of-tyne-and-wear/2008-09",
        ),
    ] {
        let before = wcc_with(&settings, &["ledger", "head"]);
        let (last, _) = stdout(&before)
            .trim()
            .split_once(':')
            .map(|(n, h)| (n.to_owned(), h.to_owned()))
            .expect("a head");
        load(&settings, case);
        // The list of entries, and the entry in full.
        let listed = stdout(&wcc_with(&settings, &["ledger", "show"]));
        let newest = listed.lines().last().expect("an entry");
        let whole = stdout(&wcc_with(
            &settings,
            &[
                "ledger",
                "show",
                newest.split_whitespace().next().expect("a number"),
            ],
        ));
        let entered = whole
            .lines()
            .find_map(|line| line.trim().strip_prefix("entered"))
            .expect("a time");
        let listed_at = newest.split_whitespace().nth(1).expect("a time");
        assert_eq!(entered.split_whitespace().next(), Some(listed_at));
        let then = wcc_with(
            &settings,
            &["assure", &format!("ledger:{listed_at}"), "--cycle", id],
        );
        assert!(then.status.success(), "{}", stderr(&then));
        let now = wcc_with(&settings, &["assure", "ledger:", "--cycle", id]);
        assert_eq!(stdout(&then), stdout(&now));
        // One microsecond earlier, the entry is not included.
        let earlier = wcc_with(
            &settings,
            &["assure", &format!("ledger:{last}"), "--cycle", id],
        );
        assert_eq!(earlier.status.code(), Some(4));
    }
}
