//! Watches the ledger while it is served: whether its database answers, and whether an entry was
//! changed.

use crate::readiness::{Obstacle, Readiness};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use wcc_ledger::{CheckpointFile, Ledger, VerifyError};
use wcc_programme::FileFormats;

/// How often the ledger's database is polled, and how long it may take to answer.
const INTERVAL: Duration = Duration::from_millis(800);

/// Keeps `/readyz` up to date with the state of the ledger. Never ends.
pub(crate) async fn watch_ledger(
    readiness: Readiness,
    ledger: Ledger,
    checkpoint: Option<CheckpointFile>,
) {
    let check = check_in_the_background(&ledger, checkpoint);
    let mut answered = true;
    loop {
        tokio::time::sleep(INTERVAL).await;
        let asked = tokio::time::timeout(INTERVAL, ledger.ready()).await;
        let answers = matches!(asked, Ok(Ok(())));
        if answers != answered {
            let away = "the ledger's database does not answer";
            if answers {
                tracing::info!("the ledger's database answers again");
            } else {
                tracing::error!("{away}");
            }
            readiness.set(Obstacle::Database, (!answers).then(|| away.to_owned()));
            answered = answers;
        }
        if *check.found.borrow() {
            let why = "an entry of the ledger was changed after it was entered: run `wcc verify`";
            readiness.set(Obstacle::Tampered, Some(why.to_owned()));
        }
    }
}

/// A check that runs while the server serves. Dropping this ends it.
struct Check {
    /// Whether an entry differs.
    found: tokio::sync::watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Drop for Check {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads every entry that the start skipped, and compares the result with the checkpoint that the
/// start read instead.
fn check_in_the_background(ledger: &Ledger, checkpoint: Option<CheckpointFile>) -> Check {
    let (report, found) = tokio::sync::watch::channel(false);
    let ledger = ledger.clone();
    let task = tokio::spawn(async move {
        let resumed = ledger.resumed();
        if resumed == 0 {
            return;
        }
        tracing::info!(
            "resumed from the checkpoint at entry {resumed}; checking the entries before it"
        );
        let (store, books) = (ledger.store(), Arc::new(FileFormats));
        match wcc_ledger::verify(store, books, None, checkpoint.as_ref(), &[], |_| {}).await {
            Ok(_) => tracing::info!("every entry is as it was entered, and the checkpoint agrees"),
            Err(error @ VerifyError::Store(_)) => {
                tracing::warn!("the entries could not be checked, run `wcc verify`: {error}");
            }
            Err(error) => {
                tracing::error!("the ledger was changed after it was written: {error}");
                report.send_replace(true);
            }
        }
    });
    Check { found, task }
}
