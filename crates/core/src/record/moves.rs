//! New positions of records after others were added or removed. Results refer to records by
//! position.

use super::RecordType;
use crate::table::Table;

/// The shifts of the records of a list: each applies from its old position up to that of the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Move(Vec<(u32, i32)>);

impl Move {
    /// Whether no record moved.
    pub(crate) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the record at an old position has moved.
    pub(crate) fn moves(&self, old: u32) -> bool {
        self.position(old) != old
    }

    /// Returns the new position of a record that was not removed.
    pub(crate) fn position(&self, old: u32) -> u32 {
        let at = self.0.partition_point(|(from, _)| *from <= old);
        let by = at.checked_sub(1).map_or(0, |at| self.0[at].1);
        old.saturating_add_signed(by)
    }
}

/// Removes and adds records of a sorted list; returns the shifts of the rest. `None` if a record to
/// be removed is missing.
pub(super) fn merge<T: RecordType>(
    table: &mut Table<T>,
    removed: &Table<T>,
    added: &Table<T>,
) -> Option<Move> {
    if removed.is_empty() && added.is_empty() {
        return Some(Move::default());
    }
    // By old position: -1 for a removed record, or the number of records that are added before it.
    let mut steps: Vec<(u32, i32)> = Vec::new();
    let position = |at: usize| u32::try_from(at).ok();
    for one in removed {
        let at = table.binary_search_by_key(&one.order(), T::order).ok()?;
        steps.push((position(at)?.checked_add(1)?, -1));
    }
    for one in added {
        let at = table.partition_point(|other| other.order() < one.order());
        steps.push((position(at)?, 1));
    }
    steps.sort_unstable();
    let mut moves: Vec<(u32, i32)> = Vec::new();
    let mut by = 0;
    for of_place in steps.chunk_by(|one, other| one.0 == other.0) {
        let before = by;
        by += of_place.iter().map(|(_, step)| step).sum::<i32>();
        if by != before {
            moves.push((of_place[0].0, by));
        }
    }
    let list: &mut Vec<T> = table;
    for one in removed {
        let at = list.binary_search_by_key(&one.order(), T::order).ok()?;
        list.remove(at);
    }
    for one in added {
        let at = list.partition_point(|other| other.order() < one.order());
        list.insert(at, one.clone());
    }
    Some(Move(moves))
}
