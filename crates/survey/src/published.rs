//! What may be published of a closed survey, as it is stored and printed.

mod needs;
mod record;

pub use needs::TrainingNeed;

use serde::{Deserialize, Serialize};
use wcc_core::survey::{Figures, Question, Questionnaire, SurveyResults};
use wcc_core::{Fraction, Framework};

use crate::surveys::GroupStatus;

/// The results of a closed survey. It holds nothing that may not be shown to everybody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedResults {
    /// Its identifier: CYCLE/BODY/QUESTIONNAIRE.
    pub survey: String,
    /// The title of the questionnaire.
    pub title: String,
    /// The identifier of the cycle.
    pub cycle: String,
    /// The code of the body.
    pub body: String,
    /// The survey of the framework that the results are recorded under; `None` for training needs.
    pub framework_survey: Option<String>,
    /// The last day for answers.
    pub closes: String,
    /// Where the questions come from.
    pub source: Option<String>,
    /// The smallest number of respondents that is shown.
    pub minimum_group: u32,
    /// The lowest answer.
    pub lowest: i32,
    /// The wording of each answer, lowest first.
    pub wordings: Vec<String>,
    /// The groups, with their response rates.
    pub groups: Vec<GroupStatus>,
    /// The questions.
    pub questions: Vec<PublishedQuestion>,
}

/// The results of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedQuestion {
    /// Its code.
    pub id: String,
    /// Its text.
    pub text: String,
    /// The measures that it bears on.
    pub measures: Vec<String>,
    /// The components that it bears on.
    pub components: Vec<String>,
    /// The answer that is expected of everybody, for training needs.
    pub expected: Option<i32>,
    /// The figures of everybody; `None` if they are fewer than the minimum.
    pub overall: Option<PublishedFigures>,
    /// The level that the overall mean supports on each measure, if the framework has bands for the
    /// survey.
    pub supports: Vec<SupportedLevel>,
    /// The figures of groups, or of several that are shown together because one of them is too
    /// small.
    pub groups: Vec<PublishedFigures>,
    /// The comments of groups that are shown by themselves.
    pub comments: Vec<PublishedComments>,
}

/// The level that a result supports on a measure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportedLevel {
    /// The measure.
    pub measure: String,
    /// The key of the level.
    pub level: String,
}

/// Figures of a set of answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedFigures {
    /// Codes of the groups; empty for everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The number of answers.
    pub answers: u64,
    /// The mean, with as many decimals as it takes to see on which side of a boundary it lies.
    pub mean: String,
    /// The standard deviation of these answers.
    pub spread: String,
    /// The wording of the answer nearest to the mean.
    pub wording: Option<String>,
    /// Whether the mean is below the answer that is expected, for training needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below_expected: Option<bool>,
    /// The number of answers at each point of the scale, lowest first.
    pub distribution: Vec<u64>,
}

/// The comments of a group on a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedComments {
    /// The code of the group.
    pub group: String,
    /// The comments, in alphabetical order.
    pub comments: Vec<String>,
}

/// The survey that results are of.
pub(crate) struct ResultContext<'a> {
    pub(crate) survey: &'a str,
    pub(crate) cycle: &'a str,
    pub(crate) body: &'a str,
    pub(crate) closes: &'a str,
    pub(crate) questionnaire: &'a Questionnaire,
    pub(crate) groups: &'a [GroupStatus],
    pub(crate) framework: &'a Framework,
}

