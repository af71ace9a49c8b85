//! Refusals of a command, as the mistakes in its input that a client is shown.

use super::Command;
use crate::history::SendAgainError;
use crate::import::{ImportFailure, ImportMistake, ImportMistakeKind};
use crate::project::{Code, Failure, enumeration};
use crate::survey::{SurveyFailure, SurveyMistake, SurveyMistakeKind};
use wcc_core::CycleError;
use wcc_core::ledger::{EntryError, Fact, Refusal, RefusalReason};
use wcc_core::record::UnknownCode;
use wcc_ledger::AppendError;

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MistakeCode {
    /// A code or identifier names nothing.
    NotFound,
    /// A current entry covers the same thing.
    AlreadyRecorded,
    /// The entry cannot be superseded.
    NotSuperseded,
    /// The entry cannot be withdrawn.
    NotWithdrawn,
    /// The policy does not let the actor do it.
    NotPermitted,
    /// The cycle does not assure the body.
    NotAssured,
    /// The cycle would contradict itself.
    Contradiction,
    /// The request's identifier was used for another request.
    RequestIdReused,
    /// A text or list is too long.
    TooLong,
    /// A value is malformed.
    Malformed,
    /// Any other refusal.
    Refused,
}

impl MistakeCode {
    fn of_import(kind: ImportMistakeKind) -> MistakeCode {
        match kind {
            ImportMistakeKind::NotFound => MistakeCode::NotFound,
            ImportMistakeKind::Malformed => MistakeCode::Malformed,
            ImportMistakeKind::NotPermitted => MistakeCode::NotPermitted,
            ImportMistakeKind::Refused => MistakeCode::Refused,
            ImportMistakeKind::RequestIdReused => MistakeCode::RequestIdReused,
        }
    }

    fn of_survey(kind: SurveyMistakeKind) -> MistakeCode {
        match kind {
            SurveyMistakeKind::NotFound => MistakeCode::NotFound,
            SurveyMistakeKind::Malformed => MistakeCode::Malformed,
            SurveyMistakeKind::NotPermitted => MistakeCode::NotPermitted,
            SurveyMistakeKind::Refused => MistakeCode::Refused,
        }
    }
}

enumeration! {
    /// The kind of mistake that a `UserError` reports.
    MistakeCode as "UserErrorCode" {
        /// Nothing has this code or identifier.
        NOT_FOUND = MistakeCode::NotFound,
        /// A current entry already records this: correct it with `supersedes`.
        ALREADY_SAID = MistakeCode::AlreadyRecorded,
        /// The entry cannot be superseded: it does not exist, was itself superseded, or is about
        /// something else.
        NOT_SUPERSEDED = MistakeCode::NotSuperseded,
        /// The entry cannot be withdrawn: another entry depends on it.
        NOT_WITHDRAWN = MistakeCode::NotWithdrawn,
        /// You may not do this.
        NOT_PERMITTED = MistakeCode::NotPermitted,
        /// The cycle does not assure the body, so the record would have no effect.
        NOT_ASSURED = MistakeCode::NotAssured,
        /// The cycle would contradict itself.
        CONTRADICTION = MistakeCode::Contradiction,
        /// The same `requestId` was used before with different content.
        REQUEST_ID_REUSED = MistakeCode::RequestIdReused,
        /// A text or list is too long.
        TOO_LONG = MistakeCode::TooLong,
        /// A value is malformed.
        MALFORMED = MistakeCode::Malformed,
        /// The ledger refuses it for another reason.
        REFUSED = MistakeCode::Refused,
    }
}

/// A mistake in what a client asked to be entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    /// What kind.
    pub(crate) code: MistakeCode,
    /// The path of the argument that it is in.
    pub(crate) field: Option<String>,
    /// In words.
    pub(crate) message: String,
    /// The nearest valid value.
    pub(crate) nearest: Option<String>,
}

