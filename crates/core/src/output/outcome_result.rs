//! Health outcomes of one body, compared with those of other PCTs.

use crate::cycle::Cycle;
use crate::indicator::Figures;
use crate::outcome::{HistoricRate, NoRate, YearSpan};
use crate::record::{ChosenOutcome, Rates};

/// What a [`Placing`] compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlacedBy {
    /// Rates of improvement over the framework's span.
    Rate {
        /// Years of the span.
        span: u16,
        /// The years that all of the compared rates cover; `None` if they differ or if a source
        /// does not give them.
        years: Option<YearSpan>,
    },
    /// Values of one year.
    Value {
        /// That year.
        year: i16,
    },
}

/// Placing of a PCT among the PCTs of the cycle that have a comparable number for the same outcome
/// and series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placing {
    /// Place; 1 is best.
    pub place: u32,
    /// Number of PCTs compared.
    pub among: u32,
    /// Quartile; 1 is best.
    pub quartile: u8,
    /// The quantity compared.
    pub by: PlacedBy,
}

impl Placing {
    /// The quantity compared: "three-year rate of improvement, 2005 to 2008", "value for 2008".
    pub fn compared(&self) -> String {
        match self.by {
            PlacedBy::Value { year } => format!("value for {year}"),
            PlacedBy::Rate { span, years } => {
                let length = crate::words::years(i32::from(span));
                let length = length.trim_end_matches('s').replace(' ', "-");
                let years = years.map_or_else(String::new, |years| {
                    format!(", {} to {}", years.from, years.to)
                });
                format!("{length} rate of improvement{years}")
            }
        }
    }

    /// Place, population and quartile: "4th of 5 by value for 2008 (quartile 3)". The surrounding
    /// text must say which bodies are compared and that 1 is best.
    pub fn in_short(&self) -> String {
        format!(
            "{} of {} by {} (quartile {})",
            crate::words::ordinal(self.place),
            self.among,
            self.compared(),
            self.quartile,
        )
    }

    /// The placing in full: "4th of the 5 PCTs of this case that have this outcome and a value for
    /// 2008 (quartile 3; 1 is best)". `pcts` is the framework's word for several PCTs.
    pub fn in_words(&self, pcts: &str) -> String {
        format!(
            "{} of the {} {pcts} of this case that have this outcome and a {} (quartile {}; 1 is \
             best)",
            crate::words::ordinal(self.place),
            self.among,
            self.compared(),
            self.quartile,
        )
    }
}

/// One series of one chosen outcome, compared.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeResult {
    /// Position in [`crate::record::Records::outcomes`].
    pub chosen: u32,
    /// Historic rate of change: as stated, or else computed from the values; or why there is none.
    pub historic: Result<HistoricRate, NoRate>,
    /// Latest value, if values are given.
    pub latest: Option<f64>,
    /// The year of the latest value.
    pub latest_year: Option<i16>,
    /// Placing by rate of improvement; `None` if fewer than four PCTs can be compared, or if the
    /// rate does not cover the framework's span.
    pub improvement: Option<Placing>,
    /// Placing by the latest value, among the values of the same year; `None` if fewer than four
    /// PCTs can be compared.
    pub level: Option<Placing>,
    /// Growth of the benchmarks of the indicator that measures the outcome; `None` if no indicator
    /// does, or if its rates do not cover the framework's span.
    pub benchmarks: Option<Box<OutcomeBenchmarks>>,
}

/// Growth of an indicator's benchmarks over the framework's span, in percent a year.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OutcomeBenchmarks {
    /// National.
    pub national: Figures,
    /// The comparison group of the PCT.
    pub peers: Figures,
    /// The rate at which the tenth of PCTs that improved most begins.
    pub top_decile: Figures,
}

/// Where the rate of a benchmark comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchmarkOrigin {
    /// It is stated for the outcome.
    Stated,
    /// The source of the indicator that measures the outcome gives it.
    GivenWithIndicator,
    /// It is computed from the values of that indicator.
    Computed,
}

impl OutcomeResult {
    /// The national benchmark, that of the comparison group, and the top decile. A stated rate comes
    /// before one of the indicator that measures the outcome.
    pub fn benchmarks_for(&self, stated: &Rates) -> [Option<(f64, BenchmarkOrigin)>; 3] {
        let measured = self.benchmarks.as_deref().copied().unwrap_or_default();
        let one = |stated: Option<f64>, figures: Figures| {
            let with = |rate: Option<f64>, origin| rate.map(|rate| (rate, origin));
            with(stated, BenchmarkOrigin::Stated)
                .or(with(figures.given, BenchmarkOrigin::GivenWithIndicator))
                .or(with(figures.computed, BenchmarkOrigin::Computed))
        };
        [
            one(stated.national, measured.national),
            one(stated.ons_cluster, measured.peers),
            one(stated.top_decile, measured.top_decile),
        ]
    }

    /// The outcome as it was recorded in the cycle that was assured.
    pub fn record<'c>(&self, cycle: &'c Cycle) -> &'c ChosenOutcome {
        cycle.records.outcomes.at(self.chosen as usize)
    }

    /// The historic rate in percent a year, if it covers the framework's span and is therefore
    /// comparable with benchmarks and aspirations.
    pub fn comparable(&self) -> Option<f64> {
        self.historic
            .ok()
            .filter(|rate| rate.comparable)
            .map(|rate| rate.percent)
    }
}
