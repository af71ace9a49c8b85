//! A cache bounded by bytes, for finished answers and parsed documents.

use crate::execute::answer::Answer;
use crate::sources::Sources;
use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// A finished answer, and the parts of the picture it was written from.
#[derive(Clone, Debug)]
pub(crate) struct CachedAnswer {
    pub(crate) answer: Answer,
    pub(crate) sources: Sources,
    /// Number of the state that it was written from.
    pub(crate) state: u64,
}

/// A map that evicts entries that were not used recently.
///
/// It has two generations. A lookup moves an entry to the young generation. When that reaches half
/// of the bound, the old generation is dropped and the young one becomes old. Each step takes
/// constant time, regardless of size.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    max_bytes: usize,
    generations: Mutex<Generations<K, V>>,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    weight: usize,
}

impl<K: Hash + Eq, V: Clone> Cache<K, V> {
    /// A cache of about `max_bytes` bytes; zero disables it.
    pub(crate) fn new(max_bytes: usize) -> Cache<K, V> {
        Cache {
            max_bytes,
            generations: Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
                weight: 0,
            }),
        }
    }

    /// The value under a key, if it is cached.
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if self.max_bytes == 0 {
            return None;
        }
        let mut generations = self.lock();
        if let Some((value, _)) = generations.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, weight)) = generations.old.remove_entry(key)?;
        self.put(&mut generations, key, value.clone(), weight);
        Some(value)
    }

    /// Caches a value of `weight` bytes, unless it would fill a generation by itself.
    pub(crate) fn insert(&self, key: K, value: V, weight: usize) {
        if weight <= self.max_bytes / 2 && self.max_bytes > 0 {
            self.put(&mut self.lock(), key, value, weight);
        }
    }

    fn put(&self, generations: &mut Generations<K, V>, key: K, value: V, weight: usize) {
        if generations.weight + weight > self.max_bytes / 2 {
            generations.old = std::mem::take(&mut generations.young);
            generations.weight = 0;
        }
        generations.weight += weight;
        if let Some((_, before)) = generations.young.insert(key, (value, weight)) {
            generations.weight = generations.weight.saturating_sub(before);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Generations<K, V>> {
        // Nothing panics while the lock is held; even then the maps would be consistent.
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    fn weight(&self) -> usize {
        let generations = self.lock();
        generations
            .young
            .values()
            .chain(generations.old.values())
            .map(|(_, weight)| weight)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn recently_used_entries_survive() {
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
    fn a_bound_of_zero_disables_the_cache() {
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
                    if let Some((value, _)) = cache.get(&key) {
                        prop_assert_eq!(value, key);
                    }
                } else {
                    cache.insert(key, (key, weight), weight);
                }
                prop_assert!(cache.weight() <= 100);
            }
        }
    }
}
