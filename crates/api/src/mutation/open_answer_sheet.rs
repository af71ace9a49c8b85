//! `openAnswerSheet`.

use super::mutation;
use crate::survey::SheetStep;
use crate::types::survey::AnswerSheet;

mutation! {
    /// Opens the answer sheet of an invitation: the questionnaire, and what was saved. It changes nothing,
    /// and needs no token. It is a mutation so that the invitation is in no address and in no cache.
    openAnswerSheet: OpenAnswerSheet {
        /// The invitation.
        input OpenAnswerSheetInput<'q> as "OpenAnswerSheetInput" {
            /// The invitation, as it was sent to the respondent. Send it as a variable.
            invitation: &'q str,
        }
        drafts |input, form| {
            form.sheet("invitation", input.invitation, SheetStep::Open);
            Vec::new()
        };
        /// An answer sheet.
        payload OpenAnswerSheetPayload as "OpenAnswerSheetPayload" => |done| {
            /// The sheet.
            sheet: Option<AnswerSheet<'a>> = done.sheet();
        }
    }
}
