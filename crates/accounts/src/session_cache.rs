//! Sessions that were read a moment ago, so that a page costs no question to the database.

use crate::store::SessionRow;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How long a session is used without reading it again. What another process changes is noticed after that.
const LIFETIME: SignedDuration = SignedDuration::from_secs(3);
/// Maximum number of sessions.
const MOST: usize = 4096;

/// The digest of a secret.
pub(crate) type SessionDigest = [u8; 32];

/// Sessions by digest.
#[derive(Debug, Default)]
pub(crate) struct SessionCache(Mutex<Contents>);

#[derive(Debug, Default)]
struct Contents {
    /// Grows with every change in this process: what was read before is not kept after.
    generation: u64,
    sessions: HashMap<SessionDigest, (Timestamp, Arc<SessionRow>)>,
}

impl SessionCache {
    /// A session that was read a moment ago; or the generation with which it may be kept once it is read.
    pub(crate) fn get(
        &self,
        digest: &SessionDigest,
        now: Timestamp,
    ) -> Result<Arc<SessionRow>, u64> {
        let contents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match contents.sessions.get(digest) {
            Some((read, session)) if is_fresh(*read, now) => Ok(Arc::clone(session)),
            _ => Err(contents.generation),
        }
    }

    /// Keeps a session, unless something has changed since `generation`.
    pub(crate) fn keep(
        &self,
        generation: u64,
        digest: SessionDigest,
        session: &Arc<SessionRow>,
        now: Timestamp,
    ) {
        let mut contents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if contents.generation != generation {
            return;
        }
        if contents.sessions.len() >= MOST {
            contents
                .sessions
                .retain(|_, (read, _)| is_fresh(*read, now));
        }
        if contents.sessions.len() < MOST {
            contents.sessions.insert(digest, (now, Arc::clone(session)));
        }
    }

    /// Forgets every session.
    pub(crate) fn clear(&self) {
        let mut contents = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        contents.generation += 1;
        contents.sessions.clear();
    }
}

fn is_fresh(read: Timestamp, now: Timestamp) -> bool {
    let passed = now.duration_since(read);
    SignedDuration::ZERO <= passed && passed < LIFETIME
}
