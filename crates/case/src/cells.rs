//! Converts the cells of a row into typed values and reports each problem with its place.

use crate::nearest::nearest;
use crate::problem::{Place, Problem, quoted};
use crate::problem_collector::ProblemCollector;
use crate::spreadsheet;
use crate::table::Row;
use jiff::civil::Date;
use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use wcc_core::Fraction;
use wcc_core::body::Period;

/// The cells of one row during conversion.
pub(crate) struct Cells<'a> {
    file: &'a str,
    row: &'a Row<'a>,
    collector: &'a ProblemCollector,
    sound: Cell<bool>,
    wrong: RefCell<Vec<String>>,
}

impl<'a> Cells<'a> {
    pub(crate) fn new(file: &'a str, row: &'a Row<'a>, collector: &'a ProblemCollector) -> Self {
        Self {
            file,
            row,
            collector,
            sound: Cell::new(true),
            wrong: RefCell::default(),
        }
    }

    /// Whether this row has had no problem so far.
    pub(crate) fn are_sound(&self) -> bool {
        self.sound.get()
    }

    /// Whether a problem of a cell was reported.
    pub(crate) fn is_wrong(&self, column: &str) -> bool {
        self.wrong.borrow().iter().any(|wrong| wrong == column)
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
        self.sound.set(false);
        self.wrong.borrow_mut().push(column.to_owned());
        let place = Place::Row {
            row: self.row.number,
            column: Some(self.shown(column).to_owned()),
        };
        self.collector
            .report(self.file, Some(place), message(), more);
    }

    /// The name of a column in messages.
    pub(crate) fn shown<'c>(&self, column: &'c str) -> &'c str {
        self.row.shown(column)
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
    pub(crate) fn word<'n, T>(
        &self,
        column: &str,
        values: impl IntoIterator<Item = T> + Clone,
        name: impl Fn(&T) -> &'n str,
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

    /// A number with a decimal point. `range` is what a cell that is not a number is told to hold;
    /// whether a number is in it is for the rules of the record to say.
    pub(crate) fn number(&self, column: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let text = self.text(column)?;
        // Turns -0.0 into 0.
        let number = text.parse().ok().map(|number: f64| number + 0.0);
        let number = number.filter(|number| number.is_finite());
        if number.is_none() {
            let (from, to) = (range.start(), range.end());
            let expected = if *from == f64::MIN {
                "a number, written as in -1.5".to_owned()
            } else {
                format!("a number from {from} to {to}, written as in -1.5")
            };
            self.wrong(
                column,
                || format!("{} is not a number", quoted(text)),
                |problem| {
                    let meant = spreadsheet::number_meant(text);
                    problem.expecting(expected).nearest_to(meant.as_deref())
                },
            );
        }
        number
    }

    /// A number that is stored exactly as it is written.
    pub(crate) fn exact_number(&self, column: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let number = self.number(column, range)?;
        let written = self.text(column)?;
        if Fraction::from_decimal(written).is_none() {
            self.wrong(
                column,
                || format!("{} cannot be stored exactly", quoted(written)),
                |problem| problem.expecting("a number of up to 15 digits, as in 3.496"),
            );
            return None;
        }
        Some(number)
    }

    /// A whole number, as in [`Cells::number`].
    pub(crate) fn whole<T>(&self, column: &str, range: RangeInclusive<T>) -> Option<T>
    where
        T: Display + FromStr + PartialOrd,
    {
        let text = self.text(column)?;
        let number = text.parse().ok();
        if number.is_none() {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            // A financial year such as 2008/09 is given by the year in which it starts.
            let start = text.split(['/', '-']).next().filter(|start| {
                let start: Option<T> = start.parse().ok();
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

    /// A whole number within a range.
    pub(crate) fn whole_within(&self, column: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let number = self.whole(column, range.clone())?;
        if range.contains(&number) {
            return Some(number);
        }
        self.wrong(
            column,
            || format!("{number} is out of range"),
            |problem| {
                let (from, to) = (range.start(), range.end());
                problem.expecting(format!("a whole number from {from} to {to}"))
            },
        );
        None
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
