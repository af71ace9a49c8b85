//! Faulty answers, for the tests of the host.

use serde_json::{Value, json};
use wcc_plugin::Batch;

/// The names of the faulty answers.
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

/// Returns the answer with this fault, or a faultless answer if the name is unknown.
pub(crate) fn answer_with(fault: &str, batch: &Batch<'_>) -> Option<Vec<u8>> {
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
    let with_finding = |change: Value| results(batch, |_| finding(change.clone()));
    match fault {
        "unknown-check" => with_finding(json!({ "check": "never-heard-of" })),
        "unknown-measure" => with_finding(json!({ "subject": { "measure": "99z" } })),
        "unknown-severity" => with_finding(json!({ "severity": "fatal" })),
        "nan-as-text" => with_finding(json!({ "numbers": [{ "label": "x", "value": "NaN" }] })),
        "control-characters" => with_finding(json!({ "message": "\u{1b}[31mred" })),
        "long-message" => with_finding(json!({ "message": "x".repeat(3_000) })),
        "many-findings" => results(batch, |_| {
            let one = finding(json!({}));
            let findings = one.as_array().into_iter().flatten().cycle().take(1_001);
            Value::Array(findings.cloned().collect())
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
        "body-not-sent" => change_results(batch, |results| results.push(json!({ "body": "5A3" }))),
        "duplicate-result" => {
            change_results(batch, |results| results.extend(results.first().cloned()))
        }
        "missing-result" => change_results(batch, |results| drop(results.pop())),
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

fn change_results(batch: &Batch<'_>, change: impl FnOnce(&mut Vec<Value>)) -> Value {
    let mut answer = results(batch, |_| json!([]));
    let results = answer.pointer_mut("/ok/results");
    if let Some(results) = results.and_then(Value::as_array_mut) {
        change(results);
    }
    answer
}
