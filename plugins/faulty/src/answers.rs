//! Answers that no plugin should give.

use serde_json::{Value, json};
use wcc_plugin::Batch;

/// The faults of this module.
pub(crate) const NAMES: &[&str] = &[
    "no-answer",
    "huge-answer",
    "over-100-mb",
    "invalid-utf-8",
    "invalid-json",
    "truncated-json",
    "deep-json",
    "empty",
    "unknown-check",
    "unknown-outcome",
    "unknown-measure",
    "unknown-severity",
    "nan-as-text",
    "nan-bare",
    "infinite",
    "out-of-range",
    "body-not-sent",
    "duplicate-result",
    "missing-result",
    "duplicate-outcome",
    "control-characters",
    "long-message",
    "many-findings",
    "many-outcomes",
    "wrong-manifest-shape",
    "error-with-escape",
];

/// The answer for a fault; one without fault for a name that is none.
pub(crate) fn of(fault: &str, batch: &Batch<'_>) -> Option<Vec<u8>> {
    let text = match fault {
        "no-answer" => return None,
        "huge-answer" => return Some(vec![b' '; 20 << 20]),
        "over-100-mb" => return Some(vec![b'['; 100 << 20]),
        "invalid-utf-8" => {
            return Some(b"{\"ok\":{\"results\":[{\"body\":\"\xff\xfe\"}]}}".to_vec());
        }
        "invalid-json" => "{\"ok\": results}".to_owned(),
        "truncated-json" => {
            let whole = results(batch, |_| json!([])).to_string();
            whole[..whole.len() / 2].to_owned()
        }
        "deep-json" => format!("{{\"ok\":{}", "[".repeat(1 << 20)),
        "empty" => String::new(),
        "nan-bare" => results(batch, |_| finding(json!({}))).to_string().replace(
            "\"severity\":\"note\"",
            "\"severity\":\"note\",\"numbers\":[{\"label\":\"x\",\"value\":NaN}]",
        ),
        "infinite" => results(batch, |_| finding(json!({}))).to_string().replace(
            "\"severity\":\"note\"",
            "\"severity\":\"note\",\"numbers\":[{\"label\":\"x\",\"value\":1e999}]",
        ),
        "wrong-manifest-shape" => json!({ "ok": "everything is fine" }).to_string(),
        "error-with-escape" => {
            json!({ "error": { "code": "failed", "message": "\u{1b}[2Jgone\u{202e}" } }).to_string()
        }
        other => faulty_value(other, batch).to_string(),
    };
    Some(text.into_bytes())
}

fn faulty_value(fault: &str, batch: &Batch<'_>) -> Value {
    let one = |change: Value| results(batch, |_| finding(change.clone()));
    match fault {
        "unknown-check" => one(json!({ "check": "never-heard-of" })),
        "unknown-measure" => one(json!({ "subject": { "measure": "99z" } })),
        "unknown-severity" => one(json!({ "severity": "fatal" })),
        "nan-as-text" => one(json!({ "numbers": [{ "label": "x", "value": "NaN" }] })),
        "control-characters" => one(json!({ "message": "\u{1b}[31mred" })),
        "long-message" => one(json!({ "message": "x".repeat(3_000) })),
        "many-findings" => results(batch, |_| {
            let all = vec![finding(json!({}))[0].clone(); 1_001];
            Value::Array(all)
        }),
        "unknown-outcome" => outcomes(batch, &json!([{ "outcome": "never-heard-of" }])),
        "out-of-range" => outcomes(batch, &json!([{ "outcome": "faults", "value": 101 }])),
        "duplicate-outcome" => outcomes(
            batch,
            &json!([{ "outcome": "faults", "value": 1 }, { "outcome": "faults", "value": 2 }]),
        ),
        "many-outcomes" => outcomes(
            batch,
            &Value::Array(vec![json!({ "outcome": "faults" }); 1_001]),
        ),
        "body-not-sent" => with(batch, |all| all.push(json!({ "body": "5A3" }))),
        "duplicate-result" => with(batch, |all| all.extend(all.first().cloned())),
        "missing-result" => with(batch, |all| drop(all.pop())),
        _ => results(batch, |_| json!([])),
    }
}

fn finding(change: Value) -> Value {
    let mut finding = json!({ "check": "fails", "severity": "note", "message": "It fails." });
    if let (Value::Object(finding), Value::Object(change)) = (&mut finding, change) {
        finding.extend(change);
    }
    json!([finding])
}

fn results(batch: &Batch<'_>, findings: impl Fn(&str) -> Value) -> Value {
    let result = |body: &wcc_plugin::Body<'_>| json!({ "body": &*body.code, "findings": findings(&body.code) });
    json!({ "ok": { "results": batch.bodies.iter().map(result).collect::<Vec<_>>() } })
}

fn outcomes(batch: &Batch<'_>, outcomes: &Value) -> Value {
    let result = |body: &wcc_plugin::Body<'_>| {
        let outcomes = if &*body.kind == "pct" {
            outcomes.clone()
        } else {
            json!([])
        };
        json!({ "body": &*body.code, "outcomes": outcomes })
    };
    json!({ "ok": { "results": batch.bodies.iter().map(result).collect::<Vec<_>>() } })
}

fn with(batch: &Batch<'_>, change: impl FnOnce(&mut Vec<Value>)) -> Value {
    let mut answer = results(batch, |_| json!([]));
    if let Some(all) = answer["ok"]["results"].as_array_mut() {
        change(all);
    }
    answer
}