impl Mistake {
    /// A mistake in a field of the input; `None` if it is in no single field.
    pub(super) fn new(
        code: MistakeCode,
        field: Option<&str>,
        message: impl Into<String>,
    ) -> Mistake {
        Mistake {
            code,
            field: field.map(|field| format!("input.{field}")),
            message: message.into(),
            nearest: None,
        }
    }

    /// The mistake because of which a message is not sent again.
    ///
    /// # Errors
    /// It cannot be done at the moment.
    pub(crate) fn of_message(error: &SendAgainError) -> Result<Mistake, Failure> {
        let (code, field) = match error {
            SendAgainError::Unknown(_) => (MistakeCode::NotFound, Some("message")),
            SendAgainError::NotPermitted(_) => (MistakeCode::NotPermitted, None),
            SendAgainError::SentToAll => (MistakeCode::Refused, Some("message")),
            SendAgainError::Unavailable => {
                return Err(Failure::new(Code::Unavailable, error.to_string()));
            }
        };
        Ok(Mistake::new(code, field, error.to_string()))
    }
}

/// Maximum number of mistakes in one answer: one judgement on a cluster can contradict many.
pub(super) const MAX_MISTAKES: usize = 20;

impl Command {
    /// The mistakes that a refusal of the ledger reports.
    ///
    /// # Errors
    /// The ledger cannot be written just now; the command is not at fault.
    pub(crate) fn mistakes(&self, error: AppendError) -> Result<Vec<Mistake>, Failure> {
        Ok(match error {
            AppendError::Refused(refusals) => {
                let each = refusals.each().take(MAX_MISTAKES);
                each.map(|refusal| self.mistake(refusal)).collect()
            }
            AppendError::AnotherRequest(_) => vec![Mistake::new(
                MistakeCode::RequestIdReused,
                Some("requestId"),
                error.to_string(),
            )],
            AppendError::Malformed(message) => {
                vec![Mistake::new(MistakeCode::Malformed, None, message)]
            }
            AppendError::Busy | AppendError::Stopping => {
                return Err(Failure::new(Code::Unavailable, error.to_string()));
            }
            // What the database said may name its address.
            _ => {
                return Err(Failure::new(
                    Code::Unavailable,
                    "the ledger's database does not respond or refuses: nothing is known to be lost, \
                     send the same request again",
                ));
            }
        })
    }

    /// The mistakes for which nothing was imported.
    ///
    /// # Errors
    /// It cannot be imported just now; the command is not at fault.
    pub(crate) fn import_mistakes(&self, failure: ImportFailure) -> Result<Vec<Mistake>, Failure> {
        match failure {
            ImportFailure::Append(error) => self.mistakes(error),
            ImportFailure::Unavailable(message) => Err(Failure::new(Code::Unavailable, message)),
            ImportFailure::Mistakes(mistakes) => {
                let each = mistakes.into_iter().take(MAX_MISTAKES);
                let mistake = |mistake: ImportMistake| Mistake {
                    nearest: mistake.nearest,
                    ..Mistake::new(
                        MistakeCode::of_import(mistake.kind),
                        mistake.field.as_deref(),
                        mistake.message,
                    )
                };
                Ok(each.map(mistake).collect())
            }
        }
    }

    /// The mistakes for which surveys did nothing.
    ///
    /// # Errors
    /// It cannot be done just now; the command is not at fault.
    pub(crate) fn survey_mistakes(&self, failure: SurveyFailure) -> Result<Vec<Mistake>, Failure> {
        match failure {
            SurveyFailure::Append(error) => self.mistakes(error),
            SurveyFailure::Unavailable(message) => Err(Failure::new(Code::Unavailable, message)),
            SurveyFailure::Mistakes(mistakes) => {
                let each = mistakes.into_iter().take(MAX_MISTAKES);
                let mistake = |mistake: SurveyMistake| Mistake {
                    nearest: mistake.nearest,
                    ..Mistake::new(
                        MistakeCode::of_survey(mistake.kind),
                        mistake.field.as_deref(),
                        mistake.message,
                    )
                };
                Ok(each.map(mistake).collect())
            }
        }
    }

