//! A cache of plugins' answers, so that the host does not repeat a request.

use crate::failure::Cause;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;
use wcc_plugin::Contribution;

/// How long a failure stays in the cache: long enough that a failing plugin costs little, short
/// enough that a plugin recovers by itself after it ran out of memory.
const FAILURE_LIFETIME: Duration = Duration::from_secs(60);

/// The maximum number of answers in the cache.
const MAX_ANSWERS: usize = 64;

/// The answer of a plugin, shared by all who asked for it.
pub(crate) type SharedAnswer = Arc<Result<Contribution, Cause>>;

/// SHA-256 of everything on which an answer depends.
pub(crate) type Key = [u8; 32];

/// Computes the key of a request to a library under these limits.
pub(crate) fn key(digest: &str, limits: &crate::Limits, request: &[u8]) -> Key {
    let mut hash = Sha256::new();
    hash.update(digest);
    hash.update(format!("{limits:?}"));
    hash.update(request);
    hash.finalize().into()
}

/// Answers by key, including failures.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry>,
    /// Counts uses, to find the entry that was used longest ago.
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    cell: Arc<OnceCell<CachedAnswer>>,
    used: u64,
}

#[derive(Debug)]
struct CachedAnswer {
    answer: SharedAnswer,
    at: Instant,
}

impl CachedAnswer {
    fn is_stale(&self) -> bool {
        self.answer.is_err() && self.at.elapsed() > FAILURE_LIFETIME
    }
}

impl Cache {
    /// Returns the answer for `key`, and runs `ask` if there is none yet. Concurrent callers with
    /// the same key wait for the same answer.
    pub(crate) async fn answer(
        &self,
        key: Key,
        ask: impl Future<Output = Result<Contribution, Cause>>,
    ) -> SharedAnswer {
        let cell = self.cell(key);
        let compute = async {
            CachedAnswer {
                answer: Arc::new(ask.await),
                at: Instant::now(),
            }
        };
        Arc::clone(&cell.get_or_init(|| compute).await.answer)
    }

    /// Returns the answer for `key` if it is in the cache.
    pub(crate) fn known(&self, key: &Key) -> Option<SharedAnswer> {
        let entries = self.entries();
        let cached = entries.by_key.get(key)?.cell.get()?;
        (!cached.is_stale()).then(|| Arc::clone(&cached.answer))
    }

    /// Clears the cache.
    pub(crate) fn forget(&self) {
        self.entries().by_key.clear();
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cell(&self, key: Key) -> Arc<OnceCell<CachedAnswer>> {
        let mut entries = self.entries();
        entries.clock += 1;
        let used = entries.clock;
        if let Some(entry) = entries.by_key.get_mut(&key)
            && !entry.cell.get().is_some_and(CachedAnswer::is_stale)
        {
            entry.used = used;
            return Arc::clone(&entry.cell);
        }
        if entries.by_key.len() >= MAX_ANSWERS {
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
