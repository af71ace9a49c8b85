//! How survey results affect measures.

use super::ScaleIndex;
use crate::fraction::Fraction;

/// One band of survey scores and the step that it supports.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyBand {
    /// Lowest score of the band, inclusive, on the survey's own scale.
    pub from: f64,
    /// Key of the highest step that a score in this band supports.
    pub supports: String,
}

/// A point of a survey's answer scale: 5 is "agree".
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyPoint {
    /// The number on the answer scale.
    pub score: f64,
    /// The wording of the answer.
    pub wording: String,
}

/// How survey scores affect measures. A survey result limits a measure and never raises it.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyRule {
    /// Lowest valid mean score.
    pub lowest: f64,
    /// Highest valid mean score.
    pub highest: f64,
    /// The answer scale with its wording, lowest first. A result with wording but no score has the
    /// score of that point.
    pub points: Vec<SurveyPoint>,
    /// The bands, lowest first; the first starts at `lowest`.
    pub bands: Vec<SurveyBand>,
    /// The scale whose steps the bands name.
    pub scale: ScaleIndex,
    /// Source of the bands: what is documented and what is inferred.
    pub source: Option<String>,
}

impl SurveyRule {
    /// The answer at a position of the scale, from 0: its number, and its wording if it has one. If
    /// the points reach from `lowest` to `highest`, they are the scale; otherwise it has every whole
    /// step between the two. `None` beyond its end.
    pub fn point_at(&self, at: usize) -> Option<(f64, Option<&str>)> {
        let ends = self.points.first().zip(self.points.last());
        let is_whole_scale = ends
            .is_some_and(|(first, last)| (first.score, last.score) == (self.lowest, self.highest));
        if is_whole_scale {
            let point = self.points.get(at)?;
            return Some((point.score, Some(&point.wording)));
        }
        let score = self.lowest + f64::from(u16::try_from(at).ok()?);
        let named = self.points.iter().find(|point| point.score == score);
        (score <= self.highest).then_some((score, named.map(|point| point.wording.as_str())))
    }

    /// The band in which an exact mean score lies; `None` below the lowest.
    pub fn band_of(&self, mean: Fraction) -> Option<&SurveyBand> {
        let reached = |from: f64| Fraction::from_written(from).is_some_and(|from| from <= mean);
        self.bands.iter().rev().find(|band| reached(band.from))
    }
}

impl super::Framework {
    /// The rule for the survey with this identifier, or else the default rule.
    pub fn survey_rule(&self, survey: &str) -> Option<&SurveyRule> {
        let named = self.surveys.iter().find(|(id, _)| {
            id.as_deref()
                .is_some_and(|id| id.eq_ignore_ascii_case(survey))
        });
        let rule = named.or_else(|| self.surveys.iter().find(|(id, _)| id.is_none()));
        rule.map(|(_, rule)| rule)
    }
}
