//! `wcc enter`: every mutation as a command, on the configured ledger and on a running server.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
)]

#[path = "support/server.rs"]
mod server;
mod support;

use serde_json::Value;
use server::Server;
use std::path::PathBuf;
use support::{printed_with, refused_with, settings_with};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// Settings with a ledger that holds the example.
fn ledger() -> PathBuf {
    let settings = settings_with("");
    printed_with(
        &settings,
        &["ledger", "load", "examples/south-of-tyne-and-wear"],
    );
    settings
}

/// The arguments that record a recommendation.
fn recommendation(id: &str) -> Vec<&str> {
    let fixed = [
        "--body",
        "5KF",
        "--text",
        "Agree the plan with the council.",
    ];
    let named = [
        "enter",
        "record-recommendation",
        "--cycle",
        CYCLE,
        "--id",
        id,
    ];
    [&named[..], &fixed].concat()
}

#[test]
fn a_record_is_entered_once_and_shown() {
    let settings = ledger();
    let arguments = [
        recommendation("council"),
        vec!["--about", "2a", "--about", "2b", "--request-id", "first"],
        vec!["--author", "A. Robson"],
    ]
    .concat();
    let first = printed_with(&settings, &arguments);
    let entry = first.trim().rsplit(' ').next().expect("a number");
    assert_eq!(first, format!("entered as entry {entry}\n"));
    let again = printed_with(&settings, &arguments);
    assert_eq!(
        again,
        format!("this request was entered before, as entry {entry}\n")
    );
    let shown = printed_with(&settings, &["ledger", "show", entry]);
    for part in ["A. Robson", "Agree the plan with the council.", "2a", "2b"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn a_mistake_names_the_option() {
    let settings = ledger();
    let unknown = [recommendation("council"), vec!["--about", "2x"]].concat();
    let (code, message) = refused_with(&settings, &unknown);
    assert_eq!(code, 1);
    assert!(
        message.starts_with("nothing was entered:\n  --about: "),
        "{message}"
    );
    let judged = [
        "enter",
        "record-judgement",
        "--cycle",
        CYCLE,
        "--body",
        "5KF",
        "--measure",
        "2a",
        "--method",
        "panel",
        "--value",
        "5",
    ];
    let (code, message) = refused_with(&settings, &judged);
    assert_eq!(code, 1);
    assert!(message.contains("  --value: "), "{message}");
    let rating = [
        "enter",
        "file-evidence",
        "--cycle",
        CYCLE,
        "--body",
        "5KF",
        "--id",
        "x",
        "--title",
        "x",
        "--rating",
        "good",
    ];
    let (code, message) = refused_with(&settings, &rating);
    assert_eq!(code, 2);
    assert!(
        message.starts_with("--rating takes an object in JSON"),
        "{message}"
    );
    let mistyped = ["enter", "record-recomendation"];
    let (code, message) = refused_with(&settings, &mistyped);
    assert_eq!(code, 2);
    assert!(message.contains("record-recommendation"), "{message}");
    let shown = printed_with(&settings, &["ledger", "head"]);
    let first = printed_with(&ledger(), &["ledger", "head"]);
    let number = |head: &str| head.split(':').next().map(str::to_owned);
    assert_eq!(number(&shown), number(&first), "nothing was entered");
}

#[test]
fn a_role_does_only_what_the_policy_allows() {
    let settings = ledger();
    let act_as = ["--act-as", "board;body=5KF", "--author", "Chair"];
    let arguments = [recommendation("council"), act_as.to_vec()].concat();
    let (code, message) = refused_with(&settings, &arguments);
    assert_eq!(code, 1);
    assert!(
        message.contains("the role `board` may not do this (`record-recommendation`)"),
        "{message}"
    );
}

#[test]
fn a_running_server_enters_it_for_the_holder_of_a_token() {
    let settings = ledger();
    let token = settings.with_file_name("token");
    let path = token.display().to_string();
    let issue = [
        "token",
        "issue",
        "--person",
        "B. Charlton",
        "--role",
        "operator",
    ];
    printed_with(&settings, &[&issue[..], &["--out", &path]].concat());
    let server = Server::on_ledger(&settings);
    let url = format!("http://{}", server.address());
    let to_server = ["--server", &url, "--token-file", &path, "--json"];
    let arguments = [recommendation("council"), to_server.to_vec()].concat();
    let answer: Value =
        serde_json::from_str(&printed_with(&settings, &arguments)).expect("an answer in JSON");
    assert_eq!(answer["served"], true, "{answer}");
    let entry = answer["entry"].to_string();
    let shown = printed_with(&settings, &["ledger", "show", &entry]);
    assert!(shown.contains("B. Charlton"), "{shown}");

    std::fs::write(&token, "not a token").expect("the file can be written");
    let (code, message) = refused_with(&settings, &arguments);
    assert_ne!(code, 0);
    assert!(message.contains("token"), "{message}");
}

#[test]
fn a_cycle_is_set_up_by_commands_alone() {
    let settings = settings_with("");
    let framework = support::root().join("configs/frameworks/wcc-2008-09.toml");
    let text = std::fs::read_to_string(framework).expect("the framework");
    let entered = printed_with(
        &settings,
        &[
            "enter",
            "enter-bodies",
            "--id",
            "two-pcts",
            "--tables",
            r#"{"name": "sha.csv", "text": "code,name\nQ30,North East\n"}"#,
            "--tables",
            r#"{"name": "pct.csv", "text": "code,name,sha\n5KF,Gateshead PCT,Q30\n5KG,South Tyneside PCT,Q30\n"}"#,
        ],
    );
    assert!(entered.starts_with("entered as entry "), "{entered}");
    let id = "wcc-2008-09";
    let framework = ["enter", "enter-framework", "--id", id, "--text", &text];
    printed_with(&settings, &framework);
    let (code, message) = refused_with(&settings, &framework);
    assert_eq!(code, 1, "the ledger has this framework: {message}");
    let opened = [
        "enter",
        "open-cycle",
        "--id",
        "two-pcts/2008-09",
        "--title",
        "Two PCTs",
        "--framework",
        id,
        "--bodies",
        "two-pcts",
        "--assured",
        "5KF",
        "--assured",
        "5KG",
        "--as-of",
        "2008-11-30",
    ];
    printed_with(&settings, &opened);
    let shown = printed_with(&settings, &["assure", "ledger:", "--pct", "5KG"]);
    assert!(shown.contains("Two PCTs"), "{shown}");
}

#[test]
fn a_scorecard_says_what_it_may_be_used_for() {
    let settings = ledger();
    let uses = "development of the PCT, not ranking";
    let release = [
        "release",
        CYCLE,
        "--to",
        "board",
        "--to",
        "public",
        "--from",
        "2009-03-01",
        "--uses",
        uses,
    ];
    printed_with(&settings, &release);
    let shown = printed_with(&settings, &["assure", "ledger:", "--pct", "5KF"]);
    let line =
        format!("released to PCT board and everybody, from 2009-03-01; may be used for: {uses}");
    let words: Vec<&str> = shown.split_whitespace().collect();
    assert!(words.join(" ").contains(&line), "{shown}");
}
