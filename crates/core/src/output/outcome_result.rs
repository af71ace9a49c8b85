//! Health outcomes of one body, compared and placed.

use crate::outcome::{HistoricRate, NoRate, YearSpan};

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

/// Placing of a PCT among those of the cycle that have the same outcome and series, and a number
/// that can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placing {
    /// Place, 1 is best.
    pub place: u32,
    /// Among how many.
    pub among: u32,
    /// Quartile, 1 is best.
    pub quartile: u8,
    /// What is compared.
    pub by: PlacedBy,
}

impl Placing {
    /// What is compared: "three-year rate of improvement, 2005 to 2008", "value for 2008".
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

    /// Place, population and quartile: "4th of 5 by value for 2008 (quartile 3)". Whoever shows it
    /// says which bodies are compared and that 1 is best.
    pub fn in_short(&self) -> String {
        format!(
            "{} of {} by {} (quartile {})",
            crate::words::ordinal(self.place),
            self.among,
            self.compared(),
            self.quartile,
        )
    }

    /// The placing with its population and which end is good: "4th of the 5 PCTs of this case
    /// that have this outcome and a value for 2008 (quartile 3; 1 is best)". `pcts` is the
    /// framework's word for several PCTs.
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
    /// Historic rate of change: as stated, else computed from the values; or why there is none.
    pub historic: Result<HistoricRate, NoRate>,
    /// Latest value, where values are given.
    pub latest: Option<f64>,
    /// The year of the latest value.
    pub latest_year: Option<i16>,
    /// Placing by rate of improvement; `None` where fewer than four PCTs can be compared, and for
    /// a rate that does not cover the framework's span.
    pub improvement: Option<Placing>,
    /// Placing by the latest value, among the values of the same year; `None` where fewer than
    /// four PCTs can be compared.
    pub level: Option<Placing>,
}

impl OutcomeResult {
    /// The historic rate, percent a year, if it covers the framework's span and so compares with
    /// benchmarks and aspirations.
    pub fn comparable(&self) -> Option<f64> {
        self.historic
            .ok()
            .filter(|rate| rate.comparable)
            .map(|rate| rate.percent)
    }
}
