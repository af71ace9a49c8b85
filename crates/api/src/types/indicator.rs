//! Indicators: published series of figures.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::ids::{Kind, NodeId};
use super::output::Output;
use crate::project::cursor::{After, ListItem, Part, Place};
use crate::project::leaves::Id;
use crate::project::{Failure, connection, object};
use wcc_core::BodyIndex;
use wcc_core::indicator::{
    Benchmark, BodyIndicator, Figures, IndicatorDefinition, IndicatorGroup, IndicatorReport,
    IndicatorValue, PeriodForm, Rank, SeriesRole, TargetYear,
};
use wcc_core::outcome::{Better, OutcomeDefinition, YearSpan};
use wcc_core::record as core;

/// A series of an indicator for one body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndicatorSeries<'a> {
    pub(super) cycle: Cycle<'a>,
    pub(super) data: &'a core::IndicatorSeries,
}

impl<'a> IndicatorSeries<'a> {
    /// The series of an output's own body.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = IndicatorSeries<'a>> {
        let cycle = &output.cycle.assured.cycle;
        let own = cycle.indicators_of(output.data.body);
        let own = cycle.records.indicators.get(own).unwrap_or_default();
        own.iter().map(move |data| IndicatorSeries {
            cycle: output.cycle,
            data,
        })
    }

    fn values(&self) -> impl Iterator<Item = MeasuredValue> + use<'a> {
        let form = self.data.form;
        let values = self.data.values.iter();
        values.map(move |data| MeasuredValue { form, data: *data })
    }
}

object! {
    /// One series of an indicator: the figures of one body by period.
    IndicatorSeries<'a> as "IndicatorSeries" => |indicator_series| {
        /// Identifier of the indicator.
        indicator: Id<'a> = Id(&indicator_series.data.indicator);
        /// The body that the figures are about, or with which they are recorded.
        body: Body<'a> = Body::of(indicator_series.cycle.body_view(indicator_series.data.body));
        /// Identifier of the series among those that the framework declares: `persons`.
        seriesId: Id<'a> = Id(&indicator_series.cycle.assured.cycle.framework.series_at(indicator_series.data.series).id);
        /// Whose figures these are.
        role: SeriesRole = indicator_series.data.role;
        /// The values by period.
        values: [MeasuredValue; 8] = indicator_series.values();
        /// The level of the confidence limits in percent; null if the source does not give it.
        confidence: Option<f64> = indicator_series.data.confidence;
        /// What was inferred and not read, and from what.
        inferred: Option<&'a str> = indicator_series.data.inferred.as_deref();
        /// Where the values come from.
        source: Option<&'a str> = indicator_series.data.source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = indicator_series.cycle.entry(indicator_series.data.record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = indicator_series.cycle.entered_by(indicator_series.data);
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = indicator_series.cycle.source_of(indicator_series.data.record);
    }
}

/// A value of an indicator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MeasuredValue {
    form: PeriodForm,
    data: IndicatorValue,
}

object! {
    /// The value of an indicator in one period.
    MeasuredValue as "IndicatorValue" => |measured_value| {
        /// The period: `2011`, `2011/12`, `2009-2011`.
        period: String = measured_value.form.period(measured_value.data.year);
        /// The year in which the period starts: 2011 for 2011/12.
        year: i32 = i32::from(measured_value.data.year);
        /// The value in the indicator's unit; null if it is missing.
        value: Option<f64> = measured_value.data.value;
        /// Lower confidence limit.
        lower: Option<f64> = measured_value.data.limits.map(|limits| limits.lower);
        /// Upper confidence limit.
        upper: Option<f64> = measured_value.data.limits.map(|limits| limits.upper);
        /// True if values from this period on are not comparable with earlier ones.
        breakBefore: bool = measured_value.data.break_before;
    }
}

/// One indicator and one part of the population in a cycle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Indicator<'a> {
    cycle: Cycle<'a>,
    /// All of its series.
    group: IndicatorGroup<'a>,
}

impl ListItem for Indicator<'_> {
    fn place(&self) -> Place {
        let series = Part::Number(u32::from(self.group.first.series.0));
        Place::of(vec![
            Part::Text(self.group.first.indicator.to_string()),
            series,
        ])
    }
}

