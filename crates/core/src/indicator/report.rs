//! One indicator, compared among all bodies of a cycle.

use super::{
    Benchmark, Distribution, Figures, IndicatorGroup, IndicatorValue, MIN_RANKED, NoGrowth,
    Outlier, PeriodForm, Rank, SeriesRole, TargetYear, any_growth, begun, growth, ranks,
    trajectory, value_in,
};
use crate::body::{BodyIndex, BodyKind};
use crate::cycle::Cycle;
use crate::outcome::{Better, NoRate, SeriesIndex, YearSpan};
use crate::record::IndicatorSeries;
use std::collections::BTreeMap;

/// The span over which growth is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrowthSpan {
    /// Its years; the last is the compared one.
    pub years: YearSpan,
    /// Whether it is the framework's span. Otherwise its rates are not comparable with aspirations
    /// or with rates over the framework's span.
    pub is_frameworks: bool,
}

/// Where the national value lies in relation to a confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalMark {
    /// Within the interval.
    Includes,
    /// The whole interval is better than the national value.
    Better,
    /// The whole interval is worse than the national value.
    Worse,
}

/// One body's series, compared.
#[derive(Clone, Debug)]
pub struct BodyIndicator<'c> {
    /// The body.
    pub body: BodyIndex,
    /// Its own series; `None` if it has targets only.
    pub record: Option<&'c IndicatorSeries>,
    /// Its value in the compared period.
    pub value: Option<IndicatorValue>,
    /// Its rank by that value.
    pub level: Option<Rank>,
    /// Whether that value is an outlier.
    pub level_outlier: Option<Outlier>,
    /// Its confidence interval against the national value.
    pub interval: Option<IntervalMark>,
    /// Its growth rate over the compared span, in percent a year; or why there is none.
    pub growth: Result<f64, NoGrowth>,
    /// Its rank by improvement over the compared span.
    pub improvement: Option<Rank>,
    /// Whether that rate is an outlier.
    pub growth_outlier: Option<Outlier>,
    /// If it has no rate over the compared span: its rate over the longest span that has one, and
    /// the latest of these. It is neither compared nor ranked.
    pub other_growth: Option<(f64, YearSpan)>,
    /// Its comparison group.
    pub peers: Option<&'c str>,
    /// What it aimed for, beside what happened.
    pub trajectory: Vec<TargetYear>,
}

impl<'c> BodyIndicator<'c> {
    /// Its own values, sorted by year.
    pub fn values(&self) -> &'c [IndicatorValue] {
        self.record.map_or(&[], |record| &record.values)
    }
}

/// How the compared period was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodChoice {
    /// The latest for which at least half of the PCTs with values have one.
    Latest,
    /// No period has values of half of the PCTs: the latest of those with the most.
    Widest {
        /// The number of PCTs with a value in it.
        count: usize,
    },
    /// No PCT has a value: the latest of any body. Nothing is compared.
    OfOthers,
}

/// One indicator and one part of the population, compared among all bodies of a cycle.
///
/// Only PCTs are compared. Other bodies are listed without ranks.
#[derive(Clone, Debug)]
pub struct IndicatorReport<'c> {
    pub(super) cycle: &'c Cycle,
    /// Identifier of the indicator.
    pub indicator: &'c str,
    /// Its title.
    pub title: &'c str,
    /// Unit of its values.
    pub unit: &'c str,
    /// Which direction is better.
    pub better: Better,
    /// The outcome that it measures, if it measures one.
    pub outcome: Option<&'c str>,
    /// Source of the definition.
    pub source: Option<&'c str>,
    /// The part of the population that it counts.
    pub series: SeriesIndex,
    /// The form of its periods.
    pub form: PeriodForm,
    /// The compared period; `None` if no body has a value. Periods that begin after the date of the
    /// cycle are not used.
    pub year: Option<i16>,
    /// How it was chosen.
    pub choice: PeriodChoice,
    /// Whether some values are of periods that begin after the date of the cycle.
    pub has_later: bool,
    /// Number of PCTs with a value in any period.
    pub with_values: usize,
    /// The spread of the values in the compared period.
    pub level: Option<Distribution>,
    /// The span over which growth is compared.
    pub span: Option<GrowthSpan>,
    /// The spread of the growth rates over that span.
    pub improvement: Option<Distribution>,
    /// The national benchmark.
    pub national: Benchmark,
    /// The best tenth.
    pub top_decile: Benchmark,
    peers: BTreeMap<&'c str, Benchmark>,
    /// Comparison groups for which sources give figures that contradict one another.
    pub(super) contradicted: BTreeMap<&'c str, Vec<&'c IndicatorSeries>>,
    /// Each body with a series of its own, sorted by code.
    pub bodies: Vec<BodyIndicator<'c>>,
}

