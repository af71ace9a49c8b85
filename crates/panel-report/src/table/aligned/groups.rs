//! Which marks of a table are together under a heading: a conversion from PDF moves all that is at one place of the page
//! alike, so marks of one column are near each other even where they are not near their heading.

use super::heading::{ColumnHead, Heading};
use super::placing::{Alignment, Mark};

/// How much wider than any other gap that between two columns is at least.
const WIDER: i64 = 3;
/// The narrowest gap between two columns, in half characters.
const NARROWEST_GAP: i64 = 5;

/// Where the columns under a heading are on its page.
#[derive(Clone, Debug)]
pub(super) struct PageColumns {
    /// By the middle of texts and by their start: either may be what a conversion aligned.
    groups: [Groups; 2],
    /// How the marks are aligned with the headings.
    pub(super) alignment: Alignment,
}

impl PageColumns {
    pub(super) fn of(marks: &[&Mark], heading: &Heading, alignment: Alignment) -> PageColumns {
        PageColumns {
            groups: [true, false].map(|is_middle| Groups::of(marks, heading, is_middle)),
            alignment,
        }
    }

    /// The column of a mark, if the groups that say one agree.
    pub(super) fn column(&self, mark: &Mark) -> Option<usize> {
        let mut found = self.groups.iter().filter_map(|groups| groups.column(mark));
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }
}

/// Where the marks of each column are, in half characters, and how far the next ones are away.
#[derive(Clone, Debug)]
struct Groups {
    is_middle: bool,
    /// The first and the last place of each column.
    spans: Vec<(i64, i64)>,
    /// The gap before each column and after the last; `None` if it is not clear where one is.
    gaps: Vec<Option<i64>>,
}

impl Groups {
    /// Groups by the middle of texts, or by their start.
    fn of(marks: &[&Mark], heading: &Heading, is_middle: bool) -> Groups {
        let place = |start: usize, length: usize| place(start, length, is_middle);
        let heads: Vec<i64> = heading
            .heads
            .iter()
            .map(|head: &ColumnHead| place(head.start, head.length))
            .collect();
        let mut places: Vec<i64> = marks
            .iter()
            .filter(|mark| mark.growth == 0)
            .map(|mark| place(mark.start, mark.text.chars().count()))
            .collect();
        places.sort_unstable();
        let mut spans: Vec<(i64, i64)> = heads.iter().map(|head| (*head, *head)).collect();
        let mut gaps = vec![None];
        for (at, pair) in heads.windows(2).enumerate() {
            let [left, right] = *pair else { continue };
            let between = places
                .iter()
                .copied()
                .filter(|at| (left..=right).contains(at));
            let chain: Vec<i64> = [left].into_iter().chain(between).chain([right]).collect();
            let mut steps: Vec<(i64, i64, i64)> = chain
                .iter()
                .zip(chain.iter().skip(1))
                .map(|(one, next)| (next - one, *one, *next))
                .collect();
            steps.sort_unstable();
            let widest = steps.pop();
            let second = steps.pop().map_or(0, |(gap, _, _)| gap);
            let clear = widest.filter(|(gap, ..)| *gap >= NARROWEST_GAP && *gap >= WIDER * second);
            gaps.push(clear.map(|(gap, ..)| gap));
            if let Some((_, last, first)) = clear {
                if let Some(span) = spans.get_mut(at) {
                    span.1 = last;
                }
                if let Some(span) = spans.get_mut(at + 1) {
                    span.0 = first;
                }
            }
        }
        gaps.push(None);
        let least = gaps.iter().copied().flatten().min();
        if let Some(least) = least {
            // Before the first heading and after the last there is no other column.
            if let (Some(span), Some(gap)) = (spans.first_mut(), gaps.first_mut()) {
                *gap = Some(least);
                for at in places.iter().rev() {
                    if *at < span.0 && (span.0 - at) * WIDER <= least {
                        span.0 = *at;
                    }
                }
            }
            if let (Some(span), Some(gap)) = (spans.last_mut(), gaps.last_mut()) {
                *gap = Some(least);
                for at in &places {
                    if *at > span.1 && (at - span.1) * WIDER <= least {
                        span.1 = *at;
                    }
                }
            }
        }
        Groups {
            is_middle,
            spans,
            gaps,
        }
    }

    /// The column of a mark, whether or not the layout counted what cleaning has taken from its line.
    fn column(&self, mark: &Mark) -> Option<usize> {
        if mark.moved {
            return None;
        }
        let own = place(mark.start, mark.text.chars().count(), self.is_middle);
        let column = self.column_at(own)?;
        (self.column_at(own - 2 * mark.growth) == Some(column)).then_some(column)
    }

    fn column_at(&self, place: i64) -> Option<usize> {
        let room = |at: usize| self.gaps.get(at).copied().flatten();
        self.spans
            .iter()
            .enumerate()
            .find_map(|(at, (first, last))| {
                let before = room(at).map_or(0, |gap| gap / (WIDER + 1));
                let after = room(at + 1).map_or(0, |gap| gap / (WIDER + 1));
                (first - before..=last + after)
                    .contains(&place)
                    .then_some(at)
            })
    }
}

/// The middle or the start of a text, in half characters.
fn place(start: usize, length: usize, is_middle: bool) -> i64 {
    let place = 2 * start + if is_middle { length } else { 0 };
    i64::try_from(place).unwrap_or(0)
}
