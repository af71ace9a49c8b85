//! Reading a list page by page while the ledger grows.

use crate::book::{CYCLE, LedgerApi};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};

/// Lists of the cycle, with the field that identifies an item.
const LISTS: &[&str] = &[
    "challenges(cycle: $c, PAGE) { pageInfo { endCursor hasNextPage } edges { node { pct { code } measure { code } kind: method } } }",
    "challenges(cycle: $c, filter: { body: \"5KF\" }, PAGE) { pageInfo { endCursor hasNextPage } edges { node { measure { code } kind: method } } }",
    "findings(cycle: $c, PAGE) { pageInfo { endCursor hasNextPage } edges { node { check message body { code } measure { code } } } }",
    "outputs(cycle: $c, PAGE) { pageInfo { endCursor hasNextPage } edges { node { pct { code } } } }",
    "search(cycle: $c, conditions: { measure: \"3c\", atLeast: \"2\" }, PAGE) { pageInfo { endCursor hasNextPage } edges { node { code } } }",
    "pcts(PAGE) { pageInfo { endCursor hasNextPage } edges { node { code } } }",
];

fn query(list: &str, directive: &str) -> String {
    let list = list.replace("PAGE", "first: $first, after: $after");
    let cycle = if list.contains("$c") { "$c: ID!, " } else { "" };
    format!("query({cycle}$first: Int!, $after: String) {directive} {{ list: {list} }}")
}

/// Reads a page; returns its items and its end cursor.
fn page(
    ledger_api: &LedgerApi,
    query: &str,
    first: u32,
    after: &Value,
) -> (Vec<String>, Option<Value>) {
    let variables = json!({ "c": CYCLE, "first": first, "after": after });
    let mut answer = ledger_api.change(query, &variables);
    assert_eq!(answer.get("errors"), None, "{answer}");
    let list = answer["data"]["list"].take();
    let edges = list["edges"].as_array().unwrap().iter();
    let items = edges.map(|edge| edge["node"].to_string()).collect();
    let more = list["pageInfo"]["hasNextPage"] == true;
    (items, more.then(|| list["pageInfo"]["endCursor"].clone()))
}

/// Reads the rest of a list, in pages of a size.
fn rest(ledger_api: &LedgerApi, query: &str, first: u32, mut after: Value) -> Vec<String> {
    let mut read = Vec::new();
    loop {
        let (items, next) = page(ledger_api, query, first, &after);
        read.extend(items);
        let Some(next) = next else { return read };
        after = next;
    }
}

/// Records a judgement, which supersedes the current one if there is one.
fn judge(ledger_api: &LedgerApi, body: &str, measure: &str, method: &str, value: u8) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let request = || format!("paging {}", NEXT.fetch_add(1, Ordering::Relaxed));
    let judgement = json!({
        "body": body, "measure": measure, "method": method, "value": value.to_string(),
        "reason": "seen on the day", "evidence": null,
    });
    let refused = ledger_api.record(&request(), judgement.clone());
    let error = &refused["userErrors"][0];
    if error["code"] == "ALREADY_SAID" {
        let stands: u32 = error["nearest"].as_str().unwrap().parse().unwrap();
        let mut judgement = judgement;
        judgement["supersedes"] = json!(stands);
        ledger_api.record(&request(), judgement);
    }
}

#[test]
fn a_page_after_a_change_neither_repeats_nor_omits_an_item() {
    let ledger_api = LedgerApi::new();
    let changes = prop::collection::vec(
        (
            prop::sample::select(vec!["5KF", "5KG", "5KL", "south-of-tyne-and-wear"]),
            prop::sample::select(vec!["1a", "1b", "3c", "5a", "8b", "10a"]),
            prop::sample::select(vec!["SELF", "PANEL", "CALIBRATED"]),
            1_u8..=4,
        ),
        1..4,
    );
    let case = (0..LISTS.len(), 1_u32..6, changes);
    let mut runner = TestRunner::new_with_rng(
        Config {
            cases: 24,
            failure_persistence: None,
            ..Config::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let outcome = runner.run(&case, |(list, first, changes)| {
        let query = query(LISTS[list], "");
        let before = rest(&ledger_api, &query, 200, Value::Null);
        let (mut read, next) = page(&ledger_api, &query, first, &Value::Null);
        for (body, measure, method, value) in changes {
            judge(&ledger_api, body, measure, method, value);
        }
        let after = rest(&ledger_api, &query, 200, Value::Null);
        if let Some(next) = next {
            read.extend(rest(&ledger_api, &query, first, next));
        }
        let items: BTreeSet<&String> = read.iter().collect();
        prop_assert_eq!(items.len(), read.len(), "repeated: {:?}", read);
        for item in before.iter().filter(|item| after.contains(item)) {
            prop_assert!(items.contains(item), "lost: {}", item);
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn a_new_challenge_moves_no_other() {
    let ledger_api = LedgerApi::new();
    let query = query(LISTS[0], "");
    let before = rest(&ledger_api, &query, 200, Value::Null);
    let (mut read, next) = page(&ledger_api, &query, 3, &Value::Null);
    judge(&ledger_api, "5KF", "1b", "SELF", 4);
    read.extend(rest(&ledger_api, &query, 3, next.unwrap()));
    for item in &before {
        assert_eq!(
            read.iter().filter(|other| *other == item).count(),
            1,
            "{item}"
        );
    }
}

#[test]
fn a_cursor_belongs_to_its_moment() {
    let ledger_api = LedgerApi::new();
    let last = ledger_api.last();
    let then = query(LISTS[0], &format!("@asOf(entry: {last})"));
    let before = rest(&ledger_api, &then, 200, Value::Null);
    let (mut read, next) = page(&ledger_api, &then, 2, &Value::Null);
    judge(&ledger_api, "5KF", "1b", "SELF", 4);
    let next = next.unwrap();
    read.extend(rest(&ledger_api, &then, 2, next.clone()));
    assert_eq!(read, before);
    let variables = json!({ "c": CYCLE, "first": 2, "after": next });
    for other in [String::new(), format!("@asOf(entry: {})", last - 1)] {
        let answer = ledger_api.change(&query(LISTS[0], &other), &variables);
        let error = &answer["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("cursor of another list"), "{message}");
    }
}
