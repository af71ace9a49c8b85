//! The figures behind a survey result: counts, spread, response, and the groups that may be shown.

use super::super::rules::RuleViolation;
use crate::framework::SurveyRule;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Maximum number of points on the scale of a survey, and of groups of respondents.
pub const MAX_SURVEY_ITEMS: usize = 100;
/// Maximum number of people in one figure: what the API can show as a whole number.
const MAX_PEOPLE: u32 = i32::MAX.unsigned_abs();
/// How far the mean of the counts may be from the score, which has two decimals or more.
const ROUNDING: f64 = 0.005 + 1e-9;

/// The figures behind the mean score of a survey result.
///
/// A group that may not be shown by itself is hidden: too few of it answered, or it is counted together
/// with a group of which too few did. It has no figures of its own, and is counted in `pooled` and in
/// everybody's figures alone. The figures of the groups that are shown and of the pool
/// together are those of everybody, so no difference of them concerns fewer people than the pool.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SurveyFigures {
    /// The number of answers to the question; at least 1.
    pub answers: u32,
    /// Their standard deviation on the survey's own scale, dividing by their number.
    pub spread: Option<f64>,
    /// The number of answers at each point of the scale, lowest first; empty if it is not known.
    pub counts: Vec<u32>,
    /// Who was asked, in all groups together.
    pub response: ResponseCount,
    /// The groups of respondents; empty if they are not known.
    pub groups: Vec<SurveyGroup>,
    /// The hidden groups together; `None` if they are not shown together either.
    pub pooled: Option<GroupAnswers>,
}

/// How many people were asked, and how many of them replied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseCount {
    /// The number of people who were invited; `None` if it is not known.
    pub invited: Option<u32>,
    /// The number of invited people who submitted answers; `None` if it is not known.
    pub responded: Option<u32>,
    /// The number of respondents whose answers were collected elsewhere; `None` if it is not known.
    pub imported: Option<u32>,
}

/// A group of respondents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SurveyGroup {
    /// Its code: `local-authorities`.
    pub code: Box<str>,
    /// Its title.
    pub title: Box<str>,
    /// Who was asked.
    pub response: ResponseCount,
    /// Its answers to the question; `None` if the group is hidden.
    pub shown: Option<GroupAnswers>,
}

/// The answers of one group, or of the hidden groups together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupAnswers {
    /// The number of answers; at least 1.
    pub answers: u32,
    /// Their mean on the survey's own scale.
    pub score: f64,
    /// Their standard deviation, dividing by their number.
    pub spread: f64,
    /// The number of answers at each point of the scale, lowest first; empty if it is not known.
    pub counts: Vec<u32>,
}

impl ResponseCount {
    /// The share of invited people who responded, in percent; `None` if nobody was invited or a
    /// number is not known.
    pub fn rate(self) -> Option<f64> {
        let invited = self.invited.filter(|invited| *invited > 0)?;
        Some(f64::from(self.responded?) / f64::from(invited) * 100.0)
    }

    fn is_possible(self) -> bool {
        let both = self.invited.zip(self.responded);
        both.is_none_or(|(invited, responded)| responded <= invited)
    }
}

impl SurveyGroup {
    /// Whether the group has no figures of its own; see [`SurveyFigures`].
    pub fn is_hidden(&self) -> bool {
        self.shown.is_none()
    }
}

impl SurveyFigures {
    /// The blocks of respondents that have figures: the groups that are shown, and the pool.
    fn blocks(&self) -> impl Iterator<Item = &GroupAnswers> {
        let shown = self.groups.iter().filter_map(|group| group.shown.as_ref());
        shown.chain(&self.pooled)
    }

