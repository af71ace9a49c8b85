//! What the benchmarks of readers share: the time of the fastest round, and the peak of memory.

use std::time::Instant;

/// Rounds, of which the fastest counts.
const ROUNDS: usize = 5;

/// Runs some work several times; returns rows per second as a function of the rows that it must
/// have counted.
pub(crate) fn fastest(work: impl Fn() -> u64) -> impl Fn(u64) -> u64 {
    let mut best = f64::INFINITY;
    let mut counted = 0;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        counted = work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    move |rows| {
        assert_eq!(counted, rows, "every row was counted");
        (rows as f64 / best) as u64
    }
}

/// The most memory that this process has had, in KiB; 0 where the system does not tell.
pub(crate) fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}
