//! Whether this server should be sent requests, and if not, why: what `/readyz` says.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use wcc_api::Api;

/// What may keep a server from being ready. Of several, the first is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Obstacle {
    /// It is being stopped.
    Stopping,
    /// An entry was changed after it was entered.
    Tampered,
    /// What is served could not be rebuilt after the latest entries.
    Behind,
    /// The ledger's database does not answer.
    Database,
}

/// Ready while there is no obstacle. All clones are one.
#[derive(Clone)]
pub(crate) struct Readiness {
    api: Api,
    obstacles: Arc<Mutex<BTreeMap<Obstacle, String>>>,
}

impl Readiness {
    /// Without an obstacle.
    pub(crate) fn new(api: Api) -> Readiness {
        Readiness {
            api,
            obstacles: Arc::default(),
        }
    }

    /// Sets why an obstacle applies, or (`None`) that it no longer does.
    pub(crate) fn set(&self, obstacle: Obstacle, why: Option<String>) {
        let mut obstacles = self
            .obstacles
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match why {
            Some(why) => obstacles.insert(obstacle, why),
            None => obstacles.remove(&obstacle),
        };
        self.api.set_not_ready(obstacles.values().next().cloned());
    }
}
