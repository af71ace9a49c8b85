//! Krippendorff's alpha: agreement of any number of raters, of which any may be missing.
//!
//! K. Krippendorff, "Computing Krippendorff's Alpha-Reliability", University of Pennsylvania, 2011.
//! Alpha is 1 less the ratio of the disagreement observed within items to that expected if the
//! ratings were drawn from all of them.

use super::Undefined;
use super::kappa::float;

/// How far two values are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metric {
    /// Any two values are as far apart as any other two.
    Nominal,
    /// By the number of ratings that lie between the two values.
    Ordinal,
    /// By the difference of their points.
    Interval,
}

/// Krippendorff's alpha.
///
/// `items` are the ratings of each item, as positions among the different values, with the number of
/// such items; items with fewer than two ratings are left out. `points` are the points of each value,
/// from the lowest value to the highest.
///
/// # Errors
/// Fewer than two items have two ratings, or all ratings are the same.
pub(super) fn alpha<'i>(
    items: impl Iterator<Item = (&'i [u16], u32)> + Clone,
    points: &[f64],
    metric: Metric,
) -> Result<f64, Undefined> {
    let mut totals = vec![0_u64; points.len()];
    let mut paired = 0_u64;
    let each = items.filter(|(ratings, count)| ratings.len() > 1 && *count > 0);
    for (ratings, count) in each.clone() {
        paired += u64::from(count);
        for rating in ratings {
            if let Some(total) = totals.get_mut(usize::from(*rating)) {
                *total += u64::from(count);
            }
        }
    }
    if paired < 2 {
        return Err(Undefined::FewerThanTwoPairs);
    }
    let distance = Distances::new(&totals, points, metric);
    let mut observed = 0.0;
    for (ratings, count) in each {
        let mut within = 0.0;
        for (at, first) in ratings.iter().enumerate() {
            for second in ratings.iter().skip(at + 1) {
                within += distance.between(usize::from(*first), usize::from(*second));
            }
        }
        let others = float(ratings.len() as u64) - 1.0;
        observed += f64::from(count) * within / others;
    }
    let mut expected = 0.0;
    for (first, of_first) in totals.iter().enumerate() {
        for (second, of_second) in totals.iter().enumerate().skip(first + 1) {
            let pairs = float(*of_first) * float(*of_second);
            expected += pairs * distance.between(first, second);
        }
    }
    if expected <= 0.0 {
        return Err(Undefined::NoVariation);
    }
    let ratings: u64 = totals.iter().sum();
    Ok(1.0 - (float(ratings) - 1.0) * observed / expected)
}

/// The distances between values.
struct Distances<'a> {
    totals: &'a [u64],
    points: &'a [f64],
    /// The number of ratings below each value.
    below: Vec<u64>,
    metric: Metric,
}

impl<'a> Distances<'a> {
    fn new(totals: &'a [u64], points: &'a [f64], metric: Metric) -> Distances<'a> {
        let mut sum = 0;
        let below = totals.iter().map(|total| {
            let below = sum;
            sum += total;
            below
        });
        Distances {
            totals,
            points,
            below: below.collect(),
            metric,
        }
    }

    /// The squared distance between two values.
    fn between(&self, first: usize, second: usize) -> f64 {
        if first == second {
            return 0.0;
        }
        let distance = match self.metric {
            Metric::Nominal => 1.0,
            Metric::Interval => point(self.points, first) - point(self.points, second),
            Metric::Ordinal => self.middle(first) - self.middle(second),
        };
        distance * distance
    }

    /// The middle rank of the ratings with a value. The difference of two of them is the number of
    /// ratings from one value to the other, with half of those at both ends.
    fn middle(&self, value: usize) -> f64 {
        let below = self.below.get(value).copied().unwrap_or_default();
        let total = self.totals.get(value).copied().unwrap_or_default();
        float(below) + float(total) / 2.0
    }
}

fn point(points: &[f64], value: usize) -> f64 {
    points.get(value).copied().unwrap_or_default()
}
