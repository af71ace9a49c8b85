//! `@asOf`: how things stood.

use crate::book::{CYCLE, Kept};
use crate::england;
use serde_json::{Value, json};
use wcc_api::{Api, Request, Settings};

fn code(answer: &Value) -> &str {
    assert_eq!(answer.get("data"), None, "{answer}");
    answer["errors"][0]["extensions"]["code"].as_str().unwrap()
}

fn message(answer: &Value) -> &str {
    answer["errors"][0]["message"].as_str().unwrap()
}

/// The calibrated value of 5KF on 3c, with a directive on the query.
fn calibrated(kept: &Kept, directive: &str) -> Value {
    let answer = kept.ask(&format!(
        "query Q {directive} {{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ \
         cells(measures: [\"3c\"]) {{ value(method: CALIBRATED) }} }} }}"
    ));
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"]["output"]["cells"][0]["value"].clone()
}

#[test]
fn each_entry_is_asked_as_it_stood() {
    let kept = Kept::new();
    let before = kept.last();
    assert_eq!(
        calibrated(&kept, &format!("@asOf(entry: {before})")),
        Value::Null
    );
    let one = kept.record("one", json!({}));
    let two = kept.record("two", json!({ "value": "3", "supersedes": before + 1 }));
    for _ in 0..2 {
        assert_eq!(calibrated(&kept, ""), "3");
        assert_eq!(
            calibrated(&kept, &format!("@asOf(entry: {before})")),
            Value::Null
        );
        assert_eq!(
            calibrated(&kept, &format!("@asOf(entry: {})", before + 1)),
            "2"
        );
        assert_eq!(
            calibrated(&kept, &format!("@asOf(entry: {})", before + 2)),
            "3"
        );
    }
    let at = |made: &Value| format!("@asOf(time: {})", made["at"]);
    assert_eq!(calibrated(&kept, &at(&one)), "2");
    assert_eq!(calibrated(&kept, &at(&two)), "3");
}

#[test]
fn the_moment_can_be_a_variable() {
    let kept = Kept::new();
    let last = kept.last();
    kept.record("one", json!({}));
    let ask = |variables: Value| -> Value {
        let query = "query Q($entry: Int, $time: DateTime) @asOf(entry: $entry, time: $time) \
                     { cycles { code } }";
        let request = Request::new(query).variables(variables.to_string());
        serde_json::from_str(&kept.text(request)).unwrap()
    };
    let cycles = |answer: Value| answer["data"]["cycles"].as_array().map(Vec::len);
    assert_eq!(cycles(ask(json!({ "entry": last }))), Some(1));
    assert_eq!(cycles(ask(json!({ "entry": 0 }))), Some(0));
    assert_eq!(
        cycles(ask(json!({ "time": "2008-11-30T09:00:00+01:00" }))),
        Some(0)
    );
    // A variable without a value is no moment, and never the present.
    assert_eq!(code(&ask(json!({}))), "BAD_USER_INPUT");
    assert_eq!(code(&ask(json!({ "entry": null }))), "BAD_USER_INPUT");
    assert_eq!(code(&ask(json!({ "time": "yesterday" }))), "BAD_USER_INPUT");
    let both = json!({ "entry": 1, "time": "2008-11-30T09:00:00Z" });
    assert_eq!(code(&ask(both)), "BAD_USER_INPUT");
}

#[test]
fn what_is_still_to_come_is_refused() {
    let kept = Kept::new();
    let last = kept.last();
    let beyond = format!("query @asOf(entry: {}) {{ cycles {{ code }} }}", last + 1);
    let answer = kept.ask(&beyond);
    assert_eq!(code(&answer), "NOT_FOUND");
    assert!(message(&answer).contains(&last.to_string()), "{answer}");
    let future = "query @asOf(time: \"2999-01-01T00:00:00Z\") { cycles { code } }";
    assert_eq!(code(&kept.ask(future)), "BAD_USER_INPUT");
    let negative = "query @asOf(entry: -1) { cycles { code } }";
    assert_eq!(code(&kept.ask(negative)), "BAD_USER_INPUT");
    // What was refused is answered once it has come.
    kept.record("one", json!({}));
    assert_eq!(kept.ask(&beyond)["data"]["cycles"][0]["code"], CYCLE);
}

#[test]
fn before_the_first_entry_there_is_nothing() {
    let kept = Kept::new();
    let answer = kept.ask(
        "query @asOf(time: \"2000-01-01T00:00:00Z\") { cycles { code } node(id: \"eA\") { id } \
         ledger { head { entry } } }",
    );
    assert_eq!(answer["data"]["cycles"], json!([]));
    assert_eq!(answer["data"]["ledger"]["head"]["entry"], kept.last());
}

#[test]
fn the_directive_stands_on_queries_once() {
    let kept = Kept::new();
    for query in [
        "mutation @asOf(entry: 1) { withdraw(input: { requestId: \"x\", entry: 1, reason: \"y\" }) \
         { entry } }",
        "{ cycles @asOf(entry: 1) { code } }",
        "query @asOf(entry: 1) @asOf(entry: 2) { cycles { code } }",
        "query @asOf(number: 1) { cycles { code } }",
        "query @asOf(entry: \"1\") { cycles { code } }",
        "query @asOf(time: \"soon\") { cycles { code } }",
        "query @asof(entry: 1) { cycles { code } }",
    ] {
        let answer = kept.change(query, &json!({}));
        assert_eq!(code(&answer), "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    assert_eq!(
        code(&kept.ask("query @asOf { cycles { code } }")),
        "BAD_USER_INPUT"
    );
}

#[test]
fn the_head_is_that_of_the_answer() {
    let kept = Kept::new();
    let head =
        |kept: &Kept| kept.ask("{ ledger { head { entry hash } } }")["data"]["ledger"].take();
    let before = head(&kept);
    assert_eq!(before["head"]["entry"], kept.last());
    let hash = kept.ledger.head().hash.to_string();
    assert_eq!(before["head"]["hash"], hash.as_str());
    kept.record("one", json!({}));
    let after = head(&kept);
    assert_eq!(after["head"]["entry"], kept.last());
    assert_ne!(after["head"]["hash"], before["head"]["hash"]);
}

#[test]
fn a_server_of_files_has_no_history() {
    let api = Api::new(england::programme(3), Settings::default());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let ask = |query: &str| -> Value {
        let request = Request::new(query).actor(wcc_core::Actor::operator("somebody"));
        let answer = runtime.block_on(api.execute(request));
        serde_json::from_slice(&answer.bytes).unwrap()
    };
    assert_eq!(
        ask("{ ledger { head { entry } } }")["data"]["ledger"],
        Value::Null
    );
    assert_eq!(
        code(&ask("query @asOf(entry: 0) { cycles { code } }")),
        "NO_LEDGER"
    );
    let write = "mutation { withdraw(input: { requestId: \"x\", entry: 1, reason: \"y\" }) \
                 { entry } }";
    let answer = ask(write);
    assert_eq!(code(&answer), "READ_ONLY");
    assert!(message(&answer).contains("read-only"), "{answer}");
}
