//! Limits requests to slow plugins, for callers that wait only briefly.
//!
//! A server assures its cycles again after every entry, and entries may arrive faster than a plugin
//! answers. Each plugin therefore has one lane for each cycle. One request at a time runs in a
//! lane, and only the newest of the others waits. Older requests are dropped, because they are
//! about an outdated state.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{MutexGuard, watch};

/// The lanes, by the digest of the plugin and the identifier of the cycle.
#[derive(Debug)]
pub(crate) struct Lanes {
    by_name: Mutex<HashMap<(String, String), Arc<Lane>>>,
    /// The number of answers so far.
    answers: watch::Sender<u64>,
}

impl Default for Lanes {
    fn default() -> Self {
        Self {
            by_name: Mutex::default(),
            answers: watch::Sender::new(0),
        }
    }
}

impl Lanes {
    /// Returns the lane of a plugin in a cycle.
    pub(crate) fn lane(&self, digest: &str, cycle: &str) -> Arc<Lane> {
        let mut lanes = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        // Drop the lanes of plugins and cycles that no longer exist.
        if lanes.len() > MAX_FREE {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        let name = (digest.to_owned(), cycle.to_owned());
        Arc::clone(lanes.entry(name).or_default())
    }

    /// Announces a new answer.
    pub(crate) fn announce_answer(&self) {
        self.answers.send_modify(|answers| *answers += 1);
    }

    /// Returns a receiver that changes with every answer.
    pub(crate) fn answers(&self) -> watch::Receiver<u64> {
        self.answers.subscribe()
    }
}

/// The number of lanes above which free ones are dropped.
const MAX_FREE: usize = 1_000;

/// The requests to one plugin about one cycle.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Held while a request is running.
    running: tokio::sync::Mutex<()>,
    /// The number of the newest request.
    newest: watch::Sender<u64>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            running: tokio::sync::Mutex::default(),
            newest: watch::Sender::new(0),
        }
    }
}

impl Lane {
    /// Returns whether no request is running.
    pub(crate) fn is_free(&self) -> bool {
        self.running.try_lock().is_ok()
    }

    /// Queues a request, which replaces any waiting one, and returns its number.
    pub(crate) fn queue(&self) -> u64 {
        let mut number = 0;
        self.newest.send_modify(|newest| {
            *newest += 1;
            number = *newest;
        });
        number
    }

    /// Waits for a request's turn; returns `None` if a newer request replaced it.
    pub(crate) async fn turn(&self, number: u64) -> Option<MutexGuard<'_, ()>> {
        let mut newest = self.newest.subscribe();
        tokio::select! {
            biased;
            _ = newest.wait_for(|newest| *newest != number) => None,
            turn = self.running.lock() => Some(turn),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    #[tokio::test]
    async fn only_the_newest_waiting_request_gets_its_turn() {
        let lanes = Lanes::default();
        let lane = lanes.lane("plugin", "cycle");
        let first = lane.queue();
        let running = lane.turn(first).await;
        assert!(running.is_some());
        let waiting: Vec<_> = (0..100)
            .map(|_| {
                let (lane, number) = (lanes.lane("plugin", "cycle"), lane.queue());
                tokio::spawn(async move { lane.turn(number).await.is_some() })
            })
            .collect();
        // The others are dropped at once, while the first is still running.
        let (dropped, _) = waiting.split_at(99);
        for dropped in dropped {
            while !dropped.is_finished() {
                tokio::task::yield_now().await;
            }
        }
        drop(running);
        let mut turns = 0;
        for request in waiting {
            turns += u32::from(request.await.unwrap_or_default());
        }
        assert_eq!(turns, 1);
        assert!(lanes.lane("plugin", "another cycle").is_free());
    }
}
