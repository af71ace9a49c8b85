//! Reads TOML tables key by key, with the place of every key, and continues after a problem.

use crate::nearest::nearest;
use crate::problem::{Place, Problem, Problems, quoted, short};
use crate::problem_collector::ProblemCollector;
use jiff::civil::Date;
use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use wcc_core::{Fraction, TextKind};

/// A TOML file during reading.
pub(crate) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    line_starts: Vec<usize>,
    collector: &'a ProblemCollector,
    strictness: Strictness,
    /// Paths of keys that were probably meant by misspelt ones, which were reported.
    misspelt: RefCell<HashSet<String>>,
    /// Input that is allowed but probably a mistake.
    warnings: ProblemCollector,
}

/// Whether to apply rules that are newer than texts in ledgers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// A new text.
    New,
    /// A text that was recorded in a ledger earlier.
    Recorded,
}

/// A place in a document: the offset and the key's path.
#[derive(Clone, Debug)]
pub(crate) struct Spot {
    offset: usize,
    path: String,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) spot: Spot,
}

impl<'a> Document<'a> {
    pub(crate) fn new(
        file: &'a str,
        text: &'a str,
        collector: &'a ProblemCollector,
        strictness: Strictness,
    ) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            file,
            text,
            line_starts: std::iter::once(0).chain(after_breaks).collect(),
            collector,
            strictness,
            misspelt: RefCell::default(),
            warnings: ProblemCollector::default(),
        }
    }

    /// Parses the file; a syntax error is reported and ends the reading.
    pub(crate) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        match DeTable::parse(self.text) {
            Ok(table) => Some(table),
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                let spot = Spot {
                    offset,
                    path: String::new(),
                };
                let message = error.message().lines().collect::<Vec<_>>().join("; ");
                self.add(&spot, |at| at(format!("is not valid TOML: {message}")));
                None
            }
        }
    }

    /// The reader of the whole file's table.
    pub(crate) fn root(&'a self, table: &'a Spanned<DeTable<'a>>) -> Reader<'a> {
        Reader {
            document: self,
            table: table.get_ref(),
            spot: Spot {
                offset: 0,
                path: String::new(),
            },
        }
    }

    pub(crate) fn place(&self, spot: &Spot) -> Place {
        let line = self
            .line_starts
            .partition_point(|start| *start <= spot.offset);
        let start = self
            .line_starts
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let before = self.text.get(start..spot.offset).unwrap_or("");
        Place::Key {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX),
            key: spot.path.clone(),
        }
    }

    /// Warns of input that is allowed but probably a mistake; `describe` is as in [`Self::add`].
    pub(crate) fn warn(
        &self,
        spot: &Spot,
        describe: impl FnOnce(&dyn Fn(String) -> Problem) -> Problem,
    ) {
        self.warnings
            .add(|| describe(&|message| Problem::at(self.file, self.place(spot), message)));
    }

    /// Whether the text was recorded in a ledger earlier.
    pub(crate) fn is_recorded(&self) -> bool {
        self.strictness == Strictness::Recorded
    }

    /// The warnings.
    pub(crate) fn into_warnings(self) -> Problems {
        self.warnings.into_problems()
    }

    /// The number of problems so far, so that problems that follow from others are not reported.
    pub(crate) fn problems(&self) -> usize {
        self.collector.count()
    }

    /// Adds a problem; `describe` receives a function that creates a problem at the spot.
    pub(crate) fn add(
        &self,
        spot: &Spot,
        describe: impl FnOnce(&dyn Fn(String) -> Problem) -> Problem,
    ) {
        self.collector
            .add(|| describe(&|message| Problem::at(self.file, self.place(spot), message)));
    }
}

/// Reads one table.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    pub(crate) document: &'a Document<'a>,
    table: &'a DeTable<'a>,
    pub(crate) spot: Spot,
}

impl<'a> Reader<'a> {
    /// Reports every key that is not among `known`.
    pub(crate) fn only(&self, known: &[&str]) {
        self.only_or_earlier(known, &[]);
    }

