//! Reads indicators: `indicators.csv` defines them, `indicator_values.csv` has their values, and
//! published files are read as `indicator_files.toml` says (see `mapped`).
//!
//! A table may have a million rows, so a row leaves nothing behind but its numbers: texts are
//! kept once for each series.

use super::context::Context;
use super::fields::Fields;
use super::schemas::{INDICATOR_VALUES, INDICATORS};
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::spreadsheet::number_meant;
use crate::table::Row;
use std::cell::Cell;
use std::collections::HashMap;
use wcc_core::indicator::{
    IndicatorDefinition, IndicatorValue, Limits, PeriodForm, SeriesRole, parse_period,
};
use wcc_core::outcome::{Better, OutcomeDefinition, SeriesIndex};
use wcc_core::record::IndicatorSeries;
use wcc_core::{BodyIndex, RecordId};

/// An indicator of the framework's catalogue, or one that is defined.
#[derive(Clone, Debug)]
pub struct KnownIndicator {
    /// Its identifier.
    pub id: Box<str>,
    /// Its definition; `None` if the framework's catalogue has it.
    pub definition: Option<Box<IndicatorDefinition>>,
}

/// What a column of figures is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Target {
    /// Position of the indicator in [`Indicators::known`].
    pub(super) indicator: usize,
    pub(super) series: SeriesIndex,
    pub(super) role: SeriesRole,
}

/// A cell with the name of its column.
#[derive(Clone, Copy)]
pub(super) struct NamedCell<'r> {
    pub(super) column: &'r str,
    pub(super) text: &'r str,
}

/// The cells of one value.
pub(super) struct ValueCells<'r> {
    pub(super) value: NamedCell<'r>,
    pub(super) lower: NamedCell<'r>,
    pub(super) upper: NamedCell<'r>,
    pub(super) break_before: NamedCell<'r>,
    pub(super) source: &'r str,
    pub(super) inferred: &'r str,
    pub(super) confidence: Option<f64>,
}

/// Reports the problems of one row.
pub(super) struct RowProblems<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) row: u32,
    sound: Cell<bool>,
}

