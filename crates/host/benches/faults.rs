//! Measures the time from a request to the error that describes what happened, for each kind of
//! fault: `cargo bench -p wcc-host --bench faults`. Faults that only the time limit ends have a
//! limit of 100 ms.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a benchmark stops if its setup fails"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use divan::Bencher;
use std::time::Duration;
use tokio::runtime::Runtime;
use wcc_fixtures::region::cycle;
use wcc_host::{Plugins, Worker};

fn main() {
    wcc_host::become_worker_if_asked();
    divan::main();
}

#[divan::bench(args = [
    "none", "panic", "abort", "segmentation-fault", "stack-overflow", "exit", "memory-bomb",
    "fork-bomb", "thread-bomb", "run-a-program", "connect", "signal-the-parent",
    "flood-descriptors", "close-descriptors", "noise", "endless-noise", "no-answer", "huge-answer",
    "over-100-mb", "invalid-json", "deep-json", "unknown-check", "body-not-sent",
])]
fn ends_by_itself(bencher: Bencher<'_, '_>, fault: &str) {
    evaluate(bencher, fault, Duration::from_secs(10));
}

#[divan::bench(args = ["endless-loop", "sleep", "drip", "drop-signals", "leave-the-group"])]
fn ends_by_a_deadline_of_100_ms(bencher: Bencher<'_, '_>, fault: &str) {
    evaluate(bencher, fault, Duration::from_millis(100));
}

fn evaluate(bencher: Bencher<'_, '_>, fault: &str, wall: Duration) {
    let runtime = runtime();
    let cycle = cycle();
    let base = wcc_core::assure(&cycle, Vec::new(), None);
    let worker = Worker::this_program().expect("a thread");
    let mut settings = support::settings("faulty");
    settings.limits.wall = wall;
    if fault != "none" {
        settings.settings = serde_json::json!({ "fault": fault });
    }
    let plugins = runtime.block_on(Plugins::load(vec![settings], worker));
    assert_eq!(plugins.failures().count(), 0);
    bencher.bench_local(|| {
        plugins.forget();
        let runs = runtime.block_on(plugins.evaluate(&cycle, &base));
        assert_eq!(runs[0].result.is_ok(), ["none", "noise"].contains(&fault));
        runs
    });
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
