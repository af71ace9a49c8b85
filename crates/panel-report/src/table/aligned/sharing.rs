//! Which row a line of marks belongs to that has no title beside it: the marks of a cell are often
//! above, between or below the lines of its title.

use std::collections::BTreeMap;

/// A line with marks.
#[derive(Clone, Debug)]
pub(super) struct MarkLine {
    /// Its marks, one by one.
    pub(super) signs: Vec<String>,
    /// The row of the title before it, and of that after it; the same if it is beside or within one.
    pub(super) before: Option<usize>,
    pub(super) after: Option<usize>,
    /// The number of blank lines before it in the table.
    pub(super) block: usize,
}

impl MarkLine {
    fn certain(&self) -> Option<usize> {
        self.before.filter(|row| Some(*row) == self.after)
    }
}

/// What every row of a table has.
pub(super) enum Whole {
    /// Each sign once, but for one that may fill empty cells.
    Signs,
    /// So many cells.
    Cells(usize),
}

/// The most lines of marks between two rows that are considered.
const MAX_BETWEEN: usize = 12;

/// The row of each line; `None` if it cannot be told. `blocks` has the numbers of blank lines before the lines of
/// each row's title.
pub(super) fn share(
    rows: usize,
    lines: &[MarkLine],
    whole: &Whole,
    blocks: &[Vec<usize>],
) -> Vec<Option<usize>> {
    let certain: Vec<Option<usize>> = lines.iter().map(MarkLine::certain).collect();
    if certain.iter().all(Option::is_some) {
        return certain;
    }
    if let Some(found) = by_content(rows, lines, whole) {
        return found.into_iter().map(Some).collect();
    }
    // A row may be apart from the others by blank lines.
    let apart: Vec<Option<usize>> = lines
        .iter()
        .map(|line| {
            let within = |row: &usize| {
                blocks
                    .get(*row)
                    .is_some_and(|blocks| blocks.contains(&line.block))
            };
            match (line.before.filter(within), line.after.filter(within)) {
                (Some(row), None) | (None, Some(row)) => Some(row),
                (Some(row), Some(other)) if row == other => Some(row),
                _ => line.certain(),
            }
        })
        .collect();
    let alone = |row: usize| {
        let own = blocks.get(row).map(Vec::as_slice).unwrap_or_default();
        let mut others = blocks.iter().enumerate().filter(|(other, _)| *other != row);
        own.len() == 1 && !others.any(|(_, other)| other.iter().any(|block| own.contains(block)))
    };
    if apart.iter().all(Option::is_some) && (0..rows).all(alone) {
        return apart;
    }
    certain
}

/// The only way to share the lines between the rows so that every row has everything.
fn by_content(rows: usize, lines: &[MarkLine], whole: &Whole) -> Option<Vec<usize>> {
    let demand = Demand::of(rows, lines, whole)?;
    // Lines between two rows: the first of them belong to the row before, the others to that after.
    let mut fixed: Vec<Vec<usize>> = vec![Vec::new(); rows];
    let mut gaps: Vec<Vec<usize>> = vec![Vec::new(); rows + 1];
    for (at, line) in lines.iter().enumerate() {
        match (line.certain(), line.before, line.after) {
            (Some(row), ..) => fixed.get_mut(row)?.push(at),
            (None, None, Some(_)) => gaps.first_mut()?.push(at),
            (None, Some(row), _) => gaps.get_mut(row + 1)?.push(at),
            (None, None, None) => return None,
        }
    }
    if gaps.iter().any(|gap| gap.len() > MAX_BETWEEN) {
        return None;
    }
    // For each number of lines of the gap that the row before takes: the ways, and one of them.
    let mut ways: BTreeMap<usize, (u32, Vec<usize>)> = BTreeMap::from([(0, (1, Vec::new()))]);
    for row in 0..rows {
        let (before, after) = (gaps.get(row)?, gaps.get(row + 1)?);
        let mut next: BTreeMap<usize, (u32, Vec<usize>)> = BTreeMap::new();
        for (taken, (count, path)) in &ways {
            // All lines after the last row are its own.
            let least = if row + 1 == rows { after.len() } else { 0 };
            for take in least..=after.len() {
                let own = before.iter().skip(*taken).chain(fixed.get(row)?);
                let own: Vec<usize> = own.chain(after.iter().take(take)).copied().collect();
                if !demand.is_met(&own, lines) {
                    continue;
                }
                let mut path = path.clone();
                path.push(take);
                let known = next.entry(take).or_insert((0, path));
                known.0 = known.0.saturating_add(*count);
            }
        }
        ways = next;
    }
    let mut all = ways.into_values();
    let (1, path) = all.next()? else { return None };
    if all.next().is_some() {
        return None;
    }
    let has_own = |row: Option<usize>| {
        row.and_then(|row| fixed.get(row))
            .is_some_and(|own| !own.is_empty())
    };
    // Lines before the first title or after the last show on which side of its title a stack of marks is.
    let (starts_above, ends_below) = (
        gaps.first().is_some_and(|gap| !gap.is_empty()),
        gaps.last().is_some_and(|gap| !gap.is_empty()),
    );
    let mut found: Vec<Option<usize>> = lines.iter().map(MarkLine::certain).collect();
    for (gap, all) in gaps.iter().enumerate() {
        let taken = gap
            .checked_sub(1)
            .and_then(|row| path.get(row).copied())
            .unwrap_or(0);
        for (place, at) in all.iter().enumerate() {
            let is_before = place < taken;
            let row = if is_before { gap.checked_sub(1)? } else { gap };
            let between = lines.get(*at)?;
            let is_stack = has_own(between.before) && has_own(between.after);
            let is_shown = if is_before { ends_below } else { starts_above };
            if is_stack && !is_shown {
                return None;
            }
            *found.get_mut(*at)? = Some(row).filter(|row| *row < rows);
        }
    }
    found.into_iter().collect()
}

/// What each row must have.
enum Demand {
    Signs {
        each: Vec<String>,
        filler: Option<String>,
    },
    Cells(usize),
}

impl Demand {
    fn of(rows: usize, lines: &[MarkLine], whole: &Whole) -> Option<Demand> {
        if let Whole::Cells(count) = whole {
            return Some(Demand::Cells(*count));
        }
        let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
        for sign in lines.iter().flat_map(|line| &line.signs) {
            *counts.entry(sign).or_default() += 1;
        }
        let others: Vec<(&&String, &usize)> =
            counts.iter().filter(|(_, count)| **count != rows).collect();
        let filler = match others.as_slice() {
            [] => None,
            [(sign, count)] if **count > rows => Some((**sign).clone()),
            _ => return None,
        };
        let each: Vec<String> = counts
            .keys()
            .filter(|sign| Some(**sign) != filler.as_ref())
            .map(|sign| (*sign).clone())
            .collect();
        (each.len() >= 2).then_some(Demand::Signs { each, filler })
    }

    fn is_met(&self, own: &[usize], lines: &[MarkLine]) -> bool {
        let signs: Vec<&String> = own
            .iter()
            .filter_map(|at| lines.get(*at))
            .flat_map(|line| &line.signs)
            .collect();
        match self {
            Demand::Cells(count) => signs.len() == *count,
            Demand::Signs { each, filler } => {
                let times = |sign: &String| signs.iter().filter(|own| **own == sign).count();
                each.iter().all(|sign| times(sign) == 1)
                    && filler.as_ref().is_none_or(|sign| times(sign) >= 1)
            }
        }
    }
}
