//! Values that many entries share, each stored once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Values, in the order of their first use.
#[derive(Debug)]
pub(super) struct Interner<T: ?Sized> {
    list: Vec<Arc<T>>,
    positions: HashMap<Arc<T>, u32>,
}

impl<T: ?Sized> Default for Interner<T> {
    fn default() -> Interner<T> {
        Interner {
            list: Vec::new(),
            positions: HashMap::new(),
        }
    }
}

impl<T> Interner<T>
where
    T: ?Sized + Eq + Hash + ToOwned,
    Arc<T>: From<T::Owned>,
{
    /// Returns the position of a value; a new value is added.
    pub(super) fn position(&mut self, value: &T) -> u32 {
        if let Some(position) = self.positions.get(value) {
            return *position;
        }
        let position = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let value = Arc::<T>::from(value.to_owned());
        self.list.push(Arc::clone(&value));
        self.positions.insert(value, position);
        position
    }

    /// The value at a position.
    pub(super) fn get(&self, position: u32) -> Option<&Arc<T>> {
        self.list.get(position as usize)
    }

    /// Every value, by position.
    pub(super) fn list(&self) -> impl Iterator<Item = &T> {
        self.list.iter().map(|value| &**value)
    }
}
