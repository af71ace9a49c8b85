//! `OutcomeResult`: one series of one health outcome of a PCT, compared.

use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::output::Output;
use super::plugin::PluginRun;
use super::rulebook::Outcome;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope, Series, YearSpan, YearValue};
use wcc_core::output as core;
use wcc_core::percent;
use wcc_core::record::{ChosenOutcome, Topic};

/// An outcome of an output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeResult<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// What was compared.
    pub(crate) it: &'a core::OutcomeResult,
}

impl<'a> OutcomeResult<'a> {
    #[expect(clippy::indexing_slicing, reason = "the position comes from the cycle")]
    fn chosen(&self) -> &'a ChosenOutcome {
        &self.cycle.at.cycle.records.outcomes[self.it.chosen as usize]
    }

    fn historic(&self) -> Rate {
        let rate = self.it.historic.ok();
        Rate {
            value: rate.map(|rate| rate.percent),
            in_words: rate.map(|rate| rate.in_words()),
            why_not: self.it.historic.err().map(|why| why.to_string()),
            years: rate.and_then(|rate| rate.years),
            computed: rate.is_some_and(|rate| rate.computed),
            comparable: rate.is_some_and(|rate| rate.comparable),
        }
    }

    fn placing(&self, placing: Option<core::Placing>) -> Option<Placing<'a>> {
        let it = placing?;
        Some(Placing {
            cycle: self.cycle,
            it,
        })
    }

    fn replaces(&self) -> impl Iterator<Item = OutcomeReference<'a>> + use<'a> {
        let cycle = self.cycle;
        let ids = self.chosen().selection.replaces.iter();
        ids.map(move |id| OutcomeReference { cycle, id })
    }

    /// The definition in the framework's catalogue, else in that of a plugin that took part.
    fn definition(&self) -> Option<&'a OutcomeDefinition> {
        let id = self.chosen().outcome.as_ref();
        let national = self.cycle.at.cycle.framework.find_outcome(id);
        national.or_else(|| {
            let runs = self.cycle.at.assurance.plugins.iter();
            let mut regional = runs.flat_map(|run| &run.outcomes);
            regional.find(|definition| definition.id == id)
        })
    }
}

