//! Reads indicators: `indicators.csv` defines them, `indicator_values.csv` has their values, and
//! published files are read as `indicator_files.toml` says (see `mapped`).
//!
//! A table may have a million rows, so a row leaves nothing behind but its numbers: texts are
//! kept once for each series.

mod definitions;

use super::context::Context;
use super::fields::Fields;
use super::outcomes::Outcomes;
use super::schemas::{INDICATOR_VALUES, INDICATORS};
use super::value_cells::{NamedCell, RowProblems, ValueCells, role_of, series_of};
use crate::nearest::nearest;
use crate::problem::quoted;
use crate::table::Row;
use definitions::{definition, of_plugin};
use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;
use wcc_core::indicator::{IndicatorDefinition, IndicatorValue, PeriodForm, SeriesRole};
use wcc_core::outcome::SeriesIndex;
use wcc_core::record::IndicatorSeries;
use wcc_core::words::number;
use wcc_core::{BodyIndex, RecordId};

/// An indicator of the framework's catalogue, or one that is defined.
#[derive(Clone, Debug)]
pub struct KnownIndicator {
    /// Its identifier.
    pub id: Box<str>,
    /// Its definition; `None` if the framework's catalogue has it.
    pub definition: Option<Arc<IndicatorDefinition>>,
}

/// What a column of figures is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Target {
    /// Position of the indicator in [`Indicators::known`].
    pub(super) indicator: usize,
    pub(super) series: SeriesIndex,
    pub(super) role: SeriesRole,
}

/// A series during reading.
struct OpenSeries {
    record: RecordId,
    body: BodyIndex,
    target: Target,
    form: PeriodForm,
    /// Values with the numbers of their rows.
    values: Vec<IndicatorValue>,
    rows: Vec<RecordId>,
    /// Positions of its sources, in order of appearance.
    sources: Vec<u32>,
    /// Distinct texts on what was inferred, each with the years of its values.
    inferred: Vec<(Box<str>, Vec<i16>)>,
    confidence: Option<f64>,
    /// The first row with limits.
    limits: Option<RecordId>,
}

impl OpenSeries {
    /// Takes the confidence level of a value with limits. All limits of a series have one level.
    fn take_level(&mut self, problems: &RowProblems<'_>, record: RecordId, cells: &ValueCells<'_>) {
        let level = cells.confidence;
        let Some(first) = self.limits else {
            self.limits = Some(record);
            self.confidence = level;
            return;
        };
        if level == self.confidence {
            return;
        }
        let named = |level: Option<f64>| {
            level.map_or_else(
                || "not given".to_owned(),
                |level| format!("{}%", number(level)),
            )
        };
        let message = format!(
            "the confidence level is {}, and for the first limits of this series, in {}, it is {}",
            named(level),
            problems.context.row_in_words(first),
            named(self.confidence)
        );
        problems.wrong(cells.confidence_column, message, |problem| {
            problem.expecting("one level for all limits of a series")
        });
    }

    /// What was inferred: with its periods, unless it holds for all values.
    fn inferred(&self) -> Option<Box<str>> {
        let texts = self.inferred.iter().map(|(text, years)| {
            if years.len() == self.values.len() {
                return text.to_string();
            }
            let mut years = years.clone();
            years.sort_unstable();
            let periods: Vec<String> = years.iter().map(|year| self.form.period(*year)).collect();
            format!("{}: {text}", periods.join(", "))
        });
        let texts: Vec<String> = texts.collect();
        (!texts.is_empty()).then(|| texts.join("; ").into())
    }
}

/// What the row before named, as it is written.
struct LastTarget {
    indicator: Box<str>,
    series: Box<str>,
    of: Box<str>,
    target: Target,
}

impl LastTarget {
    fn is(&self, indicator: &str, series: &str, of: &str) -> bool {
        *self.indicator == *indicator && *self.series == *series && *self.of == *of
    }
}

/// The indicators and series read so far.
#[derive(Default)]
pub(super) struct Indicators {
    pub(super) known: Vec<KnownIndicator>,
    /// Positions in `known` by identifier, as it is written anywhere.
    ids: HashMap<Box<str>, usize>,
    list: Vec<OpenSeries>,
    by_key: HashMap<(BodyIndex, Target), usize>,
    /// The series of the row before: tables are usually sorted.
    last: Option<((BodyIndex, Target), usize)>,
    last_target: Option<LastTarget>,
    last_body: Option<(Box<str>, BodyIndex)>,
    sources: Vec<Box<str>>,
    source_ids: HashMap<Box<str>, u32>,
    /// Positions in `list` by record, for problems that follow from the rules.
    value_rows: HashMap<RecordId, Vec<Vec<RecordId>>>,
    /// How the files beside the case are read.
    pub(super) files: Vec<super::mapped::MappedFile>,
}

