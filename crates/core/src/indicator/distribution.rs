//! Where a figure lies among others: ranks, quartiles, fences and deciles.
//!
//! Everything is computed on figures of which more is better, so that the direction of an indicator
//! cannot change a result other than by its sign.

use crate::outcome::Better;

/// The fewest figures for which quartiles are meaningful.
pub const MIN_RANKED: usize = 4;

/// How far beyond the quartiles a figure must lie to be an outlier, in interquartile ranges (Tukey's
/// fences).
const FENCE: f64 = 1.5;

/// A place among comparable figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rank {
    /// Place; 1 is best. Equal figures share the better place.
    pub place: u32,
    /// Number of figures compared.
    pub among: u32,
    /// Quartile of the place; 1 is best.
    pub quartile: u8,
}

/// The rank of each figure, of which more is better. `None` for fewer than [`MIN_RANKED`] figures.
///
/// A figure with `n` better ones has place `n + 1`, and its quartile is that of its place: the best
/// quarter of the places is quartile 1. Equal figures therefore have the same quartile, and a
/// quartile may hold more or fewer than a quarter of the figures.
pub fn ranks(figures: &[f64]) -> Option<Vec<Rank>> {
    if figures.len() < MIN_RANKED {
        return None;
    }
    let mut sorted = figures.to_vec();
    sorted.sort_by(|left, right| right.total_cmp(left));
    let among = sorted.len();
    let rank = |figure: &f64| {
        let better = sorted.partition_point(|other| other > figure);
        Rank {
            place: u32::try_from(better + 1).unwrap_or(u32::MAX),
            among: u32::try_from(among).unwrap_or(u32::MAX),
            quartile: u8::try_from(better * 4 / among + 1).unwrap_or(4),
        }
    };
    Some(figures.iter().map(rank).collect())
}

/// The percentile of ascending figures, with linear interpolation between the two nearest: type 7 of
/// Hyndman and Fan (1996), `PERCENTILE.INC` of spreadsheets. `share` is from 0 to 1; `None` if there
/// are no figures.
///
/// ```
/// use wcc_core::indicator::percentile;
/// assert_eq!(percentile(&[1.0, 2.0, 3.0, 4.0], 0.25), Some(1.75));
/// ```
pub fn percentile(ascending: &[f64], share: f64) -> Option<f64> {
    let last = ascending.len().checked_sub(1)?;
    // Lists are far shorter than 2^52, so positions are exact.
    #[expect(clippy::cast_precision_loss, reason = "a position in a list")]
    let position = share.clamp(0.0, 1.0) * last as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "from 0 to the last position"
    )]
    let below = position.floor() as usize;
    let low = *ascending.get(below)?;
    let high = *ascending.get(below + 1).unwrap_or(&low);
    let part = position - position.floor();
    // Equal neighbours give exactly their value.
    Some(if low == high {
        low
    } else {
        low + (high - low) * part
    })
}

/// On which side of the fences a figure lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlier {
    /// Better than the fence.
    Better,
    /// Worse than the fence.
    Worse,
}

/// The spread of comparable figures, in their own unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Distribution {
    better: Better,
    /// Number of figures.
    pub among: usize,
    /// The figure that divides the best quarter from the rest.
    pub upper_quartile: f64,
    /// The median.
    pub median: f64,
    /// The figure that divides the worst quarter from the rest.
    pub lower_quartile: f64,
    /// The figure at which the best tenth begins.
    pub top_decile: f64,
    /// A better figure is an outlier.
    pub better_fence: f64,
    /// A worse figure is an outlier.
    pub worse_fence: f64,
}

impl Distribution {
    /// The spread of some figures; `None` for fewer than [`MIN_RANKED`].
    pub fn of(better: Better, figures: impl IntoIterator<Item = f64>) -> Option<Distribution> {
        let mut signed: Vec<f64> = figures
            .into_iter()
            .map(|figure| better.improvement(figure))
            .collect();
        if signed.len() < MIN_RANKED {
            return None;
        }
        signed.sort_by(f64::total_cmp);
        let at = |share: f64| percentile(&signed, share);
        let (low, high) = (at(0.25)?, at(0.75)?);
        let fence = FENCE * (high - low);
        // Adding zero turns -0 into 0.
        let own = |figure: f64| better.improvement(figure) + 0.0;
        Some(Distribution {
            better,
            among: signed.len(),
            upper_quartile: own(high),
            median: own(at(0.5)?),
            lower_quartile: own(low),
            top_decile: own(at(0.9)?),
            better_fence: own(high + fence),
            worse_fence: own(low - fence),
        })
    }

    /// Whether a figure lies beyond a fence: more than 1.5 interquartile ranges beyond the quartile.
    /// A figure on the fence is not an outlier, and the error of binary fractions does not make it
    /// one.
    pub fn outlier(&self, figure: f64) -> Option<Outlier> {
        /// Far above the error of the few operations that make a fence, relative to its parts.
        const ERROR: f64 = 1e-12;
        let signed = |figure: f64| self.better.improvement(figure);
        let parts = [self.upper_quartile, self.lower_quartile, figure];
        let error = ERROR * parts.into_iter().map(f64::abs).fold(0.0, f64::max);
        if signed(figure) - signed(self.better_fence) > error {
            Some(Outlier::Better)
        } else if signed(self.worse_fence) - signed(figure) > error {
            Some(Outlier::Worse)
        } else {
            None
        }
    }
}
