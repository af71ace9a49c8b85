//! A cycle goes through its phases: who may open which, what must be complete before, and what
//! people see and do from then on.

#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic, and each file uses its own part of them"
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
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use support::{CopiedCase, printed_with, refused_with, settings_with};
use tokens::send;

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

fn open(settings: &Path, phase: &str, more: &[&str]) -> String {
    let arguments = [&["phase", "open", CYCLE, phase], more].concat();
    printed_with(settings, &arguments)
}

fn refused(settings: &Path, phase: &str, more: &[&str]) -> String {
    let arguments = [&["phase", "open", CYCLE, phase], more].concat();
    refused_with(settings, &arguments).1
}

fn decision(settings: &Path, who: &[&str], question: &[&str]) -> String {
    let arguments = [&["policy", "ask"], who, question].concat();
    let text = printed_with(settings, &arguments);
    text.lines().next().expect("a decision").to_owned()
}

#[test]
fn phases_open_in_order_and_again_with_a_reason() {
    let settings = ledger();
    let early = refused(&settings, "panel-days", &[]);
    assert!(
        early.contains("`Panel days` comes after `Self-assessment`"),
        "{early}"
    );
    assert!(early.contains("is in no phase yet"), "{early}");

    assert!(open(&settings, "toolkit", &[]).contains("North East (Q30)"));
    assert!(refused(&settings, "toolkit", &[]).contains("already"));
    assert!(refused(&settings, "self-asessment", &[]).contains("did you mean `self-assessment`?"));

    // A phase can open for one body before the others; they hold up the next.
    open(&settings, "self-assessment", &["--for", "5KF"]);
    let others = refused(&settings, "panel-days", &[]);
    assert!(
        others.contains("South Tyneside PCT (5KG) is in `Toolkit launched`"),
        "{others}"
    );
    let again = refused(&settings, "toolkit", &["--for", "5KF"]);
    assert!(
        again.contains("say why `Toolkit launched` opens again"),
        "{again}"
    );
    open(
        &settings,
        "toolkit",
        &["--for", "5KF", "--reason", "opened too early"],
    );

    let shown = printed_with(&settings, &["phase", "show", "ledger:"]);
    assert!(shown.contains("open for all 3 PCTs"), "{shown}");
}

#[test]
fn a_reason_takes_nobody_past_the_phase_before() {
    let settings = ledger();
    ratified::ratify(&settings, CYCLE);
    open(&settings, "toolkit", &[]);
    for phase in ["self-assessment", "panel-days", "calibration"] {
        open(&settings, phase, &["--for", "5KF"]);
    }
    let past = refused(&settings, "panel-days", &["--reason", "once more"]);
    assert!(
        past.contains("South Tyneside PCT (5KG) is in `Toolkit launched`"),
        "{past}"
    );
}

#[test]
fn a_phase_waits_for_what_it_requires_and_says_who_can_supply_it() {
    let case = CopiedCase::of("south-of-tyne-and-wear");
    let mut removed = 0;
    case.edit("judgements.csv", |table| {
        let kept = table.lines().filter(|line| {
            let is_removed = line.contains(",2b,self,");
            removed += usize::from(is_removed);
            !is_removed
        });
        let kept: Vec<&str> = kept.collect();
        kept.join("\n") + "\n"
    });
    assert!(removed > 0, "the example judges 2b");
    let settings = settings_with("");
    let folder = case.path().display().to_string();
    printed_with(&settings, &["ledger", "load", &folder]);
    open(&settings, "toolkit", &[]);
    open(&settings, "self-assessment", &[]);
    let early = refused(&settings, "panel-days", &[]);
    assert!(
        early.contains("`Panel days` cannot open for North East (Q30) yet"),
        "{early}"
    );
    assert!(
        early.contains("on 2b, by the PCT executive or strategic lead"),
        "{early}"
    );
    // The complete example goes on to the end, once its self-assessments are ratified.
    let settings = ledger();
    for phase in ["toolkit", "self-assessment"] {
        open(&settings, phase, &[]);
    }
    let early = refused(&settings, "panel-days", &[]);
    for body in ["Gateshead PCT (5KF)", "South Tyneside PCT (5KG)"] {
        let missing =
            format!("`Self-assessment ratified by the board` of {body} (given by the PCT board)");
        assert!(early.contains(&missing), "{missing}: {early}");
    }
    ratified::ratify(&settings, CYCLE);
    for phase in ["panel-days", "calibration", "release"] {
        open(&settings, phase, &[]);
    }
}

