//! The server's readiness for requests, which `/readyz` reports.

use crate::changes::{Change, Changes};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use wcc_api::Api;

/// A reason why a server is not ready. If there are several, the first is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Obstacle {
    /// The server is stopping.
    Stopping,
    /// An entry of the ledger was changed after it was written.
    Tampered,
    /// The snapshot could not be rebuilt after the latest entries.
    Behind,
    /// The ledger's database does not answer.
    Database,
}

/// The server is ready while there is no obstacle. All clones share one state.
#[derive(Clone)]
pub(crate) struct Readiness {
    api: Api,
    changes: Changes,
    obstacles: Arc<Mutex<BTreeMap<Obstacle, String>>>,
}

impl Readiness {
    /// Creates a readiness without obstacles.
    pub(crate) fn new(api: Api, changes: Changes) -> Readiness {
        Readiness {
            api,
            changes,
            obstacles: Arc::default(),
        }
    }

    /// Sets the reason for an obstacle, or removes it with `None`.
    pub(crate) fn set(&self, obstacle: Obstacle, why: Option<String>) {
        let mut obstacles = self
            .obstacles
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match why {
            Some(why) => obstacles.insert(obstacle, why),
            None => obstacles.remove(&obstacle),
        };
        let first = obstacles.values().next().cloned();
        if self.api.not_ready() != first {
            self.api.set_not_ready(first.clone());
            // The lock is still held, so that listeners receive changes in order.
            self.changes.publish(Change::Readiness { obstacle: first });
        }
    }
}
