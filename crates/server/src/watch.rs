//! Watches the ledger while it is served: whether its database responds, and whether an entry was
//! changed.

use crate::readiness::{Obstacle, Readiness};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use wcc_ledger::{CheckpointFile, Ledger, VerifyError};
use wcc_programme::FileFormats;

/// How often the ledger's database is polled, and how long it may take to respond.
const INTERVAL: Duration = Duration::from_millis(800);

/// Keeps `/readyz` up to date with the state of the ledger. Never ends.
pub(crate) async fn watch_ledger(
    readiness: Readiness,
    ledger: Ledger,
    checkpoint: Option<CheckpointFile>,
) {
    let check = check_in_the_background(&ledger, checkpoint);
    let mut responded = true;
    loop {
        tokio::time::sleep(INTERVAL).await;
        let poll = tokio::time::timeout(INTERVAL, ledger.ready()).await;
        let responds = matches!(poll, Ok(Ok(())));
        if responds != responded {
            let message = "the ledger's database does not respond";
            if responds {
                tracing::info!("the ledger's database responds again");
            } else {
                tracing::error!("{message}");
            }
            readiness.set(Obstacle::Database, (!responds).then(|| message.to_owned()));
            responded = responds;
        }
        if *check.tampered.borrow() {
            let why = "an entry of the ledger was changed after it was written; run `wcc verify`";
            readiness.set(Obstacle::Tampered, Some(why.to_owned()));
        }
    }
}

/// A check of the ledger in the background. Dropping it ends the check.
struct Check {
    /// Whether a changed entry was found.
    tampered: tokio::sync::watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Drop for Check {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads every entry that the start skipped, and compares the result with the checkpoint that the
/// start used instead.
fn check_in_the_background(ledger: &Ledger, checkpoint: Option<CheckpointFile>) -> Check {
    let (report, tampered) = tokio::sync::watch::channel(false);
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
            Ok(_) => tracing::info!("every entry is unchanged and matches the checkpoint"),
            Err(error @ VerifyError::Store(_)) => {
                tracing::warn!("the entries could not be checked; run `wcc verify`: {error}");
            }
            Err(error) => {
                tracing::error!("the ledger was changed after it was written: {error}");
                report.send_replace(true);
            }
        }
    });
    Check { tampered, task }
}
