//! Calibration has two stages, and what one stage decided is locked once the next has begun.

#![cfg(target_os = "linux")]
#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::panic,
    reason = "test helpers may panic"
)]

#[path = "support/ratified.rs"]
mod ratified;
#[path = "support/server.rs"]
mod server;
mod support;
#[path = "support/tokens.rs"]
mod tokens;

use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use support::{printed_with, settings_with};
use tokens::send;

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

fn open(settings: &Path, phase: &str) {
    printed_with(settings, &["phase", "open", CYCLE, phase]);
}

fn issue(settings: &Path, role: &str, body: Option<&str>) -> String {
    let mut who = vec!["--person", role, "--role", role];
    who.extend(body.iter().flat_map(|body| ["--body", *body]));
    tokens::issue(settings, &who)
}

/// Calibrates 2a of the cluster; the entry, or the messages that refuse it.
fn calibrate(
    server: &Server,
    token: &str,
    value: &str,
    supersedes: Option<u64>,
) -> Result<u64, Value> {
    let supersedes = supersedes.map_or_else(String::new, |entry| format!("supersedes: {entry}, "));
    let mutation = format!(
        "mutation {{ recordJudgement(input: {{ requestId: \"{value}{supersedes}\", cycle: \"{CYCLE}\", \
         body: \"south-of-tyne-and-wear\", measure: \"2a\", method: CALIBRATED, value: \"{value}\", {supersedes}\
         rationale: \"Beside like evidence elsewhere.\" }}) {{ entry userErrors {{ code message }} }} }}"
    );
    let answer = send(server, Some(token), None, &mutation);
    assert_eq!(answer.status, 200, "{answer:?}");
    let payload = &answer.body["data"]["recordJudgement"];
    payload["entry"]
        .as_u64()
        .ok_or_else(|| payload["userErrors"].clone())
}

#[test]
fn a_stage_is_locked_once_the_next_has_begun() {
    let settings: PathBuf = settings_with("[server]\nrequest_seconds = 120\n");
    let example = "examples/south-of-tyne-and-wear";
    printed_with(&settings, &["ledger", "load", example]);
    ratified::ratify(&settings, CYCLE);
    for phase in ["toolkit", "self-assessment", "panel-days", "calibration"] {
        open(&settings, phase);
    }
    let server = Server::on_ledger(&settings);
    let assurer = issue(&settings, "assurer", Some("Q30"));
    let calibrator = issue(&settings, "calibrator", None);
    let refused = |token: &str, supersedes: Option<u64>| {
        let errors = calibrate(&server, token, "1", supersedes).expect_err("refused");
        assert_eq!(errors[0]["code"], "NOT_PERMITTED", "{errors}");
    };

    // The region first.
    refused(&calibrator, None);
    let regional = calibrate(&server, &assurer, "3", None).expect("the SHA calibrates");
    // Then the nation: what the region decided is locked, and only the nation changes it.
    open(&settings, "national-calibration");
    refused(&assurer, Some(regional));
    let national = calibrate(&server, &calibrator, "2", Some(regional)).expect("the nation does");
    // Then nobody, before anything is released.
    open(&settings, "release");
    refused(&assurer, Some(national));
    refused(&calibrator, Some(national));

    // The panel's value stays beside it, and the region's as of its moment.
    let marks = |as_of: &str| {
        let query = format!(
            "query {as_of} {{ output(cycle: \"{CYCLE}\", body: \"5KF\") {{ cells(measures: [\"2a\"]) {{ \
             marks {{ method value }} }} }} }}"
        );
        let answer = send(&server, Some(&assurer), None, &query);
        let marks = answer.body["data"]["output"]["cells"][0]["marks"].clone();
        let of = |method: &str| {
            let marks = marks.as_array().cloned().unwrap_or_default();
            let mark = marks.into_iter().find(|mark| mark["method"] == method);
            mark.map_or(Value::Null, |mark| mark["value"].clone())
        };
        (of("PANEL"), of("CALIBRATED"))
    };
    let (panel, now) = marks("");
    assert_eq!(now, json!("2"));
    assert!(panel.is_string(), "{panel}");
    let then = marks(&format!("@asOf(entry: {regional})"));
    assert_eq!(then, (panel, json!("3")));
}