object! {
    /// One series of one health outcome that a PCT has, with its benchmarks and aspiration. All
    /// rates are compound annual growth rates in percent.
    OutcomeResult<'a> as "OutcomeResult" => |it| {
        /// Its number in the PCT's list, from 1.
        slot: i32 = i32::from(it.chosen().slot);
        /// Identifier in the framework's catalogue, or a plugin's.
        code: Id<'a> = Id(&it.chosen().outcome);
        /// Title as the PCT prints it.
        title: &'a str = it.chosen().title.as_ref();
        /// Unit of its values; null if no catalogue gives it.
        unit: Option<&'a str> = it.definition().map(|definition| definition.unit.as_str());
        /// Its entry in the framework's catalogue, or a plugin's.
        definition: Option<Outcome<'a>> = it.definition().map(Outcome);
        /// Whether more or less is better.
        better: Better = it.chosen().better;
        /// Whether it is set nationally or was chosen locally.
        scope: OutcomeScope = it.chosen().scope;
        /// The people counted.
        series: Series = it.chosen().series;
        /// Whether it was newly selected this year.
        newlySelected: bool = it.chosen().newly_selected;
        /// When it was selected, in the source's words: "2009/10".
        selected: Option<&'a str> = it.chosen().selection.date.as_deref();
        /// Last year's outcomes that it replaced, alone or with other outcomes.
        replaces: [OutcomeReference<'a>; 1] = it.replaces();
        /// Why it was selected or replaced another.
        selectionReason: Option<&'a str> = it.chosen().selection.reason.as_deref();
        /// The PCT's own historic rate of change: as stated by the source, or else computed from
        /// the values. It can be compared with the other rates only if it is `comparable`.
        historic: Rate = it.historic();
        /// The national rate.
        national: Rate = Rate::stated(it.chosen().rates.national);
        /// The rate of the PCT's cluster in the area classification of the Office for National
        /// Statistics.
        onsCluster: Rate = Rate::stated(it.chosen().rates.ons_cluster);
        /// The rate of the tenth of PCTs that improved most.
        topDecile: Rate = Rate::stated(it.chosen().rates.top_decile);
        /// The rate to which the PCT aspires.
        aspiration: Rate = Rate::stated(it.chosen().rates.aspiration);
        /// Its rank by rate of improvement among the cycle's PCTs with the same outcome and a rate
        /// over the framework's span; null if fewer than four can be compared, or if its own rate
        /// covers other years.
        improvementPlace: Option<Placing<'a>> = it.placing(it.it.improvement);
        /// Its rank by latest value among the cycle's PCTs with a value for the same year; null if
        /// fewer than four can be compared.
        levelPlace: Option<Placing<'a>> = it.placing(it.it.level);
        /// The latest value in the outcome's unit, if values are given.
        latest: Option<f64> = it.it.latest;
        /// The year of the latest value.
        latestYear: Option<i32> = it.it.latest_year.map(i32::from);
        /// Values by year, if they are given.
        values: [OutcomeValue; 8] = it.chosen().values.iter().copied().map(OutcomeValue);
        /// The position over the last year as the source states it: "improved", "slipped", "little
        /// change".
        statedPosition: Option<&'a str> = it.chosen().stated.position.as_ref().map(|position| position.name());
        /// The change over the last year that the source states, in percent.
        statedChange: Option<f64> = it.chosen().stated.change.as_ref().map(|change| change.percent);
        /// The source of this change.
        statedChangeSource: Option<&'a str> = it.chosen().stated.change.as_ref().and_then(|change| change.source.as_deref());
        /// The quartile marks that the report prints for the rate of improvement.
        statedRateQuartile: StatedQuartiles = StatedQuartiles(it.chosen().stated.rate_quartile);
        /// The quartile marks that the report prints for the level.
        statedLevelQuartile: StatedQuartiles = StatedQuartiles(it.chosen().stated.level_quartile);
        /// The panel's comment on the aspiration.
        panelView: Option<&'a str> = it.chosen().panel_view.as_deref();
        /// What was inferred and not read, and from what.
        inferred: Option<&'a str> = it.chosen().inferred.as_deref();
        /// Its source.
        source: Option<&'a str> = it.chosen().source.as_deref();
        /// Number of the ledger's entry; give it as `supersedes` to correct it. Null if it was read
        /// from a file.
        entry: Option<i32> = it.cycle.entry(it.chosen().record);
        /// Who made that entry.
        enteredBy: Option<EntryActor<'a>> = it.cycle.entered_by(it.chosen());
        /// The file and row that it was read from, or the entry that recorded it.
        place: Option<String> = it.cycle.place(it.chosen().record);
    }
}

/// A health outcome that something refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeReference<'a> {
    cycle: Cycle<'a>,
    id: &'a str,
}

impl<'a> OutcomeReference<'a> {
    /// The outcomes that topics name.
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
        self.cycle.at.cycle.framework.find_outcome(self.id)
    }
}

object! {
    /// A health outcome that something refers to.
    OutcomeReference<'a> as "OutcomeReference" => |it| {
        /// Its identifier.
        code: Id<'a> = Id(it.id);
        /// Its entry in the framework's catalogue, if there is one.
        definition: Option<Outcome<'a>> = it.definition().map(Outcome);
    }
}

/// Quartile marks as a report prints them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StatedQuartiles(wcc_core::record::StatedQuartiles);

object! {
    /// Quartile marks printed in a report, among the PCTs that the report compares.
    StatedQuartiles as "StatedQuartiles" => |StatedQuartiles(it)| {
        /// This year's, from 1 (best) to 4; null if it is not stated or not legible.
        current: Option<i32> = it.current.map(i32::from);
        /// Last year's, from 1 (best) to 4; null if it is not stated or not legible.
        previous: Option<i32> = it.previous.map(i32::from);
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
            (None, Some(why)) => format!("n/a: {why}"),
            (None, None) => "n/a".to_owned(),
        }
    }
}

