//! The writer killed at any moment, and the database: what was acknowledged is there.
//!
//! `KILLS=1000 cargo test -p wcc-ledger --test kills` kills as often as the figures in
//! `docs/benchmarks.md` say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

mod support;

use std::sync::Arc;
use std::time::Duration;
use support::cluster::Cluster;
use support::process::{Acknowledged, Load, check, write_load};
use support::{Dice, Engine, Place, count, run};

on_both_engines!(kill_9_loses_nothing);

/// Entries after which a new ledger is begun: each round reads all of them, twice.
const ENOUGH: u32 = 2_500;

async fn kill_9_loses_nothing(engine: Engine) {
    let rounds = count("KILLS", 10);
    let mut dice = Dice::new();
    let mut place = Place::new(engine).await;
    let (mut all, mut total, mut unacknowledged) = (Acknowledged::new(), 0, 0);
    let mut ledgers = 1;
    for round in 0..rounds {
        let mut load = Load::start(write_load(), &place, &format!("round {round}"), 16, 0);
        // Some are killed while they open the ledger or enter the case.
        if dice.below(10) > 0 {
            load.wait_until_ready();
        }
        std::thread::sleep(Duration::from_millis(dice.below(120)));
        let acknowledged = load.kill();
        total += acknowledged.len();
        all.extend(acknowledged);
        let last = check(&place, &all).await;
        if last > ENOUGH {
            unacknowledged += kept(&place, &all).await;
            all.clear();
            ledgers += 1;
            place = place.another().await;
        }
    }
    unacknowledged += kept(&place, &all).await;
    println!(
        "{engine:?}: killed {rounds} times, {total} requests acknowledged in {ledgers} ledgers, \
         all there once; {unacknowledged} more had been committed and not yet acknowledged"
    );
}

/// Requests that are there although nobody had been told of them.
async fn kept(place: &Place, acknowledged: &Acknowledged) -> usize {
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
            // Without help.
            load.wait_for_more(20);
        }
        let (acknowledged, errors) = load.finish(true);
        let last = check(&place, &acknowledged).await;
        println!(
            "stopped {rounds} times, {} requests acknowledged, {last} entries; errors told: {}",
            acknowledged.len(),
            errors.lines().count()
        );
        for line in errors.lines() {
            assert!(line.contains("send the same request again"), "{line}");
        }
    });
}
