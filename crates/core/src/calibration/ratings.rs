//! The ratings of items by raters, and how far the raters agree.

use super::alpha::{Metric, alpha};
use super::bootstrap::{Generator, Interval, RESAMPLES};
use super::{KappaWeights, Undefined, weighted_kappa};
use crate::scale::{Scale, Step, Values};
use std::collections::BTreeMap;

/// The largest number of different values for which agreement is computed: 100.
pub const MAX_VALUES: usize = 100;

/// The ratings of some items on one scale, each by some of the raters.
///
/// Raters may be the members of a panel who score blind, the assessors of a function, or methods.
#[derive(Clone, Debug)]
pub struct Ratings<'s> {
    scale: &'s Scale,
    raters: usize,
    /// For each item, the rating of each rater.
    items: Vec<Vec<Option<Step>>>,
}

/// A part of a whole, both as counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The number in question.
    pub count: u32,
    /// The number of which it is a part.
    pub of: u32,
}

impl Share {
    /// The share in percent; `None` of nothing.
    pub fn percent(self) -> Option<f64> {
        (self.of > 0).then(|| f64::from(self.count) * 100.0 / f64::from(self.of))
    }
}

/// A coefficient of agreement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    /// Its value: 1 is full agreement, 0 what chance alone would give; it can be negative.
    pub value: f64,
    /// Its 95% confidence interval.
    pub interval: Result<Interval, Undefined>,
}

/// How far raters agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// The number of raters who rated anything.
    pub raters: u32,
    /// The number of items with two ratings or more, on which everything else is based.
    pub items: u32,
    /// The number of items with fewer than two ratings.
    pub unpaired: u32,
    /// Pairs of ratings of one item that are the same, of all such pairs.
    pub exact: Share,
    /// Pairs of ratings of one item that are at most one level apart, of all such pairs.
    pub within_one: Result<Share, Undefined>,
    /// Cohen's kappa, unweighted.
    pub kappa: Result<Coefficient, Undefined>,
    /// Cohen's kappa with linear weights.
    pub linear_kappa: Result<Coefficient, Undefined>,
    /// Cohen's kappa with quadratic weights.
    pub quadratic_kappa: Result<Coefficient, Undefined>,
    /// Krippendorff's alpha for values without an order.
    pub nominal_alpha: Result<Coefficient, Undefined>,
    /// Krippendorff's alpha for levels.
    pub ordinal_alpha: Result<Coefficient, Undefined>,
    /// Krippendorff's alpha for the points of the scale.
    pub interval_alpha: Result<Coefficient, Undefined>,
}

/// The weights of the three kappas.
const KAPPAS: [KappaWeights; 3] = [
    KappaWeights::Unweighted,
    KappaWeights::Linear,
    KappaWeights::Quadratic,
];

/// The distances of the three alphas.
const ALPHAS: [Metric; 3] = [Metric::Nominal, Metric::Ordinal, Metric::Interval];

/// The number of coefficients: three kappas, then three alphas.
const COEFFICIENTS: usize = KAPPAS.len() + ALPHAS.len();

/// The value of each coefficient.
type CoefficientValues = [Result<f64, Undefined>; COEFFICIENTS];