    fn mistake(&self, refusal: &Refusal) -> Mistake {
        match &refusal.reason {
            RefusalReason::NotPermitted { reason, .. } => {
                Mistake::new(MistakeCode::NotPermitted, None, reason)
            }
            RefusalReason::Entry(refused) => self.refused(refusal.part, refused),
            RefusalReason::Contradiction(error) => self.contradiction(error),
            RefusalReason::Undisclosed { field, message } => {
                let path = field.map(|field| self.path(field));
                Mistake::new(MistakeCode::Refused, path.as_deref(), *message)
            }
            _ => Mistake::new(MistakeCode::Refused, None, refusal.reason.to_string()),
        }
    }

    fn refused(&self, part: Option<u32>, refused: &EntryError) -> Mistake {
        let draft = part
            .and_then(|part| usize::try_from(part).ok())
            .and_then(|part| self.drafts.get(part));
        let withdraws = draft.is_some_and(|draft| matches!(draft.fact, Fact::Withdrawn { .. }));
        let superseded = if withdraws { "entry" } else { "supersedes" };
        match refused {
            EntryError::Unknown(UnknownCode {
                field,
                what,
                given,
                known,
            }) => {
                let known = known.iter().map(AsRef::as_ref);
                let unknown = Failure::unknown(what, given, known);
                Mistake {
                    nearest: unknown.nearest().map(str::to_owned),
                    ..Mistake::new(
                        MistakeCode::NotFound,
                        Some(&self.path(field)),
                        unknown.message(),
                    )
                }
            }
            EntryError::AlreadyRecorded { by, .. } => Mistake {
                nearest: Some(by.to_string()),
                ..Mistake::new(
                    MistakeCode::AlreadyRecorded,
                    Some("supersedes"),
                    refused.to_string(),
                )
            },
            EntryError::NotSuperseded { .. } => Mistake::new(
                MistakeCode::NotSuperseded,
                Some(superseded),
                refused.to_string(),
            ),
            EntryError::NotWithdrawn { .. } => Mistake::new(
                MistakeCode::NotWithdrawn,
                Some(superseded),
                refused.to_string(),
            ),
            _ => Mistake::new(MistakeCode::Refused, refused.field(), refused.to_string()),
        }
    }

    fn contradiction(&self, error: &CycleError) -> Mistake {
        if let CycleError::NotAssured { .. } = error {
            // Raised only for what is recorded now.
            let message = error.to_string();
            return Mistake::new(MistakeCode::NotAssured, Some(&self.path("body")), message);
        }
        if let CycleError::RuleViolation { broken, .. } = error {
            let (path, message) = (self.path_of(broken.field, broken.item), &broken.message);
            return Mistake::new(MistakeCode::Contradiction, Some(&path), message.clone());
        }
        let body = match error {
            CycleError::DepartureWithoutReason { body, .. }
            | CycleError::AssessorOfNoFunction { body, .. }
            | CycleError::AssuredForEachPct { body, .. }
            | CycleError::JudgedSha { body, .. }
            | CycleError::ReachesNobody { body, .. }
            | CycleError::Ended { body, .. }
            | CycleError::DidNotExist { body, .. }
            | CycleError::WrongKind { body, .. }
            | CycleError::Repeated { body, .. } => body,
            _ => return Mistake::new(MistakeCode::Contradiction, None, error.to_string()),
        };
        // A judgement on a cluster can contradict one that its PCT has: then the field is none of
        // the input's.
        let own = self.drafts.iter().any(|draft| match &draft.fact {
            Fact::Record { record, .. } => record.body().eq_ignore_ascii_case(body),
            _ => false,
        });
        let path = error.field().filter(|_| own).map(|field| self.path(field));
        Mistake::new(
            MistakeCode::Contradiction,
            path.as_deref(),
            error.to_string(),
        )
    }
}
