//! Schemes by which others rate bodies: what an external rating can say, and what it bears on.

use super::{Framework, MeasureIndex};
use crate::words::number;

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
    /// The measures that its ratings bear on.
    pub measures: Vec<MeasureIndex>,
    /// Where this is known from.
    pub source: Option<String>,
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
            RatingValues::Words(words) => {
                crate::words::any_of(words.iter().map(|word| word.key.as_str()))
            }
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
