//! The health outcomes that a PCT chose, each with its rates, values and benchmarks.

use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
    rules::{check_identifier, complete, complete_list},
};
use crate::body::BodyIndex;
use crate::framework::{Framework, Methods};
use crate::outcome::{Better, OutcomeScope, SeriesIndex, YearSpan, YearValue};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::RangeInclusive;

/// Rates and changes that can be recorded, in percent.
pub const RATES: RangeInclusive<f64> = -100.0..=1000.0;
/// Quartiles that a report can print.
pub const QUARTILES: RangeInclusive<u8> = 1..=4;
/// Years that can be recorded.
pub const YEARS: RangeInclusive<i16> = 1900..=2100;
/// The longest list of outcomes, if the framework does not say how many there are.
pub const MAX_SLOTS: u16 = 50;

/// The highest number of an outcome in a PCT's list.
pub fn last_slot(framework: &Framework) -> u16 {
    match framework.outcomes.asked {
        0 => MAX_SLOTS,
        asked => asked,
    }
}

/// Benchmarks and aspiration of one series, all as compound annual growth rates in percent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rates {
    /// The PCT's own historic rate, as stated by the source.
    pub historic: Option<f64>,
    /// The years that the stated historic rate covers, if the source names them. Otherwise the rate
    /// covers the framework's span.
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
    /// Other words, from an entry of an early ledger. They are displayed, but not compared.
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

/// The performance of an outcome as the published report states it, other than the rates.
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

/// The selection of an outcome for a PCT's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// When it was selected, in the source's words: `2009/10`.
    pub date: Option<Box<str>>,
    /// Identifiers of last year's outcomes that it replaced, alone or with others.
    pub replaces: Vec<Box<str>>,
    /// Why it was selected or replaced another.
    pub reason: Option<Box<str>>,
    /// Identifier of the framework's aim that it serves: `better-health`.
    pub aim: Option<Box<str>>,
    /// The goal of the PCT's strategic plan that it serves, in the PCT's words.
    pub goal: Option<Box<str>>,
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
    /// The part of the population that it counts.
    pub series: SeriesIndex,
    /// Rates as stated.
    pub rates: Rates,
    /// Values by year, from which the rate is computed; may be empty.
    pub values: Vec<YearValue>,
    /// Its performance as the report states it, other than the rates.
    pub stated: StatedPerformance,
    /// Its selection for the list.
    pub selection: Selection,
    /// The panel's comment on the aspiration.
    pub panel_view: Option<Box<str>>,
    /// What was inferred rather than read, and from what.
    pub inferred: Option<Box<str>>,
    /// Where it comes from.
    pub source: Option<Box<str>>,
}

impl ChosenOutcome {
    /// Its title, with its series unless the series counts everyone: "Life expectancy (males)".
    pub fn full_title(&self, framework: &Framework) -> String {
        let series = framework.series_at(self.series);
        if series.is_whole {
            self.title.to_string()
        } else {
            format!("{} ({})", self.title, series.title)
        }
    }

    /// Takes over what an earlier version gives and this one leaves open.
    pub fn complete_from(&mut self, earlier: &ChosenOutcome) {
        let (rates, before) = (&mut self.rates, &earlier.rates);
        complete(&mut rates.historic, &before.historic);
        complete(&mut rates.historic_years, &before.historic_years);
        complete(&mut rates.national, &before.national);
        complete(&mut rates.ons_cluster, &before.ons_cluster);
        complete(&mut rates.top_decile, &before.top_decile);
        complete(&mut rates.aspiration, &before.aspiration);
        let (stated, before) = (&mut self.stated, &earlier.stated);
        complete(&mut stated.position, &before.position);
        complete(&mut stated.change, &before.change);
        for (quartiles, before) in [
            (&mut stated.rate_quartile, before.rate_quartile),
            (&mut stated.level_quartile, before.level_quartile),
        ] {
            complete(&mut quartiles.current, &before.current);
            complete(&mut quartiles.previous, &before.previous);
        }
        complete(&mut self.selection.date, &earlier.selection.date);
        complete(&mut self.selection.reason, &earlier.selection.reason);
        complete_list(&mut self.selection.replaces, &earlier.selection.replaces);
        complete(&mut self.selection.aim, &earlier.selection.aim);
        complete(&mut self.selection.goal, &earlier.selection.goal);
        complete(&mut self.panel_view, &earlier.panel_view);
        complete(&mut self.inferred, &earlier.inferred);
        complete(&mut self.source, &earlier.source);
    }

