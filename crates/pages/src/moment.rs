//! The moment as of which everything is shown.

use crate::frame::long_date;
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// The end of a day, or the moment after an entry of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    Day(Date),
    Entry(u32),
}

impl Moment {
    /// The directive of a query.
    pub(crate) fn directive(self) -> String {
        match self {
            Moment::Day(day) => format!("@asOf(time: \"{day}T23:59:59Z\")"),
            Moment::Entry(entry) => format!("@asOf(entry: {entry})"),
        }
    }

    /// When it is, for people: "at the end of 30 November 2009".
    pub(crate) fn in_words(self) -> String {
        match self {
            Moment::Day(day) => format!("at the end of {}", long_date(day)),
            Moment::Entry(entry) => format!("after entry {entry}"),
        }
    }

    /// The day, if it is one.
    pub(crate) fn day(self) -> Option<Date> {
        match self {
            Moment::Day(day) => Some(day),
            Moment::Entry(_) => None,
        }
    }
}

/// As addresses give it: `2009-11-30`, `1204`.
impl fmt::Display for Moment {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::Day(day) => write!(to, "{day}"),
            Moment::Entry(entry) => write!(to, "{entry}"),
        }
    }
}

/// It is neither a day nor the number of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoMoment;

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Moment, NoMoment> {
        if let Ok(entry) = text.parse() {
            // The API counts entries in signed numbers.
            let is_number = i32::try_from(entry).is_ok();
            return is_number.then_some(Moment::Entry(entry)).ok_or(NoMoment);
        }
        text.parse().map(Moment::Day).map_err(|_| NoMoment)
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;
    use jiff::civil::date;

    #[test]
    fn a_moment_is_read_as_it_is_written() {
        for moment in [Moment::Day(date(2009, 11, 30)), Moment::Entry(1204)] {
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        for text in ["", "-1", "yesterday", "2009-13-01", "2147483648"] {
            assert!(text.parse::<Moment>().is_err(), "{text}");
        }
    }
}
