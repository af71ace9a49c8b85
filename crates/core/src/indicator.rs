//! Indicators: published series of figures about bodies, whoever chose which outcome.
//!
//! [`IndicatorReport`] compares one indicator among all bodies of a cycle: growth, benchmarks,
//! quartiles, outliers and trajectories. It is computed on request; the engine asks it only about
//! outcomes that a PCT chose and an indicator measures.

mod benchmark;
mod distribution;
mod groups;
mod growth;
mod period;
mod report;
mod trajectory;
mod words;

pub use benchmark::{Benchmark, Figures};
pub use distribution::{Distribution, MIN_RANKED, Outlier, Rank, percentile, ranks};
pub use groups::{IndicatorGroup, IndicatorGroups, IndicatorIndex};
pub(crate) use groups::{own_series, series_of_outcome};
pub use growth::{NoGrowth, any_growth, growth, longest_span};
pub use period::{PeriodError, PeriodForm, parse_period};
pub use report::{BodyIndicator, GrowthSpan, IndicatorReport, IntervalMark, PeriodChoice};
pub use trajectory::{TargetYear, TrajectoryCourse, trajectory};
pub use words::figure;

use crate::outcome::Better;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a case says of an indicator that the framework's catalogue of outcomes does not have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorDefinition {
    /// Title as printed.
    pub title: Box<str>,
    /// Unit of its values: `per 100,000 population`.
    pub unit: Box<str>,
    /// Which direction is better.
    pub better: Better,
    /// The outcome that it measures, if it measures one under another identifier.
    pub outcome: Option<Box<str>>,
    /// Lowest possible value, in the unit; `None` if not specified.
    pub min: Option<f64>,
    /// Highest possible value, in the unit; `None` if not specified.
    pub max: Option<f64>,
    /// Source of the definition.
    pub source: Option<Box<str>>,
}

/// Whose figures a series holds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum SeriesRole {
    /// What was measured for the body itself.
    #[default]
    Own,
    /// What the body aims for, year by year.
    Target,
    /// The national figure that the source gives. It is recorded with any body and holds for all.
    National,
    /// The figure that the source gives for the comparison group of the body, such as its ONS
    /// cluster.
    Peers,
    /// The figure that the source gives for the best tenth of all bodies. It is recorded with any
    /// body and holds for all.
    TopDecile,
}

impl SeriesRole {
    /// Every role.
    pub const ALL: [SeriesRole; 5] = [
        SeriesRole::Own,
        SeriesRole::Target,
        SeriesRole::National,
        SeriesRole::Peers,
        SeriesRole::TopDecile,
    ];

    /// The word that files, entries and queries use.
    pub fn name(self) -> &'static str {
        match self {
            SeriesRole::Own => "own",
            SeriesRole::Target => "target",
            SeriesRole::National => "national",
            SeriesRole::Peers => "peers",
            SeriesRole::TopDecile => "top-decile",
        }
    }

    /// Whether one series holds for all bodies, regardless of the body with which it is recorded.
    pub fn holds_for_all(self) -> bool {
        matches!(self, SeriesRole::National | SeriesRole::TopDecile)
    }
}

/// A confidence interval, in the unit of the value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// The lower limit, at most the value.
    pub lower: f64,
    /// The upper limit, at least the value.
    pub upper: f64,
}

/// The value of a series in one period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorValue {
    /// The year in which the period starts: 2011 for 2011/12, 2009 for 2009-11.
    pub year: i16,
    /// True if values from this period on are not comparable with earlier ones.
    pub break_before: bool,
    /// The value in the indicator's unit; `None` if missing.
    pub value: Option<f64>,
    /// Its confidence interval, if published.
    pub limits: Option<Limits>,
}

/// The known value of a year, in a series sorted by year.
pub(crate) fn value_in(values: &[IndicatorValue], year: i16) -> Option<&IndicatorValue> {
    let at = values
        .binary_search_by_key(&year, |value| value.year)
        .ok()?;
    values.get(at)
}

/// The values of periods that begin on or before a date, in a series sorted by year.
pub(crate) fn begun(values: &[IndicatorValue], form: PeriodForm, date: Date) -> &[IndicatorValue] {
    let end = values.partition_point(|value| form.begins_by(value.year, date));
    values.get(..end).unwrap_or(values)
}
