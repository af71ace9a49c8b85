//! Messages of every released protocol version can still be decoded, and current libraries answer
//! their requests according to their schemas.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "../support/mod.rs"]
mod support;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{library, root, stderr, stdout};
use wcc_host::{Worker, conformance};
use wcc_plugin::{Answer, Contribution, Manifest, Request, Severity, Subject, code};

fn recorded(name: &str) -> String {
    let path = root().join("tests/protocol/1.0").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Decodes a recorded message. Encoding it again must give the recorded text, so that no field has
/// become unknown.
fn decoded<T: DeserializeOwned + Serialize>(name: &str) -> T {
    let text = recorded(name);
    let message: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    unchanged(name, &text, &message);
    message
}

fn unchanged(name: &str, text: &str, message: &impl Serialize) {
    let recorded: Value = serde_json::from_str(text).expect("JSON");
    let again = serde_json::to_value(message).expect("JSON");
    assert!(again == recorded, "{name} is understood as {again}");
}

fn request(text: &str) -> Request<'_> {
    serde_json::from_str(text).expect("a request")
}

#[test]
fn requests_decode() {
    for name in [
        "describe-request.json",
        "evaluate-request-north-east.json",
        "evaluate-request-every-field.json",
    ] {
        let text = recorded(name);
        unchanged(name, &text, &request(&text));
    }
    let text = recorded("evaluate-request-every-field.json");
    let Request::Evaluate(batch) = request(&text) else {
        panic!("a batch")
    };
    let pct = batch.body("5PK").expect("the PCT");
    assert_eq!(pct.outcomes[0].aspiration, Some(24.1));
    assert_eq!(batch.framework.outcomes_asked, 10);
    let (judged, own) = batch
        .applicable_judgement(pct, "1a", "panel")
        .expect("a judgement");
    assert!(judged.code == "5PK" && own.departs);
    let (judged, shared) = batch
        .applicable_judgement(pct, "1a", "analyst")
        .expect("the cluster's");
    assert!(judged.code == "the-cluster" && shared.value.as_deref() == Some("3"));
    assert_eq!(batch.settings["threshold"], 2.5);
}

#[test]
fn answers_decode() {
    let Answer::Ok(manifest) = decoded::<Answer<Manifest>>("describe-answer-every-field.json")
    else {
        panic!("a manifest")
    };
    assert!(manifest.whole_region && manifest.settings.is_some());
    decoded::<Answer<Manifest>>("describe-answer-north-east.json");
    let name = "evaluate-answer-every-field.json";
    let Answer::Ok(said) = decoded::<Answer<Contribution>>(name) else {
        panic!("a contribution")
    };
    let findings = &said.results[0].findings;
    assert_eq!(findings[2].severity, Severity::Error);
    assert_eq!(
        findings[4].subject,
        Some(Subject::function("cancer-network"))
    );
    decoded::<Answer<Contribution>>("evaluate-answer-north-east.json");
    for expected in [code::BAD_REQUEST, code::FAILED, code::PANICKED] {
        let name = format!("answer-{}.json", expected.replace('_', "-"));
        match decoded::<Answer<Manifest>>(&name) {
            Answer::Error(error) => assert_eq!(error.code, expected),
            Answer::Ok(_) => panic!("{name} is an error"),
        }
    }
}

