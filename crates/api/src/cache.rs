//! Caches bounded by bytes: of finished answers and of known documents.

use crate::execute::answer::Answer;
use crate::sources::Sources;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// A finished answer, and what it was written from.
#[derive(Clone, Debug)]
pub(crate) struct WrittenAnswer {
    pub(crate) answer: Answer,
    pub(crate) sources: Sources,
    /// Number of the state that it was written from.
    pub(crate) state: u64,
}

/// A map that forgets what was not asked for lately.
///
/// Two generations: what is asked for moves to the young one; when that has grown to half of the
/// bound, the old one is forgotten and the young one becomes old. Each step takes the same time
/// however much is held.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    most: usize,
    generations: Mutex<Generations<K, V>>,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    weight: usize,
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// Keeps about `most` bytes; nothing for zero.
    pub(crate) fn new(most: usize) -> Cache<K, V> {
        Cache {
            most,
            generations: Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
                weight: 0,
            }),
        }
    }

    /// The value under a key.
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if self.most == 0 {
            return None;
        }
        let mut cache = self.lock();
        if let Some((value, _)) = cache.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, weight)) = cache.old.remove_entry(key)?;
        self.put(&mut cache, key, value.clone(), weight);
        Some(value)
    }

    /// Keeps a value of so many bytes, unless it alone would fill a generation.
    pub(crate) fn insert(&self, key: K, value: V, weight: usize) {
        if weight <= self.most / 2 && self.most > 0 {
            self.put(&mut self.lock(), key, value, weight);
        }
    }

    fn put(&self, cache: &mut Generations<K, V>, key: K, value: V, weight: usize) {
        if cache.weight + weight > self.most / 2 {
            cache.old = std::mem::take(&mut cache.young);
            cache.weight = 0;
        }
        cache.weight += weight;
        if let Some((_, before)) = cache.young.insert(key, (value, weight)) {
            cache.weight = cache.weight.saturating_sub(before);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations<K, V>> {
        // Nothing panics while the lock is held; if it did, the maps would still be whole.
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn weight(&self) -> usize {
        let cache = self.lock();
        cache
            .young
            .values()
            .chain(cache.old.values())
            .map(|(_, weight)| weight)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keeps_what_is_asked_for_and_forgets_the_rest() {
        let cache: Cache<u32, u32> = Cache::new(100);
        for key in 0..1_000 {
            cache.insert(key, key, 10);
            cache.insert(5_000, 7, 10);
            assert_eq!(cache.get(&5_000), Some(7));
        }
        assert_eq!(cache.get(&0), None);
        assert_eq!(cache.get(&999), Some(999));
        cache.insert(6_000, 1, 51);
        assert_eq!(cache.get(&6_000), None, "larger than a generation");
    }

    #[test]
    fn keeps_nothing_when_told_so() {
        let cache: Cache<u32, u32> = Cache::new(0);
        cache.insert(1, 1, 0);
        assert_eq!(cache.get(&1), None);
    }

    proptest! {
        #[test]
        fn never_holds_more_than_the_bound(steps in prop::collection::vec((0_u32..50, 0_usize..70, any::<bool>()), 0..400)) {
            let cache: Cache<u32, (u32, usize)> = Cache::new(100);
            for (key, weight, read) in steps {
                if read {
                    if let Some((found, _)) = cache.get(&key) {
                        prop_assert_eq!(found, key);
                    }
                } else {
                    cache.insert(key, (key, weight), weight);
                }
                prop_assert!(cache.weight() <= 100);
            }
        }
    }
}
