//! Why a statistic has no value.

/// Why a statistic has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Undefined {
    /// There is one rater, or none.
    OneRater,
    /// Kappa compares two raters, and there are more.
    MoreThanTwoRaters,
    /// Fewer than two items have two ratings.
    FewerThanTwoPairs,
    /// Every rating has the same value, so no agreement is expected by chance alone.
    NoVariation,
    /// One of two raters gave one and the same value throughout: kappa is then 0, whatever the other
    /// said.
    ConstantRater,
    /// The values are text, which has no order.
    Text,
    /// The values are numbers, which have no neighbouring levels.
    Numbers,
    /// There are more than [`super::MAX_VALUES`] different values.
    TooManyValues,
    /// Too few resamples vary for an interval.
    TooFewResamples,
}

impl Undefined {
    /// The reason in words.
    pub fn in_words(self) -> &'static str {
        match self {
            Undefined::OneRater => "there are not two raters",
            Undefined::MoreThanTwoRaters => "there are more than two raters",
            Undefined::FewerThanTwoPairs => "fewer than two items have two ratings",
            Undefined::NoVariation => "all ratings are the same, so nothing is expected by chance",
            Undefined::ConstantRater => "one of the two gave the same value throughout",
            Undefined::Text => "text has no levels",
            Undefined::Numbers => "numbers have no levels",
            Undefined::TooManyValues => "there are more than 100 different values",
            Undefined::TooFewResamples => "too few resamples vary",
        }
    }
}
