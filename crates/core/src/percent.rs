//! Percentages as every output shows them: with one decimal and a sign, never "-0.0".
//!
//! Sentences compare the rounded figures that they show, so that no sentence contradicts its own
//! figures.

/// A percentage rounded to the one decimal that outputs show; zero has no sign.
///
/// ```
/// use wcc_core::percent::to_one_decimal;
/// assert_eq!(to_one_decimal(-1.26), -1.3);
/// assert!(to_one_decimal(-0.04).is_sign_positive());
/// ```
pub fn to_one_decimal(percent: f64) -> f64 {
    let tenths = (percent * 10.0).round();
    if tenths.is_finite() {
        // Adding zero turns -0 into 0.
        tenths / 10.0 + 0.0
    } else {
        percent
    }
}

/// Formats with a sign and a percent sign: `+4.9%`, `-0.5%`, `0.0%`.
pub fn signed(percent: f64) -> String {
    let shown = to_one_decimal(percent);
    if shown == 0.0 {
        "0.0%".to_owned()
    } else {
        format!("{shown:+.1}%")
    }
}

/// Formats a yearly rate: `+4.9% a year`.
pub fn a_year(percent: f64) -> String {
    format!("{} a year", signed(percent))
}

/// Formats without a percent sign, for a column of figures: `4.9`, `-0.5`, `0.0`.
pub fn figure(percent: f64) -> String {
    format!("{:.1}", to_one_decimal(percent))
}
