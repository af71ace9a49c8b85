//! Measures the engine for a national cycle, and for 100 and 1,000 times as many PCTs.
//!
//! `cargo bench -p wcc-core` prints PCTs per second for each size. The time per PCT must not grow
//! with their number.

use divan::{Bencher, counter::ItemsCount};
use wcc_core::assure;
use wcc_fixtures::nation;

fn main() {
    divan::main();
}

#[divan::bench(args = [152, 15_200, 152_000], sample_count = 10, sample_size = 1)]
fn assure_pcts(bencher: Bencher<'_, '_>, pcts: u32) {
    let cycle = nation::clustered(pcts);
    bencher
        .counter(ItemsCount::new(pcts))
        .bench_local(|| divan::black_box(assure(&cycle, Vec::new(), None)));
}
