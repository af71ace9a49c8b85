//! Indicators: published series of figures.

use super::body::Body;
use super::cycle::Cycle;
use super::entry_actor::EntryActor;
use super::output::Output;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::indicator::{IndicatorValue, PeriodForm, SeriesRole};
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
