//! `@asOf`: queries of earlier states.

use crate::book::{CYCLE, LedgerApi};
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

/// Reads the calibrated value of 5KF on 3c, with a directive on the query.
fn calibrated(ledger_api: &LedgerApi, directive: &str) -> Value {
    let answer = ledger_api.ask(&format!(
        "query Q {directive} {{ output(cycle: \"{CYCLE}\", pct: \"5KF\") {{ \
         cells(measures: [\"3c\"]) {{ value(method: CALIBRATED) }} }} }}"
    ));
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"]["output"]["cells"][0]["value"].clone()
}

#[test]
fn every_earlier_state_can_be_queried() {
    let ledger_api = LedgerApi::new();
    let before = ledger_api.last();
    assert_eq!(
        calibrated(&ledger_api, &format!("@asOf(entry: {before})")),
        Value::Null
    );
    let first = ledger_api.record("one", json!({}));
    let two = ledger_api.record("two", json!({ "value": "3", "supersedes": before + 1 }));
    for _ in 0..2 {
        assert_eq!(calibrated(&ledger_api, ""), "3");
        assert_eq!(
            calibrated(&ledger_api, &format!("@asOf(entry: {before})")),
            Value::Null
        );
        assert_eq!(
            calibrated(&ledger_api, &format!("@asOf(entry: {})", before + 1)),
            "2"
        );
        assert_eq!(
            calibrated(&ledger_api, &format!("@asOf(entry: {})", before + 2)),
            "3"
        );
    }
    let at = |made: &Value| format!("@asOf(time: {})", made["at"]);
    assert_eq!(calibrated(&ledger_api, &at(&first)), "2");
    assert_eq!(calibrated(&ledger_api, &at(&two)), "3");
}

#[test]
fn the_moment_can_be_a_variable() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
    ledger_api.record("one", json!({}));
    let ask = |variables: Value| -> Value {
        let query = "query Q($entry: Int, $time: DateTime) @asOf(entry: $entry, time: $time) \
                     { cycles { code } }";
        let request = Request::new(query).variables(variables.to_string());
        serde_json::from_str(&ledger_api.text(request)).unwrap()
    };
    let cycles = |answer: Value| answer["data"]["cycles"].as_array().map(Vec::len);
    assert_eq!(cycles(ask(json!({ "entry": last }))), Some(1));
    assert_eq!(cycles(ask(json!({ "entry": 0 }))), Some(0));
    assert_eq!(
        cycles(ask(json!({ "time": "2008-11-30T09:00:00+01:00" }))),
        Some(0)
    );
    // A variable without a value is an error, and does not mean the present.
    assert_eq!(code(&ask(json!({}))), "BAD_USER_INPUT");
    assert_eq!(code(&ask(json!({ "entry": null }))), "BAD_USER_INPUT");
    assert_eq!(code(&ask(json!({ "time": "yesterday" }))), "BAD_USER_INPUT");
    let both = json!({ "entry": 1, "time": "2008-11-30T09:00:00Z" });
    assert_eq!(code(&ask(both)), "BAD_USER_INPUT");
}

#[test]
fn a_moment_in_the_future_is_refused() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
    let beyond = format!("query @asOf(entry: {}) {{ cycles {{ code }} }}", last + 1);
    let answer = ledger_api.ask(&beyond);
    assert_eq!(code(&answer), "NOT_FOUND");
    assert!(message(&answer).contains(&last.to_string()), "{answer}");
    let future = "query @asOf(time: \"2999-01-01T00:00:00Z\") { cycles { code } }";
    assert_eq!(code(&ledger_api.ask(future)), "BAD_USER_INPUT");
    let negative = "query @asOf(entry: -1) { cycles { code } }";
    assert_eq!(code(&ledger_api.ask(negative)), "BAD_USER_INPUT");
    // The same moment is answered once it has passed.
    ledger_api.record("one", json!({}));
    assert_eq!(ledger_api.ask(&beyond)["data"]["cycles"][0]["code"], CYCLE);
}

#[test]
fn before_the_first_entry_there_is_nothing() {
    let ledger_api = LedgerApi::new();
    let answer = ledger_api.ask(
        "query @asOf(time: \"2000-01-01T00:00:00Z\") { cycles { code } node(id: \"eA\") { id } \
         ledger { head { entry } } }",
    );
    assert_eq!(answer["data"]["cycles"], json!([]));
    assert_eq!(answer["data"]["ledger"]["head"]["entry"], ledger_api.last());
}

#[test]
fn the_directive_is_allowed_once_on_a_query() {
    let ledger_api = LedgerApi::new();
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
        let answer = ledger_api.change(query, &json!({}));
        assert_eq!(code(&answer), "GRAPHQL_VALIDATION_FAILED", "{query}");
    }
    assert_eq!(
        code(&ledger_api.ask("query @asOf { cycles { code } }")),
        "BAD_USER_INPUT"
    );
}

#[test]
fn the_head_belongs_to_the_state_of_the_answer() {
    let ledger_api = LedgerApi::new();
    let head = |ledger_api: &LedgerApi| {
        ledger_api.ask("{ ledger { head { entry hash } } }")["data"]["ledger"].take()
    };
    let before = head(&ledger_api);
    assert_eq!(before["head"]["entry"], ledger_api.last());
    let hash = ledger_api.ledger.head().hash.to_string();
    assert_eq!(before["head"]["hash"], hash.as_str());
    ledger_api.record("one", json!({}));
    let after = head(&ledger_api);
    assert_eq!(after["head"]["entry"], ledger_api.last());
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
