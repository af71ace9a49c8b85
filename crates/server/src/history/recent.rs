//! Values that take long to build, and are kept while they are used.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// The most recently used values, each built once. Nobody waits for a value of another key.
pub(super) struct RecentValues<K, V> {
    capacity: usize,
    /// Ordered by last use, newest first. Values that are being built are included. The lock is never
    /// held while a value is built.
    entries: Mutex<VecDeque<(K, Arc<OnceCell<V>>)>>,
}

impl<K: PartialEq, V: Clone> RecentValues<K, V> {
    /// Keeps at most `capacity` finished values.
    pub(super) fn new(capacity: usize) -> RecentValues<K, V> {
        RecentValues {
            capacity,
            entries: Mutex::new(VecDeque::new()),
        }
    }

    /// Returns the value of a key. If it is being built, waits for it. If there is none, builds it;
    /// after an error or if the caller no longer waits, the next caller builds it.
    ///
    /// # Errors
    /// Building fails.
    pub(super) async fn find_or_build<E>(
        &self,
        key: K,
        build: impl Future<Output = Result<V, E>>,
    ) -> Result<V, E> {
        let cell = self.cell(key);
        let value = cell.get_or_try_init(|| build).await.cloned();
        drop(cell);
        self.evict();
        value
    }

    /// Forgets the values of keys that are no longer valid. Those that are being built are still
    /// returned to their callers.
    pub(super) fn retain(&self, is_valid: impl Fn(&K) -> bool) {
        self.with_entries(|entries| entries.retain(|(key, _)| is_valid(key)));
    }

    fn cell(&self, key: K) -> Arc<OnceCell<V>> {
        self.with_entries(|entries| {
            let position = entries.iter().position(|(known, _)| *known == key);
            let entry = position.and_then(|position| entries.remove(position));
            let entry = entry.unwrap_or_else(|| (key, Arc::default()));
            let cell = Arc::clone(&entry.1);
            entries.push_front(entry);
            cell
        })
    }

    /// Removes what nobody builds any longer, and the finished values that exceed the capacity.
    fn evict(&self) {
        self.with_entries(|entries| {
            let mut finished = 0;
            entries.retain(|(_, cell)| {
                let is_finished = cell.initialized();
                finished += usize::from(is_finished);
                if is_finished {
                    finished <= self.capacity
                } else {
                    Arc::strong_count(cell) > 1
                }
            });
        });
    }

    fn with_entries<T>(&self, work: impl FnOnce(&mut VecDeque<(K, Arc<OnceCell<V>>)>) -> T) -> T {
        // No operation on the list leaves it half-changed.
        work(&mut self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail at the first surprise")]

    use super::RecentValues;
    use std::convert::Infallible;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;
    use tokio::sync::Notify;

    #[tokio::test]
    async fn nobody_waits_for_a_value_of_another_key() {
        let values = Arc::new(RecentValues::<u32, u32>::new(2));
        let ready = |value| async move { Ok::<_, Infallible>(value) };
        assert_eq!(values.find_or_build(1, ready(10)).await, Ok(10));
        let finish = Arc::new(Notify::new());
        let slow = tokio::spawn({
            let (values, finish) = (Arc::clone(&values), Arc::clone(&finish));
            async move {
                let build = async {
                    finish.notified().await;
                    Ok::<_, Infallible>(20)
                };
                values.find_or_build(2, build).await
            }
        });
        tokio::task::yield_now().await;
        let read = values.find_or_build(1, ready(11));
        let read = tokio::time::timeout(Duration::from_secs(5), read).await;
        assert_eq!(read.unwrap(), Ok(10), "it is cached, and does not wait");
        let built = values.find_or_build(3, ready(30));
        let built = tokio::time::timeout(Duration::from_secs(5), built).await;
        assert_eq!(built.unwrap(), Ok(30));
        finish.notify_one();
        assert_eq!(slow.await.unwrap(), Ok(20));
    }

    #[tokio::test]
    async fn a_value_is_built_once_and_the_oldest_are_forgotten() {
        let values = RecentValues::<u32, u32>::new(2);
        let builds = AtomicU32::new(0);
        let count = |key: u32| {
            let builds = &builds;
            async move {
                tokio::task::yield_now().await;
                builds.fetch_add(1, Ordering::Relaxed);
                Ok::<_, Infallible>(key)
            }
        };
        let (one, other) = tokio::join!(
            values.find_or_build(1, count(1)),
            values.find_or_build(1, count(1))
        );
        assert_eq!((one, other), (Ok(1), Ok(1)));
        assert_eq!(builds.load(Ordering::Relaxed), 1);
        for key in [2, 1, 3, 1] {
            values.find_or_build(key, count(key)).await.unwrap();
        }
        assert_eq!(builds.load(Ordering::Relaxed), 3, "1 was always in use");
        values.find_or_build(2, count(2)).await.unwrap();
        assert_eq!(builds.load(Ordering::Relaxed), 4, "2 was the oldest");
        values.retain(|key| *key != 2);
        values.find_or_build(2, count(2)).await.unwrap();
        assert_eq!(builds.load(Ordering::Relaxed), 5, "2 is no longer valid");
    }

    #[tokio::test]
    async fn after_a_failure_the_next_caller_builds() {
        let values = RecentValues::<u32, u32>::new(2);
        let failed = values.find_or_build(1, async { Err("no") }).await;
        assert_eq!(failed, Err("no"));
        let built = values.find_or_build(1, async { Ok::<_, &str>(1) }).await;
        assert_eq!(built, Ok(1));
    }
}
