//! `saveAnswerSheet`.

use super::mutation;
use crate::project::input;
use crate::project::leaves::Id;
use crate::survey::SheetStep;
use crate::types::survey::AnswerSheet;

mutation! {
    /// Saves answers of an invitation, to go on later. Needs no token. A sheet that is saved and not
    /// submitted is not counted.
    saveAnswerSheet: SaveAnswerSheet {
        /// The answers.
        input SaveAnswerSheetInput<'q> as "SaveAnswerSheetInput" {
            /// The invitation, as it was sent to the respondent. Send it as a variable.
            invitation: &'q str,
            /// The answers. A question that is left out keeps what was saved for it.
            answers: Vec<SheetAnswerInput<'q>>,
        }
        drafts |input, form| {
            let answers = form.sheet_answers(&input.answers);
            form.sheet("invitation", input.invitation, SheetStep::Save(answers));
            Vec::new()
        };
        /// The result of saving answers.
        payload SaveAnswerSheetPayload as "SaveAnswerSheetPayload" => |done| {
            /// The sheet as it is saved now.
            sheet: Option<AnswerSheet<'a>> = done.sheet();
        }
    }
}

input! {
    /// The answer to a question. What is left out is erased.
    SheetAnswerInput<'q> as "SheetAnswerInput" {
        /// Code of the question.
        question: Id<'q>,
        /// The answer on the scale of the questionnaire.
        score: Option<i32>,
        /// A comment, if the question takes one; at most 4,000 characters.
        comment: Option<&'q str>,
    }
}
