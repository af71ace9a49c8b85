//! The kit's own batches: an invented region that fits any manifest.

#![expect(
    clippy::indexing_slicing,
    reason = "members of messages that are built here"
)]

use super::examples::Example;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use wcc_plugin::{Manifest, PROTOCOL, need};

/// Builds a small region that has everything: a cluster of two PCTs, three PCTs without a cluster,
/// every function of the manifest, known and unknown values.
pub(super) fn region(manifest: &Manifest) -> Example {
    Example {
        name: "the kit's region".to_owned(),
        batch: batch(manifest, 5, true),
        expected: None,
    }
}

/// Builds a batch of `pcts` PCTs outside any cluster, with 60 judgements each.
pub(super) fn of_pcts(manifest: &Manifest, pcts: usize) -> Value {
    batch(manifest, pcts, false)
}

fn batch(manifest: &Manifest, pcts: usize, clustered: bool) -> Value {
    let mut bodies: Vec<Value> = (0..pcts)
        .map(|at| pct(manifest, at, clustered && at < 2))
        .collect();
    if clustered {
        bodies.push(json!({ "code": "the-cluster", "kind": "cluster",
            "judgements": judgements(1, false), "surveys": surveys(1), "commentary": ["3"],
            "challenges": [
                { "measure": "1b", "method": "panel", "value": "4", "supports": "2" },
                { "measure": "3a", "method": "self", "value": "3", "supports": "1" },
            ] }));
    }
    for (at, function) in manifest.functions.iter().enumerate() {
        bodies.push(json!({ "code": function.code, "kind": "function",
            "judgements": judgements(at, true) }));
    }
    for region in &manifest.regions {
        bodies.push(json!({ "code": region, "kind": "sha" }));
    }
    for body in &mut bodies {
        keep_only_needed(body, &manifest.needs);
    }
    bodies.sort_by(|left, right| left["code"].as_str().cmp(&right["code"].as_str()));
    let mut batch = json!({
        "protocol": PROTOCOL,
        "as_of": "2010-05-31",
        "framework": framework(manifest),
        "bodies": bodies,
    });
    let settings = settings(manifest);
    if !settings.is_empty() {
        batch["settings"] = settings.into();
    }
    batch
}

/// Ten competencies of three measures, as in the frameworks of 2008 to 2010, and two strands.
fn framework(manifest: &Manifest) -> Value {
    let measure =
        |id: String, scale: &str, reach: &str| json!({ "id": id, "scale": scale, "reach": reach });
    let competency = |number: usize| {
        let measures: Vec<Value> = ["a", "b", "c"]
            .iter()
            .map(|letter| measure(format!("{number}{letter}"), "level", "cluster"))
            .collect();
        json!({ "id": number.to_string(), "area": "competencies", "scale": "level",
            "measures": measures })
    };
    let strand = |id: &str| {
        let measures: Vec<Value> = (1..=5)
            .map(|number| measure(format!("{id}.{number}"), "rating", "pct"))
            .collect();
        json!({ "id": id, "area": "governance", "scale": "rating", "measures": measures })
    };
    let mut components: Vec<Value> = (1..=10).map(competency).collect();
    components.extend(["strategy", "board"].map(strand));
    json!({
        "id": manifest.frameworks.first(),
        "scales": [
            { "id": "level", "steps": ["1", "2", "3", "4"] },
            { "id": "rating", "steps": ["red", "amber", "green"] },
        ],
        "components": components,
        "outcomes_asked": 10,
    })
}

fn pct(manifest: &Manifest, at: usize, clustered: bool) -> Value {
    let functions = manifest.functions.iter().skip(at % 2);
    let mut pct = json!({
        "code": format!("X{at:03}"), "kind": "pct",
        "judgements": judgements(at, false),
        "results": [
            { "component": "1", "previous": "1", "self": "3", "panel": "2" },
            { "component": "2", "self": "2", "panel": "3", "calibrated": "2" },
            { "component": "strategy", "panel": "amber" },
        ],
        "surveys": surveys(at),
        "outcomes": outcomes(manifest, at),
        "delegations": functions.map(|function| &function.code).collect::<Vec<_>>(),
        "commentary": ["1", "strategy"],
        "criteria": [
            { "measure": "2b", "kind": "criterion", "supports": "2" },
            { "measure": "4a", "kind": "metric", "supports": "1", "inferred": true },
        ],
        "challenges": [
            { "measure": "1b", "method": "self", "value": "3", "supports": "2" },
            { "measure": "2b", "method": "panel", "value": "3", "supports": "2", "answered": true },
        ],
        "answers": [{ "measure": "2b", "method": "panel" }],
    });
    if clustered {
        pct["cluster"] = "the-cluster".into();
        pct["judgements"] = json!([
            { "subject": "1a", "method": "panel", "value": "4", "departs": true },
            { "subject": "1b", "method": "self" },
        ]);
    }
    pct
}

/// Builds the body's own mark and the panel's mark on thirty measures; some have no value.
fn judgements(seed: usize, by_assessors: bool) -> Vec<Value> {
    let mut judgements = Vec::new();
    for at in 0..30 {
        let subject = format!("{}{}", at / 3 + 1, ["a", "b", "c"][at % 3]);
        for (shift, method) in ["self", "panel"].iter().enumerate() {
            let mut judgement = json!({ "subject": subject, "method": method });
            if (seed + at) % 11 != 10 {
                judgement["value"] = ((seed * 7 + at * 3 + shift) % 4 + 1).to_string().into();
            }
            if by_assessors {
                judgement["assessor"] = "the-cluster".into();
            }
            judgements.push(judgement);
        }
    }
    judgements
}

fn surveys(seed: usize) -> Value {
    let supports = (seed % 3 + 1).to_string();
    json!([
        { "survey": "key-stakeholder", "measure": "1b", "score": 4.14,
          "wording": "somewhat agree", "supports": supports },
        { "survey": "key-stakeholder", "measure": "3a", "wording": "agree" },
    ])
}

fn outcomes(manifest: &Manifest, seed: usize) -> Vec<Value> {
    let mut outcomes = vec![
        json!({ "slot": 1, "outcome": "life-expectancy", "title": "Life expectancy",
            "series": "males", "better": "higher", "historic": 0.5, "national": 0.4,
            "ons_cluster": 0.4, "top_decile": 0.8, "aspiration": 0.5 }),
        json!({ "slot": 1, "outcome": "life-expectancy", "series": "females", "better": "higher" }),
    ];
    for (slot, outcome) in (2..).zip(manifest.outcomes.iter().skip(seed % 2)) {
        outcomes.push(
            json!({ "slot": slot, "outcome": outcome.id, "series": "persons",
            "better": outcome.better, "historic": -1.5, "aspiration": 24.1 }),
        );
    }
    outcomes
}

/// Removes every data group that the plugin did not ask for, as the host does.
fn keep_only_needed(body: &mut Value, needs: &[String]) {
    let needed: BTreeSet<&str> = needs.iter().map(String::as_str).collect();
    if let Some(body) = body.as_object_mut() {
        body.retain(|field, _| {
            !need::ALL.contains(&field.as_str()) || needed.contains(field.as_str())
        });
    }
}

/// Returns the defaults from the manifest's settings schema.
pub(super) fn settings(manifest: &Manifest) -> Map<String, Value> {
    let schema = manifest.settings.as_ref();
    let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
    let default = |(name, property): (&String, &Value)| {
        let first = || property.get("examples")?.get(0);
        let value = property.get("default").or_else(first)?;
        Some((name.clone(), value.clone()))
    };
    properties
        .into_iter()
        .flatten()
        .filter_map(default)
        .collect()
}
