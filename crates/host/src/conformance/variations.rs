//! Batches made from a batch, and contributions compared.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use wcc_plugin::{BodyResult, Contribution};

/// The code of a body.
pub(super) fn code_of(body: &Value) -> String {
    body["code"].as_str().unwrap_or_default().to_owned()
}

fn bodies(batch: &Value) -> &[Value] {
    batch["bodies"].as_array().map_or(&[], Vec::as_slice)
}

/// The same batch with other bodies.
pub(super) fn with_bodies(batch: &Value, bodies: Vec<Value>) -> Value {
    let mut batch = batch.clone();
    batch["bodies"] = bodies.into();
    batch
}

/// The bodies of one kind.
pub(super) fn of_kind(batch: &Value, kind: &str) -> Vec<Value> {
    let bodies = bodies(batch).iter();
    bodies
        .filter(|body| body["kind"] == kind)
        .cloned()
        .collect()
}

/// The first and the last body of each kind.
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

/// A PCT, its cluster and the functions that it delegates to.
pub(super) fn what_it_refers_to(batch: &Value, pct: &Value) -> Vec<Value> {
    let delegations = pct["delegations"].as_array();
    let refers_to = |other: &&Value| {
        other["code"] == pct["code"]
            || (other["kind"] == "cluster" && other["code"] == pct["cluster"])
            || delegations.is_some_and(|codes| codes.contains(&other["code"]))
    };
    bodies(batch).iter().filter(refers_to).cloned().collect()
}

/// Bodies that a plugin whose results are by cluster may be asked about alone.
pub(super) struct Group {
    pub(super) sent: Vec<Value>,
    /// The codes of those whose results depend on nothing else.
    pub(super) answered: Vec<String>,
}

/// Every group of a batch: each cluster with its PCTs, each PCT in no cluster, both with their
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

/// The bodies backwards, from the middle on, and every second one first.
pub(super) fn shuffled(batch: &Value) -> [Value; 3] {
    let sent = bodies(batch);
    let backwards = sent.iter().rev().cloned().collect();
    let mut from_the_middle = sent.to_vec();
    from_the_middle.rotate_left(sent.len() / 2);
    let odd = sent.iter().skip(1).step_by(2);
    let mixed = odd.chain(sent.iter().step_by(2)).cloned().collect();
    [backwards, from_the_middle, mixed].map(|bodies| with_bodies(batch, bodies))
}

/// The same batch with a field in every object that no protocol has.
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

/// The same batch with a body of an unknown kind, and in every body unknown measures, methods,
/// surveys, outcomes and series, where the body has such a list.
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

/// Whether two contributions say the same, in whatever order; else the body where they differ.
pub(super) fn same(one: &Contribution, other: &Contribution) -> Result<(), String> {
    let (one, other) = (by_body(one), by_body(other));
    let differs = |body: &&&str| one.get(**body) != other.get(**body);
    match one.keys().chain(other.keys()).find(differs) {
        None => Ok(()),
        Some(body) => Err((*body).to_owned()),
    }
}

/// The lines by which what two contributions say of a body differ.
pub(super) fn difference(body: &str, expected: &Contribution, found: &Contribution) -> String {
    let laid_out = |contribution: &Contribution| {
        let mut text = String::new();
        for item in by_body(contribution).remove(body).unwrap_or_default() {
            let item: Value = serde_json::from_str(&item).unwrap_or_default();
            text.push_str(&format!("{item:#}\n"));
        }
        text
    };
    wcc_plugin::testing::difference(&laid_out(expected), &laid_out(found))
}

/// The same for one body.
pub(super) fn same_for(body: &str, one: &Contribution, other: &Contribution) -> Result<(), String> {
    if by_body(one).get(body) == by_body(other).get(body) {
        return Ok(());
    }
    Err(body.to_owned())
}

/// What is said of each body, in an order of its own.
fn by_body(contribution: &Contribution) -> BTreeMap<&str, Vec<String>> {
    let said = |result: &BodyResult| {
        let findings = result.findings.iter().map(|one| json!(one).to_string());
        let ceilings = result.ceilings.iter().map(|one| json!(one).to_string());
        let outcomes = result.outcomes.iter().map(|one| json!(one).to_string());
        let mut said: Vec<String> = findings.chain(ceilings).chain(outcomes).collect();
        said.sort();
        said
    };
    let results = contribution.results.iter();
    results
        .map(|result| (result.body.as_str(), said(result)))
        .collect()
}