impl<'s> Ratings<'s> {
    /// Ratings by a number of raters, without any item yet.
    pub fn new(scale: &'s Scale, raters: usize) -> Ratings<'s> {
        Ratings {
            scale,
            raters,
            items: Vec::new(),
        }
    }

    /// Adds an item with its rating by each rater, in the order of the raters; missing ones are
    /// `None`.
    pub fn push(&mut self, ratings: impl IntoIterator<Item = Option<Step>>) {
        let mut item: Vec<Option<Step>> = ratings.into_iter().take(self.raters).collect();
        item.resize(self.raters, None);
        self.items.push(item);
    }

    /// How far the raters agree. The order of items and of raters makes no difference.
    pub fn agreement(&self) -> Agreement {
        let patterns = Patterns::of(self);
        let coefficients = patterns.coefficients();
        let [
            kappa,
            linear_kappa,
            quadratic_kappa,
            nominal_alpha,
            ordinal_alpha,
            interval_alpha,
        ] = coefficients;
        let items = patterns.items();
        let all = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        Agreement {
            raters: patterns.raters,
            items,
            unpaired: all.saturating_sub(items),
            exact: patterns.share(|distance| distance == 0),
            within_one: match &self.scale.values {
                Values::Steps(_) => Ok(patterns.share(|distance| distance <= 1)),
                Values::Numbers(_) => Err(Undefined::Numbers),
                Values::Text => Err(Undefined::Text),
            },
            kappa,
            linear_kappa,
            quadratic_kappa,
            nominal_alpha,
            ordinal_alpha,
            interval_alpha,
        }
    }
}

/// The different combinations of ratings of the items, in an order of their own.
struct Patterns {
    /// The number of raters who rated anything.
    raters: u32,
    /// The positions of the different values on the scale, from the worst.
    values: Vec<u16>,
    /// The points of each value.
    points: Vec<f64>,
    /// The ratings of an item, as positions among the values. With two raters: in the order of the
    /// raters; otherwise in the order of the values.
    ratings: Vec<Vec<u16>>,
    /// The number of items with each combination.
    counts: Vec<u32>,
    is_text: bool,
}

impl Patterns {
    fn of(ratings: &Ratings<'_>) -> Patterns {
        let has_rated = |rater: usize| {
            let mut items = ratings.items.iter();
            items.any(|item| item.get(rater).is_some_and(Option::is_some))
        };
        let active: Vec<usize> = (0..ratings.raters).filter(|at| has_rated(*at)).collect();
        let paired: Vec<Vec<Step>> = ratings
            .items
            .iter()
            .map(|item| item.iter().flatten().copied().collect::<Vec<Step>>())
            .filter(|item| item.len() > 1)
            .collect();
        let mut steps: Vec<Step> = paired.iter().flatten().copied().collect();
        steps.sort_unstable();
        steps.dedup();
        let place = |step: &Step| {
            let place = steps.partition_point(|other| other < step);
            u16::try_from(place).unwrap_or(u16::MAX)
        };
        let by_rater = active.len() == 2;
        let combined = |is_swapped: bool| {
            let mut combined: BTreeMap<Vec<u16>, u32> = BTreeMap::new();
            for item in &paired {
                let mut item: Vec<u16> = item.iter().map(place).collect();
                if !by_rater {
                    item.sort_unstable();
                } else if is_swapped {
                    item.reverse();
                }
                *combined.entry(item).or_default() += 1;
            }
            combined
        };
        // Two raters are put into an order that does not depend on who is named first.
        let combined = if by_rater {
            combined(false).min(combined(true))
        } else {
            combined(false)
        };
        let (ratings_of, counts) = combined.into_iter().unzip();
        Patterns {
            raters: u32::try_from(active.len()).unwrap_or(u32::MAX),
            values: steps.iter().map(|step| step.position()).collect(),
            points: steps
                .iter()
                .map(|step| ratings.scale.points(*step).to_f64())
                .collect(),
            ratings: ratings_of,
            counts,
            is_text: ratings.scale.is_text(),
        }
    }

    /// The number of items.
    fn items(&self) -> u32 {
        self.counts.iter().sum()
    }

    /// The pairs of ratings whose distance in levels passes a test.
    fn share(&self, test: impl Fn(u16) -> bool) -> Share {
        let mut share = Share::default();
        for (ratings, count) in self.ratings.iter().zip(&self.counts) {
            for (at, first) in ratings.iter().enumerate() {
                for second in ratings.iter().skip(at + 1) {
                    share.of = share.of.saturating_add(*count);
                    if test(self.distance(*first, *second)) {
                        share.count = share.count.saturating_add(*count);
                    }
                }
            }
        }
        share
    }

    /// The distance of two values in levels.
    fn distance(&self, first: u16, second: u16) -> u16 {
        let position = |value: u16| self.values.get(usize::from(value)).copied();
        let (first, second) = (position(first), position(second));
        first
            .unwrap_or_default()
            .abs_diff(second.unwrap_or_default())
    }

