//! Joint services of bodies, from data alone: a result of their own, and what it means for those that
//! delegate to them. No plugin is loaded.

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

use serde_json::json;
use server::Server;
use support::{compare_with_file, printed, printed_with, root, settings_with, stderr, wcc};

const CASE: &str = "tests/cases/joint-service";

/// Compares what a command prints with a file of the case.
fn compare(file: &str, arguments: &[&str]) {
    let expected = root().join(CASE).join("expected").join(file);
    compare_with_file(&expected, &printed(arguments));
}

#[test]
fn the_service_and_the_councils_have_results() {
    compare("brief.txt", &["assure", CASE]);
    compare("full.txt", &["assure", CASE, "--full"]);
    compare("bins.txt", &["assure", CASE, "--function", "bins"]);
}

#[test]
fn explanations_name_the_service() {
    let explained = [
        ("north", "waste.1"),
        ("north", "waste"),
        ("north", "libraries.2"),
        ("south", "waste.1"),
        ("south", "waste.2"),
        ("west", "waste.1"),
        ("west", "libraries.2"),
        ("bins", "waste.1"),
    ];
    let text = explained.map(|(body, part)| printed(&["explain", CASE, body, part]));
    let expected = root().join(CASE).join("expected/explained.txt");
    compare_with_file(&expected, &text.join("\n"));
}

#[test]
fn a_ledger_gives_the_same_results_as_the_files() {
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    for form in ["--json", "--full"] {
        let ledger = printed_with(&settings, &["assure", "ledger:", form]);
        let ledger = ledger.replace("entry ", "");
        let files = printed_with(&settings, &["assure", CASE, form]);
        if form == "--full" {
            assert_eq!(files, ledger);
        }
        let inherited = |text: &str| text.matches("\"originId\": \"function\"").count();
        assert_eq!(inherited(&files), inherited(&ledger));
        assert_eq!(inherited(&files) > 0, form == "--json");
    }
    // Without delegating any more, Southshire has no judgement on its bins.
    let folder = tempfile::tempdir().expect("a folder");
    let delegations = "function,body\nbins,north\nbooks,north\nbooks,west\n";
    std::fs::write(folder.path().join("delegations.csv"), delegations).expect("written");
    let bodies = folder.path().display().to_string();
    let explain = ["explain", "ledger:", "south", "waste.1"];
    let before = printed_with(&settings, &explain);
    assert!(
        before.contains("inherited from Joint Waste Service"),
        "{before}"
    );
    printed_with(
        &settings,
        &[
            "ledger",
            "rebase",
            "joint-service/2026",
            "--bodies",
            &bodies,
        ],
    );
    let after = printed_with(&settings, &explain);
    assert!(after.contains("nobody has judged waste.1"), "{after}");
}

#[test]
fn the_api_names_the_service_behind_a_value() {
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    let server = Server::on_ledger(&settings);
    let answer = server.ask(
        "{ function(code: \"bins\") { name performs effect assurance(cycle: \"joint-service/2026\") {
             delegatedBy { code } result { componentValues } } }
           books: function(code: \"books\") { performs effect }
           output(cycle: \"joint-service/2026\", pct: \"north\") {
             componentValues
             cells(measures: [\"waste.2\"]) { value marks(methods: [PANEL, CALIBRATED]) {
               originId value body { __typename code name } } }
             books: cells(measures: [\"libraries.2\"]) { supported ceilings { kind plugin { plugin { id } }
               body { code } reason } challenges { state } } } }",
    );
    let expected = json!({
        "function": {
            "name": "Joint Waste Service",
            "performs": ["waste"],
            "effect": "JUDGEMENT",
            "assurance": {
                "delegatedBy": [{ "code": "north" }, { "code": "south" }],
                "result": { "componentValues": ["3", null] },
            },
        },
        "books": { "performs": ["libraries.2"], "effect": "CEILING" },
        "output": {
            "componentValues": ["3", "3"],
            "cells": [{
                "value": "3",
                "marks": [
                    {
                        "originId": "function",
                        "value": "2",
                        "body": { "__typename": "Function", "code": "bins", "name": "Joint Waste Service" },
                    },
                    {
                        "originId": "function",
                        "value": "3",
                        "body": { "__typename": "Function", "code": "bins", "name": "Joint Waste Service" },
                    },
                ],
            }],
            "books": [{
                "supported": "2",
                "ceilings": [{
                    "kind": "FUNCTION",
                    "plugin": null,
                    "body": { "code": "books" },
                    "reason": "supports grade 2, because the joint service Shared Library Stock \
                               (books) was assured at grade 2; it performs this question for the \
                               councils that delegate to it",
                }],
                "challenges": [{ "state": "OPEN" }],
            }],
        },
    });
    assert_eq!(answer, expected, "{answer:#}");
}

