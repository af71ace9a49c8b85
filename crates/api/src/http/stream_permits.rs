//! Counts the connections of subscriptions, and refuses those beyond the limits.

use crate::api::SubscriptionSettings;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wcc_core::Actor;

/// The open connections of subscriptions. All clones share one count.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamPermits(Arc<Mutex<OpenStreams>>);

#[derive(Debug, Default)]
struct OpenStreams {
    total: usize,
    without_token: usize,
    by_person: HashMap<Arc<str>, usize>,
}

/// Why a connection may not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TooManyStreams {
    /// In total.
    #[error("too many subscriptions are open on this server; retry later")]
    OnServer,
    /// Without a token.
    #[error("too many subscriptions without a token are open; send a token, or retry later")]
    WithoutToken,
    /// Of one person.
    #[error("you have {0} connections with subscriptions open already; close one, or share one")]
    OfPerson(usize),
}

/// Whose connection a permit is for.
#[derive(Debug, PartialEq, Eq)]
enum StreamHolder {
    /// Not known yet.
    Unknown,
    WithoutToken,
    Person(Arc<str>),
}

/// The permission to keep one connection open, until it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPermit {
    permits: StreamPermits,
    holder: StreamHolder,
}

impl StreamPermits {
    /// Counts one more connection.
    ///
    /// # Errors
    /// There are too many.
    pub(crate) fn open(
        &self,
        settings: &SubscriptionSettings,
    ) -> Result<StreamPermit, TooManyStreams> {
        let mut open = self.lock();
        if open.total >= settings.connections {
            return Err(TooManyStreams::OnServer);
        }
        open.total += 1;
        Ok(StreamPermit {
            permits: self.clone(),
            holder: StreamHolder::Unknown,
        })
    }

    fn lock(&self) -> MutexGuard<'_, OpenStreams> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StreamPermit {
    /// Counts the connection as the actor's. Called once.
    ///
    /// # Errors
    /// They have too many.
    pub(crate) fn assign(
        &mut self,
        actor: &Actor,
        settings: &SubscriptionSettings,
    ) -> Result<(), TooManyStreams> {
        let mut open = self.permits.lock();
        self.holder = if *actor == Actor::public() {
            if open.without_token >= settings.connections_without_token {
                return Err(TooManyStreams::WithoutToken);
            }
            open.without_token += 1;
            StreamHolder::WithoutToken
        } else {
            let person: Arc<str> = Arc::from(&*actor.person);
            let count = open.by_person.entry(Arc::clone(&person)).or_default();
            if *count >= settings.connections_per_person {
                return Err(TooManyStreams::OfPerson(*count));
            }
            *count += 1;
            StreamHolder::Person(person)
        };
        Ok(())
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut open = self.permits.lock();
        open.total = open.total.saturating_sub(1);
        match &self.holder {
            StreamHolder::Unknown => {}
            StreamHolder::WithoutToken => {
                open.without_token = open.without_token.saturating_sub(1);
            }
            StreamHolder::Person(person) => {
                let left = open.by_person.get_mut(person).map(|count| {
                    *count = count.saturating_sub(1);
                    *count
                });
                if left == Some(0) {
                    open.by_person.remove(person);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_counted_in_total_and_by_person() {
        let settings = SubscriptionSettings {
            connections: 5,
            connections_per_person: 2,
            connections_without_token: 1,
            ..SubscriptionSettings::default()
        };
        let permits = StreamPermits::default();
        let open = |actor: &Actor| {
            let mut permit = permits.open(&settings)?;
            permit.assign(actor, &settings).map(|()| permit)
        };
        let (clerk, deputy) = (Actor::operator("the clerk"), Actor::operator("the deputy"));
        let public = open(&Actor::public()).unwrap();
        assert_eq!(
            open(&Actor::public()).unwrap_err(),
            TooManyStreams::WithoutToken
        );
        let first = open(&clerk).unwrap();
        let _second = open(&clerk).unwrap();
        assert_eq!(open(&clerk).unwrap_err(), TooManyStreams::OfPerson(2));
        let _other = open(&deputy).unwrap();
        let _unknown = permits.open(&settings).unwrap();
        assert_eq!(open(&deputy).unwrap_err(), TooManyStreams::OnServer);
        drop(first);
        let _third = open(&clerk).unwrap();
        drop(public);
        let _public = open(&Actor::public()).unwrap();
    }

    #[test]
    fn nothing_is_left_of_connections_that_are_closed() {
        let settings = SubscriptionSettings::default();
        let permits = StreamPermits::default();
        for actor in [Actor::public(), Actor::operator("the clerk")] {
            let mut permit = permits.open(&settings).unwrap();
            permit.assign(&actor, &settings).unwrap();
        }
        drop(permits.open(&settings).unwrap());
        let open = permits.lock();
        assert_eq!((open.total, open.without_token), (0, 0));
        assert!(open.by_person.is_empty());
    }
}
