//! Converts the cells of a row into typed values and reports each problem with its place.

use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::spreadsheet;
use crate::table::Row;
use jiff::civil::Date;
use std::cell::Cell;
use std::ops::RangeInclusive;
use wcc_core::body::Period;

/// The cells of one row during conversion.
pub(crate) struct Cells<'a> {
    file: &'a str,
    row: &'a Row<'a>,
    collector: &'a ProblemCollector,
    sound: Cell<bool>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(file: &'a str, row: &'a Row<'a>, collector: &'a ProblemCollector) -> Self {
        Self {
            file,
            row,
            collector,
            sound: Cell::new(true),
        }
    }

    /// Whether this row has had no problem so far.
    pub(crate) fn are_sound(&self) -> bool {
        self.sound.get()
    }

    pub(crate) fn row_number(&self) -> u32 {
        self.row.number
    }

    /// Marks the row as unusable because of a problem that was reported in another file.
    pub(crate) fn follow_on(&self) {
        self.sound.set(false);
        self.collector.follow_on();
    }

    /// Reports a problem of the cell in `column`.
    pub(crate) fn wrong(
        &self,
        column: &str,
        message: impl FnOnce() -> String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        self.report(Some(column), message, more);
    }

    /// Reports a problem of the row as a whole.
    pub(crate) fn wrong_row(
        &self,
        message: impl FnOnce() -> String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        self.report(None, message, more);
    }

    fn report(
        &self,
        column: Option<&str>,
        message: impl FnOnce() -> String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        self.sound.set(false);
        let place = Place::Row {
            row: self.row.number,
            column: column.map(str::to_owned),
        };
        self.collector
            .report(self.file, Some(place), message(), more);
    }

    /// The text of a cell; `None` if it is empty. Reports a required cell that is empty.
    pub(crate) fn text(&self, column: &str) -> Option<&'a str> {
        let text = self.row.cell(column);
        if !text.is_empty() {
            return Some(text);
        }
        if self.row.is_required(column) {
            self.wrong(
                column,
                || "the cell is empty".to_owned(),
                |problem| problem.expecting("a value: the column is required"),
            );
        }
        None
    }

    /// A copy of the text of a cell.
    pub(crate) fn boxed(&self, column: &str) -> Option<Box<str>> {
        self.text(column).map(Box::from)
    }

    /// A copy of the text of a cell.
    pub(crate) fn owned(&self, column: &str) -> Option<String> {
        self.text(column).map(str::to_owned)
    }

    /// A value given by one of several words.
    pub(crate) fn word<T>(
        &self,
        column: &str,
        values: impl IntoIterator<Item = T> + Clone,
        name: impl Fn(&T) -> &'static str,
    ) -> Option<T> {
        let text = self.text(column)?;
        let mut candidates = values.clone().into_iter();
        let value = candidates.find(|value| name(value).eq_ignore_ascii_case(text));
        if value.is_none() {
            let names: Vec<&str> = values.into_iter().map(|value| name(&value)).collect();
            self.wrong(
                column,
                || format!("{} is not known", quoted(text)),
                |problem| {
                    problem
                        .expecting_one_of(names.iter().copied())
                        .nearest_to(nearest(text, names.iter().copied()))
                },
            );
        }
        value
    }

    /// `yes` or `no`.
    pub(crate) fn yes_no(&self, column: &str) -> Option<bool> {
        self.word(column, [true, false], |yes| if *yes { "yes" } else { "no" })
    }

    /// A number with a decimal point, within a range.
    pub(crate) fn number(&self, column: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let text = self.text(column)?;
        // Turns -0.0 into 0.
        let number = text.parse().ok().map(|number: f64| number + 0.0);
        let number = number.filter(|number| number.is_finite());
        let expected = || {
            if *range.start() == f64::MIN {
                "a number, written as in -1.5".to_owned()
            } else {
                format!(
                    "a number from {} to {}, written as in -1.5",
                    range.start(),
                    range.end()
                )
            }
        };
        let Some(number) = number else {
            self.wrong(
                column,
                || format!("{} is not a number", quoted(text)),
                |problem| {
                    let meant = spreadsheet::number_meant(text);
                    problem.expecting(expected()).nearest_to(meant.as_deref())
                },
            );
            return None;
        };
        if !range.contains(&number) {
            self.wrong(
                column,
                || format!("{} is out of range", quoted(text)),
                |problem| problem.expecting(expected()),
            );
            return None;
        }
        Some(number)
    }

    /// A whole number within a range.
    pub(crate) fn whole(&self, column: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let text = self.text(column)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            // A financial year such as 2008/09 is given by the year in which it starts.
            let start = text.split(['/', '-']).next().filter(|start| {
                let start: Option<u32> = start.parse().ok();
                start.is_some_and(|start| range.contains(&start))
            });
            self.wrong(
                column,
                || format!("{} is not valid here", quoted(text)),
                |problem| problem.expecting(expected).nearest_to(start),
            );
        }
        number
    }

    /// A date: `2008-11-20`.
    pub(crate) fn date(&self, column: &str) -> Option<Date> {
        let text = self.text(column)?;
        let date = day(text);
        if date.is_none() {
            self.wrong(
                column,
                || format!("{} is not a date", quoted(text)),
                |problem| {
                    let meant = spreadsheet::day_meant(text).map(|day| day.to_string());
                    problem
                        .expecting("year, month and day, as in 2008-11-20")
                        .nearest_to(meant.as_deref())
                },
            );
        }
        date
    }

    /// The columns `from` and `until`.
    pub(crate) fn period(&self) -> Period {
        let period = Period {
            from: self.date("from"),
            until: self.date("until"),
        };
        if let (Some(from), Some(until)) = (period.from, period.until)
            && until <= from
        {
            self.wrong(
                "until",
                || format!("{until} is not after `from`, {from}"),
                |problem| problem.expecting("the first day on which it no longer applies"),
            );
        }
        period
    }

    /// Words separated by spaces.
    pub(crate) fn list(&self, column: &str) -> impl Iterator<Item = &'a str> {
        self.text(column).unwrap_or("").split_whitespace()
    }
}

/// Reads `2008-11-20` and nothing else.
fn day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut number = |length: usize| {
        let part = parts.next()?;
        let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i16>().ok()).flatten()
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    if parts.next().is_some() {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}
