//! The cells of one value of an indicator, and the problems of its row.

use super::context::Context;
use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::spreadsheet::number_meant;
use std::cell::Cell;
use wcc_core::BodyIndex;
use wcc_core::indicator::{Limits, PeriodForm, SeriesRole, parse_period};
use wcc_core::outcome::SeriesIndex;
use wcc_core::record::{MAX_INDICATOR_VALUE, is_confidence};
use wcc_core::words::number;

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
    /// The column of the confidence level; empty if it is not read from the row.
    pub(super) confidence_column: &'r str,
}

/// What a confidence level must be.
pub(super) const CONFIDENCE: &str = "a percentage from 50 to less than 100, such as 95";

/// The level that was probably meant: 95 for 0.95.
pub(super) fn confidence_meant(level: f64) -> Option<String> {
    let percent = level * 100.0;
    is_confidence(percent).then(|| number(percent))
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
            column: (!column.is_empty()).then(|| column.to_owned()),
        };
        let context = self.context;
        context
            .collector
            .report(&context.file, Some(place), message, more);
    }

    /// Whether the row has had no problem so far.
    pub(super) fn are_none(&self) -> bool {
        self.sound.get()
    }

    /// Marks the row as unusable because of a problem that was reported in another file.
    pub(super) fn follow_on(&self) {
        self.sound.set(false);
        self.context.collector.follow_on();
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
                self.follow_on();
                return None;
            }
            let (message, more) = context.no_body(code).parts();
            self.wrong(cell.column, message, more);
        }
        found
    }

    pub(super) fn empty(&self, column: &str) {
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

    pub(super) fn number(&self, cell: NamedCell<'_>) -> Option<f64> {
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
        } else if number.is_some_and(|number| number.abs() > MAX_INDICATOR_VALUE) {
            let message = format!("{} is out of range", quoted(cell.text));
            self.wrong(cell.column, message, |problem| {
                problem.expecting(format!(
                    "a number from -{MAX_INDICATOR_VALUE:e} to {MAX_INDICATOR_VALUE:e}"
                ))
            });
            return None;
        }
        number
    }

    /// A level of confidence in percent.
    pub(super) fn confidence(&self, cell: NamedCell<'_>) -> Option<f64> {
        let level = self.number(cell)?;
        if !is_confidence(level) {
            let message = format!("{} is not a confidence level", quoted(cell.text));
            self.wrong(cell.column, message, |problem| {
                let meant = confidence_meant(level);
                problem.expecting(CONFIDENCE).nearest_to(meant.as_deref())
            });
        }
        Some(level)
    }

    pub(super) fn limits(&self, cells: &ValueCells<'_>) -> Option<Limits> {
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

    pub(super) fn yes_no(&self, cell: NamedCell<'_>) -> bool {
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
