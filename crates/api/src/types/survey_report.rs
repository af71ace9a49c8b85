//! `SurveyReport`: the results of a closed survey, and the training needs that a staff survey shows.

use super::count;
use super::survey_figures::SurveyPointCount;
use crate::project::leaves::Id;
use crate::project::object;
use crate::survey::{
    AnswerFigures, GroupComments, QuestionReport, SupportedLevel, SurveyReport as Report,
    TrainingNeed as Need,
};

/// The results of a closed survey.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyReport<'a>(pub(crate) &'a Report);

object! {
    /// What may be published of a closed survey. A group with fewer answers to a question than the
    /// questionnaire's minimum is shown together with others or not at all, so no sum or difference of
    /// figures is about fewer people.
    SurveyReport<'a> as "SurveyReport" => |SurveyReport(report)| {
        /// The results of each question.
        questions: [SurveyQuestionReport<'a>; 12] = {
            let report: &'a Report = report;
            let questions = report.questions.iter();
            questions.map(move |data| SurveyQuestionReport { report, data })
        };
        /// The training needs, by directorate and then for everybody; empty if the questionnaire
        /// expects no answer.
        trainingNeeds: [TrainingNeed<'a>; 40] = report.needs.iter().map(TrainingNeed);
    }
}

/// The results of a question.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyQuestionReport<'a> {
    report: &'a Report,
    data: &'a QuestionReport,
}

impl<'a> SurveyQuestionReport<'a> {
    fn figures(self, data: &'a AnswerFigures) -> SurveyAnswerFigures<'a> {
        let report = self.report;
        SurveyAnswerFigures { report, data }
    }
}

object! {
    /// The results of a question of a survey.
    SurveyQuestionReport<'a> as "SurveyQuestionReport" => |question| {
        /// Code of the question: `local-leader`.
        code: Id<'a> = Id(&question.data.code);
        /// The text that respondents read.
        text: &'a str = question.data.text.as_ref();
        /// Identifiers of the measures that it bears on.
        measures: [Id<'a>; 2] = question.data.measures.iter().map(|measure| Id(measure));
        /// Identifiers of the components that it bears on.
        components: [Id<'a>; 1] = question.data.components.iter().map(|component| Id(component));
        /// The answer that is expected of everybody, for training needs.
        expected: Option<i32> = question.data.expected;
        /// The figures of everybody; null if too few have answered.
        overall: Option<SurveyAnswerFigures<'a>> =
            question.data.overall.as_ref().map(|figures| question.figures(figures));
        /// The figures of each group, or of several that are shown together because one of them is too
        /// small.
        groups: [SurveyAnswerFigures<'a>; 5] = {
            let question = *question;
            question.data.groups.iter().map(move |figures| question.figures(figures))
        };
        /// The levels that the overall mean supports, if the framework has bands for the survey.
        supports: [SurveySupportedLevel<'a>; 2] = question.data.supports.iter().map(SurveySupportedLevel);
        /// The comments of groups that are shown by themselves.
        comments: [SurveyGroupComments<'a>; 5] = question.data.comments.iter().map(SurveyGroupComments);
    }
}

/// Figures of a set of answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyAnswerFigures<'a> {
    report: &'a Report,
    data: &'a AnswerFigures,
}

object! {
    /// Figures of the answers of everybody, of a group, or of several groups together.
    SurveyAnswerFigures<'a> as "SurveyAnswerFigures" => |figures| {
        /// Codes of the groups; empty for everybody.
        groups: [Id<'a>; 2] = figures.data.groups.iter().map(|group| Id(group));
        /// The number of answers.
        answers: i32 = count(figures.data.answers);
        /// The mean, with as many decimals as it takes to see on which side of a boundary it lies.
        mean: f64 = figures.data.mean;
        /// The standard deviation of these answers, dividing by their number.
        spread: f64 = figures.data.spread;
        /// The wording of the answer nearest to the mean.
        wording: Option<&'a str> = figures.data.wording.as_deref();
        /// Whether the mean is below the answer that is expected; null if none is.
        belowExpected: Option<bool> = figures.data.is_below_expected;
        /// The number of answers at each point of the scale, lowest first.
        counts: [SurveyPointCount<'a>; 6] = {
            let (report, data) = (figures.report, figures.data);
            let points = (report.lowest..).zip(&report.wordings).zip(&data.counts);
            points.map(|((score, wording), answers)| SurveyPointCount::new(score, wording, *answers))
        };
    }
}

/// A level that a result supports.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveySupportedLevel<'a>(&'a SupportedLevel);

object! {
    /// A level that the result of a question supports on a measure.
    SurveySupportedLevel<'a> as "SurveySupportedLevel" => |SurveySupportedLevel(supported)| {
        /// Identifier of the measure.
        measure: Id<'a> = Id(&supported.measure);
        /// The level.
        level: &'a str = supported.level.as_ref();
    }
}

/// The comments of a group.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SurveyGroupComments<'a>(&'a GroupComments);

object! {
    /// The comments of a group of respondents on a question.
    SurveyGroupComments<'a> as "SurveyGroupComments" => |SurveyGroupComments(group)| {
        /// Code of the group.
        group: Id<'a> = Id(&group.group);
        /// The comments, in alphabetical order.
        comments: [&'a str; 10] = group.comments.iter().map(AsRef::as_ref);
    }
}

/// A training need.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrainingNeed<'a>(&'a Need);

object! {
    /// How far a directorate, or several shown together, is from the answer that is expected in one
    /// competency.
    TrainingNeed<'a> as "TrainingNeed" => |TrainingNeed(need)| {
        /// Codes of the directorates; empty for everybody.
        groups: [Id<'a>; 2] = need.groups.iter().map(|group| Id(group));
        /// Code of the question.
        question: Id<'a> = Id(&need.question);
        /// Its text.
        text: &'a str = need.text.as_ref();
        /// Identifiers of the components that it bears on.
        components: [Id<'a>; 1] = need.components.iter().map(|component| Id(component));
        /// The answer that is expected of everybody.
        expected: i32 = need.expected;
        /// The mean of the answers.
        mean: f64 = need.mean;
        /// The number of answers.
        answers: i32 = count(need.answers);
        /// How many of them are below the expected one.
        below: i32 = count(need.below);
        /// Whether there is a need: the mean is below the expected answer.
        needed: bool = need.is_needed;
    }
}
