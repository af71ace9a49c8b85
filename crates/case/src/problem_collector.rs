//! Collects problems during reading: each cause is reported once, with all its places.

use crate::problem::{Place, Problem, Problems};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

/// The number of different problems with one column (or key) that are reported in full.
const MAX_PER_PART: usize = 10;

/// The other places in a file with the same problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// The first of these rows (or lines of a text).
    pub first: Vec<u32>,
    /// The number of these rows in all.
    pub count: usize,
}

impl Repeats {
    /// The number of rows that are listed.
    const NAMED: usize = 4;

    fn add(&mut self, row: u32) {
        self.count += 1;
        if self.first.len() < Self::NAMED {
            self.first.push(row);
        }
    }

    /// Writes `; also in rows 3, 4, 5, 6 and 3,248 more`.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>, place: Option<&Place>) -> fmt::Result {
        if self.count == 0 {
            return Ok(());
        }
        let word = match place {
            Some(Place::Row { .. } | Place::Cells { .. }) => "row",
            _ => "line",
        };
        let plural = if self.count == 1 { "" } else { "s" };
        let rows: Vec<String> = self.first.iter().map(u32::to_string).collect();
        match self.count.saturating_sub(rows.len()) {
            0 => write!(
                f,
                "; also in {word}{plural} {}",
                wcc_core::words::all_of(rows.iter().map(String::as_str))
            ),
            more => write!(
                f,
                "; also in {word}{plural} {} and {} more",
                rows.join(", "),
                with_separators(more)
            ),
        }
    }
}

