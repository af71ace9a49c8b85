//! Whether requests should be sent here: the ledger's database answers, and holds what it held.

use crate::readiness::{Obstacle, Readiness};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use wcc_ledger::{CheckpointFile, Ledger, VerifyError};
use wcc_programme::FileFormats;

/// How often the ledger's database is asked, and how long it may take to answer.
const LOOK: Duration = Duration::from_millis(800);

/// Keeps `/readyz` true to the ledger.
pub(crate) async fn ledger(
    readiness: Readiness,
    ledger: Option<Ledger>,
    checkpoint: CheckpointFile,
) {
    let Some(ledger) = ledger else { return };
    let check = check_in_the_background(&ledger, checkpoint);
    let mut answered = true;
    loop {
        tokio::time::sleep(LOOK).await;
        let asked = tokio::time::timeout(LOOK, ledger.ready()).await;
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
            let why = "an entry of the ledger is not what was entered: run `wcc verify`";
            readiness.set(Obstacle::Tampered, Some(why.to_owned()));
        }
    }
}

/// A check that goes on while the server serves, and ends with whoever holds this.
struct Check {
    /// Whether it found something wrong.
    found: tokio::sync::watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl Drop for Check {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Reads every entry that the start did not read, and compares them with the checkpoint that stood
/// in for them.
fn check_in_the_background(ledger: &Ledger, checkpoint: CheckpointFile) -> Check {
    let (tell, found) = tokio::sync::watch::channel(false);
    let ledger = ledger.clone();
    let task = tokio::spawn(async move {
        let resumed = ledger.resumed();
        if resumed == 0 {
            return;
        }
        tracing::info!(
            "went on from the checkpoint at entry {resumed}; checking the entries before it"
        );
        let (store, books) = (ledger.store(), Arc::new(FileFormats));
        match wcc_ledger::verify(store, books, None, Some(&checkpoint), &[], |_| {}).await {
            Ok(_) => tracing::info!("every entry is as it was entered, and so is the checkpoint"),
            Err(error @ VerifyError::Store(_)) => {
                tracing::warn!("the entries could not be checked, run `wcc verify`: {error}");
            }
            Err(error) => {
                tracing::error!("what is served is not what was entered: {error}");
                tell.send_replace(true);
            }
        }
    });
    Check { found, task }
}
