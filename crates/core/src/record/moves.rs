//! New positions of records after others were added or removed. Results refer to records by
//! position.

use super::RecordType;
use crate::table::Table;
use std::cmp::Ordering;

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
        let after = self.0.partition_point(|(from, _)| *from <= old);
        let last = after.checked_sub(1).and_then(|at| self.0.get(at));
        let by = last.map_or(0, |(_, by)| *by);
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
    // By old position: `None` for a removed record, or a record that is added before it.
    let mut edits: Vec<(usize, Option<&T>)> = Vec::with_capacity(removed.len() + added.len());
    let mut added: Vec<&T> = added.iter().collect();
    added.sort_by_key(|one| one.order());
    for one in added {
        let at = table.partition_point(|other| other.order() < one.order());
        edits.push((at, Some(one)));
    }
    for one in removed {
        let at = table.binary_search_by_key(&one.order(), T::order).ok()?;
        edits.push((at, None));
    }
    edits.sort_by_key(|(at, added)| (*at, added.is_none()));
    let moves = moves(&edits)?;
    // One pass: each removal or insertion by itself would shift the rest of the list.
    let mut list = Vec::with_capacity(table.len() + edits.len());
    let mut copied = 0;
    for (at, added) in edits {
        list.extend_from_slice(table.get(copied..at)?);
        copied = at;
        match added {
            Some(one) => list.push(one.clone()),
            None => copied += 1,
        }
    }
    list.extend_from_slice(table.get(copied..)?);
    *table = list.into();
    Some(moves)
}

/// The records that only one of two sorted lists has, and those that only the other has.
pub(super) fn difference<T: RecordType + PartialEq>(
    list: &Table<T>,
    other: &Table<T>,
) -> (Table<T>, Table<T>) {
    let (mut only_here, mut only_there) = (Vec::new(), Vec::new());
    if list.shares(other) {
        return (only_here.into(), only_there.into());
    }
    let (mut here, mut there) = (list.iter().peekable(), other.iter().peekable());
    loop {
        match (here.peek(), there.peek()) {
            (None, None) => return (only_here.into(), only_there.into()),
            (Some(one), Some(other)) if one == other => {
                here.next();
                there.next();
            }
            (Some(one), Some(other)) => match one.order().cmp(&other.order()) {
                Ordering::Less => only_here.extend(here.next().cloned()),
                Ordering::Greater => only_there.extend(there.next().cloned()),
                Ordering::Equal => {
                    only_here.extend(here.next().cloned());
                    only_there.extend(there.next().cloned());
                }
            },
            (Some(_), None) => only_here.extend(here.by_ref().cloned()),
            (None, Some(_)) => only_there.extend(there.by_ref().cloned()),
        }
    }
}

/// The shifts that edits of a list cause, which are sorted by position.
fn moves<T>(edits: &[(usize, Option<&T>)]) -> Option<Move> {
    let mut steps: Vec<(u32, i32)> = Vec::with_capacity(edits.len());
    for (at, added) in edits {
        let at = u32::try_from(*at).ok()?;
        steps.push(match added {
            Some(_) => (at, 1),
            None => (at.checked_add(1)?, -1),
        });
    }
    steps.sort_unstable();
    let mut moves: Vec<(u32, i32)> = Vec::new();
    let mut by = 0;
    for of_place in steps.chunk_by(|one, other| one.0 == other.0) {
        let Some((place, _)) = of_place.first() else {
            continue;
        };
        let before = by;
        by += of_place.iter().map(|(_, step)| step).sum::<i32>();
        if by != before {
            moves.push((*place, by));
        }
    }
    Some(Move(moves))
}
