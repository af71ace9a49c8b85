//! Compound annual growth of a series between two years.

use super::{IndicatorValue, value_in};
use crate::outcome::{NoRate, YearSpan, growth_rate};
use std::cmp::Reverse;

/// Why a series has no growth rate over a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoGrowth {
    /// The value at the end is missing.
    #[error("no value for the last year, {0}")]
    EndMissing(i16),
    /// The value at the start is missing.
    #[error("no value for the first year, {0}")]
    StartMissing(i16),
    /// A value in between is missing.
    #[error("no value for {0}: the series has a gap")]
    Gap(i16),
    /// The series is not comparable across the span.
    #[error("the series has a break in {0}")]
    Break(i16),
    /// The two values have no rate.
    #[error("{0}")]
    Undefined(#[from] NoRate),
}

/// The compound annual growth rate of a series over a span, in percent: `(end / start)^(1 / years) -
/// 1`. `values` must be sorted by year. Every year of the span must have a value, and none after the
/// first may begin a new definition. No value of the span may be below zero.
///
/// # Errors
/// Why there is no rate: in this order a missing end, a missing start, a break, a gap, and two
/// values whose growth is undefined.
pub fn growth(values: &[IndicatorValue], span: YearSpan) -> Result<f64, NoGrowth> {
    let value = |year: i16| value_in(values, year).and_then(|value| value.value);
    let end = value(span.to).ok_or(NoGrowth::EndMissing(span.to))?;
    let start = value(span.from).ok_or(NoGrowth::StartMissing(span.from))?;
    let after_start = || {
        values
            .iter()
            .filter(|value| value.year > span.from && value.year <= span.to)
    };
    if let Some(broken) = after_start().find(|value| value.break_before) {
        return Err(NoGrowth::Break(broken.year));
    }
    let between = span.from.saturating_add(1)..span.to;
    if let Some(year) = between.into_iter().find(|year| value(*year).is_none()) {
        return Err(NoGrowth::Gap(year));
    }
    let rate = growth_rate(start, end, f64::from(span.years()))?;
    // The ends are not negative, but a value in between may be.
    let is_negative = |value: &IndicatorValue| value.value.is_some_and(|value| value < 0.0);
    if after_start().any(is_negative) {
        return Err(NoGrowth::Undefined(NoRate::ChangesSign));
    }
    Ok(rate)
}

/// The growth rate over the longest span that has one, and the latest of these. `values` must be
/// sorted by year.
pub fn any_growth(values: &[IndicatorValue]) -> Option<(f64, YearSpan)> {
    let spans = values.iter().enumerate().flat_map(|(at, last)| {
        let earlier = values.iter().take(at);
        earlier.map(|first| YearSpan {
            from: first.year,
            to: last.year,
        })
    });
    let mut spans: Vec<YearSpan> = spans.collect();
    spans.sort_by_key(|span| Reverse((span.years(), span.to)));
    spans
        .into_iter()
        .find_map(|span| Some((growth(values, span).ok()?, span)))
}

/// The longest span that ends in a year, has every value and no break, up to `most` years. `values`
/// must be sorted by year. `None` if there are no two such values.
pub fn longest_span(values: &[IndicatorValue], to: i16, most: u16) -> Option<YearSpan> {
    let mut from = to;
    let mut current = value_in(values, to).filter(|value| value.value.is_some())?;
    while i32::from(to) - i32::from(from) < i32::from(most) && !current.break_before {
        let earlier = from.checked_sub(1)?;
        match value_in(values, earlier).filter(|value| value.value.is_some()) {
            Some(value) => (from, current) = (earlier, value),
            None => break,
        }
    }
    (from < to).then_some(YearSpan { from, to })
}
