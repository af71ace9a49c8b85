//! Collects problems while reading goes on: each cause is told once, with every place that it
//! shows in.

use crate::problem::{Place, Problem, Problems};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

/// So many different things that are wrong with one column (or key) are told in full.
const MOST_OF_ONE_KIND: usize = 10;

/// Where else in a file the same is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// The first of those rows (lines of a text).
    pub first: Vec<u32>,
    /// How many there are in all.
    pub count: usize,
}

impl Repeats {
    /// So many are named by their number.
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
            Some(Place::Row { .. }) => "row",
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

/// A part of a file whose problems are alike: a column, or all keys of one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Part {
    file: String,
    /// Name of the column or key.
    name: String,
}

impl Part {
    fn of(file: &str, place: Option<&Place>) -> Self {
        let name = match place {
            Some(Place::Row { column, .. }) => column.clone().unwrap_or_default(),
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

/// Collects problems while reading goes on.
#[derive(Debug, Default)]
pub(crate) struct ProblemCollector(RefCell<Collection>);

#[derive(Debug, Default)]
struct Collection {
    problems: Problems,
    /// Problems in all, each place counted.
    count: usize,
    /// Position of the problem with a message.
    by_message: HashMap<(Part, String), usize>,
    /// Different messages of each part, and the position of the problem that stands for all
    /// further ones.
    parts: HashMap<Part, (usize, Option<usize>)>,
}

/// The row or line of a place.
fn number_of(place: Option<&Place>) -> u32 {
    match place {
        Some(Place::Row { row, .. }) => *row,
        Some(Place::Line(line) | Place::Key { line, .. }) => *line,
        None => 0,
    }
}

impl Collection {
    /// Whether a problem still has to be made. One that is known already only gets another place.
    fn is_new(&mut self, file: &str, place: Option<&Place>, message: &str) -> bool {
        let part = Part::of(file, place);
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

    /// Counts a new message of a part. Beyond a number of them one problem stands for all others,
    /// unless there is only one more.
    fn is_one_of_many(&mut self, part: &Part, file: &str, place: Option<&Place>) -> bool {
        let next = self.problems.problems.len();
        let most = match place {
            // All of a text is one part.
            Some(Place::Line(_)) => 2 * MOST_OF_ONE_KIND,
            _ => MOST_OF_ONE_KIND,
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
            Some(Place::Row { .. }) => "there are more problems with rows",
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
    /// Takes a problem. `more` adds what was expected; it is not called for a problem that is told
    /// already at another place of the file, so that a hopeless file stays cheap.
    pub(crate) fn tell(
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

    /// Takes a problem.
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
        let mut found = self.0.borrow_mut();
        if found.is_new(file, place.as_ref(), message) {
            found.count += problem.repeats.count;
            found.problems.problems.push(problem);
        }
    }

    /// Counts a problem that follows from one that was told in another file.
    pub(crate) fn follow_on(&self) {
        self.0.borrow_mut().count += 1;
    }

    /// Takes all problems of another reading.
    pub(crate) fn extend(&self, other: Problems) {
        for problem in other.problems {
            self.take(problem);
        }
        let mut found = self.0.borrow_mut();
        found.problems.more += other.more;
        found.count += other.more;
    }

    /// How many problems there are so far, each place counted.
    pub(crate) fn count(&self) -> usize {
        self.0.borrow().count
    }

    /// The value where nothing is wrong, else the problems.
    pub(crate) fn or<T>(self, value: Option<T>) -> Result<T, Problems> {
        let problems = self.into_problems();
        match value {
            Some(value) if problems.count() == 0 => Ok(value),
            _ => Err(problems),
        }
    }

    /// All of them.
    pub(crate) fn into_problems(self) -> Problems {
        self.0.into_inner().problems
    }

    /// Puts the problems of a TOML file into the order of its lines. Nothing may be taken after
    /// that.
    pub(crate) fn sort_by_line(&self) {
        let mut found = self.0.borrow_mut();
        let Collection {
            problems,
            by_message,
            parts,
            ..
        } = &mut *found;
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
    fn one_cause_is_told_once() {
        let found = ProblemCollector::default();
        for number in 2..3002 {
            found.tell("a.csv", row(number, "b"), "is wrong".to_owned(), |one| {
                one.expecting("right")
            });
        }
        assert_eq!(found.count(), 3000);
        assert_eq!(
            found.into_problems().to_string(),
            "a.csv, row 2, column b: is wrong; expected right; also in rows 3, 4, 5, 6 and 2,995 more"
        );
    }

    #[test]
    fn a_column_full_of_problems_leaves_room_for_others() {
        let found = ProblemCollector::default();
        for number in 2..300 {
            found.tell(
                "a.csv",
                row(number, "b"),
                format!("{number} is wrong"),
                |one| one,
            );
        }
        found.tell("a.csv", row(2, "c"), "is wrong".to_owned(), |one| one);
        let told = found.into_problems().to_string();
        let lines: Vec<&str> = told.lines().collect();
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
