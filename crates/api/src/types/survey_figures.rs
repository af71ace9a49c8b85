//! `SurveyFigures`: the figures behind the score of a survey result.

use crate::project::leaves::Id;
use crate::project::object;
use crate::types::ledger::number;
use wcc_core::framework::SurveyRule;
use wcc_core::percent::to_one_decimal;
use wcc_core::record::{self as core, ResponseCount};

/// The figures of a survey result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyFigures<'a> {
    pub(crate) data: &'a core::SurveyFigures,
    /// The framework's rule for the survey, if it has one.
    pub(crate) rule: Option<&'a SurveyRule>,
}

impl<'a> SurveyFigures<'a> {
    fn answers(&self, data: &'a core::GroupAnswers) -> GroupAnswers<'a> {
        GroupAnswers {
            data,
            rule: self.rule,
        }
    }
}

object! {
    /// The figures behind the score of a survey result. A group with too few answers is hidden: it
    /// is counted in `pooled` and in everybody's figures alone.
    SurveyFigures<'a> as "SurveyFigures" => |figures| {
        /// The number of answers to the question.
        answers: i32 = number(figures.data.answers);
        /// Standard deviation of the answers on the survey's own scale, dividing by their number;
        /// null if it is not known.
        spread: Option<f64> = figures.data.spread;
        /// The number of answers at each point of the scale, lowest first; empty if it is not known.
        counts: [SurveyPointCount<'a>; 6] = counts(&figures.data.counts, figures.rule);
        /// The number of people who were invited to the survey; null if it is not known.
        invited: Option<i32> = figures.data.response.invited.map(number);
        /// The number of invited people who submitted answers; null if it is not known.
        responded: Option<i32> = figures.data.response.responded.map(number);
        /// The number of respondents whose answers were collected elsewhere; null if it is not
        /// known.
        imported: Option<i32> = figures.data.response.imported.map(number);
        /// The share of invited people who responded, in percent with one decimal.
        responseRate: Option<f64> = rate(figures.data.response);
        /// The groups of respondents.
        groups: [SurveyGroup<'a>; 5] = {
            let figures = *figures;
            figures.data.groups.iter().map(move |data| SurveyGroup { data, figures })
        };
        /// The hidden groups together; null if there are none, or if they are not shown together
        /// either.
        pooled: Option<GroupAnswers<'a>> =
            figures.data.pooled.as_ref().map(|data| figures.answers(data));
    }
}

/// A group of respondents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyGroup<'a> {
    data: &'a core::SurveyGroup,
    figures: SurveyFigures<'a>,
}

object! {
    /// A group of respondents to a question of a survey.
    SurveyGroup<'a> as "SurveyGroup" => |group| {
        /// Code: `local-authorities`.
        code: Id<'a> = Id(&group.data.code);
        /// Title.
        title: &'a str = group.data.title.as_ref();
        /// The number of people who were invited; null if it is not known.
        invited: Option<i32> = group.data.response.invited.map(number);
        /// The number of invited people who submitted answers; null if it is not known.
        responded: Option<i32> = group.data.response.responded.map(number);
        /// The number of respondents whose answers were collected elsewhere; null if it is not
        /// known.
        imported: Option<i32> = group.data.response.imported.map(number);
        /// The share of invited people who responded, in percent with one decimal.
        responseRate: Option<f64> = rate(group.data.response);
        /// Whether the group has no figures of its own because too few of it answered the question.
        hidden: bool = group.data.is_hidden();
        /// Its answers to the question; null if it is hidden.
        shown: Option<GroupAnswers<'a>> =
            group.data.shown.as_ref().map(|data| group.figures.answers(data));
    }
}

/// The answers of a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GroupAnswers<'a> {
    data: &'a core::GroupAnswers,
    rule: Option<&'a SurveyRule>,
}

object! {
    /// The answers of a group of respondents, or of the hidden groups together.
    GroupAnswers<'a> as "GroupAnswers" => |answers| {
        /// Their number.
        answers: i32 = number(answers.data.answers);
        /// Their mean on the survey's own scale.
        score: f64 = answers.data.score;
        /// Their standard deviation, dividing by their number.
        spread: f64 = answers.data.spread;
        /// The number of answers at each point of the scale, lowest first; empty if it is not known.
        counts: [SurveyPointCount<'a>; 6] = counts(&answers.data.counts, answers.rule);
    }
}

/// The number of answers at a point of the scale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyPointCount<'a> {
    score: Option<f64>,
    wording: Option<&'a str>,
    answers: u32,
}

impl<'a> SurveyPointCount<'a> {
    /// A point of a questionnaire's scale.
    pub(super) fn new(score: i32, wording: &'a str, answers: u64) -> SurveyPointCount<'a> {
        SurveyPointCount {
            score: Some(f64::from(score)),
            wording: Some(wording),
            answers: u32::try_from(answers).unwrap_or(u32::MAX),
        }
    }
}

object! {
    /// The number of answers at a point of the scale.
    SurveyPointCount<'a> as "SurveyPointCount" => |point| {
        /// The point; null if the framework has no rule for the survey.
        score: Option<f64> = point.score;
        /// The point in words: "agree"; null if the framework does not have them.
        wording: Option<&'a str> = point.wording;
        /// The number of answers.
        answers: i32 = number(point.answers);
    }
}

fn counts<'a>(
    counts: &'a [u32],
    rule: Option<&'a SurveyRule>,
) -> impl Iterator<Item = SurveyPointCount<'a>> + 'a {
    counts.iter().enumerate().map(move |(at, answers)| {
        let point = rule.and_then(|rule| rule.point_at(at));
        SurveyPointCount {
            score: point.map(|(score, _)| score),
            wording: point.and_then(|(_, wording)| wording),
            answers: *answers,
        }
    })
}

fn rate(response: ResponseCount) -> Option<f64> {
    response.rate().map(to_one_decimal)
}
