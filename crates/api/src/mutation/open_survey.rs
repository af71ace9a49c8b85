//! `openSurvey`.

use super::form::FILE;
use super::mutation;
use crate::project::leaves::Id;
use crate::survey::SurveyCommand;
use crate::types::survey::Survey;
use jiff::civil::Date;

mutation! {
    /// Opens a survey about a body. Opening it again changes nothing; with another last day, it moves
    /// that. Nothing is entered in the ledger.
    openSurvey: OpenSurvey {
        /// The survey.
        input OpenSurveyInput<'q> as "OpenSurveyInput" {
            /// Identifier of the cycle.
            cycle: Id<'q>,
            /// Code of the body that it is about.
            body: Id<'q>,
            /// The questionnaire, as TOML: the text of a file of `configs/surveys`, for example.
            questionnaire: &'q str,
            /// The last day for answers.
            closes: Date,
        }
        drafts |input, form| {
            form.survey = Some(SurveyCommand::Open {
                cycle: form.code("cycle", input.cycle.0),
                body: form.code("body", input.body.0),
                questionnaire: form.needed("questionnaire", input.questionnaire, FILE).into(),
                closes: input.closes,
            });
            Vec::new()
        };
        /// The result of opening a survey.
        payload OpenSurveyPayload as "OpenSurveyPayload" => |done| {
            /// Whether this opened it, or moved its last day.
            changed: bool = done.is_survey_changed();
            /// The survey; null if you may not follow it.
            survey: Option<Survey<'a>> = done.survey();
        }
    }
}
