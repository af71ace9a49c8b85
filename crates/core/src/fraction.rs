//! Exact numbers for computing results.
//!
//! A mean of thirds has no exact decimal or floating-point form, and the difference can change a
//! result. Points, sums, means and percentages are therefore fractions, and are converted to
//! decimals only for display.

use num_rational::Ratio;
use std::fmt;

/// Maximum number of decimals that a number may be written or shown with.
const MAX_DECIMALS: u32 = 18;

/// An exact number, as a fraction of whole numbers.
///
/// Arithmetic returns `None` rather than a wrong number if the numerator or denominator would
/// exceed 64 bits.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction(Ratio<i64>);

impl Fraction {
    /// Parses a decimal exactly: `3`, `-0.25`, `62.96`. The text must have a digit before and after
    /// the point, no exponent and at most 15 significant digits. `None` for anything else.
    pub fn from_decimal(text: &str) -> Option<Fraction> {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, decimals) = match unsigned.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (unsigned, ""),
        };
        let digits = || whole.bytes().chain(decimals.bytes());
        let all_digits = digits().all(|digit| digit.is_ascii_digit());
        if whole.is_empty()
            || !all_digits
            || digits().skip_while(|digit| *digit == b'0').count() > 15
        {
            return None;
        }
        // Trailing zeros would only enlarge the denominator.
        let decimals = decimals.trim_end_matches('0');
        let denominator = power_of_ten(u32::try_from(decimals.len()).ok()?)?;
        let mut numerator: i64 = 0;
        for digit in whole.bytes().chain(decimals.bytes()) {
            let digit = i64::from(digit - b'0');
            numerator = numerator.checked_mul(10)?.checked_add(digit)?;
        }
        if text.starts_with('-') {
            numerator = -numerator;
        }
        Some(Fraction(Ratio::new_raw(numerator, denominator)))
    }

    /// Recovers the decimal that a float was parsed from. Floats preserve up to 15 digits, so the
    /// result is exact. `None` if no such decimal exists.
    pub fn from_written(number: f64) -> Option<Fraction> {
        Fraction::from_decimal(&number.to_string())
    }

    /// The nearest float.
    #[allow(
        clippy::cast_precision_loss,
        reason = "the caller accepts a rounded value"
    )]
    pub fn to_f64(self) -> f64 {
        *self.0.numer() as f64 / *self.0.denom() as f64
    }

    /// The sum of two numbers.
    pub fn plus(self, other: Fraction) -> Option<Fraction> {
        let (left, right) = (self.0, other.0);
        let (fine, coarse) = if left.denom() >= right.denom() {
            (left, right)
        } else {
            (right, left)
        };
        // Points usually have few decimals, so one denominator divides the other and no common
        // divisor is needed.
        let factor = if fine.denom() == coarse.denom() {
            Some(1)
        } else if fine.denom() % coarse.denom() == 0 {
            Some(fine.denom() / coarse.denom())
        } else {
            None
        };
        let numerator = factor
            .and_then(|factor| coarse.numer().checked_mul(factor))
            .and_then(|coarse| coarse.checked_add(*fine.numer()));
        if let Some(numerator) = numerator {
            return Some(Fraction(Ratio::new_raw(numerator, *fine.denom())));
        }
        checked(fine.reduced(), coarse.reduced(), i128_sum)
    }

    /// A whole multiple of this number.
    pub fn times(self, factor: i64) -> Option<Fraction> {
        let multiply = |ratio: Ratio<i64>| {
            let numerator = ratio.numer().checked_mul(factor)?;
            Some(Fraction(Ratio::new_raw(numerator, *ratio.denom())))
        };
        multiply(self.0).or_else(|| multiply(self.0.reduced()))
    }

    /// This number divided by a positive whole number; `None` if `by` is not positive.
    pub fn divided(self, by: i64) -> Option<Fraction> {
        if by <= 0 {
            return None;
        }
        let divide = |ratio: Ratio<i64>| {
            let denominator = ratio.denom().checked_mul(by)?;
            Some(Fraction(Ratio::new_raw(*ratio.numer(), denominator)))
        };
        divide(self.0).or_else(|| divide(self.0.reduced()))
    }

    /// This number divided by `other`; `None` if `other` is not positive.
    pub fn ratio(self, other: Fraction) -> Option<Fraction> {
        if *other.0.numer() <= 0 {
            return None;
        }
        checked(self.0.reduced(), other.0.reduced().recip(), i128_product)
    }

    /// The product of two numbers.
    pub fn product(self, other: Fraction) -> Option<Fraction> {
        if other.0.is_integer() {
            return self.times(*other.0.numer());
        }
        let parts = (self.0.reduced(), other.0.reduced());
        checked(parts.0, parts.1, i128_product)
    }

    /// The number in units of 10^-`decimals`, if that is a whole number.
    pub(crate) fn whole_units(self, decimals: u32) -> Option<i64> {
        let units = self.times(power_of_ten(decimals)?)?.reduced();
        units.0.is_integer().then(|| *units.0.numer())
    }

    /// The same number with the smallest possible denominator.
    pub fn reduced(self) -> Fraction {
        Fraction(self.0.reduced())
    }

    /// Rounded to a number of decimals; halfway rounds up.
    pub fn rounded(self, decimals: u32) -> Option<Fraction> {
        let denominator = power_of_ten(decimals)?;
        let numerator = i64::try_from(self.in_units(decimals)).ok()?;
        Some(Fraction(Ratio::new_raw(numerator, denominator)))
    }

    /// The smallest whole number that is not below this one.
    pub fn rounded_up(self) -> Option<Fraction> {
        let (numerator, denominator) = (i128::from(*self.0.numer()), i128::from(*self.0.denom()));
        let whole = i64::try_from(-(-numerator).div_euclid(denominator)).ok()?;
        Some(Fraction(Ratio::new_raw(whole, 1)))
    }

    /// Number of decimals needed to write the number exactly; `None` if no decimal is exact, as for
    /// a third.
    pub fn decimals(self) -> Option<u32> {
        let denominator = *self.0.reduced().denom();
        (0..=MAX_DECIMALS)
            .find(|decimals| power_of_ten(*decimals).is_some_and(|power| power % denominator == 0))
    }

    /// Formats with a fixed number of decimals; halfway rounds up.
    pub fn to_decimal(self, decimals: u32) -> String {
        let decimals = decimals.min(MAX_DECIMALS);
        let scaled = self.in_units(decimals);
        let sign = if scaled < 0 { "-" } else { "" };
        let power = 10_u128.pow(decimals);
        let (whole, rest) = (scaled.unsigned_abs() / power, scaled.unsigned_abs() % power);
        if decimals == 0 {
            return format!("{sign}{whole}");
        }
        let wide = decimals as usize;
        format!("{sign}{whole}.{rest:0wide$}")
    }

    /// Formats with enough decimals to show on which side of each boundary the number lies (at or
    /// above it, or below it). Uses at least `usual` decimals, up to `fine` if the number has them,
    /// and more only if the boundaries require it.
    pub fn to_decimal_apart(
        self,
        usual: u32,
        fine: u32,
        boundaries: impl Iterator<Item = Fraction> + Clone,
    ) -> String {
        let shows_side = |decimals: &u32| {
            self.rounded(*decimals).is_some_and(|shown| {
                let mut boundaries = boundaries.clone();
                boundaries.all(|boundary| (shown >= boundary) == (self >= boundary))
            })
        };
        let decimals = (fine.max(usual)..=MAX_DECIMALS).find(shows_side);
        let mut text = self.to_decimal(decimals.unwrap_or(MAX_DECIMALS));
        while text.ends_with('0')
            && text
                .split_once('.')
                .is_some_and(|(_, after)| after.len() > usual as usize)
        {
            text.pop();
        }
        if text.ends_with('.') {
            text.pop();
        }
        text
    }

    /// The number in units of 10^-`decimals`, rounded to a whole number; halfway rounds up.
    fn in_units(self, decimals: u32) -> i128 {
        let (numerator, denominator) = (i128::from(*self.0.numer()), i128::from(*self.0.denom()));
        let power = 10_i128.pow(decimals.min(MAX_DECIMALS));
        (2 * numerator * power + denominator).div_euclid(2 * denominator)
    }
}

