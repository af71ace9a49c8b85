//! Cursors: each is valid for its own list only, and reveals nothing.

use crate::ask::{data_with, error};
use serde_json::{Value, json};

/// Lists that differ from each other by field, parent or arguments.
const LISTS: &[&str] = &[
    "pcts(PAGE)",
    "pcts(sha: \"Q30\" PAGE)",
    "pcts(sha: \"Q34\" PAGE)",
    "outputs(cycle: \"england/2009-10\" PAGE)",
    "outputs(cycle: \"england/2008-09\" PAGE)",
    "outputs(cycle: \"england/2009-10\", sha: \"Q30\" PAGE)",
    "outputs(cycle: \"england/2009-10\", cluster: \"tees\" PAGE)",
    "findings(cycle: \"england/2009-10\" PAGE)",
    "findings(cycle: \"england/2009-10\", filter: { severity: WARNING } PAGE)",
    "findings(cycle: \"england/2009-10\", filter: { severity: [WARNING, NOTE] } PAGE)",
    "findings(cycle: \"england/2009-10\", filter: { body: \"Q30\" } PAGE)",
    "challenges(cycle: \"south-of-tyne-and-wear/2008-09\" PAGE)",
    "challenges(cycle: \"south-of-tyne-and-wear/2008-09\", filter: { method: PANEL } PAGE)",
    "search(cycle: \"england/2009-10\", conditions: { measure: \"5a\", atLeast: \"3\" } PAGE)",
    "search(cycle: \"england/2009-10\", conditions: { measure: \"5a\", atLeast: \"2\" } PAGE)",
    "search(cycle: \"england/2009-10\", conditions: { measure: \"6b\", atLeast: \"3\" } PAGE)",
    "search(cycle: \"england/2009-10\", conditions: [{ measure: \"5a\", atLeast: \"3\" }, { measure: \"6b\", atLeast: \"3\" }] PAGE)",
    "search(cycle: \"england/2009-10\", conditions: { measure: \"5a\", atLeast: \"3\" }, method: PANEL PAGE)",
];

fn query(list: &str) -> String {
    let list = list.replace("PAGE", ", first: $first, after: $after");
    format!(
        "query($first: Int!, $after: String) {{ list: {list} {{
            totalCount pageInfo {{ endCursor hasNextPage }} edges {{ cursor }} }} }}"
    )
}

fn page(list: &str, first: u32, after: &Value) -> Value {
    let variables = json!({ "first": first, "after": after });
    data_with(&query(list), &variables.to_string())["list"].take()
}

#[test]
fn a_cursor_is_valid_for_its_own_list_only() {
    let cursors: Vec<Value> = LISTS
        .iter()
        .map(|list| page(list, 1, &Value::Null)["pageInfo"]["endCursor"].take())
        .collect();
    for (own, cursor) in cursors.iter().enumerate() {
        assert!(cursor.is_string(), "{} is empty", LISTS[own]);
        let small = cursor.as_str().is_some_and(|cursor| cursor.len() <= 200);
        assert!(small, "{cursor}");
        for (other, list) in LISTS.iter().enumerate() {
            if own == other {
                page(list, 2, cursor);
                continue;
            }
            let variables = json!({ "first": 1, "after": cursor }).to_string();
            let (message, code) = error(&query(list), &variables);
            assert_eq!(
                code, "BAD_USER_INPUT",
                "{} in {list}: {message}",
                LISTS[own]
            );
            assert!(message.contains("cursor of another list"), "{message}");
        }
    }
}

#[test]
fn a_cursor_does_not_depend_on_how_arguments_are_written() {
    let of = |conditions: &str| {
        let list = "search(cycle: \"england/2009-10\", sha: null, conditions: CONDITIONS PAGE)";
        page(&list.replace("CONDITIONS", conditions), 1, &Value::Null)["pageInfo"]["endCursor"]
            .take()
    };
    let plain = of("{ component: \"5\", atLeast: \"2\" }");
    assert!(plain.is_string());
    assert_eq!(
        plain,
        of("[{ atLeast: \"2\", measure: null, component: 5 }]")
    );
}

#[test]
fn the_pages_of_a_list_join_to_the_list() {
    for list in LISTS {
        let whole = page(list, 200, &Value::Null);
        if whole["pageInfo"]["hasNextPage"] == true {
            continue;
        }
        let whole = whole["edges"].as_array().unwrap().clone();
        let (mut read, mut after) = (Vec::new(), Value::Null);
        loop {
            let next = page(list, 7, &after);
            read.extend(next["edges"].as_array().unwrap().iter().cloned());
            after = next["pageInfo"]["endCursor"].clone();
            if next["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(read, whole, "{list}");
    }
}

#[test]
fn an_invalid_cursor_is_refused_at_any_size() {
    let good = page(LISTS[0], 1, &Value::Null)["pageInfo"]["endCursor"].take();
    let good = good.as_str().unwrap();
    let cut = good.get(1..).unwrap();
    let half = good.get(..good.len() / 2).unwrap();
    let turned: String = good.chars().rev().collect();
    for given in [
        "",
        " ",
        "not-a-cursor",
        "\u{1f600}",
        "\0",
        cut,
        half,
        &turned,
        &format!("{good}="),
        &format!("{good}A"),
        &format!(" {good}"),
        &good.repeat(2),
        &"A".repeat(50_000),
        "UGN0Q29ubmVjdGlvbjow",
    ] {
        let variables = json!({ "first": 1, "after": given }).to_string();
        let (message, code) = error(&query(LISTS[0]), &variables);
        assert_eq!(code, "BAD_USER_INPUT", "{given}: {message}");
        assert!(message.contains("`after` is not a cursor"), "{message}");
    }
}
