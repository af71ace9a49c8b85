//! `ExternalRating` and `RatingScheme`: ratings of bodies by auditors and regulators.

use super::framework::Framework;
use super::measure::Measure;
use crate::project::leaves::Id;
use crate::project::object;
use wcc_core::framework as core;
use wcc_core::record;

/// A rating of an item of evidence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExternalRating<'a> {
    pub(crate) framework: Framework<'a>,
    pub(crate) data: &'a record::ExternalRating,
}

impl<'a> ExternalRating<'a> {
    fn scheme(&self) -> Option<RatingScheme<'a>> {
        let data = self.framework.data.find_rating_scheme(&self.data.scheme)?;
        Some(RatingScheme {
            framework: self.framework,
            data,
        })
    }
}

object! {
    /// A rating by another body. It is shown beside the measures that it bears on, and sets no
    /// ceiling.
    ExternalRating<'a> as "ExternalRating" => |rating| {
        /// The scheme; null if the framework does not declare it.
        scheme: Option<RatingScheme<'a>> = rating.scheme();
        /// The year that was rated.
        year: &'a str = rating.data.year.as_ref();
        /// The value: `3`, `good`.
        value: &'a str = rating.data.value.as_ref();
        /// The value in words: "3, performing well".
        inWords: String = rating.data.in_words(rating.framework.data);
    }
}

/// A scheme of a framework.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RatingScheme<'a> {
    pub(crate) framework: Framework<'a>,
    pub(crate) data: &'a core::RatingScheme,
}

object! {
    /// A scheme by which an auditor or regulator rates bodies.
    RatingScheme<'a> as "RatingScheme" => |scheme| {
        /// Identifier: `use-of-resources`.
        code: Id<'a> = Id(&scheme.data.id);
        /// Title as printed.
        title: &'a str = scheme.data.title.as_str();
        /// Who issues the ratings, unless one says otherwise.
        issuer: Option<&'a str> = scheme.data.issuer.as_deref();
        /// What a rating can be, in words: "weak, fair, good or excellent".
        values: String = scheme.data.values_in_words();
        /// What the years of its ratings look like, in words: "a financial year such as 2008/09"; null
        /// for any text.
        years: Option<&'a str> = scheme.data.years.map(core::RatingYears::in_words);
        /// The measures that its ratings bear on.
        measures: [Measure<'a>; 2] = {
            let framework = scheme.framework;
            scheme.data.measures.iter().map(move |index| framework.measure(*index))
        };
        /// Where this is known from.
        source: Option<&'a str> = scheme.data.source.as_deref();
    }
}
