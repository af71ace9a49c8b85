//! `recordIndicator`.

use super::form::{Form, SHORT};
use super::{ArgumentPath, record_mutation};
use crate::project::input;
use crate::project::leaves::Id;
use crate::types::enums::Series;
use std::sync::Arc;
use wcc_core::indicator::{
    IndicatorDefinition, IndicatorValue, Limits, PeriodForm, SeriesRole, parse_period,
};
use wcc_core::outcome::Better;
use wcc_core::record::{IndicatorFact, MAX_PERIODS, RecordFact};

input! {
    /// The value of an indicator in one period.
    IndicatorValueInput<'q> as "IndicatorValueInput" {
        /// The period: a year (`2011`), a financial year (`2011/12`) or several years pooled
        /// (`2009-2011`). All periods of a series have one form.
        period: &'q str,
        /// The value in the indicator's unit; null if it is missing.
        value: Option<f64>,
        /// Lower confidence limit.
        lower: Option<f64>,
        /// Upper confidence limit.
        upper: Option<f64>,
        /// Whether values from this period on are not comparable with earlier ones; false if
        /// omitted.
        breakBefore: Option<bool>,
    }
}

input! {
    /// What an indicator is that the framework's catalogue of outcomes does not have.
    IndicatorDefinitionInput<'q> as "IndicatorDefinitionInput" {
        /// Title as printed.
        title: &'q str,
        /// Unit of its values: "per 100,000 population".
        unit: &'q str,
        /// Whether more or less is better.
        better: Better,
        /// Identifier of the outcome that it measures, if it measures one.
        outcome: Option<Id<'q>>,
        /// Lowest possible value.
        min: Option<f64>,
        /// Highest possible value.
        max: Option<f64>,
        /// Source of the definition.
        source: Option<&'q str>,
    }
}

record_mutation! {
    /// Records one series of an indicator for a body, or corrects one. The cycle need not assure
    /// the body.
    recordIndicator: RecordIndicator {
        /// One series of an indicator: figures of one body by period.
        input RecordIndicatorInput<'q> as "RecordIndicatorInput" {
            /// Code of the body that the figures are about. A national or top-decile series holds
            /// for all bodies; record it with the body that gave it, such as an authority.
            body: Id<'q>,
            /// Identifier of the indicator: an outcome of the framework's catalogue, or one with a
            /// `definition`.
            indicator: Id<'q>,
            /// The people counted, if the schema names the series; else give `seriesId`.
            series: Option<Series>,
            /// Identifier of the series among those that the framework declares: `persons`, or one
            /// of its own. Give either this or `series`.
            seriesId: Option<Id<'q>>,
            /// Whose figures these are; the body's own if omitted.
            role: Option<SeriesRole>,
            /// Values by period.
            values: Vec<IndicatorValueInput<'q>>,
            /// The indicator's definition, unless the framework's catalogue has it.
            definition: Option<IndicatorDefinitionInput<'q>>,
            /// Level of the confidence limits in percent: 95.
            confidence: Option<f64>,
            /// If something was inferred and not read: what, and from what.
            inferred: Option<&'q str>,
            /// Where the values come from.
            source: Option<&'q str>,
        }
        record |input, form| {
            form.name_paths(&PATHS);
            let (form_of_periods, values) = values(&input.values, form);
            RecordFact::Indicator(IndicatorFact {
                body: form.code("body", input.body.0),
                indicator: form.code("indicator", input.indicator.0),
                series: form.series(input.series, input.seriesId.as_ref()),
                role: input.role.unwrap_or_default(),
                form: form_of_periods,
                values: values.into(),
                definition: input
                    .definition
                    .as_ref()
                    .map(|definition| Arc::new(self::definition(definition, form))),
                confidence: input.confidence,
                inferred: form.text("inferred", input.inferred, SHORT),
                source: form.text("source", input.source, SHORT),
            })
        };
        /// The result of recording a series of an indicator.
        payload RecordIndicatorPayload as "RecordIndicatorPayload";
    }
}

/// Where the columns of an indicator are in its input.
const PATHS: [ArgumentPath; 3] = [
    ("period", "values[].period"),
    ("value", "values[].value"),
    ("outcome", "definition.outcome"),
];

fn definition(input: &IndicatorDefinitionInput<'_>, form: &mut Form) -> IndicatorDefinition {
    IndicatorDefinition {
        title: form.needed("definition.title", input.title, SHORT),
        unit: form.needed("definition.unit", input.unit, SHORT),
        better: input.better,
        outcome: input
            .outcome
            .as_ref()
            .map(|outcome| form.code("definition.outcome", outcome.0)),
        min: input.min,
        max: input.max,
        source: form.text("definition.source", input.source, SHORT),
    }
}

fn values(input: &[IndicatorValueInput<'_>], form: &mut Form) -> (PeriodForm, Vec<IndicatorValue>) {
    let mut form_of_periods = None;
    let mut values = Vec::new();
    if input.len() > MAX_PERIODS {
        let found = input.len();
        let message = format!("the list has {found} items; at most {MAX_PERIODS} are allowed");
        form.malformed("values", message);
        return (PeriodForm::default(), values);
    }
    for (at, value) in input.iter().enumerate() {
        let field = format!("values[{at}].period");
        let (year, of_period) = match parse_period(value.period) {
            Ok(period) => period,
            Err(error) => {
                let given = wcc_core::text::visible(value.period);
                let message = format!("`{given}` {error}: expected {}", error.expected());
                form.malformed(&field, message);
                continue;
            }
        };
        let first = *form_of_periods.get_or_insert(of_period);
        if first != of_period {
            let (first, other) = (first.in_words(), of_period.in_words());
            form.malformed(
                &field,
                format!("the series has {first} before, and here {other}"),
            );
        }
        let limits = match (value.lower, value.upper) {
            (Some(lower), Some(upper)) => Some(Limits { lower, upper }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => {
                let message = "give both lower and upper, or neither";
                form.malformed(&format!("values[{at}].lower"), message);
                None
            }
        };
        values.push(IndicatorValue {
            year,
            break_before: value.breakBefore.unwrap_or_default(),
            value: value.value,
            limits,
        });
    }
    values.sort_by_key(|value| value.year);
    (form_of_periods.unwrap_or_default(), values)
}