#[test]
fn roles_and_phases_decide_once_a_phase_was_opened() {
    let settings = ledger();
    let executive = ["--role", "executive", "--body", "5KF"];
    let read = |code| ["read", CYCLE, code];
    let judge = |code, method| ["record-judgement", CYCLE, code, "--method", method];
    assert_eq!(
        decision(&settings, &["--role", "public"], &read("5KF")),
        "allowed"
    );

    open(&settings, "toolkit", &[]);
    assert_eq!(
        decision(&settings, &["--role", "public"], &read("5KF")),
        "denied"
    );
    for (code, expected) in [("5KF", "allowed"), ("5KG", "denied"), ("Q30", "allowed")] {
        assert_eq!(
            decision(&settings, &executive, &read(code)),
            expected,
            "{code}"
        );
    }
    assert_eq!(
        decision(&settings, &executive, &judge("5KF", "self")),
        "denied"
    );

    open(&settings, "self-assessment", &[]);
    assert_eq!(
        decision(&settings, &executive, &judge("5KF", "self")),
        "allowed"
    );
    assert_eq!(
        decision(&settings, &executive, &judge("5KF", "panel")),
        "denied"
    );
    assert_eq!(
        decision(&settings, &executive, &judge("5KG", "self")),
        "denied"
    );
    let cluster = ["--role", "executive", "--body", "south-of-tyne-and-wear"];
    assert_eq!(
        decision(&settings, &cluster, &judge("5KG", "self")),
        "allowed"
    );
    let assurer = ["--role", "assurer", "--body", "Q30"];
    assert_eq!(
        decision(&settings, &assurer, &["open-phase", CYCLE, "Q30"]),
        "allowed"
    );
    let elsewhere = ["--role", "assurer", "--body", "Q31"];
    let other = decision(&settings, &elsewhere, &["open-phase", CYCLE, "Q30"]);
    assert_eq!(other, "denied");
}

/// What somebody reads of the marks of Gateshead on 1a: `null` if they see no such result.
fn marks(server: &Server, token: Option<&str>) -> Value {
    let query = format!(
        "{{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ cells(measures: [\"1a\"]) \
         {{ marks(methods: [SELF, PANEL]) {{ method value }} }} }} }}"
    );
    let answer = send(server, token, None, &query);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"]["output"]["cells"][0]["marks"].clone()
}

/// What the public reads of Gateshead as it stood when the case was loaded: its code, or null.
fn before_phases(server: &Server) -> Value {
    let query = format!(
        "query @asOf(entry: 304) {{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ body {{ code }} }} }}"
    );
    let answer = send(server, None, None, &query);
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["data"]["output"]["body"]["code"].clone()
}

#[test]
fn results_are_seen_by_those_to_whom_they_are_released() {
    let settings = ledger();
    let server = Server::on_ledger(&settings);
    let issue = |role: &str, body: &str| {
        let who = ["--person", role, "--role", role, "--body", body];
        tokens::issue(&settings, &who)
    };
    let (executive, assurer) = (issue("executive", "5KF"), issue("assurer", "Q30"));
    let (other, operator) = (issue("executive", "5KG"), issue("operator", "5KF"));
    let both = json!([{ "method": "SELF", "value": "2" }, { "method": "PANEL", "value": "2" }]);
    assert_eq!(marks(&server, None), both);
    assert_eq!(before_phases(&server), "5KF");

    open(&settings, "toolkit", &[]);
    let see = |token: Option<&str>, expected: &Value| {
        let end = Instant::now() + Duration::from_secs(60);
        while marks(&server, token) != *expected {
            assert!(
                Instant::now() < end,
                "{expected}: {}",
                marks(&server, token)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    see(None, &Value::Null);
    see(Some(&other), &Value::Null);
    see(Some(&assurer), &both);
    see(Some(&operator), &both);
    // What was public at an earlier moment follows today's phases too.
    assert_eq!(before_phases(&server), Value::Null);
    let own = json!([{ "method": "SELF", "value": "2" }, { "method": "PANEL", "value": null }]);
    see(Some(&executive), &own);

    let release = |more: &[&str]| {
        let arguments = [&["release", CYCLE, "--from", "2009-02-15"], more].concat();
        printed_with(&settings, &arguments)
    };
    // What the cluster is judged on once is released with the cluster.
    let cluster = ["--for", "south-of-tyne-and-wear"];
    release(&[&cluster[..], &["--to", "executive"]].concat());
    see(Some(&executive), &both);
    see(None, &Value::Null);
    release(&[&cluster[..], &["--to", "public", "--uses", "development"]].concat());
    see(None, &both);
    see(Some(&other), &both);
    let unknown = refused_with(&settings, &["release", CYCLE, "--to", "publik"]).1;
    assert!(unknown.contains("did you mean `public`?"), "{unknown}");
}
