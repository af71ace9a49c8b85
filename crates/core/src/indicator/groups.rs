//! The records of a cycle by indicator and series.

use super::SeriesRole;
use crate::body::BodyIndex;
use crate::cycle::Cycle;
use crate::outcome::SeriesIndex;
use crate::record::IndicatorSeries;
use std::collections::BTreeMap;

impl Cycle {
    /// Positions in [`crate::record::Records::indicators`] of a body's series of indicators.
    pub fn indicators_of(&self, body: BodyIndex) -> std::ops::Range<usize> {
        let all = &self.records.indicators;
        let from = all.partition_point(|series| series.body < body);
        let to = all.partition_point(|series| series.body <= body);
        from..to
    }
}

/// The records of one indicator and one part of the population.
#[derive(Clone, Copy, Debug)]
pub struct IndicatorGroup<'c> {
    all: &'c [IndicatorSeries],
    /// Positions of its records, sorted by body and role.
    positions: &'c [u32],
    /// Any of them: all agree on the definition and on the form of periods.
    pub first: &'c IndicatorSeries,
}

impl<'c> IndicatorGroup<'c> {
    /// Identifier of the indicator.
    pub fn indicator(&self) -> &'c str {
        &self.first.indicator
    }

    /// The part of the population that it counts.
    pub fn series(&self) -> SeriesIndex {
        self.first.series
    }

    /// The records of a role.
    pub fn of_role(&self, role: SeriesRole) -> impl Iterator<Item = &'c IndicatorSeries> + use<'c> {
        let all = self.all;
        let records = self.positions.iter();
        let records = records.filter_map(|at| all.get(usize::try_from(*at).ok()?));
        records.filter(move |record| record.role == role)
    }
}

/// Where the series of each indicator of a cycle are, found in one pass over all of them.
#[derive(Clone, Debug, Default)]
pub struct IndicatorIndex {
    /// Positions of the records of each indicator and series, sorted by these two. None is empty.
    groups: Vec<Vec<u32>>,
    /// The position in `groups` of the first indicator that is defined to measure an outcome.
    by_definition: BTreeMap<(Box<str>, SeriesIndex), usize>,
}

impl IndicatorIndex {
    /// The index of a cycle.
    pub fn of(cycle: &Cycle) -> IndicatorIndex {
        let all = &cycle.records.indicators;
        let mut groups: BTreeMap<(&str, SeriesIndex), Vec<u32>> = BTreeMap::new();
        for (at, record) in (0..).zip(all.iter()) {
            let key = (&*record.indicator, record.series);
            groups.entry(key).or_default().push(at);
        }
        let mut by_definition = BTreeMap::new();
        for (at, ((_, series), positions)) in groups.iter().enumerate() {
            let first = positions
                .first()
                .and_then(|first| all.get(usize::try_from(*first).ok()?));
            if let Some(outcome) = first.and_then(measured_outcome) {
                by_definition.entry((outcome.into(), *series)).or_insert(at);
            }
        }
        IndicatorIndex {
            groups: groups.into_values().collect(),
            by_definition,
        }
    }

    /// The indicators of the cycle that the index was made of.
    pub fn groups<'c>(&'c self, cycle: &'c Cycle) -> IndicatorGroups<'c> {
        IndicatorGroups {
            index: self,
            all: &cycle.records.indicators,
        }
    }
}

/// The indicators of a cycle, sorted by identifier and series.
#[derive(Clone, Copy, Debug)]
pub struct IndicatorGroups<'c> {
    index: &'c IndicatorIndex,
    all: &'c [IndicatorSeries],
}

impl<'c> IndicatorGroups<'c> {
    fn group(&self, positions: &'c [u32]) -> Option<IndicatorGroup<'c>> {
        let first = usize::try_from(*positions.first()?).ok()?;
        Some(IndicatorGroup {
            all: self.all,
            positions,
            first: self.all.get(first)?,
        })
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.index.groups.is_empty()
    }

    /// Each of them.
    pub fn each(self) -> impl Iterator<Item = IndicatorGroup<'c>> {
        let groups = self.index.groups.iter();
        groups.filter_map(move |positions| self.group(positions))
    }

    /// The series of an indicator, ignoring case.
    pub fn named(self, indicator: &str) -> impl Iterator<Item = IndicatorGroup<'c>> {
        self.each()
            .filter(move |group| group.indicator().eq_ignore_ascii_case(indicator))
    }

    /// One series of an indicator.
    pub fn find(self, indicator: &str, series: SeriesIndex) -> Option<IndicatorGroup<'c>> {
        let groups = &self.index.groups;
        let key = |positions: &'c Vec<u32>| {
            let group = self.group(positions);
            group.map(|group| (group.indicator(), group.series()))
        };
        let wanted = Some((indicator, series));
        let at = groups
            .binary_search_by(|positions| key(positions).cmp(&wanted))
            .ok()?;
        self.group(groups.get(at)?)
    }

    /// The indicator that measures an outcome: the one with its identifier, or else the first that
    /// is defined to measure it.
    pub fn measuring(self, outcome: &str, series: SeriesIndex) -> Option<IndicatorGroup<'c>> {
        self.find(outcome, series).or_else(|| {
            let at = self.index.by_definition.get(&(outcome.into(), series))?;
            self.group(self.index.groups.get(*at)?)
        })
    }
}

/// The outcome that a record is defined to measure.
fn measured_outcome(record: &IndicatorSeries) -> Option<&str> {
    record.definition.as_ref()?.outcome.as_deref()
}

/// A body's own series of the indicator that measures an outcome.
pub(crate) fn own_series<'c>(
    cycle: &'c Cycle,
    body: BodyIndex,
    outcome: &str,
    series: SeriesIndex,
) -> Option<&'c IndicatorSeries> {
    series_of_outcome(cycle, body, outcome, series, SeriesRole::Own)
}

/// A body's series of a role, of the indicator that measures an outcome.
pub(crate) fn series_of_outcome<'c>(
    cycle: &'c Cycle,
    body: BodyIndex,
    outcome: &str,
    series: SeriesIndex,
    role: SeriesRole,
) -> Option<&'c IndicatorSeries> {
    let of_body = cycle.records.indicators.get(cycle.indicators_of(body))?;
    let candidates = || {
        let records = of_body.iter();
        records.filter(|record| record.series == series && record.role == role)
    };
    candidates()
        .find(|record| *record.indicator == *outcome)
        .or_else(|| candidates().find(|record| measured_outcome(record) == Some(outcome)))
}
