//! Puts marks into the columns that they are under, or says that they lie between two.

use super::heading::{ColumnHead, Heading};

/// A word among the marks of a row.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) start: usize,
    pub(super) text: String,
    /// Whether the text before it reaches into the columns.
    pub(super) moved: bool,
    /// How many characters its line grew.
    pub(super) growth: i64,
}

/// The narrowest columns in which a mark can be told from its neighbours, in half characters.
pub(super) const NARROWEST: i64 = 6;
/// The same where a conversion from PDF placed them, which moves the marks of a line.
pub(super) const NARROWEST_ON_PAGES: i64 = 8;
/// From this distance of columns on, words one space apart are in one cell, in half characters.
const ROOM_FOR_TWO: i64 = 10;

/// From this distance of columns on, it can be told whether marks one space apart are in one cell, in half
/// characters.
const ROOM_FOR_SEVERAL: i64 = 12;

/// Which edge of a mark is aligned with its heading.
#[derive(Clone, Copy, Debug)]
enum Edge {
    Start,
    Middle,
    End,
}

/// How the marks of a table are aligned with their headings. Distances are in half characters.
#[derive(Clone, Copy, Debug)]
pub(super) struct Alignment {
    edge: Edge,
    /// The usual distance of a mark from its heading.
    usual: i64,
    /// How much the distances differ, in all.
    spread: i64,
}

impl Alignment {
    /// The way in which most marks are aligned.
    pub(super) fn of(marks: &[&Mark], heads: &[ColumnHead], is_paged: bool) -> Option<Alignment> {
        // Of two that fit alike, the one nearer to its headings: the middle first.
        let edges: &[Edge] = if is_paged {
            &[Edge::Middle, Edge::Start, Edge::End]
        } else {
            &[Edge::Middle, Edge::Start]
        };
        edges
            .iter()
            .copied()
            .map(|edge| Alignment::by(edge, marks, heads))
            .min_by_key(|fit| (fit.spread, fit.usual.abs()))
    }

    fn by(edge: Edge, marks: &[&Mark], heads: &[ColumnHead]) -> Alignment {
        let at = |usual: i64| Alignment {
            edge,
            usual,
            spread: 0,
        };
        let nearest = |alignment: &Alignment, mark: &Mark| {
            let all = heads.iter().map(|head| alignment.distance(mark, head));
            all.min_by_key(|distance| (distance - alignment.usual).abs())
                .unwrap_or(0)
        };
        let with_spread = |usual: i64| {
            let alignment = at(usual);
            let off = marks
                .iter()
                .map(|mark| (nearest(&alignment, mark) - usual).abs());
            Alignment {
                spread: off.sum(),
                ..alignment
            }
        };
        let mut distances: Vec<i64> = marks.iter().map(|mark| nearest(&at(0), mark)).collect();
        distances.sort_unstable();
        let middle = with_spread(distances.get(distances.len() / 2).copied().unwrap_or(0));
        distances.dedup();
        // All marks may stand beside their headings by more than half a column.
        let others = distances.into_iter().map(with_spread);
        let best = others.min_by_key(|fit| (fit.spread, fit.usual.abs()));
        best.filter(|best| best.spread * 2 < middle.spread)
            .unwrap_or(middle)
    }

    fn distance(&self, mark: &Mark, head: &ColumnHead) -> i64 {
        let own = mark.text.chars().count();
        self.edge_of(mark.start, own) - self.edge(head)
    }

    /// Where the aligned edge of a heading is, in half characters.
    fn edge(&self, head: &ColumnHead) -> i64 {
        self.edge_of(head.start, head.length)
    }

    /// Where the aligned edge of a text is, in half characters.
    fn edge_of(&self, start: usize, length: usize) -> i64 {
        let edge = match self.edge {
            Edge::Start => 2 * start,
            Edge::Middle => 2 * start + length,
            Edge::End => 2 * (start + length),
        };
        i64::try_from(edge).unwrap_or(0)
    }

    /// The column of a mark, unless it is too far from the usual place. Whether the layout counted a ligature or a
    /// soft hyphen as a character is not known.
    pub(super) fn column(&self, mark: &Mark, heading: &Heading) -> Option<usize> {
        if mark.moved {
            return None;
        }
        let place = self.edge_of(mark.start, mark.text.chars().count()) - self.usual;
        let nearest = |place: i64| {
            let heads = heading.heads.iter().enumerate();
            heads
                .map(|(at, head)| (at, (self.edge(head) - place).abs()))
                .min_by_key(|(_, off)| *off)
        };
        let (column, off) = nearest(place)?;
        let (source, _) = nearest(place - 2 * mark.growth)?;
        let space = heading.spacing();
        let is_near = off <= (space * 3 / 20).max(2) && self.usual.abs() * 10 <= space * 4;
        (is_near && source == column).then_some(column)
    }

