//! Derives variations of a batch, and compares contributions.

#![expect(
    clippy::indexing_slicing,
    reason = "members of messages that are built here"
)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use wcc_plugin::{BodyResult, Contribution};

/// Returns the code of a body.
pub(super) fn code_of(body: &Value) -> String {
    body["code"].as_str().unwrap_or_default().to_owned()
}

fn bodies(batch: &Value) -> &[Value] {
    batch["bodies"].as_array().map_or(&[], Vec::as_slice)
}

/// Returns the batch with other bodies.
pub(super) fn with_bodies(batch: &Value, bodies: Vec<Value>) -> Value {
    let mut batch = batch.clone();
    batch["bodies"] = bodies.into();
    batch
}

/// Returns the bodies of one kind.
pub(super) fn of_kind(batch: &Value, kind: &str) -> Vec<Value> {
    let bodies = bodies(batch).iter();
    bodies
        .filter(|body| body["kind"] == kind)
        .cloned()
        .collect()
}

/// Returns the first and the last body of each kind.
pub(super) fn representatives(batch: &Value) -> Vec<Value> {
    let mut chosen: BTreeMap<(&str, &str), &Value> = BTreeMap::new();
    for body in bodies(batch) {
        let kind = body["kind"].as_str().unwrap_or_default();
        chosen.entry((kind, "first")).or_insert(body);
        chosen.insert((kind, "last"), body);
    }
    let mut chosen: Vec<Value> = chosen.into_values().cloned().collect();
    chosen.dedup();
    chosen
}

/// Returns a PCT, its cluster and the functions to which it delegates.
pub(super) fn related_bodies(batch: &Value, pct: &Value) -> Vec<Value> {
    let delegations = pct["delegations"].as_array();
    let refers_to = |other: &&Value| {
        other["code"] == pct["code"]
            || (other["kind"] == "cluster" && other["code"] == pct["cluster"])
            || delegations.is_some_and(|codes| codes.contains(&other["code"]))
    };
    bodies(batch).iter().filter(refers_to).cloned().collect()
}

/// Bodies that a plugin with results by cluster may receive alone.
pub(super) struct Group {
    pub(super) sent: Vec<Value>,
    /// The codes of the bodies whose results depend only on those sent.
    pub(super) answered: Vec<String>,
}

/// Returns every group of a batch: each cluster with its PCTs, each PCT in no cluster, both with their
/// functions; then every other body alone.
pub(super) fn groups(batch: &Value) -> Vec<Group> {
    let mut members: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    let mut groups = Vec::new();
    for body in bodies(batch) {
        let text = |field: &str| body[field].as_str().unwrap_or_default();
        match (text("kind"), text("cluster")) {
            ("pct", "") => members.entry(text("code")).or_default().push(body),
            ("pct", cluster) => members.entry(cluster).or_default().push(body),
            ("cluster", _) => members.entry(text("code")).or_default().push(body),
            _ => groups.push(Group {
                sent: vec![body.clone()],
                answered: vec![code_of(body)],
            }),
        }
    }
    groups.extend(members.into_values().map(|members| {
        let delegates_to = |function: &&Value| {
            let mut delegations = members
                .iter()
                .filter_map(|body| body["delegations"].as_array());
            delegations.any(|codes| codes.contains(&function["code"]))
        };
        let functions = bodies(batch).iter().filter(delegates_to);
        Group {
            answered: members.iter().map(|body| code_of(body)).collect(),
            sent: members.iter().copied().chain(functions).cloned().collect(),
        }
    }));
    groups
}

/// Returns the batch in three other orders: reversed, rotated by half, and with every second body
/// first.
pub(super) fn shuffled(batch: &Value) -> [Value; 3] {
    let sent = bodies(batch);
    let backwards = sent.iter().rev().cloned().collect();
    let mut from_the_middle = sent.to_vec();
    from_the_middle.rotate_left(sent.len() / 2);
    let odd = sent.iter().skip(1).step_by(2);
    let mixed = odd.chain(sent.iter().step_by(2)).cloned().collect();
    [backwards, from_the_middle, mixed].map(|bodies| with_bodies(batch, bodies))
}

