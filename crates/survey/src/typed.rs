//! Answers and contacts that come one by one instead of in a table. They are read by the same rules,
//! as the table that they would be.

use wcc_case::answers::{self, Contact};
use wcc_case::{Place, Problem, Problems};
use wcc_core::survey::{AnswerSheet, Questionnaire};
use wcc_csv_text::quoted_csv_text;

/// The answer to one question. What is `None` is erased.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedAnswer {
    /// The question's code.
    pub question: Box<str>,
    /// The answer on the scale.
    pub score: Option<i32>,
    /// The comment.
    pub comment: Option<Box<str>>,
}

/// An answer is never printed by accident.
impl std::fmt::Debug for TypedAnswer {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("TypedAnswer(...)")
    }
}

/// A person to invite.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedContact {
    /// The code of their group.
    pub group: Box<str>,
    /// Their e-mail address, or another reference.
    pub contact: Box<str>,
}

/// A contact is never printed by accident.
impl std::fmt::Debug for TypedContact {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str("TypedContact(...)")
    }
}

/// A problem of an answer or a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedProblem {
    /// Its position and the field in it: `[2].score`; `None` if it is about all of them.
    pub field: Option<String>,
    /// In words.
    pub message: String,
    /// The nearest valid value.
    pub nearest: Option<String>,
}

/// A sheet with these answers. Questions that are not answered here keep what was saved for them.
///
/// # Errors
/// All problems of the answers.
pub fn typed_sheet(
    questionnaire: &Questionnaire,
    saved: AnswerSheet,
    typed: &[TypedAnswer],
) -> Result<AnswerSheet, Vec<TypedProblem>> {
    let rows = typed.iter().map(|answer| {
        let score = answer
            .score
            .map_or_else(String::new, |score| score.to_string());
        let comment = answer.comment.as_deref().unwrap_or_default();
        [answer.question.to_string(), score, comment.to_owned()]
    });
    let table = table(["question", "score", "comment"], rows);
    answers::sheet(questionnaire, saved, &*table, "answers").map_err(problems)
}

/// People to invite.
///
/// # Errors
/// All problems of the contacts.
pub fn typed_contacts(
    questionnaire: &Questionnaire,
    typed: &[TypedContact],
) -> Result<Vec<Contact>, Vec<TypedProblem>> {
    let rows = typed.iter();
    let rows = rows.map(|contact| [contact.group.to_string(), contact.contact.to_string()]);
    let table = table(["group", "contact"], rows);
    answers::contacts(questionnaire, &*table, "contacts").map_err(problems)
}

fn table<const N: usize>(columns: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<u8> {
    let rows = std::iter::once(columns.map(str::to_owned)).chain(rows);
    quoted_csv_text(rows).into_bytes()
}

fn problems(problems: Problems) -> Vec<TypedProblem> {
    problems.problems.into_iter().map(typed_problem).collect()
}

fn typed_problem(problem: Problem) -> TypedProblem {
    let field = match &problem.place {
        // The first row is the header.
        Some(Place::Row { row, column }) => row.checked_sub(2).map(|at| match column {
            Some(column) => format!("[{at}].{column}"),
            None => format!("[{at}]"),
        }),
        _ => None,
    };
    let expected = problem.expected;
    let expected = expected.map_or_else(String::new, |expected| format!("; expected {expected}"));
    TypedProblem {
        field,
        message: problem.message + &expected,
        nearest: problem.nearest,
    }
}
