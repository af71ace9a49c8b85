//! The health outcomes that a PCT chose, each with its rates, values and benchmarks.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    UnknownCode,
};
use crate::body::BodyIndex;
use crate::outcome::{Better, OutcomeScope, Series, YearSpan, YearValue};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Benchmarks and aspiration of one series, all as compound annual growth rates in percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// The PCT's own historic rate, as stated by the source.
    pub historic: Option<f64>,
    /// The years that the stated historic rate covers, where the source says so; otherwise it is
    /// taken to cover the framework's span.
    pub historic_years: Option<YearSpan>,
    /// National.
    pub national: Option<f64>,
    /// ONS cluster.
    pub ons_cluster: Option<f64>,
    /// Top decile: the PCTs with the largest rate of improvement.
    pub top_decile: Option<f64>,
    /// The PCT's aspiration.
    pub aspiration: Option<f64>,
}

/// The one-year position of an outcome, as a report states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StatedPosition {
    /// Better than the year before.
    Improved,
    /// Worse than the year before.
    Slipped,
    /// About the same.
    LittleChange,
    /// Other words, from an entry of an early ledger. They are shown and compared with nothing.
    Other(Box<str>),
}

impl StatedPosition {
    /// The words of the positions that can be recorded.
    pub const NAMES: [&'static str; 3] = ["improved", "slipped", "little change"];

    /// The words that files, entries and outputs use.
    pub fn name(&self) -> &str {
        match self {
            StatedPosition::Improved => "improved",
            StatedPosition::Slipped => "slipped",
            StatedPosition::LittleChange => "little change",
            StatedPosition::Other(words) => words,
        }
    }

    /// The position with these words.
    pub fn from_name(words: &str) -> StatedPosition {
        match words {
            "improved" => StatedPosition::Improved,
            "slipped" => StatedPosition::Slipped,
            "little change" => StatedPosition::LittleChange,
            other => StatedPosition::Other(other.into()),
        }
    }
}

/// A change over the last year that the source states, usually somewhere else than in its table
/// of outcomes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StatedChange {
    /// Percent; negative for a fall.
    pub percent: f64,
    /// Where it is stated.
    pub source: Option<Box<str>>,
}

/// The quartile marks that a report prints, from 1 (best) to 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatedQuartiles {
    /// This year's.
    pub current: Option<u8>,
    /// Last year's.
    pub previous: Option<u8>,
}

impl StatedQuartiles {
    /// Whether nothing is stated.
    pub fn is_empty(self) -> bool {
        self.current.is_none() && self.previous.is_none()
    }
}

/// What the published report says of an outcome's performance, beside its rates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StatedPerformance {
    /// The position over the last year.
    pub position: Option<StatedPosition>,
    /// The change over the last year.
    pub change: Option<StatedChange>,
    /// Quartile of the rate of improvement, among the PCTs that the report compares.
    pub rate_quartile: StatedQuartiles,
    /// Quartile of the level, among the PCTs that the report compares.
    pub level_quartile: StatedQuartiles,
}

/// How an outcome came into a PCT's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// When it was selected, in the source's words: `2009/10`.
    pub date: Option<Box<str>>,
    /// Identifiers of last year's outcomes that it replaced, alone or with others.
    pub replaces: Vec<Box<str>>,
    /// Why it was selected or replaced another.
    pub reason: Option<Box<str>>,
}

/// One series of one outcome that a PCT has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChosenOutcome {
    /// Its number.
    pub record: RecordId,
    /// The PCT.
    pub pct: BodyIndex,
    /// Its number in the PCT's list, from 1.
    pub slot: u16,
    /// Identifier in the framework's catalogue, or a plugin's.
    pub outcome: Box<str>,
    /// Title as the PCT prints it.
    pub title: Box<str>,
    /// Direction.
    pub better: Better,
    /// National or local.
    pub scope: OutcomeScope,
    /// True if newly selected this year.
    pub newly_selected: bool,
    /// The people counted.
    pub series: Series,
    /// Rates as stated.
    pub rates: Rates,
    /// Values by year, for the rate to be computed from; may be empty.
    pub values: Vec<YearValue>,
    /// What the report states of its performance, beside the rates.
    pub stated: StatedPerformance,
    /// How it came into the list.
    pub selection: Selection,
    /// What the panel said of the aspiration.
    pub panel_view: Option<Box<str>>,
    /// What was inferred rather than read, and from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

/// A [`ChosenOutcome`] in codes.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeFact {
    /// Code of the PCT.
    pub pct: Box<str>,
    /// Its number in the PCT's list, from 1.
    pub slot: u16,
    /// Identifier in the framework's catalogue, or a plugin's.
    pub outcome: Box<str>,
    /// Title as the PCT prints it.
    pub title: Box<str>,
    /// Direction.
    pub better: Better,
    /// National or local.
    pub scope: OutcomeScope,
    /// True if newly selected this year.
    pub newly_selected: bool,
    /// The people counted.
    pub series: Series,
    /// Rates as stated.
    pub rates: Rates,
    /// Values by year, for the rate to be computed from; may be empty.
    pub values: Vec<YearValue>,
    /// What the report states of its performance, beside the rates.
    pub stated: StatedPerformance,
    /// How it came into the list.
    pub selection: Selection,
    /// What the panel said of the aspiration.
    pub panel_view: Option<Box<str>>,
    /// What was inferred rather than read, and from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

impl RecordCodes for OutcomeFact {
    fn body(&self) -> &str {
        &self.pct
    }

    fn summary(&self) -> String {
        format!("outcome {} of {}: {}", self.slot, self.pct, self.title)
    }
}

impl CycleRecord for ChosenOutcome {
    fn kind(&self) -> RecordKind {
        RecordKind::Outcome
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.pct
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.pct)
    }
}

impl RecordType for ChosenOutcome {
    type Fact = OutcomeFact;
    type Key = Infallible;
    type Order = (BodyIndex, u16, Series, RecordId);

    const NAME: &'static str = "outcome";
    const ACT: &'static str = "record-outcome";

    fn order(&self) -> Self::Order {
        (self.pct, self.slot, self.series, self.record)
    }

    fn from_codes(
        fact: OutcomeFact,
        reader: &CodeReader<'_>,
    ) -> Result<ChosenOutcome, UnknownCode> {
        Ok(ChosenOutcome {
            record: reader.record,
            pct: reader.body("pct", &fact.pct)?,
            slot: fact.slot,
            outcome: fact.outcome,
            title: fact.title,
            better: fact.better,
            scope: fact.scope,
            newly_selected: fact.newly_selected,
            series: fact.series,
            rates: fact.rates,
            values: fact.values,
            stated: fact.stated,
            selection: fact.selection,
            panel_view: fact.panel_view,
            inferred: fact.inferred,
            source: fact.source,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> OutcomeFact {
        OutcomeFact {
            pct: writer.body(self.pct),
            slot: self.slot,
            outcome: self.outcome.clone(),
            title: self.title.clone(),
            better: self.better,
            scope: self.scope,
            newly_selected: self.newly_selected,
            series: self.series,
            rates: self.rates,
            values: self.values.clone(),
            stated: self.stated.clone(),
            selection: self.selection.clone(),
            panel_view: self.panel_view.clone(),
            inferred: self.inferred.clone(),
            source: self.source.clone(),
        }
    }
}
