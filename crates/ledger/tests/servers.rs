//! Two servers on one database, many clients: the history is checked against a model.
//!
//! `WRITES=100000 CANCELLED=10000 cargo test -p wcc-ledger --test servers` writes as often as the
//! figures in `docs/benchmarks.md` say.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test: it stops at the first surprise"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use support::case::{CLUSTER, MEASURES, judgement, latest, remark, request, standing};
use support::{Dice, Engine, Place, count};
use wcc_core::Method;
use wcc_core::ledger::{Fact, RefusalReason, Refused};
use wcc_core::record::RecordFact;
use wcc_ledger::format::decode;
use wcc_ledger::{AppendError, Ledger};

on_both_engines!(
    the_history_is_that_of_one_ledger,
    clients_that_go_away_poison_nothing,
);

/// One thing that a client did.
struct Done {
    id: String,
    begun: Instant,
    ended: Instant,
    /// What it meant to supersede, where it was a judgement.
    supersedes: Option<u32>,
    measure: &'static str,
    value: &'static str,
    answer: Result<u32, AppendError>,
}

const CLIENTS: u32 = 32;
const VALUES: [&str; 4] = ["1", "2", "3", "4"];

async fn client(
    ledgers: [Ledger; 2],
    mut stood: BTreeMap<&'static str, u32>,
    name: u32,
    left: Arc<AtomicU32>,
    mut dice: Dice,
) -> Vec<Done> {
    let mut all = Vec::new();
    let mut at = |end: usize| usize::try_from(dice.below(end as u64)).unwrap();
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    {
        let ledger = &ledgers[at(2)];
        let measure = MEASURES[at(MEASURES.len())];
        let value = VALUES[at(4)];
        let id = format!("client {name} {}", all.len());
        // Half of all are judgements: several clients want to supersede the same one.
        let supersedes = match at(2) {
            0 => None,
            _ => {
                let known = stood.get_mut(measure).unwrap();
                *known = latest(ledger, *known);
                Some(*known)
            }
        };
        let draft = match supersedes {
            None => remark(&id),
            stands => judgement(CLUSTER, measure, Method::SelfAssessment, value, stands),
        };
        let asked = request(&id, vec![draft]);
        let begun = Instant::now();
        let answer = loop {
            match ledger.append(asked.clone()).await {
                Err(AppendError::Store(_) | AppendError::Busy) => {}
                answer => break answer.map(|receipt| receipt.first),
            }
        };
        all.push(Done {
            id,
            begun,
            ended: Instant::now(),
            supersedes,
            measure,
            value,
            answer,
        });
    }
    all
}

async fn the_history_is_that_of_one_ledger(engine: Engine) {
    let writes = count("WRITES", 2_000);
    let place = Place::new(engine).await;
    let one = place.with_case().await;
    let two = place.open_elsewhere().await;
    let before = one.head().number;
    let stood: BTreeMap<&'static str, u32> = MEASURES
        .into_iter()
        .map(|measure| (measure, standing(&one, measure).unwrap()))
        .collect();
    let left = Arc::new(AtomicU32::new(writes));
    let begun = Instant::now();
    let clients = (0..CLIENTS).map(|name| {
        let ledgers = [one.clone(), two.clone()];
        tokio::spawn(client(
            ledgers,
            stood.clone(),
            name,
            Arc::clone(&left),
            Dice::new(),
        ))
    });
    let mut done = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        done.extend(client.await.unwrap());
    }
    let took = begun.elapsed();
    assert_eq!(done.len(), writes as usize);
    let entered = check(&place, before, stood, &done).await;
    // Both servers end up with the same.
    for ledger in [&one, &two] {
        let mut heads = ledger.heads();
        let all = heads.wait_for(|head| head.number == before + entered);
        let all = tokio::time::timeout(Duration::from_secs(10), all).await;
        all.expect("it sees every entry").unwrap();
    }
    assert_eq!(one.head(), two.head());
    place.verify(&[one.head()]).await.unwrap();
    println!(
        "{engine:?}: {writes} requests by {CLIENTS} clients of two servers in {took:.1?}: \
         {entered} entered, {} refused because another was first; the history is that of the model",
        writes - entered
    );
}