    /// Where the middle of a single sign is usually, under a heading, in half characters.
    fn usual_middle(&self, head: &ColumnHead) -> i64 {
        let middle = match self.edge {
            Edge::Start => 1,
            Edge::Middle => 0,
            Edge::End => -1,
        };
        self.usual + self.edge(head) + middle
    }

    /// The column of marks one space apart in a conversion from PDF. They are in one cell if the middle of all
    /// of them is at the place of a single mark, and each of them is nearer to this heading than to any other:
    /// the middle of marks in two cells is between the headings. Text before them that reaches close to the
    /// first has moved it.
    pub(super) fn shared_column(&self, chain: &[Mark], heading: &Heading) -> Option<usize> {
        let (first, last) = (chain.first()?, chain.last()?);
        if chain.iter().any(|mark| mark.growth != 0) || first.moved || !heading.is_even() {
            return None;
        }
        let end = last.start + last.text.chars().count();
        let center = i64::try_from(first.start + end).ok()?;
        let distances = |middle: i64| {
            let heads = heading.heads.iter();
            heads.map(move |head| (middle - self.usual_middle(head)).abs())
        };
        let nearest = |middle: i64| distances(middle).enumerate().min_by_key(|(_, off)| *off);
        let (column, off) = nearest(center)?;
        let is_near = |mark: &Mark| {
            let middle = 2 * mark.start + mark.text.chars().count();
            let found = i64::try_from(middle).ok().and_then(&nearest);
            found.is_some_and(|(found, _)| found == column)
        };
        // A conversion widens some columns more than others.
        let own = heading.heads.get(column)?;
        let others = heading.heads.iter().enumerate();
        let others = others.filter(|(other, _)| *other != column);
        let own = self.usual_middle(own);
        let room = others.map(|(_, head)| (self.usual_middle(head) - own).abs());
        let room = room.min()?;
        let is_certain = room >= ROOM_FOR_SEVERAL && off * 4 <= room;
        (is_certain && chain.iter().all(is_near)).then_some(column)
    }
}

/// Joins words that are one space apart: marks in one cell. If they are wider together than a column,
/// where one cell ends and the next begins cannot be told. If words one space apart may as well be in two
/// cells, they stay apart.
pub(super) fn cluster(marks: &[Mark], spacing: i64, joins: bool) -> Vec<Mark> {
    let mut out: Vec<Mark> = Vec::new();
    for mark in marks {
        let end = mark.start + mark.text.chars().count();
        match out.last_mut() {
            Some(last) if joins && spacing >= ROOM_FOR_TWO && are_close(last, mark) => {
                last.text.push(' ');
                last.text.push_str(&mark.text);
            }
            _ => out.push(mark.clone()),
        }
        if let Some(last) = out.last_mut() {
            let width = i64::try_from(2 * end.saturating_sub(last.start)).unwrap_or(i64::MAX);
            last.moved |= width > spacing;
        }
    }
    out
}

/// Whether a mark is one space behind another of its line.
pub(super) fn are_close(mark: &Mark, next: &Mark) -> bool {
    let end = mark.start + mark.text.chars().count();
    next.start.checked_sub(end).is_some_and(|gap| gap <= 1)
}

/// The first place of each column and the one after its last, if one line has a mark in each and the marks of all lines are in as many groups,
/// apart from each other.
pub(super) fn groups(lines: &[&[Mark]], columns: usize) -> Option<Vec<(usize, usize)>> {
    const APART: usize = 3;
    let marks = || lines.iter().copied().flatten();
    let is_full = |line: &&[Mark]| {
        let mut pairs = line.iter().zip(line.iter().skip(1));
        line.len() == columns && !pairs.any(|(mark, next)| are_close(mark, next))
    };
    if marks().any(|mark| mark.moved) || !lines.iter().any(is_full) {
        return None;
    }
    let mut spans: Vec<(usize, usize)> = marks()
        .filter(|mark| mark.growth == 0)
        .map(|mark| (mark.start, mark.start + mark.text.chars().count()))
        .collect();
    spans.sort_unstable();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (start, end) in spans {
        match found.last_mut() {
            Some(last) if start < last.1 + APART => {
                // Neither clearly within the group nor apart from it.
                if start > last.1 + 1 {
                    return None;
                }
                last.1 = last.1.max(end);
            }
            _ => found.push((start, end)),
        }
    }
    (found.len() == columns).then_some(found)
}

/// The cells of a row on a page without a heading: there are as many apart from each other as columns.
pub(super) fn by_count(marks: &[Mark], columns: usize) -> Option<Vec<String>> {
    const APART: usize = 3;
    let mut cells: Vec<(usize, String)> = Vec::new();
    for mark in marks {
        let end = mark.start + mark.text.chars().count();
        match cells.last_mut() {
            Some((last, cell)) if mark.start < *last + APART => {
                *last = end;
                cell.push(' ');
                cell.push_str(&mark.text);
            }
            _ => cells.push((end, mark.text.clone())),
        }
    }
    (cells.len() == columns).then(|| cells.into_iter().map(|(_, cell)| cell).collect())
}