fn power_of_ten(exponent: u32) -> Option<i64> {
    10_i64.checked_pow(exponent)
}

type Parts = (i128, i128);

fn i128_sum((a, b): Parts, (c, d): Parts) -> Option<Parts> {
    Some((
        a.checked_mul(d)?.checked_add(c.checked_mul(b)?)?,
        b.checked_mul(d)?,
    ))
}

fn i128_product((a, b): Parts, (c, d): Parts) -> Option<Parts> {
    Some((a.checked_mul(c)?, b.checked_mul(d)?))
}

/// Computes in 128 bits; `None` if the result does not fit into 64 bits.
fn checked(
    left: Ratio<i64>,
    right: Ratio<i64>,
    calculate: fn(Parts, Parts) -> Option<Parts>,
) -> Option<Fraction> {
    let parts = |ratio: Ratio<i64>| (i128::from(*ratio.numer()), i128::from(*ratio.denom()));
    let (numerator, denominator) = calculate(parts(left), parts(right))?;
    let ratio = Ratio::new(numerator, denominator);
    Some(Fraction(Ratio::new_raw(
        i64::try_from(*ratio.numer()).ok()?,
        i64::try_from(*ratio.denom()).ok()?,
    )))
}

impl From<i32> for Fraction {
    fn from(number: i32) -> Fraction {
        Fraction(Ratio::new_raw(i64::from(number), 1))
    }
}

