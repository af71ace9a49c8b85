//! A copy-on-write list of records.

use std::ops::{Deref, DerefMut, Range};
use std::sync::Arc;

/// The records of one kind. Copies share the list until one of them is changed, so two versions of
/// a national cycle that differ in one judgement share all evidence and outcomes.
#[derive(Clone, Debug, PartialEq)]
pub struct Table<T>(Arc<Vec<T>>);

impl<T> Table<T> {
    /// The record at a position. Positions come from the same table: a checked cycle finds them,
    /// and results that refer to records belong to the cycle that was assured.
    #[expect(
        clippy::indexing_slicing,
        reason = "a position is of a record of this table"
    )]
    #[inline]
    pub fn at(&self, position: usize) -> &T {
        &self.0[position]
    }

    /// The records at positions that were found in the same table, such as those of one body.
    #[expect(
        clippy::indexing_slicing,
        reason = "both ends are positions in this table, in order"
    )]
    #[inline]
    pub fn slice(&self, positions: Range<usize>) -> &[T] {
        &self.0[positions]
    }
}

impl<T> Table<T> {
    /// Whether both share one list.
    pub(crate) fn shares(&self, other: &Table<T>) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table(Arc::new(Vec::new()))
    }
}

impl<T> From<Vec<T>> for Table<T> {
    fn from(records: Vec<T>) -> Self {
        Table(Arc::new(records))
    }
}

impl<T> FromIterator<T> for Table<T> {
    fn from_iter<I: IntoIterator<Item = T>>(records: I) -> Self {
        records.into_iter().collect::<Vec<T>>().into()
    }
}

impl<T> Deref for Table<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T: Clone> DerefMut for Table<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        Arc::make_mut(&mut self.0)
    }
}

impl<'a, T> IntoIterator for &'a Table<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'a, T: Clone> IntoIterator for &'a mut Table<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.deref_mut().iter_mut()
    }
}