/// Adds an unknown field to every object of a batch.
pub(super) fn with_unknown_fields(batch: &Value) -> Value {
    let mut batch = batch.clone();
    let settings = batch.get("settings").cloned();
    add_fields(&mut batch);
    // The settings are the operator's, valid by the plugin's own schema.
    if let Some(settings) = settings {
        batch["settings"] = settings;
    }
    batch
}

fn add_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(add_fields);
            let later = json!({ "since": "1.9", "list": [1, null, "\u{e9}\n"] });
            fields.insert("x_of_a_later_version".to_owned(), later);
        }
        Value::Array(items) => items.iter_mut().for_each(add_fields),
        _ => {}
    }
}

/// Adds a body of an unknown kind to a batch, and unknown measures, methods, surveys, outcomes and
/// series to the lists of every body.
pub(super) fn with_unknown_words(batch: &Value) -> Value {
    let mut bodies = bodies(batch).to_vec();
    for body in &mut bodies {
        add_words(body);
    }
    bodies.push(json!({ "code": "x-of-a-later-version", "kind": "integrated-care-board" }));
    with_bodies(batch, bodies)
}

fn add_words(body: &mut Value) {
    let additions = [
        (
            "judgements",
            json!({ "subject": "99z", "method": "panel", "value": "2" }),
        ),
        (
            "judgements",
            json!({ "subject": "1a", "method": "peer-review", "value": "beyond" }),
        ),
        (
            "results",
            json!({ "component": "99", "self": "9", "panel": "8" }),
        ),
        (
            "surveys",
            json!({ "survey": "of-a-later-year", "measure": "99z", "score": -1.0, "supports": "9" }),
        ),
        (
            "outcomes",
            json!({ "slot": 99, "outcome": "of-a-later-year", "series": "children", "better": "nearer" }),
        ),
        (
            "criteria",
            json!({ "measure": "99z", "kind": "standard", "supports": "9" }),
        ),
        (
            "challenges",
            json!({ "measure": "99z", "method": "peer-review", "value": "9", "supports": "8" }),
        ),
        (
            "answers",
            json!({ "measure": "99z", "method": "peer-review" }),
        ),
        ("delegations", json!("a-function-of-a-later-year")),
        ("commentary", json!("99")),
    ];
    for (list, item) in additions {
        if let Some(items) = body.get_mut(list).and_then(Value::as_array_mut) {
            items.push(item);
        }
    }
}

/// Checks that two contributions are the same in any order; the error is the first body with a
/// difference.
pub(super) fn same(left: &Contribution, right: &Contribution) -> Result<(), String> {
    let (left, right) = (by_body(left), by_body(right));
    let differs = |body: &&&str| left.get(**body) != right.get(**body);
    match left.keys().chain(right.keys()).find(differs) {
        None => Ok(()),
        Some(body) => Err((*body).to_owned()),
    }
}

/// Returns the lines by which two contributions differ for a body.
pub(super) fn difference(body: &str, expected: &Contribution, actual: &Contribution) -> String {
    let pretty = |contribution: &Contribution| {
        let mut text = String::new();
        for item in by_body(contribution).remove(body).unwrap_or_default() {
            let item: Value = serde_json::from_str(&item).unwrap_or_default();
            text.push_str(&format!("{item:#}\n"));
        }
        text
    };
    wcc_plugin::testing::difference(&pretty(expected), &pretty(actual))
}

/// Checks that two contributions are the same for one body.
pub(super) fn same_for(
    body: &str,
    left: &Contribution,
    right: &Contribution,
) -> Result<(), String> {
    if by_body(left).get(body) == by_body(right).get(body) {
        return Ok(());
    }
    Err(body.to_owned())
}

/// Returns the items for each body, in sorted order.
fn by_body(contribution: &Contribution) -> BTreeMap<&str, Vec<String>> {
    let items = |result: &BodyResult| {
        let findings = result.findings.iter().map(|item| json!(item).to_string());
        let ceilings = result.ceilings.iter().map(|item| json!(item).to_string());
        let outcomes = result.outcomes.iter().map(|item| json!(item).to_string());
        let mut items: Vec<String> = findings.chain(ceilings).chain(outcomes).collect();
        items.sort();
        items
    };
    let results = contribution.results.iter();
    results
        .map(|result| (result.body.as_str(), items(result)))
        .collect()
}
