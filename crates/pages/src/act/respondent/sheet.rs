//! The answer sheet of an invitation, as the API gives and takes it.

use super::super::change::{Change, ChangeOutcome, Mistake, send};
use super::super::request_id;
use super::QUESTIONS_ON_A_PAGE;
use crate::error::PageError;
use crate::parameters::Parameters;
use crate::reader::Reader;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
struct Data {
    sheet: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    sheet: Option<Sheet>,
    user_errors: Vec<Mistake>,
}

/// An answer sheet.
#[derive(Deserialize)]
pub(super) struct Sheet {
    pub(super) closes: Option<Date>,
    pub(super) questionnaire: Questionnaire,
    answers: Vec<Answer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Questionnaire {
    pub(super) title: String,
    pub(super) minimum_group: u32,
    pub(super) scale: Vec<Point>,
    pub(super) questions: Vec<Question>,
}

/// A point of the scale.
#[derive(Deserialize)]
pub(super) struct Point {
    pub(super) score: i32,
    pub(super) wording: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Question {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) takes_comment: bool,
}

/// What is saved for a question.
#[derive(Deserialize)]
pub(super) struct Answer {
    question: String,
    pub(super) score: Option<i32>,
    pub(super) comment: Option<String>,
}

impl Sheet {
    /// Opens the sheet of an invitation. `Err` within says why it cannot be opened, in the API's words.
    ///
    /// # Errors
    /// The API does not answer.
    pub(super) async fn open(
        reader: &Reader,
        invitation: &str,
    ) -> Result<Result<Sheet, Mistake>, PageError> {
        let query = include_str!("../../../queries/open-sheet.graphql");
        let input = json!({ "requestId": request_id()?, "invitation": invitation });
        let data: Data = reader.change(query, json!({ "input": input })).await?;
        let Payload { sheet, user_errors } = data.sheet;
        let mistake = user_errors.into_iter().next();
        match (sheet, mistake) {
            (Some(sheet), _) => Ok(Ok(sheet)),
            (None, Some(mistake)) => Ok(Err(mistake)),
            (None, None) => Err(PageError::Failed),
        }
    }

    /// What is saved for a question.
    pub(super) fn answer(&self, question: &Question) -> Option<&Answer> {
        let mut answers = self.answers.iter();
        answers.find(|answer| answer.question == question.code)
    }

    /// Whether a question has an answer on the scale.
    pub(super) fn is_answered(&self, question: &Question) -> bool {
        self.answer(question)
            .is_some_and(|answer| answer.score.is_some())
    }

    /// How many questions have an answer on the scale.
    pub(super) fn answered(&self) -> usize {
        let questions = self.questionnaire.questions.iter();
        questions
            .filter(|question| self.is_answered(question))
            .count()
    }

    /// The number of pages with questions.
    pub(super) fn pages(&self) -> usize {
        self.questionnaire
            .questions
            .len()
            .div_ceil(QUESTIONS_ON_A_PAGE)
    }

    /// The questions of a page, counted from 1.
    pub(super) fn questions(&self, page: usize) -> Option<&[Question]> {
        let mut pages = self.questionnaire.questions.chunks(QUESTIONS_ON_A_PAGE);
        pages.nth(page.checked_sub(1)?)
    }

    /// The page with the first question that has no answer; the first page if all have one.
    pub(super) fn next_page(&self) -> usize {
        let mut questions = self.questionnaire.questions.iter();
        let first = questions.position(|question| !self.is_answered(question));
        first.unwrap_or_default() / QUESTIONS_ON_A_PAGE + 1
    }
}

/// Saves the answers to some questions, as a form has them.
///
/// # Errors
/// A fault of the program.
pub(super) async fn save(
    reader: &Reader,
    invitation: &str,
    questions: &[Question],
    fields: &Parameters,
) -> Result<Vec<Mistake>, PageError> {
    let answers: Vec<Value> = questions
        .iter()
        .map(|question| answer(question, fields))
        .collect();
    let mut input = Map::new();
    input.insert("answers".to_owned(), Value::Array(answers));
    change(
        reader,
        invitation,
        ("saveAnswerSheet", "SaveAnswerSheetInput"),
        input,
    )
    .await
}

/// Submits everything that is saved, once and for all.
///
/// # Errors
/// A fault of the program.
pub(super) async fn submit(reader: &Reader, invitation: &str) -> Result<Vec<Mistake>, PageError> {
    let mutation = ("submitAnswerSheet", "SubmitAnswerSheetInput");
    change(reader, invitation, mutation, Map::new()).await
}

fn answer(question: &Question, fields: &Parameters) -> Value {
    let mut answer = Map::new();
    answer.insert("question".to_owned(), json!(question.code));
    let score = fields.get(&format!("score-{}", question.code));
    if let Some(score) = score.and_then(|score| score.parse::<i32>().ok()) {
        answer.insert("score".to_owned(), json!(score));
    }
    if let Some(comment) = fields.get(&format!("comment-{}", question.code)) {
        answer.insert("comment".to_owned(), json!(comment.replace("\r\n", "\n")));
    }
    Value::Object(answer)
}

async fn change(
    reader: &Reader,
    invitation: &str,
    (field, input_name): (&'static str, &'static str),
    mut input: Map<String, Value>,
) -> Result<Vec<Mistake>, PageError> {
    input.insert("requestId".to_owned(), json!(request_id()?));
    input.insert("invitation".to_owned(), json!(invitation));
    let change = Change {
        field,
        input_name,
        input,
    };
    Ok(match send(reader, vec![change]).await? {
        ChangeOutcome::Answered(mut outcomes) => outcomes.pop().unwrap_or_default(),
        ChangeOutcome::Unknown(mistake) => vec![mistake],
    })
}
