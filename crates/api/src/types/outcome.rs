//! `OutcomeResult`: one series of one health outcome of a PCT, compared.

use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::enums::Series;
use super::indicator::BenchmarkFigures;
use super::output::Output;
use super::plugin::PluginRun;
use super::rulebook::{Outcome, OutcomeAim};
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope, YearSpan, YearValue};
use wcc_core::output as core;
use wcc_core::percent;
use wcc_core::record::{ChosenOutcome, Topic};

/// An outcome of an output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeResult<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// The result.
    pub(crate) data: &'a core::OutcomeResult,
}

impl<'a> OutcomeResult<'a> {
    fn chosen(&self) -> &'a ChosenOutcome {
        self.data.record(&self.cycle.assured.cycle)
    }

    fn series(&self) -> &'a wcc_core::outcome::Series {
        let framework = &self.cycle.assured.cycle.framework;
        framework.series_at(self.chosen().series)
    }

    fn historic(&self) -> Rate {
        let rate = self.data.historic.ok();
        Rate {
            value: rate.map(|rate| rate.percent),
            in_words: rate.map(|rate| rate.in_words()),
            why_not: self.data.historic.err().map(|reason| reason.to_string()),
            years: rate.and_then(|rate| rate.years),
            computed: rate.is_some_and(|rate| rate.computed),
            comparable: rate.is_some_and(|rate| rate.comparable),
        }
    }

    fn placing(&self, placing: Option<core::Placing>) -> Option<Placing<'a>> {
        let data = placing?;
        Some(Placing {
            cycle: self.cycle,
            data,
        })
    }

    fn replaces(&self) -> impl Iterator<Item = OutcomeReference<'a>> + use<'a> {
        let cycle = self.cycle;
        let ids = self.chosen().selection.replaces.iter();
        ids.map(move |id| OutcomeReference { cycle, id })
    }

    fn aim(&self) -> Option<OutcomeAim<'a>> {
        let id = self.chosen().selection.aim.as_deref()?;
        let outcomes = &self.cycle.assured.cycle.framework.outcomes;
        outcomes.find_aim(id).map(OutcomeAim)
    }

    /// The definition in the framework's catalogue, or else in that of a plugin of the cycle.
    fn definition(&self) -> Option<&'a OutcomeDefinition> {
        let id = self.chosen().outcome.as_ref();
        let national = self.cycle.assured.cycle.framework.find_outcome(id);
        national.or_else(|| {
            let runs = self.cycle.assured.assurance.plugins.iter();
            let mut regional = runs.flat_map(|run| &run.outcomes);
            regional.find(|definition| definition.id == id)
        })
    }
}

