//! Tracks the parts of a picture that an answer was written from, and how long they stay the same.
//!
//! An entry changes one cycle and the years that are compared with it. Answers written from other
//! cycles remain valid and stay in the cache.

use crate::picture::Picture;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use wcc_programme::Programme;

/// The parts of a picture that an answer was written from: some cycles, or everything. The data that
/// all cycles share (bodies, frameworks, plugins, the list of cycles) are always included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sources(u64);

/// The position of the bit that means everything.
const EVERYTHING: u32 = u64::BITS - 1;

impl Sources {
    /// Everything, including the revision.
    pub(crate) const EVERYTHING: Sources = Sources(1 << EVERYTHING);

    /// One cycle, by its position in the programme. If a programme has more cycles than there are
    /// bits, the last ones count as everything.
    fn cycle(position: usize) -> Sources {
        let position = u32::try_from(position).unwrap_or(EVERYTHING);
        Sources(1 << position.min(EVERYTHING))
    }

    /// The positions of the cycles; `None` for everything.
    fn cycles(self) -> Option<impl Iterator<Item = usize>> {
        let positions = (0..).zip(0..EVERYTHING);
        let is_in = move |(_, bit): &(usize, u32)| self.0 & (1 << bit) != 0;
        let cycles = positions.filter(is_in).map(|(position, _)| position);
        (self.0 & Sources::EVERYTHING.0 == 0).then_some(cycles)
    }
}

/// Collects the sources of an answer while it is written.
#[derive(Debug, Default)]
pub(crate) struct Reads(AtomicU64);

impl Reads {
    /// Records that a cycle was read.
    pub(crate) fn cycle(&self, position: usize) {
        self.add(Sources::cycle(position));
    }

    /// Records that everything was read.
    pub(crate) fn everything(&self) {
        self.add(Sources::EVERYTHING);
    }

    fn add(&self, sources: Sources) {
        // One thread writes the answer and then reads this value.
        self.0.fetch_or(sources.0, Ordering::Relaxed);
    }

    /// The parts read so far.
    pub(crate) fn sources(&self) -> Sources {
        Sources(self.0.load(Ordering::Relaxed))
    }
}

/// The states in which each part of a view last changed. The states of an API are numbered in order.
#[derive(Clone, Debug)]
pub(crate) struct Versions {
    /// The state of the view.
    state: u64,
    /// The state that last changed the data shared by all cycles.
    shared: u64,
    /// The state that last changed each cycle, in the order of the programme.
    cycles: Box<[u64]>,
}

impl Versions {
    /// The versions of a view without a predecessor.
    pub(crate) fn first(state: u64, picture: &Picture) -> Versions {
        Versions {
            state,
            shared: state,
            cycles: vec![state; picture.programme().cycles.len()].into(),
        }
    }

    /// The versions of a view that replaces another.
    pub(crate) fn following(&self, state: u64, before: &Picture, picture: &Picture) -> Versions {
        if !shares_the_same(before, picture) {
            return Versions::first(state, picture);
        }
        let pairs = before.programme().cycles.iter();
        let pairs = pairs.zip(&picture.programme().cycles).zip(&self.cycles);
        let cycles = pairs.map(|((before, cycle), version)| {
            if Arc::ptr_eq(before, cycle) {
                *version
            } else {
                state
            }
        });
        Versions {
            state,
            shared: self.shared,
            cycles: cycles.collect(),
        }
    }

    /// The state of the view.
    pub(crate) fn state(&self) -> u64 {
        self.state
    }

    /// Whether what was written from some sources in a state is still what this view would give. A
    /// request that began before the state was replaced may meet an answer of a later one, which
    /// is not for it.
    pub(crate) fn hold(&self, written_in: u64, sources: Sources) -> bool {
        let is_as_then = |position: usize| {
            let version = self.cycles.get(position);
            version.is_some_and(|changed| *changed <= written_in)
        };
        if written_in >= self.state {
            return written_in == self.state;
        }
        let cycles = sources.cycles();
        self.shared <= written_in && cycles.is_some_and(|mut cycles| cycles.all(is_as_then))
    }
}

/// Whether two pictures have the same of everything but the contents of their cycles.
fn shares_the_same(before: &Picture, picture: &Picture) -> bool {
    let (one, other): (&Programme, &Programme) = (before.programme(), picture.programme());
    let mut cycles = one.cycles.iter().zip(&other.cycles);
    before.has_bodies_of(picture)
        && one.cycles.len() == other.cycles.len()
        && cycles.all(|(one, other)| one.cycle.id == other.cycle.id)
        && are_same(&one.frameworks, &other.frameworks)
        && are_same(&one.not_assured, &other.not_assured)
        && Arc::ptr_eq(&one.plugins, &other.plugins)
}

fn are_same<T>(one: &[Arc<T>], other: &[Arc<T>]) -> bool {
    let mut pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.all(|(one, other)| Arc::ptr_eq(one, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(state: u64, cycles: &[u64]) -> Versions {
        Versions {
            state,
            shared: 2,
            cycles: cycles.into(),
        }
    }

    fn sources(cycles: &[usize]) -> Sources {
        let reads = Reads::default();
        cycles.iter().for_each(|cycle| reads.cycle(*cycle));
        reads.sources()
    }

    #[test]
    fn an_answer_holds_until_a_cycle_that_it_was_written_from_changes() {
        let versions = versions(7, &[3, 7]);
        assert!(versions.hold(3, sources(&[0])));
        assert!(versions.hold(6, sources(&[0])));
        assert!(!versions.hold(6, sources(&[1])));
        assert!(!versions.hold(6, sources(&[0, 1])));
        assert!(!versions.hold(6, Sources::EVERYTHING));
        assert!(versions.hold(7, Sources::EVERYTHING));
        assert!(versions.hold(2, sources(&[])));
        assert!(!versions.hold(1, sources(&[])), "what all cycles share");
        assert!(!versions.hold(8, sources(&[0])), "of a later state");
        assert!(!versions.hold(6, sources(&[5])), "a cycle that is gone");
    }

    #[test]
    fn cycles_beyond_the_bits_count_as_everything() {
        let cycles = |sources: Sources| sources.cycles().map(Iterator::collect::<Vec<usize>>);
        assert_eq!(cycles(sources(&[0, 5, 62])), Some(vec![0, 5, 62]));
        assert_eq!(cycles(sources(&[])), Some(Vec::new()));
        for beyond in [63, 64, 1_000] {
            assert_eq!(sources(&[beyond]), Sources::EVERYTHING);
        }
        assert_eq!(cycles(sources(&[1, 63])), None);
    }
}