    fn check_aim(&self, framework: &Framework, broken: &mut Vec<RuleViolation>) {
        let Some(aim) = &self.selection.aim else {
            return;
        };
        let ids: Vec<&str> = framework.outcomes.aims.iter().map(|aim| &*aim.id).collect();
        if ids.contains(&&**aim) {
            return;
        }
        let message = match ids.is_empty() {
            true => format!("`{aim}` is not an aim: {} names none", framework.id),
            false => {
                let known = crate::words::any_of(ids.iter().copied());
                format!("`{aim}` is not {known}")
            }
        };
        let rule = RuleViolation::new("known-aim", "aim", message);
        broken.push(rule.choosing(aim, ids));
    }

    fn check_rates(&self, broken: &mut Vec<RuleViolation>) {
        let rates = &self.rates;
        let stated = [
            ("historic", rates.historic),
            ("national", rates.national),
            ("ons_cluster", rates.ons_cluster),
            ("top_decile", rates.top_decile),
            ("aspiration", rates.aspiration),
            (
                "stated_change",
                self.stated.change.as_ref().map(|change| change.percent),
            ),
        ];
        for (field, rate) in stated {
            if let Some(rate) = rate.filter(|rate| !RATES.contains(rate)) {
                let (least, most) = (RATES.start(), RATES.end());
                let rate = crate::words::number(rate);
                let message = format!("{rate} is not a percentage from {least} to {most}");
                broken.push(RuleViolation::new("rate-in-range", field, message));
            }
        }
        let Some(years) = rates.historic_years else {
            return;
        };
        if rates.historic.is_none() {
            broken.push(RuleViolation::new(
                "rate-with-years",
                "historic",
                "has years but no rate",
            ));
        }
        broken.extend(check_year("historic_from", years.from));
        broken.extend(check_year("historic_to", years.to));
        if years.years() < 1 {
            let message = "is not after the first year of the rate";
            broken.push(RuleViolation::new("years-in-order", "historic_to", message));
        }
    }

    fn check_values(&self, broken: &mut Vec<RuleViolation>) {
        let mut years = BTreeSet::new();
        for (item, value) in self.values.iter().enumerate() {
            let outside = check_year("year", value.year);
            broken.extend(outside.map(|broken| broken.of_item(item)));
            if !years.insert(value.year) {
                let message = format!("{} has more than one value", value.year);
                let rule = RuleViolation::new("one-value-a-year", "year", message);
                broken.push(rule.of_item(item));
            }
            if value.value.is_some_and(|value| !value.is_finite()) {
                let rule = RuleViolation::new("finite-value", "value", "is not a number");
                broken.push(rule.of_item(item));
            }
        }
    }

    fn check_stated(&self, broken: &mut Vec<RuleViolation>) {
        if let Some(StatedPosition::Other(words)) = &self.stated.position {
            let known = crate::words::any_of(StatedPosition::NAMES);
            let message = format!("`{words}` is not {known}");
            let rule = RuleViolation::new("known-position", "stated_position", message);
            broken.push(rule.choosing(words, StatedPosition::NAMES));
        }
        let (rate, level) = (self.stated.rate_quartile, self.stated.level_quartile);
        let quartiles = [
            ("rate_quartile", rate.current),
            ("previous_rate_quartile", rate.previous),
            ("level_quartile", level.current),
            ("previous_level_quartile", level.previous),
        ];
        for (field, quartile) in quartiles {
            if let Some(quartile) = quartile.filter(|quartile| !QUARTILES.contains(quartile)) {
                let (first, last) = (QUARTILES.start(), QUARTILES.end());
                let message = format!("{quartile} is not a quartile from {first} to {last}");
                broken.push(RuleViolation::new("quartile-in-range", field, message));
            }
        }
    }
}