impl<'a> Indicator<'a> {
    /// The indicator of a cycle and series with these identifiers.
    pub(crate) fn with_codes(cycle: Cycle<'a>, code: &str, series: &str) -> Option<Indicator<'a>> {
        let series = cycle.assured.cycle.framework.find_series(series)?;
        let group = cycle.assured.indicators().find(code, series)?;
        Some(Indicator { cycle, group })
    }

    fn series_id(&self) -> &'a str {
        let framework = &self.cycle.assured.cycle.framework;
        &framework.series_at(self.group.first.series).id
    }

    fn id(&self) -> NodeId<'a> {
        let parts = [
            self.cycle.code(),
            &*self.group.first.indicator,
            self.series_id(),
        ];
        NodeId::new(Kind::Indicator, parts)
    }

    fn catalogued(&self) -> Option<&'a OutcomeDefinition> {
        let framework = &self.cycle.assured.cycle.framework;
        framework.find_outcome(&self.group.first.indicator)
    }

    fn defined(&self) -> Option<&'a IndicatorDefinition> {
        self.group.first.definition.as_deref()
    }

    fn title(&self) -> &'a str {
        let title = self.defined().map(|definition| &*definition.title);
        let title = title.or_else(|| Some(self.catalogued()?.title.as_str()));
        title.unwrap_or(&self.group.first.indicator)
    }

    fn unit(&self) -> Option<&'a str> {
        let unit = self.defined().map(|definition| &*definition.unit);
        unit.or_else(|| Some(self.catalogued()?.unit.as_str()))
    }

    fn outcome(&self) -> Option<&'a str> {
        match self.defined() {
            Some(definition) => definition.outcome.as_deref(),
            None => self.catalogued().map(|outcome| outcome.id.as_str()),
        }
    }

    fn source(&self) -> Option<&'a str> {
        match self.defined() {
            Some(definition) => definition.source.as_deref(),
            None => self
                .catalogued()
                .and_then(|outcome| outcome.source.as_deref()),
        }
    }

    fn comparison(&self) -> Option<IndicatorComparison<'a>> {
        let report = IndicatorReport::of(&self.cycle.assured.cycle, &self.group)?;
        Some(IndicatorComparison {
            cycle: self.cycle,
            report,
        })
    }
}

object! {
    /// An indicator and a part of the population that it counts: published figures, compared among
    /// all bodies, whoever chose which outcome.
    Indicator<'a> as "Indicator", implements [Node] => |indicator| {
        /// Global identifier; give it to `node` to ask for the indicator again.
        id: NodeId<'a> = indicator.id();
        /// Identifier: an outcome of the framework's catalogue, or one that the case defines.
        code: Id<'a> = Id(&indicator.group.first.indicator);
        /// Title as printed.
        title: &'a str = indicator.title();
        /// Unit of its values.
        unit: Option<&'a str> = indicator.unit();
        /// Whether more or less is better.
        better: Option<Better> = indicator.group.first.better(&indicator.cycle.assured.cycle.framework);
        /// Identifier of the outcome that it measures, if it measures one.
        outcome: Option<Id<'a>> = indicator.outcome().map(Id);
        /// Identifier of the series among those that the framework declares: `persons`.
        seriesId: Id<'a> = Id(indicator.series_id());
        /// Source of the definition.
        source: Option<&'a str> = indicator.source();
        /// Its figures, compared. Null if no definition is known.
        comparison: Option<IndicatorComparison<'a>> = indicator.comparison();
    }
}

connection! {
    /// A page of indicators, by identifier and series.
    IndicatorConnection as "IndicatorConnection", IndicatorEdge as "IndicatorEdge" of Indicator
}

impl<'a> IndicatorConnection<'a> {
    /// The indicators of a cycle, or one of them.
    pub(crate) fn of(
        cycle: Cycle<'a>,
        code: Option<Id<'_>>,
        series: Option<Id<'_>>,
        first: i32,
        after: After<'_>,
    ) -> Result<IndicatorConnection<'a>, Failure> {
        let framework = &cycle.assured.cycle.framework;
        let series = series.map(|id| {
            framework.find_series(id.0).ok_or_else(|| {
                let ids = framework.series.iter().map(|series| series.id.as_str());
                Failure::unknown_in(&cycle.place_in_words(), "series", id.0, ids)
            })
        });
        let series = series.transpose()?;
        let groups = cycle.assured.indicators();
        if let Some(code) = code
            && groups.named(code.0).next().is_none()
        {
            let ids = groups.each().map(|group| group.indicator());
            return Err(Failure::unknown_in(
                &cycle.place_in_words(),
                "indicator",
                code.0,
                ids,
            ));
        }
        let wanted = groups.each().filter(|group| {
            code.is_none_or(|code| group.indicator().eq_ignore_ascii_case(code.0))
                && series.is_none_or(|series| group.series() == series)
        });
        let list = wanted.map(|group| Indicator { cycle, group });
        IndicatorConnection::page(list, &cycle.list_parent(), first, after)
    }
}

