//! `importSurveyAnswers`.

use super::form::FILE;
use super::mutation;
use crate::project::leaves::Id;
use crate::survey::{AnswerTable, SurveyCommand};
use crate::types::count;
use crate::types::survey::Survey;

mutation! {
    /// Adds answers that were collected elsewhere, for example on paper, to an open survey. Only counts
    /// and comments are kept. All or nothing; importing the same table twice changes nothing, and several
    /// tables add up.
    importSurveyAnswers: ImportSurveyAnswers {
        /// The answers.
        input ImportSurveyAnswersInput<'q> as "ImportSurveyAnswersInput" {
            /// Identifier of the survey: CYCLE/BODY/QUESTIONNAIRE.
            survey: Id<'q>,
            /// The answers as CSV, at most 1 MB: a row for each respondent, with the columns `group`, one
            /// for each question named by its code, and optionally `CODE.comment`. Send it as a variable.
            table: &'q str,
            /// Puts these answers in place of all that were imported into this survey before.
            replace: Option<bool>,
        }
        drafts |input, form| {
            form.survey = Some(SurveyCommand::Import {
                survey: form.code("survey", input.survey.0),
                table: AnswerTable::new(form.needed("table", input.table, FILE)),
                replace: input.replace.unwrap_or(false),
            });
            Vec::new()
        };
        /// The result of importing answers.
        payload ImportSurveyAnswersPayload as "ImportSurveyAnswersPayload" => |done| {
            /// The number of respondents in the table; 0 if it was imported before.
            respondents: i32 = count(done.imported_answers().0);
            /// The number of tables that were imported before and still count.
            earlier: i32 = count(done.imported_answers().1);
            /// The survey; null if you may not follow it.
            survey: Option<Survey<'a>> = done.survey();
        }
    }
}
