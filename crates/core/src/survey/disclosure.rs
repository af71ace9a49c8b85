//! Which groups of respondents may be shown.
//!
//! A figure about few people betrays their answers, and so does the difference between two figures
//! (everybody's mean less that of every other group). [`blocks`] therefore divides the groups into
//! blocks of at least the minimum number of respondents. What is published about a question are the
//! figures of each block and of all blocks together, and nothing else. Any sum or difference of
//! them concerns whole blocks, so none concerns fewer people than the minimum.
//!
//! The rule is applied to each question by itself, with the numbers of those who answered it,
//! because a person who leaves one question out would otherwise show up between two questions.

/// Divides groups into blocks that may be shown; `counts` has the number of respondents of each
/// group.
///
/// - A group with at least `minimum` respondents is a block of its own.
/// - All smaller groups are pooled in one block. If the pool is too small, the smallest other group
///   joins it (the first of them, if several are equally small), until the pool is large enough.
/// - If everybody together is fewer than the minimum, there is no block: nothing may be shown.
///
/// Groups without respondents are in the pool, so that a group that nobody answered for looks like
/// one that few answered for; if no group has few, they are in no block.
///
/// Each block has the positions of its groups in ascending order. Blocks come in the order of their
/// first group, and the pool comes last.
pub fn blocks(counts: &[u64], minimum: u32) -> Vec<Vec<usize>> {
    let minimum = u64::from(minimum.max(1));
    let count = |at: usize| counts.get(at).copied().unwrap_or_default();
    let (mut shown, mut pool): (Vec<usize>, Vec<usize>) =
        (0..counts.len()).partition(|at| count(*at) >= minimum);
    let size = |groups: &[usize]| groups.iter().map(|at| count(*at)).sum::<u64>();
    while (1..minimum).contains(&size(&pool)) {
        let smallest = shown.iter().enumerate().min_by_key(|(_, at)| count(**at));
        let Some((position, _)) = smallest else {
            return Vec::new();
        };
        pool.push(shown.remove(position));
    }
    let mut blocks: Vec<Vec<usize>> = shown.into_iter().map(|at| vec![at]).collect();
    if size(&pool) > 0 {
        pool.sort_unstable();
        blocks.push(pool);
    }
    blocks
}
