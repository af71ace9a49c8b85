//! Tests two servers on one database with many clients, and checks the history against a model.
//!
//! `WRITES=100000 CANCELLED=10000 cargo test -p wcc-ledger --test servers` writes as often as for
//! the figures in `docs/benchmarks.md`.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may panic"
)]

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use support::case::{CLUSTER, MEASURES, judgement, latest, remark, request, standing};
use support::{Dice, Engine, Place, count};
use wcc_core::Method;
use wcc_core::ledger::{EntryError, Fact, RefusalReason};
use wcc_core::record::RecordFact;
use wcc_ledger::format::decode;
use wcc_ledger::{AppendError, Ledger};

on_both_engines!(the_history_matches_the_model, cancelled_requests_do_no_harm,);

/// One request of a client, and its answer.
struct Operation {
    id: String,
    start: Instant,
    ended: Instant,
    /// The entry that it supersedes, if it is a judgement.
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
) -> Vec<Operation> {
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
        // Half of the requests are judgements, and several clients try to supersede the same one.
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
            current => judgement(CLUSTER, measure, Method::SelfAssessment, value, current),
        };
        let request = request(&id, vec![draft]);
        let start = Instant::now();
        let answer = loop {
            match ledger.append(request.clone()).await {
                Err(AppendError::Store(_) | AppendError::Busy) => {}
                answer => break answer.map(|receipt| receipt.first),
            }
        };
        all.push(Operation {
            id,
            start,
            ended: Instant::now(),
            supersedes,
            measure,
            value,
            answer,
        });
    }
    all
}

async fn the_history_matches_the_model(engine: Engine) {
    let writes = count("WRITES", 2_000);
    let place = Place::new(engine).await;
    let first = place.with_case().await;
    let second = place.open_elsewhere().await;
    let before = first.head().number;
    let stood: BTreeMap<&'static str, u32> = MEASURES
        .into_iter()
        .map(|measure| (measure, standing(&first, measure).unwrap()))
        .collect();
    let left = Arc::new(AtomicU32::new(writes));
    let start = Instant::now();
    let clients = (0..CLIENTS).map(|name| {
        let ledgers = [first.clone(), second.clone()];
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
    let took = start.elapsed();
    assert_eq!(done.len(), writes as usize);
    let entered = check(&place, before, stood, &done).await;
    // Both servers end up in the same state.
    for ledger in [&first, &second] {
        let mut heads = ledger.heads();
        let all = heads.wait_for(|head| head.number == before + entered);
        let all = tokio::time::timeout(Duration::from_secs(10), all).await;
        all.expect("it sees every entry").unwrap();
    }
    assert_eq!(first.head(), second.head());
    place.verify(&[first.head()]).await.unwrap();
    println!(
        "{engine:?}: {writes} requests by {CLIENTS} clients of second servers in {took:.1?}: \
         {entered} entered, {} refused because another was first; the history matches the model",
        writes - entered
    );
}

/// Compares the database with the model: a register for each measure, which only a client that
/// names its current content can set, and a set of remarks. Returns the number of entries.
async fn check(
    place: &Place,
    before: u32,
    mut stood: BTreeMap<&str, u32>,
    done: &[Operation],
) -> u32 {
    let mut entered: BTreeMap<u32, &Operation> = BTreeMap::new();
    for operation in done {
        match &operation.answer {
            Ok(number) => {
                assert!(
                    entered.insert(*number, operation).is_none(),
                    "entry {number} twice"
                );
            }
            Err(AppendError::Refused(refusals)) => {
                let reasons: Vec<_> = refusals.each().map(|refusal| &refusal.reason).collect();
                match reasons[..] {
                    [RefusalReason::Entry(EntryError::NotSuperseded { entry, .. })] => {
                        assert_eq!(Some(*entry), operation.supersedes);
                    }
                    _ => panic!("{}: {refusals}", operation.id),
                }
            }
            Err(other) => panic!("{}: {other}", operation.id),
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
    assert_eq!(rows.len(), entered.len(), "no entry is lost or repeated");
    let mut latest_begin = None;
    let mut superseded: BTreeMap<u32, Instant> = BTreeMap::new();
    for (row, (number, operation)) in rows.iter().zip(&entered) {
        assert_eq!((row.number, &*row.request), (*number, &*operation.id));
        let written = decode(&row.bytes).unwrap().entry;
        assert_eq!(written.draft.supersedes, operation.supersedes);
        match (&written.draft.fact, operation.supersedes) {
            (
                Fact::Record {
                    record: RecordFact::Judgement(judgement),
                    ..
                },
                Some(old),
            ) => {
                assert_eq!(
                    (&*judgement.subject, judgement.value.as_deref()),
                    (operation.measure, Some(operation.value))
                );
                // Compare and set: it superseded the current judgement, and is now the current one.
                assert_eq!(
                    stood.insert(operation.measure, *number),
                    Some(old),
                    "entry {number}"
                );
                superseded.insert(old, operation.ended);
            }
            (
                Fact::Record {
                    record: RecordFact::Commentary(commentary),
                    ..
                },
                None,
            ) => {
                assert_eq!(*commentary.text, *operation.id);
            }
            (other, _) => panic!("entry {number}: {other:?}"),
        }
        // A request that was answered before another began has the lower number.
        assert!(
            latest_begin.is_none_or(|begin| begin <= operation.ended),
            "entry {number}"
        );
        latest_begin = latest_begin.max(Some(operation.start));
    }
    // A request is refused only if another one superseded the same entry.
    for operation in done.iter().filter(|operation| operation.answer.is_err()) {
        assert!(
            superseded.contains_key(&operation.supersedes.unwrap()),
            "{}",
            operation.id
        );
    }
    u32::try_from(rows.len()).unwrap()
}

async fn cancelled_requests_do_no_harm(engine: Engine) {
    let cancelled = count("CANCELLED", 1_000);
    let place = Place::new(engine).await;
    let ledger = place.with_case().await;
    let mut dice = Dice::new();
    let mut sent = 0;
    while sent < cancelled {
        let requests = (0..50.min(cancelled - sent)).map(|number| {
            let id = format!("gone {}", sent + number);
            let request = request(&id, vec![remark(&id)]);
            let (ledger, patience) = (ledger.clone(), Duration::from_micros(dice.below(4_000)));
            tokio::spawn(async move {
                // The future is dropped at a random point.
                let _ = tokio::time::timeout(patience / 4, ledger.store().read(0, 400)).await;
                tokio::time::timeout(patience, ledger.append(request))
                    .await
                    .is_ok()
            })
        });
        let requests: Vec<_> = requests.collect();
        sent += u32::try_from(requests.len()).unwrap();
        for request in requests {
            request.await.unwrap();
        }
    }
    // Each request was entered completely or not at all, and the ledger continues.
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
    println!(
        "{engine:?}: {cancelled} requests cancelled half-way, {repeated} of them were entered"
    );
}
