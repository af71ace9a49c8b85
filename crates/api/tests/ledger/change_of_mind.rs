//! A challenge is answered with a change of mind: it keeps the value that raised it.

use crate::book::{CYCLE, LedgerApi};
use serde_json::{Value, json};
use wcc_api::Request;
use wcc_core::Actor;

const CHALLENGES: &str = "challenges { measure { code } method value supported state shared answer
    changeOfMind { to fromEntry entry reason enteredBy { role } } }";

/// The challenges of a body on a measure to the panel's value.
fn challenges(ledger_api: &LedgerApi, body: &str, measure: &str) -> Vec<Value> {
    let query = format!(
        "{{ output(cycle: \"{CYCLE}\", body: \"{body}\") {{ {CHALLENGES}
            challengeCounts {{ open answered changed }} }} }}"
    );
    let answer = ledger_api.ask(&query);
    let challenges = answer["data"]["output"]["challenges"].as_array();
    let challenges = challenges.unwrap_or_else(|| panic!("{answer}")).iter();
    let of_panel = challenges
        .filter(|found| found["measure"]["code"] == measure && found["method"] == "PANEL");
    of_panel.cloned().collect()
}

/// The entry of the panel's value for the cluster.
fn entry_of(ledger_api: &LedgerApi, measure: &str) -> Value {
    let query = format!(
        "{{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ cells(measures: [\"{measure}\"]) {{ \
         marks(methods: [PANEL]) {{ value entry }} }} }} }}"
    );
    let answer = ledger_api.ask(&query);
    answer["data"]["output"]["cells"][0]["marks"][0]["entry"].clone()
}

#[test]
fn a_changed_value_answers_its_challenge() {
    let ledger_api = LedgerApi::new();
    let before = challenges(&ledger_api, "5KF", "4c");
    assert_eq!(before.len(), 1, "{before:?}");
    assert_eq!(before[0]["state"], "OPEN");
    assert_eq!(before[0]["changeOfMind"], Value::Null);
    let (value, supported) = (&before[0]["value"], &before[0]["supported"]);
    let raised = entry_of(&ledger_api, "4c");
    let record = |request: &str, supersedes: &Value, value: &Value, why: &str| {
        let more = json!({
            "measure": "4c", "method": "PANEL", "value": value, "rationale": why,
            "supersedes": supersedes,
        });
        let payload = ledger_api.record(request, more);
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        payload["entry"].clone()
    };
    let changed = record("one", &raised, supported, "The survey has convinced us.");
    for body in ["5KF", "5KG"] {
        let after = challenges(&ledger_api, body, "4c");
        assert_eq!(after.len(), 1, "{after:?}");
        let challenge = &after[0];
        assert_eq!(challenge["state"], "CHANGED", "{challenge}");
        assert_eq!(
            [&challenge["value"], &challenge["supported"]],
            [value, supported]
        );
        let expected = json!({
            "to": supported, "fromEntry": raised, "entry": changed,
            "reason": "The survey has convinced us.", "enteredBy": { "role": "operator" },
        });
        assert_eq!(challenge["changeOfMind"], expected);
    }
    // Raised again, it is open again; the value in between does not hide the highest one later.
    let again = record("two", &changed, value, "We heard the partners once more.");
    let reopened = challenges(&ledger_api, "5KF", "4c");
    assert_eq!(reopened[0]["state"], "OPEN", "{reopened:?}");
    let last = record("three", &again, supported, "No: the survey stands.");
    let closed = challenges(&ledger_api, "5KF", "4c");
    assert_eq!(closed[0]["changeOfMind"]["fromEntry"], again, "{closed:?}");
    assert_eq!(closed[0]["changeOfMind"]["entry"], last);
}

#[test]
fn a_value_that_nothing_limited_when_it_was_changed_was_no_change_of_mind() {
    let ledger_api = LedgerApi::new();
    let raised = entry_of(&ledger_api, "9b");
    let record = |request: &str, supersedes: &Value, why: &str| {
        let more = json!({
            "measure": "9b", "method": "PANEL", "value": "2", "rationale": why,
            "supersedes": supersedes,
        });
        let payload = ledger_api.record(request, more);
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        payload["entry"].clone()
    };
    let lowered = record("one", &raised, "Second thoughts.");
    let criterion = format!(
        "mutation {{ recordCriterion(input: {{ requestId: \"limit\", cycle: \"{CYCLE}\",
            body: \"south-of-tyne-and-wear\", measure: \"9b\", kind: METRIC, supports: \"2\",
            reason: \"Illustrative.\" }}) {{ entry userErrors {{ message }} }} }}"
    );
    let entered = ledger_api.text(Request::new(&criterion).actor(Actor::operator("tester")));
    assert!(entered.contains("\"userErrors\":[]"), "{entered}");
    record("two", &lowered, "Second thoughts (a word corrected).");
    assert_eq!(challenges(&ledger_api, "5KF", "9b"), Vec::<Value>::new());
}
