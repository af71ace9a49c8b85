//! Series of indicators: published figures about any body, by period.
//!
//! They are reference data. A series may be about a body that the cycle does not assure, because
//! benchmarks and quartiles are computed from all bodies.

use super::outcome::YEARS;
use super::rules::{check_identifier, complete};
use super::{
    Bounds, CodeReader, CodeWriter, CycleRecord, RecordCodes, RecordId, RecordKind, RecordType,
    RuleContext, RuleViolation, UnknownCode,
};
use crate::body::BodyIndex;
use crate::framework::{Framework, Methods};
use crate::indicator::{IndicatorDefinition, IndicatorValue, PeriodForm, SeriesRole};
use crate::outcome::{Better, SeriesIndex};
use crate::words::number;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

/// The most periods of one series.
pub const MAX_PERIODS: usize = 200;

/// The largest size of a value, so that sums and rates of values are numbers too.
pub const MAX_INDICATOR_VALUE: f64 = 1e15;

/// Whether a number is the level of a confidence interval in percent: from 50 to less than 100. A
/// share such as 0.95 is not.
pub fn is_confidence(level: f64) -> bool {
    (50.0..100.0).contains(&level)
}

/// One series of one indicator for one body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndicatorSeries {
    /// Its number.
    pub record: RecordId,
    /// The body that the figures are about, or with which they are recorded.
    pub body: BodyIndex,
    /// Identifier of the indicator: an outcome of the framework's catalogue, or one that
    /// `definition` defines.
    pub indicator: Box<str>,
    /// The part of the population that it counts.
    pub series: SeriesIndex,
    /// Whose figures these are.
    pub role: SeriesRole,
    /// The form of its periods.
    pub form: PeriodForm,
    /// Its values, sorted by year. Copies of a series share them.
    pub values: Arc<[IndicatorValue]>,
    /// The indicator's definition, unless the framework's catalogue has it.
    pub definition: Option<Arc<IndicatorDefinition>>,
    /// The level of the confidence intervals in percent, if the source gives it: 95 or 99.8.
    pub confidence: Option<f64>,
    /// What was inferred rather than read, and from what.
    pub inferred: Option<Box<str>>,
    /// Where the values come from.
    pub source: Option<Box<str>>,
}

impl IndicatorSeries {
    /// The direction of the indicator.
    pub fn better(&self, framework: &Framework) -> Option<Better> {
        let defined = self.definition.as_ref().map(|definition| definition.better);
        defined.or_else(|| Some(framework.find_outcome(&self.indicator)?.better))
    }

    fn check_definition(&self, framework: &Framework, broken: &mut Vec<RuleViolation>) {
        let known = framework.find_outcome(&self.indicator);
        match (&self.definition, known) {
            (None, None) => {
                let catalogue = framework.outcomes.catalogue.iter();
                let ids = catalogue.map(|outcome| outcome.id.as_str());
                let message = format!(
                    "`{}` is not an outcome of {} and has no definition",
                    self.indicator, framework.title
                );
                let rule = RuleViolation::new("known-indicator", "indicator", message);
                broken.push(rule.choosing(&self.indicator, ids));
            }
            (Some(_), Some(known)) => {
                let message = format!(
                    "{} defines `{}` itself: leave its definition out",
                    framework.title, known.id
                );
                broken.push(RuleViolation::new("one-definition", "indicator", message));
            }
            (None, Some(_)) | (Some(_), None) => {}
        }
        if let Some(definition) = &self.definition {
            if let Some(outcome) = &definition.outcome {
                check_identifier("outcome", outcome, broken);
                let measured = framework.find_outcome(outcome);
                if let Some(measured) =
                    measured.filter(|measured| measured.better != definition.better)
                {
                    let (own, direction) = (definition.better.name(), measured.better.name());
                    let message = format!(
                        "{own} is better here, but for the outcome `{}`, which it measures, \
                         {direction} is",
                        measured.id
                    );
                    broken.push(RuleViolation::new("same-direction", "better", message));
                }
            }
            if let (Some(min), Some(max)) = (definition.min, definition.max)
                && min > max
            {
                let message = "its lowest possible value is above its highest";
                broken.push(RuleViolation::new("limits-in-order", "indicator", message));
            }
            let ends = [definition.min, definition.max];
            if ends.iter().flatten().any(|end| !end.is_finite()) {
                let message = "a limit of the indicator is not a number";
                broken.push(RuleViolation::new("finite-value", "indicator", message));
            }
        }
    }

