//! Health outcomes: definitions, series and rates of change.

use serde::{Deserialize, Serialize};

/// Whether more or less of an outcome is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Better {
    /// More is better: life expectancy.
    Higher,
    /// Less is better: mortality.
    Lower,
}

impl Better {
    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            Better::Higher => "higher",
            Better::Lower => "lower",
        }
    }

    /// `rate` with its sign changed if necessary, so that a positive number is an improvement.
    pub fn improvement(self, rate: f64) -> f64 {
        match self {
            Better::Higher => rate,
            Better::Lower => -rate,
        }
    }
}

/// Whether an outcome is set nationally or chosen locally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutcomeScope {
    /// Every PCT has it.
    National,
    /// A PCT chooses it.
    Local,
}

impl OutcomeScope {
    /// The word that files and queries use.
    pub fn name(self) -> &'static str {
        match self {
            OutcomeScope::National => "national",
            OutcomeScope::Local => "local",
        }
    }
}

/// Position of a series in [`Framework::series`](crate::Framework::series).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct SeriesIndex(pub u8);

/// A series that a framework declares: the part of the population that a figure counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The word that files and entries use: `males`.
    pub id: String,
    /// What sentences call it: `males`.
    pub title: String,
    /// Whether it counts everyone. The title of an outcome does not name such a series.
    pub is_whole: bool,
}

impl Series {
    /// The series of a framework that declares none, and of every framework in format 1: persons,
    /// males, females.
    pub fn by_sex() -> Vec<Series> {
        let series = |id: &str, is_whole| Series {
            id: id.to_owned(),
            title: id.to_owned(),
            is_whole,
        };
        vec![
            series("persons", true),
            series("males", false),
            series("females", false),
        ]
    }
}

/// An outcome of the framework's catalogue, or a local outcome declared by a plugin.
#[derive(Clone, Debug, PartialEq)]
pub struct OutcomeDefinition {
    /// Identifier: `cvd-mortality`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// Unit of its values: `per 100,000 DSR`.
    pub unit: String,
    /// Which direction is better.
    pub better: Better,
    /// National or local.
    pub scope: OutcomeScope,
    /// Identifiers of the series in which it is reported.
    pub series: Vec<String>,
    /// Lowest possible value, in the unit; `None` if not specified.
    pub min: Option<f64>,
    /// Highest possible value, in the unit; `None` if not specified.
    pub max: Option<f64>,
    /// NHS Vital Signs reference, if known.
    pub vital_signs: Option<String>,
    /// Source of the definition, and how certain it is.
    pub source: Option<String>,
}

/// One value of a series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct YearValue {
    /// The year in which the period starts: 2008 for 2008/09.
    pub year: i16,
    /// The value in the outcome's unit; `None` if missing.
    pub value: Option<f64>,
    /// True if the definition changed in this year, so that values before and after are not
    /// comparable.
    pub break_before: bool,
}

/// The years that a rate covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct YearSpan {
    /// The first year: 2005 for 2005/06.
    pub from: i16,
    /// The last year, after the first.
    pub to: i16,
}

impl YearSpan {
    /// The number of years between the first and the last.
    pub fn years(self) -> i32 {
        i32::from(self.to) - i32::from(self.from)
    }

    /// Its length and its years: "over one year, 2006 to 2007".
    pub fn in_words(self) -> String {
        let length = crate::words::years(self.years());
        format!("over {length}, {} to {}", self.from, self.to)
    }
}

/// Why a rate is not available.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoRate {
    /// The series is empty.
    #[error("no values")]
    NoValues,
    /// Fewer than two usable values since the last break.
    #[error("fewer than two values since the last break in the series")]
    TooFewValues,
    /// The value at the start of the span is missing.
    #[error("the value at the start of the span is missing")]
    StartMissing,
    /// The first value is zero.
    #[error("the first value is zero")]
    StartsAtZero,
    /// The series changes sign.
    #[error("the series changes sign")]
    ChangesSign,
    /// The values are below zero, where growth would mean a fall.
    #[error("the values are below zero")]
    BelowZero,
    /// The rate is not a finite number.
    #[error("the change is too large to be stated as a rate")]
    TooLarge,
}

/// The historic rate of a series, with the years it covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HistoricRate {
    /// Percent a year.
    pub percent: f64,
    /// The years that it covers; `None` for a stated rate whose source gives no years.
    pub years: Option<YearSpan>,
    /// True if it was computed from the values, false if the source states it.
    pub computed: bool,
    /// Whether it covers the framework's span. Otherwise it is not comparable with benchmarks,
    /// aspirations or the rates of other PCTs.
    pub comparable: bool,
}

