//! What a body aimed for, year by year, beside what happened.

use super::{IndicatorValue, figure, value_in};
use crate::outcome::Better;

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
