//! Confidence intervals by resampling: the percentile bootstrap over items.
//!
//! The generator is `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number
//! generators", OOPSLA 2014). Its seed is a hash of the ratings (64-bit FNV-1a), so the same ratings
//! give the same interval.

use super::Undefined;

/// The number of resamples of an interval.
pub const RESAMPLES: u32 = 1_000;

/// The number of resamples left out at each end: 2.5%.
const TAIL: usize = 25;

/// The smallest number of resamples with a value for which an interval is given.
const LEAST_DEFINED: usize = 900;

/// A 95% confidence interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Its lower end.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
    /// The number of resamples that had a value, of [`RESAMPLES`].
    pub resamples: u32,
}

impl Interval {
    /// The interval between the percentiles of resampled values.
    pub(super) fn of(mut values: Vec<f64>) -> Result<Interval, Undefined> {
        if values.len() < LEAST_DEFINED {
            return Err(Undefined::TooFewResamples);
        }
        values.sort_by(f64::total_cmp);
        let tail = TAIL * values.len() / RESAMPLES as usize;
        let lower = values.get(tail);
        let upper = values.iter().rev().nth(tail);
        match (lower, upper) {
            (Some(lower), Some(upper)) => Ok(Interval {
                lower: *lower,
                upper: *upper,
                resamples: u32::try_from(values.len()).unwrap_or(RESAMPLES),
            }),
            _ => Err(Undefined::TooFewResamples),
        }
    }
}

/// A generator of reproducible random numbers.
pub(super) struct Generator(u64);

impl Generator {
    /// A generator whose seed is a hash of these numbers.
    pub(super) fn seeded_by(numbers: impl IntoIterator<Item = u32>) -> Generator {
        let bytes = numbers.into_iter().flat_map(u32::to_le_bytes);
        let seed = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Generator(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to `below`, which is at most 2³²: the bias is below 2⁻³².
    pub(super) fn below(&mut self, below: usize) -> usize {
        let high = (u128::from(self.next()) * below as u128) >> 64;
        usize::try_from(high).unwrap_or_default()
    }
}
