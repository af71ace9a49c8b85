//! Writes to a ledger as fast as possible and prints what was acknowledged. Tests start it and kill
//! it.
//!
//! ```text
//! write-load ADDRESS SHA HEAD-FILE NAME TASKS COUNT
//! ```
//!
//! Each of TASKS tasks sends COUNT requests in turn (0: until it is stopped): remarks, and
//! judgements that supersede its own earlier ones. It first prints `ready`. A line `REQUEST NUMBER`
//! on standard output is an acknowledgement. It ends when standard input ends, or, if
//! `WCC_LOAD_QUITS` is set in the environment, at the first error.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a program for tests may stop at the first unexpected result"
)]

#[path = "../tests/support/case.rs"]
#[allow(dead_code, unreachable_pub, reason = "tests use the rest of it")]
mod case;

use case::{CLUSTER, MEASURES, judgement, remark, request, standing};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use wcc_core::Method;
use wcc_ledger::{Address, AppendError, CheckpointFile, Ledger, LedgerOptions, Receipt, Request};
use wcc_programme::FileFormats;

fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    // The reader is gone, so nothing more can be acknowledged.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, sha, head, name, tasks, count] = &arguments[..] else {
        eprintln!("write-load ADDRESS SHA HEAD-FILE NAME TASKS COUNT");
        std::process::exit(2);
    };
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let checkpoint = Path::new(head).with_extension("checkpoint");
    let opening = LedgerOptions {
        address: Address::parse(address),
        sha: sha.clone(),
        head_file: Some(head.into()),
        checkpoint: Some(CheckpointFile::new(checkpoint).every(40)),
        patience: Duration::from_secs(5),
        create: true,
        clock: Arc::new(wcc_ledger::SystemClock),
        policy: Arc::new(wcc_core::policy::Unrestricted),
    };
    let ledger = match Ledger::open(opening, Arc::new(FileFormats)).await {
        Ok(ledger) => ledger,
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(1);
        }
    };
    print_line("ready");
    if ledger.head().number == 0 {
        send_until_entered(&ledger, &request("load", case::south())).await;
    }
    let (tasks, count): (usize, u64) = (tasks.parse().unwrap(), count.parse().unwrap());
    let running = (0..tasks).map(|task| {
        let (ledger, name) = (ledger.clone(), name.clone());
        tokio::spawn(async move { work(&ledger, &name, task, count).await })
    });
    for task in running.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    // Callers that wait for this process also expect the database to be closed.
    drop(ledger);
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn work(ledger: &Ledger, name: &str, task: usize, count: u64) {
    let measure = MEASURES[task % MEASURES.len()];
    let judges = task < MEASURES.len();
    let mut step = 0;
    while count == 0 || step < count {
        let id = format!("{name} {task} {step}");
        let draft = if judges && step % 2 == 1 {
            let current = standing(ledger, measure);
            let value = ["1", "2", "3", "4"][(step / 2 % 4) as usize];
            judgement(CLUSTER, measure, Method::SelfAssessment, value, current)
        } else {
            remark(&id)
        };
        send_until_entered(ledger, &request(&id, vec![draft])).await;
        step += 1;
    }
}

/// Sends a request again until it is entered, as a client should.
async fn send_until_entered(ledger: &Ledger, request: &Request) -> Option<Receipt> {
    loop {
        match ledger.append(request.clone()).await {
            Ok(receipt) => {
                print_line(&format!("{} {}", request.id, receipt.first));
                return Some(receipt);
            }
            Err(error @ AppendError::Store(_)) => {
                eprintln!("error: {error}");
                if std::env::var_os("WCC_LOAD_QUITS").is_some() {
                    std::process::exit(3);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => {
                eprintln!("refused: {error}");
                return None;
            }
        }
    }
}
