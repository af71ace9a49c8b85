//! Tests every way in which a called library can fail. Each time the error must name the plugin and
//! the cause, another plugin's results must be complete, and nothing may be left behind.

#![allow(clippy::indexing_slicing, reason = "tests may panic")]

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use faulty::{Traces, beside_a_healthy_one, faultless, result_of_faulty, warm_up};
use libtest_mimic::Failed;
use std::time::{Duration, Instant};
use support::{load, test};

type TestResult = Result<(), Failed>;

fn main() {
    wcc_host::become_worker_if_asked();
    support::main(vec![
        test("workers are fully confined", confinement_is_whole),
        test("a faultless plugin answers", without_a_fault),
        test("faulty calls", calls),
        test("faulty answers", answers),
        test(
            "a failed plugin is not asked again at once",
            failures_are_cached,
        ),
    ]);
}

/// Each faulty call, with a part of the expected error.
const CALLS: &[(&str, &str)] = &[
    ("panic", "was ended by signal 6 (abort); its last words:"),
    ("abort", "was ended by signal 6 (abort)"),
    (
        "segmentation-fault",
        "was ended by signal 11 (segmentation fault)",
    ),
    ("stack-overflow", "stack overflow"),
    ("exit", "ended by itself (exit status 0)"),
    ("endless-loop", "timed out after 1.5 s"),
    ("sleep", "timed out after 1.5 s"),
    ("memory-bomb", "memory allocation of 16777216 bytes failed"),
    (
        "fork-bomb",
        "tried to start a process, which no plugin may do",
    ),
    ("thread-bomb", "failed to spawn thread"),
    (
        "run-a-program",
        "tried to start a process, or something like it, which no plugin may do",
    ),
    (
        "connect",
        "tried to open a network connection, which no plugin may do",
    ),
    (
        "signal-the-parent",
        "tried to send a signal to another process",
    ),
    ("leave-the-group", "timed out after 1.5 s"),
    ("drip", "timed out after 1.5 s"),
    (
        "flood-descriptors",
        "its answer cannot be read: unknown kind of report",
    ),
    ("close-descriptors", "closed the pipe for its answer"),
    (
        "endless-noise",
        "was stopped because it printed more than 4 MiB",
    ),
    ("drop-signals", "timed out after 1.5 s"),
];

/// Faults without effect: the attempt fails, and the plugin still answers.
const HARMLESS: &[&str] = &[
    "noise",
    "read-a-file",
    "write-a-file",
    "outlive",
    "raise-limits",
];

/// Each faulty answer, with a part of the expected error.
const ANSWERS: &[(&str, &str)] = &[
    ("no-answer", "returned 7 without an answer"),
    (
        "huge-answer",
        "answered 20971520 bytes, more than the 8388608 allowed",
    ),
    (
        "over-100-mb",
        "answered 104857600 bytes, more than the 8388608 allowed",
    ),
    ("invalid-utf-8", "invalid unicode code point"),
    ("invalid-json", "expected value at line 1"),
    ("truncated-json", "EOF while parsing"),
    ("deep-json", "its answer cannot be read: "),
    ("empty", "EOF while parsing"),
    (
        "unknown-check",
        "the check `never-heard-of` is not in its manifest",
    ),
    (
        "unknown-outcome",
        "the outcome `never-heard-of` is not in its manifest",
    ),
    ("unknown-measure", "`99z` is not a measure of the framework"),
    ("unknown-severity", "unknown variant `fatal`"),
    ("nan-as-text", "invalid type: string \"NaN\", expected f64"),
    ("nan-bare", "expected value"),
    ("infinite", "number out of range"),
    (
        "out-of-range",
        "the value 101 of the outcome `faults` is outside 0 to 100",
    ),
    (
        "body-not-sent",
        "it has a result for `5A3`, which was not sent",
    ),
    ("duplicate-result", "which was not sent or has one already"),
    ("missing-result", "it has no result for `Q34`"),
    ("duplicate-outcome", "the outcome `faults` has two values"),
    (
        "control-characters",
        "a message has a control character (U+001B): [31mred",
    ),
    (
        "long-message",
        "a message has 3000 characters; at most 2000 are allowed",
    ),
    ("many-findings", "1001 findings; at most 1000 are allowed"),
    (
        "many-outcomes",
        "1001 outcome values; at most 1000 are allowed",
    ),
    ("wrong-manifest-shape", "invalid type: string"),
    ("error-with-escape", "reported: [2Jgone"),
];

async fn confinement_is_whole() -> TestResult {
    let plugins = load(Vec::new()).await;
    assert!(
        plugins.confinement().is_whole(),
        "{}",
        plugins.confinement()
    );
    Ok(())
}

async fn without_a_fault() -> TestResult {
    let plugins = load(vec![faultless()]).await;
    assert_eq!(result_of_faulty(&plugins).await, Ok(()));
    Ok(())
}

async fn calls() -> TestResult {
    let mut failed = Vec::new();
    warm_up().await?;
    for (fault, expected) in CALLS {
        let start = Instant::now();
        let traces = Traces::now();
        let plugin = match expected.starts_with("timed out") {
            true => faulty::faulty(fault),
            false => faulty::faulty_in_time(fault),
        };
        let result = beside_a_healthy_one(plugin).await?;
        if !result.as_ref().is_err_and(|words| words.contains(expected)) {
            failed.push(format!("{fault}: {result:?}"));
        }
        // This limit only detects a host that hangs.
        if start.elapsed() > Duration::from_secs(20) {
            failed.push(format!("{fault} took {:?}", start.elapsed()));
        }
        traces.assert_gone(fault);
    }
    for fault in HARMLESS {
        let result = beside_a_healthy_one(faulty::faulty_in_time(fault)).await?;
        if result.is_err() {
            failed.push(format!("{fault}: {result:?}"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    Ok(())
}

async fn answers() -> TestResult {
    let mut failed = Vec::new();
    warm_up().await?;
    let traces = Traces::now();
    for (fault, expected) in ANSWERS {
        let result = beside_a_healthy_one(faulty::faulty_in_time(fault)).await?;
        if !result.as_ref().is_err_and(|words| words.contains(expected)) {
            failed.push(format!("{fault}: {result:?}"));
        }
        if result.is_err_and(|words| words.chars().any(char::is_control)) {
            failed.push(format!("{fault}: control characters"));
        }
    }
    traces.assert_gone("answers");
    assert!(failed.is_empty(), "{failed:#?}");
    Ok(())
}

async fn failures_are_cached() -> TestResult {
    let plugins = load(vec![faulty::faulty("sleep")]).await;
    let start = Instant::now();
    for _ in 0..5 {
        assert!(result_of_faulty(&plugins).await.is_err());
    }
    assert!(
        start.elapsed() < Duration::from_millis(2_900),
        "{:?}",
        start.elapsed()
    );
    Ok(())
}