/// An indicator compared among all bodies of a cycle.
#[derive(Clone, Debug)]
pub(crate) struct IndicatorComparison<'a> {
    cycle: Cycle<'a>,
    report: IndicatorReport<'a>,
}

impl IndicatorComparison<'_> {
    fn growth_end(&self, end: impl Fn(YearSpan) -> i16) -> Option<String> {
        let span = self.report.span?;
        Some(self.report.form.period(end(span.years)))
    }

    /// The compared bodies, or those with some codes.
    fn places(
        &self,
        codes: Option<Vec<Id<'_>>>,
    ) -> impl Iterator<Item = IndicatorPlace<'_>> + use<'_> {
        let organisations = &self.cycle.assured.cycle.organisations;
        let wanted: Option<Vec<BodyIndex>> = codes.map(|codes| {
            codes
                .iter()
                .filter_map(|id| organisations.find(id.0))
                .collect()
        });
        let bodies = self.report.bodies.iter();
        let bodies = bodies.filter(move |of| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&of.body))
        });
        bodies.map(|data| IndicatorPlace {
            comparison: self,
            data,
        })
    }
}

object! {
    /// The figures of an indicator, compared among all bodies. `rules` says how.
    IndicatorComparison<'a> as "IndicatorComparison" => |comparison| {
        /// The period whose values are compared: `2012/13`. Null if no body has a value.
        period: Option<String> = comparison.report.period();
        /// The bodies whose values are compared: "151 PCTs with a value for 2012/13".
        levelPopulation: Option<String> = comparison.report.level_population();
        /// The first period of the growth that is compared.
        growthFrom: Option<String> = comparison.growth_end(|years| years.from);
        /// The last period of the growth that is compared.
        growthTo: Option<String> = comparison.growth_end(|years| years.to);
        /// Whether the growth covers the framework's span. Otherwise these rates are compared with
        /// each other only, not with aspirations.
        growthCoversSpan: bool = comparison.report.span.is_some_and(|span| span.is_frameworks);
        /// The bodies whose growth is compared.
        growthPopulation: Option<String> = comparison.report.growth_population();
        /// The national benchmark.
        national: IndicatorBenchmark<'_> = IndicatorBenchmark { name: "national", data: comparison.report.national };
        /// The best tenth.
        topDecile: IndicatorBenchmark<'_> = IndicatorBenchmark { name: "top decile", data: comparison.report.top_decile };
        /// The benchmark of each comparison group, such as an ONS cluster.
        peers: [IndicatorBenchmark<'_>; 12] = comparison.report.each_peers().map(|(name, data)| IndicatorBenchmark { name, data });
        /// The value that divides the best quarter from the rest.
        upperQuartile: Option<f64> = comparison.report.level.map(|level| level.upper_quartile);
        /// The median of the values.
        median: Option<f64> = comparison.report.level.map(|level| level.median);
        /// The value that divides the worst quarter from the rest.
        lowerQuartile: Option<f64> = comparison.report.level.map(|level| level.lower_quartile);
        /// The rules by which the figures are compared, one sentence each.
        rules: [String; 6] = comparison.report.rules();
        /// The bodies with figures of their own, in the order of their codes.
        bodies(
            /// Only these bodies, by code.
            codes: Option<Vec<Id<'_>>>,
        ): [IndicatorPlace<'_>; 152] = comparison.places(codes);
    }
}

/// A benchmark of an indicator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndicatorBenchmark<'a> {
    name: &'a str,
    data: Benchmark,
}

object! {
    /// A benchmark of an indicator.
    IndicatorBenchmark<'a> as "IndicatorBenchmark" => |benchmark| {
        /// Whose it is: "national", "top decile", or the name of a comparison group.
        name: &'a str = benchmark.name;
        /// For the value in the compared period, in the indicator's unit.
        level: BenchmarkFigures = BenchmarkFigures(benchmark.data.level);
        /// For the growth over the compared span, in percent a year.
        growth: BenchmarkFigures = BenchmarkFigures(benchmark.data.growth);
    }
}

/// A benchmark as given and as computed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BenchmarkFigures(pub(super) Figures);

