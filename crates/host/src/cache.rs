//! What plugins answered, so that the same question is not asked twice.

use crate::failure::Cause;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;
use wcc_plugin::Contribution;

/// How long a failure is believed. Long enough that a failing plugin costs little, short enough
/// that one which failed for want of memory comes back by itself.
const FAILURE_KEPT: Duration = Duration::from_secs(60);

/// The most answers kept.
const MOST_ANSWERS: usize = 64;

/// What a plugin answered.
pub(crate) type Answered = Arc<Result<Contribution, Cause>>;

/// SHA-256 of everything that an answer depends on.
pub(crate) type Key = [u8; 32];

/// The key of a request to a library under some limits.
pub(crate) fn key(digest: &str, limits: &crate::Limits, request: &[u8]) -> Key {
    let mut hash = Sha256::new();
    hash.update(digest);
    hash.update(format!("{limits:?}"));
    hash.update(request);
    hash.finalize().into()
}

/// Answers by key, failures too.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry>,
    /// Counts uses, to know the oldest.
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    cell: Arc<OnceCell<Kept>>,
    used: u64,
}

#[derive(Debug)]
struct Kept {
    answer: Answered,
    at: Instant,
}

impl Kept {
    fn is_stale(&self) -> bool {
        self.answer.is_err() && self.at.elapsed() > FAILURE_KEPT
    }
}

impl Cache {
    /// The answer for `key`, from `ask` if nobody has asked yet; whoever asks for the same
    /// meanwhile waits for that one answer.
    pub(crate) async fn answer(
        &self,
        key: Key,
        ask: impl Future<Output = Result<Contribution, Cause>>,
    ) -> Answered {
        let cell = self.cell(key);
        let keep = async {
            Kept {
                answer: Arc::new(ask.await),
                at: Instant::now(),
            }
        };
        Arc::clone(&cell.get_or_init(|| keep).await.answer)
    }

    /// The answer for `key` where it is there already.
    pub(crate) fn known(&self, key: &Key) -> Option<Answered> {
        let entries = self.entries();
        let kept = entries.by_key.get(key)?.cell.get()?;
        (!kept.is_stale()).then(|| Arc::clone(&kept.answer))
    }

    /// Forgets everything.
    pub(crate) fn forget(&self) {
        self.entries().by_key.clear();
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cell(&self, key: Key) -> Arc<OnceCell<Kept>> {
        let mut entries = self.entries();
        entries.clock += 1;
        let used = entries.clock;
        if let Some(entry) = entries.by_key.get_mut(&key)
            && !entry.cell.get().is_some_and(Kept::is_stale)
        {
            entry.used = used;
            return Arc::clone(&entry.cell);
        }
        if entries.by_key.len() >= MOST_ANSWERS {
            entries.forget_oldest();
        }
        let cell = Arc::default();
        let entry = Entry {
            cell: Arc::clone(&cell),
            used,
        };
        entries.by_key.insert(key, entry);
        cell
    }
}

impl Entries {
    fn forget_oldest(&mut self) {
        let oldest = self.by_key.iter().min_by_key(|(_, entry)| entry.used);
        if let Some(key) = oldest.map(|(key, _)| *key) {
            self.by_key.remove(&key);
        }
    }
}