object! {
    /// One series of one health outcome that a PCT has, with its benchmarks and aspiration. All
    /// rates are compound annual growth rates in percent.
    OutcomeResult<'a> as "OutcomeResult" => |outcome_result| {
        /// Its number in the PCT's list, from 1.
        slot: i32 = i32::from(outcome_result.chosen().slot);
        /// Identifier in the framework's catalogue, or a plugin's.
        code: Id<'a> = Id(&outcome_result.chosen().outcome);
        /// Title as the PCT prints it.
        title: &'a str = outcome_result.chosen().title.as_ref();
        /// Unit of its values; null if no catalogue gives it.
        unit: Option<&'a str> = outcome_result.definition().map(|definition| definition.unit.as_str());
        /// Its entry in the framework's catalogue, or a plugin's.
        definition: Option<Outcome<'a>> = outcome_result.definition().map(Outcome);
        /// Whether more or less is better.
        better: Better = outcome_result.chosen().better;
        /// Whether it is set nationally or was chosen locally.
        scope: OutcomeScope = outcome_result.chosen().scope;
        /// The people counted; null for a series that the schema does not name, see `seriesId`.
        series: Option<Series> = Series::of_id(&outcome_result.series().id);
        /// Identifier of the series among those that the framework declares: `persons`.
        seriesId: Id<'a> = Id(&outcome_result.series().id);
        /// What sentences call the series: `males`.
        seriesTitle: &'a str = outcome_result.series().title.as_str();
        /// Whether it was newly selected this year.
        newlySelected: bool = outcome_result.chosen().newly_selected;
        /// When it was selected, in the source's words: "2009/10".
        selected: Option<&'a str> = outcome_result.chosen().selection.date.as_deref();
        /// Last year's outcomes that it replaced, alone or with other outcomes.
        replaces: [OutcomeReference<'a>; 1] = outcome_result.replaces();
        /// Why it was selected or replaced another.
        selectionReason: Option<&'a str> = outcome_result.chosen().selection.reason.as_deref();
        /// The framework's aim that it serves; null if nobody said.
        aim: Option<OutcomeAim<'a>> = outcome_result.aim();
        /// The goal of the strategic plan that it serves, in the body's words.
        goal: Option<&'a str> = outcome_result.chosen().selection.goal.as_deref();
        /// The PCT's own historic rate of change: as stated by the source, or else computed from
        /// the values. It can be compared with the other rates only if it is `comparable`.
        historic: Rate = outcome_result.historic();
        /// The national rate as the source states it; `indicatorBenchmarks` has the rate that an
        /// indicator gives, and the computed one.
        national: Rate = Rate::stated(outcome_result.chosen().rates.national);
        /// The rate of the comparable bodies as the source states it; see `indicatorBenchmarks`.
        peers: Rate = Rate::stated(outcome_result.chosen().rates.ons_cluster);
        /// The rate of the PCT's cluster in the area classification of the Office for National
        /// Statistics.
        #[deprecated = "Use `peers`."]
        onsCluster: Rate = Rate::stated(outcome_result.chosen().rates.ons_cluster);
        /// The rate of the tenth of PCTs that improved most, as the source states it; see
        /// `indicatorBenchmarks`.
        topDecile: Rate = Rate::stated(outcome_result.chosen().rates.top_decile);
        /// Growth of the benchmarks of the indicator that measures the outcome, as its source gives
        /// them and as computed from all PCTs, over the framework's span. Null if no indicator does, or if it covers another span.
        indicatorBenchmarks: Option<IndicatorBenchmarks> = outcome_result.data.benchmarks.as_deref().copied().map(IndicatorBenchmarks);
        /// The rate to which the PCT aspires.
        aspiration: Rate = Rate::stated(outcome_result.chosen().rates.aspiration);
        /// Its rank by rate of improvement among the cycle's PCTs with the same outcome and a rate
        /// over the framework's span; null if fewer than four can be compared, or if its own rate
        /// covers other years.
        improvementPlace: Option<Placing<'a>> = outcome_result.placing(outcome_result.data.improvement);
        /// Its rank by latest value among the cycle's PCTs with a value for the same year; null if
        /// fewer than four can be compared.
        levelPlace: Option<Placing<'a>> = outcome_result.placing(outcome_result.data.level);
        /// The latest value in the outcome's unit, if values are given.
        latest: Option<f64> = outcome_result.data.latest;
        /// The year of the latest value.
        latestYear: Option<i32> = outcome_result.data.latest_year.map(i32::from);
        /// Values by year, if they are given.
        values: [OutcomeValue; 8] = outcome_result.chosen().values.iter().copied().map(OutcomeValue);
        /// The position over the last year as the source states it: "improved", "slipped", "little
        /// change".
        statedPosition: Option<&'a str> = outcome_result.chosen().stated.position.as_ref().map(|position| position.name());
        /// The change over the last year that the source states, in percent.
        statedChange: Option<f64> = outcome_result.chosen().stated.change.as_ref().map(|change| change.percent);
        /// The source of this change.
        statedChangeSource: Option<&'a str> = outcome_result.chosen().stated.change.as_ref().and_then(|change| change.source.as_deref());
        /// The quartile marks that the report prints for the rate of improvement.
        statedRateQuartile: StatedQuartiles = StatedQuartiles(outcome_result.chosen().stated.rate_quartile);
        /// The quartile marks that the report prints for the level.
        statedLevelQuartile: StatedQuartiles = StatedQuartiles(outcome_result.chosen().stated.level_quartile);
        /// The assessor's comment on the aspiration.
        assessorView: Option<&'a str> = outcome_result.chosen().panel_view.as_deref();
        /// The panel's comment on the aspiration.
        #[deprecated = "Use `assessorView`."]
        panelView: Option<&'a str> = outcome_result.chosen().panel_view.as_deref();
        /// What was inferred and not read, and from what.
        inferred: Option<&'a str> = outcome_result.chosen().inferred.as_deref();
        /// Its source.
        source: Option<&'a str> = outcome_result.chosen().source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = outcome_result.cycle.entry(outcome_result.chosen().record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = outcome_result.cycle.entered_by(outcome_result.chosen());
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = outcome_result.cycle.source_of(outcome_result.chosen().record);
    }
}