impl Indicators {
    /// Starts with what is known from elsewhere, such as the ledger.
    pub(super) fn knowing(known: &[KnownIndicator]) -> Indicators {
        let mut indicators = Indicators::default();
        for one in known {
            indicators.define(one.clone());
        }
        indicators
    }

    fn define(&mut self, indicator: KnownIndicator) -> usize {
        let at = self.known.len();
        self.ids.insert(indicator.id.clone(), at);
        self.known.push(indicator);
        at
    }

    /// Reads `indicators.csv`.
    pub(super) fn definitions(
        &mut self,
        context: &Context<'_>,
        outcomes: &Outcomes<'_>,
        bytes: &[u8],
    ) -> u32 {
        let mut defined: HashMap<String, u32> = HashMap::new();
        context.read_rows(&INDICATORS, bytes, |row| {
            let fields = Fields::new(context, row);
            let Some(indicator) = definition(&fields, outcomes) else {
                return;
            };
            if context.framework.find_outcome(&indicator.id).is_some() {
                fields.cells.wrong(
                    "id",
                    || {
                        format!(
                            "{} is an outcome of {}",
                            quoted(&indicator.id),
                            context.framework.id
                        )
                    },
                    |problem| {
                        problem.expecting(
                            "an indicator that the framework does not define: leave the row out",
                        )
                    },
                );
            } else if let Some(first) =
                defined.insert(indicator.id.to_ascii_lowercase(), row.number)
            {
                fields.cells.wrong(
                    "id",
                    || {
                        format!(
                            "{} is defined already, in row {first}",
                            quoted(&indicator.id)
                        )
                    },
                    |problem| problem.expecting("one row for each indicator"),
                );
            } else {
                self.define(indicator);
            }
        })
    }

    /// The indicator with an identifier: a defined one, an outcome of the framework's catalogue, or
    /// a local outcome of a plugin.
    pub(super) fn find(&mut self, context: &Context<'_>, id: &str) -> Option<usize> {
        if let Some(at) = self.ids.get(id) {
            return Some(*at);
        }
        let defined = self
            .known
            .iter()
            .position(|known| known.id.eq_ignore_ascii_case(id));
        let at = match defined {
            Some(at) => at,
            None => {
                let local = context.local_outcomes.iter();
                let mut local = local.filter(|outcome| outcome.id.eq_ignore_ascii_case(id));
                let indicator = match context.framework.find_outcome(id) {
                    Some(known) => KnownIndicator {
                        id: known.id.as_str().into(),
                        definition: None,
                    },
                    None => of_plugin(local.next()?),
                };
                self.define(indicator)
            }
        };
        self.ids.insert(id.into(), at);
        Some(at)
    }

    /// The identifiers that could be meant.
    pub(super) fn nearest_id(&self, context: &Context<'_>, id: &str) -> Option<String> {
        let defined = self.known.iter().map(|known| &*known.id);
        let catalogue = context.framework.outcomes.catalogue.iter();
        let catalogue = catalogue.map(|outcome| outcome.id.as_str());
        nearest(id, defined.chain(catalogue)).map(str::to_owned)
    }

    /// Reads `indicator_values.csv`.
    pub(super) fn values(&mut self, context: &Context<'_>, input: impl Read) -> u32 {
        context.read_rows(&INDICATOR_VALUES, input, |row| self.row(context, row))
    }

    fn row(&mut self, context: &Context<'_>, row: &Row<'_>) {
        let problems = RowProblems::new(context, row.number);
        let [
            indicator,
            body,
            series,
            of,
            period,
            value,
            lower,
            upper,
            confidence,
            break_before,
            inferred,
            source,
        ] = row.cells();
        let cell = |column: &'static str, text| NamedCell { column, text };
        let target = match &self.last_target {
            Some(last) if last.is(indicator, series, of) => Some(last.target),
            _ => {
                let target = self.target(
                    &problems,
                    cell("indicator", indicator),
                    cell("series", series),
                    cell("of", of),
                );
                self.last_target = target.map(|target| LastTarget {
                    indicator: indicator.into(),
                    series: series.into(),
                    of: of.into(),
                    target,
                });
                target
            }
        };
        let body = match &self.last_body {
            Some((code, last)) if **code == *body => Some(*last),
            _ => {
                let found = problems.body(cell("body", body));
                self.last_body = found.map(|found| (body.into(), found));
                found
            }
        };
        let period = problems.period(cell("period", period));
        let confidence = problems.confidence(cell("confidence", confidence));
        let cells = ValueCells {
            value: cell("value", value),
            lower: cell("lower", lower),
            upper: cell("upper", upper),
            break_before: cell("break", break_before),
            source,
            inferred,
            confidence,
            confidence_column: "confidence",
        };
        self.take(&problems, target, body, period, &cells);
    }

