//! Why nothing was done to a survey, as clients are told.

use wcc_api::{SurveyFailure, SurveyMistake, SurveyMistakeKind};
use wcc_case::Problems;
use wcc_core::ledger::{EntryError, RefusalReason};
use wcc_programme::nearest;
use wcc_survey::{SurveyError, SurveyState, TypedProblem};

/// What a respondent is told whose invitation cannot be used, whatever the reason: whoever tries
/// invitations learns nothing.
const UNUSABLE: &str = "this invitation cannot be used: it is not complete, its answers were submitted \
                        already, it was replaced by a new one, or the survey takes no more answers";

/// Why an act came to nothing.
pub(super) enum ActError {
    Survey(SurveyError),
    Failure(SurveyFailure),
}

impl From<SurveyError> for ActError {
    fn from(error: SurveyError) -> ActError {
        ActError::Survey(error)
    }
}

impl From<SurveyFailure> for ActError {
    fn from(failure: SurveyFailure) -> ActError {
        ActError::Failure(failure)
    }
}

impl From<SurveyMistake> for ActError {
    fn from(mistake: SurveyMistake) -> ActError {
        ActError::Failure(mistake.into())
    }
}

pub(super) fn mistakes(list: &str, problems: Vec<TypedProblem>) -> SurveyFailure {
    let problems = problems.into_iter().map(|problem| SurveyMistake {
        field: Some(format!("{list}{}", problem.field.unwrap_or_default())),
        message: problem.message,
        nearest: problem.nearest,
        kind: SurveyMistakeKind::Malformed,
    });
    SurveyFailure::Mistakes(problems.collect())
}

/// The problems of a table of answers.
pub(super) fn in_table(problems: &Problems) -> SurveyFailure {
    mistakes_in("table", problems)
}

fn mistakes_in(field: &str, problems: &Problems) -> SurveyFailure {
    let problems = problems.problems.iter().map(|problem| SurveyMistake {
        nearest: problem.nearest.clone(),
        ..SurveyMistake::new(
            SurveyMistakeKind::Malformed,
            Some(field),
            problem.to_string(),
        )
    });
    SurveyFailure::Mistakes(problems.collect())
}

/// Why the policy does not let somebody do something, or what of it they do not see.
pub(super) fn not_permitted(reason: &RefusalReason) -> SurveyMistake {
    match reason {
        RefusalReason::Entry(EntryError::Unknown(unknown)) => SurveyMistake {
            nearest: nearest(&unknown.given, unknown.known.iter().map(|known| &**known))
                .map(str::to_owned),
            ..SurveyMistake::new(
                SurveyMistakeKind::NotFound,
                Some(unknown.field),
                format!("there is no {} `{}`", unknown.what, unknown.given),
            )
        },
        reason => SurveyMistake::new(SurveyMistakeKind::NotPermitted, None, reason.to_string()),
    }
}

/// What a client is told of a failure. Only the log has what concerns the operator.
pub(super) fn failure(error: ActError) -> SurveyFailure {
    let error = match error {
        ActError::Failure(failure) => return failure,
        ActError::Survey(error) => error,
    };
    let (kind, field) = match &error {
        SurveyError::UnknownToken | SurveyError::Submitted | SurveyError::Over(_) => {
            let kind = SurveyMistakeKind::Refused;
            return SurveyMistake::new(kind, Some("invitation"), UNUSABLE).into();
        }
        SurveyError::Questionnaire { problems, .. } => {
            return mistakes_in("questionnaire", problems);
        }
        SurveyError::NoCycle { .. } => (SurveyMistakeKind::NotFound, Some("cycle")),
        SurveyError::NoBody { .. } => (SurveyMistakeKind::NotFound, Some("body")),
        SurveyError::Mismatched(_) => (SurveyMistakeKind::Malformed, Some("questionnaire")),
        SurveyError::DayOver(_) => (SurveyMistakeKind::Malformed, Some("closes")),
        SurveyError::Exists(_) => (SurveyMistakeKind::Refused, Some("questionnaire")),
        SurveyError::NotOpen { .. }
        | SurveyError::NotDiscarded { .. }
        | SurveyError::ClosedAlready(_) => (SurveyMistakeKind::Refused, None),
        SurveyError::TakesAnswers { .. } => (SurveyMistakeKind::Refused, Some("early")),
        SurveyError::TooLateToInvite { .. } => (SurveyMistakeKind::Refused, Some("survey")),
        SurveyError::Blank | SurveyError::LongComments => {
            (SurveyMistakeKind::Malformed, Some("answers"))
        }
        SurveyError::TooMany => (SurveyMistakeKind::Refused, Some("contacts")),
        error => {
            tracing::error!("surveys: {error}");
            return SurveyFailure::unavailable();
        }
    };
    SurveyMistake::new(kind, field, in_words(&error)).into()
}

/// An error in the words of the API, where those of the command line differ.
fn in_words(error: &SurveyError) -> String {
    match error {
        SurveyError::NotOpen { survey, state } => match state {
            SurveyState::Closing => {
                format!("the survey {survey} is being closed: close it again to complete that")
            }
            _ => format!("the survey {survey} is closed: this needs an open survey"),
        },
        SurveyError::NotDiscarded {
            survey,
            state: SurveyState::Closing,
        } => format!(
            "the survey {survey} is being closed, and its results may be in the ledger: close it again to \
             complete that"
        ),
        SurveyError::TakesAnswers { survey, closes } => format!(
            "the survey {survey} takes answers until {closes}: close it after that day, or now with \
             `early`"
        ),
        SurveyError::TooLateToInvite { survey, closes } => format!(
            "the last day for answers of {survey} was {closes}: nobody could use an invitation. Move \
             the day with `openSurvey` first"
        ),
        error => error.to_string(),
    }
}
