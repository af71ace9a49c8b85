//! `OutcomeResult`: one series of one health outcome of a PCT, compared.

use super::cycle::Cycle;
use super::output::Output;
use super::plugin::PluginRun;
use super::rulebook::Outcome;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::outcome::{
    Better, ChosenOutcome, OutcomeDefinition, OutcomeScope, Series, YearValue,
};
use wcc_core::output as core;

/// An outcome of an output.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OutcomeResult<'a> {
    /// The cycle.
    pub(crate) cycle: Cycle<'a>,
    /// What was compared.
    pub(crate) it: &'a core::OutcomeResult,
}

impl<'a> OutcomeResult<'a> {
    fn chosen(&self) -> &'a ChosenOutcome {
        &self.cycle.at.cycle.outcomes[self.it.chosen as usize]
    }

    fn historic(&self) -> Rate {
        Rate {
            value: self.it.historic.ok(),
            why_not: self.it.historic.err().map(|why| why.to_string()),
            computed: self.it.computed,
        }
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
        /// Unit of its values; null if no catalogue says it.
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
        /// The PCT's own rate of change in the past: as the source states it, else computed from
        /// the values.
        historic: Rate = it.historic();
        /// The national rate.
        national: Rate = Rate::stated(it.chosen().rates.national);
        /// The rate of the PCT's cluster in the area classification of the Office for National
        /// Statistics.
        onsCluster: Rate = Rate::stated(it.chosen().rates.ons_cluster);
        /// The rate of the tenth of PCTs that improved most.
        topDecile: Rate = Rate::stated(it.chosen().rates.top_decile);
        /// The rate that the PCT aspires to.
        aspiration: Rate = Rate::stated(it.chosen().rates.aspiration);
        /// Its place by rate of improvement among the cycle's PCTs with the same outcome; null if
        /// fewer than four can be compared.
        improvementPlace: Option<Placing> = it.it.improvement.map(Placing);
        /// Its place by the latest value among the same PCTs; null as above.
        levelPlace: Option<Placing> = it.it.level.map(Placing);
        /// The latest value, in the outcome's unit, where values are given.
        latest: Option<f64> = it.it.latest;
        /// Values by year, if they are given.
        values: [OutcomeValue; 8] = it.chosen().values.iter().copied().map(OutcomeValue);
        /// The position of the year as the source states it: "improved", "slipped".
        statedPosition: Option<&'a str> = it.chosen().stated_position.as_deref();
        /// The panel's view of the aspiration.
        panelView: Option<&'a str> = it.chosen().panel_view.as_deref();
        /// What was inferred rather than read, and from what.
        inferred: Option<&'a str> = it.chosen().inferred.as_deref();
        /// Where it comes from.
        source: Option<&'a str> = it.chosen().source.as_deref();
        /// The file and row that it was read from.
        place: Option<String> = it.cycle.place(it.chosen().record);
    }
}

/// A rate of change.
#[derive(Clone, Debug)]
pub(crate) struct Rate {
    value: Option<f64>,
    why_not: Option<String>,
    computed: bool,
}

impl Rate {
    fn stated(value: Option<f64>) -> Rate {
        let why_not = value.is_none().then(|| "not stated".to_owned());
        Rate {
            value,
            why_not,
            computed: false,
        }
    }

    fn in_words(&self) -> String {
        match (self.value, &self.why_not) {
            (Some(rate), _) => format!("{rate:+.1}% a year"),
            (None, Some(why)) => format!("n/a: {why}"),
            (None, None) => "n/a".to_owned(),
        }
    }
}

object! {
    /// A compound annual growth rate, or why there is none.
    Rate as "Rate" => |it| {
        /// Percent a year; null if it is not available.
        value: Option<f64> = it.value;
        /// `-2.5% a year`, or `n/a` with the reason.
        inWords: String = it.in_words();
        /// Why there is none: "not stated", "fewer than two values since the last break in the
        /// series".
        notAvailable: Option<&str> = it.why_not.as_deref();
        /// True if it was computed here from the values rather than stated by the source.
        computed: bool = it.computed;
    }
}

/// A place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placing(core::Placing);

object! {
    /// A PCT's place among those that have the same outcome and series.
    Placing as "Placing" => |Placing(it)| {
        /// Place; 1 is best, and equal numbers share the better place.
        place: i32 = i32::try_from(it.place).unwrap_or(i32::MAX);
        /// Among how many.
        among: i32 = i32::try_from(it.among).unwrap_or(i32::MAX);
        /// Quartile; 1 is best.
        quartile: i32 = i32::from(it.quartile);
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
        /// True if the definition changed from this year on: values before and after do not
        /// compare.
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
                .filter(move |one| output.has(one.body))
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
    /// A value of one of the region's own outcomes, as a plugin gives it.
    RegionalValue<'a> as "RegionalValue" => |it| {
        /// Identifier of the outcome in the plugin's catalogue.
        code: Id<'a> = Id(&it.it.outcome);
        /// Its entry in the plugin's catalogue.
        definition: Option<Outcome<'a>> = it.definition().map(Outcome);
        /// The value in the outcome's unit; null for n/a.
        value: Option<f64> = it.it.value;
        /// The plugin that gives it.
        plugin: PluginRun<'a> = it.run;
    }
}