    fn target(
        &mut self,
        problems: &RowProblems<'_>,
        indicator: NamedCell<'_>,
        series: NamedCell<'_>,
        role: NamedCell<'_>,
    ) -> Option<Target> {
        let context = problems.context;
        let found = self.find(context, indicator.text);
        if found.is_none() && indicator.text.is_empty() {
            problems.empty(indicator.column);
        } else if found.is_none() {
            if context.is_broken(INDICATORS.file) {
                problems.follow_on();
            } else {
                let message = format!("there is no indicator {}", quoted(indicator.text));
                let near = self.nearest_id(context, indicator.text);
                problems.wrong(indicator.column, message, |problem| {
                    problem
                        .expecting("an outcome of the framework, or an indicator of indicators.csv")
                        .nearest_to(near.as_deref())
                });
            }
        }
        let series = series_of(problems, series);
        let role = role_of(problems, role);
        Some(Target {
            indicator: found?,
            series: series?,
            role: role?,
        })
    }

    /// Takes a value into its series.
    pub(super) fn take(
        &mut self,
        problems: &RowProblems<'_>,
        target: Option<Target>,
        body: Option<BodyIndex>,
        period: Option<(i16, PeriodForm)>,
        cells: &ValueCells<'_>,
    ) {
        let value = problems.number(cells.value);
        let limits = problems.limits(cells);
        let break_before = problems.yes_no(cells.break_before);
        let (Some(target), Some(body), Some((year, form)), true) =
            (target, body, period, problems.are_none())
        else {
            return;
        };
        let record = problems.context.record(problems.row);
        let key = (body, target);
        let at = match self.last {
            Some((last, at)) if last == key => at,
            _ => *self.by_key.entry(key).or_insert_with(|| {
                self.list.push(OpenSeries {
                    record,
                    body,
                    target,
                    form,
                    values: Vec::new(),
                    rows: Vec::new(),
                    sources: Vec::new(),
                    inferred: Vec::new(),
                    confidence: None,
                    limits: None,
                });
                self.list.len() - 1
            }),
        };
        self.last = Some((key, at));
        let source = self.source(cells.source);
        let Some(series) = self.list.get_mut(at) else {
            return;
        };
        if series.form != form {
            let (first, other) = (series.form.in_words(), form.in_words());
            let message = format!("the series has {first} before, and here {other}");
            problems.wrong("period", message, |problem| problem.expecting(first));
            return;
        }
        series.values.push(IndicatorValue {
            year,
            break_before,
            value,
            limits,
        });
        series.rows.push(record);
        if let Some(source) = source
            && !series.sources.contains(&source)
        {
            series.sources.push(source);
        }
        if !cells.inferred.is_empty() {
            let mut known = series.inferred.iter_mut();
            match known.find(|(text, _)| **text == *cells.inferred) {
                Some((_, years)) => years.push(year),
                None => series.inferred.push((cells.inferred.into(), vec![year])),
            }
        }
        if limits.is_some() {
            series.take_level(problems, record, cells);
        }
    }

    fn source(&mut self, text: &str) -> Option<u32> {
        if text.is_empty() {
            return None;
        }
        if let Some(id) = self.source_ids.get(text) {
            return Some(*id);
        }
        let id = u32::try_from(self.sources.len()).ok()?;
        self.sources.push(text.into());
        self.source_ids.insert(text.into(), id);
        Some(id)
    }

    /// Every series that was read.
    pub(super) fn finish(&mut self) -> Vec<IndicatorSeries> {
        let list = std::mem::take(&mut self.list);
        let each = list.into_iter().filter_map(|mut open| {
            let known = self.known.get(open.target.indicator)?;
            if !open.values.is_sorted_by_key(|value| value.year) {
                let mut both: Vec<_> = open.values.into_iter().zip(open.rows).collect();
                both.sort_by_key(|(value, _)| value.year);
                (open.values, open.rows) = both.into_iter().unzip();
            }
            let inferred = open.inferred();
            open.rows.shrink_to_fit();
            self.value_rows
                .entry(open.record)
                .or_default()
                .push(open.rows);
            let sources = open.sources.iter();
            let sources: Vec<&str> = sources
                .filter_map(|source| self.sources.get(usize::try_from(*source).ok()?))
                .map(AsRef::as_ref)
                .collect();
            Some(IndicatorSeries {
                record: open.record,
                body: open.body,
                indicator: known.id.clone(),
                series: open.target.series,
                role: open.target.role,
                form: open.form,
                values: open.values.into(),
                definition: known.definition.clone(),
                confidence: open.confidence,
                inferred,
                source: (!sources.is_empty()).then(|| sources.join("; ").into()),
            })
        });
        each.collect()
    }

    /// The number of the row that a value was read from. Series of one row differ in their columns
    /// only, and have the same rows.
    pub(super) fn row_of_value(&self, record: RecordId, item: usize) -> Option<RecordId> {
        let mut series = self.value_rows.get(&record)?.iter();
        series.find_map(|rows| rows.get(item).copied())
    }
}