    fn check_values(&self, framework: &Framework, broken: &mut Vec<RuleViolation>) {
        let (min, max) = match (&self.definition, framework.find_outcome(&self.indicator)) {
            (Some(definition), _) => (definition.min, definition.max),
            (None, Some(known)) => (known.min, known.max),
            (None, None) => (None, None),
        };
        if self.values.is_empty() || self.values.len() > MAX_PERIODS {
            let count = self.values.len();
            let message = format!("a series has 1 to {MAX_PERIODS} periods, not {count}");
            broken.push(RuleViolation::new("number-of-periods", "values", message));
            return;
        }
        // Values are sorted by year, so equal years follow one another.
        let mut before = None;
        for (item, value) in self.values.iter().enumerate() {
            let mut add = |rule: &'static str, field: &'static str, message: String| {
                broken.push(RuleViolation::new(rule, field, message).of_item(item));
            };
            let period = || self.form.period(value.year);
            if !YEARS.contains(&value.year) {
                let (from, to, period) = (YEARS.start(), YEARS.end(), period());
                add(
                    "year-in-range",
                    "period",
                    format!("{period} is not from {from} to {to}"),
                );
            }
            if before.replace(value.year) == Some(value.year) {
                let message = format!(
                    "`{}` has more than one value for {}",
                    self.indicator,
                    period()
                );
                add("one-value-a-year", "period", message);
            }
            let Some(known) = value.value else {
                if value.limits.is_some() {
                    let message = "confidence limits are given without a value".to_owned();
                    add("limits-around-value", "value", message);
                }
                continue;
            };
            if !known.is_finite() {
                add("finite-value", "value", "is not a number".to_owned());
            } else if known.abs() > MAX_INDICATOR_VALUE {
                let message = format!(
                    "{known:e} is not from -{MAX_INDICATOR_VALUE:e} to {MAX_INDICATOR_VALUE:e}"
                );
                add("finite-value", "value", message);
            } else if min.is_some_and(|min| known < min) || max.is_some_and(|max| known > max) {
                let ends = [("at least", min), ("at most", max)].into_iter();
                let ends: Vec<String> = ends
                    .filter_map(|(word, end)| Some(format!("{word} {}", number(end?))))
                    .collect();
                let message = format!(
                    "{} is not possible for `{}`, which is {}",
                    number(known),
                    self.indicator,
                    crate::words::all_of(ends.iter().map(String::as_str)),
                );
                add("value-in-range", "value", message);
            }
            if let Some(limits) = value.limits
                && !(limits.lower <= known && known <= limits.upper)
            {
                let message = format!(
                    "{} is not between its confidence limits {} and {}",
                    number(known),
                    number(limits.lower),
                    number(limits.upper)
                );
                add("limits-around-value", "value", message);
            }
        }
    }
}

/// An [`IndicatorSeries`] in codes.
#[derive(Clone, Debug, PartialEq)]
pub struct IndicatorFact {
    /// Code of the body.
    pub body: Box<str>,
    /// Identifier of the indicator.
    pub indicator: Box<str>,
    /// Identifier of the series that it counts.
    pub series: Box<str>,
    /// Whose figures these are.
    pub role: SeriesRole,
    /// The form of its periods.
    pub form: PeriodForm,
    /// Its values, sorted by year. Copies of a series share them.
    pub values: Arc<[IndicatorValue]>,
    /// The indicator's definition, unless the framework's catalogue has it.
    pub definition: Option<Arc<IndicatorDefinition>>,
    /// The level of the confidence intervals in percent.
    pub confidence: Option<f64>,
    /// What was inferred rather than read, and from what.
    pub inferred: Option<Box<str>>,
    /// Where the values come from.
    pub source: Option<Box<str>>,
}

