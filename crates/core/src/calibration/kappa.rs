//! Cohen's weighted kappa: agreement of two raters beyond chance.
//!
//! J. Cohen, "Weighted kappa: nominal scale agreement with provision for scaled disagreement or
//! partial credit", Psychological Bulletin 70 (1968), 213-220. Kappa is 1 less the ratio of the
//! weighted disagreement observed to that expected from the raters' own distributions.

use super::Undefined;

/// How much a disagreement counts, by the distance between the two levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KappaWeights {
    /// Every disagreement counts the same.
    Unweighted,
    /// By the distance.
    Linear,
    /// By the square of the distance.
    Quadratic,
}

impl KappaWeights {
    /// The weight of a disagreement at a distance in levels.
    pub fn of(self, distance: u16) -> f64 {
        let distance = f64::from(distance);
        match self {
            KappaWeights::Unweighted => f64::from(u8::from(distance > 0.0)),
            KappaWeights::Linear => distance,
            KappaWeights::Quadratic => distance * distance,
        }
    }
}

/// Weighted kappa from a table of counts: a row for each value of the first rater, a column for each
/// value of the second. `disagreement` weighs a pair of values by row and column; it is 0 for full
/// agreement.
///
/// # Errors
/// There are fewer than two items, or nothing but agreement is expected by chance.
pub fn weighted_kappa(
    counts: &[Vec<u32>],
    disagreement: &dyn Fn(usize, usize) -> f64,
) -> Result<f64, Undefined> {
    let rows: Vec<u64> = counts.iter().map(total).collect();
    let width = counts.iter().map(Vec::len).max().unwrap_or_default();
    let column = |at: usize| counts.iter().filter_map(move |row| row.get(at));
    let columns: Vec<u64> = (0..width).map(|at| total(column(at))).collect();
    let items: u64 = rows.iter().sum();
    if items < 2 {
        return Err(Undefined::FewerThanTwoPairs);
    }
    let (mut observed, mut expected) = (0.0, 0.0);
    for (row, (counts, of_row)) in counts.iter().zip(&rows).enumerate() {
        for (column, (count, of_column)) in counts.iter().zip(&columns).enumerate() {
            let weight = disagreement(row, column);
            observed += weight * f64::from(*count);
            expected += weight * float(*of_row) * float(*of_column);
        }
    }
    if expected <= 0.0 {
        return Err(Undefined::NoVariation);
    }
    Ok(1.0 - observed * float(items) / expected)
}

fn total<'a>(counts: impl IntoIterator<Item = &'a u32>) -> u64 {
    counts.into_iter().map(|count| u64::from(*count)).sum()
}

/// A count as a number to calculate with; counts of ratings are far below 2⁵³.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}
