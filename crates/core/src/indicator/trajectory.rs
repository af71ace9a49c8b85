//! What a body aimed for, year by year, beside what happened.

use super::{IndicatorValue, figure, value_in};
use crate::outcome::{Better, YearSpan, growth_rate};

/// One year of a trajectory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TargetYear {
    /// The year in which the period starts.
    pub year: i16,
    /// The value aimed for, in the indicator's unit.
    pub target: f64,
    /// The value measured; `None` if there is none.
    pub actual: Option<f64>,
    better: Better,
}

impl TargetYear {
    /// The measured value less the target; `None` without a measured value.
    pub fn gap(&self) -> Option<f64> {
        self.actual.map(|actual| actual - self.target)
    }

    /// Whether the target was met or surpassed; `None` without a measured value.
    pub fn is_met(&self) -> Option<bool> {
        let signed = |value: f64| self.better.improvement(value);
        self.actual
            .map(|actual| signed(actual) >= signed(self.target))
    }

    /// The gap in words: "0.4 above the trajectory, worse".
    pub fn in_words(&self) -> String {
        let Some(gap) = self.gap() else {
            return "no value yet".to_owned();
        };
        let size = figure(gap.abs());
        if gap == 0.0 || size == "0" {
            return "on the trajectory".to_owned();
        }
        let side = if gap > 0.0 { "above" } else { "below" };
        let worth = if self.better.improvement(gap) > 0.0 {
            "better"
        } else {
            "worse"
        };
        format!("{size} {side} the trajectory, {worth}")
    }
}

/// The years of a trajectory, each beside the measured value. Both series must be sorted by year.
pub fn trajectory(
    better: Better,
    targets: &[IndicatorValue],
    measured: &[IndicatorValue],
) -> Vec<TargetYear> {
    let years = targets.iter().filter_map(|target| {
        Some(TargetYear {
            year: target.year,
            target: target.value?,
            actual: value_in(measured, target.year).and_then(|value| value.value),
            better,
        })
    });
    years.collect()
}

/// A trajectory as a whole: where it starts and where it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrajectoryCourse {
    /// The years in which the periods of its two ends start.
    pub years: YearSpan,
    /// Where it starts: the value measured for the period before the first target. The first target
    /// itself, if there is no such value or if that target is the measured value of its own period.
    pub start: f64,
    /// Whether the start is a measured value before the first target.
    pub is_start_measured: bool,
    /// The last target.
    pub end: f64,
    /// Half a unit of the last decimal of the measured values or targets that the start is one of.
    start_rounding: f64,
    /// The same of the targets.
    end_rounding: f64,
}

impl TrajectoryCourse {
    /// The course of a trajectory. Both series must be sorted by year. `None` without two points, or
    /// if the targets are not comparable with each other.
    pub fn of(targets: &[IndicatorValue], measured: &[IndicatorValue]) -> Option<TrajectoryCourse> {
        let mut known = targets.iter().filter(|target| target.value.is_some());
        let first = known.next()?;
        let last = known.next_back().unwrap_or(first);
        let is_later = |target: &&IndicatorValue| target.year > first.year;
        if targets
            .iter()
            .filter(is_later)
            .any(|target| target.break_before)
        {
            return None;
        }
        let measured_in = |year: i16| value_in(measured, year).and_then(|value| value.value);
        let before = first.year.checked_sub(1)?;
        let is_base = measured_in(first.year) == first.value;
        let earlier = measured_in(before).filter(|_| !is_base && !first.break_before);
        let (from, start, of_start) = match earlier {
            Some(value) => (before, value, measured),
            None => (first.year, first.value?, targets),
        };
        (from < last.year).then_some(TrajectoryCourse {
            years: YearSpan {
                from,
                to: last.year,
            },
            start,
            is_start_measured: earlier.is_some(),
            end: last.value?,
            start_rounding: rounding(of_start),
            end_rounding: rounding(targets),
        })
    }

    /// The change from start to end, in the unit of the values.
    pub fn change(&self) -> f64 {
        self.end - self.start
    }

    /// Its compound annual growth rate in percent; `None` if it is undefined.
    pub fn rate(&self) -> Option<f64> {
        growth_rate(self.start, self.end, f64::from(self.years.years())).ok()
    }

    /// Where it would end at a rate, in percent a year.
    pub fn end_at(&self, rate: f64) -> f64 {
        self.start * self.factor(rate)
    }

    /// Whether it ends where a rate leads, which is given to within `rate_rounding`. The figures may
    /// have been rounded to the decimals that they show.
    pub fn keeps_rate(&self, rate: f64, rate_rounding: f64) -> bool {
        /// Above the error of the few operations, relative to the figures.
        const ERROR: f64 = 1e-9;
        let lowest = (self.start - self.start_rounding) * self.factor(rate - rate_rounding);
        let highest = (self.start + self.start_rounding) * self.factor(rate + rate_rounding);
        let error = self.end_rounding + ERROR * self.end.abs().max(self.start.abs());
        (lowest - error..=highest + error).contains(&self.end)
    }

    /// What the start is multiplied by at a rate.
    fn factor(&self, rate: f64) -> f64 {
        (1.0 + rate / 100.0).max(0.0).powi(self.years.years())
    }
}

/// Half a unit of the last decimal that any of the values has.
fn rounding(values: &[IndicatorValue]) -> f64 {
    let known = values.iter().filter_map(|value| value.value);
    let decimals = known.map(|value| {
        let text = value.to_string();
        let decimals = text
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        i32::try_from(decimals).unwrap_or(i32::MAX)
    });
    0.5 * 0.1_f64.powi(decimals.max().unwrap_or(0))
}