impl HistoricRate {
    /// The rate in words, with its years if they differ from the framework's span: "+4.9% a year
    /// over one year, 2006 to 2007".
    pub fn in_words(&self) -> String {
        let rate = crate::percent::a_year(self.percent);
        match self.years {
            Some(years) if !self.comparable => format!("{rate} {}", years.in_words()),
            _ => rate,
        }
    }
}

/// Compound annual growth rate in percent over `years`: `(end / start)^(1/years) - 1`.
///
/// # Errors
/// Undefined for a start of zero, if the sign changes, for values below zero (their growth is a
/// fall), and if the result is not a finite number.
///
/// ```
/// let rate = wcc_core::outcome::growth_rate(100.0, 121.0, 2.0).expect("defined");
/// assert!((rate - 10.0).abs() < 1e-9);
/// ```
pub fn growth_rate(start: f64, end: f64, years: f64) -> Result<f64, NoRate> {
    if start == 0.0 {
        return Err(NoRate::StartsAtZero);
    }
    if (start < 0.0) != (end < 0.0) || end == 0.0 && start < 0.0 {
        return Err(NoRate::ChangesSign);
    }
    if start < 0.0 {
        return Err(NoRate::BelowZero);
    }
    let percent = (ratio(end, start).powf(1.0 / years) - 1.0) * 100.0;
    if percent.is_finite() {
        Ok(percent)
    } else {
        Err(NoRate::TooLarge)
    }
}

/// `end / start`. Equal ratios of decimal numbers, such as 0.3 / 0.1 and 3 / 1, are equal exactly, so
/// that equal growth is not ranked by the error of binary fractions.
fn ratio(end: f64, start: f64) -> f64 {
    whole_ratio(end, start).unwrap_or(end / start)
}

/// The quotient of two decimal numbers as that of two whole numbers, which is rounded only once.
/// `None` if they have too many digits, as computed figures do.
fn whole_ratio(end: f64, start: f64) -> Option<f64> {
    /// Decimals of published figures.
    const MAX_DECIMALS: usize = 9;
    /// Whole numbers up to this one are exact.
    const MAX_WHOLE: f64 = 9_007_199_254_740_992.0;
    const SCALES: [f64; MAX_DECIMALS + 1] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
    let scaled = |number: f64| {
        let each = SCALES.iter().enumerate().map(|(decimals, scale)| {
            let whole = (number * scale).round();
            (decimals, whole, whole / scale)
        });
        let mut exact = each.filter(|(_, whole, back)| whole.abs() <= MAX_WHOLE && *back == number);
        exact.next().map(|(decimals, whole, _)| (decimals, whole))
    };
    let ((end_decimals, end), (start_decimals, start)) = (scaled(end)?, scaled(start)?);
    let by = |decimals: usize| SCALES.get(decimals).copied();
    let end = end * by(start_decimals.saturating_sub(end_decimals))?;
    let start = start * by(end_decimals.saturating_sub(start_decimals))?;
    (end.abs() <= MAX_WHOLE && start.abs() <= MAX_WHOLE && start != 0.0).then(|| end / start)
}

/// The growth rate over the last `span_years` of a series, never across a break. If the series (or
/// the part after its break) is shorter, the rate covers all of it, as the returned years show.
///
/// # Errors
/// Why the rate cannot be computed.
pub fn series_rate(values: &[YearValue], span_years: u16) -> Result<(f64, YearSpan), NoRate> {
    if values.is_empty() {
        return Err(NoRate::NoValues);
    }
    let mut ordered = values.to_vec();
    ordered.sort_by_key(|value| value.year);
    let since_break = ordered
        .iter()
        .rposition(|value| value.break_before)
        .unwrap_or(0);
    let known: Vec<(i16, f64)> = ordered
        .iter()
        .skip(since_break)
        .filter_map(|value| value.value.map(|known| (value.year, known)))
        .collect();
    let (Some(&(first_year, _)), Some(&(last_year, end))) = (known.first(), known.last()) else {
        return Err(NoRate::TooFewValues);
    };
    if first_year == last_year {
        return Err(NoRate::TooFewValues);
    }
    let start_year = i32::from(last_year) - i32::from(span_years);
    let start = if i32::from(first_year) > start_year {
        known.first()
    } else {
        known
            .iter()
            .find(|(year, _)| i32::from(*year) == start_year)
    };
    let Some(&(start_year, start)) = start else {
        return Err(NoRate::StartMissing);
    };
    let years = YearSpan {
        from: start_year,
        to: last_year,
    };
    Ok((growth_rate(start, end, f64::from(years.years()))?, years))
}