impl fmt::Display for Fraction {
    /// A decimal if one is exact, otherwise a fraction: `0.25`, `1/3`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimals() {
            Some(decimals) => formatter.write_str(&self.to_decimal(decimals)),
            None => write!(formatter, "{}", self.0.reduced()),
        }
    }
}

impl fmt::Debug for Fraction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::Fraction;

    fn decimal(text: &str) -> Fraction {
        Fraction::from_decimal(text).unwrap_or_default()
    }

    #[test]
    fn only_plain_decimals_are_parsed() {
        for (text, shown) in [
            ("3", "3"),
            ("0.250", "0.25"),
            ("-1.5", "-1.5"),
            ("62.96", "62.96"),
        ] {
            assert_eq!(decimal(text).to_string(), shown);
        }
        for text in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "1_000",
            "NaN",
            "0.1234567890123456",
            "1,5",
        ] {
            assert_eq!(Fraction::from_decimal(text), None, "{text}");
        }
        assert_eq!(
            Fraction::from_written(3.496),
            Fraction::from_decimal("3.496")
        );
        assert_eq!(Fraction::from_written(f64::INFINITY), None);
        assert_eq!(Fraction::from_written(1e20), None);
    }

    #[test]
    fn a_number_is_shown_on_the_correct_side_of_its_boundaries() {
        let percent = Fraction::from(17 * 100).divided(27).unwrap_or_default();
        let bands = [39, 63, 88].map(Fraction::from);
        assert_eq!(percent.to_decimal_apart(1, 1, bands.into_iter()), "62.96");
        assert_eq!(percent.to_decimal_apart(1, 1, [].into_iter()), "63.0");
        let just_below = decimal("2.4999");
        assert_eq!(
            just_below.to_decimal_apart(2, 2, [decimal("2.5")].into_iter()),
            "2.4999"
        );
        assert_eq!(
            decimal("0.875").to_decimal_apart(2, 4, [].into_iter()),
            "0.875"
        );
        assert_eq!(
            decimal("0.75").to_decimal_apart(2, 4, [].into_iter()),
            "0.75"
        );
    }

    #[test]
    fn thirds_add_up_to_one_and_overflow_gives_none() {
        let third = Fraction::from(1).divided(3).unwrap_or_default();
        let sum = third.plus(third).and_then(|sum| sum.plus(third));
        assert_eq!(sum, Some(Fraction::from(1)));
        assert_eq!(third.to_string(), "1/3");
        let half = Fraction::from(-1).divided(2).unwrap_or_default();
        assert_eq!(
            half.rounded(0),
            Some(Fraction::from(0)),
            "halfway rounds up"
        );
        assert_eq!(
            third.plus(half).map(|sum| sum.to_string()).as_deref(),
            Some("-1/6")
        );
        let largest = Fraction::from(i32::MAX);
        assert_eq!(
            largest
                .times(i64::from(i32::MAX))
                .and_then(|square| square.times(4)),
            None
        );
    }
}