/// Benchmarks that an indicator gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IndicatorBenchmarks(core::OutcomeBenchmarks);

object! {
    /// Growth of an indicator's benchmarks over the framework's span, in percent a year. Checks use
    /// them where an outcome states no benchmark.
    IndicatorBenchmarks as "IndicatorBenchmarks" => |IndicatorBenchmarks(benchmarks)| {
        /// National.
        national: BenchmarkFigures = BenchmarkFigures(benchmarks.national);
        /// The comparison group of the PCT.
        peers: BenchmarkFigures = BenchmarkFigures(benchmarks.peers);
        /// The rate at which the tenth of PCTs that improved most begins.
        topDecile: BenchmarkFigures = BenchmarkFigures(benchmarks.top_decile);
    }
}

/// A reference to a health outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeReference<'a> {
    cycle: Cycle<'a>,
    id: &'a str,
}

impl<'a> OutcomeReference<'a> {
    /// The outcomes named by topics.
    pub(crate) fn all(
        cycle: Cycle<'a>,
        about: &'a [Topic],
    ) -> impl Iterator<Item = OutcomeReference<'a>> + use<'a> {
        about.iter().filter_map(move |topic| match topic {
            Topic::Outcome(id) => Some(OutcomeReference { cycle, id }),
            Topic::Subject(_) | Topic::Outcomes => None,
        })
    }

    fn definition(&self) -> Option<&'a OutcomeDefinition> {
        self.cycle.assured.cycle.framework.find_outcome(self.id)
    }
}

object! {
    /// A health outcome that something refers to.
    OutcomeReference<'a> as "OutcomeReference" => |outcome_reference| {
        /// Its identifier.
        code: Id<'a> = Id(outcome_reference.id);
        /// Its entry in the framework's catalogue, if there is one.
        definition: Option<Outcome<'a>> = outcome_reference.definition().map(Outcome);
    }
}

/// The quartiles stated in a report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatedQuartiles(wcc_core::record::StatedQuartiles);

object! {
    /// Quartile marks printed in a report, among the PCTs that the report compares.
    StatedQuartiles as "StatedQuartiles" => |StatedQuartiles(stated_quartiles)| {
        /// This year's, from 1 (best) to 4; null if it is not stated or not legible.
        current: Option<i32> = stated_quartiles.current.map(i32::from);
        /// Last year's, from 1 (best) to 4; null if it is not stated or not legible.
        previous: Option<i32> = stated_quartiles.previous.map(i32::from);
    }
}

/// A rate of change.
#[derive(Clone, Debug)]
pub(crate) struct Rate {
    value: Option<f64>,
    in_words: Option<String>,
    why_not: Option<String>,
    years: Option<YearSpan>,
    computed: bool,
    comparable: bool,
}

impl Rate {
    fn stated(value: Option<f64>) -> Rate {
        let why_not = value.is_none().then(|| "not stated".to_owned());
        Rate {
            value,
            in_words: value.map(percent::a_year),
            why_not,
            years: None,
            computed: false,
            comparable: value.is_some(),
        }
    }

    fn in_words(&self) -> String {
        match (&self.in_words, &self.why_not) {
            (Some(rate), _) => rate.clone(),
            (None, Some(reason)) => format!("n/a: {reason}"),
            (None, None) => "n/a".to_owned(),
        }
    }
}