impl<'c> IndicatorReport<'c> {
    /// Compares the series of an indicator. `None` if the cycle has no definition of it.
    pub fn of(cycle: &'c Cycle, group: &IndicatorGroup<'c>) -> Option<IndicatorReport<'c>> {
        let mut report = IndicatorReport::blank(cycle, group.first)?;
        report.bodies = own_bodies(cycle, group);
        report.choose_year();
        report.compare_levels();
        report.compare_growth();
        report.take_given(group);
        report.mark_intervals();
        let organisations = &cycle.organisations;
        report
            .bodies
            .sort_by_key(|body| &organisations.body(body.body).code);
        Some(report)
    }

    fn blank(cycle: &'c Cycle, first: &'c IndicatorSeries) -> Option<IndicatorReport<'c>> {
        let known = cycle.framework.find_outcome(&first.indicator);
        let (title, unit, better, outcome, source) = match (&first.definition, known) {
            (Some(own), _) => (
                &*own.title,
                &*own.unit,
                own.better,
                own.outcome.as_deref(),
                own.source.as_deref(),
            ),
            (None, Some(known)) => (
                known.title.as_str(),
                known.unit.as_str(),
                known.better,
                Some(known.id.as_str()),
                known.source.as_deref(),
            ),
            (None, None) => return None,
        };
        Some(IndicatorReport {
            cycle,
            indicator: &first.indicator,
            title,
            unit,
            better,
            outcome,
            source,
            series: first.series,
            form: first.form,
            year: None,
            choice: PeriodChoice::Latest,
            has_later: false,
            with_values: 0,
            level: None,
            span: None,
            improvement: None,
            national: Benchmark::default(),
            top_decile: Benchmark::default(),
            peers: BTreeMap::new(),
            contradicted: BTreeMap::new(),
            bodies: Vec::new(),
        })
    }

    /// The framework's span, in years.
    pub(super) fn frameworks_span(&self) -> u16 {
        self.cycle.framework.outcomes.span_years.max(1)
    }

    fn is_compared(&self, body: &BodyIndicator<'_>) -> bool {
        self.cycle.organisations.body(body.body).kind == BodyKind::Pct
    }

    /// The PCTs, which are compared.
    fn compared(&self) -> impl Iterator<Item = &BodyIndicator<'c>> {
        self.bodies.iter().filter(|body| self.is_compared(body))
    }

    /// The benchmark of a comparison group.
    pub fn peers_of(&self, body: &BodyIndicator<'_>) -> Benchmark {
        let found = body.peers.and_then(|group| self.peers.get(group));
        found.copied().unwrap_or_default()
    }

    /// Each comparison group with its benchmark.
    pub fn each_peers(&self) -> impl Iterator<Item = (&'c str, Benchmark)> {
        self.peers
            .iter()
            .map(|(group, benchmark)| (*group, *benchmark))
    }

    /// One body of the report.
    pub fn body(&self, body: BodyIndex) -> Option<&BodyIndicator<'c>> {
        self.bodies.iter().find(|of| of.body == body)
    }

    /// The values of a body up to the date of the cycle.
    fn known<'b>(&self, values: &'b [IndicatorValue]) -> &'b [IndicatorValue] {
        begun(values, self.form, self.cycle.as_of)
    }

    /// The periods with values of some bodies, each with the number of bodies; and the number of
    /// bodies with any value.
    fn counts<'b>(
        &self,
        bodies: impl Iterator<Item = &'b BodyIndicator<'c>>,
    ) -> (BTreeMap<i16, usize>, usize)
    where
        'c: 'b,
    {
        let mut counts: BTreeMap<i16, usize> = BTreeMap::new();
        let mut with_values = 0;
        for body in bodies {
            let values = self.known(body.values()).iter();
            let mut has_any = false;
            for value in values.filter(|value| value.value.is_some()) {
                *counts.entry(value.year).or_default() += 1;
                has_any = true;
            }
            with_values += usize::from(has_any);
        }
        (counts, with_values)
    }

    /// Finds the compared period, and the value of each body in it.
    fn choose_year(&mut self) {
        let (counts, with_values) = self.counts(self.compared());
        self.with_values = with_values;
        let mut latest_first = counts.iter().rev();
        let wide = latest_first.find(|(_, count)| **count * 2 >= with_values);
        let most = counts.values().max().copied().unwrap_or_default();
        let widest = || counts.iter().rev().find(|(_, count)| **count == most);
        (self.year, self.choice) = match (wide, widest()) {
            (Some((year, _)), _) => (Some(*year), PeriodChoice::Latest),
            (None, Some((year, count))) => (Some(*year), PeriodChoice::Widest { count: *count }),
            (None, None) => {
                let (counts, _) = self.counts(self.bodies.iter());
                (counts.keys().next_back().copied(), PeriodChoice::OfOthers)
            }
        };
        let mut bodies = self.bodies.iter();
        self.has_later = bodies.any(|body| self.known(body.values()).len() < body.values().len());
        let year = self.year;
        for body in &mut self.bodies {
            let value = year.and_then(|year| value_in(body.values(), year));
            body.value = value.filter(|value| value.value.is_some()).copied();
        }
    }

    fn compare_levels(&mut self) {
        let values: Vec<(BodyIndex, f64)> = self
            .compared()
            .filter_map(|body| Some((body.body, body.value?.value?)))
            .collect();
        let better = self.better;
        self.level = Distribution::of(better, values.iter().map(|(_, value)| *value));
        self.national.level.computed = mean(values.iter().map(|(_, value)| *value));
        self.national.level.among = values.len();
        self.top_decile.level.computed = self.level.map(|level| level.top_decile);
        self.top_decile.level.among = values.len();
        for (group, figures) in self.by_group(&values) {
            let level = &mut self.peers.entry(group).or_default().level;
            level.computed = mean(figures.iter().copied()).filter(|_| figures.len() > 1);
            level.among = figures.len();
        }
        let ranked = ranked(better, &values);
        let level = self.level;
        for body in &mut self.bodies {
            body.level = ranked.get(&body.body).copied();
            body.level_outlier = body.level.and_then(|_| level?.outlier(body.value?.value?));
        }
    }

    /// The figures of each comparison group, in the order of the bodies.
    fn by_group<T: Copy>(&self, figures: &[(BodyIndex, T)]) -> BTreeMap<&'c str, Vec<T>> {
        let mut groups: BTreeMap<&str, Vec<T>> = BTreeMap::new();
        for (body, figure) in figures {
            let group = self.cycle.organisations.body(*body).ons_cluster.as_deref();
            if let Some(group) = group {
                groups.entry(group).or_default().push(*figure);
            }
        }
        groups
    }

    /// The framework's span if enough PCTs have a rate over it, or else the longest shorter one.
    fn choose_span(&self) -> Option<GrowthSpan> {
        let to = self.year?;
        let longest = self.frameworks_span();
        let years = |length: u16| {
            let from = i16::try_from(i32::from(to) - i32::from(length)).ok()?;
            Some(YearSpan { from, to })
        };
        let is_wide = |years: &YearSpan| {
            let rates = self
                .compared()
                .filter(|body| growth(body.values(), *years).is_ok());
            rates.take(MIN_RANKED).count() == MIN_RANKED
        };
        let mut lengths = (1..=longest).rev().filter_map(years);
        let years = lengths.find(is_wide).or_else(|| years(longest))?;
        Some(GrowthSpan {
            years,
            is_frameworks: years.years() == i32::from(longest),
        })
    }

    fn compare_growth(&mut self) {
        self.span = self.choose_span();
        let Some(GrowthSpan { years, .. }) = self.span else {
            return;
        };
        let (form, as_of) = (self.form, self.cycle.as_of);
        for body in &mut self.bodies {
            body.growth = growth(body.values(), years);
            if body.growth.is_err() {
                body.other_growth = any_growth(begun(body.values(), form, as_of));
            }
        }
        let rates: Vec<(BodyIndex, f64)> = self
            .compared()
            .filter_map(|body| Some((body.body, body.growth.ok()?)))
            .collect();
        // The growth of a mean is that of the bodies whose own growth is ranked beside it.
        let ends: Vec<(BodyIndex, (f64, f64))> = self
            .compared()
            .filter(|body| body.growth.is_ok())
            .filter_map(|body| {
                let value = |year| value_in(body.values(), year)?.value;
                Some((body.body, (value(years.from)?, value(years.to)?)))
            })
            .collect();
        let better = self.better;
        self.improvement = Distribution::of(better, rates.iter().map(|(_, rate)| *rate));
        let all: Vec<(f64, f64)> = ends.iter().map(|(_, ends)| *ends).collect();
        self.national.growth = Figures {
            given: None,
            computed: growth_of_mean(&all, years),
            among: all.len(),
        };
        self.top_decile.growth = Figures {
            given: None,
            computed: self.improvement.map(|improvement| improvement.top_decile),
            among: rates.len(),
        };
        for (group, ends) in self.by_group(&ends) {
            self.peers.entry(group).or_default().growth = Figures {
                given: None,
                computed: growth_of_mean(&ends, years).filter(|_| ends.len() > 1),
                among: ends.len(),
            };
        }
        let ranked = ranked(better, &rates);
        let improvement = self.improvement;
        for body in &mut self.bodies {
            body.improvement = ranked.get(&body.body).copied();
            let rate = body.improvement.and(body.growth.ok());
            body.growth_outlier = rate.and_then(|rate| improvement?.outlier(rate));
        }
    }

    /// Takes the benchmarks that sources give.
    fn take_given(&mut self, group: &IndicatorGroup<'c>) {
        let (year, span) = (self.year, self.span);
        let level = |record: &IndicatorSeries| value_in(&record.values, year?)?.value;
        let rate = |record: &IndicatorSeries| growth(&record.values, span?.years).ok();
        for record in group.of_role(SeriesRole::National).take(1) {
            self.national.level.given = level(record);
            self.national.growth.given = rate(record);
        }
        // The growth of a decile of levels is not the decile of the rates.
        for record in group.of_role(SeriesRole::TopDecile).take(1) {
            self.top_decile.level.given = level(record);
        }
        let mut by_group: BTreeMap<&str, Vec<&IndicatorSeries>> = BTreeMap::new();
        for record in group.of_role(SeriesRole::Peers) {
            let body = self.cycle.organisations.body(record.body);
            let name = body.ons_cluster.as_deref().unwrap_or(body.name.as_str());
            by_group.entry(name).or_default().push(record);
            if let Some(own) = self.bodies.iter_mut().find(|own| own.body == record.body) {
                own.peers = Some(name);
            }
        }
        for (name, records) in by_group {
            let peers = self.peers.entry(name).or_default();
            if contradict(&records) {
                self.contradicted.insert(name, records);
                continue;
            }
            peers.level.given = records.iter().find_map(|record| level(record));
            peers.growth.given = records.iter().find_map(|record| rate(record));
        }
        for record in group.of_role(SeriesRole::Target) {
            let better = self.better;
            if let Some(own) = self.bodies.iter_mut().find(|own| own.body == record.body) {
                own.trajectory = trajectory(better, &record.values, own.values());
            }
        }
    }

    fn mark_intervals(&mut self) {
        let (better, national) = (self.better, self.national.level.preferred());
        for body in &mut self.bodies {
            let limits = body.value.and_then(|value| value.limits);
            body.interval = limits.zip(national).map(|(limits, national)| {
                let (lower, upper) = (limits.lower, limits.upper);
                if (lower..=upper).contains(&national) {
                    IntervalMark::Includes
                } else if (lower > national) == (better == Better::Higher) {
                    IntervalMark::Better
                } else {
                    IntervalMark::Worse
                }
            });
        }
    }
}