impl IndicatorFact {
    /// The periods whose figures differ from those of an earlier version: "2009: 6.9, before 6.8".
    pub fn changes_from(&self, before: &IndicatorFact) -> Vec<String> {
        let shown = |value: &IndicatorValue| {
            let mut text = value.value.map_or_else(|| "n/a".to_owned(), number);
            if let Some(limits) = value.limits {
                let (lower, upper) = (number(limits.lower), number(limits.upper));
                text.push_str(&format!(" ({lower} to {upper})"));
            }
            if value.break_before {
                text.push_str(" (break)");
            }
            text
        };
        let earlier: BTreeMap<i16, &IndicatorValue> = before
            .values
            .iter()
            .map(|value| (value.year, value))
            .collect();
        let changes = self.values.iter().filter_map(|value| {
            let period = self.form.period(value.year);
            match earlier.get(&value.year) {
                Some(before) if *before == value => None,
                Some(before) => Some(format!(
                    "{period}: {}, before {}",
                    shown(value),
                    shown(before)
                )),
                None => Some(format!("{period}: {}, new", shown(value))),
            }
        });
        changes.collect()
    }
}

impl RecordCodes for IndicatorFact {
    fn body(&self) -> &str {
        &self.body
    }

    fn identity(&self) -> Vec<Box<str>> {
        let role = self.role.name().into();
        vec![self.indicator.clone(), self.series.clone(), role]
    }

    /// Earlier periods that the new version does not give stay: a publication of one year adds to
    /// the series.
    fn complete_from(&mut self, earlier: &Self) {
        let has_limits = self.values.iter().any(|value| value.limits.is_some());
        complete(&mut self.definition, &earlier.definition);
        complete(&mut self.confidence, &earlier.confidence);
        let another_level = has_limits && self.confidence != earlier.confidence;
        complete(&mut self.inferred, &earlier.inferred);
        complete(&mut self.source, &earlier.source);
        if self.form == earlier.form {
            let given: BTreeMap<i16, ()> =
                self.values.iter().map(|value| (value.year, ())).collect();
            let kept = earlier.values.iter();
            let kept = kept.filter(|value| !given.contains_key(&value.year));
            // All limits of a series have one level, so those of another one cannot stay.
            let kept = kept.map(|value| IndicatorValue {
                limits: value.limits.filter(|_| !another_level),
                ..*value
            });
            let mut values: Vec<IndicatorValue> = self.values.iter().copied().chain(kept).collect();
            values.sort_by_key(|value| value.year);
            self.values = values.into();
        }
    }

    fn summary(&self, _: &Methods) -> String {
        let IndicatorFact {
            indicator,
            body,
            series,
            ..
        } = self;
        let role = match self.role {
            SeriesRole::Own => String::new(),
            role => format!(", {}", role.name()),
        };
        let ends = self.values.first().zip(self.values.last());
        let periods = ends.map_or_else(String::new, |(first, last)| {
            let (first, last) = (self.form.period(first.year), self.form.period(last.year));
            if first == last {
                format!(", {first}")
            } else {
                format!(", {first} to {last}")
            }
        });
        format!("indicator {indicator} of {body}, {series}{role}{periods}")
    }
}

impl CycleRecord for IndicatorSeries {
    fn kind(&self) -> RecordKind {
        RecordKind::Indicator
    }

    fn id(&self) -> RecordId {
        self.record
    }

    fn body(&self) -> BodyIndex {
        self.body
    }

    fn is_within(&self, bounds: &Bounds<'_>) -> bool {
        bounds.has_body(self.body) && bounds.has_series(self.series)
    }

    fn broken_rules(&self, context: &RuleContext<'_>) -> Vec<RuleViolation> {
        let mut broken = Vec::new();
        check_identifier("indicator", &self.indicator, &mut broken);
        self.check_definition(context.framework, &mut broken);
        if !PeriodForm::LENGTHS.contains(&self.form.years) {
            let (least, most) = (PeriodForm::LENGTHS.start(), PeriodForm::LENGTHS.end());
            let message = format!("a period has {least} to {most} years");
            broken.push(RuleViolation::new("length-of-period", "period", message));
        }
        self.check_values(context.framework, &mut broken);
        if let Some(confidence) = self.confidence
            && !is_confidence(confidence)
        {
            let shown = number(confidence);
            let message =
                format!("{shown} is not a percentage from 50 to less than 100, such as 95");
            broken.push(RuleViolation::new(
                "confidence-in-range",
                "confidence",
                message,
            ));
        }
        broken
    }
}

