//! Schemes by which others rate bodies: what an external rating can say, and what it bears on.

use super::{Framework, MeasureIndex};
use crate::words::{any_of, number};

/// A scheme of an auditor or regulator. Its ratings are evidence: they set no ceiling.
#[derive(Clone, Debug, PartialEq)]
pub struct RatingScheme {
    /// Identifier: `use-of-resources`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// Who issues the ratings, unless one says otherwise.
    pub issuer: Option<String>,
    /// What a rating can be.
    pub values: RatingValues,
    /// What the years of its ratings look like; `None` for any text.
    pub years: Option<RatingYears>,
    /// The measures that its ratings bear on.
    pub measures: Vec<MeasureIndex>,
    /// Where this is known from.
    pub source: Option<String>,
}

/// What the years of a scheme's ratings look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RatingYears {
    /// Two years that follow each other: `2008/09`.
    Financial,
    /// One year: `2008`.
    Calendar,
}

impl RatingYears {
    /// Every form.
    pub const ALL: [RatingYears; 2] = [RatingYears::Financial, RatingYears::Calendar];

    /// The word that framework files use.
    pub fn name(self) -> &'static str {
        match self {
            RatingYears::Financial => "financial",
            RatingYears::Calendar => "calendar",
        }
    }

    /// What is expected, in words.
    pub fn in_words(self) -> &'static str {
        match self {
            RatingYears::Financial => "a financial year such as 2008/09",
            RatingYears::Calendar => "a year such as 2008",
        }
    }

    /// Whether a text has this form.
    pub fn has_form(self, year: &str) -> bool {
        first_year(year).is_some_and(|first| self.write(first) == year)
    }

    /// The year in this form that a text probably means: `2008/09` for `2008-09` and `2008/2009`.
    pub fn meant(self, year: &str) -> Option<String> {
        let first = first_year(year)?;
        let rest: String = year.chars().filter(char::is_ascii_digit).skip(4).collect();
        let next = first + 1;
        let is_followed = rest.is_empty()
            || rest == format!("{:02}", next % 100)
            || rest == next.to_string()
            || rest == (next % 10).to_string();
        is_followed.then(|| self.write(first))
    }

    fn write(self, first: u16) -> String {
        match self {
            RatingYears::Financial => format!("{first}/{:02}", (first + 1) % 100),
            RatingYears::Calendar => first.to_string(),
        }
    }
}

/// The year, from 1900 to 2199, that the first four digits of a text give.
fn first_year(text: &str) -> Option<u16> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(4).collect();
    let year = digits.parse().ok()?;
    (1900..2200).contains(&year).then_some(year)
}

/// What the ratings of a scheme can be.
#[derive(Clone, Debug, PartialEq)]
pub enum RatingValues {
    /// One of some words, the worst first.
    Words(Vec<RatingWord>),
    /// A number.
    Numbers {
        /// The lowest number.
        lowest: f64,
        /// The highest number.
        highest: f64,
        /// What it counts: `%`.
        unit: Option<String>,
    },
}

/// A word of a scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RatingWord {
    /// The word that files use: `3`, `good`.
    pub key: String,
    /// What it means.
    pub title: String,
}

impl Framework {
    /// The rating scheme with an identifier, ignoring case.
    pub fn find_rating_scheme(&self, id: &str) -> Option<&RatingScheme> {
        let mut schemes = self.rating_schemes.iter();
        schemes.find(|scheme| scheme.id.eq_ignore_ascii_case(id))
    }
}

impl RatingScheme {
    /// The value as it is recorded, for a value as somebody wrote it; `None` if the scheme has no
    /// such value.
    pub fn find_value(&self, given: &str) -> Option<Box<str>> {
        match &self.values {
            RatingValues::Words(words) => {
                let mut words = words.iter();
                let word = words.find(|word| {
                    word.key.eq_ignore_ascii_case(given) || word.title.eq_ignore_ascii_case(given)
                });
                word.map(|word| word.key.as_str().into())
            }
            RatingValues::Numbers {
                lowest, highest, ..
            } => {
                let value: f64 = given.trim_end_matches('%').trim_end().parse().ok()?;
                (*lowest..=*highest)
                    .contains(&value)
                    .then(|| number(value).into())
            }
        }
    }

    /// A recorded value in words: `3, performing well`, `94%`.
    pub fn value_in_words(&self, value: &str) -> String {
        match &self.values {
            RatingValues::Words(words) => {
                let mut words = words.iter();
                let word = words.find(|word| word.key == value);
                match word.filter(|word| !word.title.eq_ignore_ascii_case(value)) {
                    Some(word) => format!("{value}, {}", word.title),
                    None => value.to_owned(),
                }
            }
            RatingValues::Numbers { unit, .. } => match unit.as_deref() {
                Some("%") => format!("{value}%"),
                Some(unit) => format!("{value} {unit}"),
                None => value.to_owned(),
            },
        }
    }

    /// What a value can be, in words: `weak, fair, good or excellent`, `a number from 0 to 100`.
    pub fn values_in_words(&self) -> String {
        match &self.values {
            RatingValues::Words(words) => any_of(words.iter().map(|word| word.key.as_str())),
            RatingValues::Numbers {
                lowest, highest, ..
            } => format!("a number from {} to {}", number(*lowest), number(*highest)),
        }
    }

    /// The words that a value can be; none for numbers.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let words = match &self.values {
            RatingValues::Words(words) => words.as_slice(),
            RatingValues::Numbers { .. } => &[],
        };
        words.iter().map(|word| word.key.as_str())
    }
}