impl PublishedResults {
    pub(crate) fn of(context: &ResultContext<'_>, results: &SurveyResults) -> PublishedResults {
        let questionnaire = context.questionnaire;
        let questions = questionnaire.questions.iter().zip(&results.questions);
        PublishedResults {
            survey: context.survey.to_owned(),
            title: questionnaire.title.to_string(),
            cycle: context.cycle.to_owned(),
            body: context.body.to_owned(),
            framework_survey: questionnaire.survey().map(str::to_owned),
            closes: context.closes.to_owned(),
            source: questionnaire.source.as_deref().map(str::to_owned),
            minimum_group: questionnaire.minimum_group,
            lowest: questionnaire.scale.lowest,
            wordings: owned(&questionnaire.scale.wordings),
            groups: context.groups.to_vec(),
            questions: questions
                .map(|(question, results)| {
                    let figures = |groups: &[usize], figures: &Figures| {
                        PublishedFigures::of(context, question, groups, figures)
                    };
                    let overall = results.overall.as_ref();
                    PublishedQuestion {
                        id: question.id.to_string(),
                        text: question.text.to_string(),
                        measures: owned(&question.measures),
                        components: owned(&question.components),
                        expected: question.expected,
                        supports: overall.map_or_else(Vec::new, |overall| {
                            levels_supported(context, question, overall)
                        }),
                        overall: overall.map(|overall| figures(&[], overall)),
                        groups: results
                            .groups
                            .iter()
                            .map(|shown| figures(&shown.groups, &shown.figures))
                            .collect(),
                        comments: results
                            .comments
                            .iter()
                            .map(|shown| PublishedComments {
                                group: code_of(questionnaire, shown.group),
                                comments: owned(&shown.comments),
                            })
                            .collect(),
                    }
                })
                .collect(),
        }
    }

    /// The title of the group with a code.
    pub fn group_title<'a>(&'a self, code: &'a str) -> &'a str {
        let group = self.groups.iter().find(|group| group.code == code);
        group.map_or(code, |group| &group.title)
    }
}

impl PublishedFigures {
    fn of(
        context: &ResultContext<'_>,
        question: &Question,
        groups: &[usize],
        figures: &Figures,
    ) -> Self {
        let questionnaire = context.questionnaire;
        let boundaries = boundaries(context, question);
        let expected = question.expected.map(i64::from);
        let expected = expected.and_then(|expected| whole(expected).map(|at| figures.mean < at));
        PublishedFigures {
            groups: groups
                .iter()
                .map(|at| code_of(questionnaire, *at))
                .collect(),
            answers: figures.answers,
            mean: figures.mean_in_decimals(boundaries.iter().copied()),
            spread: figures.spread_in_decimals(),
            wording: questionnaire
                .scale
                .wording(figures.mean.to_f64())
                .map(str::to_owned),
            below_expected: expected,
            distribution: figures.distribution.clone(),
        }
    }
}

fn owned(texts: &[Box<str>]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn code_of(questionnaire: &Questionnaire, group: usize) -> String {
    let group = questionnaire.groups.get(group);
    group.map_or_else(String::new, |group| group.code.to_string())
}

fn whole(number: i64) -> Option<Fraction> {
    Fraction::from_decimal(&number.to_string())
}

/// Where it matters on which side a mean lies: the framework's bands, or the expected answer.
fn boundaries(context: &ResultContext<'_>, question: &Question) -> Vec<Fraction> {
    let survey = context.questionnaire.survey();
    let rule = survey.and_then(|survey| context.framework.survey_rule(survey));
    let bands = rule.map_or(&[][..], |rule| &rule.bands).iter();
    let bands = bands.filter_map(|band| Fraction::from_written(band.from));
    bands
        .chain(
            question
                .expected
                .and_then(|expected| whole(expected.into())),
        )
        .collect()
}

fn levels_supported(
    context: &ResultContext<'_>,
    question: &Question,
    overall: &Figures,
) -> Vec<SupportedLevel> {
    let survey = context.questionnaire.survey();
    let Some(rule) = survey.and_then(|survey| context.framework.survey_rule(survey)) else {
        return Vec::new();
    };
    let Some(band) = rule.band_of(overall.mean) else {
        return Vec::new();
    };
    let measures = question.measures.iter();
    measures
        .map(|measure| SupportedLevel {
            measure: measure.to_string(),
            level: band.supports.clone(),
        })
        .collect()
}