    /// Why no coefficient has a value.
    fn undefined(&self) -> Option<Undefined> {
        if self.raters < 2 {
            Some(Undefined::OneRater)
        } else if self.is_text {
            Some(Undefined::Text)
        } else if self.values.len() > MAX_VALUES {
            Some(Undefined::TooManyValues)
        } else if self.items() < 2 {
            Some(Undefined::FewerThanTwoPairs)
        } else {
            None
        }
    }

    /// The coefficients with their intervals.
    fn coefficients(&self) -> [Result<Coefficient, Undefined>; COEFFICIENTS] {
        if let Some(undefined) = self.undefined() {
            return [Err(undefined); COEFFICIENTS];
        }
        let mut coefficients = [Err(Undefined::TooFewResamples); COEFFICIENTS];
        let values = self.values_of(&self.counts).into_iter();
        let each = coefficients.iter_mut().zip(values.zip(self.intervals()));
        for (at, (coefficient, (value, interval))) in each.enumerate() {
            let is_kappa = at < KAPPAS.len();
            let interval = match is_kappa && self.has_constant_rater() {
                true => Err(Undefined::ConstantRater),
                false => interval,
            };
            *coefficient = value.map(|value| Coefficient { value, interval });
        }
        coefficients
    }

    /// Whether one of two raters gave the same value throughout.
    fn has_constant_rater(&self) -> bool {
        let is_constant = |rater: usize| {
            let mut given = self.ratings.iter().map(|ratings| ratings.get(rater));
            let first = given.next();
            given.all(|value| Some(value) == first)
        };
        self.raters == 2 && (is_constant(0) || is_constant(1))
    }

    /// The coefficients if each combination occurs a number of times.
    fn values_of(&self, counts: &[u32]) -> CoefficientValues {
        let mut values = [Err(Undefined::MoreThanTwoRaters); COEFFICIENTS];
        let (kappas, alphas) = values.split_at_mut(KAPPAS.len());
        if self.raters == 2 {
            let table = self.table(counts);
            for (kappa, weights) in kappas.iter_mut().zip(KAPPAS) {
                let disagreement = |row: usize, column: usize| {
                    let place = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
                    weights.of(self.distance(place(row), place(column)))
                };
                *kappa = weighted_kappa(&table, &disagreement);
            }
        }
        for (value, metric) in alphas.iter_mut().zip(ALPHAS) {
            let items = self.ratings.iter().map(Vec::as_slice);
            let items = items.zip(counts.iter().copied());
            *value = alpha(items, &self.points, metric);
        }
        values
    }

    /// The number of items for each value of the first rater (row) and of the second (column).
    fn table(&self, counts: &[u32]) -> Vec<Vec<u32>> {
        let mut table = vec![vec![0; self.values.len()]; self.values.len()];
        for (ratings, count) in self.ratings.iter().zip(counts) {
            let [row, column] = ratings.as_slice() else {
                continue;
            };
            let row = table.get_mut(usize::from(*row));
            if let Some(cell) = row.and_then(|row| row.get_mut(usize::from(*column))) {
                *cell += count;
            }
        }
        table
    }

    /// The interval of each coefficient, all from the same resamples.
    fn intervals(&self) -> Vec<Result<Interval, Undefined>> {
        let numbers = self.values.iter().map(|value| u32::from(*value));
        let ratings = self.ratings.iter().flatten().map(|value| u32::from(*value));
        let counts = self.counts.iter().copied();
        let mut generator = Generator::seeded_by(numbers.chain(ratings).chain(counts));
        // For each item, its combination.
        let combination: Vec<usize> = self
            .counts
            .iter()
            .enumerate()
            .flat_map(|(at, count)| std::iter::repeat_n(at, *count as usize))
            .collect();
        let mut resampled: Vec<Vec<f64>> = vec![Vec::new(); COEFFICIENTS];
        let mut counts = vec![0_u32; self.counts.len()];
        for _ in 0..RESAMPLES {
            counts.fill(0);
            for _ in 0..combination.len() {
                let item = combination.get(generator.below(combination.len()));
                if let Some(count) = item.and_then(|at| counts.get_mut(*at)) {
                    *count += 1;
                }
            }
            let values = self.values_of(&counts).into_iter();
            for (value, resampled) in values.zip(&mut resampled) {
                resampled.extend(value);
            }
        }
        resampled.into_iter().map(Interval::of).collect()
    }
}
