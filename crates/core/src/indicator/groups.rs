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
#[derive(Clone, Debug)]
pub struct IndicatorGroup<'c> {
    /// Identifier of the indicator.
    pub indicator: &'c str,
    /// The part of the population that it counts.
    pub series: SeriesIndex,
    /// Sorted by body and role.
    pub(super) records: Vec<&'c IndicatorSeries>,
}

impl<'c> IndicatorGroup<'c> {
    /// Any of its series: all agree on the definition and on the form of periods.
    pub fn first(&self) -> Option<&'c IndicatorSeries> {
        self.records.first().copied()
    }

    /// The records of a role.
    pub(super) fn of_role(&self, role: SeriesRole) -> impl Iterator<Item = &'c IndicatorSeries> {
        let records = self.records.iter().copied();
        records.filter(move |record| record.role == role)
    }
}

/// The indicators of a cycle, sorted by identifier and series.
#[derive(Clone, Debug, Default)]
pub struct IndicatorGroups<'c>(Vec<IndicatorGroup<'c>>);

impl<'c> IndicatorGroups<'c> {
    /// The indicators of a cycle.
    pub fn of(cycle: &'c Cycle) -> IndicatorGroups<'c> {
        let mut groups: BTreeMap<(&str, SeriesIndex), Vec<&IndicatorSeries>> = BTreeMap::new();
        for record in &cycle.records.indicators {
            let key = (&*record.indicator, record.series);
            groups.entry(key).or_default().push(record);
        }
        let groups = groups.into_iter();
        let groups = groups.map(|((indicator, series), records)| IndicatorGroup {
            indicator,
            series,
            records,
        });
        IndicatorGroups(groups.collect())
    }

    /// Each of them.
    pub fn each(&self) -> impl ExactSizeIterator<Item = &IndicatorGroup<'c>> {
        self.0.iter()
    }

    /// The series of an indicator, ignoring case.
    pub fn named(&self, indicator: &str) -> impl Iterator<Item = &IndicatorGroup<'c>> {
        let groups = self.0.iter();
        groups.filter(move |group| group.indicator.eq_ignore_ascii_case(indicator))
    }

    /// The indicator that measures an outcome: the one with its identifier, or else the first that
    /// is defined to measure it.
    pub fn measuring(&self, outcome: &str, series: SeriesIndex) -> Option<&IndicatorGroup<'c>> {
        let mut of_series = self.0.iter().filter(|group| group.series == series);
        let mut by_definition = of_series.clone();
        of_series
            .find(|group| group.indicator == outcome)
            .or_else(|| {
                by_definition.find(|group| measures(group.records.first().copied(), outcome))
            })
    }
}

/// Whether a record is defined to measure an outcome.
fn measures(record: Option<&IndicatorSeries>, outcome: &str) -> bool {
    let definition = record.and_then(|record| record.definition.as_ref());
    definition.is_some_and(|definition| definition.outcome.as_deref() == Some(outcome))
}

/// A body's own series of the indicator that measures an outcome.
pub(crate) fn own_series<'c>(
    cycle: &'c Cycle,
    body: BodyIndex,
    outcome: &str,
    series: SeriesIndex,
) -> Option<&'c IndicatorSeries> {
    let own = cycle.records.indicators.get(cycle.indicators_of(body))?;
    let own = || {
        let own = own.iter();
        own.filter(|record| record.series == series && record.role == SeriesRole::Own)
    };
    own()
        .find(|record| *record.indicator == *outcome)
        .or_else(|| own().find(|record| measures(Some(record), outcome)))
}
