//! Problems in input files, worded so that a person can correct them.

use crate::problem_collector::Repeats;
use std::fmt;
use wcc_core::{text, words};

/// Where in a file a problem is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A key of a TOML file. Tables of a list are counted from 1: `area[2].component[1].rule`.
    Key {
        /// Line, from 1.
        line: u32,
        /// Character in the line, from 1.
        column: u32,
        /// Path of the key; empty for the file as a whole.
        key: String,
    },
    /// A line of a text, from 1.
    Line(u32),
    /// A row of a table, as a spreadsheet shows it: the header is row 1.
    Row {
        /// The row.
        row: u32,
        /// The name of the column, if the problem is in one cell.
        column: Option<String>,
    },
    /// Several cells of a row, as a spreadsheet shows it.
    Cells {
        /// The row.
        row: u32,
        /// The names of the columns.
        columns: &'static [&'static str],
    },
}

/// One problem, with its place and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problem {
    /// The file, relative to the folder that was read.
    pub file: String,
    /// The place in the file; `None` for the file as a whole.
    pub place: Option<Place>,
    /// The problem, with the value that was found.
    pub message: String,
    /// What was expected: `1, 2, 3 or 4`.
    pub expected: Option<String>,
    /// The nearest valid value.
    pub nearest: Option<String>,
    /// The name of the rule that a record breaks, if it could be read but breaks one.
    pub rule: Option<&'static str>,
    /// The other places in the file with the same problem.
    pub repeats: Repeats,
}

impl Problem {
    /// A problem of a file as a whole.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            place: None,
            message: message.into(),
            expected: None,
            nearest: None,
            rule: None,
            repeats: Repeats::default(),
        }
    }

    /// A problem at a place.
    pub fn at(file: impl Into<String>, place: Place, message: impl Into<String>) -> Self {
        Self {
            place: Some(place),
            ..Self::of_file(file, message)
        }
    }

    /// Adds what was expected.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Adds that one of `words` was expected; they are listed only if there are few.
    #[must_use]
    pub fn expecting_one_of<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        const FEW: usize = 32;
        let mut few: Vec<&str> = Vec::new();
        for word in words {
            if few.len() > FEW {
                return self;
            }
            if !word.is_empty() && !few.contains(&word) {
                few.push(word);
            }
        }
        if !few.is_empty() {
            self.expected = Some(words::any_of(few));
        }
        self
    }

    /// Adds the nearest valid value, if there is one.
    #[must_use]
    pub fn nearest_to(mut self, nearest: Option<&str>) -> Self {
        self.nearest = nearest.map(str::to_owned);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Key { line, column, key } => {
                write!(f, "line {line}, column {column}")?;
                if key.is_empty() {
                    Ok(())
                } else {
                    write!(f, ", key {key}")
                }
            }
            Place::Line(line) => write!(f, "line {line}"),
            Place::Row { row, column: None } => write!(f, "row {row}"),
            Place::Row {
                row,
                column: Some(column),
            } => write!(f, "row {row}, column {column}"),
            Place::Cells { row, columns } => {
                let columns = words::all_of(columns.iter().copied());
                write!(f, "row {row}, columns {columns}")
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(place) = &self.place {
            write!(f, ", {place}")?;
        }
        write!(f, ": {}", self.message)?;
        if let Some(expected) = &self.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(nearest) = &self.nearest {
            write!(f, "; did you mean \"{nearest}\"?")?;
        }
        self.repeats.write(f, self.place.as_ref())
    }
}

/// All problems of an input that was read; none of the input is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
pub struct Problems {
    /// The problems, at most [`Problems::MOST`].
    pub problems: Vec<Problem>,
    /// The number of further problems.
    pub more: usize,
}

impl Problems {
    /// The number of problems that are reported in full; further ones are only counted.
    pub const MOST: usize = 100;

    /// Adds the problems of another reading, each once.
    pub(crate) fn append(&mut self, other: Problems) {
        self.more += other.more;
        for problem in other.problems {
            if self.problems.contains(&problem) {
                continue;
            }
            if self.problems.len() < Self::MOST {
                self.problems.push(problem);
            } else {
                self.more += 1;
            }
        }
    }

    /// The number of problems.
    pub fn count(&self) -> usize {
        self.problems.len() + self.more
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self {
            problems: vec![problem],
            more: 0,
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        match self.more {
            0 => Ok(()),
            1 => write!(f, "\nand 1 more problem"),
            more => write!(f, "\nand {more} more problems"),
        }
    }
}

/// A value as shown in messages: in quotes, shortened, with invisible characters spelled out.
pub(crate) fn quoted(value: &str) -> String {
    format!("\"{}\"", short(value))
}

/// The start of a value, with invisible characters spelled out, as in `5KF<U+200B>`.
pub(crate) fn short(value: &str) -> String {
    const MOST: usize = 60;
    match value.char_indices().nth(MOST) {
        None => text::visible(value).into_owned(),
        Some((end, _)) => {
            let start = value.get(..end).unwrap_or(value);
            format!("{}…", text::visible(start))
        }
    }
}
