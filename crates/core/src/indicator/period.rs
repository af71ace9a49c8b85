//! Periods of published series: years, financial years, and several years pooled.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The most years that one figure can pool.
const MAX_POOLED: i16 = 10;

/// The form of the periods of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PeriodForm {
    /// Whether its years are financial years, from April to March.
    pub financial: bool,
    /// How many years a figure pools: 1 unless it covers several.
    pub years: u8,
}

impl Default for PeriodForm {
    fn default() -> PeriodForm {
        PeriodForm::CALENDAR
    }
}

impl PeriodForm {
    /// Single calendar years: `2011`.
    pub const CALENDAR: PeriodForm = PeriodForm {
        financial: false,
        years: 1,
    };

    /// Single financial years: `2011/12`.
    pub const FINANCIAL: PeriodForm = PeriodForm {
        financial: true,
        years: 1,
    };

    /// The lengths that a form can have, in years.
    pub const LENGTHS: std::ops::RangeInclusive<u8> = 1..=10;

    /// The period of this form that starts in a year, as files write it: `2011`, `2011/12`,
    /// `2009-2011`, `2009/10-2011/12`.
    pub fn period(self, year: i16) -> String {
        let last = year.saturating_add(i16::from(self.years.max(1)) - 1);
        let name = |year: i16| {
            if self.financial {
                format!("{year}/{:02}", year.saturating_add(1).rem_euclid(100))
            } else {
                year.to_string()
            }
        };
        if last > year {
            format!("{}-{}", name(year), name(last))
        } else {
            name(year)
        }
    }

    /// Whether the period that starts in a year begins on or before a date.
    pub fn begins_by(self, year: i16, date: Date) -> bool {
        let month = if self.financial { 4 } else { 1 };
        (year, month) <= (date.year(), date.month())
    }

    /// What the periods are, in words: "financial years", "periods of 3 years".
    pub fn in_words(self) -> String {
        match (self.financial, self.years) {
            (false, 1) => "calendar years".to_owned(),
            (true, 1) => "financial years".to_owned(),
            (false, years) => format!("periods of {years} calendar years"),
            (true, years) => format!("periods of {years} financial years"),
        }
    }
}

/// Why a text is not a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It has another form.
    #[error("is not a period")]
    Form,
    /// `2009-10` is a financial year for some and two calendar years for others.
    #[error("may be the financial year {0}/{next:02} or the two years {0}-{end}", next = (.0 + 1).rem_euclid(100), end = .0 + 1)]
    Ambiguous(i16),
    /// The second year of a financial year does not follow the first.
    #[error("is not a financial year: its second year does not follow its first")]
    NotAYear,
    /// The last year is not after the first, or too far from it.
    #[error("does not cover 1 to 10 years")]
    Length,
}

impl PeriodError {
    /// What was expected instead.
    pub fn expected(self) -> String {
        match self {
            PeriodError::Ambiguous(year) => {
                let financial = PeriodForm::FINANCIAL.period(year);
                format!("{financial} or {year}-{}", year.saturating_add(1))
            }
            _ => "a year (2011), a financial year (2011/12) or a pooled period (2009-2011)".into(),
        }
    }
}

/// Reads a period: the year in which it starts, and its form.
///
/// # Errors
/// Why the text is not a period.
///
/// ```
/// use wcc_core::indicator::{PeriodForm, parse_period};
/// assert_eq!(parse_period("2011/12"), Ok((2011, PeriodForm::FINANCIAL)));
/// assert_eq!(parse_period("2009-11").map(|(_, form)| form.years), Ok(3));
/// ```
pub fn parse_period(text: &str) -> Result<(i16, PeriodForm), PeriodError> {
    let mut parts = text.split(['-', '\u{2013}']).map(str::trim);
    let first = parts.next().ok_or(PeriodError::Form)?;
    let last = parts.next();
    if parts.next().is_some() {
        return Err(PeriodError::Form);
    }
    if let Some((start, second)) = first.split_once('/') {
        let year = financial_year(start, second)?;
        let last = match last {
            None => year,
            Some(last) => {
                let (start, second) = last.split_once('/').ok_or(PeriodError::Form)?;
                financial_year(start, second)?
            }
        };
        return pooled(year, last, true);
    }
    let year = whole_year(first)?;
    match last {
        None => Ok((year, PeriodForm::CALENDAR)),
        Some(last) => {
            let to = later_year(year, last)?;
            if last.len() == 2 && to == year.saturating_add(1) {
                return Err(PeriodError::Ambiguous(year));
            }
            pooled(year, to, false)
        }
    }
}

fn pooled(from: i16, to: i16, financial: bool) -> Result<(i16, PeriodForm), PeriodError> {
    let years = to.saturating_sub(from).saturating_add(1);
    if !(1..=MAX_POOLED).contains(&years) {
        return Err(PeriodError::Length);
    }
    let years = u8::try_from(years).map_err(|_| PeriodError::Length)?;
    Ok((from, PeriodForm { financial, years }))
}

/// A year of four digits.
fn whole_year(text: &str) -> Result<i16, PeriodError> {
    if text.len() != 4 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PeriodError::Form);
    }
    text.parse().map_err(|_| PeriodError::Form)
}

/// A year after `year`, of two or four digits.
fn later_year(year: i16, text: &str) -> Result<i16, PeriodError> {
    if text.len() != 2 {
        return whole_year(text);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(PeriodError::Form);
    }
    let two: i16 = text.parse().map_err(|_| PeriodError::Form)?;
    Ok(year.saturating_add((two - year).rem_euclid(100)))
}

fn financial_year(start: &str, second: &str) -> Result<i16, PeriodError> {
    let year = whole_year(start.trim())?;
    if later_year(year, second.trim())? == year.saturating_add(1) {
        Ok(year)
    } else {
        Err(PeriodError::NotAYear)
    }
}
