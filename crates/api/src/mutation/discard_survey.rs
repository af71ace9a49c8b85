//! `discardSurvey`.

use super::mutation;
use crate::project::leaves::Id;
use crate::survey::SurveyCommand;
use crate::types::survey::Survey;

mutation! {
    /// Gives an open survey up: destroys its invitations and answers without results. Nothing is entered
    /// in the ledger, and nothing is published. This also ends a survey that cannot be read because its
    /// key is lost.
    discardSurvey: DiscardSurvey {
        /// The survey.
        input DiscardSurveyInput<'q> as "DiscardSurveyInput" {
            /// Identifier of the survey: CYCLE/BODY/QUESTIONNAIRE.
            survey: Id<'q>,
            /// Whether to do it; otherwise nothing is destroyed, and `survey` says what would be lost.
            apply: Option<bool>,
        }
        drafts |input, form| {
            form.survey = Some(SurveyCommand::Discard {
                survey: form.code("survey", input.survey.0),
                apply: input.apply.unwrap_or(false),
            });
            Vec::new()
        };
        /// The result of giving a survey up.
        payload DiscardSurveyPayload as "DiscardSurveyPayload" => |done| {
            /// Whether it was discarded.
            discarded: bool = done.is_survey_discarded();
            /// The survey that would be lost; null once it is discarded, or if you may not follow it.
            survey: Option<Survey<'a>> = done.survey();
        }
    }
}
