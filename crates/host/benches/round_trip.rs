//! Measures round trips of a real plugin, from a cycle in memory to a contribution for the engine:
//! `cargo bench -p wcc-host`. The cache of answers is cleared before every round.

#![allow(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a benchmark stops if its setup fails"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use divan::Bencher;
use tokio::runtime::Runtime;
use wcc_core::{Assurance, CheckedCycle};
use wcc_fixtures::nation;
use wcc_host::{Isolation, PluginSettings, Plugins, Worker};

fn main() {
    wcc_host::become_worker_if_asked();
    divan::main();
}

/// Numbers of PCTs: one PCT, a region, the nation.
const SIZES: [u32; 3] = [1, 15, 150];

#[divan::bench(args = SIZES)]
fn fresh_worker(bencher: Bencher<'_, '_>, pcts: u32) {
    evaluate(bencher, Isolation::Worker, pcts);
}

#[divan::bench(args = SIZES)]
fn in_process(bencher: Bencher<'_, '_>, pcts: u32) {
    evaluate(bencher, Isolation::None, pcts);
}

#[divan::bench]
fn describe(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let worker = Worker::this_program().expect("a thread");
    let settings = || vec![support::settings("once-north-east")];
    bencher
        .with_inputs(settings)
        .bench_values(|settings| runtime.block_on(Plugins::load(settings, worker.clone())));
}

/// Ten plugins at the same time, each with a batch of the whole nation.
#[divan::bench]
fn ten_plugins(bencher: Bencher<'_, '_>) {
    let runtime = runtime();
    let (cycle, base) = cycle(150);
    let worker = Worker::this_program().expect("a thread");
    let load = || Plugins::load(vec![settings(Isolation::Worker)], worker.clone());
    let sets: Vec<Plugins> = (0..10).map(|_| runtime.block_on(load())).collect();
    bencher.bench_local(|| {
        sets.iter().for_each(Plugins::forget);
        runtime.block_on(async {
            let [a, b, c, d, e, f, g, h, i, j] = &sets[..] else {
                return;
            };
            let ask = async |set: &Plugins| set.evaluate(&cycle, &base).await;
            tokio::join!(
                ask(a),
                ask(b),
                ask(c),
                ask(d),
                ask(e),
                ask(f),
                ask(g),
                ask(h),
                ask(i),
                ask(j)
            );
        });
    });
}

fn evaluate(bencher: Bencher<'_, '_>, isolation: Isolation, pcts: u32) {
    let runtime = runtime();
    let (cycle, base) = cycle(pcts);
    let worker = Worker::this_program().expect("a thread");
    let plugins = runtime.block_on(Plugins::load(vec![settings(isolation)], worker));
    bencher.bench_local(|| {
        plugins.forget();
        let runs = runtime.block_on(plugins.evaluate(&cycle, &base));
        assert!(runs[0].result.is_ok(), "{:?}", runs[0].result);
        runs
    });
}

fn settings(isolation: Isolation) -> PluginSettings {
    PluginSettings {
        isolation,
        ..support::settings("once-north-east")
    }
}

fn cycle(pcts: u32) -> (CheckedCycle, Assurance) {
    let cycle = nation::delegating(pcts);
    let base = wcc_core::assure(&cycle, Vec::new(), None);
    (cycle, base)
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}
