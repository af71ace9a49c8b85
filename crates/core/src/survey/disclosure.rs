//! Which groups of respondents may be shown.
//!
//! A figure about few people betrays their answers, and so does the difference between two figures
//! (everybody's mean less that of every other group). [`blocks`] therefore divides the groups into
//! blocks of at least the minimum number of respondents. What is published about a question are the
//! figures of each block and of all blocks together, and nothing else. Any sum or difference of
//! them concerns whole blocks, so none concerns fewer people than the minimum.
//!
//! Whoever has a table of answers that was imported can subtract those answers too. A block therefore
//! has either no answers that people gave themselves, or at least the minimum of them.
//!
//! The rule is applied to each question by itself, with the numbers of those who answered it,
//! because a person who leaves one question out would otherwise show up between two questions.

/// The number of respondents of a group, or of several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RespondentCount {
    /// Those who answered themselves.
    pub own: u64,
    /// Those whose answers were imported.
    pub imported: u64,
}

impl RespondentCount {
    fn total(self) -> u64 {
        self.own + self.imported
    }

    /// Whether their own answers are some, but too few.
    fn has_few_own(self, minimum: u64) -> bool {
        (1..minimum).contains(&self.own)
    }

    fn may_be_shown(self, minimum: u64) -> bool {
        self.total() >= minimum && !self.has_few_own(minimum)
    }
}

/// Divides groups into blocks that may be shown; `counts` has the number of respondents of each
/// group.
///
/// - A group with at least `minimum` respondents, and not fewer of them by their own hand, is a block
///   of its own.
/// - All other groups are pooled in one block. If the pool is too small, the smallest other group
///   joins it (the first of them, if several are equally small), until the pool is large enough.
/// - If that is not possible, there is no block: nothing may be shown.
///
/// Groups without respondents are in the pool, so that a group that nobody answered for looks like
/// one that few answered for; if no group has few, they are in no block.
///
/// Each block has the positions of its groups in ascending order. Blocks come in the order of their
/// first group, and the pool comes last.
pub fn blocks(counts: &[RespondentCount], minimum: u32) -> Vec<Vec<usize>> {
    let minimum = u64::from(minimum.max(1));
    let count = |at: usize| counts.get(at).copied().unwrap_or_default();
    let (mut shown, mut pool): (Vec<usize>, Vec<usize>) =
        (0..counts.len()).partition(|at| count(*at).may_be_shown(minimum));
    let size = |groups: &[usize]| RespondentCount {
        own: groups.iter().map(|at| count(*at).own).sum(),
        imported: groups.iter().map(|at| count(*at).imported).sum(),
    };
    while size(&pool).total() > 0 && !size(&pool).may_be_shown(minimum) {
        let needs_own = size(&pool).has_few_own(minimum);
        let numbered = shown.iter().enumerate();
        let helpful = numbered.filter(|(_, at)| !needs_own || count(**at).own > 0);
        let smallest = helpful.min_by_key(|(_, at)| count(**at).total());
        let Some((position, _)) = smallest else {
            return Vec::new();
        };
        pool.push(shown.remove(position));
    }
    let mut blocks: Vec<Vec<usize>> = shown.into_iter().map(|at| vec![at]).collect();
    if size(&pool).total() > 0 {
        pool.sort_unstable();
        blocks.push(pool);
    }
    blocks
}