object! {
    /// A compound annual growth rate, or the reason why there is none.
    Rate as "Rate" => |it| {
        /// Percent a year; null if it is not available.
        value: Option<f64> = it.value;
        /// `-2.5% a year`; with its years if they are not the framework's span; or `n/a` with the
        /// reason.
        inWords: String = it.in_words();
        /// The reason why there is none: "not stated", "fewer than two values since the last break
        /// in the series".
        notAvailable: Option<&str> = it.why_not.as_deref();
        /// True if it was computed here from the values, and not stated by the source.
        computed: bool = it.computed;
        /// Whether it covers the framework's span of years. A rate over other years cannot be
        /// compared with benchmarks, aspirations or other PCTs.
        comparable: bool = it.comparable;
        /// The first year that it covers; null if the source does not say.
        from: Option<i32> = it.years.map(|years| i32::from(years.from));
        /// The last year that it covers; null if the source does not say.
        to: Option<i32> = it.years.map(|years| i32::from(years.to));
    }
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placing<'a> {
    cycle: Cycle<'a>,
    it: core::Placing,
}

object! {
    /// A PCT's rank among the PCTs of its cycle that have the same outcome and series and a
    /// comparable number.
    Placing<'a> as "Placing" => |it| {
        /// The rank; 1 is best, and equal numbers share the better rank.
        place: i32 = i32::try_from(it.it.place).unwrap_or(i32::MAX);
        /// The number of PCTs ranked.
        among: i32 = i32::try_from(it.it.among).unwrap_or(i32::MAX);
        /// Quartile; 1 is best.
        quartile: i32 = i32::from(it.it.quartile);
        /// The number that is ranked: "three-year rate of improvement, 2005 to 2008", "value for
        /// 2008".
        compared: String = it.it.compared();
        /// The rank with its population and which end is best: "4th of the 5 PCTs of this case
        /// that have this outcome and a value for 2008 (quartile 3; 1 is best)".
        inWords: String = it.it.in_words(&it.cycle.at.cycle.framework.words.pcts);
    }
}

/// A value of a series.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeValue(YearValue);

object! {
    /// An outcome's value in one year.
    OutcomeValue as "OutcomeValue" => |OutcomeValue(it)| {
        /// The year in which the period starts: 2008 for 2008/09.
        year: i32 = i32::from(it.year);
        /// The value in the outcome's unit; null if it is missing.
        value: Option<f64> = it.value;
        /// True if the definition changed from this year on: values before and after are not
        /// comparable.
        breakBefore: bool = it.break_before;
    }
}

/// A value that a plugin gives for one of its region's outcomes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegionalValue<'a> {
    run: PluginRun<'a>,
    it: &'a wcc_core::contribution::LocalOutcome,
}

impl<'a> RegionalValue<'a> {
    /// The values that plugins give for an output's PCT and its cluster.
    pub(crate) fn of_output(output: Output<'a>) -> impl Iterator<Item = RegionalValue<'a>> {
        let runs = output.it.plugins.iter();
        let runs = runs.filter_map(move |at| PluginRun::at(output.cycle, *at));
        runs.flat_map(move |run| {
            let contribution = run.it.result.iter();
            let values = contribution.flat_map(|contribution| &contribution.outcomes);
            values
                .filter(move |item| output.has(item.body))
                .map(move |it| RegionalValue { run, it })
        })
    }

    fn definition(&self) -> Option<&'a OutcomeDefinition> {
        let outcomes = self.run.it.outcomes.iter();
        let mut same = outcomes.filter(|definition| definition.id == *self.it.outcome);
        same.next()
    }
}

object! {
    /// A value of one of the region's own outcomes, computed by a plugin.
    RegionalValue<'a> as "RegionalValue" => |it| {
        /// Identifier of the outcome in the plugin's catalogue.
        code: Id<'a> = Id(&it.it.outcome);
        /// Its entry in the plugin's catalogue.
        definition: Option<Outcome<'a>> = it.definition().map(Outcome);
        /// The value in the outcome's unit; null for n/a.
        value: Option<f64> = it.it.value;
        /// The plugin that computed it.
        plugin: PluginRun<'a> = it.run;
    }
}
