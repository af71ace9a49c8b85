//! Questions that somebody else waits for no longer than a moment.
//!
//! What a server shows is assured anew at every entry, and a plugin may take longer to answer than
//! entries take to come. So each plugin has one lane for each cycle: one question is under way in
//! it, and of those that come meanwhile the newest waits. The others are about what no longer
//! stands, and are dropped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{MutexGuard, watch};

/// The lanes, by the digest of the plugin and the identifier of the cycle.
#[derive(Debug)]
pub(crate) struct Lanes {
    by_name: Mutex<HashMap<(String, String), Arc<Lane>>>,
    /// How many answers have come.
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
    /// The lane of a plugin in a cycle.
    pub(crate) fn lane(&self, digest: &str, cycle: &str) -> Arc<Lane> {
        let mut lanes = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of plugins and cycles that are gone.
        if lanes.len() > MOST_FREE {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        let name = (digest.to_owned(), cycle.to_owned());
        Arc::clone(lanes.entry(name).or_default())
    }

    /// Tells that an answer has come.
    pub(crate) fn tell(&self) {
        self.answers.send_modify(|answers| *answers += 1);
    }

    /// Changes with every answer.
    pub(crate) fn answers(&self) -> watch::Receiver<u64> {
        self.answers.subscribe()
    }
}

/// Free lanes that are kept.
const MOST_FREE: usize = 1_000;

/// One lane.
#[derive(Debug)]
pub(crate) struct Lane {
    /// Held while a question is under way.
    under_way: tokio::sync::Mutex<()>,
    /// The number of the newest question.
    newest: watch::Sender<u64>,
}

impl Default for Lane {
    fn default() -> Self {
        Self {
            under_way: tokio::sync::Mutex::default(),
            newest: watch::Sender::new(0),
        }
    }
}

impl Lane {
    /// Whether no question is under way.
    pub(crate) fn is_free(&self) -> bool {
        self.under_way.try_lock().is_ok()
    }

    /// Lines up a question: those that wait are dropped.
    pub(crate) fn line_up(&self) -> u64 {
        let mut mine = 0;
        self.newest.send_modify(|newest| {
            *newest += 1;
            mine = *newest;
        });
        mine
    }

    /// Waits for a question's turn; nothing if a newer one has come.
    pub(crate) async fn turn(&self, mine: u64) -> Option<MutexGuard<'_, ()>> {
        let mut newest = self.newest.subscribe();
        tokio::select! {
            biased;
            _ = newest.wait_for(|newest| *newest != mine) => None,
            turn = self.under_way.lock() => Some(turn),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    #[tokio::test]
    async fn of_those_that_wait_the_newest_gets_its_turn() {
        let lanes = Lanes::default();
        let lane = lanes.lane("plugin", "cycle");
        let first = lane.line_up();
        let under_way = lane.turn(first).await;
        assert!(under_way.is_some());
        let waiting: Vec<_> = (0..100)
            .map(|_| {
                let (lane, mine) = (lanes.lane("plugin", "cycle"), lane.line_up());
                tokio::spawn(async move { lane.turn(mine).await.is_some() })
            })
            .collect();
        // The others are dropped at once, while the first is still under way.
        let (newest, others) = waiting.split_at(99);
        let _ = others;
        for dropped in newest.iter() {
            while !dropped.is_finished() {
                tokio::task::yield_now().await;
            }
        }
        drop(under_way);
        let mut turns = 0;
        for one in waiting {
            turns += u32::from(one.await.unwrap_or_default());
        }
        assert_eq!(turns, 1);
        assert!(lanes.lane("plugin", "another cycle").is_free());
    }
}