/// Each body with a series of its own or with targets.
fn own_bodies<'c>(cycle: &'c Cycle, group: &IndicatorGroup<'c>) -> Vec<BodyIndicator<'c>> {
    let mut records: BTreeMap<BodyIndex, Option<&IndicatorSeries>> = BTreeMap::new();
    for record in group.of_role(SeriesRole::Target) {
        records.insert(record.body, None);
    }
    for record in group.of_role(SeriesRole::Own) {
        records.insert(record.body, Some(record));
    }
    let own = records.into_iter().map(|(body, record)| BodyIndicator {
        body,
        record,
        value: None,
        level: None,
        level_outlier: None,
        interval: None,
        growth: Err(NoGrowth::Undefined(NoRate::NoValues)),
        improvement: None,
        growth_outlier: None,
        other_growth: None,
        peers: cycle.organisations.body(body).ons_cluster.as_deref(),
        trajectory: Vec::new(),
    });
    own.collect()
}

/// Whether two records give different figures for a period.
fn contradict(records: &[&IndicatorSeries]) -> bool {
    let mut known: BTreeMap<i16, f64> = BTreeMap::new();
    let mut values = records.iter().flat_map(|record| record.values.iter());
    values.any(|value| {
        value.value.is_some_and(|figure| {
            let first = *known.entry(value.year).or_insert(figure);
            first.total_cmp(&figure).is_ne()
        })
    })
}

fn ranked(better: Better, figures: &[(BodyIndex, f64)]) -> BTreeMap<BodyIndex, Rank> {
    let signed: Vec<f64> = figures
        .iter()
        .map(|(_, figure)| better.improvement(*figure))
        .collect();
    let bodies = figures.iter().map(|(body, _)| *body);
    bodies.zip(ranks(&signed).unwrap_or_default()).collect()
}

/// The unweighted mean; `None` of nothing.
fn mean(figures: impl ExactSizeIterator<Item = f64>) -> Option<f64> {
    // Numbers of bodies are exact.
    #[expect(clippy::cast_precision_loss, reason = "a number of bodies")]
    let count = figures.len() as f64;
    (count > 0.0).then(|| figures.sum::<f64>() / count)
}

/// The growth rate of the mean of pairs of a first and a last value.
fn growth_of_mean(ends: &[(f64, f64)], span: YearSpan) -> Option<f64> {
    let start = mean(ends.iter().map(|(start, _)| *start))?;
    let end = mean(ends.iter().map(|(_, end)| *end))?;
    crate::outcome::growth_rate(start, end, f64::from(span.years())).ok()
}
