//! `cargo bench -p wcc --bench writing`: measures how long a mutation takes, from the request to
//! the answer with the updated results.
//!
//! Runs the actual binary over HTTP, with both regional plugins, on a fully synced SQLite ledger
//! that holds two national years (and on another with twelve PCTs). One client measures the time of
//! single mutations, by region; sixteen clients measure how many are answered per second.
//!
//! `WCC_BENCH_BINARIES` lists other binaries to compare, separated by colons; every round measures
//! each of them. `WCC_BENCH_ROUNDS`, `WCC_BENCH_MUTATIONS` (by one client in a round) and
//! `WCC_BENCH_SECONDS` (for sixteen clients in a round) set the duration.

#![allow(
    clippy::indexing_slicing,
    dead_code,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a benchmark: it stops at the first surprise"
)]

#[path = "writing/client.rs"]
mod client;
#[path = "writing/server.rs"]
mod server;
#[path = "../tests/support/mod.rs"]
mod support;

use client::{Client, Target};
use server::{Server, ledger_with};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The ledgers: title, the case that is entered, and the cycle that receives the mutations.
const LEDGERS: [(&str, &str, &str); 3] = [
    ("nation, second year", "england", "england/2009-10"),
    ("nation, first year", "england", "england/2008-09"),
    ("twelve PCTs", "north-east", "north-east/2008-09"),
];

/// Number of concurrent clients.
const CLIENTS: usize = 16;

fn number(name: &str, default: usize) -> usize {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn main() {
    let rounds = number("WCC_BENCH_ROUNDS", 3);
    let binaries = binaries();
    for (title, case, cycle) in LEDGERS {
        println!("\n{title} ({cycle})");
        let mut measurements: Vec<Measurement> = binaries
            .iter()
            .map(|binary| Measurement::start(binary, case, cycle))
            .collect();
        for _ in 0..rounds {
            for measurement in &mut measurements {
                measurement.write_alone();
                measurement.write_together();
            }
        }
        for measurement in measurements {
            measurement.print();
        }
    }
}

/// This build's binary, or the binaries listed in the environment.
fn binaries() -> Vec<PathBuf> {
    match std::env::var("WCC_BENCH_BINARIES") {
        Ok(names) => names.split(':').map(PathBuf::from).collect(),
        Err(_) => vec![PathBuf::from(env!("CARGO_BIN_EXE_wcc"))],
    }
}

/// A server with its measurements.
struct Measurement {
    binary: PathBuf,
    server: Server,
    targets: Vec<Target>,
    /// Times of single mutations with the region of the PCT, in milliseconds.
    alone: Vec<(String, f64)>,
    /// Mutations per second with all clients, for each round.
    together: Vec<f64>,
    /// Processor time per mutation with all clients, in milliseconds, for each round.
    processor: Vec<f64>,
}

impl Measurement {
    fn start(binary: &Path, case: &str, cycle: &str) -> Measurement {
        let settings = ledger_with(binary, case);
        let server = Server::start(binary, &settings);
        let targets = client::targets(server.address(), cycle);
        Measurement {
            binary: binary.to_owned(),
            server,
            targets,
            alone: Vec::new(),
            together: Vec::new(),
            processor: Vec::new(),
        }
    }

    /// Measures single mutations, cycling through the regions.
    fn write_alone(&mut self) {
        let mutations = number("WCC_BENCH_MUTATIONS", 60);
        let mut client = Client::new(self.server.address(), self.server.token());
        for at in 0..mutations + 3 {
            let target = self.targets.swap_remove(at * 7919 % self.targets.len());
            let start = Instant::now();
            let written = client.write(target);
            let milliseconds = start.elapsed().as_secs_f64() * 1e3;
            // The first mutations warm up the server and are not counted.
            if at >= 3 {
                self.alone.push((written.region.clone(), milliseconds));
            }
            self.targets.push(written);
        }
    }

    /// Measures all clients together, each with its own targets.
    fn write_together(&mut self) {
        let seconds = number("WCC_BENCH_SECONDS", 4);
        let stop = AtomicBool::new(false);
        let mut shares: Vec<Vec<Target>> = (0..CLIENTS).map(|_| Vec::new()).collect();
        for (at, target) in self.targets.drain(..).enumerate() {
            shares[at % CLIENTS].push(target);
        }
        let (before, start) = (self.server.processor_time(), Instant::now());
        let written: Vec<(usize, Vec<Target>)> = std::thread::scope(|scope| {
            let threads: Vec<_> = shares
                .into_iter()
                .map(|share| {
                    let (stop, server) = (&stop, &self.server);
                    scope.spawn(move || {
                        let mut client = Client::new(server.address(), server.token());
                        let mut share = std::collections::VecDeque::from(share);
                        let mut count = 0;
                        while !stop.load(Ordering::Relaxed)
                            && let Some(target) = share.pop_front()
                        {
                            share.push_back(client.write(target));
                            count += 1;
                        }
                        (count, share.into())
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_secs(seconds as u64));
            stop.store(true, Ordering::Relaxed);
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let seconds_taken = start.elapsed().as_secs_f64();
        let processor = self.server.processor_time() - before;
        let count: usize = written.iter().map(|(count, _)| count).sum();
        self.targets = written.into_iter().flat_map(|(_, share)| share).collect();
        self.together.push(count as f64 / seconds_taken);
        self.processor.push(processor * 1e3 / count as f64);
    }

    fn print(self) {
        println!("  {}", self.binary.display());
        let mut regions: Vec<&str> = self.alone.iter().map(|(region, _)| &**region).collect();
        regions.sort_unstable();
        regions.dedup();
        let show = |name: &str, includes: &dyn Fn(&str) -> bool| {
            let selected = self.alone.iter().filter(|(region, _)| includes(region));
            let mut times: Vec<f64> = selected.map(|(_, time)| *time).collect();
            times.sort_by(f64::total_cmp);
            if let (Some(first), Some(last)) = (times.first(), times.last()) {
                let median = times[times.len() / 2];
                let ninth_decile = times[times.len() * 9 / 10];
                println!(
                    "    1 client, {name:30} {first:7.2} fastest {median:7.2} median {ninth_decile:7.2} \
                     nine of ten {last:7.2} slowest, ms"
                );
            }
        };
        show("everywhere", &|_| true);
        show("Q30, whose plugin needs all data", &|region| {
            region == "Q30"
        });
        show("Q34, whose plugin does not", &|region| region == "Q34");
        show("no plugin", &|region| !matches!(region, "Q30" | "Q34"));
        let median = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values[values.len() / 2]
        };
        println!(
            "    {CLIENTS} clients, {:.0} mutations a second, {:.2} ms of processor time each; \
             peak memory {:.1} MiB",
            median(self.together),
            median(self.processor),
            self.server.peak_memory(),
        );
    }
}
