//! The keys that an issuer publishes: cached, and fetched again when a token names an unknown one.

use crate::issuer::{IssuerSettings, KeyLocation};
use crate::key_fetch::{FetchError, fetch};
use crate::key_set::KeySet;
use crate::signature::Algorithm;
use jsonwebtoken::DecodingKey;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

/// The issuers whose keys could not be read at the last attempt, with the reason.
pub(crate) type KeyProblems = watch::Sender<BTreeMap<String, String>>;

/// The keys of one issuer.
pub(crate) struct PublishedKeys {
    issuer: String,
    location: KeyLocation,
    algorithms: Vec<Algorithm>,
    known: RwLock<Known>,
    /// When the last attempt to fetch them began. Held during an attempt, so that there is one at a
    /// time; tokens with known keys do not wait for it.
    attempt: Mutex<Option<Instant>>,
    problems: Arc<KeyProblems>,
}

#[derive(Clone, Default)]
struct Known {
    keys: Arc<KeySet>,
    /// Number of times that they were fetched.
    version: u64,
}

impl PublishedKeys {
    /// Keys that are not fetched yet.
    pub(crate) fn new(issuer: &IssuerSettings, problems: Arc<KeyProblems>) -> PublishedKeys {
        PublishedKeys {
            issuer: issuer.name.clone(),
            location: issuer.keys.clone(),
            algorithms: issuer.algorithms.clone(),
            known: RwLock::default(),
            attempt: Mutex::default(),
            problems,
        }
    }

    /// Whether these are the keys that an issuer's settings name.
    pub(crate) fn are_of(&self, issuer: &IssuerSettings) -> bool {
        self.issuer == issuer.name
            && self.location == issuer.keys
            && self.algorithms == issuer.algorithms
    }

    /// The key that a token names. If it is not known, the keys are fetched again, unless the last
    /// attempt was less than `pause` ago.
    pub(crate) async fn find(
        self: &Arc<Self>,
        id: Option<&str>,
        algorithm: Algorithm,
        pause: Duration,
    ) -> Option<DecodingKey> {
        let known = self.known();
        if let Some(key) = known.keys.find(id, algorithm) {
            return Some(key.clone());
        }
        self.refresh(Some(known.version), pause).await;
        self.known().keys.find(id, algorithm).cloned()
    }

    /// Fetches the keys again, unless another request did so since version `seen`, or the last attempt
    /// was less than `pause` ago. Keeps the known keys if that fails.
    pub(crate) async fn refresh(self: &Arc<Self>, seen: Option<u64>, pause: Duration) {
        let mut attempt = self.attempt.lock().await;
        let is_newer = seen.is_some_and(|seen| seen != self.known().version);
        let is_too_soon = attempt.is_some_and(|began| began.elapsed() < pause);
        if is_newer || is_too_soon {
            return;
        }
        *attempt = Some(Instant::now());
        // In a task of its own, which ends even if the client that caused it hangs up.
        let fetching = tokio::spawn(Arc::clone(self).fetch());
        let _ = fetching.await;
    }

    async fn fetch(self: Arc<Self>) {
        let keys = Arc::clone(&self);
        let fetched = tokio::task::spawn_blocking(move || fetch(&keys.location, &keys.algorithms));
        let fetched = fetched.await.unwrap_or(Err(FetchError::Panicked));
        match fetched {
            Ok(keys) => self.replace(keys),
            Err(error) => self.report(&error),
        }
    }

    fn replace(&self, keys: KeySet) {
        let PublishedKeys {
            issuer, location, ..
        } = self;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let (before, after) = (known.keys.names(), keys.names());
        known.keys = Arc::new(keys);
        known.version += 1;
        drop(known);
        if before != after {
            tracing::info!("keys of the issuer `{issuer}` read from {location}: {after}");
        }
        let had_failed = self
            .problems
            .send_if_modified(|problems| problems.remove(issuer).is_some());
        if had_failed {
            tracing::info!("the keys of the issuer `{issuer}` can be read again");
        }
    }

    fn report(&self, error: &FetchError) {
        let PublishedKeys {
            issuer, location, ..
        } = self;
        let has_keys = !self.known().keys.0.is_empty();
        let consequence = if has_keys {
            "tokens signed with its known keys are still accepted"
        } else {
            "its tokens are refused"
        };
        tracing::warn!(
            "the keys of the issuer `{issuer}` cannot be read from {location}: {error}; {consequence}"
        );
        // Readiness is public: it does not name the issuers of a server.
        let problem = format!(
            "the keys of an issuer of tokens cannot be read; {consequence}; the log names it"
        );
        self.problems.send_if_modified(|problems| {
            let before = problems.insert(issuer.clone(), problem.clone());
            before.as_ref() != Some(&problem)
        });
    }

    fn known(&self) -> Known {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
