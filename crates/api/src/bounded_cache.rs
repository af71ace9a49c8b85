//! What is kept: finished answers and known documents, bounded by bytes.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// A map that forgets what was not asked for lately.
///
/// Two generations: what is asked for moves to the young one; when that has grown to half of the
/// bound, the old one is forgotten and the young one becomes old. Each step takes the same time
/// however much is kept.
#[derive(Debug)]
pub(crate) struct Kept<K, V> {
    most: usize,
    generations: Mutex<Generations<K, V>>,
}

#[derive(Debug)]
struct Generations<K, V> {
    young: HashMap<K, (V, usize)>,
    old: HashMap<K, (V, usize)>,
    weight: usize,
}

impl<K: Hash + Eq, V: Clone> Kept<K, V> {
    /// Keeps about `most` bytes; nothing for zero.
    pub(crate) fn new(most: usize) -> Kept<K, V> {
        Kept {
            most,
            generations: Mutex::new(Generations {
                young: HashMap::new(),
                old: HashMap::new(),
                weight: 0,
            }),
        }
    }

    /// What is kept under a key.
    pub(crate) fn get<Q>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        if self.most == 0 {
            return None;
        }
        let mut kept = self.lock();
        if let Some((value, _)) = kept.young.get(key) {
            return Some(value.clone());
        }
        let (key, (value, weight)) = kept.old.remove_entry(key)?;
        self.put(&mut kept, key, value.clone(), weight);
        Some(value)
    }

    /// Keeps a value of so many bytes, unless it alone would fill a generation.
    pub(crate) fn insert(&self, key: K, value: V, weight: usize) {
        if weight <= self.most / 2 && self.most > 0 {
            self.put(&mut self.lock(), key, value, weight);
        }
    }

    fn put(&self, kept: &mut Generations<K, V>, key: K, value: V, weight: usize) {
        if kept.weight + weight > self.most / 2 {
            kept.old = std::mem::take(&mut kept.young);
            kept.weight = 0;
        }
        kept.weight += weight;
        if let Some((_, before)) = kept.young.insert(key, (value, weight)) {
            kept.weight = kept.weight.saturating_sub(before);
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
        let kept = self.lock();
        kept.young
            .values()
            .chain(kept.old.values())
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
        let kept: Kept<u32, u32> = Kept::new(100);
        for key in 0..1_000 {
            kept.insert(key, key, 10);
            kept.insert(5_000, 7, 10);
            assert_eq!(kept.get(&5_000), Some(7));
        }
        assert_eq!(kept.get(&0), None);
        assert_eq!(kept.get(&999), Some(999));
        kept.insert(6_000, 1, 51);
        assert_eq!(kept.get(&6_000), None, "larger than a generation");
    }

    #[test]
    fn keeps_nothing_when_told_so() {
        let kept: Kept<u32, u32> = Kept::new(0);
        kept.insert(1, 1, 0);
        assert_eq!(kept.get(&1), None);
    }

    proptest! {
        #[test]
        fn never_holds_more_than_the_bound(steps in prop::collection::vec((0_u32..50, 0_usize..70, any::<bool>()), 0..400)) {
            let kept: Kept<u32, (u32, usize)> = Kept::new(100);
            for (key, weight, read) in steps {
                if read {
                    if let Some((found, _)) = kept.get(&key) {
                        prop_assert_eq!(found, key);
                    }
                } else {
                    kept.insert(key, (key, weight), weight);
                }
                prop_assert!(kept.weight() <= 100);
            }
        }
    }
}
