//! What a restricted view costs, beside an unrestricted one: reading and writing a ledger.
//!
//! `cargo run --release -p wcc-api --example view_costs -- examples/england`
#![allow(
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a measurement that ends at the first surprise"
)]

#[path = "../tests/support/book.rs"]
mod book;

use book::LedgerApi;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};
use wcc_api::Request;
use wcc_core::Actor;
use wcc_core::ledger::{Draft, Fact};
use wcc_core::record::{CommentaryFact, RecordFact};
use wcc_policy::{CedarPolicy, PolicyFile};

const ROUNDS: usize = 15;

fn median(mut times: Vec<Duration>) -> String {
    times.sort();
    let median = times[times.len() / 2];
    format!("{:.2} ms", median.as_secs_f64() * 1000.0)
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn clerk() -> Actor {
    Actor {
        role: "clerk".into(),
        ..Actor::operator("A. Clerk")
    }
}

fn main() {
    let case = std::env::args().nth(1);
    let case = PathBuf::from(case.unwrap_or_else(|| "examples/south-of-tyne-and-wear".to_owned()));
    let ledger_api = LedgerApi::with(&case);
    let programme = ledger_api.programme();
    let cycle = &programme.cycles.last().expect("a cycle").cycle;
    let code = |at: usize| cycle.organisations.body(cycle.pcts[at]).code.clone();
    let (hidden, shown) = (code(0), code(1));
    let clerks = format!(
        "permit (principal in Role::\"clerk\", action in Action::\"write\", resource);\n\
         forbid (principal in Role::\"clerk\", action == Action::\"read\", resource is Body)\n\
         when {{ resource.code == \"{hidden}\" }};\n"
    );
    let mut files = PolicyFile::shipped();
    files.push(PolicyFile::new("clerks.cedar", clerks));
    let policy = Arc::new(CedarPolicy::from_files(&files).expect("policies"));
    ledger_api.api.set_policy(policy.clone());
    ledger_api.ledger.set_policy(policy);
    let pcts = cycle.pcts.len();
    println!(
        "{} entries, {pcts} PCTs; {hidden} is hidden from the clerk",
        ledger_api.last()
    );

    let actors = [
        ("operator (sees all)", Actor::operator("operator")),
        ("public (no names)", Actor::public()),
        ("clerk (one PCT hidden)", clerk()),
    ];
    let id = &cycle.id;
    let query = |comment: usize| {
        format!(
            "{{ output(cycle: \"{id}\", pct: \"{shown}\") {{ components {{ value }} }} }} # {comment}"
        )
    };
    let ask = |actor: &Actor, query: String| {
        let answer = ledger_api.text(Request::new(query).actor(actor.clone()));
        assert!(!answer.contains("errors"), "{answer}");
    };
    for (who, actor) in &actors {
        let first = timed(|| ask(actor, query(0)));
        let uncached = (1..=ROUNDS).map(|at| timed(|| ask(actor, query(at))));
        let uncached = median(uncached.collect());
        let cached = median(
            (0..ROUNDS)
                .map(|_| timed(|| ask(actor, query(0))))
                .collect(),
        );
        let first = median(vec![first]);
        println!("{who}: first query {first}, uncached {uncached}, cached {cached}");
    }

    let draft = |body: &str, at: usize| {
        Draft::from(Fact::Record {
            cycle: id.as_str().into(),
            record: RecordFact::Commentary(CommentaryFact {
                body: body.into(),
                headings: Vec::new(),
                text: format!("Remark {at}.").into(),
                components: Vec::new(),
            }),
        })
    };
    let mut after: Vec<Vec<Duration>> = vec![Vec::new(); actors.len()];
    for at in 0..ROUNDS {
        ledger_api.enter(&format!("between {at}"), vec![draft(&shown, at)]);
        for ((_, actor), times) in actors.iter().zip(&mut after) {
            times.push(timed(|| ask(actor, query(0))));
        }
    }
    for ((who, _), times) in actors.iter().zip(after) {
        println!("{who}: first query after an entry {}", median(times));
    }
    for (who, actor) in [&actors[0], &actors[2]] {
        let append = |body: &str, at: usize| {
            ledger_api.append(wcc_ledger::Request {
                actor: actor.clone(),
                id: format!("{body} {at}"),
                drafts: vec![draft(body, at)],
            })
        };
        let entered = (0..ROUNDS).map(|at| timed(|| assert!(append(&shown, at).is_ok())));
        let entered = median(entered.collect());
        let refused = (0..ROUNDS).map(|at| timed(|| assert!(append("none", at).is_err())));
        let refused = median(refused.collect());
        println!("{who}: entry on disk {entered}, refusal of an unknown body {refused}");
    }
}