impl<'a> RowProblems<'a> {
    pub(super) fn new(context: &'a Context<'a>, row: u32) -> RowProblems<'a> {
        RowProblems {
            context,
            row,
            sound: Cell::new(true),
        }
    }

    pub(super) fn wrong(
        &self,
        column: &str,
        message: String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        self.sound.set(false);
        let place = Place::Row {
            row: self.row,
            column: Some(column.to_owned()),
        };
        let context = self.context;
        context
            .collector
            .report(&context.file, Some(place), message, more);
    }

    /// The body with a code. It need not be assured, and does not become so.
    pub(super) fn body(&self, cell: NamedCell<'_>) -> Option<BodyIndex> {
        let (code, context) = (cell.text, self.context);
        if code.is_empty() {
            self.empty(cell.column);
            return None;
        }
        let found = context.organisations.find(code);
        if found.is_none() {
            if context.is_reported_elsewhere(code) {
                self.sound.set(false);
                context.collector.follow_on();
                return None;
            }
            let (message, more) = context.no_body(code).parts();
            self.wrong(cell.column, message, more);
        }
        found
    }

    fn empty(&self, column: &str) {
        self.wrong(column, "the cell is empty".to_owned(), |problem| {
            problem.expecting("a value: the column is required")
        });
    }

    /// The period in a cell.
    pub(super) fn period(&self, cell: NamedCell<'_>) -> Option<(i16, PeriodForm)> {
        if cell.text.is_empty() {
            self.empty(cell.column);
            return None;
        }
        match parse_period(cell.text) {
            Ok(period) => Some(period),
            Err(error) => {
                let message = format!("{} {error}", quoted(cell.text));
                self.wrong(cell.column, message, |problem| {
                    problem.expecting(error.expected())
                });
                None
            }
        }
    }

    fn number(&self, cell: NamedCell<'_>) -> Option<f64> {
        if cell.text.is_empty() {
            return None;
        }
        // Turns -0.0 into 0.
        let number = cell.text.parse().ok().map(|number: f64| number + 0.0);
        let number = number.filter(|number| number.is_finite());
        if number.is_none() {
            let message = format!("{} is not a number", quoted(cell.text));
            self.wrong(cell.column, message, |problem| {
                let meant = number_meant(cell.text);
                problem
                    .expecting("a number, written as in 1234.5, or an empty cell")
                    .nearest_to(meant.as_deref())
            });
        }
        number
    }

    fn limits(&self, cells: &ValueCells<'_>) -> Option<Limits> {
        match (self.number(cells.lower), self.number(cells.upper)) {
            (Some(lower), Some(upper)) => Some(Limits { lower, upper }),
            (None, None) => None,
            (lower, _) => {
                let (given, missing) = if lower.is_some() {
                    (cells.lower.column, cells.upper.column)
                } else {
                    (cells.upper.column, cells.lower.column)
                };
                if self.sound.get() {
                    let message = format!("{given} is given without {missing}");
                    self.wrong(missing, message, |problem| {
                        problem.expecting("both limits, or neither")
                    });
                }
                None
            }
        }
    }

    fn yes_no(&self, cell: NamedCell<'_>) -> bool {
        match cell.text {
            "" | "no" => false,
            "yes" => true,
            other => {
                let lower = other.to_ascii_lowercase();
                if lower != "yes" && lower != "no" {
                    let message = format!("{} is not known", quoted(other));
                    self.wrong(cell.column, message, |problem| {
                        problem.expecting("yes or no")
                    });
                }
                lower == "yes"
            }
        }
    }
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
    inferred: Option<Box<str>>,
    confidence: Option<f64>,
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
    pub(super) fn definitions(&mut self, context: &Context<'_>, bytes: &[u8]) -> u32 {
        let mut defined: HashMap<Box<str>, u32> = HashMap::new();
        context.read_rows(&INDICATORS, bytes, |row| {
            let fields = Fields::new(context, row);
            let Some(indicator) = definition(&fields) else {
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
            } else if let Some(first) = defined.insert(indicator.id.clone(), row.number) {
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
    pub(super) fn values(&mut self, context: &Context<'_>, bytes: &[u8]) -> u32 {
        context.read_rows(&INDICATOR_VALUES, bytes, |row| self.row(context, row))
    }

    fn row(&mut self, context: &Context<'_>, row: &Row<'_>) {
        let problems = RowProblems::new(context, row.number);
        let cell = |column: &'static str| NamedCell {
            column,
            text: row.cell(column),
        };
        let target = self.target(&problems, cell("indicator"), cell("series"), cell("of"));
        let body = problems.body(cell("body"));
        let period = problems.period(cell("period"));
        let confidence = problems.number(cell("confidence"));
        let cells = ValueCells {
            value: cell("value"),
            lower: cell("lower"),
            upper: cell("upper"),
            break_before: cell("break"),
            source: row.cell("source"),
            inferred: row.cell("inferred"),
            confidence,
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
                problems.sound.set(false);
                context.collector.follow_on();
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
            (target, body, period, problems.sound.get())
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
                    inferred: None,
                    confidence: None,
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
        if series.inferred.is_none() && !cells.inferred.is_empty() {
            series.inferred = Some(cells.inferred.into());
        }
        series.confidence = series.confidence.or(cells.confidence);
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
            open.values.shrink_to_fit();
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
                values: open.values,
                definition: known.definition.clone(),
                confidence: open.confidence,
                inferred: open.inferred,
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

/// The series that a cell names; the framework's first one if it is empty.
pub(super) fn series_of(problems: &RowProblems<'_>, cell: NamedCell<'_>) -> Option<SeriesIndex> {
    if cell.text.is_empty() {
        return Some(SeriesIndex::default());
    }
    let framework = problems.context.framework;
    let found = framework.find_series(cell.text);
    if found.is_none() {
        let ids = || framework.series.iter().map(|series| series.id.as_str());
        problems.wrong(
            cell.column,
            format!("{} is not known", quoted(cell.text)),
            |problem| {
                problem
                    .expecting_one_of(ids())
                    .nearest_to(nearest(cell.text, ids()))
            },
        );
    }
    found
}

/// The role that a cell names; the body's own figures if it is empty.
pub(super) fn role_of(problems: &RowProblems<'_>, cell: NamedCell<'_>) -> Option<SeriesRole> {
    if cell.text.is_empty() {
        return Some(SeriesRole::Own);
    }
    let mut all = SeriesRole::ALL.into_iter();
    let found = all.find(|role| role.name().eq_ignore_ascii_case(cell.text));
    if found.is_none() {
        let names = || SeriesRole::ALL.into_iter().map(SeriesRole::name);
        problems.wrong(
            cell.column,
            format!("{} is not known", quoted(cell.text)),
            |problem| {
                problem
                    .expecting_one_of(names())
                    .nearest_to(nearest(cell.text, names()))
            },
        );
    }
    found
}

fn definition(fields: &Fields<'_>) -> Option<KnownIndicator> {
    let cells = &fields.cells;
    let id = fields.identifier("id");
    let title = cells.boxed("title");
    let unit = cells.boxed("unit");
    let better = cells.word("better", [Better::Higher, Better::Lower], |better| {
        better.name()
    });
    let definition = IndicatorDefinition {
        outcome: fields.identifier("outcome").map(Into::into),
        min: cells.number("min", f64::MIN..=f64::MAX),
        max: cells.number("max", f64::MIN..=f64::MAX),
        source: cells.boxed("source"),
        title: title?,
        unit: unit?,
        better: better?,
    };
    if !cells.are_sound() {
        return None;
    }
    Some(KnownIndicator {
        id: id?.into(),
        definition: Some(Box::new(definition)),
    })
}

fn of_plugin(outcome: &OutcomeDefinition) -> KnownIndicator {
    KnownIndicator {
        id: outcome.id.as_str().into(),
        definition: Some(Box::new(IndicatorDefinition {
            title: outcome.title.as_str().into(),
            unit: outcome.unit.as_str().into(),
            better: outcome.better,
            outcome: None,
            min: outcome.min,
            max: outcome.max,
            source: outcome.source.as_deref().map(Into::into),
        })),
    }
}
