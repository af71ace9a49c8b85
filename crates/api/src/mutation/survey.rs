//! `recordSurveyResult`.

use super::form::{Form, SHORT};
use super::{ArgumentPath, record_mutation};
use crate::project::input;
use crate::project::leaves::Id;
use std::sync::Arc;
use wcc_core::record::{
    GroupAnswers, MAX_SURVEY_ITEMS, RecordFact, ResponseCount, SurveyFact, SurveyFigures,
    SurveyGroup,
};

input! {
    /// The figures behind the score of a survey result.
    SurveyFiguresInput<'q> as "SurveyFiguresInput" {
        /// The number of answers to the question.
        answers: i32,
        /// Their standard deviation on the survey's own scale, dividing by their number.
        spread: Option<f64>,
        /// The number of answers at each point of the scale, lowest first.
        counts: Option<Vec<i32>>,
        /// The number of people who were invited.
        invited: Option<i32>,
        /// The number of invited people who submitted answers.
        responded: Option<i32>,
        /// The number of respondents whose answers were collected elsewhere.
        imported: Option<i32>,
        /// The groups of respondents.
        groups: Option<Vec<SurveyGroupInput<'q>>>,
        /// The hidden groups together, if they may be shown.
        pooled: Option<GroupAnswersInput>,
    }
}

input! {
    /// A group of respondents.
    SurveyGroupInput<'q> as "SurveyGroupInput" {
        /// Code: `local-authorities`.
        code: Id<'q>,
        /// Title.
        title: &'q str,
        /// The number of people who were invited.
        invited: Option<i32>,
        /// The number of invited people who submitted answers.
        responded: Option<i32>,
        /// The number of respondents whose answers were collected elsewhere.
        imported: Option<i32>,
        /// Its answers to the question; null if the group is hidden.
        shown: Option<GroupAnswersInput>,
    }
}

input! {
    /// The answers of a group.
    GroupAnswersInput as "GroupAnswersInput" {
        /// Their number.
        answers: i32,
        /// Their mean on the survey's own scale.
        score: f64,
        /// Their standard deviation, dividing by their number.
        spread: f64,
        /// The number of answers at each point of the scale, lowest first.
        counts: Option<Vec<i32>>,
    }
}

record_mutation! {
    /// Records the result of a survey on one measure, or corrects one.
    recordSurveyResult: RecordSurveyResult {
        /// The result of a survey: a score, or words where only those were published.
        input RecordSurveyResultInput<'q> as "RecordSurveyResultInput" {
            /// Code of the body that was asked about.
            body: Id<'q>,
            /// Identifier of the survey, as the framework has it.
            survey: Id<'q>,
            /// Identifier of the measure that it bears on.
            measure: Id<'q>,
            /// The question, in short.
            question: Option<&'q str>,
            /// Mean score on the survey's own scale.
            score: Option<f64>,
            /// The result in the words of the survey's answers: "somewhat agree".
            wording: Option<&'q str>,
            /// Its source.
            source: Option<&'q str>,
            /// The figures behind the score.
            figures: Option<SurveyFiguresInput<'q>>,
        }
        record |input, form| {
            form.name_paths(&PATHS);
            RecordFact::Survey(SurveyFact {
                body: form.code("body", input.body.0),
                survey: form.code("survey", input.survey.0),
                measure: form.code("measure", input.measure.0),
                question: form.text("question", input.question, SHORT),
                score: input.score,
                wording: form.text("wording", input.wording, SHORT),
                source: form.text("source", input.source, SHORT),
                figures: input
                    .figures
                    .as_ref()
                    .map(|figures| Arc::new(self::figures(figures, form))),
            })
        };
        /// The result of recording a survey result.
        payload RecordSurveyResultPayload as "RecordSurveyResultPayload";
    }
}

/// Where the figures of a survey result are in its input.
const PATHS: [ArgumentPath; 5] = [
    ("answers", "figures.answers"),
    ("spread", "figures.spread"),
    ("counts", "figures.counts"),
    ("responded", "figures.responded"),
    ("groups", "figures.groups"),
];

fn figures(input: &SurveyFiguresInput<'_>, form: &mut Form) -> SurveyFigures {
    let at = |field: &str| format!("figures.{field}");
    let groups = input.groups.as_deref().unwrap_or_default();
    if groups.len() > MAX_SURVEY_ITEMS {
        too_many(form, "figures.groups", groups.len());
    }
    let groups = groups.iter().take(MAX_SURVEY_ITEMS).enumerate();
    SurveyFigures {
        answers: people(form, &at("answers"), input.answers),
        spread: input.spread,
        counts: counts(form, &at("counts"), input.counts.as_deref()),
        response: response(
            form,
            "figures",
            [input.invited, input.responded, input.imported],
        ),
        groups: groups
            .map(|(position, group)| {
                let place = format!("figures.groups[{position}]");
                SurveyGroup {
                    code: form.code(&format!("{place}.code"), group.code.0),
                    title: form.needed(&format!("{place}.title"), group.title, SHORT),
                    response: response(
                        form,
                        &place,
                        [group.invited, group.responded, group.imported],
                    ),
                    shown: group
                        .shown
                        .as_ref()
                        .map(|shown| answers(form, &format!("{place}.shown"), shown)),
                }
            })
            .collect(),
        pooled: input
            .pooled
            .as_ref()
            .map(|pooled| answers(form, "figures.pooled", pooled)),
    }
}

fn answers(form: &mut Form, place: &str, input: &GroupAnswersInput) -> GroupAnswers {
    GroupAnswers {
        answers: people(form, &format!("{place}.answers"), input.answers),
        score: input.score,
        spread: input.spread,
        counts: counts(form, &format!("{place}.counts"), input.counts.as_deref()),
    }
}

fn counts(form: &mut Form, field: &str, input: Option<&[i32]>) -> Vec<u32> {
    let given = input.unwrap_or_default();
    if given.len() > MAX_SURVEY_ITEMS {
        too_many(form, field, given.len());
    }
    let counts = given.iter().take(MAX_SURVEY_ITEMS).enumerate();
    counts
        .map(|(at, count)| people(form, &format!("{field}[{at}]"), *count))
        .collect()
}

fn response(
    form: &mut Form,
    place: &str,
    [invited, responded, imported]: [Option<i32>; 3],
) -> ResponseCount {
    let mut number = |field: &str, given: Option<i32>| {
        given.map(|given| people(form, &format!("{place}.{field}"), given))
    };
    ResponseCount {
        invited: number("invited", invited),
        responded: number("responded", responded),
        imported: number("imported", imported),
    }
}

/// A number of people.
fn people(form: &mut Form, field: &str, given: i32) -> u32 {
    u32::try_from(given).unwrap_or_else(|_| {
        form.malformed(field, format!("`{given}` is negative: expected 0 or more"));
        0
    })
}

fn too_many(form: &mut Form, field: &str, found: usize) {
    let message = format!("the list has {found} items; at most {MAX_SURVEY_ITEMS} are allowed");
    form.malformed(field, message);
}