#[test]
fn the_hosts_checks_still_accept_recorded_messages() {
    let manifest = |name: &str| {
        conformance::read_manifest(recorded(name).as_bytes()).expect("an acceptable manifest")
    };
    for name in ["north-east", "every-field"] {
        let manifest = manifest(&format!("describe-answer-{name}.json"));
        let text = recorded(&format!("evaluate-request-{name}.json"));
        let Request::Evaluate(batch) = request(&text) else {
            panic!("a batch")
        };
        let answer = recorded(&format!("evaluate-answer-{name}.json"));
        conformance::read_contribution(answer.as_bytes(), &manifest, &batch)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Sends the bytes of a recorded request to a library in a worker.
fn answer_of(library: &Path, request: &str) -> Value {
    let worker = Worker::program(env!("CARGO_BIN_EXE_wcc")).expect("a thread");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let request = recorded(request);
    let answer = runtime.block_on(conformance::ask(library, request.as_bytes(), &worker));
    serde_json::from_slice(&answer.expect("an answer")).expect("JSON")
}

fn assert_valid(schema: &str, message: &Value) {
    let text: Value = serde_json::from_str(&recorded(schema)).expect("a schema");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let url = format!("https://wcc.invalid/{schema}");
    compiler.add_resource(&url, text).expect("a schema");
    let compiled = compiler.compile(&url, &mut schemas).expect("a schema");
    if let Err(error) = schemas.validate(message, compiled) {
        panic!("{error}: {message}");
    }
}

#[test]
fn current_libraries_answer_recorded_requests() {
    let plugins = ["once-north-east", "west-midlands", "my-region"].map(library);
    for library in plugins.iter().chain(&[in_c()]) {
        let manifest = answer_of(library, "describe-request.json");
        assert_valid("describe-answer.schema.json", &manifest);
        for request in ["north-east", "every-field"] {
            let name = format!("evaluate-request-{request}.json");
            let answer = answer_of(library, &name);
            assert_valid("evaluate-answer.schema.json", &answer);
            let sent: Value = serde_json::from_str(&recorded(&name)).expect("JSON");
            let count = |list: &Value| list.as_array().map(Vec::len);
            assert_eq!(
                count(&answer["ok"]["results"]),
                count(&sent["evaluate"]["bodies"]),
                "{}: {answer}",
                library.display()
            );
        }
    }
}

#[test]
fn recorded_messages_match_their_schemas() {
    for name in [
        "describe-request",
        "evaluate-request-north-east",
        "evaluate-request-every-field",
    ] {
        let message = serde_json::from_str(&recorded(&format!("{name}.json"))).expect("JSON");
        assert_valid("request.schema.json", &message);
    }
    for (schema, name) in [
        (
            "describe-answer.schema.json",
            "describe-answer-every-field.json",
        ),
        ("describe-answer.schema.json", "answer-bad-request.json"),
        (
            "evaluate-answer.schema.json",
            "evaluate-answer-every-field.json",
        ),
        ("evaluate-answer.schema.json", "answer-panicked.json"),
    ] {
        assert_valid(
            schema,
            &serde_json::from_str(&recorded(name)).expect("JSON"),
        );
    }
}

/// Version 1.1 added criteria, challenges, answers, and marks of inferred values.
#[test]
fn messages_of_1_1_decode() {
    let at = root().join("tests/protocol/1.1");
    let read = |name: &str| std::fs::read_to_string(at.join(name)).expect("a recorded message");
    let text = read("evaluate-request-every-field.json");
    unchanged("1.1", &text, &request(&text));
    let Request::Evaluate(batch) = request(&text) else {
        panic!("a batch")
    };
    let cluster = batch.body("the-cluster").expect("the cluster");
    let open: Vec<&str> = cluster
        .open_challenges()
        .map(|challenge| &*challenge.measure)
        .collect();
    assert_eq!(open, ["1a"]);
    let pct = batch.body("5PK").expect("the PCT");
    assert_eq!(batch.challenges(pct).count(), 4);
    assert_eq!(pct.criteria_on("1a").count(), 1);
    assert_eq!(pct.results[0].format_value("self", "3"), "3*");
    let manifest = read("describe-answer-every-field.json");
    conformance::read_manifest(manifest.as_bytes()).expect("an acceptable manifest");

    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let schema: Value = serde_json::from_str(&read("request.schema.json")).expect("a schema");
    let url = "https://wcc.invalid/1.1";
    compiler.add_resource(url, schema).expect("a schema");
    let compiled = compiler.compile(url, &mut schemas).expect("a schema");
    let message: Value = serde_json::from_str(&text).expect("JSON");
    assert!(schemas.validate(&message, compiled).is_ok());
}

/// Version 1.2 added results by cluster.
#[test]
fn messages_of_1_2_decode() {
    let name = "tests/protocol/1.2/describe-answer-every-field.json";
    let text = std::fs::read_to_string(root().join(name)).expect("a recorded message");
    let manifest = conformance::read_manifest(text.as_bytes()).expect("an acceptable manifest");
    assert!(manifest.by_cluster);
    unchanged("1.2", &text, &Answer::Ok(manifest));
}

/// Builds the plugin in C with the header of that version.
fn in_c() -> PathBuf {
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let library = folder.join("libof_then.so");
    let output = Command::new("cc")
        .args([
            "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I",
        ])
        .arg(root().join("tests/protocol/1.0"))
        .arg("-o")
        .arg(&library)
        .arg(root().join("plugins/minimal-c/minimal.c"))
        .output()
        .expect("cc runs");
    assert!(
        output.status.success(),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    library
}
