//! `closeSurvey`.

use super::mutation;
use crate::project::leaves::Id;
use crate::survey::SurveyCommand;
use crate::types::count;
use crate::types::cycle::Cycle;
use crate::types::survey::Survey;

mutation! {
    /// Closes a survey: enters the overall results of its questions as survey results, and destroys
    /// invitations and answers. Closing it again changes nothing, or completes an interrupted closing in
    /// the name of whoever began it.
    closeSurvey: CloseSurvey {
        /// The survey.
        input CloseSurveyInput<'q> as "CloseSurveyInput" {
            /// Identifier of the survey: CYCLE/BODY/QUESTIONNAIRE.
            survey: Id<'q>,
            /// Closes it although its last day is not over.
            early: Option<bool>,
        }
        drafts |input, form| {
            form.survey = Some(SurveyCommand::Close {
                survey: form.code("survey", input.survey.0),
                early: input.early.unwrap_or(false),
            });
            Vec::new()
        };
        /// The result of closing a survey.
        payload CloseSurveyPayload as "CloseSurveyPayload" => |done| {
            /// The number of survey results that were entered; 0 if the survey was closed before.
            results: i32 = count(done.survey_results());
            /// The survey; null if you may not follow it.
            survey: Option<Survey<'a>> = done.survey();
            /// The cycle including the results; null if `served` is false after they were entered.
            cycle: Option<Cycle<'a>> = done.cycle();
        }
    }
}
