//! Kills the writer or the database at random times, and tests that no acknowledged entry is lost.
//!
//! `KILLS=1000 cargo test -p wcc-ledger --test kills` kills as often as for the figures in
//! `docs/benchmarks.md`.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;
use support::cluster::Cluster;
use support::process::{Acknowledged, Load, check, write_load};
use support::{Dice, Engine, Place, count, run};

on_both_engines!(kill_9_loses_nothing);

/// Number of entries after which a new ledger is started, because each round reads all of them
/// twice.
const MAX_ENTRIES: u32 = 2_500;

async fn kill_9_loses_nothing(engine: Engine) {
    let rounds = count("KILLS", 10);
    let mut dice = Dice::new();
    let mut place = Place::new(engine).await;
    let (mut all, mut total, mut unacknowledged) = (Acknowledged::new(), 0, 0);
    let mut ledgers = 1;
    for round in 0..rounds {
        let mut load = Load::start(write_load(), &place, &format!("round {round}"), 16, 0);
        // Some writers are killed while they open the ledger or enter the case.
        if dice.below(10) > 0 {
            load.wait_until_ready();
        }
        std::thread::sleep(Duration::from_millis(dice.below(120)));
        let acknowledged = load.kill();
        total += acknowledged.len();
        all.extend(acknowledged);
        let last = check(&place, &all).await;
        if last > MAX_ENTRIES {
            unacknowledged += count_unacknowledged(&place, &all).await;
            all.clear();
            ledgers += 1;
            place = place.another().await;
        }
    }
    unacknowledged += count_unacknowledged(&place, &all).await;
    println!(
        "{engine:?}: killed {rounds} times, {total} requests acknowledged in {ledgers} ledgers, \
         each present once; {unacknowledged} more were committed but not yet acknowledged"
    );
}

/// Counts the requests that were entered but not acknowledged.
async fn count_unacknowledged(place: &Place, acknowledged: &Acknowledged) -> usize {
    let store = place.store().await;
    let rows = store.read(0, u32::MAX).await.unwrap();
    let requests = rows.iter().filter(|row| row.part == 0);
    let count = requests
        .filter(|row| !acknowledged.contains_key(&row.request))
        .count();
    store.close().await;
    count
}

#[test]
fn a_writer_survives_its_database() {
    run(async {
        let rounds = count("STOPS", 5);
        let mut dice = Dice::new();
        let cluster = Arc::new(Cluster::start());
        let place = Place::of(Some(Arc::clone(&cluster))).await;
        let mut load = Load::start(write_load(), &place, "load", 8, 0);
        load.wait_for_more(20);
        for _ in 0..rounds {
            std::thread::sleep(Duration::from_millis(dice.below(200)));
            cluster.stop_immediately();
            std::thread::sleep(Duration::from_millis(dice.below(200)));
            cluster.start_again();
            // The writer recovers by itself.
            load.wait_for_more(20);
        }
        let (acknowledged, errors) = load.finish(true);
        let last = check(&place, &acknowledged).await;
        println!(
            "stopped {rounds} times, {} requests acknowledged, {last} entries; errors reported: {}",
            acknowledged.len(),
            errors.lines().count()
        );
        for line in errors.lines() {
            assert!(line.contains("send the same request again"), "{line}");
        }
    });
}