    /// Reports every key that is neither among `known` nor an `earlier` name of one of them.
    pub(crate) fn only_or_earlier(&self, known: &[&str], earlier: &[&str]) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) || earlier.contains(&name) {
                continue;
            }
            let spot = Spot {
                offset: key.span().start,
                path: self.path_of(name),
            };
            let absent = known.iter().copied().filter(|key| !self.has(key));
            let meant = nearest(name, absent).or_else(|| nearest(name, known.iter().copied()));
            if let Some(meant) = meant {
                let path = self.path_of(meant);
                self.document.misspelt.borrow_mut().insert(path);
            }
            self.document.add(&spot, |at| {
                at(format!("{} is not a key here", quoted(name)))
                    .expecting_one_of(known.iter().copied())
                    .nearest_to(meant)
            });
        }
    }

    fn path_of(&self, key: &str) -> String {
        let key = short(key);
        if self.spot.path.is_empty() {
            key
        } else {
            format!("{}.{key}", self.spot.path)
        }
    }

    /// The value of a key, of any type.
    fn value(&self, key: &str) -> Option<(&'a DeValue<'a>, Spot)> {
        let value = self.table.get(key)?;
        let spot = Spot {
            offset: value.span().start,
            path: self.path_of(key),
        };
        Some((value.get_ref(), spot))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether the value of a key is a table.
    pub(crate) fn is_table(&self, key: &str) -> bool {
        self.value(key)
            .is_some_and(|(value, _)| value.as_table().is_some())
    }

    /// The number of items in the list of a key, valid or not; `None` if it is not a list.
    pub(crate) fn count(&self, key: &str) -> Option<usize> {
        let (value, _) = self.value(key)?;
        value.as_array().map(|items| items.len())
    }

    /// The place of a key, or of this table if the key is missing.
    pub(crate) fn spot_of(&self, key: &str) -> Spot {
        self.value(key).map_or_else(
            || Spot {
                offset: self.spot.offset,
                path: self.path_of(key),
            },
            |(_, spot)| spot,
        )
    }

    fn wrong_type(&self, spot: &Spot, value: &DeValue<'_>, expected: &str) {
        self.document.add(spot, |at| {
            at(format!("is {}", kind_of(value))).expecting(expected)
        });
    }

    /// Whether a missing key was probably meant by a misspelt one, which was reported.
    pub(crate) fn is_misspelt(&self, key: &str) -> bool {
        let misspelt = self.document.misspelt.borrow();
        !self.has(key) && misspelt.contains(&self.path_of(key))
    }

    /// Reports that a required key is missing.
    pub(crate) fn missing(&self, key: &str) {
        if self.is_misspelt(key) {
            return;
        }
        self.document
            .add(&self.spot_of(key), |at| at("is missing".to_owned()));
    }

    /// Text that is not blank.
    pub(crate) fn text(&self, key: &str) -> Option<Located<&'a str>> {
        let (value, spot) = self.value(key)?;
        self.as_text(value, spot)
    }

    fn as_text(&self, value: &'a DeValue<'a>, spot: Spot) -> Option<Located<&'a str>> {
        let Some(text) = value.as_str() else {
            self.wrong_type(&spot, value, "text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.document.add(&spot, |at| {
                at("is empty".to_owned()).expecting("some text, or no such key")
            });
            return None;
        }
        if !self.document.is_recorded()
            && let Err(error) = TextKind::Prose.check(text)
        {
            self.document.add(&spot, |at| {
                at(format!("the text has {error}: {}", quoted(text))).expecting("text without it")
            });
            return None;
        }
        Some(Located { value: text, spot })
    }

    /// Required text.
    pub(crate) fn required_text(&self, key: &str) -> Option<Located<&'a str>> {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key)
    }

    /// A copy of a text.
    pub(crate) fn owned(&self, key: &str) -> Option<String> {
        self.text(key).map(|text| text.value.to_owned())
    }

    /// A copy of a required text; empty if it is missing.
    pub(crate) fn required_owned(&self, key: &str) -> String {
        self.required_text(key)
            .map_or_else(String::new, |text| text.value.to_owned())
    }

    /// A value given by one of several words.
    pub(crate) fn word<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<Located<T>> {
        let given = self.text(key)?;
        let entry = words.iter().find(|(word, _)| *word == given.value);
        if entry.is_none() {
            let names = || words.iter().map(|(word, _)| *word);
            self.document.add(&given.spot, |at| {
                at(format!("{} is not known", quoted(given.value)))
                    .expecting_one_of(names())
                    .nearest_to(nearest(given.value, names()))
            });
        }
        entry.map(|(_, value)| Located {
            value: *value,
            spot: given.spot,
        })
    }

    /// A whole number within a range.
    pub(crate) fn integer(&self, key: &str, range: RangeInclusive<i64>) -> Option<Located<i64>> {
        let (value, spot) = self.value(key)?;
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let DeValue::Integer(written) = value else {
            self.wrong_type(&spot, value, &expected);
            return None;
        };
        let number = i64::from_str_radix(written.as_str(), written.radix()).ok();
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            self.document.add(&spot, |at| {
                at(format!("{} is out of range", short(written.as_str()))).expecting(expected)
            });
        }
        number.map(|value| Located { value, spot })
    }

    /// A finite number.
    pub(crate) fn number(&self, key: &str) -> Option<Located<f64>> {
        let (value, spot) = self.value(key)?;
        let number = match value {
            DeValue::Integer(written) => i64::from_str_radix(written.as_str(), written.radix())
                .ok()
                .and_then(|number| i32::try_from(number).ok())
                .map(f64::from),
            DeValue::Float(written) => written.as_str().parse().ok(),
            _ => None,
        };
        // Turns -0.0 into 0.
        let number = number.map(|number: f64| number + 0.0);
        let number = number.filter(|number| number.is_finite());
        if number.is_none() {
            self.wrong_type(&spot, value, "a number");
        }
        number.map(|value| Located { value, spot })
    }

    /// A number, exactly as written.
    pub(crate) fn exact(&self, key: &str) -> Option<Located<Fraction>> {
        let (value, spot) = self.value(key)?;
        let number = match value {
            DeValue::Integer(written) if written.radix() == 10 => {
                Fraction::from_decimal(written.as_str())
            }
            DeValue::Float(written) => Fraction::from_decimal(written.as_str()),
            _ => None,
        };
        if number.is_none() {
            let expected = "a number of up to 15 digits, as in 3 or 0.25";
            self.wrong_type(&spot, value, expected);
        }
        number.map(|value| Located { value, spot })
    }

    /// True or false.
    pub(crate) fn flag(&self, key: &str) -> Option<Located<bool>> {
        let (value, spot) = self.value(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.wrong_type(&spot, value, "true or false");
        }
        flag.map(|value| Located { value, spot })
    }

    /// A date.
    pub(crate) fn date(&self, key: &str) -> Option<Located<Date>> {
        let (value, spot) = self.value(key)?;
        let date = value.as_datetime().and_then(as_day);
        if date.is_none() {
            self.wrong_type(&spot, value, "a date without quotes, as in 2010-05-31");
        }
        date.map(|value| Located { value, spot })
    }

    /// A list of texts.
    pub(crate) fn texts(&self, key: &str) -> Option<Vec<Located<&'a str>>> {
        let (value, spot) = self.value(key)?;
        let Some(items) = value.as_array() else {
            self.wrong_type(&spot, value, "a list of texts, as in [\"a\", \"b\"]");
            return None;
        };
        let each = items.iter().zip(1..).filter_map(|(item, number)| {
            let spot = Spot {
                offset: item.span().start,
                path: format!("{}[{number}]", spot.path),
            };
            self.as_text(item.get_ref(), spot)
        });
        Some(each.collect())
    }

    /// A table.
    pub(crate) fn table(&self, key: &str) -> Option<Reader<'a>> {
        let (value, spot) = self.value(key)?;
        let Some(table) = value.as_table() else {
            self.wrong_type(&spot, value, "a table");
            return None;
        };
        Some(Reader {
            document: self.document,
            table,
            spot,
        })
    }

    /// A list of tables; empty if the key is missing.
    pub(crate) fn tables(&self, key: &str) -> Vec<Reader<'a>> {
        let Some((value, spot)) = self.value(key) else {
            return Vec::new();
        };
        let Some(items) = value.as_array() else {
            // `area[1].component` is written as [[area.component]].
            let header: String = spot
                .path
                .split('[')
                .map(|part| part.split_once(']').map_or(part, |(_, rest)| rest))
                .collect();
            self.wrong_type(
                &spot,
                value,
                &format!("a list of tables, as in [[{header}]]"),
            );
            return Vec::new();
        };
        let each = items.iter().zip(1..).filter_map(|(item, number)| {
            let spot = Spot {
                offset: item.span().start,
                path: format!("{}[{number}]", spot.path),
            };
            let Some(table) = item.get_ref().as_table() else {
                self.wrong_type(&spot, item.get_ref(), "a table");
                return None;
            };
            Some(Reader {
                document: self.document,
                table,
                spot,
            })
        });
        each.collect()
    }

    /// Every key, in the order of the file.
    pub(crate) fn keys(&self) -> Vec<Located<&'a str>> {
        let mut keys: Vec<_> = self.table.keys().collect();
        keys.sort_by_key(|key| key.span().start);
        let each = keys.into_iter().map(|key| Located {
            value: key.get_ref().as_ref(),
            spot: Spot {
                offset: key.span().start,
                path: self.path_of(key.get_ref()),
            },
        });
        each.collect()
    }

    /// Every key with its text, in the order of the file.
    pub(crate) fn every_text(&self) -> Vec<(Located<&'a str>, Located<&'a str>)> {
        let mut keys: Vec<_> = self.table.iter().collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        let each = keys.into_iter().filter_map(|(key, value)| {
            let path = self.path_of(key.get_ref());
            let spot = |offset| Spot {
                offset,
                path: path.clone(),
            };
            let name = Located {
                value: key.get_ref().as_ref(),
                spot: spot(key.span().start),
            };
            let text = self.as_text(value.get_ref(), spot(value.span().start))?;
            Some((name, text))
        });
        each.collect()
    }
}

fn as_day(written: &toml::value::Datetime) -> Option<Date> {
    if written.time.is_some() || written.offset.is_some() {
        return None;
    }
    let day = written.date?;
    let number = |value: u8| i8::try_from(value).ok();
    Date::new(
        i16::try_from(day.year).ok()?,
        number(day.month)?,
        number(day.day)?,
    )
    .ok()
}

fn kind_of(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text {}", quoted(text)),
        DeValue::Integer(number) => format!("the number {}", short(number.as_str())),
        DeValue::Float(number) => format!("the number {}", short(number.as_str())),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(written) => format!("the date or time {written}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}