/// What a series of an indicator claims in its cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndicatorClaim<'a> {
    /// What the indicator is, on which all series agree.
    Definition(&'a str),
    /// The form of the periods of an indicator's series, on which all bodies agree.
    Form(&'a str, SeriesIndex),
    /// The figures of a role, which are recorded once for each body, or once for all.
    Series(Option<BodyIndex>, &'a str, SeriesIndex, SeriesRole),
}

impl RecordType for IndicatorSeries {
    type Fact = IndicatorFact;
    type Key = Infallible;
    type Claim<'a> = IndicatorClaim<'a>;
    type Order = (BodyIndex, SeriesIndex, SeriesRole, RecordId);

    const NAME: &'static str = "indicator series";
    const ACT: &'static str = "record-indicator";
    const IS_REFERENCE: bool = true;
    const CAN_CONFLICT: bool = true;

    fn claims(&self) -> impl IntoIterator<Item = IndicatorClaim<'_>> {
        let body = (!self.role.holds_for_all()).then_some(self.body);
        [
            IndicatorClaim::Series(body, &self.indicator, self.series, self.role),
            IndicatorClaim::Definition(&self.indicator),
            IndicatorClaim::Form(&self.indicator, self.series),
        ]
    }

    fn conflict(
        &self,
        claim: &IndicatorClaim<'_>,
        first: &IndicatorSeries,
        framework: &Framework,
    ) -> Option<RuleViolation> {
        match claim {
            IndicatorClaim::Definition(id) if self.definition != first.definition => {
                let message = format!("another record defines `{id}` in another way");
                Some(RuleViolation::new("one-definition", "indicator", message))
            }
            IndicatorClaim::Form(id, _) if self.form != first.form => {
                let message = format!(
                    "`{id}` is recorded for {}, and this series has {}",
                    first.form.in_words(),
                    self.form.in_words()
                );
                Some(RuleViolation::new("one-form-of-period", "period", message))
            }
            IndicatorClaim::Series(_, id, series, role) => {
                let series = &framework.series_at(*series).title;
                let message = match role {
                    SeriesRole::Own => format!("`{id}` for {series} is already recorded"),
                    role => format!("`{id}` for {series} ({}) is already recorded", role.name()),
                };
                Some(RuleViolation::new("repeated", "indicator", message))
            }
            IndicatorClaim::Definition(_) | IndicatorClaim::Form(..) => None,
        }
    }

    fn order(&self) -> Self::Order {
        (self.body, self.series, self.role, self.record)
    }

    fn from_codes(
        fact: IndicatorFact,
        reader: &CodeReader<'_>,
    ) -> Result<IndicatorSeries, UnknownCode> {
        let values = match fact.values.is_sorted_by_key(|value| value.year) {
            true => fact.values,
            false => {
                let mut values = fact.values.to_vec();
                values.sort_by_key(|value| value.year);
                values.into()
            }
        };
        Ok(IndicatorSeries {
            record: reader.record,
            body: reader.body("body", &fact.body)?,
            indicator: fact.indicator,
            series: reader.series("series", &fact.series)?,
            role: fact.role,
            form: fact.form,
            values,
            definition: fact.definition,
            confidence: fact.confidence,
            inferred: fact.inferred,
            source: fact.source,
        })
    }

    fn to_codes(&self, writer: &CodeWriter<'_>) -> IndicatorFact {
        IndicatorFact {
            body: writer.body(self.body),
            indicator: self.indicator.clone(),
            series: writer.series(self.series),
            role: self.role,
            form: self.form,
            values: Arc::clone(&self.values),
            definition: self.definition.clone(),
            confidence: self.confidence,
            inferred: self.inferred.clone(),
            source: self.source.clone(),
        }
    }
}