object! {
    /// A benchmark as the source gives it and as computed here, kept apart.
    BenchmarkFigures as "BenchmarkFigures" => |BenchmarkFigures(figures)| {
        /// As the source gives it.
        given: Option<f64> = figures.given;
        /// Computed from the bodies of the cycle.
        computed: Option<f64> = figures.computed;
        /// Number of bodies behind the computed figure.
        among: i32 = i32::try_from(figures.among).unwrap_or(i32::MAX);
        /// The computed figure less the given one, if there are both.
        difference: Option<f64> = figures.difference();
    }
}

/// A body's figures in a comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndicatorPlace<'a> {
    comparison: &'a IndicatorComparison<'a>,
    data: &'a BodyIndicator<'a>,
}

impl<'a> IndicatorPlace<'a> {
    fn series(&self) -> Option<IndicatorSeries<'a>> {
        Some(IndicatorSeries {
            cycle: self.comparison.cycle,
            data: self.data.record?,
        })
    }

    fn targets(&self) -> impl Iterator<Item = TrajectoryYear> + use<'a> {
        let form = self.comparison.report.form;
        let years = self.data.trajectory.iter();
        years.map(move |data| TrajectoryYear { form, data: *data })
    }
}

object! {
    /// A body's figures in the comparison of an indicator.
    IndicatorPlace<'a> as "IndicatorPlace" => |place| {
        /// The body.
        body: Body<'a> = Body::of(place.comparison.cycle.body_view(place.data.body));
        /// Its series, with all values; null if it has targets only.
        series: Option<IndicatorSeries<'a>> = place.series();
        /// Its value in the compared period, in the indicator's unit.
        value: Option<f64> = place.data.value.and_then(|value| value.value);
        /// Its rank by that value; null if it has none, is not a PCT, or fewer than four have one.
        levelRank: Option<IndicatorRank> = place.data.level.map(IndicatorRank);
        /// "an outlier, better" or "an outlier, worse" if the value lies more than 1.5 interquartile
        /// ranges beyond a quartile.
        levelOutlier: Option<&'a str> = place.data.level_outlier.map(|outlier| outlier.in_words());
        /// What its confidence interval says of the national value: it "includes", "is better than"
        /// or "is worse than" it.
        interval: Option<&'a str> = place.data.interval.map(|mark| mark.in_words());
        /// Its growth over the compared span, in percent a year.
        growth: Option<f64> = place.data.growth.ok();
        /// The reason why there is no growth: "a break in the series in 2010".
        growthNotAvailable: Option<String> = place.data.growth.err().map(|reason| place.comparison.report.reason(reason));
        /// Its rank by improvement over the compared span.
        improvementRank: Option<IndicatorRank> = place.data.improvement.map(IndicatorRank);
        /// "an outlier, better" or "an outlier, worse", as `levelOutlier`.
        growthOutlier: Option<&'a str> = place.data.growth_outlier.map(|outlier| outlier.in_words());
        /// Its comparison group, if the tables of bodies name one.
        peers: Option<&'a str> = place.data.peers;
        /// What it aimed for, beside what happened.
        trajectory: [TrajectoryYear; 5] = place.targets();
        /// Its figures in sentences: value, growth, benchmarks and trajectory.
        inWords: [String; 8] = place.comparison.report.lines_of(place.data);
    }
}

/// A rank among comparable figures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndicatorRank(Rank);

object! {
    /// A rank among the PCTs with comparable figures of an indicator.
    IndicatorRank as "IndicatorRank" => |IndicatorRank(rank)| {
        /// The place; 1 is best, and equal figures share the better place.
        place: i32 = i32::try_from(rank.place).unwrap_or(i32::MAX);
        /// The number of PCTs ranked.
        among: i32 = i32::try_from(rank.among).unwrap_or(i32::MAX);
        /// The quartile of the place; 1 is best.
        quartile: i32 = i32::from(rank.quartile);
    }
}

/// One year of a trajectory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrajectoryYear {
    form: PeriodForm,
    data: TargetYear,
}

object! {
    /// One period of a trajectory, beside what was measured.
    TrajectoryYear as "TrajectoryYear" => |year| {
        /// The period.
        period: String = year.form.period(year.data.year);
        /// The value aimed for, in the indicator's unit.
        target: f64 = year.data.target;
        /// The value measured.
        actual: Option<f64> = year.data.actual;
        /// The measured value less the target.
        gap: Option<f64> = year.data.gap();
        /// The gap in words: "0.4 above the trajectory, worse".
        inWords: String = year.data.in_words();
    }
}