/// The latest results are those of councils, and of the services that have a result.
#[test]
fn services_have_standing_results() {
    compare("standing.txt", &["standing", CASE, "--on", "2026-12-31"]);
    let server = Server::on_case(&settings_with(""), CASE);
    let codes = |kind: &str| {
        let query = format!(
            "{{ standing(framework: \"council-review-2026\"{kind}) {{ edges {{ node {{ body {{ code }} \
             cycle {{ code }} }} }} }} }}"
        );
        let answer = server.ask(&query);
        let edges = answer["standing"]["edges"].as_array().expect("edges");
        let codes = edges.iter().map(|edge| &edge["node"]["body"]["code"]);
        codes
            .map(|code| code.as_str().expect("a code").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(""), ["north", "south", "west"]);
    assert_eq!(codes(", kindId: \"function\""), ["bins", "books"]);
    assert_eq!(codes(", kindId: \"group\""), [""; 0]);
}

/// What each phase requires, and what is missing of it.
#[test]
fn phases_say_what_is_missing() {
    compare(
        "rulebook.txt",
        &[
            "framework",
            "check",
            &format!("{CASE}/council-review-2026.toml"),
        ],
    );
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    let server = Server::on_ledger(&settings);
    let query = "{ cycle(id: \"joint-service/2026\") { phases { code ready after { code }
        requires { method of inWords } missing { body { code } group { code } methodId usedBy count
        measures { code } } } framework { phases { ready missing { count } } } } }";
    let answer = server.ask(query);
    let missing = |body: &str, measures: &[&str]| {
        let measures: Vec<_> = measures
            .iter()
            .map(|code| json!({ "code": code }))
            .collect();
        json!({
            "body": { "code": body }, "group": null, "methodId": "own", "usedBy": null,
            "count": measures.len(), "measures": measures,
        })
    };
    let libraries = ["libraries.1", "libraries.2"];
    let all = ["waste.2", "libraries.1", "libraries.2"];
    let expected = json!([
        { "code": "self-evaluation", "ready": true, "after": null, "requires": [], "missing": [] },
        {
            "code": "visits",
            "ready": false,
            "after": { "code": "self-evaluation" },
            "requires": [
                {
                    "method": "SELF",
                    "of": "FUNCTIONS",
                    "inWords": "the own view of every joint service on every question that it performs",
                },
                {
                    "method": "SELF",
                    "of": "BODIES",
                    "inWords": "the own view of every council on every question of libraries and waste.2",
                },
            ],
            "missing": [
                missing("books", &["libraries.2"]),
                missing("north", &libraries),
                missing("south", &libraries),
                missing("west", &all),
            ],
        },
        {
            "code": "report",
            "ready": false,
            "after": { "code": "visits" },
            "requires": [{
                "method": "PANEL",
                "of": "BODIES",
                "inWords": "the review of every council on every question",
            }],
            "missing": [],
        },
    ]);
    assert_eq!(answer["cycle"]["phases"], expected, "{answer:#}");
    let of_framework = &answer["cycle"]["framework"]["phases"][1];
    assert_eq!(*of_framework, json!({ "ready": null, "missing": null }));
}

/// The functions of a copy of the case are replaced; returns what the command reports.
fn refused(functions: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("joint-service");
    std::fs::create_dir(&copy).expect("a folder");
    for entry in std::fs::read_dir(root().join(CASE)).expect("the case") {
        let path = entry.expect("a file").path();
        if let Some(name) = path.file_name().filter(|_| path.is_file()) {
            std::fs::copy(&path, copy.join(name)).expect("copied");
        }
    }
    std::fs::write(copy.join("functions.csv"), functions).expect("written");
    let output = wcc(&["assure", &copy.display().to_string()]);
    assert!(!output.status.success(), "it is refused");
    stderr(&output)
}

#[test]
fn mistakes_in_the_table_of_functions_have_their_place() {
    let text = refused(
        "code,name,measures,effect\n\
         bins,Joint Waste Service,wast,judgement\n\
         books,Shared Library Stock,,ceiling\n\
         more,More,libraries.2,judgment\n\
         all,All,overall,\n",
    );
    for expected in [
        "functions.csv, row 2, column measures: \"wast\" is not a question, component or area of \
         \"council-review-2026\"",
        "did you mean \"waste\"?",
        "functions.csv, row 3, column effect: there is nothing on which it could have an effect",
        "functions.csv, row 4, column effect: \"judgment\" is not known",
        "did you mean \"judgement\"?",
        "functions.csv, row 5, column measures: \"overall\" is not",
    ] {
        let text = text.replace('\n', " ");
        assert!(text.contains(expected), "{expected}\n{text}");
    }
}
