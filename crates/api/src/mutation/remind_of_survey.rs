//! `remindOfSurvey`.

use super::mutation;
use crate::project::leaves::Id;
use crate::survey::SurveyCommand;
use crate::types::survey::{Survey, SurveyPerson};

mutation! {
    /// Lists who was invited to a survey and has not answered, so that you can remind them. It changes
    /// nothing. It is a mutation so that contacts are in no cache.
    remindOfSurvey: RemindOfSurvey {
        /// The survey.
        input RemindOfSurveyInput<'q> as "RemindOfSurveyInput" {
            /// Identifier of the survey: CYCLE/BODY/QUESTIONNAIRE.
            survey: Id<'q>,
        }
        drafts |input, form| {
            form.survey = Some(SurveyCommand::Remind {
                survey: form.code("survey", input.survey.0),
            });
            Vec::new()
        };
        /// Who has not answered.
        payload RemindOfSurveyPayload as "RemindOfSurveyPayload" => |done| {
            /// Who was invited and has not answered, by group and then in alphabetical order.
            unanswered: [SurveyPerson<'a>; 100] = done.unanswered();
            /// The survey; null if you may not follow it.
            survey: Option<Survey<'a>> = done.survey();
        }
    }
}
