//! An annual review asks for less than a full round, as the framework says: fewer measures, approvals, phases
//! and plans, no panel. What is complete, what is due and what is taken over follow it.

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
#[path = "support/tokens.rs"]
mod tokens;

use server::Server;
use std::path::{Path, PathBuf};
use support::{CopiedCase, printed, printed_with, refused_with, settings_with};
use tokens::send;

const CASE: &str = "tests/cases/annual-review";
const FULL: &str = "annual-review/2024";
const REVIEW: &str = "annual-review/2025";

fn ledger() -> PathBuf {
    let settings = settings_with("");
    printed_with(&settings, &["ledger", "load", CASE]);
    settings
}

fn record(settings: &Path, cycle: &str, measure: &str) -> Result<String, String> {
    let arguments = [
        "enter",
        "record-judgement",
        "--cycle",
        cycle,
        "--body",
        "HILL",
        "--measure",
        measure,
        "--method-id",
        "own",
        "--value",
        "fair",
    ];
    let output = support::wcc_with(settings, &arguments);
    if output.status.success() {
        Ok(support::stdout(&output))
    } else {
        Err(support::stderr(&output))
    }
}

fn due(settings: &Path, cycle: &str, role: &str) -> String {
    printed_with(settings, &["due", cycle, "--role", role])
}

#[test]
fn a_review_is_assured_on_what_it_asks_for_alone() {
    let shown = printed(&["assure", CASE, "--full", "--cycle", "2025"]);
    assert!(shown.contains("readers.2 Help at the desk                                                            n/a"), "{shown}");
    // The weak desk of the full round does not count.
    assert!(shown.contains("= grade strong°"), "{shown}");
    // Nor is it compared with: the round before is the rule's result on what is asked now.
    let compared = "    = grade strong° (lowest; mean 3.00) · previous result fair°, above";
    assert!(shown.contains(compared), "{shown}");
    let service = printed(&["explain", CASE, "HILL", "service", "--cycle", "2025"]);
    let previous = "previous result: grade fair by the present rule \"lowest; mean 2.00\"";
    assert!(service.contains(previous), "{service}");
    let why = printed(&["explain", CASE, "HILL", "readers.2", "--cycle", "2025"]);
    let reason =
        "readers.2 does not apply: this round is a review (Annual review) that does not ask for it";
    assert!(why.contains(reason), "{why}");
    let settings = ledger();
    for form in ["--json", "--full"] {
        let entered = printed_with(&settings, &["assure", "ledger:", form]);
        assert_eq!(entered, printed(&["assure", CASE, form]));
    }
}

#[test]
fn what_a_review_leaves_out_cannot_be_recorded() {
    let settings = ledger();
    let refused = record(&settings, REVIEW, "readers.2").expect_err("a refusal");
    let message = "this round is a review (Annual review), which does not ask for `readers.2`";
    assert!(refused.contains(message), "{refused}");
    record(&settings, REVIEW, "readers.1").expect("recorded");

    let approve = [
        "enter",
        "approve",
        "--cycle",
        REVIEW,
        "--body",
        "HILL",
        "--approval",
        "submitted",
        "--digest",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ];
    let (_, refused) = refused_with(&settings, &approve);
    assert!(
        refused.contains("there is no approval `submitted`"),
        "{refused}"
    );
    let panel = [
        "enter",
        "appoint-panel-member",
        "--cycle",
        REVIEW,
        "--body",
        "HILL",
        "--person",
        "P. Peer",
        "--name",
        "P. Peer",
        "--category",
        "peer",
    ];
    refused_with(&settings, &panel);
    printed_with(&settings, &[&panel[..3], &[FULL], &panel[4..]].concat());
}

#[test]
fn completeness_and_duties_follow_the_review() {
    let settings = ledger();
    let manager = due(&settings, REVIEW, "manager;body=HILL");
    assert!(manager.contains("Collection plan"), "{manager}");
    assert!(!manager.contains("Building plan"), "{manager}");
    assert!(manager.contains("2 areas"), "{manager}");
    assert!(
        !due(&settings, REVIEW, "visitor").contains("panel"),
        "{manager}"
    );
    let full = due(&settings, FULL, "manager;body=HILL");
    assert!(
        full.contains("Building plan") && full.contains("3 areas"),
        "{full}"
    );
    assert!(due(&settings, FULL, "visitor").contains("panel"), "{full}");

    // The phase after the preparation waits for the visit of what is asked, and for no ratification.
    printed_with(&settings, &["phase", "open", REVIEW, "preparation"]);
    printed_with(&settings, &["phase", "open", REVIEW, "report"]);
    let (_, refused) = refused_with(&settings, &["phase", "open", REVIEW, "visits"]);
    assert!(refused.contains("report"), "{refused}");
}

#[test]
fn a_review_takes_over_what_it_asks_for() {
    let settings = ledger();
    let start = [
        "enter",
        "start-from-previous-cycle",
        "--cycle",
        "annual-review/2026",
        "--from",
        FULL,
        "--open",
        r#"{"title": "Reviews of libraries", "framework": "library", "review": "annual-review",
            "bodies": "annual-review/2024", "assured": ["HILL"], "asOf": "2026-06-30"}"#,
        "--apply",
    ];
    let report = printed_with(&settings, &start);
    assert!(
        report.contains("elf-evaluation readers.1 of HILL, carried from"),
        "{report}"
    );
    let left =
        "left out: own-judgement readers.2 of HILL: Annual review does not ask for readers.2";
    assert!(report.contains(left), "{report}");
    let query = r#"{ cycle(id: "annual-review/2026") { review { code measures approvals phases plans appointsPanels
        asksOutcomes } phases { code } framework { code plans { code } reviews { code } } } }"#;
    let answer = send(&Server::on_ledger(&settings), None, None, query);
    let expected = serde_json::json!({
        "review": {
            "code": "annual-review", "measures": ["readers.1", "stock"], "approvals": ["ratified"],
            "phases": ["preparation", "report"], "plans": ["collection"], "appointsPanels": false,
            "asksOutcomes": false
        },
        "phases": [{"code": "preparation"}, {"code": "report"}],
        "framework": {
            "code": "library", "plans": [{"code": "collection"}], "reviews": [{"code": "annual-review"}]
        }
    });
    assert_eq!(answer.body["data"]["cycle"], expected);
}

#[test]
fn an_unknown_review_is_reported_with_the_known_ones() {
    let case = CopiedCase::of("../tests/cases/annual-review");
    case.edit("case.toml", |text| {
        text.replace("\"annual-review\"", "\"anual-review\"")
    });
    let refused = case.refused();
    assert!(
        refused.contains("library has no review \"anual-review\""),
        "{refused}"
    );
    assert!(refused.contains("annual-review"), "{refused}");
    let case = CopiedCase::of("../tests/cases/annual-review");
    case.edit("library.toml", |text| {
        text.replace("[\"readers.1\", \"stock\"]", "[\"reader\"]")
    });
    let refused = case.refused();
    assert!(
        refused.contains("there is no measure, component or area \"reader\""),
        "{refused}"
    );
}