    /// The rules that the figures break, beside the score that they are behind.
    pub(super) fn broken_rules(
        &self,
        score: Option<f64>,
        rule: Option<&SurveyRule>,
        broken: &mut Vec<RuleViolation>,
    ) {
        let mut refuse = |rule, field, message: String| {
            broken.push(RuleViolation::new(rule, field, message));
        };
        if !(1..=MAX_PEOPLE).contains(&self.answers) {
            let found = self.answers;
            let message =
                format!("there are {found} answers: expected from 1 to {MAX_PEOPLE} of them");
            refuse("answers-in-range", "answers", message);
        }
        let is_spread = |spread: f64| spread.is_finite() && spread >= 0.0;
        if !self.spread.is_none_or(is_spread) || !self.blocks().all(|block| is_spread(block.spread))
        {
            let message = "a standard deviation is a number that is not negative".to_owned();
            refuse("spread-in-range", "spread", message);
        }
        self.check_response(&mut refuse);
        self.check_counts(score, rule, &mut refuse);
        let own: u64 = self.blocks().map(|block| u64::from(block.answers)).sum();
        if self.blocks().next().is_some() && own != u64::from(self.answers) {
            let message = format!(
                "the groups have {own} answers together, but there are {}",
                self.answers
            );
            refuse("groups-add-up", "groups", message);
        }
        let mut codes = HashSet::new();
        if self.groups.len() > MAX_SURVEY_ITEMS {
            let found = self.groups.len();
            let message = format!("there are {found} groups: expected at most {MAX_SURVEY_ITEMS}");
            refuse("groups-in-range", "groups", message);
        } else if let Some(twice) = self.groups.iter().find(|group| !codes.insert(&group.code)) {
            let message = format!("the group `{}` is given twice", twice.code);
            refuse("group-once", "groups", message);
        }
    }

    fn check_response(&self, refuse: &mut impl FnMut(&'static str, &'static str, String)) {
        let responses = self.groups.iter().map(|group| group.response);
        if !responses
            .chain([self.response])
            .all(ResponseCount::is_possible)
        {
            let message = "more people responded than were invited; count answers that were \
                           collected elsewhere as imported";
            refuse("response-in-range", "responded", message.to_owned());
        }
    }

    fn check_counts(
        &self,
        score: Option<f64>,
        rule: Option<&SurveyRule>,
        refuse: &mut impl FnMut(&'static str, &'static str, String),
    ) {
        let blocks = self
            .blocks()
            .map(|block| (block.answers, &block.counts, Some(block.score)));
        let own = [(self.answers, &self.counts, score)];
        for (answers, counts, score) in own.into_iter().chain(blocks) {
            if counts.is_empty() {
                continue;
            }
            if counts.len() > MAX_SURVEY_ITEMS {
                let found = counts.len();
                let message =
                    format!("there are {found} points: expected at most {MAX_SURVEY_ITEMS}");
                return refuse("counts-in-range", "counts", message);
            }
            let sum: u64 = counts.iter().copied().map(u64::from).sum();
            if sum != u64::from(answers) {
                let message =
                    format!("the points have {sum} answers together, but there are {answers}");
                return refuse("counts-add-up", "counts", message);
            }
            let Some(rule) = rule else { continue };
            let ends_here =
                rule.point_at(counts.len()).is_none() && rule.point_at(counts.len() - 1).is_some();
            if !ends_here {
                let points = (0..MAX_SURVEY_ITEMS).take_while(|at| rule.point_at(*at).is_some());
                let message = format!(
                    "there are {} points: the survey's scale has {}",
                    counts.len(),
                    points.count()
                );
                return refuse("counts-of-scale", "counts", message);
            }
            let Some(score) = score.filter(|_| sum > 0) else {
                continue;
            };
            let mean = mean(rule, counts);
            if (mean - score).abs() > ROUNDING {
                let message = format!(
                    "the mean of the counts is {mean:.2}, but the score is {}",
                    crate::words::number(score)
                );
                return refuse("counts-agree", "counts", message);
            }
        }
    }
}

/// The mean of counts on the scale of a survey.
fn mean(rule: &SurveyRule, counts: &[u32]) -> f64 {
    let (mut answers, mut sum) = (0.0, 0.0);
    for (at, count) in counts.iter().enumerate() {
        let point = rule.point_at(at).map_or(0.0, |(score, _)| score);
        answers += f64::from(*count);
        sum += f64::from(*count) * point;
    }
    sum / answers
}
