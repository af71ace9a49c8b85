//! Every way to fail that a library has once it is called, each with the same demands: the error names plugin and cause, another
//! plugin's results are complete, nothing is left behind.

#[path = "support/faulty.rs"]
mod faulty;
mod support;

use faulty::{Traces, beside_a_healthy_one, faultless, said_by_faulty, warm_up};
use libtest_mimic::Failed;
use std::time::{Duration, Instant};
use support::{load, test};

type Tested = Result<(), Failed>;

fn main() {
    wcc_host::become_worker_if_asked();
    support::main(vec![
        test("confinement is whole here", confinement_is_whole),
        test("without a fault it answers", without_a_fault),
        test("what a call can do", calls),
        test("what an answer can be", answers),
        test("a failure is not asked about again at once", no_storm),
    ]);
}

/// Each fault of a call with what its error must say.
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
    ("fork-bomb", "tried to start a process, which no plugin may"),
    ("thread-bomb", "failed to spawn thread"),
    (
        "run-a-program",
        "tried to start a process, or something like it, which no plugin may",
    ),
    (
        "connect",
        "tried to open a network connection, which no plugin may",
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
    ("endless-noise", "printed more than 4 MiB, so it was ended"),
    ("drop-signals", "timed out after 1.5 s"),
];

/// What must not even disturb: it fails, and the plugin answers all the same.
const HARMLESS: &[&str] = &[
    "noise",
    "read-a-file",
    "write-a-file",
    "outlive",
    "raise-limits",
];

/// Each faulty answer with what its error must say.
const ANSWERS: &[(&str, &str)] = &[
    ("no-answer", "returned 7 and no answer"),
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
    ("unknown-measure", "`99z` is no measure of the framework"),
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
    ("error-with-escape", "says: [2Jgone"),
];

async fn confinement_is_whole() -> Tested {
    let plugins = load(Vec::new()).await;
    assert!(
        plugins.confinement().is_whole(),
        "{}",
        plugins.confinement()
    );
    Ok(())
}

async fn without_a_fault() -> Tested {
    let plugins = load(vec![faultless()]).await;
    assert_eq!(said_by_faulty(&plugins).await, Ok(()));
    Ok(())
}

async fn calls() -> Tested {
    let mut failed = Vec::new();
    warm_up().await?;
    for (fault, expected) in CALLS {
        let begun = Instant::now();
        let traces = Traces::now();
        let said = beside_a_healthy_one(faulty::faulty(fault)).await?;
        if !said.as_ref().is_err_and(|words| words.contains(expected)) {
            failed.push(format!("{fault}: {said:?}"));
        }
        // Who is named before the deadline did not wait for it; this is for a host that hangs.
        if begun.elapsed() > Duration::from_secs(20) {
            failed.push(format!("{fault} took {:?}", begun.elapsed()));
        }
        traces.assert_gone(fault);
    }
    for fault in HARMLESS {
        let said = beside_a_healthy_one(faulty::faulty(fault)).await?;
        if said.is_err() {
            failed.push(format!("{fault}: {said:?}"));
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    Ok(())
}

async fn answers() -> Tested {
    let mut failed = Vec::new();
    warm_up().await?;
    let traces = Traces::now();
    for (fault, expected) in ANSWERS {
        let said = beside_a_healthy_one(faulty::faulty(fault)).await?;
        if !said.as_ref().is_err_and(|words| words.contains(expected)) {
            failed.push(format!("{fault}: {said:?}"));
        }
        if said.is_err_and(|words| words.chars().any(char::is_control)) {
            failed.push(format!("{fault}: control characters"));
        }
    }
    traces.assert_gone("answers");
    assert!(failed.is_empty(), "{failed:#?}");
    Ok(())
}

async fn no_storm() -> Tested {
    let plugins = load(vec![faulty::faulty("sleep")]).await;
    let begun = Instant::now();
    for _ in 0..5 {
        assert!(said_by_faulty(&plugins).await.is_err());
    }
    assert!(
        begun.elapsed() < Duration::from_millis(2_900),
        "{:?}",
        begun.elapsed()
    );
    Ok(())
}