/// Holds the database against the model: a register for each measure that is only ever set by
/// whoever names what it holds, and a set of remarks. Tells how many were entered.
async fn check(place: &Place, before: u32, mut stood: BTreeMap<&str, u32>, done: &[Done]) -> u32 {
    let mut entered: BTreeMap<u32, &Done> = BTreeMap::new();
    for one in done {
        match &one.answer {
            Ok(number) => {
                assert!(
                    entered.insert(*number, one).is_none(),
                    "entry {number} twice"
                );
            }
            Err(AppendError::Refused(refusals)) => {
                let reasons: Vec<_> = refusals.each().map(|refusal| &refusal.reason).collect();
                match reasons[..] {
                    [RefusalReason::Refused(Refused::NotSuperseded { entry, .. })] => {
                        assert_eq!(Some(*entry), one.supersedes);
                    }
                    _ => panic!("{}: {refusals}", one.id),
                }
            }
            Err(other) => panic!("{}: {other}", one.id),
        }
    }
    let store = place.store().await;
    let (mut after, mut rows) = (before, Vec::new());
    loop {
        let page = store.read(after, 5_000).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.number;
        rows.extend(page);
    }
    store.close().await;
    assert_eq!(rows.len(), entered.len(), "nothing lost, nothing twice");
    let mut latest_begin = None;
    let mut superseded: BTreeMap<u32, Instant> = BTreeMap::new();
    for (row, (number, one)) in rows.iter().zip(&entered) {
        assert_eq!((row.number, &*row.request), (*number, &*one.id));
        let written = decode(&row.bytes).unwrap().entry;
        assert_eq!(written.draft.supersedes, one.supersedes);
        match (&written.draft.fact, one.supersedes) {
            (
                Fact::Record {
                    record: RecordFact::Judgement(said),
                    ..
                },
                Some(old),
            ) => {
                assert_eq!(
                    (&*said.subject, said.value.as_deref()),
                    (one.measure, Some(one.value))
                );
                // Compare and set: it named what stood, and stands now.
                assert_eq!(
                    stood.insert(one.measure, *number),
                    Some(old),
                    "entry {number}"
                );
                superseded.insert(old, one.ended);
            }
            (
                Fact::Record {
                    record: RecordFact::Commentary(said),
                    ..
                },
                None,
            ) => {
                assert_eq!(*said.text, *one.id);
            }
            (other, _) => panic!("entry {number}: {other:?}"),
        }
        // Whoever was answered before another began has the lower number.
        assert!(
            latest_begin.is_none_or(|begin| begin <= one.ended),
            "entry {number}"
        );
        latest_begin = latest_begin.max(Some(one.begun));
    }
    // Nobody was refused for what nobody else had said.
    for one in done.iter().filter(|one| one.answer.is_err()) {
        assert!(
            superseded.contains_key(&one.supersedes.unwrap()),
            "{}",
            one.id
        );
    }
    u32::try_from(rows.len()).unwrap()
}

async fn clients_that_go_away_poison_nothing(engine: Engine) {
    let cancelled = count("CANCELLED", 1_000);
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let mut dice = Dice::new();
    let mut sent = 0;
    while sent < cancelled {
        let some = (0..50.min(cancelled - sent)).map(|one| {
            let id = format!("gone {}", sent + one);
            let asked = request(&id, vec![remark(&id)]);
            let (ledger, patience) = (ledger.clone(), Duration::from_micros(dice.below(4_000)));
            tokio::spawn(async move {
                // Dropped in the middle, wherever that is.
                let _ = tokio::time::timeout(patience / 4, ledger.store().read(0, 400)).await;
                tokio::time::timeout(patience, ledger.append(asked))
                    .await
                    .is_ok()
            })
        });
        let some: Vec<_> = some.collect();
        sent += u32::try_from(some.len()).unwrap();
        for one in some {
            one.await.unwrap();
        }
    }
    // All of them were entered or none of each, and the ledger goes on.
    let receipt = ledger.append(request("after", vec![remark("after")])).await;
    let last = receipt.unwrap().last;
    let mut repeated = 0;
    for number in 0..cancelled {
        let id = format!("gone {number}");
        let again = ledger
            .append(request(&id, vec![remark(&id)]))
            .await
            .unwrap();
        repeated += u32::from(again.repeated);
        assert_eq!(again.repeated, again.first < last);
    }
    assert_eq!(ledger.head().number, last + (cancelled - repeated));
    ledger.ready().await.unwrap();
    place.verify(&[ledger.head()]).await.unwrap();
    println!("{engine:?}: {cancelled} requests given up half-way, {repeated} of them were entered");
}
