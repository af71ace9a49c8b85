//! When a refresh starts.
//!
//! New entries are served at once if one client writes, and a moment later if several do. A refresh
//! costs nearly as much for one entry as for sixteen: the cycle's lists are copied, and a plugin may
//! be asked in a fresh process. Clients that were just answered often write again at once. So the
//! next refresh waits briefly for them, as a database delays a commit to share it.

use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use wcc_ledger::Head;

/// How long to wait for one more entry: longer than most commits take, because the entries of a
/// commit arrive together.
const GAP: Duration = Duration::from_micros(2_500);
/// How long to wait for entries in all, at most. It is never longer than the last refresh took.
const LONGEST: Duration = Duration::from_millis(5);

/// The entries to wait for before the next refresh.
#[derive(Debug, Default)]
pub(super) struct Batching {
    /// The number of the last entry if every client that was just answered writes again; 0 if there
    /// is nothing to wait for.
    expected: u32,
    longest: Duration,
}

impl Batching {
    /// Notes a refresh that took some time and served the entries between two numbers, while the
    /// ledger grew to `last`.
    pub(super) fn note(&mut self, before: u32, served: u32, last: u32, took: Duration) {
        let answered = served.saturating_sub(before);
        let waiting = last.saturating_sub(served);
        let several = answered > 0 && answered.saturating_add(waiting) > 1;
        self.expected = if several {
            last.saturating_add(answered)
        } else {
            0
        };
        self.longest = took.min(LONGEST);
    }

    /// Returns as soon as the expected entries are there, or no more arrive.
    pub(super) async fn wait(&self, heads: &mut watch::Receiver<Head>) {
        let until = Instant::now() + self.longest;
        while heads.borrow_and_update().number < self.expected {
            let next = until.min(Instant::now() + GAP);
            if !matches!(timeout_at(next, heads.changed()).await, Ok(Ok(()))) {
                return;
            }
        }
    }
}

/// Schedules the retries of a failed refresh: soon at first, then less and less often. A new entry
/// or a reload does not wait for the schedule.
#[derive(Debug, Default)]
pub(super) struct Retry(Option<(Instant, Duration)>);

impl Retry {
    const FIRST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_secs(60);

    pub(super) fn schedule(&mut self) {
        let wait = self
            .0
            .map_or(Self::FIRST, |(_, wait)| (wait * 2).min(Self::LONGEST));
        self.0 = Some((Instant::now() + wait, wait));
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.0.is_some()
    }

    /// Returns when a retry is due; never if nothing failed.
    pub(super) async fn due(&self) {
        match self.0 {
            Some((at, _)) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_only_if_several_clients_write() {
        let expected = |before, served, last| {
            let mut batching = Batching::default();
            batching.note(before, served, last, Duration::from_millis(3));
            batching.expected
        };
        assert_eq!(expected(7, 7, 7), 0, "an answer of a plugin");
        assert_eq!(expected(7, 7, 9), 0);
        assert_eq!(expected(7, 8, 8), 0, "one client");
        assert_eq!(expected(7, 8, 9), 10);
        assert_eq!(expected(7, 15, 20), 28);
    }

    #[tokio::test]
    async fn stops_waiting_when_no_more_entries_arrive() {
        let head = |number| Head {
            number,
            ..Head::START
        };
        let (sender, mut heads) = watch::channel(head(9));
        let mut batching = Batching::default();
        batching.wait(&mut heads).await;
        batching.note(7, 9, 9, Duration::from_secs(60));
        sender.send(head(10)).unwrap();
        let started = Instant::now();
        batching.wait(&mut heads).await;
        assert!(started.elapsed() >= GAP);
        sender.send(head(11)).unwrap();
        batching.wait(&mut heads).await;
        assert!(!heads.has_changed().unwrap());
    }
}