object! {
    /// A compound annual growth rate, or the reason why there is none.
    Rate as "Rate" => |rate| {
        /// Percent a year; null if it is not available.
        value: Option<f64> = rate.value;
        /// `-2.5% a year`; with its years if they are not the framework's span; or `n/a` with the
        /// reason.
        inWords: String = rate.in_words();
        /// The reason why there is none: "not stated", "fewer than two values since the last break
        /// in the series".
        notAvailable: Option<&str> = rate.why_not.as_deref();
        /// True if it was computed here from the values, and not stated by the source.
        computed: bool = rate.computed;
        /// Whether it covers the framework's span of years. A rate over other years cannot be
        /// compared with benchmarks, aspirations or other PCTs.
        comparable: bool = rate.comparable;
        /// The first year that it covers; null if the source does not say.
        from: Option<i32> = rate.years.map(|years| i32::from(years.from));
        /// The last year that it covers; null if the source does not say.
        to: Option<i32> = rate.years.map(|years| i32::from(years.to));
    }
}

/// The rank of an outcome.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placing<'a> {
    cycle: Cycle<'a>,
    data: core::Placing,
}

object! {
    /// A PCT's rank among the PCTs of its cycle that have the same outcome and series and a
    /// comparable number.
    Placing<'a> as "Placing" => |placing| {
        /// The rank; 1 is best, and equal numbers share the better rank.
        place: i32 = i32::try_from(placing.data.place).unwrap_or(i32::MAX);
        /// The number of PCTs ranked.
        among: i32 = i32::try_from(placing.data.among).unwrap_or(i32::MAX);
        /// Quartile; 1 is best.
        quartile: i32 = i32::from(placing.data.quartile);
        /// The number that is ranked: "three-year rate of improvement, 2005 to 2008", "value for
        /// 2008".
        compared: String = placing.data.compared();
        /// The rank with its population and which end is best: "4th of the 5 PCTs of this case
        /// that have this outcome and a value for 2008 (quartile 3; 1 is best)".
        inWords: String = placing.data.in_words(&placing.cycle.assured.cycle.framework.words.body.many);
    }
}

/// A value of a series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeValue(YearValue);

object! {
    /// An outcome's value in one year.
    OutcomeValue as "OutcomeValue" => |OutcomeValue(outcome_value)| {
        /// The year in which the period starts: 2008 for 2008/09.
        year: i32 = i32::from(outcome_value.year);
        /// The value in the outcome's unit; null if it is missing.
        value: Option<f64> = outcome_value.value;
        /// True if the definition changed from this year on: values before and after are not
        /// comparable.
        breakBefore: bool = outcome_value.break_before;
    }
}

/// A value that a plugin reports for one of its region's outcomes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegionalValue<'a> {
    run: PluginRun<'a>,
    data: &'a wcc_core::contribution::LocalOutcome,
}

impl<'a> RegionalValue<'a> {
    /// The values that plugins report for an output's PCT and its cluster.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = RegionalValue<'a>> {
        let runs = output.data.plugins.iter();
        let runs = runs.filter_map(move |at| PluginRun::at(output.cycle, *at));
        runs.flat_map(move |run| {
            let contribution = run.data.result.iter();
            let values = contribution.flat_map(|contribution| &contribution.outcomes);
            values
                .filter(move |value| output.has(value.body))
                .map(move |data| RegionalValue { run, data })
        })
    }

    fn definition(&self) -> Option<&'a OutcomeDefinition> {
        let outcomes = self.run.data.outcomes.iter();
        let mut same = outcomes.filter(|definition| definition.id == *self.data.outcome);
        same.next()
    }
}

object! {
    /// A value of one of the region's own outcomes, computed by a plugin.
    RegionalValue<'a> as "RegionalValue" => |regional_value| {
        /// Identifier of the outcome in the plugin's catalogue.
        code: Id<'a> = Id(&regional_value.data.outcome);
        /// Its entry in the plugin's catalogue.
        definition: Option<Outcome<'a>> = regional_value.definition().map(Outcome);
        /// The value in the outcome's unit; null for n/a.
        value: Option<f64> = regional_value.data.value;
        /// The plugin that computed it.
        plugin: PluginRun<'a> = regional_value.run;
    }
}
