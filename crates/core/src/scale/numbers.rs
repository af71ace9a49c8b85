//! Scales whose values are numbers.

use super::Step;
use crate::fraction::Fraction;
use crate::outcome::Better;

/// The numbers from one end to the other, in equal steps: 0 to 100 with one decimal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    /// The smallest number.
    pub from: Fraction,
    /// The largest number.
    pub to: Fraction,
    /// Number of decimals, 0 to [`Numbers::MAX_DECIMALS`]. Both ends have no more.
    pub decimals: u32,
    /// Number of values minus one.
    last: u16,
}

impl Numbers {
    /// Maximum number of decimals.
    pub const MAX_DECIMALS: u32 = 4;

    /// The numbers between two ends; `None` if `to` is not above `from`, an end has more decimals
    /// than stated, or there are more than 65,535 numbers.
    pub fn new(from: Fraction, to: Fraction, decimals: u32) -> Option<Numbers> {
        let has_more = |end: Fraction| end.decimals().is_none_or(|own| own > decimals);
        if decimals > Numbers::MAX_DECIMALS || has_more(from) || has_more(to) {
            return None;
        }
        let span = to.plus(from.times(-1)?)?.whole_units(decimals)?;
        let last = u16::try_from(span).ok()?;
        (last > 0 && last <= Step::MAX).then_some(Numbers {
            from,
            to,
            decimals,
            last,
        })
    }

    /// The numbers that a calculated figure between two ends is placed on: with up to four
    /// decimals, or as many as 65,535 numbers allow. The ends are rounded outwards.
    pub fn of_figures(from: Fraction, to: Fraction) -> Option<Numbers> {
        (0..=Numbers::MAX_DECIMALS)
            .rev()
            .find_map(|decimals| Numbers::around(from, to, decimals))
    }

    /// The numbers with these decimals that include two ends; `None` if there are too many.
    pub fn around(from: Fraction, to: Fraction, decimals: u32) -> Option<Numbers> {
        let unit = Fraction::from(1).divided(10_i64.checked_pow(decimals)?)?;
        let mut low = from.rounded(decimals)?;
        if low > from {
            low = low.plus(unit.times(-1)?)?;
        }
        let mut high = to.rounded(decimals)?;
        while high < to || high <= low {
            high = high.plus(unit)?;
        }
        Numbers::new(low, high, decimals)
    }

    /// Position of the best number.
    pub(super) fn last(&self) -> u16 {
        self.last
    }

    /// The number at a position; the best for positions behind it.
    pub(super) fn at(&self, step: Step, better: Better) -> Fraction {
        let position = i64::from(step.position().min(self.last));
        let power = 10_i64.pow(self.decimals);
        let (end, position) = match better {
            Better::Higher => (self.from, position),
            Better::Lower => (self.to, -position),
        };
        let offset = i32::try_from(position).map_or_else(|_| Fraction::default(), Fraction::from);
        // Both ends have at most 15 digits and the offset has five, so neither overflows.
        offset
            .divided(power)
            .and_then(|offset| end.plus(offset))
            .unwrap_or(end)
    }

    /// The position of exactly this number.
    pub(super) fn find(&self, number: Fraction, better: Better) -> Option<Step> {
        let step = self.nearest(number, better);
        (self.at(step, better) == number).then_some(step)
    }

    /// The position of the number nearest to `number`; halfway rounds up. Numbers beyond an end are
    /// placed on it.
    pub(super) fn nearest(&self, number: Fraction, better: Better) -> Step {
        let number = number.max(self.from).min(self.to);
        let rounded = number.rounded(self.decimals);
        let distance = rounded.and_then(|number| match better {
            Better::Higher => number.plus(self.from.times(-1)?),
            Better::Lower => self.to.plus(number.times(-1)?),
        });
        let units = distance.and_then(|distance| distance.whole_units(self.decimals));
        let position = units.and_then(|units| u16::try_from(units).ok());
        Step::at(position.unwrap_or(self.last).min(self.last))
    }

    /// "a number from 0 to 100 with at most 1 decimal".
    pub(super) fn in_words(&self) -> String {
        let (from, to) = (self.from, self.to);
        match self.decimals {
            0 => format!("a whole number from {from} to {to}"),
            1 => format!("a number from {from} to {to} with at most 1 decimal"),
            decimals => format!("a number from {from} to {to} with at most {decimals} decimals"),
        }
    }
}