fn check_year(field: &'static str, year: i16) -> Option<RuleViolation> {
    (!YEARS.contains(&year)).then(|| {
        let (first, last) = (YEARS.start(), YEARS.end());
        let message = format!("{year} is not a year from {first} to {last}");
        RuleViolation::new("year-in-range", field, message)
    })
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
    /// Identifier of the series that it counts.
    pub series: Box<str>,
    /// Rates as stated.
    pub rates: Rates,
    /// Values by year, from which the rate is computed; may be empty.
    pub values: Vec<YearValue>,
    /// Its performance as the report states it, other than the rates.
    pub stated: StatedPerformance,
    /// Its selection for the list.
    pub selection: Selection,
    /// The panel's comment on the aspiration.
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

    fn identity(&self) -> Vec<Box<str>> {
        vec![self.slot.to_string().into(), self.series.clone()]
    }

    fn summary(&self, _: &Methods) -> String {
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
        bounds.has_body(self.pct) && bounds.has_series(self.series)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let framework = context.framework;
        let mut broken = Vec::new();
        check_identifier("outcome", &self.outcome, &mut broken);
        let last = last_slot(framework);
        if !(1..=last).contains(&self.slot) {
            let message = format!("{} is not from 1 to {last}", self.slot);
            broken.push(RuleViolation::new("slot-in-range", "slot", message));
        }
        if let Some(known) = framework.find_outcome(&self.outcome)
            && known.better != self.better
        {
            let (id, better) = (&framework.id, known.better.name());
            let message = format!("{id} says that {better} is better for `{}`", self.outcome);
            broken.push(RuleViolation::new("direction", "better", message));
        }
        self.check_aim(framework, &mut broken);
        self.check_rates(&mut broken);
        self.check_values(&mut broken);
        self.check_stated(&mut broken);
        broken
    }
}

/// What a series of an outcome claims in its cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeClaim<'a> {
    /// The direction of the outcome, on which all PCTs agree.
    Direction(&'a str),
    /// The series of the outcome of a PCT, which is recorded once.
    Series(BodyIndex, &'a str, SeriesIndex),
    /// The place in the list of a PCT, which one outcome has.
    Slot(BodyIndex, u16),
}

impl RecordType for ChosenOutcome {
    type Fact = OutcomeFact;
    type Key = Infallible;
    type Claim<'a> = OutcomeClaim<'a>;
    type Order = (BodyIndex, u16, SeriesIndex, RecordId);

    const NAME: &'static str = "outcome";
    const ACT: &'static str = "record-outcome";
    const CAN_CONFLICT: bool = true;

    fn claims(&self) -> impl IntoIterator<Item = OutcomeClaim<'_>> {
        [
            OutcomeClaim::Direction(&self.outcome),
            OutcomeClaim::Series(self.pct, &self.outcome, self.series),
            OutcomeClaim::Slot(self.pct, self.slot),
        ]
    }

    fn conflict(
        &self,
        claim: &OutcomeClaim<'_>,
        first: &ChosenOutcome,
        framework: &Framework,
    ) -> Option<RuleViolation> {
        match claim {
            OutcomeClaim::Direction(_) if self.better != first.better => {
                let better = first.better.name();
                let message =
                    format!("another record says that {better} is better for this outcome");
                Some(RuleViolation::new("one-direction", "better", message))
            }
            OutcomeClaim::Series(_, outcome, series) => {
                let message = format!(
                    "`{outcome}` for {} is already recorded: give each outcome and series once",
                    framework.series_at(*series).title
                );
                Some(RuleViolation::new("repeated", "outcome", message))
            }
            OutcomeClaim::Slot(_, slot) if self.outcome != first.outcome => {
                let message = format!("slot {slot} already has `{}`", first.outcome);
                Some(RuleViolation::new("one-outcome-a-slot", "slot", message))
            }
            OutcomeClaim::Direction(_) | OutcomeClaim::Slot(..) => None,
        }
    }

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
            series: reader.series("series", &fact.series)?,
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
            series: writer.series(self.series),
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
