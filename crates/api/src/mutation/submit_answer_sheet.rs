//! `submitAnswerSheet`.

use super::mutation;
use super::save_answer_sheet::SheetAnswerInput;
use crate::survey::SheetStep;

mutation! {
    /// Submits the answer sheet of an invitation, once and for all. Needs no token. Afterwards the
    /// invitation no longer works, and nothing leads from it to the answers.
    submitAnswerSheet: SubmitAnswerSheet {
        /// The answers.
        input SubmitAnswerSheetInput<'q> as "SubmitAnswerSheetInput" {
            /// The invitation, as it was sent to the respondent. Send it as a variable.
            invitation: &'q str,
            /// The answers. A question that is left out keeps what was saved for it.
            answers: Option<Vec<SheetAnswerInput<'q>>>,
        }
        drafts |input, form| {
            let answers = form.sheet_answers(input.answers.as_deref().unwrap_or_default());
            form.sheet("invitation", input.invitation, SheetStep::Submit(answers));
            Vec::new()
        };
        /// The result of submitting answers.
        payload SubmitAnswerSheetPayload as "SubmitAnswerSheetPayload" => |done| {
            /// Whether they were submitted. If this answer is lost, open the sheet: if it still opens, they
            /// were not. If it does not, they were, unless the invitation was replaced or the survey takes
            /// no more answers.
            submitted: bool = done.is_submitted();
        }
    }
}