/// `3,248`.
pub(crate) fn with_separators(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A part of a file with similar problems: a column, or all keys of one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct FilePart {
    file: String,
    /// The name of the column or key.
    name: String,
}

impl FilePart {
    fn of(file: &str, place: Option<&Place>) -> Self {
        let name = match place {
            Some(Place::Row { column, .. }) => column.clone().unwrap_or_default(),
            Some(Place::Cells { columns, .. }) => columns.join(" "),
            Some(Place::Key { key, .. }) => {
                let last = key.rsplit('.').next().unwrap_or(key);
                last.split('[').next().unwrap_or(last).to_owned()
            }
            _ => String::new(),
        };
        Self {
            file: file.to_owned(),
            name,
        }
    }
}

/// Collects problems during reading.
#[derive(Debug, Default)]
pub(crate) struct ProblemCollector(RefCell<Collection>);

#[derive(Debug, Default)]
struct Collection {
    problems: Problems,
    /// The number of problems, counting each place.
    count: usize,
    /// The position of the problem with a message.
    by_message: HashMap<(FilePart, String), usize>,
    /// The number of different messages of each part, and the position of the problem that
    /// summarises all further ones.
    parts: HashMap<FilePart, (usize, Option<usize>)>,
}

/// The row or line of a place.
fn number_of(place: Option<&Place>) -> u32 {
    match place {
        Some(Place::Row { row, .. } | Place::Cells { row, .. }) => *row,
        Some(Place::Line(line) | Place::Key { line, .. }) => *line,
        None => 0,
    }
}

impl Collection {
    /// Whether a problem is new. A known problem only gets another place.
    fn is_new(&mut self, file: &str, place: Option<&Place>, message: &str) -> bool {
        let part = FilePart::of(file, place);
        let number = number_of(place);
        let alike = self.by_message.get(&(part.clone(), message.to_owned()));
        if let Some(known) = alike.and_then(|at| self.problems.problems.get_mut(*at)) {
            let own = number_of(known.place.as_ref());
            if own != number && !known.repeats.first.contains(&number) {
                self.count += 1;
                known.repeats.add(number);
            }
            return false;
        }
        self.count += 1;
        if place.is_some() && self.is_one_of_many(&part, file, place) {
            return false;
        }
        if self.problems.problems.len() >= Problems::MOST {
            self.problems.more += 1;
            return false;
        }
        let at = self.problems.problems.len();
        self.by_message.insert((part, message.to_owned()), at);
        true
    }

    /// Counts a new message of a part. Beyond a maximum, one problem summarises all others, unless
    /// there is only one more.
    fn is_one_of_many(&mut self, part: &FilePart, file: &str, place: Option<&Place>) -> bool {
        let next = self.problems.problems.len();
        let most = match place {
            // A text is a single part.
            Some(Place::Line(_)) => 2 * MAX_PER_PART,
            _ => MAX_PER_PART,
        };
        let (messages, others) = self.parts.entry(part.clone()).or_default();
        *messages += 1;
        if *messages <= most {
            return false;
        }
        let others = *others.get_or_insert(next);
        let Some(known) = self.problems.problems.get_mut(others) else {
            return false;
        };
        let message = match place {
            Some(Place::Row {
                column: Some(_), ..
            }) => "there are more problems in this column",
            Some(Place::Row { .. } | Place::Cells { .. }) => "there are more problems with rows",
            Some(Place::Key { .. }) => "there are more problems with keys of this name",
            _ => "there are more problems in this file",
        };
        let repeats = std::mem::take(&mut known.repeats);
        *known = Problem {
            place: known.place.take(),
            repeats,
            ..Problem::of_file(file, message)
        };
        known.repeats.add(number_of(place));
        true
    }
}

impl ProblemCollector {
    /// Reports a problem. `more` adds what was expected; it is not called if the problem was
    /// already reported at another place of the file, so that a file full of errors is cheap to
    /// read.
    pub(crate) fn report(
        &self,
        file: &str,
        place: Option<Place>,
        message: String,
        more: impl FnOnce(Problem) -> Problem,
    ) {
        let is_new = self.0.borrow_mut().is_new(file, place.as_ref(), &message);
        if is_new {
            let problem = more(Problem {
                place,
                ..Problem::of_file(file, message)
            });
            self.0.borrow_mut().problems.problems.push(problem);
        }
    }

    /// Adds a problem.
    pub(crate) fn add(&self, problem: impl FnOnce() -> Problem) {
        self.take(problem());
    }

    fn take(&self, problem: Problem) {
        let Problem {
            file,
            place,
            message,
            ..
        } = &problem;
        let mut collector = self.0.borrow_mut();
        if collector.is_new(file, place.as_ref(), message) {
            collector.count += problem.repeats.count;
            collector.problems.problems.push(problem);
        }
    }

    /// Counts a problem that follows from one reported in another file.
    pub(crate) fn follow_on(&self) {
        self.0.borrow_mut().count += 1;
    }

    /// Adds all problems of another reading.
    pub(crate) fn extend(&self, other: Problems) {
        for problem in other.problems {
            self.take(problem);
        }
        let mut collector = self.0.borrow_mut();
        collector.problems.more += other.more;
        collector.count += other.more;
    }

    /// The number of problems so far, counting each place.
    pub(crate) fn count(&self) -> usize {
        self.0.borrow().count
    }

    /// The value if there are no problems, otherwise the problems.
    pub(crate) fn into_result<T>(self, value: Option<T>) -> Result<T, Problems> {
        let problems = self.into_problems();
        match value {
            Some(value) if problems.count() == 0 => Ok(value),
            _ => Err(problems),
        }
    }

    /// All problems.
    pub(crate) fn into_problems(self) -> Problems {
        self.0.into_inner().problems
    }

    /// Sorts the problems of a TOML file by line. Nothing may be added afterwards.
    pub(crate) fn sort_by_line(&self) {
        let mut collector = self.0.borrow_mut();
        let Collection {
            problems,
            by_message,
            parts,
            ..
        } = &mut *collector;
        // Positions change.
        by_message.clear();
        parts.clear();
        problems
            .problems
            .sort_by_key(|problem| match &problem.place {
                Some(Place::Key { line, column, .. }) => (*line, *column),
                _ => (0, 0),
            });
    }
}

#[cfg(test)]
mod tests {
    use super::{ProblemCollector, with_separators};
    use crate::problem::Place;

    fn row(row: u32, column: &str) -> Option<Place> {
        Some(Place::Row {
            row,
            column: Some(column.to_owned()),
        })
    }

    #[test]
    fn one_cause_is_reported_once() {
        let collector = ProblemCollector::default();
        for number in 2..3002 {
            collector.report("a.csv", row(number, "b"), "is wrong".to_owned(), |one| {
                one.expecting("right")
            });
        }
        assert_eq!(collector.count(), 3000);
        assert_eq!(
            collector.into_problems().to_string(),
            "a.csv, row 2, column b: is wrong; expected right; also in rows 3, 4, 5, 6 and 2,995 more"
        );
    }

    #[test]
    fn a_column_full_of_problems_leaves_room_for_others() {
        let collector = ProblemCollector::default();
        for number in 2..300 {
            collector.report(
                "a.csv",
                row(number, "b"),
                format!("{number} is wrong"),
                |one| one,
            );
        }
        collector.report("a.csv", row(2, "c"), "is wrong".to_owned(), |one| one);
        let text = collector.into_problems().to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 12);
        assert_eq!(
            lines[10],
            "a.csv, row 12, column b: there are more problems in this column; also in rows 13, 14, \
             15, 16 and 283 more"
        );
        assert_eq!(lines[11], "a.csv, row 2, column c: is wrong");
    }

    #[test]
    fn large_numbers_are_written_with_separators() {
        assert_eq!(with_separators(7), "7");
        assert_eq!(with_separators(1_234), "1,234");
        assert_eq!(with_separators(1_234_567), "1,234,567");
    }
}
